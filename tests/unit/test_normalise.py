"""Normalising, step by step, against the formulas worked by hand and the field's own example; and what is refused."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from aispend import periods, prices, rates
from aispend.errors import AiSpendError, MissingRate, MissingSeries
from aispend.normalise import chain, normalise, result, revenue
from aispend.rates import Quotes, rate

ADDED = [
    "home_value", "home_rate", "home_rate_on", "deflator", "target_rate", "target_rate_on", "divisor",
    "value", "value_low", "value_high", "value_is", "basis", "held_from", "vintage",
]


def fact(fact_id: str = "korea", **changes: object) -> dict:
    """A fact of our frames: Korea's AI budget of 2025, unless changed."""
    return {
        "fact_id": fact_id, "family": "outlay", "measure": "budget", "stage": "appropriated", "actor_id": "korea",
        "amount": 3.3e12, "low": 3.0e12, "high": 3.6e12, "printed_currency": "KRW", "currency": "KRW", "price_country": "KOR",
        "period_start": pd.Timestamp("2025-01-01"), "period_end": pd.Timestamp("2025-12-31"), "announced_on": "2024-12-10",
        "value_is": "about", **changes,
    }  # fmt: skip


def years(first: int, last: int) -> dict:
    return {"period_start": pd.Timestamp(f"{first}-01-01"), "period_end": pd.Timestamp(f"{last}-12-31")}


def frame(*facts: dict) -> pd.DataFrame:
    return pd.DataFrame(list(facts or [fact()]))


def one(facts: pd.DataFrame, **choices: object) -> pd.Series:
    """The only row of the result."""
    (row,) = (row for _, row in normalise(facts, **choices).iterrows())
    return row


UNDATED = {"period_start": pd.NaT, "period_end": pd.NaT}

# Rates and periods.


def test_a_year_inside_the_data_takes_its_average():
    row = one(frame(), currency="USD")
    assert row["value"] == pytest.approx(3.3e12 * rate("KRW", "USD", 2025), rel=1e-15)
    assert (row["home_rate_on"], row["target_rate_on"]) == ("", "2025")
    assert row["basis"] == "USD, nominal, market rate, period average"
    assert row["vintage"] == "ECB 2026-10-30"


def test_a_fiscal_year_takes_the_average_of_its_own_twelve_months():
    fiscal = fact(period_start=pd.Timestamp("2024-07-01"), period_end=pd.Timestamp("2025-06-30"))
    row = one(frame(fiscal), currency="USD")
    assert row["target_rate"] == pytest.approx(rate("KRW", "USD", ("2024-07-01", "2025-06-30")), rel=1e-15)
    assert row["target_rate_on"] == "2024-07-01/2025-06-30"


@pytest.mark.parametrize(("announced", "kind"), [("2025-12-02", "day"), ("2025-12", "month"), ("2025", "year")])
def test_an_unfinished_year_takes_the_rate_of_the_announcement(announced: str, kind: str):
    row = one(frame(fact(**years(2026, 2026), announced_on=announced)), currency="USD")
    assert row["target_rate"] == rate("KRW", "USD", announced)
    assert row["target_rate_on"] == announced
    assert row["basis"] == f"USD, nominal, market rate, {kind} of announcement"


def test_a_print_in_another_currency_goes_through_the_home_currency_at_the_same_date():
    row = one(frame(fact(amount=365e6, low=365e6, high=365e6, printed_currency="EUR", **UNDATED, announced_on="2025-08-29")), currency="USD")
    assert row["home_value"] == pytest.approx(365e6 * rate("EUR", "KRW", "2025-08-29"), rel=1e-15)
    assert row["value"] == pytest.approx(365e6 * rate("EUR", "USD", "2025-08-29"), rel=1e-15)
    assert row["home_rate_on"] == row["target_rate_on"] == "2025-08-29"


def test_a_print_in_another_currency_is_converted_even_into_its_home_currency():
    row = one(frame(fact(printed_currency="USD")), currency="KRW")
    assert row["basis"] == "KRW, nominal, market rate, period average"
    assert (row["home_rate_on"], row["target_rate_on"], row["target_rate"]) == ("2025", "", 1)


def test_an_amount_in_the_target_currency_needs_no_rate():
    row = one(frame(fact(**years(2040, 2040), announced_on=None)), currency="KRW")
    assert row["value"] == 3.3e12 and row["basis"] == "KRW, nominal, no conversion"


def test_a_long_outlay_converts_each_year_at_its_own_rate():
    plan = frame(fact(**years(2023, 2025), amount=3e12, low=3e12, high=3e12))
    days = {2023: 365, 2024: 366, 2025: 365}
    expected = {year: 3e12 * n / 1096 * rate("KRW", "USD", year) for year, n in days.items()}
    by_year = normalise(plan, currency="USD", yearly=True)
    assert by_year["year"].tolist() == [2023, 2024, 2025]
    assert by_year["value"].tolist() == pytest.approx(list(expected.values()), rel=1e-14)
    assert by_year["amount"].sum() == pytest.approx(3e12, rel=1e-15)
    assert by_year["period_start"].dt.strftime("%Y-%m-%d").tolist() == ["2023-01-01", "2024-01-01", "2025-01-01"]
    assert one(plan, currency="USD")["value"] == pytest.approx(sum(expected.values()), rel=1e-14)
    assert one(plan, currency="USD")["target_rate_on"] == "2023; 2024; 2025"


def test_a_plan_that_runs_beyond_the_data_mixes_both_rates_and_says_so():
    row = one(frame(fact(**years(2025, 2027))), currency="USD")
    assert row["target_rate_on"] == "2025; 2024-12-10"
    assert row["basis"] == "USD, nominal, market rate, period average and day of announcement"


def test_a_fund_is_a_total_with_its_horizon():
    fund = fact(family="financing", measure="fund", **years(2021, 2025), announced_on="2020-07-14")
    for yearly in (False, True):
        row = one(frame(fund), currency="USD", yearly=yearly)
        assert row["value"] == 3.3e12 * rate("KRW", "USD", "2020-07-14")
        assert row["target_rate_on"] == "2020-07-14"
    assert pd.isna(row["year"])


def test_an_amount_per_team_is_never_split_and_says_so():
    row = one(frame(fact(**years(2023, 2025), per="team")), currency="USD")
    assert row["basis"] == "USD per team, nominal, market rate, period average"
    assert row["target_rate_on"] == "2023-01-01/2025-12-31"


# Prices.


def test_constant_prices_deflate_at_home_and_convert_at_the_price_years_rate():
    row = one(frame(), currency="USD", prices="constant", price_year=2020)
    real = 3.3e12 * prices.deflator("KOR", 2020).value / prices.deflator("KOR", 2025).value
    assert row["value"] == pytest.approx(real * rate("KRW", "USD", 2020), rel=1e-14)
    assert row["target_rate_on"] == "2020"
    assert row["basis"] == "USD, prices of 2020 by the GDP deflator of KOR, market rate, average of 2020"
    assert row["vintage"] == "ECB 2026-10-30, World Bank 2026-07-01"


@pytest.mark.parametrize(("country", "currency", "gap"), [("KOR", "KRW", 28), ("CHN", "CNY", 22), ("FRA", "EUR", 9), ("EMU", "EUR", 3), ("JPN", "JPY", 53), ("GBR", "GBP", -2)])
def test_the_order_of_the_steps_matters_as_much_as_measured(country: str, currency: str, gap: int):
    """Deflating at home first (ours) over converting first and deflating with American prices, for 2025 in 2020 dollars."""
    budget = frame(fact(currency=currency, printed_currency=currency, price_country=country))
    ours = one(budget, currency="USD", prices="constant", price_year=2020)["value"]
    other = prices.deflate(one(budget, currency="USD")["value"], "USA", from_year=2025, to_year=2020)
    assert 100 * (ours / other - 1) == pytest.approx(gap, abs=0.6)


@pytest.fixture
def yen_of_1966(monkeypatch: pytest.MonkeyPatch) -> None:
    """The world of the OECD's example, moved to 2006 (for 1966) and 2007 (for 2006): prices double, 300 yen become 100."""
    days = pd.date_range("2006-01-01", "2008-01-31", freq="D")
    quotes = Quotes.from_table(pd.DataFrame({"USD": 1.0, "JPY": np.where(days.year == 2006, 300.0, 100.0)}, index=days))
    deflator = prices.Series("gdp-deflator", ["JPN"], {}, 2006, np.array([[50.0, 100.0], [np.nan, np.nan]]), np.array([2007, 0]), "example")
    for module in (rates, periods, chain, result):
        monkeypatch.setattr(module, "frozen_quotes", lambda: quotes)
    for module in (chain, result):
        monkeypatch.setattr(module, "series", lambda _: deflator)
    monkeypatch.setattr(chain, "currency_of", lambda _: "JPY")


@pytest.mark.usefixtures("yen_of_1966")
def test_the_worked_example_of_the_oecd():
    """30 bn yen of 1966 at 300 to the dollar, prices doubled, 100 to the dollar in 2006: 100 m, in prices of 2006 600 m.

    OECD, information note on the DAC deflators.
    """
    aid = frame(fact(amount=30e9, low=30e9, high=30e9, currency="JPY", printed_currency="JPY", price_country="JPN", **years(2006, 2006)))
    assert one(aid, currency="USD")["value"] == pytest.approx(100e6, rel=1e-15)
    assert one(aid, currency="USD", prices="constant", price_year=2007)["value"] == pytest.approx(600e6, rel=1e-15)


def test_a_figure_in_constant_prices_is_rebased_and_not_deflated_twice():
    row = one(frame(fact(price_year=2015)), currency="KRW", prices="constant", price_year=2020)
    assert row["value"] == pytest.approx(prices.deflate(3.3e12, "KOR", from_year=2015, to_year=2020), rel=1e-14)


def test_a_fact_without_a_period_stays_nominal_and_says_so():
    row = one(frame(fact(**UNDATED, announced_on="2025-03-03")), currency="USD", prices="constant", price_year=2020)
    assert row["value"] == 3.3e12 * rate("KRW", "USD", "2025-03-03")
    assert row["basis"] == "USD, nominal, market rate, day of announcement"


def test_a_year_after_the_last_holds_its_deflator_and_says_so():
    row = one(frame(fact(**years(2026, 2026))), currency="KRW", prices="constant", price_year=2020)
    assert row["held_from"] == 2025
    assert row["deflator"] == pytest.approx(prices.deflator("KOR", 2025).value / 100)
    assert pd.isna(one(frame(), currency="KRW", prices="constant", price_year=2020)["held_from"])


def test_a_country_whose_deflator_ends_before_the_price_year_is_refused(monkeypatch: pytest.MonkeyPatch):
    early = prices.Series("gdp-deflator", ["KOR", "USA"], {}, 2024, np.array([[1.0, np.nan], [1.0, 1.1], [np.nan, np.nan]]), np.array([2024, 2025, 0]), "x")
    monkeypatch.setattr(chain, "series", lambda _: early)
    with pytest.raises(MissingSeries, match="no GDP deflator in row korea"):
        normalise(frame(), currency="KRW", prices="constant", price_year=2025)


# Purchasing power, shares, heads.


def test_purchasing_power_gives_international_dollars():
    row = one(frame(), currency="USD", conversion="ppp")
    assert row["value"] == pytest.approx(3.3e12 / prices.ppp("KOR", 2025).value, rel=1e-14)
    assert row["basis"] == "international dollars, nominal, purchasing power parity of GDP"
    assert row["target_rate_on"] == "2025"
    in_euros = one(frame(), currency="EUR", conversion="ppp")
    assert in_euros["value"] == pytest.approx(row["value"] * prices.ppp("EMU", 2025).value, rel=1e-14)
    assert in_euros["international_dollars"] == pytest.approx(row["value"], rel=1e-14)


def test_constant_purchasing_power_uses_the_price_years_parity():
    row = one(frame(), currency="USD", conversion="ppp", prices="constant", price_year=2020)
    real = prices.deflate(3.3e12, "KOR", from_year=2025, to_year=2020)
    assert row["value"] == pytest.approx(real / prices.ppp("KOR", 2020).value, rel=1e-14)


def test_the_size_of_constant_over_current_purchasing_power_is_as_measured():
    """D over C of the method note, for 2025 in 2020 dollars: +5 % for Korea, -1 % for China."""
    for country, currency, gap in (("KOR", "KRW", 5), ("CHN", "CNY", -1), ("JPN", "JPY", 5)):
        budget = frame(fact(currency=currency, printed_currency=currency, price_country=country))
        base_parity = one(budget, currency="USD", conversion="ppp", prices="constant", price_year=2020)["value"]
        each_years = prices.deflate(one(budget, currency="USD", conversion="ppp")["value"], "USA", from_year=2025, to_year=2020)
        assert 100 * (base_parity / each_years - 1) == pytest.approx(gap, abs=0.6)


def test_a_share_of_gdp_is_of_the_same_years_at_home():
    row = one(frame(), currency="USD", per="gdp")
    assert row["value"] == pytest.approx(3.3e12 / prices.gdp("KOR", 2025).value, rel=1e-15)
    assert f"{row['value']:.3%}" == "0.124%"
    assert row["basis"] == "share of GDP of KOR, nominal, same years"
    alphabet = fact(amount=91.4e9, low=None, high=None, currency="USD", printed_currency="USD", price_country="USA")
    assert f"{one(frame(alphabet), currency='KRW', per='gdp')['value']:.3%}" == "0.297%"


def test_a_share_of_gdp_over_years_is_the_sum_over_the_sum():
    gdp = sum(prices.gdp("KOR", year).value for year in (2023, 2024, 2025))
    for family in ("outlay", "financing"):
        row = one(frame(fact(**years(2023, 2025), family=family)), currency="USD", per="gdp")
        assert row["value"] == pytest.approx(3.3e12 / gdp, rel=1e-14)


def test_a_fund_beyond_the_data_is_weighed_against_the_held_gdp():
    row = one(frame(fact(family="financing", **years(2026, 2030))), currency="USD", per="gdp")
    assert row["value"] == pytest.approx(3.3e12 / (5 * prices.gdp("KOR", 2025).value), rel=1e-14)
    assert row["held_from"] == 2025


def test_per_head_divides_by_the_inhabitants_of_the_year():
    row = one(frame(), currency="USD", per="head")
    assert row["value"] == pytest.approx(3.3e12 * rate("KRW", "USD", 2025) / prices.population("KOR", 2025).value, rel=1e-14)
    assert row["basis"] == "USD per head, nominal, market rate, period average"
    plan = frame(fact(**years(2023, 2025)))
    assert one(plan, currency="USD", per="head")["value"] == pytest.approx(normalise(plan, currency="USD", per="head", yearly=True)["value"].sum(), rel=1e-14)


def test_per_revenue_divides_by_the_actors_revenue_of_the_same_years(monkeypatch: pytest.MonkeyPatch):
    table = pd.DataFrame([
        {"actor_id": "acme", "stage": "spent", "currency": "USD", "printed_currency": "USD", "amount": 100e9, **years(2024, 2024)},
        {"actor_id": "acme", "stage": "spent", "currency": "USD", "printed_currency": "USD", "amount": 300e9, **years(2025, 2025)},
        {"actor_id": "beta", "stage": "spent", "currency": "USD", "printed_currency": "USD", "amount": 10e9, **years(2025, 2025)},
        {"actor_id": "acme", "stage": "guided", "currency": "USD", "printed_currency": "USD", "amount": 9e9, **years(2026, 2026)},
    ])
    monkeypatch.setattr(revenue, "facts", lambda **_: table)
    dollars = {"actor_id": "acme", "currency": "USD", "printed_currency": "USD", "amount": 20e9, "low": None, "high": None}
    assert one(frame(fact(**dollars)), currency="KRW", per="revenue")["value"] == pytest.approx(20 / 300)
    assert one(frame(fact(**dollars, **years(2024, 2025))), currency="KRW", per="revenue")["value"] == pytest.approx(20 / 400)
    assert one(frame(fact(**dollars)), currency="KRW", per="revenue")["basis"] == "share of revenue, nominal, same years"
    beside = frame(fact("small", **{**dollars, "actor_id": "beta", "amount": 1e9}), fact("large", **dollars))
    assert normalise(beside, currency="KRW", per="revenue")["value"].tolist() == pytest.approx([0.1, 20 / 300])
    for refused in ({**dollars, **years(2026, 2026)}, {**dollars, "actor_id": "other"}, {**dollars, "currency": "KRW", "printed_currency": "KRW"}):
        with pytest.raises(MissingSeries, match="no revenue in row korea"):
            normalise(frame(fact(**refused)), currency="USD", per="revenue")
    twice = pd.concat([table, table.tail(2).head(1)]).assign(fact_id=list("abcde"))
    monkeypatch.setattr(revenue, "facts", lambda **_: twice)
    with pytest.raises(AiSpendError, match="two facts state one actor's revenue of a year.*: c, e$"):
        normalise(frame(fact(**dollars)), currency="USD", per="revenue")


# The result as a whole.


def test_columns_are_added_in_order_and_nothing_is_lost():
    given = frame(fact("a"), fact("b", family="financing", **years(2026, 2030)), fact("c", **UNDATED, announced_on="2025-03"))
    given.index = [7, 3, 5]
    before = given.copy(deep=True)
    after = normalise(given, currency="USD")
    pd.testing.assert_frame_equal(given, before)
    assert list(after.columns) == [column for column in given if column != "value_is"] + ADDED
    assert after.index.tolist() == [7, 3, 5] and after["fact_id"].tolist() == ["a", "b", "c"]


def test_low_high_and_what_the_value_is_are_carried():
    row = one(frame(), currency="USD")
    assert (row["value_low"] / row["value"], row["value_high"] / row["value"]) == pytest.approx((3.0 / 3.3, 3.6 / 3.3))
    assert row["value_is"] == "about"


def test_a_frame_of_amounts_and_currencies_is_enough():
    row = one(pd.DataFrame({"amount": [5], "currency": ["KRW"]}), currency="KRW")
    assert (row["value"], row["value_low"], row["value_is"]) == (5, 5, "exact")


def test_categories_stay_categories_with_the_same_values():
    given = frame(fact("a"), fact("b", currency="USD", price_country="USA", **years(2023, 2025)), fact("c", announced_on="2025-03", **UNDATED))
    keys = ["currency", "printed_currency", "price_country", "family", "announced_on", "value_is"]
    for choices in ({}, {"yearly": True}, {"prices": "constant", "price_year": 2020}):
        plain = normalise(given, currency="EUR", **choices)
        coded = normalise(given.astype(dict.fromkeys(keys, "category")), currency="EUR", **choices)
        assert isinstance(coded["basis"].dtype, pd.CategoricalDtype)
        pd.testing.assert_frame_equal(coded.astype({name: plain[name].dtype for name in plain}), plain)


def test_dates_may_be_text():
    text = {"period_start": "2024-07-01", "period_end": "2025-06-30"}
    assert one(frame(fact(**text)), currency="USD")["target_rate_on"] == "2024-07-01/2025-06-30"
    assert one(frame(fact(**{**text, "period_start": None})), currency="USD")["target_rate_on"] == "2024-12-10"


def test_yearly_rows_have_an_index_of_their_own():
    given = frame(fact("a"), fact("b", **years(2024, 2025)))
    given.index = [5, 5]
    assert normalise(given, currency="USD", yearly=True).index.tolist() == [0, 1, 2]
    assert normalise(given, currency="USD").index.tolist() == [5, 5]


def test_an_empty_frame_stays_empty():
    for choices in ({}, {"yearly": True}, {"prices": "constant", "price_year": 2020}, {"per": "gdp"}, {"conversion": "ppp"}):
        after = normalise(frame().head(0), currency="USD", **choices)
        assert len(after) == 0 and "value" in after


# What is refused, and why.


@pytest.mark.parametrize(
    ("choices", "reason"),
    [
        ({"prices": "real"}, "prices='real' is unknown; use one of 'nominal', 'constant'"),
        ({"conversion": "big-mac"}, "conversion='big-mac' is unknown"),
        ({"per": "gpu"}, "per='gpu' is unknown"),
        ({"on_missing": "ignore"}, "on_missing='ignore' is unknown"),
        ({"prices": "constant"}, "needs price_year"),
        ({"price_year": 2020}, "price_year=2020 with nominal prices"),
        ({"per": "gdp", "prices": "constant", "price_year": 2020}, "per='gdp' compares nominal amounts"),
        ({"per": "revenue", "conversion": "ppp"}, "per='revenue' compares nominal amounts"),
        ({"currency": "XAU"}, "quotes no 'XAU'"),
        ({"currency": "CHF", "conversion": "ppp"}, "no purchasing power parity for CHF"),
        ({"prices": "constant", "price_year": 2026}, "price_year=2026 lies outside the data: gdp-deflator runs from 2010 to 2025"),
        ({"prices": "constant", "price_year": 2009}, "price_year=2009 lies outside the data"),
    ],
)
def test_choices_that_do_not_exist_or_do_not_go_together_are_refused(choices: dict, reason: str):
    with pytest.raises(AiSpendError, match=reason):
        normalise(frame(), **{"currency": "USD", **choices})


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"amount": float("nan")}, r"finite numbers.*row odd \(nan\)"),
        ({"amount": float("inf"), "high": float("inf")}, r"row odd \(inf\)"),
        ({"amount": -0.0, "low": -0.0, "high": 0.0}, r"negative zero.*row odd \(-0.0\)"),
        ({"high": float("inf")}, r"column high.*row odd \(inf\)"),
        ({"low": 3.4e12}, "outside its own low and high; correct row odd"),
        ({"currency": "XAU"}, "column currency, row odd: the ECB quotes no 'XAU'"),
        ({"printed_currency": "won"}, "column printed_currency, row odd: the ECB quotes no 'won'"),
        ({"currency": None}, "column currency is blank in row odd"),
        ({"period_end": pd.Timestamp("2024-12-31")}, "ends before it starts in row odd"),
        ({"announced_on": "spring"}, "column announced_on, row odd: 'spring' is no date"),
        ({"value_is": "certain"}, "value_is must be one of exact, about.*row odd"),
        ({"amount": "3.3e12"}, r"column amount must hold numbers, not text, dates or truth values; correct row odd \('3.3e12'\)"),
        ({"amount": "many"}, r"not text.*row odd \('many'\)"),
        ({"amount": True}, "truth values; correct row odd"),
        ({"amount": pd.Timestamp("2025-01-01")}, "dates or truth values; correct row odd"),
        ({"amount": pd.Timedelta(days=1)}, "column amount must hold numbers.*row odd"),
        ({"amount": 3 + 1j}, r"column amount must hold numbers.*row good, odd .*\(3\+1j\)"),
        ({"low": "3e12"}, "column low must hold numbers.*row odd"),
        ({"high": -float("inf")}, r"column high.*row odd \(-inf\)"),
        ({"low": -0.0}, r"column low.*no negative zero.*row odd \(-0.0\)"),
        ({"amount": 1e306, "low": None, "high": None}, r"column amount must hold finite numbers \(below 1e100\).*row odd \(1e\+306\)"),
        ({"price_year": "2015"}, "column price_year must hold numbers.*row odd"),
        ({"price_year": 2015.5}, r"column price_year must hold whole years; correct row odd \('2015.5'\)"),
        ({"price_year": 0}, "price_year must hold whole years; correct row odd"),
        ({"price_year": float("inf")}, "price_year must hold whole years; correct row odd"),
        ({"announced_on": 2024.0}, "column announced_on, row odd: '2024.0' is no date"),
        ({**years(2023, 2025), "family": "Outlay"}, r"needs a known kind of money \(outlay, financing, unit-cost, context\); correct family or measure of row odd"),
        ({**years(2023, 2025), "family": None}, "needs a known kind of money.*row odd"),
    ],
)
def test_bad_rows_are_refused_by_name(changes: dict, reason: str):
    with pytest.raises(AiSpendError, match=reason):
        normalise(frame(fact("good"), fact("odd", **changes)), currency="USD")


@pytest.mark.parametrize(
    ("changes", "choices", "error", "reason"),
    [
        ({**years(2026, 2026), "announced_on": None}, {}, MissingRate, r"no exchange rate in row odd \(KRW -> USD; 2026-01-01/2026-12-31, no date of announcement\); the exchange rates end on 2026-10-30"),
        ({**years(2026, 2026), "announced_on": "2026"}, {}, MissingRate, "announced 2026"),
        ({**years(2026, 2026), "announced_on": "2026-11-03"}, {}, MissingRate, "announced 2026-11-03"),
        ({**UNDATED, "announced_on": None}, {}, MissingRate, "no period, no date of announcement"),
        ({"price_year": 2015}, {}, AiSpendError, "printed in constant prices in row odd .*say prices='constant'"),
        ({**years(2023, 2025), "per": "year"}, {"per": "gdp"}, AiSpendError, "no amount of one year.*row odd .*give a row for each year"),
        ({**years(2023, 2025), "per": "year"}, {"prices": "constant", "price_year": 2020}, AiSpendError, "no amount of one year"),
        ({"price_country": None}, {"prices": "constant", "price_year": 2020}, MissingSeries, r"no GDP deflator in row odd \(no price_country"),
        ({"price_country": "PRK"}, {"prices": "constant", "price_year": 2020}, MissingSeries, r"row odd \(PRK, KRW"),
        ({"price_country": "USA"}, {"prices": "constant", "price_year": 2020}, MissingSeries, r"row odd \(USA, KRW"),
        (years(2009, 2009), {"prices": "constant", "price_year": 2020}, MissingSeries, "2009-01-01/2009-12-31"),
        ({"currency": "CHF"}, {"conversion": "ppp"}, MissingSeries, "no purchasing power parity in row odd"),
        (UNDATED, {"per": "gdp"}, MissingSeries, r"no GDP in row odd \(KOR, KRW; no period"),
        (UNDATED, {"per": "head"}, MissingSeries, "no population in row odd"),
        ({"price_country": "USA"}, {"per": "gdp"}, MissingSeries, "no GDP in row odd"),
    ],
)
def test_what_is_missing_is_refused_by_name_or_kept_without_a_value(changes: dict, choices: dict, error: type, reason: str):
    given = frame(fact("good"), fact("odd", **changes))
    with pytest.raises(error, match=reason):
        normalise(given, currency="USD", **choices)
    kept = normalise(given, currency="USD", on_missing="keep", **choices)
    assert kept["value"].notna().tolist() == [True, False]
    assert kept["basis"].str.startswith("no value: no ").tolist() == [False, True]


def test_what_no_row_can_have_is_refused_even_where_rows_may_be_kept():
    with pytest.raises(MissingRate, match="row odd: the ECB quotes no 'XAU'"):
        normalise(frame(fact("good"), fact("odd", currency="XAU")), currency="USD", on_missing="keep")
    with pytest.raises(MissingSeries, match="price_year=2026 lies outside the data"):
        normalise(frame(), currency="USD", prices="constant", price_year=2026, on_missing="keep")
    for bad in ({"amount": float("inf"), "high": float("inf")}, {"amount": -0.0, "low": -0.0}, {"amount": "5"}, {"period_end": pd.Timestamp("2024-12-31")}):
        with pytest.raises(AiSpendError, match="row odd"):
            normalise(frame(fact("good"), fact("odd", **bad)), currency="USD", on_missing="keep")


@pytest.mark.parametrize("yearly", [False, True])
def test_in_a_split_frame_too_the_reason_is_the_step_that_failed(yearly: bool):
    given = frame(fact("plan", **years(2023, 2025)), fact("odd", **UNDATED), fact("late", **years(2024, 2027), announced_on=None))
    with pytest.raises(MissingSeries, match="no population in row odd"):
        normalise(given.head(2), currency="USD", per="head", yearly=yearly)
    kept = normalise(given, currency="USD", per="head", yearly=yearly, on_missing="keep").groupby("fact_id")["basis"].last()
    assert kept.to_dict() == {
        "plan": "USD per head, nominal, market rate, period average", "odd": "no value: no population", "late": "no value: no exchange rate",
    }  # fmt: skip


def test_revenue_needs_to_know_the_actor():
    with pytest.raises(AiSpendError, match="needs a column actor_id"):
        normalise(frame().drop(columns="actor_id"), currency="USD", per="revenue")


def test_an_amount_that_is_not_known_may_be_kept():
    for ends in ({"low": None, "high": None}, {}):  # A range without an amount is not half a value.
        kept = normalise(frame(fact(amount=None, **ends)), currency="USD", on_missing="keep")
        assert kept["basis"].tolist() == ["no value: no amount"]
        assert kept[["value", "value_low", "value_high"]].isna().all(axis=None)


def test_the_first_five_rows_are_named_and_the_rest_counted():
    given = frame(*(fact(f"f{i}", amount=float("nan")) for i in range(8)))
    with pytest.raises(AiSpendError, match=r"f0 .*f4 .*and 3 more \(8 in all\)"):
        normalise(given, currency="USD")


def test_a_long_period_of_unknown_kind_is_refused():
    given = frame(fact(**years(2023, 2025))).drop(columns=["family", "measure"])
    with pytest.raises(AiSpendError, match="needs a column family or measure; row korea"):
        normalise(given, currency="USD")
    with_measure = frame(fact(**years(2023, 2025))).drop(columns="family")
    assert one(with_measure, currency="USD")["target_rate_on"] == "2023; 2024; 2025"


def test_columns_that_cannot_be_read_are_refused():
    with pytest.raises(AiSpendError, match="no column 'amount'"):
        normalise(frame().drop(columns="amount"), currency="USD")
    for bad in ("March", 2025, pd.Timestamp("2025-01-01", tz="Asia/Seoul")):
        with pytest.raises(AiSpendError, match=f"column period_start must hold dates without a time zone; correct row korea .*{str(bad)[:5]}"):
            normalise(frame(fact(period_start=bad)), currency="USD")
    with pytest.raises(AiSpendError, match="the frame has two columns 'amount'"):
        normalise(pd.concat([frame(), frame()[["amount"]]], axis=1), currency="USD")
    with pytest.raises(AiSpendError, match="normalise takes a DataFrame.*not a list"):
        normalise([fact()], currency="USD")
    with pytest.raises(AiSpendError, match="needs a known kind of money.*row korea"):
        normalise(frame(fact(**years(2023, 2025), measure="budgets")).drop(columns="family"), currency="USD")


@pytest.mark.parametrize("year", [2020.0, 2020.5, "2020", True, float("nan")])
def test_a_price_year_that_is_no_year_is_refused(year: object):
    with pytest.raises(AiSpendError, match="is no year; give a whole number"):
        normalise(frame(), currency="USD", prices="constant", price_year=year)


def test_numbers_of_any_type_are_numbers():
    plain = one(frame(), currency="USD")["value"]
    for dtype in ("object", "category", "Float64", "int64"):
        assert one(frame().astype({"amount": dtype}), currency="USD")["value"] == plain
    assert one(frame(fact(amount=Decimal("3.3e12"))), currency="USD")["value"] == plain
    with pytest.raises(AiSpendError, match=r"row odd \(nan\)"):
        normalise(frame(fact(), fact("odd", amount=None, low=None, high=None)).astype({"amount": "Float64"}), currency="USD")


def test_a_period_with_one_end_counts_as_unstated():
    row = one(frame(fact(period_start=pd.NaT)), currency="USD")
    assert row["target_rate_on"] == "2024-12-10" and row["basis"].endswith("day of announcement")
    with pytest.raises(MissingSeries, match="no GDP in row korea .KOR, KRW; no period"):
        normalise(frame(fact(period_end=pd.NaT)), currency="USD", per="gdp")


def test_columns_of_an_earlier_normalising_are_replaced():
    once = normalise(frame(fact(ai_scope="part")), currency="USD", conversion="ppp", ai_share=(0.2, 0.4))
    again = normalise(once.assign(value_is="about"), currency="USD")
    pd.testing.assert_frame_equal(again, normalise(frame(fact(ai_scope="part")), currency="USD"), check_like=True)


# The other ways that an economist might expect, and that would give another number without a word.


def test_a_print_in_dollars_is_undone_at_its_own_year_before_the_home_deflator():
    dollars = frame(fact(printed_currency="USD", amount=1e9, low=1e9, high=1e9, **years(2015, 2015)))
    value = one(dollars, currency="USD", prices="constant", price_year=2025)["value"]
    at_home = 1e9 * rate("USD", "KRW", 2015) * prices.deflator("KOR", 2025).value / prices.deflator("KOR", 2015).value
    assert value == pytest.approx(at_home * rate("KRW", "USD", 2025), rel=1e-14)
    with_american_prices = 1e9 * prices.deflator("USA", 2025).value / prices.deflator("USA", 2015).value
    assert abs(value / with_american_prices - 1) > 0.2


def test_a_plan_is_split_before_it_is_deflated_year_by_year():
    plan = frame(fact(**years(2018, 2022), amount=2.2e12, low=2.2e12, high=2.2e12))
    days = {2018: 365, 2019: 365, 2020: 366, 2021: 365, 2022: 365}
    by_hand = sum(2.2e12 * n / 1826 * prices.deflator("KOR", 2025).value / prices.deflator("KOR", year).value for year, n in days.items())
    value = one(plan, currency="KRW", prices="constant", price_year=2025)["value"]
    assert value == pytest.approx(by_hand, rel=1e-14)
    at_the_first_years_prices = prices.deflate(2.2e12, "KOR", from_year=2018, to_year=2025)
    assert abs(value / at_the_first_years_prices - 1) > 0.02


def test_another_base_year_changes_the_level_by_the_real_exchange_rate_and_no_growth():
    early, late = (fact("early", **years(2015, 2015)), fact("late", **years(2025, 2025)))
    in_2015, in_2024 = (normalise(frame(early, late), currency="USD", prices="constant", price_year=base)["value"] for base in (2015, 2024))
    assert in_2015[1] / in_2015[0] == pytest.approx(in_2024[1] / in_2024[0], rel=1e-14)
    korean = prices.deflator("KOR", 2024).value / prices.deflator("KOR", 2015).value * rate("KRW", "USD", 2024) / rate("KRW", "USD", 2015)
    assert in_2024[0] / in_2015[0] == pytest.approx(korean, rel=1e-14)


def test_prices_follow_the_country_in_which_the_money_is_spent():
    """France's own deflator and the euro area's differ, and neither is taken for the other."""
    franc, euro = (fact(name, currency="EUR", printed_currency="EUR", price_country=name, **years(2015, 2015)) for name in ("FRA", "EMU"))
    values = normalise(frame(franc, euro), currency="EUR", prices="constant", price_year=2025)["value"]
    for value, country in zip(values, ("FRA", "EMU"), strict=True):
        assert value == pytest.approx(prices.deflate(3.3e12, country, from_year=2015, to_year=2025), rel=1e-14)
    assert abs(values[0] / values[1] - 1) > 0.01
