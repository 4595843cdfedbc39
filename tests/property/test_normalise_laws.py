"""Laws of normalising and comparing, on frames of any kinds of facts."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from aispend.compare import compare
from aispend.errors import AiSpendError
from aispend.normalise import explain, normalise
from aispend.prices import deflate

FRAMES = settings(max_examples=40, deadline=None)
COUNTRY = {"KRW": "KOR", "USD": "USA", "CNY": "CHN", "EUR": "EMU", "JPY": "JPN", "GBP": "GBR"}
currencies = st.sampled_from(sorted(COUNTRY))
amounts = st.floats(1, 2**50, allow_nan=False)


@st.composite
def facts(draw: st.DrawFn, *, dated: bool = False) -> dict:
    """One fact: an outlay or financing, of a year, several years or no stated period, in any of the currencies."""
    home = draw(currencies)
    amount = draw(amounts)
    start = draw(st.dates(date(2010, 1, 1), date(2026, 6, 1)))
    end = start + timedelta(days=draw(st.integers(0, 2500)))
    if draw(st.booleans()):
        start, end = date(start.year, 1, 1), date(end.year, 12, 31)
    stated = dated or draw(st.booleans())
    announced = draw(st.dates(date(2010, 1, 1), date(2026, 9, 30)))
    return {
        "family": draw(st.sampled_from(["outlay", "financing"])),
        "amount": amount, "low": amount * draw(st.floats(0.5, 1)), "high": amount * draw(st.floats(1, 2)),
        "printed_currency": draw(currencies), "currency": home, "price_country": COUNTRY[home],
        "period_start": pd.Timestamp(start) if stated else pd.NaT, "period_end": pd.Timestamp(end) if stated else pd.NaT,
        "announced_on": announced.isoformat()[: draw(st.sampled_from([7, 10]))],
    }  # fmt: skip


def frames(*, dated: bool = False, least: int = 1) -> st.SearchStrategy[pd.DataFrame]:
    def framed(rows: list[dict]) -> pd.DataFrame:
        frame = pd.DataFrame(rows)
        dates = {column: pd.to_datetime(frame[column]) for column in ("period_start", "period_end")}
        return frame.assign(fact_id=[f"fact-{i}" for i in range(len(frame))], **dates)

    return st.lists(facts(dated=dated), min_size=least, max_size=6).map(framed)


ways = st.sampled_from([
    {}, {"conversion": "ppp"}, {"prices": "constant", "price_year": 2020}, {"prices": "constant", "price_year": 2015, "conversion": "ppp"},
])  # fmt: skip
dated_ways = st.one_of(ways, st.sampled_from([{"per": "gdp"}, {"per": "head"}, {"per": "head", "prices": "constant", "price_year": 2021}]))


@FRAMES
@given(frames(dated=True), currencies, dated_ways, st.booleans())
def test_every_value_is_its_steps_multiplied_and_no_row_is_lost(frame: pd.DataFrame, currency: str, way: dict, yearly: bool):
    before = frame.copy(deep=True)
    after = normalise(frame, currency=currency, yearly=yearly, **way)
    pd.testing.assert_frame_equal(frame, before)
    assert after["fact_id"].drop_duplicates().tolist() == frame["fact_id"].tolist()
    assert np.isfinite(after[["home_value", "value", "value_low", "value_high"]]).all(axis=None)
    steps = after["home_value"] / after["deflator"] * after["target_rate"] / after["divisor"]
    np.testing.assert_allclose(after["value"], steps, rtol=1e-13)
    np.testing.assert_allclose(after["home_value"], after["amount"] * after["home_rate"], rtol=1e-14)
    assert ((after["value_low"] <= after["value"] * (1 + 1e-15)) & (after["value"] <= after["value_high"] * (1 + 1e-15))).all()


@FRAMES
@given(frames(), currencies, ways)
def test_the_years_sum_to_the_whole(frame: pd.DataFrame, currency: str, way: dict):
    whole = normalise(frame, currency=currency, **way)
    by_year = normalise(frame, currency=currency, yearly=True, **way).groupby("fact_id", sort=False).sum(numeric_only=True)
    for column in ("home_value", "value", "value_low", "value_high"):
        np.testing.assert_allclose(by_year[column], whole[column], rtol=1e-13)
    # To the last unit: nothing of a printed amount gets lost between its years.
    assert (abs(by_year["amount"].to_numpy() - whole["amount"]) < 0.5).all()


@FRAMES
@given(frames(dated=True, least=2), currencies, dated_ways, st.randoms(use_true_random=False))
def test_a_row_does_not_depend_on_its_neighbours(frame: pd.DataFrame, currency: str, way: dict, random: object):
    order = list(frame.index)
    random.shuffle(order)
    together = normalise(frame, currency=currency, **way)
    pd.testing.assert_frame_equal(normalise(frame.loc[order], currency=currency, **way), together.loc[order])
    apart = pd.concat([normalise(frame.iloc[[i]], currency=currency, **way) for i in range(len(frame))])
    np.testing.assert_allclose(apart["value"], together["value"], rtol=1e-14)
    assert apart["basis"].tolist() == together["basis"].tolist()


@FRAMES
@given(frames(), currencies, currencies)
def test_there_and_back(frame: pd.DataFrame, there: str, home: str):
    """The target currency of one normalising is the home currency of the next, at the same dates."""
    frame = frame.assign(printed_currency=home, currency=home)
    once = normalise(frame, currency=there, yearly=True)
    dated = {"printed_currency": there, "currency": there, "amount": once["value"], "low": once["value_low"], "high": once["value_high"]}
    back = normalise(once[list(frame.columns)].assign(**dated), currency=home, yearly=True)
    np.testing.assert_allclose(back["value"], once["amount"], rtol=1e-14)


@FRAMES
@given(frames(dated=True), currencies, dated_ways, st.sampled_from([0.5, 4.0]))
def test_scaling(frame: pd.DataFrame, currency: str, way: dict, factor: float):
    scaled = frame.assign(**{column: frame[column] * factor for column in ("amount", "low", "high")})
    np.testing.assert_array_equal(normalise(scaled, currency=currency, **way)["value"], normalise(frame, currency=currency, **way)["value"] * factor)


@FRAMES
@given(facts(dated=True), amounts, currencies, dated_ways)
def test_order(fact: dict, other: float, currency: str, way: dict):
    """Of two amounts alike in all else, the larger stays the larger."""
    frame = pd.DataFrame([fact, {**fact, "amount": other}]).drop(columns=["low", "high"])
    values = normalise(frame, currency=currency, **way)["value"]
    assert np.sign(values[1] - values[0]) == np.sign(other - fact["amount"]) or np.isclose(other, fact["amount"], rtol=1e-15)


BAD = [np.nan, np.inf, -np.inf, -0.0, "5", "many", True, None, pd.NaT, pd.Timestamp("2025-01-01"), -1, 0, 2.5]


@settings(FRAMES, max_examples=100)
@given(frames(), st.data(), currencies, dated_ways, st.booleans())
def test_a_bad_cell_gives_an_error_of_ours_or_finite_numbers(frame: pd.DataFrame, data: st.DataObject, currency: str, way: dict, yearly: bool):
    """Never a silent gap: what is kept on request is blank with its reason."""
    others = [*frame.columns.drop("fact_id"), "price_year", "per", "value_is"]
    column, row = data.draw(st.sampled_from(["amount", "low", "high"]) | st.sampled_from(others)), data.draw(st.integers(0, len(frame) - 1))
    frame = frame.drop(columns=["low", "high"] if column == "amount" and data.draw(st.booleans()) else [])
    cells = frame[column].tolist() if column in frame else ["exact" if column == "value_is" else None] * len(frame)
    cells[row] = data.draw(st.sampled_from(BAD))
    bad = frame.assign(**{column: pd.Series(cells, index=frame.index, dtype="object")})
    for on_missing in ("raise", "keep"):
        try:
            after = normalise(bad, currency=currency, yearly=yearly, on_missing=on_missing, **way)
        except AiSpendError:
            continue
        values, given_up = after[["value", "value_low", "value_high"]], after["basis"].str.startswith("no value: ").to_numpy(bool)
        assert on_missing == "keep" or not given_up.any()
        assert np.isfinite(values[~given_up]).all(axis=None) and values[given_up].isna().all(axis=None)


@FRAMES
@given(frames(), st.sampled_from(["KRW", "USD", "CNY", "EUR"]))
def test_through_a_middle_currency_it_is_the_direct_rate(frame: pd.DataFrame, currency: str):
    direct = normalise(frame.assign(currency=frame["printed_currency"]), currency=currency)
    through = normalise(frame, currency=currency)
    np.testing.assert_allclose(through["value"], direct["value"], rtol=1e-13)


@FRAMES
@given(frames(dated=True, least=2), dated_ways)
def test_ratios_are_the_same_in_every_currency(frame: pd.DataFrame, way: dict):
    normalised = [normalise(frame, currency=code, **way) for code in ("USD", "KRW", "CNY", "EUR")]
    before = normalised[0].copy(deep=True)
    compared = [compare(given, baseline="fact-0", across=True) for given in normalised]
    pd.testing.assert_frame_equal(normalised[0], before)
    for other in compared[1:]:
        for column in ("ratio", "ratio_low", "ratio_high", "days"):
            np.testing.assert_allclose(other[column], compared[0][column], rtol=1e-12)
        assert other["note"].tolist() == compared[0]["note"].tolist()


@FRAMES
@given(frames(), currencies)
def test_shares_of_gdp_are_the_same_in_every_currency(frame: pd.DataFrame, currency: str):
    shares = [normalise(frame, currency=code, per="gdp", on_missing="keep")["value"] for code in (currency, "USD")]
    np.testing.assert_array_equal(shares[0], shares[1])


@FRAMES
@given(frames(), currencies, ways)
def test_every_way_can_be_explained(frame: pd.DataFrame, currency: str, way: dict):
    normalised = normalise(frame, currency=currency, **way)
    for fact_id in frame["fact_id"]:
        lines = explain(normalised, fact_id).split("\n")
        assert lines[0].startswith("printed: ") and lines[-1].startswith("result: ") and len(lines) <= 6


@FRAMES
@given(st.sampled_from(sorted(COUNTRY.values())), st.integers(2010, 2025), st.integers(2010, 2025), st.integers(2010, 2025), amounts)
def test_deflating_there_and_back_and_through_a_third_year(country: str, a: int, b: int, c: int, amount: float):
    there = deflate(amount, country, from_year=a, to_year=b)
    assert np.isclose(deflate(there, country, from_year=b, to_year=a), amount, rtol=2e-15, atol=0)
    assert np.isclose(deflate(there, country, from_year=b, to_year=c), deflate(amount, country, from_year=a, to_year=c), rtol=2e-15, atol=0)
