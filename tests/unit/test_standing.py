"""Which sum stands for a programme: one case a rule, and the one that would have been chosen without it."""

import pandas as pd
import pytest

from aispend import AiSpendError, largest_standing

PLAN = {"fact_id": "plan", "actor_id": "korea", "measure": "budget", "family": "outlay", "part_of": None, "period_start": pd.Timestamp("2025-01-01"), "value": 2e12}


def chosen(other: dict[str, object], replaced: tuple[str, ...] = ()) -> str:
    return largest_standing(pd.DataFrame([PLAN, {**PLAN, "fact_id": "other", "value": 5e12, **other}]), replaced=replaced)["fact_id"]


def test_without_a_reason_against_it_the_largest_stands():
    assert chosen({}) == "other"


@pytest.mark.parametrize(
    "other",
    [{"part_of": "plan"}, {"family": "context"}, {"period_start": pd.NaT}, {"value": float("nan")}],
    ids=["part of another", "mere context", "without a period", "without a value"],
)
def test_a_larger_sum_gives_way(other: dict[str, object]):
    assert chosen(other) == "plan"


def test_a_replaced_plan_gives_way_also_to_a_smaller_one():
    assert chosen({}, replaced=("other",)) == "plan"


def test_a_sum_without_a_period_stays_where_no_dated_one_says_the_same():
    assert chosen({"period_start": pd.NaT, "measure": "fund"}) == "other"


def test_a_part_of_a_whole_that_is_not_here_stands():
    assert chosen({"part_of": "elsewhere"}) == "other"


def test_no_sum_left_is_an_error_with_the_way_out():
    with pytest.raises(AiSpendError, match="none of the 2 sums stands.*data/facts.csv"):
        chosen({}, replaced=("other", "plan"))
