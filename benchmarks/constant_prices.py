"""Constant prices: `normalise` and `deflate` beside pydeflate, an independent implementation, on the same tables.

Run by `make bench`. Both start from data/macro.csv and the frozen ECB rates; nothing is downloaded. That the two agree
says that the method is computed rightly, not that it is the right method: beside it stands what the other order gives.
"""

from __future__ import annotations

import itertools
import sys

import numpy as np
import pandas as pd
from apparatus.claims import claim, verdict
from apparatus.offline_pydeflate import COUNTRY, CURRENCY, OWN, YEARS, constant_prices, deflators, market_rates, source
from pydeflate.core.source import Source

from aispend import deflate, normalise

AMOUNT = 1e9  # pydeflate rounds its results to six decimals.
BASE_YEARS = (2010, 2015, 2018, 2020, 2021, 2025)
TOLERANCE = 1e-6


def rows(printed: str) -> pd.DataFrame:
    """An amount of each country and year, in its own currency (`OWN`) or that of another country."""
    frame = pd.DataFrame(itertools.product(CURRENCY, YEARS), columns=["price_country", "year"]).assign(amount=AMOUNT)
    frame["currency"] = frame["price_country"].map(CURRENCY)
    frame["printed_currency"] = frame["currency"] if printed == OWN else CURRENCY[printed]
    frame["period_start"] = pd.to_datetime(frame["year"].astype(str) + "-01-01")
    frame["period_end"] = pd.to_datetime(frame["year"].astype(str) + "-12-31")
    return frame.assign(date=frame["period_start"], case=frame.index)


def theirs(frame: pd.DataFrame, tables: Source, *, base_year: int, printed: str, target: str) -> np.ndarray:
    way = constant_prices(tables, base_year=base_year, printed=printed, target=target)
    done = way.deflate(frame[["case", "price_country", "date", "amount"]], "price_country", "date", "amount", "value")
    return done.set_index("case")["value"].reindex(frame["case"]).to_numpy(float)


def cases(tables: Source) -> pd.DataFrame:
    """Every country and year, in every base year, from its own currency and from dollars, to every currency."""
    found = []
    for printed, target, base_year in itertools.product((OWN, "USA"), COUNTRY.values(), BASE_YEARS):
        frame = rows(printed)
        ours = normalise(frame, currency=CURRENCY[target], prices="constant", price_year=base_year)["value"]
        peer = theirs(frame, tables, base_year=base_year, printed=printed, target=target)
        found.append(frame.assign(printed=printed, target=target, base_year=base_year, gap=np.abs(ours.to_numpy() / peer - 1)))
    return pd.concat(found, ignore_index=True)


def agreement(tables: Source) -> None:
    found = cases(tables)
    worst = found.loc[found["gap"].idxmax()]
    print(f"\nnormalise(prices='constant') beside pydeflate: {len(found):,} cases")
    print(f"  {found['price_country'].nunique()} economies, {found['year'].nunique()} years, {len(BASE_YEARS)} base years, printed in own currency or dollars, to {len(COUNTRY)} currencies")
    claim("at least 3,000 cases", len(found) >= 3000, f"{len(found):,}")
    claim("pydeflate answers every case", bool(found["gap"].notna().all()), f"{found['gap'].notna().sum():,}")
    claim("equal to 1e-6", bool((found["gap"] <= TOLERANCE).all()), f"largest gap {worst['gap']:.1e} ({worst['price_country']} {worst['year']} in prices of {worst['base_year']}), median {found['gap'].median():.1e}")


def deflate_alone(tables: Source) -> None:
    gaps = []
    for base_year in BASE_YEARS:
        frame = rows(OWN)
        peer = theirs(frame, tables, base_year=base_year, printed=OWN, target=OWN)
        ours = [deflate(AMOUNT, country, from_year=year, to_year=base_year) for country, year in zip(frame["price_country"], frame["year"], strict=True)]
        gaps += list(np.abs(np.array(ours) / peer - 1))
    print(f"\ndeflate beside pydeflate in own currency: {len(gaps)} cases")
    claim("equal to 1e-6", max(gaps) <= TOLERANCE, f"largest gap {max(gaps):.1e}")


def planted_errors() -> None:
    """The comparison must be able to fail: pydeflate is given tables that are slightly wrong."""
    print("\nThe same comparison with an error planted in pydeflate's tables")
    wrong = deflators().copy()
    wrong["KOR", 2021] *= 1.00001
    found = cases(source(wrong))
    caught = found["gap"] > TOLERANCE
    # A base year divides by the wrong deflator too; in 2021's own prices it would cancel.
    touched = (found["price_country"] == "KOR") & ((found["year"] == 2021) != (found["base_year"] == 2021))
    claim("Korea's deflator of 2021 off by 0.001 % is caught, and nowhere else", bool((caught == touched).all()), f"{caught.sum()} cases named, {touched.sum()} touched")
    lagged = cases(source(deflators().groupby("country").shift(1).bfill()))
    claim("deflators of the year before are caught", bool((lagged["gap"] > TOLERANCE).mean() > 0.9), f"{(lagged['gap'] > TOLERANCE).mean():.0%} of the cases named")


def other_order(tables: Source) -> None:
    """What converting first, at the rate of each amount's year, and deflating with American prices would give."""
    frame, base_year = rows(OWN), 2020
    home_first = theirs(frame, tables, base_year=base_year, printed=OWN, target="USA")
    dollars = market_rates(tables, printed=OWN, target="USA").exchange(frame[["case", "price_country", "date", "amount"]], "price_country", "date", "amount")
    american = dollars.assign(price_country="USA")
    dollars_first = theirs(american, tables, base_year=base_year, printed="USA", target="USA")
    by_case = pd.Series(dollars_first, index=american["case"]).reindex(frame["case"]).to_numpy(float)
    ratio = frame.assign(ratio=home_first / by_case).pivot(index="price_country", columns="year", values="ratio")
    print("\nThe order: dollars of 2020 when deflated at home first (the design's, and pydeflate's only order), over dollars when")
    print("converted first and deflated with American prices (pydeflate's `exchange`, then its `deflate` as if of the USA)")
    print("  " + ratio[[2010, 2015, 2018, 2022, 2025]].map("{:.3f}".format).to_string().replace("\n", "\n  "))
    others = ratio.drop(index="USA").drop(columns=base_year)
    claim("the order matters: it moves the median case by over 1 %", bool(np.median(np.abs(others - 1)) > 0.01), f"median {np.median(np.abs(others - 1)):.1%}, Korea 2025 {ratio.at['KOR', 2025] - 1:+.1%}, Japan 2025 {ratio.at['JPN', 2025] - 1:+.1%}")
    claim("both orders agree on American amounts, and in the base year", bool(np.allclose(ratio.loc["USA"], 1, atol=TOLERANCE) and np.allclose(ratio[base_year], 1, atol=TOLERANCE)), f"within {TOLERANCE:g}")


def main() -> int:
    tables = source()
    agreement(tables)
    deflate_alone(tables)
    planted_errors()
    other_order(tables)
    return verdict()


if __name__ == "__main__":
    sys.exit(main())
