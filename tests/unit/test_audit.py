"""Each rule of the audit finds the misprint planted for it, and nothing once it is corrected; the known findings are found."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from aispend import audit
from aispend.audit import TOLERANCE, disagreements, honest_deviations, implied_rates
from aispend.audit.market import last_held_on, market
from aispend.audit.prints import last_digit
from aispend.data.evidence import figures
from aispend.errors import AiSpendError
from aispend.rates import EPOCH, frozen_quotes, rate

BROKEN = sorted((Path(__file__).resolve().parents[1] / "broken" / "audit").glob("*.yml"))
BLANK = {
    "amount": np.nan, "amount_low": np.nan, "amount_high": np.nan, "approximate": False, "pair_id": None, "per": None,
    "price_year": pd.NA, "published_on": None, "source_id": "one",
}  # fmt: skip
WON = {"figure_id": "won", "fact_id": "sovereign-model-2025", "amount_text": "200 billion won", "currency": "KRW", "amount": 2e11, "published_on": "2025-08-05"}
DOLLARS = {**WON, "figure_id": "dollars", "amount_text": "$144 million", "currency": "USD", "amount": 1.44e8}
PAIR = ({**WON, "pair_id": "pair"}, {**DOLLARS, "pair_id": "pair"})


def framed(*rows: dict) -> pd.DataFrame:
    """A frame of figures as `figures()` returns, ranked in the order given."""
    frame = pd.DataFrame([{**BLANK, "rank": rank, **row} for rank, row in enumerate(rows, 1)])
    return frame.astype({"price_year": "Int64", **dict.fromkeys(["amount", "amount_low", "amount_high"], "float64")})


def described(path: Path) -> dict:
    described = yaml.safe_load(path.read_text(encoding="utf-8"))
    for row in described["figures"]:
        row["published_on"] = None if row.get("published_on") is None else str(row["published_on"])
    return described


def odd(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[~frame["verdict"].isin(["consistent", "unknown"])]


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_planted_misprint_is_found_and_its_correction_left_alone(path: Path):
    case = described(path)
    check = getattr(audit, case["found_by"])
    found = odd(check(framed(*case["figures"])))
    assert len(found) == 1
    for column, value in case["row"].items():
        shown = found[column].iloc[0]
        assert (str(shown)[:10] == str(value) if column == "last_held_on" else shown == value), f"{column} is {shown}"
    corrected = [{**row, **(case["corrected"] if row["figure_id"] == case["corrected"]["figure_id"] else {})} for row in case["figures"]]
    assert odd(implied_rates(framed(*corrected))).empty
    assert disagreements(framed(*corrected)).empty


@pytest.mark.parametrize(
    ("words", "amount", "step"),
    [
        ("$3.6 billion", 3.6e9, 1e8), ("six milliards d'euros", 6e9, 1e9), ("100 trillion won", 1e14, 1e13), ("1조", 1e12, 1e12),
        ("13억3000만 달러", 1.33e9, 1e7), ("10 000 milliards", 1e13, 1e12), ("$34.00 Billion", 3.4e10, 1e7), ("7.500 milliards", 7.5e12, 1e11),
        ("9,915.00", 9.915e9, 1e4), ("169,966 milliards", 1.69966e11, 1e6), ("1조8397억", 1.8397e12, 1e8), ("355308.3030951814", 355308.3, 0.1),
    ],
)  # fmt: skip
def test_the_last_digit_is_the_one_a_reader_takes_as_exact(words: str, amount: float, step: float):
    assert last_digit(words, amount) == pytest.approx(step)


def test_the_implied_rate_is_an_interval_from_the_rounding_of_both_prints():
    row = implied_rates(framed(*PAIR)).iloc[0]
    assert (row["base"], row["quote"], row["rate"]) == ("USD", "KRW", pytest.approx(2e11 / 1.44e8))
    assert row["rate_low"] == pytest.approx(1.95e11 / 1.445e8)
    assert row["rate_high"] == pytest.approx(2.05e11 / 1.435e8)
    assert row["verdict"] == "consistent"
    about = implied_rates(framed(PAIR[0], {**PAIR[1], "approximate": True})).iloc[0]
    assert about["rate_low"] == pytest.approx(1.95e11 / 1.45e8)


def test_the_market_is_the_range_of_the_week_up_to_publication():
    row = implied_rates(framed(*PAIR)).iloc[0]
    week = [rate("USD", "KRW", f"2025-{day}") for day in ("07-30", "07-31", "08-01", "08-04", "08-05")]
    assert (row["market_low"], row["market_high"]) == (pytest.approx(min(week)), pytest.approx(max(week)))
    assert row["expected_low"] == pytest.approx(2e11 / max(week))
    assert (row["published_from"], row["published_to"]) == (pd.Timestamp("2025-08-05"), pd.Timestamp("2025-08-05"))


@pytest.mark.parametrize(("published", "dating", "weak"), [("2025-08-05", "day", False), ("2025-08", "month", False), ("2025", "year", True), (None, "undated", True)])
def test_a_verdict_that_rests_on_a_year_or_no_date_is_called_weak(published: str | None, dating: str, weak: bool):
    row = implied_rates(framed(*({**figure, "published_on": published} for figure in PAIR))).iloc[0]
    assert (row["dating"], row["weak"], row["verdict"]) == (dating, weak, "consistent")


AFTER_THE_LAST = (frozen_quotes().last_day + timedelta(days=4)).isoformat()


@pytest.mark.parametrize("change", [{"published_on": "1998-05-01"}, {"published_on": "2031-05"}, {"published_on": AFTER_THE_LAST}, {"published_on": "2025-08-05", "currency": "TWD"}])
def test_without_a_rate_the_verdict_is_unknown(change: dict):
    frame = framed(PAIR[0], {**PAIR[1], **change})
    row = implied_rates(frame).iloc[0]
    assert row["verdict"] == "unknown"
    assert row[["deviation", "beyond_rounding", "market_low", "power_of_ten", "last_held_on", "fits_via_usd"]].isna().all()
    assert disagreements(frame).empty


def test_floors_printed_together_are_converted_and_apart_only_say_not_less():
    floors = [{**row, "amount": np.nan, "amount_low": row["amount"] * scale} for row, scale in zip(PAIR, (1, 0.7), strict=True)]
    assert implied_rates(framed(*floors))["verdict"].tolist() == ["inconsistent"]
    apart = [{**row, "pair_id": None} for row in floors]
    assert implied_rates(framed(*apart))["verdict"].tolist() == ["consistent"]


def test_only_figures_alike_in_per_and_price_year_are_compared():
    yearly = {**WON, "figure_id": "yearly", "amount": 1e11, "amount_text": "100 billion won"}
    assert len(disagreements(framed(WON, yearly))) == 1
    assert disagreements(framed(WON, {**yearly, "per": "year"})).empty
    assert disagreements(framed(WON, {**yearly, "price_year": 2020})).empty
    assert implied_rates(framed(WON, {**DOLLARS, "per": "year"})).empty


def test_a_superseded_figure_contradicts_nothing():
    draft = {**WON, "figure_id": "draft", "amount": 1.8e11, "amount_text": "180 billion won"}
    assert len(disagreements(framed(WON, draft))) == 1
    assert disagreements(framed({**WON, "supersedes": "draft"}, draft)).empty


def test_digits_that_were_cut_off_contradict_nothing():
    assert disagreements(framed(WON, {**WON, "figure_id": "exact", "amount": 2.09e11, "amount_text": "209 billion won"})).empty
    assert len(disagreements(framed(WON, {**WON, "figure_id": "exact", "amount": 2.11e11, "amount_text": "211 billion won"}))) == 1


def test_no_rounding_reaches_farther_than_a_quarter():
    one = {**WON, "amount": 1e12, "amount_text": "1 trillion won"}
    assert disagreements(framed(one, {**one, "figure_id": "near", "amount": 1.2e12, "amount_text": "1.2 trillion won"})).empty
    assert len(disagreements(framed(one, {**one, "figure_id": "far", "amount": 1.4e12, "amount_text": "1.4 trillion won"}))) == 1


def test_the_best_supported_figure_is_believed_and_not_the_best_ranked():
    slip = {**WON, "figure_id": "slip", "amount": 2e12, "amount_text": "2 trillion won", "source_id": "two"}
    found = disagreements(framed(slip, WON, {**WON, "figure_id": "again", "source_id": "three"}))
    assert found[["figure_id", "against_id", "undecided"]].values.tolist() == [["slip", "won", False]]
    copies = disagreements(framed(slip, WON, {**WON, "figure_id": "again"}))
    assert copies["undecided"].all(), "two figures of one source are one witness"


def test_no_explanation_is_offered_that_any_number_would_satisfy():
    dollars = {**WON, "fact_id": "deepseek-v3-training", "currency": "USD", "source_id": "two"}
    named = {**dollars, "amount": 1e8, "amount_text": "$100.0 million", "source_id": "one", "published_on": "2024-07-01"}
    euros = {**dollars, "figure_id": "euros", "amount": 1e8 / rate("EUR", "USD", "2024-07-01"), "amount_text": "$93.18 million"}
    elsewhere = {**dollars, "figure_id": "elsewhere", "fact_id": "eu-investai-public", "currency": "EUR", "amount": 5e10, "amount_text": "50 milliards"}
    for published, fits in (("2024-07-01", "EUR"), ("2025", None)):
        found = disagreements(framed(named, {**euros, "published_on": published}, elsewhere))["fits_as"].iloc[0]
        assert found == fits or (fits is None and pd.isna(found))


def test_a_chain_through_printed_dollars_is_information():
    won = {**WON, "fact_id": "sovereign-model-530bn", "amount": 5.3e11, "amount_text": "₩530 billion", "published_on": "2025-09-28"}
    dollars = {**won, "figure_id": "dollars", "currency": "USD", "amount": 4.5e8, "amount_text": "$450 million"}
    euros = {**won, "figure_id": "euros", "currency": "EUR", "amount": 4.5e8 * rate("USD", "EUR", "2025-09-26"), "amount_text": "385.5 million euros"}
    rows = implied_rates(framed(won, dollars, euros)).set_index("figure_id")
    assert rows.loc["euros", ["verdict", "fits_via_usd"]].tolist() == ["inconsistent", True]
    rows = implied_rates(framed(won, {**dollars, "amount": 3.8e8}, euros)).set_index("figure_id")
    assert rows.loc["euros", ["verdict", "fits_via_usd"]].tolist() == ["inconsistent", False]
    rows = implied_rates(framed(won, dollars, {**euros, "published_on": None})).set_index("figure_id")
    assert rows.loc["euros", "verdict"] == "inconsistent"
    assert pd.isna(rows.loc["euros", "fits_via_usd"]), "over 300 days, too many rates would fit"


def test_no_day_farther_back_than_24_months_is_offered():
    before = pd.Timestamp("2025-09-01").toordinal() - EPOCH
    assert pd.isna(last_held_on("EUR", "KRW", 1332.0, 1333.0, before))
    assert last_held_on("EUR", "KRW", 1332.0, 1333.0, pd.Timestamp("2023-01-31").toordinal() - EPOCH) > pd.Timestamp("2021-01-31")


def test_a_currency_against_itself_is_one_and_an_unquoted_one_unknown():
    assert market("TWD", "TWD", 0, -1) == (1.0, 1.0)
    assert np.isnan(market("TWD", "EUR", 20000, 20010)).all()


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (framed(*PAIR).drop(columns="pair_id"), "no column 'pair_id'"),
        (framed({**WON, "fact_id": "no-such-fact"}), "figure won states a fact that is not in data/facts.csv"),
        (framed(WON, WON), "figure won is there twice"),
        (framed({**WON, "amount": 0.0}), "figure won has no positive amount"),
        (framed({**WON, "amount": np.nan}), "figure won has no positive amount"),
        (framed({**WON, "amount": np.inf}), "figure won has no positive amount"),
        (framed(*PAIR, {**PAIR[1], "figure_id": "third"}), "won, dollars, third are one pair"),
    ],
)
def test_bad_input_is_refused_naming_the_figure(frame: pd.DataFrame, message: str):
    with pytest.raises(AiSpendError, match=message):
        implied_rates(frame)


def test_no_figures_give_no_rows():
    assert implied_rates(framed(WON).head(0)).empty
    assert disagreements(framed(WON).head(0)).empty
    assert implied_rates(framed(WON)).empty


def test_our_reading_of_misprints_is_never_looked_at():
    table = figures()
    told = table.assign(misprint="everything is wrong", intended_amount=1.0)
    for check in (implied_rates, disagreements):
        pd.testing.assert_frame_equal(check(told), check(table))
        pd.testing.assert_frame_equal(check(table.drop(columns=["misprint", "intended_amount"])), check(table))


def test_the_expected_findings_are_among_the_rows():
    table = figures()
    rates = odd(implied_rates(table)).drop_duplicates(["fact_id", "verdict", "base"]).set_index(["fact_id", "base"])
    contradictions = disagreements(table).drop_duplicates(["fact_id", "verdict"]).set_index(["fact_id", "verdict"])
    euros = rates.loc[("sovereign-model-530bn", "EUR")]
    assert (euros["verdict"], euros["pairing"]) == ("inconsistent", "across publications")
    assert -0.12 < euros["deviation"] < -0.10
    assert rates.loc[("ai-pledge-100tn", "USD"), ["verdict", "power_of_ten"]].tolist() == ["scale-error", -1]
    assert rates.loc[("frontier-plan-2026", "USD"), "verdict"] == "inconsistent"
    for fact, power in (("deepseek-v3-training", -1), ("deepseek-r1-training", 2), ("eu-investai-public", -1)):
        assert contradictions.loc[(fact, "scale-error"), "power_of_ten"] == power


def test_careful_outlets_agree_with_the_market_of_their_day():
    rates = implied_rates(figures())
    careful = rates[rates["figure_id"].str.contains("kbs|joongang|koreaherald|lorientlejour|koreatimes")]
    assert len(careful) >= 10
    assert odd(careful).empty


def test_the_tolerance_is_what_honest_conversions_need():
    measured = honest_deviations(figures())
    assert measured["pairs"] >= 30
    assert abs(measured["three_sigma"] - TOLERANCE) < 0.01
