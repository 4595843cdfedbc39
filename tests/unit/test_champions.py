"""The funnel by hand: every expected number here is worked out on paper, in the comment beside it."""

import numpy as np
import pandas as pd
import pytest

from aispend.champions import champions, every_scenario, one_change_at_a_time
from aispend.data.evidence import facts
from aispend.data.tables import load
from aispend.errors import AiSpendError
from aispend.normalise import normalise
from aispend.tournament import Allocation, open_rounds, stages


def rounds(*rows: tuple) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["round_id", "kind", "date", "teams"])
    return frame.assign(path="announced", remaining=pd.NA, settles=pd.NA, gpus=pd.NA)


# 600 shares of 73 won: 60 won a day over two years of 365 days, so that every share below is whole on every day.
SHARE = 73.0


def plan(amount: float = 600 * SHARE, **columns: object) -> pd.DataFrame:
    row = {"scenario": "s", "path": "announced", "amount": amount, "currency": "KRW", "ends_on": "2027", "allocation": "equal"}
    return pd.DataFrame([row | columns])


# Two stages of 365 days each: two teams in 2026, one in 2027.
TWO_THEN_ONE = rounds(("start", "selection", "2026-01-01", 2), ("cut", "evaluation", "2026", 1))


def of_place(result: pd.DataFrame, place: int) -> float:
    return result.loc[result["place"] == place, "amount"].sum() / SHARE


def test_equal_days_and_equal_teams():
    # 300 a year: 2026 split between two, 2027 to one: 150 + 300 and 150.
    result = champions(plan(), TWO_THEN_ONE)
    assert (of_place(result, 1), of_place(result, 2)) == (450, 150)
    assert result["half"].unique().tolist() == ["2026-H1", "2026-H2", "2027-H1", "2027-H2"]
    # The first half-year has 181 days at 60 won, for two.
    assert result.query("place == 1")["amount"].iloc[0] == 181 * 30


def test_back_loaded_counts_the_second_stage_twice():
    # 600 in the parts 1 : 2 is 200 and 400: 100 + 400 and 100.
    result = champions(plan(allocation="back-loaded"), TWO_THEN_ONE)
    assert (of_place(result, 1), of_place(result, 2)) == (500, 100)


def test_winner_weighted_gives_the_first_twice_the_second_of_two():
    # 300 in the parts 2 : 1 is 200 and 100, then 300: 500 and 100.
    result = champions(plan(allocation="winner-weighted"), TWO_THEN_ONE)
    assert (of_place(result, 1), of_place(result, 2)) == (500, 100)


def test_by_gpus_weighs_a_stage_by_teams_times_gpus():
    # 2 teams of 100 GPUs, then 1 of 400: 200 : 400 of 600, so 200 and 400.
    result = champions(plan(allocation="by GPUs, as announced"), TWO_THEN_ONE.assign(gpus=[100, 400]))
    assert (result.groupby("stage")["amount"].sum() / SHARE).tolist() == [200, 400]


def test_no_concentration_keeps_the_share_of_the_fallen_back():
    # Each of two has 150 a year; what the fallen one would have had in 2027 is place 0.
    result = champions(plan(allocation="no concentration"), TWO_THEN_ONE)
    assert [of_place(result, place) for place in (0, 1, 2)] == [150, 300, 150]


def test_own_weights_of_stages_and_places():
    own = {"own": Allocation(stages=(0.25, 0.75), places=(0.8, 0.2))}
    result = champions(plan(allocation="own"), TWO_THEN_ONE, allocations=own)
    # 150 in the parts 0.8 : 0.2, then 450 to the one: 120 + 450 and 30.
    assert (of_place(result, 1), of_place(result, 2)) == (570, 30)


def test_a_late_entrant_shares_from_its_day_on():
    late = rounds(("start", "selection", "2026-01-01", 1), ("more", "addition", "2026", 2))
    result = champions(plan(), late)
    # 300 to one team, then 300 to two.
    assert (of_place(result, 1), of_place(result, 2)) == (450, 150)


def test_a_part_flows_in_its_own_days_only():
    lease = plan(part="lease", amount=100.0, period_start=pd.Timestamp("2026-07-01"), period_end=pd.Timestamp("2026-12-31"))
    result = champions(pd.concat([plan(part="cash"), lease], ignore_index=True), TWO_THEN_ONE)
    assert result.query("part == 'lease'")["half"].unique().tolist() == ["2026-H2"]
    assert result.groupby("part")["amount"].sum().to_dict() == {"cash": 600 * SHARE, "lease": 100}


def test_a_part_that_covers_half_of_a_stage_is_the_same_a_day():
    # 184 days of 2026 and 181 of 2027 are 365: at one share a day the first get 184 and the second 181.
    part = plan(amount=365.0, period_start=pd.Timestamp("2026-07-01"), period_end=pd.Timestamp("2027-06-30"))
    assert champions(part, TWO_THEN_ONE).groupby("stage")["amount"].sum().tolist() == [184, 181]
    # Back-loaded, a day of the second stage counts twice: 184 and 362 of 546.
    assert champions(part.assign(amount=546.0, allocation="back-loaded"), TWO_THEN_ONE).groupby("stage")["amount"].sum().tolist() == [184, 362]


def test_a_late_entrant_is_another_team_than_the_fallen_one_in_its_place():
    # Two, then one, then two again: place 2 of the first and of the third year are two teams, each with 200 / 2.
    path = rounds(("start", "selection", "2026-01-01", 2), ("cut", "evaluation", "2026", 1), ("more", "addition", "2027", 2))
    result = champions(plan(amount=600.0 * 1095, ends_on="2028-12-30"), path)
    assert result.query("place == 2").groupby("since")["amount"].sum().tolist() == [100 * 1095, 100 * 1095]
    assert result.query("place == 2").groupby("since")["cumulative"].max().tolist() == [100 * 1095, 100 * 1095]
    assert result.query("place == 1")["since"].eq(1).all()


@pytest.mark.parametrize(("left", "then"), [(4, [5, 3, 4, 4, 2]), (3, [5, 3, 4, 3, 2]), (2, [5, 3, 4, 2, 2])])
def test_any_result_is_one_new_row(left: int, then: list[int]):
    # None, one or two fall; the planned final of two stays as it is, and a final that leaves two of two in changes nothing.
    result = {"round_id": "result", "path": "actual", "kind": "evaluation", "date": "2026-08-20", "teams": left, "settles": "sovereign-model-actual-3"}
    actual = pd.concat([of_path("actual"), pd.DataFrame([result])])
    assert [stage.teams for stage in stages(actual, ends_on="2027")] == then
    assert champions(plan(path="actual"), actual)["amount"].sum() == 600 * SHARE
    assert "sovereign-model-actual-3" not in set(open_rounds(actual)["round_id"])


def test_a_final_that_is_cancelled_or_moved_is_one_new_row():
    for date, left, last in (("2027-02", 3, ("2027-03-01", 3)), ("2027-05", 2, ("2027-06-01", 2))):
        result = {"round_id": "result", "path": "actual", "kind": "evaluation", "date": date, "teams": left, "settles": "sovereign-model-actual-4"}
        found = stages(pd.concat([of_path("actual"), pd.DataFrame([result])]), ends_on="2027")[-1]
        assert (found.start.isoformat(), found.teams) == last


def test_largest_budget_keeps_its_last_won():
    odd = float(2**53 - 1)
    path = rounds(("start", "selection", "2026-01-01", 7), ("one", "evaluation", "2026-05-11", 6), ("two", "evaluation", "2026-09-30", 3))
    for rule in ("equal", "winner-weighted", "back-loaded", "no concentration"):
        assert int(champions(plan(amount=odd, allocation=rule), path)["amount"].map(int).sum()) == 2**53 - 1


def test_discounting_is_that_of_an_even_flow():
    # Money that flows evenly over the first T years is worth (1 - e^(-T ln(1+r))) / (T ln(1+r)) of itself.
    result = champions(plan(discount_rate=0.05, ends_on="2026-06"), TWO_THEN_ONE)
    force = np.log(1.05) * 181 / 365.25
    assert result["discounted"].sum() == pytest.approx(600 * SHARE * (1 - np.exp(-force)) / force, rel=1e-12)
    assert champions(plan(), TWO_THEN_ONE).eval("discounted == amount").all()


def test_low_and_high_follow_the_amount():
    result = champions(plan(low=300 * SHARE, high=1200 * SHARE), TWO_THEN_ONE)
    assert np.allclose(result["low"], result["amount"] / 2)
    assert np.allclose(result["high"], result["amount"] * 2)


def test_a_month_counts_from_the_day_after_it_and_a_day_from_itself():
    path = rounds(("start", "selection", "2025-08-04", 5), ("one", "evaluation", "2026-01-15", 3), ("two", "evaluation", "2026-08", 2))
    found = stages(path, ends_on="2026-12")
    assert [(stage.start.isoformat(), stage.end.isoformat()) for stage in found] == [
        ("2025-08-04", "2026-01-14"), ("2026-01-15", "2026-08-31"), ("2026-09-01", "2026-12-31"),
    ]  # fmt: skip


def test_a_round_after_the_end_does_not_count():
    assert [stage.teams for stage in stages(TWO_THEN_ONE, ends_on="2026")] == [2]


def of_path(path: str) -> pd.DataFrame:
    # As planned: what happened after these expectations were written settles one of the plans.
    return load("rounds").query("path == @path and settles.isna()")


def test_the_announced_rule_is_in_the_data():
    # Announced: five teams, one fewer every half-year, two in the end.
    found = stages(of_path("announced"), ends_on="2027")
    assert [stage.teams for stage in found] == [5, 4, 3, 2]
    assert all(170 <= (later.start - stage.start).days <= 190 for stage, later in zip(found[1:], found[2:], strict=False))


def test_the_actual_path_is_in_the_data():
    # Five until 15 January 2026, three until 20 February, then four; planned: three after August 2026, two after February 2027.
    found = stages(of_path("actual"), ends_on="2027")
    assert [stage.teams for stage in found] == [5, 3, 4, 3, 2]
    assert set(found[0].remaining) - set(found[1].remaining) == {"naver-cloud", "nc-ai"}
    assert set(found[2].remaining) - set(found[1].remaining) == {"motif-technologies"}
    assert found[3].remaining == ()


def test_the_next_result_is_one_new_row():
    actual = of_path("actual")
    result = {"round_id": "result", "path": "actual", "kind": "evaluation", "date": "2026-09-10", "teams": 2, "remaining": "upstage; lg-ai-research", "settles": "sovereign-model-actual-3"}
    found = stages(pd.concat([actual[actual["date"] < "2027"], pd.DataFrame([result])]), ends_on="2026-12")
    assert [(stage.start.isoformat(), stage.teams) for stage in found][-1] == ("2026-09-10", 2)
    assert len(found) == 4


def test_parts_as_announced_go_through_normalise():
    chosen = facts().set_index("fact_id").loc[["sovereign-model-enacted"]].reset_index()
    scenarios = every_scenario(chosen, paths=["announced", "actual"], ends_on=["2026-12"], allocations=["equal"], discount_rates=[0.0])
    result = champions(scenarios, load("rounds"))
    assert result.groupby("scenario")["amount"].sum().tolist() == [213.6e9, 213.6e9]
    assert normalise(result, currency="USD")["value"].notna().all()
    assert normalise(result[result["period_end"] < "2026-07"], currency="KRW", prices="constant", price_year=2024)["value"].lt(result["amount"].max()).all()


def test_one_change_leaves_out_what_changes_two():
    outcomes = pd.DataFrame({"scenario": list("abcd"), "end": [1, 2, 1, 2], "rule": ["x", "x", "y", "y"], "value": [1.0, 5.0, 2.0, 9.0]})
    moved = one_change_at_a_time(outcomes, baseline="a", choices=["rule", "end"])
    assert moved.to_numpy().tolist() == [["end", 1, 1.0], ["end", 2, 5.0], ["rule", "x", 1.0], ["rule", "y", 2.0]]


MORE = rounds(("start", "selection", "2026-01-01", 2), ("cut", "evaluation", "2026", 3))
SAME_DAY = rounds(("start", "selection", "2026-01-01", 3), ("one", "evaluation", "2026-06", 2), ("two", "evaluation", "2026-07-01", 1))
BEFORE = rounds(("start", "selection", "2026-01-01", 3), ("early", "evaluation", "2025-06-30", 2))
ADDS_NONE = rounds(("start", "selection", "2026-01-01", 3), ("more", "addition", "2026-06", 3))
TWICE = rounds(("start", "selection", "2026-01-01", 3), ("again", "selection", "2026-06", 3))


@pytest.mark.parametrize(
    ("scenarios", "path", "message"),
    [
        (plan(), MORE, "cut of 2026 leaves 3 teams of 2; after an evaluation there must be no more"),
        (plan(), SAME_DAY, "one and two count from the same day, 2026-07-01"),
        (plan(), BEFORE, "early of 2025-06-30 comes before the selection"),
        (plan(), ADDS_NONE, "more of 2026-06 leaves 3 teams of 3; after an addition there must be more"),
        (plan(), TWICE, "again of 2026-06 is a second selection"),
        (plan(-1.0), TWO_THEN_ONE, "scenario s: amount -1.0 is no budget"),
        (plan(0.0), TWO_THEN_ONE, "is no budget"),
        (plan(0.5), TWO_THEN_ONE, "is no budget"),
        (plan(float("nan")), TWO_THEN_ONE, "is no budget"),
        (plan(float("inf")), TWO_THEN_ONE, "is no budget"),
        (plan(600.0, low=700.0), TWO_THEN_ONE, "lies outside its range 700.0 to"),
        (plan(discount_rate=-1.0), TWO_THEN_ONE, "discount_rate -1.0 is no yearly rate"),
        (plan(allocation="unknown"), TWO_THEN_ONE, "allocation 'unknown' is unknown; there are equal"),
        (plan(path="another"), TWO_THEN_ONE, "no round has the path 'another'; there are announced"),
        (plan(ends_on="2025"), TWO_THEN_ONE, "ends on 2025-12-31, before its first round"),
        (plan(allocation="by GPUs, as announced"), TWO_THEN_ONE, "no GPUs are stated"),
        (plan(period_start=pd.Timestamp("2030-01-01"), period_end=pd.Timestamp("2030-12-31")), TWO_THEN_ONE, "has no day in the programme"),
        (pd.concat([plan(), plan()]), TWO_THEN_ONE, "part 'whole' is there twice"),
        (plan().drop(columns="amount"), TWO_THEN_ONE, "no column 'amount'"),
        (plan().iloc[:0], TWO_THEN_ONE, "there are no scenarios"),
        (plan("lots"), TWO_THEN_ONE, "scenario s: amount lots is no budget"),
        (plan(pd.NA), TWO_THEN_ONE, "is no budget"),
        (plan(float(2**60)), TWO_THEN_ONE, "up to 2**53"),
        (plan(600.0, low=-5.0), TWO_THEN_ONE, "lies outside its range -5.0 to"),
        (plan(600.0, high=float("inf")), TWO_THEN_ONE, "lies outside its range"),
        (plan(600.0, low="few"), TWO_THEN_ONE, "lies outside its range few to"),
        (plan(discount_rate="4.5 %"), TWO_THEN_ONE, "discount_rate 4.5 % is no yearly rate"),
        (plan(discount_rate=float("nan")), TWO_THEN_ONE, "discount_rate nan is no yearly rate"),
        (plan(allocation=float("nan")), TWO_THEN_ONE, "is unknown; there are equal"),
        (plan(currency=None), TWO_THEN_ONE, "currency and ends_on must not be blank"),
        (plan(part=None), TWO_THEN_ONE, "must not be blank"),
        (plan(scenario=None), TWO_THEN_ONE, "must not be blank"),
        (plan(ends_on=None), TWO_THEN_ONE, "must not be blank"),
        (plan(ends_on="soon"), TWO_THEN_ONE, "scenario s: 'soon' is no date"),
        (plan(period_start="soon"), TWO_THEN_ONE, "period soon to NaT is no pair of days"),
        (plan(path=None), pd.concat([TWO_THEN_ONE, TWO_THEN_ONE.assign(path="other")]), "it has no path, and the rounds have several; give one of announced, other"),
        (plan(), TWO_THEN_ONE.iloc[:0], "there are no rounds"),
        (plan(), TWO_THEN_ONE.drop(columns="kind"), "the rounds have no column 'kind'"),
        (plan(), TWO_THEN_ONE.assign(round_id="x"), "each round has a key of its own (in x)"),
        (plan(), TWO_THEN_ONE.assign(kind=["selection", "party"]), "kind 'party' of a round will not do"),
        (plan(), TWO_THEN_ONE.assign(teams=[2, np.nan]), "give a whole number (in cut)"),
        (plan(), TWO_THEN_ONE.assign(teams=[2.5, 1]), "give a whole number (in start)"),
        (plan(), TWO_THEN_ONE.assign(teams=["2", "1"]), "give a whole number (in start, cut)"),
        (plan(), TWO_THEN_ONE.assign(gpus=[100, -50]), "give a number above 0, or none (in cut)"),
        (plan(), TWO_THEN_ONE.assign(gpus=[np.inf, 50]), "give a number above 0, or none (in start)"),
        (plan(), TWO_THEN_ONE.assign(gpus=["many", 50]), "gpus 'many' of a round will not do"),
        (plan(), TWO_THEN_ONE.assign(settles=[None, "cut"]), "cut settles 'cut', which is no other round of its path"),
        (plan(), TWO_THEN_ONE.assign(settles=[None, "plan"]), "cut settles 'plan', which is no other round"),
    ],
)
def test_what_is_no_tournament_is_refused_by_name(scenarios: pd.DataFrame, path: pd.DataFrame, message: str):
    with pytest.raises(AiSpendError) as refused:
        champions(scenarios, path)
    assert message in str(refused.value)


@pytest.mark.parametrize("own", [{"stages": (0.5, 0.6)}, {"places": (1.5, -0.5)}, {"places": ()}, {"stages": "sooner"}, {"places": ("a", "b")}, {"places": None}, {"places": (float("nan"), 1.0)}])
def test_weights_that_are_none_are_refused(own: dict):
    with pytest.raises(AiSpendError, match="sum to|is no rule"):
        Allocation(**own)


def test_too_few_weights_are_refused():
    for rule, message in (
        (Allocation(stages=(1.0,)), "1 weights for 2 stages"), (Allocation(places=(1.0,)), "1 weights for 2 places"), (Allocation(places=(0.0, 1.0)), "none of the 1 places any money"),
    ):  # fmt: skip
        with pytest.raises(AiSpendError, match=message):
            champions(plan(allocation="own"), TWO_THEN_ONE, allocations={"own": rule})


@pytest.mark.parametrize(
    ("changes", "choices", "message"),
    [
        ({}, ["end"], "'c' is among the outcomes 0 times"),
        ({}, [], "choices is empty"),
        ({}, ["rule"], "no column 'rule'"),
        ({"end": None}, ["end"], "a value or option is blank in a"),
        ({"value": np.nan}, ["end"], "a value or option is blank in a"),
    ],
)
def test_what_is_no_tornado_is_refused(changes: dict, choices: list[str], message: str):
    with pytest.raises(AiSpendError, match=message):
        one_change_at_a_time(pd.DataFrame([{"scenario": "a", "end": "2027", "value": 1.0} | changes]), baseline="c", choices=choices)


def test_a_rule_that_is_only_a_word_is_refused():
    with pytest.raises(AiSpendError, match="the allocations mine are no Allocation"):
        champions(plan(allocation="mine"), TWO_THEN_ONE, allocations={"mine": "equal"})


def test_nothing_to_combine_is_refused():
    budgets = pd.DataFrame({"fact_id": ["x"], "amount": [5.0], "currency": ["KRW"]})
    for frame, paths, message in ((budgets, [], "paths is empty"), (budgets.drop(columns="fact_id"), ["a"], "no column 'fact_id'"), (budgets.iloc[:0], ["a"], "there are no budgets")):
        with pytest.raises(AiSpendError, match=message):
            every_scenario(frame, paths=paths, ends_on=["2027"], allocations=["equal"], discount_rates=[0.0])


def test_input_with_a_repeated_index_keeps_its_rows():
    result = champions(pd.concat([plan(), plan(scenario="t", amount=1200 * SHARE)]), TWO_THEN_ONE)
    assert result.groupby("scenario")["amount"].sum().to_dict() == {"s": 600 * SHARE, "t": 1200 * SHARE}
