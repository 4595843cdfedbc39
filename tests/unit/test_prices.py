"""Deflators, purchasing power, GDP and population: against published growth rates, and against the traps of the data."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from aispend import prices
from aispend.data.tables import load
from aispend.errors import AiSpendError, MissingSeries
from aispend.rates import rate

PUBLISHED = pd.read_csv(Path(__file__).parents[1] / "data" / "reference_macro.csv").set_index(["indicator", "country", "year"])["value"]
MEMBERS = ["CHN", "DEU", "FRA", "GBR", "JPN", "KOR", "USA"]
YEARS = range(2011, 2026)


def implied_inflation(country: str, year: int) -> float:
    return 100 * (prices.deflator(country, year).value / prices.deflator(country, year - 1).value - 1)


@pytest.mark.parametrize("country", MEMBERS)
def test_the_deflator_grows_as_the_world_bank_publishes(country: str):
    for year in YEARS:
        assert implied_inflation(country, year) == pytest.approx(PUBLISHED["NY.GDP.DEFL.KD.ZG", country, year], abs=1e-6)


def real_growth(country: str, year: int) -> float:
    now, before = (prices.deflate(prices.gdp(country, y).value, country, from_year=y, to_year=2020) for y in (year, year - 1))
    return 100 * (now / before - 1)


@pytest.mark.parametrize("country", [*MEMBERS, "EMU"])
def test_gdp_in_constant_prices_grows_as_the_world_bank_publishes(country: str):
    """This tests the code, not the method: both come from the same accounts."""
    gaps = [abs(real_growth(country, year) - PUBLISHED["NY.GDP.MKTP.KD.ZG", country, year]) for year in YEARS]
    assert max(gaps) < 0.05


def test_growth_deflated_the_wrong_way_round_is_caught():
    def wrong(year: int) -> float:
        return prices.deflate(prices.gdp("KOR", year).value, "KOR", from_year=2020, to_year=year)

    gaps = [abs(100 * (wrong(y) / wrong(y - 1) - 1) - PUBLISHED["NY.GDP.MKTP.KD.ZG", "KOR", y]) for y in YEARS]
    assert min(gaps) > 0.05 and max(gaps) > 3


@pytest.mark.parametrize("country", MEMBERS)
def test_gdp_in_dollars_is_the_world_banks(country: str):
    """The Bank converts at the annual average; the ECB's differs from it by up to 0.33 % (yen) since 2016."""
    for year in range(2016, 2026):
        dollars = prices.gdp(country, year).value * rate(prices.currency_of(country), "USD", year)
        assert dollars == pytest.approx(PUBLISHED["NY.GDP.MKTP.CD", country, year], rel=0.004)


def test_euro_area_inflation_is_not_the_median_of_its_members():
    assert PUBLISHED["NY.GDP.DEFL.KD.ZG", "EMU", 2023] == pytest.approx(6.69, abs=0.005)  # The Bank's, a median.
    assert implied_inflation("EMU", 2023) == pytest.approx(6.11, abs=0.005)


def test_the_table_is_of_one_vintage_and_one_euro_area():
    macro = load("macro")
    assert macro["vintage"].unique().tolist() == ["2026-07-01"]
    euro = macro[(macro["country"] == "EMU") & (macro["indicator"] == "population")].set_index("year")["value"]
    # Bulgaria joined in 2026 and is in all years: no jump of 2.1 % between any two of them.
    assert euro.pct_change().abs().max() < 0.006


def test_an_observation_says_what_it_is():
    assert prices.ppp("KOR", 2024) == prices.Observation(prices.ppp("KOR", 2024).value, "KRW per international dollar", "2026-07-01", None)
    assert prices.gdp("EMU", 2025).unit == "current EUR"
    assert 51e6 < prices.population("KOR", 2025).value < 52e6
    assert prices.ppp("USA", 2025).value == 1


def test_a_year_after_the_last_holds_its_value_and_says_so():
    last, later = prices.gdp("KOR", 2025), prices.gdp("KOR", 2031)
    assert later.value == last.value and (last.held_from, later.held_from) == (None, 2025)


def test_deflate_keeps_the_kind_of_thing():
    factor = prices.deflator("KOR", 2025).value / prices.deflator("KOR", 2015).value
    assert prices.deflate(100, "KOR", from_year=2015, to_year=2025) == pytest.approx(100 * factor, rel=1e-15)
    assert prices.deflate(np.array([1.0, 2.0]), "KOR", from_year=2015, to_year=2025).tolist() == [factor, 2 * factor]
    series = pd.Series([1.0], index=["a"])
    pd.testing.assert_series_equal(prices.deflate(series, "KOR", from_year=2015, to_year=2025), pd.Series([factor], ["a"]))


@pytest.mark.parametrize(
    ("country", "year", "reason"),
    [("KOR", 2009, "KOR has 2010 to 2025"), ("XXX", 2020, "countries: CHN, DEU, EMU"), ("", 2020, "countries: CHN")],
)
def test_a_series_that_does_not_exist_is_refused(country: str, year: int, reason: str):
    for lookup in (prices.gdp, prices.deflator, prices.ppp, prices.population):
        with pytest.raises(MissingSeries, match=reason):
            lookup(country, year)


@pytest.mark.parametrize(("from_year", "to_year"), [(2026, 2020), (2020, 2026)])
def test_deflate_holds_nothing(from_year: int, to_year: int):
    with pytest.raises(MissingSeries, match="for 2026: the data end in 2025"):
        prices.deflate(1.0, "KOR", from_year=from_year, to_year=to_year)


def test_deflate_refuses_what_is_not_finite():
    with pytest.raises(AiSpendError, match="finite"):
        prices.deflate(float("nan"), "KOR", from_year=2015, to_year=2025)


def test_currency_of_an_unknown_country_is_refused():
    assert [prices.currency_of(code) for code in ("KOR", "FRA", "EMU")] == ["KRW", "EUR", "EUR"]
    with pytest.raises(MissingSeries, match="'PRK'"):
        prices.currency_of("PRK")
