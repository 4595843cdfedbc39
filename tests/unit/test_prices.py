"""Deflators, purchasing power, GDP and population: against published growth rates, and against the traps of the data."""

from collections.abc import Callable, Iterator
from itertools import pairwise
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
    assert max(gaps) < 0.01  # The Bank's rounding; 0.007 points in Britain, less than 0.00001 elsewhere.


def test_growth_deflated_the_wrong_way_round_is_caught():
    def wrong(year: int) -> float:
        return prices.deflate(prices.gdp("KOR", year).value, "KOR", from_year=2020, to_year=year)

    gaps = [abs(100 * (wrong(y) / wrong(y - 1) - 1) - PUBLISHED["NY.GDP.MKTP.KD.ZG", "KOR", y]) for y in YEARS]
    assert min(gaps) > 0.05 and max(gaps) > 3


# The traps of the data: what a check asks of our table, and the table of someone who stepped into the trap.


def chained(country: str, indicator: str) -> list[float]:
    """Yearly growth rates as published, as an index from 2010 to 2025 with 2020 = 100."""
    growth = [1 + PUBLISHED[indicator, country, year] / 100 for year in YEARS]
    levels = np.cumprod([1.0, *growth])
    return list(100 * levels / levels[10])


def changed(country: str, indicator: str, change: Callable[[pd.Series], object], years: range = range(2010, 2026)) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """The table with other values for a series, in these years."""

    def change_table(table: pd.DataFrame) -> pd.DataFrame:
        rows = (table["country"] == country) & (table["indicator"] == indicator) & table["year"].isin(years)
        return table.assign(value=table["value"].mask(rows, pd.Series(change(table.loc[rows, "value"]), table.index[rows])))

    return change_table


def euro_area_prices_are_not_the_median_of_the_members() -> None:
    assert PUBLISHED["NY.GDP.DEFL.KD.ZG", "EMU", 2023] == pytest.approx(6.69, abs=0.005)  # The Bank's, a median.
    assert implied_inflation("EMU", 2023) == pytest.approx(6.11, abs=0.005)
    assert max(abs(real_growth("EMU", year) - PUBLISHED["NY.GDP.MKTP.KD.ZG", "EMU", year]) for year in YEARS) < 0.01


def the_euro_area_has_the_same_members_in_all_years() -> None:
    people = [prices.population("EMU", year).value for year in range(2010, 2026)]
    # Bulgaria, which joined in 2026 and is in all years, would be a jump of 2.1 %.
    assert max(abs(now / before - 1) for before, now in pairwise(people)) < 0.006


def the_deflators_are_not_consumer_prices() -> None:
    for country in MEMBERS:
        assert implied_inflation(country, 2022) == pytest.approx(PUBLISHED["NY.GDP.DEFL.KD.ZG", country, 2022], abs=1e-6)


def gdp_is_of_the_published_edition() -> None:
    """The Bank converts at the annual average; the ECB's differs from it by up to 0.33 % (yen) since 2016."""
    for country in [*MEMBERS, "EMU"]:
        for year in range(2016, 2026):
            dollars = prices.gdp(country, year).value * rate(prices.currency_of(country), "USD", year)
            assert dollars == pytest.approx(PUBLISHED["NY.GDP.MKTP.CD", country, year], rel=0.004)


def the_table_is_of_one_edition() -> None:
    assert prices.load("macro")["vintage"].unique().tolist() == ["2026-07-01"]


def parities_move_as_the_bank_moves_them() -> None:
    """By relative GDP deflators; to the fourth digit for China since the benchmark of 2021, roughly elsewhere."""
    for country in ("CHN", "KOR", "JPN", "FRA", "GBR", "EMU"):
        for year in range(2017, 2026):
            moved = prices.ppp(country, 2021).value * prices.deflator(country, year).value / prices.deflator(country, 2021).value
            moved *= prices.deflator("USA", 2021).value / prices.deflator("USA", year).value
            exact = country == "CHN" and year >= 2021
            assert prices.ppp(country, year).value == pytest.approx(moved, rel=1e-4 if exact else 0.07)


def nothing_is_held_in_the_last_year() -> None:
    for country in [*MEMBERS, "EMU"]:
        for look_up in (prices.gdp, prices.deflator, prices.ppp, prices.population):
            assert look_up(country, 2025).held_from is None


def without(table: pd.DataFrame) -> pd.DataFrame:
    """The World Bank's rates for France and Germany are blank for 2025; the euro area's must stand in."""
    return table[(table["country"] != "FRA") | (table["indicator"] != "gdp") | (table["year"] < 2025)]


def of_two_editions(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(vintage=table["vintage"].mask(table["indicator"] == "gdp", "2024-07-01"))


TRAPS = {
    "the euro area's inflation is the median of its members": (
        euro_area_prices_are_not_the_median_of_the_members, changed("EMU", "gdp-deflator", lambda _: chained("EMU", "NY.GDP.DEFL.KD.ZG")),
    ),
    "the euro area without Bulgaria before it joined": (
        the_euro_area_has_the_same_members_in_all_years, changed("EMU", "population", lambda people: people / 1.021, range(2010, 2023)),
    ),
    "consumer prices taken for the deflator": (the_deflators_are_not_consumer_prices, changed("KOR", "gdp-deflator", lambda _: chained("KOR", "FP.CPI.TOTL.ZG"))),
    "Korea's GDP before the rebasing of 2020": (gdp_is_of_the_published_edition, changed("KOR", "gdp", lambda gdp: gdp * (1 - 0.072), range(2023, 2024))),
    "Japan's GDP before the rebasing of 2025": (gdp_is_of_the_published_edition, changed("JPN", "gdp", lambda gdp: gdp / 1.04)),
    "two editions in one table": (the_table_is_of_one_edition, of_two_editions),
    "China's parity of another institution": (parities_move_as_the_bank_moves_them, changed("CHN", "ppp", lambda ppp: ppp * 1.007, range(2022, 2026))),
    "the market rate taken for the parity": (parities_move_as_the_bank_moves_them, changed("KOR", "ppp", lambda _: rate("USD", "KRW", 2019), range(2019, 2020))),
    "France blank in the last year": (nothing_is_held_in_the_last_year, without),
}  # fmt: skip


@pytest.fixture
def fresh_series() -> Iterator[None]:
    prices.series.cache_clear()
    yield
    prices.series.cache_clear()


@pytest.mark.parametrize("check", dict.fromkeys(check for check, _ in TRAPS.values()), ids=lambda check: check.__name__)
def test_our_table_is_in_none_of_the_traps(check: Callable[[], None]):
    check()


@pytest.mark.usefixtures("fresh_series")
@pytest.mark.parametrize("trap", TRAPS)
def test_a_table_that_stepped_into_a_trap_is_seen(trap: str, monkeypatch: pytest.MonkeyPatch):
    check, change_table = TRAPS[trap]
    table = change_table(load("macro"))
    monkeypatch.setattr(prices, "load", lambda _: table.copy())
    with pytest.raises(AssertionError):
        check()


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


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -0.0, "5", None, True])
def test_deflate_refuses_what_is_no_finite_number(bad: object):
    with pytest.raises(AiSpendError, match="finite numbers.*position 0"):
        prices.deflate(bad, "KOR", from_year=2015, to_year=2025)


@pytest.mark.parametrize("year", [2020.7, 2020.0, "2020", True, None, float("nan"), 0, 10**30])
def test_what_is_no_year_is_refused_and_never_cut_off(year: object):
    for look_up in (prices.gdp, prices.deflator, prices.ppp, prices.population):
        with pytest.raises(AiSpendError, match="is no year; give a whole number"):
            look_up("KOR", year)
    with pytest.raises(AiSpendError, match="is no year"):
        prices.deflate(1.0, "KOR", from_year=year, to_year=2025)


def test_currency_of_an_unknown_country_is_refused():
    assert [prices.currency_of(code) for code in ("KOR", "FRA", "EMU")] == ["KRW", "EUR", "EUR"]
    with pytest.raises(MissingSeries, match="'PRK'"):
        prices.currency_of("PRK")
