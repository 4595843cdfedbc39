"""Laws of the ladder, for any two facts: its factors multiply, its range holds, its end is what compare says."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from aispend.compare import compare
from aispend.ladder import every_choice, ladder_steps
from aispend.normalise import normalise

PAIRS = settings(max_examples=30, deadline=None)
COUNTRY = {"KRW": "KOR", "USD": "USA", "CNY": "CHN", "EUR": "EMU", "JPY": "JPN", "GBP": "GBR"}
shares = st.tuples(st.floats(0.01, 1), st.floats(0.01, 1)).map(lambda ends: (min(ends), max(ends)))


@st.composite
def fact(draw: st.DrawFn, name: str) -> dict:
    """An outlay or financing of a part of a year, a year, several years or no stated period."""
    currency, amount = draw(st.sampled_from(sorted(COUNTRY))), draw(st.floats(1, 2**50))
    start = draw(st.dates(date(2010, 1, 1), date(2026, 6, 1)))
    end = start + timedelta(days=draw(st.integers(0, 2500)))
    stated = draw(st.booleans())
    return {
        "fact_id": name, "family": draw(st.sampled_from(["outlay", "financing"])), "ai_scope": draw(st.sampled_from(["all", "part", "unknown"])),
        "amount": amount, "low": amount * draw(st.floats(0.5, 1)), "high": amount * draw(st.floats(1, 2)),
        "printed_currency": draw(st.sampled_from(sorted(COUNTRY))), "currency": currency, "price_country": COUNTRY[currency],
        "period_start": pd.Timestamp(start) if stated else pd.NaT, "period_end": pd.Timestamp(end) if stated else pd.NaT,
        "announced_on": draw(st.dates(date(2010, 1, 1), date(2026, 9, 30))).isoformat(),
    }  # fmt: skip


def pairs() -> st.SearchStrategy[pd.DataFrame]:
    return st.tuples(fact("a"), fact("b")).map(lambda rows: pd.DataFrame(list(rows)).astype({"period_start": "datetime64[us]", "period_end": "datetime64[us]"}))


@PAIRS
@given(pairs(), st.none() | shares)
def test_the_factors_multiply_to_the_last_ratio_over_the_first(frame: pd.DataFrame, share: tuple[float, float] | None):
    steps = ladder_steps(frame, "a", "b", ai_share=share)
    after = steps["after"].to_numpy()
    np.testing.assert_allclose(steps["factor"].prod(), after[-1] / after[0], rtol=1e-12)
    np.testing.assert_array_equal(steps["before"].to_numpy()[1:], after[:-1])
    assert (steps["factor"].notna() | (steps["after"] == steps["before"].fillna(steps["after"]))).all()
    assert np.isfinite(after).all() and (after > 0).all()
    assert ((steps["low"] <= steps["after"] * (1 + 1e-12)) & (steps["after"] <= steps["high"] * (1 + 1e-12))).all()


@PAIRS
@given(pairs())
def test_where_gdp_has_a_number_the_ladder_ends_where_compare_does(frame: pd.DataFrame):
    steps = ladder_steps(frame, "a", "b").set_index("step")
    if np.isfinite(steps.at["share of GDP", "factor"]) and (frame["period_end"] - frame["period_start"]).dt.days.between(366, 9999).all():
        shares = compare(normalise(frame, currency="USD", per="gdp"), baseline="b", across=True).set_index("fact_id")
        np.testing.assert_allclose(steps.at["share of GDP", "after"], shares.at["a", "ratio"], rtol=1e-12)
    market = compare(normalise(frame, currency="EUR"), baseline="b", across=True).set_index("fact_id")
    np.testing.assert_allclose(steps.at["currency", "after"], market.at["a", "ratio"], rtol=1e-12)


@PAIRS
@given(pairs(), st.integers(2010, 2025))
def test_constant_prices_are_those_of_compare_where_b_is_one_calendar_year(frame: pd.DataFrame, year: int):
    frame.loc[1, ["period_start", "period_end"]] = [pd.Timestamp(f"{year}-01-01"), pd.Timestamp(f"{year}-12-31")]
    steps = ladder_steps(frame, "a", "b").set_index("step")
    if np.isfinite(steps.at["prices", "factor"]):
        for step, way in (("prices", {"currency": "USD"}), ("conversion", {"currency": "KRW", "conversion": "ppp"})):
            real = compare(normalise(frame, prices="constant", price_year=year, **way), baseline="b", across=True).set_index("fact_id")
            per_year = steps.at["period", "factor"]
            np.testing.assert_allclose(steps.at[step, "after"], real.at["a", "ratio"] * per_year, rtol=1e-12)
    else:
        assert frame["period_start"].isna().any() and steps.at["prices", "note"].startswith("cannot be taken: ")


@PAIRS
@given(pairs(), st.floats(0.01, 100))
def test_a_times_as_large_sum_is_times_as_large_under_every_choice(frame: pd.DataFrame, factor: float):
    larger = frame.assign(**{column: frame[column] * [factor, 1] for column in ("amount", "low", "high")})
    ends = ["ratio", "low", "high"]
    np.testing.assert_allclose(every_choice(larger, "a", "b")[ends], factor * every_choice(frame, "a", "b")[ends], rtol=1e-12)


@PAIRS
@given(pairs(), shares)
def test_a_share_moves_only_what_is_partly_ai(frame: pd.DataFrame, share: tuple[float, float]):
    plain, part = (normalise(frame, currency="KRW", ai_share=ai_share) for ai_share in (None, share))
    partly = (frame["ai_scope"] != "all").to_numpy()
    np.testing.assert_allclose(part["value"], plain["value"] * np.where(partly, sum(share) / 2, 1), rtol=1e-12)
    np.testing.assert_allclose(part["home_value"], frame["amount"] * part["ai_share"] * part["home_rate"], rtol=1e-12)
    assert ((part["value_low"] <= part["value"] * (1 + 1e-12)) & (part["value"] <= part["value_high"] * (1 + 1e-12))).all()
