"""The way from a headline's ratio to the comparable one, computed by hand from rates, parities and GDP."""

import numpy as np
import pandas as pd
import pytest

from aispend.errors import AiSpendError, MissingRate, NotComparable
from aispend.ladder import every_choice, ladder_steps
from aispend.normalise import normalise
from aispend.prices import deflator, gdp, ppp
from aispend.rates import rate

FUND = {
    "fact_id": "fund", "actor": "Korea", "label": "growth fund", "family": "financing", "amount": 150e12, "currency": "KRW", "price_country": "KOR",
    "ai_scope": "part", "announced_on": "2025-09-10", "period_start": pd.Timestamp("2025-12-11"), "period_end": pd.Timestamp("2030-12-31"),
}  # fmt: skip
CAPEX = {
    "fact_id": "capex", "actor": "Alphabet", "label": "capital expenditure", "family": "outlay", "amount": 91.45e9, "low": 90e9, "high": 100e9, "currency": "USD",
    "price_country": "USA", "ai_scope": "part", "announced_on": "2026-02-04", "period_start": pd.Timestamp("2025-01-01"), "period_end": pd.Timestamp("2025-12-31"),
}  # fmt: skip
RUN = {**CAPEX, "fact_id": "run", "family": "unit-cost", "amount": 5.576e6, "low": 5.5e6, "high": 6e6, "ai_scope": "all", "announced_on": "2024-12",
       "period_start": pd.NaT, "period_end": pd.NaT}  # fmt: skip
FRAME = pd.DataFrame([FUND, CAPEX, RUN])
# 21 days of 2025 and five whole years.
HORIZON = 21 / 365 + 5


def steps(a: str = "fund", b: str = "capex", **choices: object) -> pd.DataFrame:
    return ladder_steps(FRAME, a, b, **choices).set_index("step")


def test_each_rung_is_what_a_calculator_gives():
    after = steps()["after"]
    market = 150e12 / rate("USD", "KRW", 2025) / 91.45e9
    parity = 150e12 / ppp("KOR", 2025).value / 91.45e9
    # The data end in 2025, so that year's GDP stands for all later ones.
    of_gdp = 150e12 / (HORIZON * gdp("KOR", 2025).value) / (91.45e9 / gdp("USA", 2025).value)
    by_hand = {
        "headline": 150e12 / rate("USD", "KRW", "2025-09-10") / 91.45e9, "currency": market, "period": market / HORIZON, "prices": market / HORIZON,
        "conversion": parity / HORIZON, "scope": parity / HORIZON, "kind of money": parity / HORIZON, "share of GDP": of_gdp,
    }  # fmt: skip
    assert list(after.index) == list(by_hand)
    np.testing.assert_allclose(after, list(by_hand.values()), rtol=1e-12)


def test_the_range_is_lowest_over_highest_to_the_reverse():
    rows = steps()
    np.testing.assert_allclose(rows["low"] / rows["after"], 91.45 / 100, rtol=1e-12)
    np.testing.assert_allclose(rows["high"] / rows["after"], 91.45 / 90, rtol=1e-12)


def test_kinds_of_money_cannot_be_converted_and_have_no_factor():
    row = steps().loc["kind of money"]
    assert np.isnan(row["factor"]) and row["after"] == row["before"]
    assert row["change"] == "money to be lent, guaranteed or raised beside spending" and "cannot be converted" in row["note"]
    assert ladder_steps(pd.DataFrame([CAPEX, {**CAPEX, "fact_id": "other"}]), "capex", "other").set_index("step").at["kind of money", "factor"] == 1


def test_without_a_period_neither_years_nor_gdp_have_a_number():
    rows = steps("fund", "run")
    assert rows.loc[["period", "share of GDP"], "factor"].isna().all()
    assert (rows.loc[["period", "share of GDP"], "note"] == "cannot be taken: a period is not stated").all()
    assert rows.at["share of GDP", "after"] == pytest.approx(150e12 / ppp("KOR", 2025).value / 5.576e6, rel=1e-12)


def test_the_ai_share_is_off_by_default_and_visible_where_it_is_on():
    assert not steps()["basis"].str.contains("AI share").any() and steps().at["scope", "factor"] == 1
    rows = steps(ai_share={"fund": (0.2, 0.4), "capex": (0.5, 0.7)})
    assert rows.at["scope", "factor"] == pytest.approx(0.3 / 0.6, rel=1e-12)
    assert rows.at["scope", "low"] / rows.at["conversion", "low"] == pytest.approx(0.2 / 0.7, rel=1e-12)
    assert rows.at["scope", "high"] / rows.at["conversion", "high"] == pytest.approx(0.4 / 0.5, rel=1e-12)
    assert rows.at["conversion", "basis"] == "purchasing power, prices of 2025, per year"
    assert rows.at["scope", "basis"] == "purchasing power, prices of 2025, per year, AI share 20-40 %, AI share 50-70 %"


def test_the_same_currency_needs_no_date_and_another_does():
    undated = FRAME.assign(announced_on=None)
    assert ladder_steps(undated, "capex", "run").loc[1, "factor"] == 1
    with pytest.raises(MissingRate, match="neither has announced_on"):
        ladder_steps(undated, "fund", "capex")


def test_a_quarter_counts_as_a_quarter():
    quarter = {**CAPEX, "fact_id": "quarter", "amount": 30e9, "low": 30e9, "high": 30e9, "period_end": pd.Timestamp("2025-03-31")}
    rows = ladder_steps(pd.DataFrame([quarter, CAPEX]), "quarter", "capex").set_index("step")
    assert rows.at["period", "factor"] == pytest.approx(4, rel=1e-12)
    assert rows.at["share of GDP", "after"] == pytest.approx(4 * 30e9 / 91.45e9, rel=1e-12)


def test_every_choice_is_there_once_and_holds_the_rungs_of_the_ladder():
    grid = every_choice(FRAME, "fund", "capex", ai_share=(0.2, 1.0)).set_index("choice")
    assert len(grid) == 16 and grid.index.is_unique
    assert len(every_choice(FRAME, "fund", "capex")) == 8
    rows = steps(ai_share=(0.2, 1.0))
    for step, choice in (("headline", "Whole sums, market rate of the day"), ("currency", "Whole sums, market rate, one average"), ("period", "Per year, market rate, one average"),
                         ("conversion", "Per year, purchasing power"), ("scope", "Per year, purchasing power, AI part"), ("share of GDP", "Per year, share of GDP, AI part")):  # fmt: skip
        assert rows.at[step, "after"] == grid.at[choice, "ratio"] and rows.at[step, "low"] == grid.at[choice, "low"], step


def test_a_whole_sum_over_one_years_gdp_is_what_it_says():
    grid = every_choice(FRAME, "fund", "capex").set_index("choice")["ratio"]
    assert grid["Whole sums, share of GDP"] == pytest.approx(150e12 / gdp("KOR", 2025).value / (91.45e9 / gdp("USA", 2025).value), rel=1e-12)


def test_a_choice_that_cannot_be_made_is_blank():
    grid = every_choice(FRAME, "fund", "run").set_index("choice")["ratio"]
    assert grid[grid.notna()].index.tolist() == ["Whole sums, market rate of the day", "Whole sums, market rate, one average", "Whole sums, purchasing power"]


# A plan of older years, so that prices matter.
PLAN = {**FUND, "fact_id": "plan", "label": "research plan", "family": "outlay", "amount": 2.2e12, "announced_on": "2018-05-15",
        "period_start": pd.Timestamp("2018-01-01"), "period_end": pd.Timestamp("2022-12-31")}  # fmt: skip
OLDER = pd.DataFrame([PLAN, CAPEX, FUND, RUN])


def deflated(amount: float) -> float:
    """An even spread over the days of 2018 to 2022, each year's part in prices of 2025, by the published deflator."""
    days = {2018: 365, 2019: 365, 2020: 366, 2021: 365, 2022: 365}
    return sum(amount * n / 1826 * deflator("KOR", 2025).value / deflator("KOR", year).value for year, n in days.items())


def test_prices_of_other_years_are_deflated_at_home_before_the_parity_of_the_price_year():
    rows = ladder_steps(OLDER, "plan", "capex").set_index("step")
    real = deflated(2.2e12)
    assert rows.at["prices", "factor"] == pytest.approx(real / 2.2e12, rel=1e-12) and rows.at["prices", "factor"] > 1.1
    assert rows.at["prices", "after"] == pytest.approx(real / 5 / rate("USD", "KRW", 2025) / 91.45e9, rel=1e-12)
    assert rows.at["conversion", "after"] == pytest.approx(real / 5 / ppp("KOR", 2025).value / 91.45e9, rel=1e-12)
    assert rows.at["prices", "change"] == "prices of 2018 to 2022 beside those of 2025: each to 2025 by its own country's GDP deflator"
    assert rows.at["prices", "basis"] == "market rate, one average, prices of 2025, per year"


def test_where_both_are_in_prices_of_one_year_the_step_says_so_and_is_no_other_choice():
    row = steps().loc["prices"]
    assert row["factor"] == 1 and row["change"] == "both in prices of 2025: nothing to deflate"
    assert row["note"] == "a total that is not split counts in prices of the year of its announcement"
    assert not every_choice(FRAME, "fund", "capex")["choice"].str.contains("constant").any()


def test_where_prices_differ_constant_ones_are_a_choice_of_their_own():
    grid, rows = every_choice(OLDER, "plan", "capex").set_index("choice"), ladder_steps(OLDER, "plan", "capex").set_index("step")
    assert len(grid) == 12 and grid.index.is_unique
    assert grid.at["Per year, market rate, one average, constant prices", "ratio"] == rows.at["prices", "after"]
    assert grid.at["Per year, purchasing power, constant prices", "ratio"] == rows.at["conversion", "after"]
    nominal = sum(2.2e12 * days / 1826 / ppp("KOR", year).value for year, days in {2018: 365, 2019: 365, 2020: 366, 2021: 365, 2022: 365}.items())
    assert grid.at["Whole sums, purchasing power", "ratio"] == pytest.approx(nominal / 91.45e9, rel=1e-12)


def test_prices_after_the_data_are_those_of_its_last_year_and_the_step_says_so():
    later = {**CAPEX, "fact_id": "later", "period_start": pd.Timestamp("2026-01-01"), "period_end": pd.Timestamp("2026-12-31"), "announced_on": "2026-02-04"}
    row = ladder_steps(pd.DataFrame([PLAN, later]), "plan", "later").set_index("step").loc["prices"]
    assert row["factor"] == pytest.approx(deflated(2.2e12) / 2.2e12, rel=1e-12)
    assert row["note"] == "no deflator is known after 2025, so later years count in prices of 2025"


def test_without_a_period_or_a_deflator_prices_have_no_number():
    assert steps("fund", "run").at["prices", "note"] == steps("run", "capex").at["prices", "note"] == "cannot be taken: a period is not stated"
    before = {**PLAN, "period_start": pd.Timestamp("2006-01-01"), "period_end": pd.Timestamp("2006-12-31")}
    row = ladder_steps(pd.DataFrame([before, CAPEX]), "plan", "capex").set_index("step").loc["prices"]
    assert np.isnan(row["factor"]) and row["note"] == "cannot be taken: no GDP deflator"
    rows = ladder_steps(pd.DataFrame([PLAN, before | CAPEX | {"period_start": before["period_start"], "period_end": before["period_end"]}]), "plan", "capex").set_index("step")
    assert rows.at["prices", "note"] == "cannot be taken: no GDP deflator of 2006" and np.isnan(rows.at["share of GDP", "factor"])


def test_in_one_currency_there_is_nothing_to_convert():
    row = ladder_steps(OLDER, "plan", "fund").set_index("step").loc["conversion"]
    assert row["factor"] == 1 and row["change"] == "both in KRW, at home in one economy: no conversion" and row["note"] == ""


def test_the_frame_is_left_as_it_was():
    frame = FRAME.copy(deep=True)
    ladder_steps(frame, "fund", "capex", ai_share=(0.2, 1.0))
    pd.testing.assert_frame_equal(frame, FRAME)


@pytest.mark.parametrize("function", [ladder_steps, every_choice])
def test_what_is_refused(function):
    with pytest.raises(AiSpendError, match="'nothing' is in the frame 0 times"):
        function(FRAME, "fund", "nothing")
    with pytest.raises(AiSpendError, match="'fund' is in the frame 2 times"):
        function(pd.concat([FRAME, FRAME.head(1)]), "fund", "capex")
    with pytest.raises(AiSpendError, match="two facts"):
        function(FRAME, "fund", "fund")
    with pytest.raises(NotComparable, match="fund or capex is not positive"):
        function(FRAME.assign(amount=[0.0, 91.45e9, 1e6]), "fund", "capex")
    for missing in ("fact_id", "amount", "currency", "family"):
        with pytest.raises(AiSpendError, match=f"no column '{missing}'"):
            function(FRAME.drop(columns=missing), "fund", "capex")
    with pytest.raises(AiSpendError, match="amount must hold numbers, not text.*row fund"):
        function(FRAME.astype({"amount": "object"}).assign(amount=["150e12", 91.45e9, 1e6]), "fund", "capex")
    with pytest.raises(NotComparable, match="no amount of fund is known"):
        function(FRAME.assign(amount=[np.nan, 91.45e9, 1e6], low=np.nan, high=np.nan), "fund", "capex")
    with pytest.raises(AiSpendError, match="column high must hold finite numbers.*row capex .inf"):
        function(FRAME.assign(high=[np.nan, np.inf, 6e6]), "fund", "capex")
    with pytest.raises(AiSpendError, match="ends before it starts in row fund"):
        function(FRAME.assign(period_end=pd.Timestamp("2025-06-30")), "fund", "capex")
    with pytest.raises(AiSpendError, match="period_start must hold dates.*row fund"):
        function(FRAME.assign(period_start=2025), "fund", "capex")
    with pytest.raises(AiSpendError, match="ai_share names run, which"):
        function(FRAME, "fund", "capex", ai_share={"run": (0.1, 0.2)})


# --- the AI share in normalise ---------------------------------------------------------------------------


def test_an_ai_share_gives_the_middle_with_its_range_and_says_so():
    rows = normalise(FRAME, currency="USD", ai_share=(0.2, 0.3)).set_index("fact_id")
    plain = normalise(FRAME, currency="USD").set_index("fact_id")
    assert rows["ai_share"].tolist() == [0.25, 0.25, 1.0]
    np.testing.assert_allclose(rows["value"] / plain["value"], [0.25, 0.25, 1], rtol=1e-14)
    np.testing.assert_allclose(rows["value_low"] / plain["value_low"], [0.2, 0.2, 1], rtol=1e-14)
    np.testing.assert_allclose(rows["value_high"] / plain["value_high"], [0.3, 0.3, 1], rtol=1e-14)
    assert rows["value_is"].tolist() == ["midpoint", "midpoint", "exact"]
    assert rows["basis"].str.endswith(", AI share 20-30 %").tolist() == [True, True, False]
    assert rows["amount"].equals(plain["amount"]) and "ai_share" not in plain


def test_a_share_for_some_facts_leaves_the_others_whole():
    rows = normalise(FRAME, currency="USD", ai_share={"fund": (0.2, 0.2)}).set_index("fact_id")
    assert rows["ai_share"].tolist() == [0.2, 1.0, 1.0]
    assert rows["basis"].str.contains("AI share").tolist() == [True, False, False]


def test_a_bound_stays_a_bound_and_categories_stay_categories():
    frame = FRAME.assign(value_is=["at-least", "about", "exact"]).astype({"currency": "category"})
    rows = normalise(frame, currency="USD", ai_share=(0.2, 0.3))
    assert rows["value_is"].tolist() == ["at-least", "midpoint", "exact"]
    assert isinstance(rows["basis"].dtype, pd.CategoricalDtype)


def test_the_years_of_an_ai_share_sum_to_the_whole_and_amounts_stay_as_printed():
    plan = pd.DataFrame([{**FUND, "family": "outlay"}])
    by_year = normalise(plan, currency="KRW", yearly=True, ai_share=(0.2, 0.3))
    assert by_year["amount"].sum() == pytest.approx(150e12, rel=1e-14) and by_year["value"].sum() == pytest.approx(0.25 * 150e12, rel=1e-14)


@pytest.mark.parametrize(
    ("share", "message"),
    [
        ((0.3, 0.2), "in this order"), ((0, 0.2), "above 0"), ((0.5, 1.2), "at most 1"), ((20, 30), "as parts of one"), (0.3, "no pair of numbers"),
        ((0.1, 0.2, 0.3), "no pair of numbers"), ((float("nan"), 0.3), "above 0"), ({"run": (0.1, 0.2)}, "names run, which"), ({"typo": (0.1, 0.2)}, "names typo, which"),
        ({"fund": (0.3, 0.2)}, "ai_share of fund"),
    ],
)  # fmt: skip
def test_a_share_that_is_none_is_refused(share: object, message: str):
    with pytest.raises(AiSpendError, match=message):
        normalise(FRAME, currency="USD", ai_share=share)


def test_a_share_needs_to_know_which_rows_are_partly_ai():
    with pytest.raises(AiSpendError, match="needs a column ai_scope"):
        normalise(FRAME.drop(columns="ai_scope"), currency="USD", ai_share=(0.2, 0.3))
    for blank in (None, "some"):
        with pytest.raises(AiSpendError, match="ai_scope must be all, part or unknown where ai_share is taken; correct row capex$"):
            normalise(FRAME.assign(ai_scope=["part", blank, "all"]), currency="USD", ai_share=(0.2, 0.3))
