"""Which of a programme's published sums still stands for it."""

from collections.abc import Iterable

import pandas as pd

from aispend.errors import AiSpendError


def largest_standing(frame: pd.DataFrame, *, replaced: Iterable[str] = ()) -> pd.Series:
    """The row of the largest sum that no later plan replaces and that is no part of another sum of the frame.

    `frame` is what `normalise` returned for the facts of one programme, one fact a row, in one currency; `replaced`
    are the fact_ids that any fact, of this programme or another, says it replaces. Spending and financing go before
    mere context; a sum without a period gives way to one of the same actor and measure that has one. The largest is
    meant as it is announced, voted or spent: the row's `stage` says which, and no other adding up is done.

    Raises `AiSpendError` where no sum is left, as where the frame is empty.

    >>> plan = {"actor_id": "korea", "measure": "fund", "family": "financing", "part_of": None, "period_start": pd.NaT}
    >>> rows = pd.DataFrame([{"fact_id": "fund-100tn", **plan, "value": 100e12}, {"fact_id": "fund-150tn", **plan, "value": 150e12},
    ...                      {"fact_id": "bonds", **plan, "value": 75e12, "part_of": "fund-150tn"}])
    >>> largest_standing(rows)["fact_id"], largest_standing(rows, replaced=["fund-150tn"])["fact_id"]
    ('fund-150tn', 'fund-100tn')
    """
    standing = frame[~frame["part_of"].isin(frame["fact_id"]) & ~frame["fact_id"].isin(list(replaced)) & frame["value"].notna()]
    dated = standing["period_start"].notna()
    standing = standing[dated | ~dated.groupby([standing["actor_id"], standing["measure"]]).transform("any")]
    money = standing[standing["family"] != "context"]
    if standing.empty:
        raise AiSpendError(f"none of the {len(frame)} sums stands: each is replaced, or has no value; look at the columns replaces and part_of in data/facts.csv")
    return (standing if money.empty else money).sort_values(["value", "fact_id"]).iloc[-1]
