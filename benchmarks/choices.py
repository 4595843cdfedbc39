"""Each choice of method beside its alternative, on rows of our own data: what the other choice would give.

Run by `make bench BENCH=choices`. METHODS.md prints these tables, and tests/unit/test_methods.py holds it to them; after
a change of the data, `python benchmarks/choices.py --write` renews them there.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd

import aispend as ai
from aispend import prices
from aispend.periods import NO_DAY, day_numbers, longer_than_a_year
from aispend.rates import EPOCH, all_quotes, rate

REFERENCES = Path(__file__).parents[1] / "tests/data"
METHODS = Path(__file__).parents[1] / "METHODS.md"
BUDGET, FUND, PEER, PLAN = "ai-budget-2025", "fund-150tn", "alphabet-capex-2025", "ai-rnd-2018-2022"
ECONOMIES = {"KOR": "KRW", "CHN": "CNY", "FRA": "EUR", "EMU": "EUR", "JPN": "JPY", "GBR": "GBP"}
Table = pd.DataFrame


def money(fact_id: str, **way: object) -> pd.Series:
    """One fact, normalised."""
    facts = ai.facts()
    return ai.normalise(facts[facts["fact_id"] == fact_id], **{"currency": "USD", **way}).iloc[0]


def percent(other: float, ours: float) -> str:
    """How far the other choice is from ours."""
    gap = 100 * (other / ours - 1)
    return f"{gap:+.2f} %" if abs(gap) >= 0.005 else "0.00 %"


def references(kind: str, quote: str, source: str) -> pd.Series:
    """Another institution's averages, units per dollar by year."""
    table = pd.read_csv(REFERENCES / "reference_rates.csv", dtype={"on": "str"})
    return table[(table["kind"] == kind) & (table["quote"] == quote) & table["source"].str.contains(source)].set_index("on")["rate"]


def mean_of_crosses(quote: str, year: int) -> float:
    """The other average: of each day's cross rate."""
    fixings = set(all_quotes().days)
    days = [day.date() for day in pd.date_range(f"{year}-01-01", f"{year}-12-31") if day.toordinal() - EPOCH in fixings]
    return float(pd.Series([rate("USD", quote, day) for day in days]).mean())


def averages() -> Table:
    """Average of 2025, units per dollar: ours (ratio of means, ECB) and how far the others are from it"""
    rows = []
    for quote in ("KRW", "CNY", "EUR"):
        ours = rate("USD", quote, 2025)
        others = {"mean of daily crosses": mean_of_crosses(quote, 2025), "Federal Reserve": references("year", quote, "Fed")["2025"],
                  "World Bank": references("year", quote, "World Bank")["2025"], "last day of the year": rate("USD", quote, "2025-12-31")}  # fmt: skip
        rows.append({"": f"{quote} per USD", "ours": f"{ours:.6g}", **{name: percent(other, ours) for name, other in others.items()}})
    return pd.DataFrame(rows)


def worst_averages() -> Table:
    """The year since 2006 in which each other average is farthest from ours"""
    rows = []
    for quote in ("KRW", "CNY", "EUR"):
        years = [str(year) for year in range(2006, 2026)]
        ours = pd.Series({year: rate("USD", quote, year) for year in years})
        others = {"mean of daily crosses": pd.Series({year: mean_of_crosses(quote, int(year)) for year in years}),
                  "Federal Reserve": references("year", quote, "Fed"), "World Bank": references("year", quote, "World Bank"),
                  "last day of the year": pd.Series({year: rate("USD", quote, f"{year}-12-31") for year in years})}  # fmt: skip
        worst = {name: (series.reindex(years) / ours - 1).abs().idxmax() for name, series in others.items()}
        rows.append({"": f"{quote} per USD", **{name: f"{percent(others[name][year], ours[year])} ({year})" for name, year in worst.items()}})
    return pd.DataFrame(rows)


def days_of_the_rate() -> Table:
    """Billion dollars at the average of the period, and at the rate of one day instead"""
    rows = []
    for fact_id in (BUDGET, "ai-budget-2023", "sovereign-model-gpu-lease"):
        row = money(fact_id)
        spots = {"announced": str(row["announced_on"]), "last day": str(row["period_end"].date())}
        cells = {name: f"{percent(rate(row['currency'], 'USD', day), row['target_rate'])} ({day})" for name, day in spots.items()}
        rows.append({"fact": fact_id, "average": f"{row['value'] / 1e9:.4g}", **cells})
    return pd.DataFrame(rows)


def quarters() -> Table:
    """Alphabet's capital expenditure in trillion won: the year at its average (ours), or each quarter at its own"""
    rows = []
    for year in (2022, 2024, 2025):
        whole = money(f"alphabet-capex-{year}", currency="KRW")["value"]
        parts = [money(f"alphabet-capex-{year}q{n}", currency="KRW") for n in (1, 2, 3)]
        last = (money(f"alphabet-capex-{year}")["amount"] - sum(part["amount"] for part in parts)) * rate("USD", "KRW", (f"{year}-10-01", f"{year}-12-31"))
        rows.append({"year": year, "ours": f"{whole / 1e12:.2f}", "by quarters": percent(sum(part["value"] for part in parts) + last, whole)})
    return pd.DataFrame(rows)


def _real(country: str, currency: str, year: int, base: int) -> dict[str, float]:
    """1 unit of a year in dollars of a base year, by the four formulas A to D."""
    home = prices.deflate(1.0, country, from_year=year, to_year=base)
    american = prices.deflate(1.0, "USA", from_year=year, to_year=base)
    parity = {y: prices.ppp(country, y).value for y in (year, base)}
    return {
        "A": home * rate(currency, "USD", base), "B": rate(currency, "USD", year) * american,
        "C": american / parity[year], "D": home / parity[base],
    }  # fmt: skip


def orders() -> Table:
    """Money of 2025 in dollars of 2020: B (convert, then deflate with American prices) against A (ours), C against D (ours)"""
    rows = []
    for country, currency in ECONOMIES.items():
        way = _real(country, currency, 2025, 2020)
        rows.append({"": country, "B instead of A": percent(way["B"], way["A"]), "C instead of D": percent(way["C"], way["D"]), "D over A": f"{way['D'] / way['A']:.2f}"})
    return pd.DataFrame(rows)


def base_years() -> Table:
    """Alphabet's capital expenditure of 2025 over Korea's AI budget of 2025, constant prices of four base years"""
    rows = []
    for base in (2015, 2020, 2024, 2025):
        ours, theirs = (money(fact, prices="constant", price_year=base)["value"] for fact in (BUDGET, PEER))
        rows.append({"base year": base, "Korea, billion dollars": f"{ours / 1e9:.3f}", "Alphabet, billion dollars": f"{theirs / 1e9:.2f}", "ratio": f"{theirs / ours:.1f}"})
    return pd.DataFrame(rows)


def price_indices() -> Table:
    """Prices of 2025 over those of 2020: GDP deflator (ours) and consumer prices"""
    published = pd.read_csv(REFERENCES / "reference_macro.csv").set_index(["indicator", "country", "year"])["value"].sort_index()
    rows = []
    for country in ("KOR", "USA", "CHN", "FRA", "JPN", "GBR"):
        deflator = prices.deflate(1.0, country, from_year=2020, to_year=2025)
        consumer = float((1 + published["FP.CPI.TOTL.ZG", country].loc[2021:2025] / 100).prod())
        rows.append({"": country, "GDP deflator": f"{deflator:.3f}", "consumer prices": f"{consumer:.3f}", "real amounts instead": percent(1 / consumer, 1 / deflator)})
    deflator, median = (prices.deflate(1.0, "EMU", from_year=2020, to_year=2025), float((1 + published["NY.GDP.DEFL.KD.ZG", "EMU"].loc[2021:2025] / 100).prod()))
    rows.append({"": "EMU", "GDP deflator": f"{deflator:.3f}", "consumer prices": f"{median:.3f} (median)", "real amounts instead": percent(1 / median, 1 / deflator)})
    return pd.DataFrame(rows)


def parities() -> Table:
    """What purchasing power makes of a sum of 2025, times the market rate; and one year of GDP, Korea = 1"""
    rows = []
    for country, currency in {**ECONOMIES, "USA": "USD"}.items():
        own, area = (1 / prices.ppp(name, 2025).value / rate(currency, "USD", 2025) for name in (country, {"FRA": "EMU"}.get(country, country)))
        size = prices.gdp(country, 2025).value * rate(currency, "USD", 2025) / (prices.gdp("KOR", 2025).value * rate("KRW", "USD", 2025))
        real = prices.gdp(country, 2025).value / prices.ppp(country, 2025).value / (prices.gdp("KOR", 2025).value / prices.ppp("KOR", 2025).value)
        rows.append({"": country, "own parity": f"{own:.3f}", "as used": f"{area:.3f}", "GDP, market": f"{size:.2f}", "GDP, parity": f"{real:.2f}"})
    return pd.DataFrame(rows)


def splits() -> Table:
    """Outlays of several years by days (ours) or in equal parts a calendar year: the first year's part; and undivided: the sum in prices of 2020"""
    rows = []
    for fact_id in (PLAN, "stargate-total", "strategic-technologies-2024", "ulsan-data-centre"):
        row = ai.facts().set_index("fact_id", drop=False).loc[[fact_id]]
        by_year = ai.normalise(row, currency=row["currency"].iloc[0], yearly=True, prices="constant", price_year=2020)
        equal = row["amount"].iloc[0] / len(by_year)
        rows.append({"fact": fact_id, "by days": f"{by_year['amount'].iloc[0]:.4g}", "equal parts": percent(equal, by_year["amount"].iloc[0]),
                     "sum, at the first year's prices": percent(row["amount"].iloc[0] / by_year["deflator"].iloc[0], by_year["value"].sum())})  # fmt: skip
    return pd.DataFrame(rows)


def shares_of_gdp() -> Table:
    """Share of GDP: over the GDP of all years, held after 2025 (ours); over that of one year; over a GDP that grows on as since 2020"""
    gdp = {year: prices.gdp("KOR", year).value for year in (2020, 2025)}
    growth = (gdp[2025] / gdp[2020]) ** (1 / 5)
    rows = []
    for fact_id in (BUDGET, "ai-budget-2026", FUND):
        row = money(fact_id, per="gdp")
        years = row["divisor"] / gdp[2025]
        first = 0 if row["period_end"].year <= 2025 else 1
        grown = sum(growth**n for n in range(first, row["period_end"].year - 2025 + 1)) + (years % 1 if years > 1 else 0)
        rows.append({"fact": fact_id, "ours": f"{row['value']:.3%}", "of one year": f"{row['home_value'] / gdp[2025]:.3%}", "of a growing GDP": f"{row['home_value'] / gdp[2025] / (grown if first else 1):.3%}"})
    return pd.DataFrame(rows)


def discounts() -> Table:
    """What the growth fund would be worth on 1 January 2026, paid out evenly until the end of 2030, at a yearly rate of interest"""
    rows = []
    for interest in (0.0, 0.03, 0.05):
        worth = sum((1 + interest) ** -(month / 12) for month in range(60)) / 60
        rows.append({"interest": f"{interest:.0%}", "trillion won": f"{money(FUND)['amount'] * worth / 1e12:.1f}", "instead of ours": percent(worth, 1.0)})
    return pd.DataFrame(rows)


def loan_rates() -> Table:
    """Grant element of the DAC's example loan (10 years, 2.5 %, half-yearly, first payment after 30 months) by the borrower's market rate"""
    rows = [{"market rate": f"{market:.0%}", "grant element": f"{ai.grant_equivalent(1.0, rate=0.025, market_rate=market, years=10, grace=2):.1%}"} for market in (0.10, 0.06, 0.04, 0.03)]
    return pd.DataFrame(rows)


def definitions() -> Table:
    """Korea's AI budget of 2025 by its published definitions: share of GDP, and as a part of Alphabet's capital expenditure"""
    facts = ai.facts()
    rows = []
    for fact_id in ("ai-budget-2025", "ai-budget-2025-main", "ai-budget-2025-msit", "ai-supplementary-2025"):
        pair = ai.compare(ai.normalise(facts[facts["fact_id"].isin([fact_id, PEER])], currency="USD"), baseline=PEER, across=True).set_index("fact_id")
        rows.append({"fact": fact_id, "trillion won": f"{pair.at[fact_id, 'amount'] / 1e12:.4g}", "of GDP": f"{money(fact_id, per='gdp')['value']:.3%}", "of Alphabet's": f"{pair.at[fact_id, 'ratio']:.2%}"})
    return pd.DataFrame(rows)


def shares_of_ai() -> Table:
    """Korea's AI budget of 2025 over Alphabet's capital expenditure, weighed by GDP, if this part of Alphabet's is AI"""
    rows = []
    for share in ((1.0, 1.0), (0.5, 0.5), (0.2, 0.2), (0.2, 1.0)):
        grid = ai.every_choice(ai.facts(), BUDGET, PEER, ai_share=share).set_index("choice")
        row = grid.loc["Per year, share of GDP, AI part"]
        rows.append({"AI share": f"{share[0]:.0%} to {share[1]:.0%}", "lowest": f"{row['low']:.3f}", "at the middle": f"{row['ratio']:.3f}", "highest": f"{row['high']:.3f}"})
    return pd.DataFrame(rows)


def ratios_at_their_own_dates() -> Table:
    """Alphabet's capital expenditure over Korea's AI budget of 2025: at one rate (ours), or each converted at its own date"""
    facts = ai.facts()
    rows = []
    for fact_id in (PEER, "alphabet-capex-2015"):
        chosen = facts[facts["fact_id"].isin([fact_id, BUDGET])]
        one = ai.compare(ai.normalise(chosen, currency="USD"), baseline=BUDGET, across=True).set_index("fact_id").at[fact_id, "ratio"]
        pages = {code: ai.normalise(chosen, currency=code).set_index("fact_id")["value"] for code in ("USD", "KRW")}
        rows.append({"fact": fact_id, "one rate": f"{one:.3f}", **{f"own dates, in {code}": f"{page[fact_id] / page[BUDGET]:.3f}" for code, page in pages.items()}})
    return pd.DataFrame(rows)


def fiscal_years() -> Table:
    """Deflator of a fiscal year from July 2022, 2020 = 100: that of the calendar year with most of its days (ours), or by days"""
    rows = []
    for country in ("KOR", "USA", "GBR"):
        first, second = (prices.deflator(country, year).value for year in (2022, 2023))
        rows.append({"": country, "most days": f"{first:.1f}", "by days": f"{(184 * first + 181 * second) / 365:.1f}", "real amounts instead": percent(first, (184 * first + 181 * second) / 365)})
    return pd.DataFrame(rows)


def published_ranges() -> Table:
    """How far apart the published figures of one fact lie: low and high over the amount used"""
    facts = ai.facts()
    several = facts[facts["figures"] > 1]
    wide = several[several["high"] > several["low"]]
    low, high = wide["low"] / wide["amount"], wide["high"] / wide["amount"]
    start, end = day_numbers(facts["period_start"]), day_numbers(facts["period_end"])
    counts = {"facts": len(facts), "with several figures": len(several), "whose figures differ": len(wide), "median low": f"{low.median():.3f}", "median high": f"{high.median():.3f}", "lowest low": f"{low.min():.3f}", "highest high": f"{high.max():.3f}",
              "no stated period": int(((start == NO_DAY) | (end == NO_DAY)).sum()), "longer than a year": int(longer_than_a_year(start, end).sum()),
              "only part is AI, or unknown": int(facts["ai_scope"].isin(["part", "unknown"]).sum())}  # fmt: skip
    return pd.DataFrame([{"": name, "count": count} for name, count in counts.items()])


TABLES: tuple[Callable[[], Table], ...] = (
    averages, worst_averages, days_of_the_rate, quarters, orders, base_years, price_indices, parities, splits, fiscal_years, shares_of_gdp,
    discounts, loan_rates, definitions, shares_of_ai, ratios_at_their_own_dates, published_ranges,
)  # fmt: skip


def printed(table: Callable[[], Table]) -> str:
    """A table as it stands in METHODS.md: its title and its rows."""
    rows = table().astype("str")
    widths = [max(map(len, [name, *rows[name]])) for name in rows]
    lines = [list(rows.columns), *rows.itertuples(index=False)]
    cells = ["  ".join([line[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True))]).rstrip() for line in lines]
    return "\n".join([f"{table.__doc__}:", "", *cells])


def renewed(document: str) -> str:
    """METHODS.md with every table as it is printed now."""
    for table in TABLES:
        block = "".join(f"    {line}".rstrip() + "\n" for line in printed(table).split("\n"))
        title = re.escape(block.split("\n")[0])
        document, found = re.subn(rf"^{title}\n\n(?:    .*\n)*", lambda _, block=block: block, document, flags=re.MULTILINE)
        if found != 1:
            raise SystemExit(f"METHODS.md holds {found} tables with the title {block.strip().splitlines()[0]!r}")
    return document


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        METHODS.write_text(renewed(METHODS.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        print("\n\n\n".join(map(printed, TABLES)))
