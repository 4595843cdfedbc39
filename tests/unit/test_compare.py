"""Ratios at one rate, the same in every currency; what may not be compared is refused or carries its note."""

import numpy as np
import pandas as pd
import pytest

from aispend.compare import compare
from aispend.errors import AiSpendError, MissingRate, NotComparable
from aispend.normalise import normalise
from aispend.rates import rate

YEAR_2025 = {"period_start": pd.Timestamp("2025-01-01"), "period_end": pd.Timestamp("2025-12-31")}
KOREA = {
    "fact_id": "korea", "family": "outlay", "measure": "budget", "stage": "appropriated", "amount": 3.3e12, "currency": "KRW",
    "price_country": "KOR", "announced_on": "2024-12-10", **YEAR_2025,
}  # fmt: skip
ALPHABET = {
    "fact_id": "alphabet", "family": "outlay", "measure": "capital-expenditure", "stage": "spent", "amount": 91.4e9, "currency": "USD",
    "price_country": "USA", "announced_on": "2026-02-04", **YEAR_2025,
}  # fmt: skip


def compared(*facts: dict, across: bool = False, baseline: str = "korea", **choices: object) -> pd.DataFrame:
    """The comparison, by fact id."""
    normalised = normalise(pd.DataFrame(list(facts)), **{"currency": "USD", **choices})
    return compare(normalised, baseline=baseline, across=across).set_index("fact_id")


def days(text_start: str, text_end: str) -> dict:
    return {"period_start": pd.Timestamp(text_start), "period_end": pd.Timestamp(text_end)}


def test_koreas_budget_equals_about_nine_days_of_alphabets_capital_expenditure():
    row = compared(KOREA, ALPHABET).loc["alphabet"]
    assert row["ratio"] == pytest.approx(91.4e9 * rate("USD", "KRW", 2025) / 3.3e12, rel=1e-14)
    assert row["days"] == pytest.approx(365 / row["ratio"], rel=1e-14)
    assert round(row["days"], 1) == 9.3


def test_the_sovereign_model_project_equals_about_thirteen_and_a_half_hours():
    row = compared({**KOREA, "amount": 200e9}, ALPHABET).loc["alphabet"]
    assert round(row["days"] * 24, 1) == 13.5


def test_weighed_against_its_economy_korea_is_two_fifths_as_heavy():
    row = compared(KOREA, ALPHABET, per="gdp").loc["alphabet"]
    assert round(1 / row["ratio"], 2) == 0.42
    assert np.isnan(row["days"])


@pytest.mark.parametrize(
    "choices",
    [{}, {"prices": "constant", "price_year": 2020}, {"conversion": "ppp"}, {"per": "gdp"}, {"per": "head"}, {"per": "head", "conversion": "ppp"}],
)
def test_every_target_currency_prints_the_same_ratio(choices: dict):
    plan = {**KOREA, "fact_id": "plan", **days("2023-01-01", "2025-12-31")}
    yuan = {**ALPHABET, "fact_id": "yuan", "currency": "CNY", "price_country": "CHN", **days("2024-01-01", "2024-12-31")}
    results = [compared(KOREA, ALPHABET, plan, yuan, across=True, currency=code, **choices) for code in ("USD", "KRW", "CNY", "EUR")]
    for other in results[1:]:
        pd.testing.assert_series_equal(results[0]["ratio"], other["ratio"], rtol=1e-13)
        pd.testing.assert_series_equal(results[0]["ratio_high"], other["ratio_high"], rtol=1e-13)
        pd.testing.assert_series_equal(results[0]["days"], other["days"], rtol=1e-13)


def test_a_ratio_of_converted_values_would_depend_on_the_page():
    """The check above sees the mistake it is for: dividing values that were each converted at their own date."""
    older = {**ALPHABET, **days("2015-01-01", "2015-12-31")}
    ratios = []
    for code in ("USD", "KRW"):
        values = normalise(pd.DataFrame([KOREA, older]), currency=code)["value"]
        ratios.append(values[1] / values[0])
    assert abs(ratios[0] / ratios[1] - 1) > 0.05


def test_the_one_rate_is_the_baselines_average_or_that_of_its_announcement():
    future = {"period_start": pd.Timestamp("2026-01-01"), "period_end": pd.Timestamp("2026-12-31")}
    row = compared({**KOREA, **future, "announced_on": "2025-12-02"}, {**ALPHABET, **future}).loc["alphabet"]
    assert row["ratio"] == pytest.approx(91.4e9 * rate("USD", "KRW", "2025-12-02") / 3.3e12, rel=1e-14)
    with pytest.raises(MissingRate, match="USD -> KRW for 2026"):
        compared({**KOREA, **future, "announced_on": None}, {**ALPHABET, **future}, currency="KRW", on_missing="keep")


def test_ranges_give_the_lowest_and_the_highest_ratio():
    wide = compared({**KOREA, "low": 3.0e12, "high": 4.0e12}, {**ALPHABET, "low": 90e9, "high": 92e9})
    at = rate("USD", "KRW", 2025)
    assert wide.at["alphabet", "ratio_low"] == pytest.approx(90e9 * at / 4.0e12, rel=1e-14)
    assert wide.at["alphabet", "ratio_high"] == pytest.approx(92e9 * at / 3.0e12, rel=1e-14)
    assert wide.loc["korea", ["ratio", "ratio_low", "ratio_high"]].tolist() == [1, 1, 1]


def test_another_measure_or_stage_brings_a_note():
    notes = compared(KOREA, ALPHABET, {**KOREA, "fact_id": "alike"})["note"]
    assert notes["korea"] == "baseline"
    assert notes["alphabet"] == "another measure (capital-expenditure, not budget); another stage (spent, not appropriated)"
    assert notes["alike"] == ""


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"family": "financing"}, "another kind of money (financing, not outlay)"),
        (days("2024-01-01", "2024-12-31"), "another year (2024, not 2025)"),
        (days("2025-07-01", "2025-12-31"), "another length of time (6 months, not 12 months)"),
        (days("2025-07-02", "2025-12-31"), "another length of time (183 days, not 12 months)"),
        (days("2025-01-01", "2027-12-31"), "another length of time (36 months, not 12 months)"),
        ({"period_start": pd.NaT, "period_end": pd.NaT}, "period unstated"),
    ],
)
def test_unlike_things_are_refused_and_across_says_why_it_is_unfair(changes: dict, why: str):
    with pytest.raises(NotComparable) as refusal:
        compared(KOREA, {**ALPHABET, **changes})
    assert f"not comparable with korea: row alphabet ({why}" in str(refusal.value)
    note = compared(KOREA, {**ALPHABET, **changes}, across=True).at["alphabet", "note"]
    assert note.startswith(f"unfair: {why}")


def test_a_fiscal_year_may_stand_beside_the_calendar_year_it_lies_in():
    assert compared(KOREA, {**ALPHABET, **days("2024-10-01", "2025-09-30")}).at["alphabet", "ratio"] > 1


def test_days_are_for_spending_only():
    fund = {**KOREA, "fact_id": "fund", "family": "financing", "measure": "fund"}
    assert compared(KOREA, fund, across=True)["days"].notna().to_dict() == {"korea": True, "fund": False}
    assert compared(KOREA, fund, across=True, baseline="fund")["days"].isna().all()


@pytest.mark.parametrize("across", [False, True])
def test_mixed_bases_are_refused_even_across(across: bool):
    undated = {**KOREA, "fact_id": "undated", "period_start": pd.NaT, "period_end": pd.NaT}
    with pytest.raises(NotComparable, match="mixed bases: the baseline is in USD, prices of 2020, row undated .USD, nominal."):
        compared(KOREA, undated, across=across, prices="constant", price_year=2020)
    with pytest.raises(NotComparable, match="row team .USD per team, nominal."):
        compared({**KOREA, "per": None}, {**KOREA, "fact_id": "team", "per": "team"}, across=across)


def test_two_bases_stitched_together_are_refused():
    frame = pd.DataFrame([KOREA, ALPHABET])
    stitched = pd.concat([normalise(frame.head(1), currency="USD"), normalise(frame.tail(1), currency="KRW")], ignore_index=True)
    with pytest.raises(NotComparable, match="mixed bases"):
        compare(stitched, baseline="korea")


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"conversion": "ppp"}, "EUR, nominal, by purchasing power"), ({"prices": "constant", "price_year": 2020}, "EUR, prices of 2020"),
        ({"per": "gdp"}, "share, nominal"), ({"per": "head"}, "EUR per head, nominal"), ({"currency": "USD"}, "USD, nominal"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("baseline", ["korea", "alphabet"])
def test_two_ways_of_normalising_in_one_frame_are_refused(other: dict, why: str, baseline: str):
    stitched = pd.concat([normalise(pd.DataFrame([KOREA]), currency="EUR"), normalise(pd.DataFrame([ALPHABET]), **{"currency": "EUR", **other})], ignore_index=True)
    with pytest.raises(NotComparable, match="mixed bases: the baseline is in .*, row (korea|alphabet)") as refusal:
        compare(stitched, baseline=baseline)
    assert why in str(refusal.value)


def test_a_part_beside_a_whole_brings_a_note():
    rows = pd.DataFrame([KOREA, ALPHABET]).assign(ai_scope=["all", "part"])
    notes = compare(normalise(rows, currency="USD", ai_share=(0.2, 0.4)), baseline="korea")["note"]
    assert notes.iloc[1].endswith("another part of it (AI share 20-40 %, not the whole amount)")


def test_a_row_without_a_value_keeps_its_reason_and_cannot_be_the_baseline():
    unknown = {**ALPHABET, "fact_id": "unknown", "amount": None}
    row = compared(KOREA, unknown, on_missing="keep").loc["unknown"]
    assert np.isnan(row["ratio"]) and np.isnan(row["days"]) and row["note"].endswith("no value: no amount")
    with pytest.raises(NotComparable, match="baseline unknown has no positive value"):
        compared(KOREA, unknown, on_missing="keep", baseline="unknown")


def test_a_row_kept_without_a_value_needs_no_rate_and_one_with_a_value_is_named():
    roubles = {**ALPHABET, "fact_id": "roubles", "currency": "RUB", **days("2021-01-01", "2021-12-31")}
    kept = compared(KOREA, {**roubles, **days("2025-01-01", "2025-12-31"), "announced_on": None}, on_missing="keep")
    assert np.isnan(kept.at["roubles", "ratio"]) and kept.at["roubles", "note"].endswith("no value: no exchange rate")
    with pytest.raises(MissingRate, match="RUB -> KRW for 2024-12-10: RUB is quoted .*; row roubles$"):
        compared(KOREA, roubles, across=True)


def test_an_infinite_value_is_refused_by_name():
    frame = normalise(pd.DataFrame([KOREA, ALPHABET]), currency="USD")
    with pytest.raises(AiSpendError, match="infinite value in row alphabet"):
        compare(frame.assign(value_high=[frame["value_high"].iloc[0], np.inf]), baseline="korea")


def test_what_an_earlier_normalising_added_does_not_come_back():
    """A column of international dollars from before would be taken for the common unit of a ratio at market rates."""
    frame = pd.DataFrame([KOREA, ALPHABET])
    again = normalise(normalise(frame, currency="USD", conversion="ppp"), currency="USD")
    assert "international_dollars" not in again
    pd.testing.assert_series_equal(compare(again, baseline="korea")["ratio"], compare(normalise(frame, currency="USD"), baseline="korea")["ratio"])


def test_a_repeated_index_is_kept():
    frame = normalise(pd.DataFrame([KOREA, ALPHABET], index=[7, 7]), currency="USD")
    assert compare(frame, baseline="korea")["ratio"].tolist() == compare(frame.reset_index(drop=True), baseline="korea")["ratio"].tolist()


def test_an_empty_frame_has_no_baseline():
    with pytest.raises(AiSpendError, match="'korea' is in the frame 0 times"):
        compare(normalise(pd.DataFrame([KOREA]).head(0), currency="USD"), baseline="korea")


def test_a_baseline_of_nothing_is_refused():
    with pytest.raises(NotComparable, match="korea is not positive"):
        compared({**KOREA, "amount": 0.0}, ALPHABET)


def test_the_baseline_must_be_there_once():
    with pytest.raises(AiSpendError, match="'seoul' is in the frame 0 times"):
        compared(KOREA, ALPHABET, baseline="seoul")
    with pytest.raises(AiSpendError, match="'korea' is in the frame 2 times.*or one year"):
        compared(KOREA, KOREA)


def test_a_frame_that_was_not_normalised_is_refused():
    with pytest.raises(AiSpendError, match="no column 'home_value'"):
        compare(pd.DataFrame([KOREA]), baseline="korea")


def test_nothing_is_lost_and_the_input_is_untouched():
    frame = normalise(pd.DataFrame([ALPHABET, KOREA], index=[9, 4]), currency="USD")
    before = frame.copy(deep=True)
    after = compare(frame, baseline="korea")
    pd.testing.assert_frame_equal(frame, before)
    assert after.index.tolist() == [9, 4]
    assert list(after.columns) == [*frame.columns, "ratio", "ratio_low", "ratio_high", "days", "note"]
