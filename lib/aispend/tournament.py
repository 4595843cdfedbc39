"""The rounds of a tournament as stages, and the rules by which money is divided between stages and places.

Places are in order of survival: place 1 stays to the end, the highest number falls first. No place is a forecast
for a firm.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from numbers import Real

import numpy as np
import pandas as pd

from aispend.errors import AiSpendError, first_five
from aispend.rates import window

_ROUND = ("round_id", "kind", "date", "teams")
_KINDS = ("selection", "evaluation", "addition")


@dataclass(frozen=True)
class Allocation:
    """How a budget is divided: between the stages, then within a stage between the places.

    `stages`: "days" (the same a day), "later" (a day of the second stage counts twice, of the third three times), "gpus"
    (by the GPUs that all teams of the stage may use) or weights, one a stage. `places`: "equal", "ranked" (of n teams
    the first counts n, the last one) or weights, one for each place at the start; a smaller stage scales them up.
    `carry_over`: whether the teams left share what a fallen team had; otherwise it is kept back, as place 0.
    Weights sum to one.

    >>> Allocation(places=(0.5, 0.3))
    Traceback (most recent call last):
    aispend.errors.AiSpendError: the weights of places 0.5, 0.3 sum to 0.8, not to one; correct them
    """

    stages: str | tuple[float, ...] = "days"
    places: str | tuple[float, ...] = "equal"
    carry_over: bool = True

    def __post_init__(self) -> None:
        for what, weights, words in (("stages", self.stages, ("days", "later", "gpus")), ("places", self.places, ("equal", "ranked"))):
            if isinstance(weights, str):
                if weights not in words:
                    raise AiSpendError(f"{what}={weights!r} is no rule; give one of {', '.join(words)}, or weights that sum to one")
                continue
            if not isinstance(weights, tuple) or not all(isinstance(weight, Real) for weight in weights):
                raise AiSpendError(f"{what}={weights!r} is no rule; give one of {', '.join(words)}, or a tuple of numbers that sum to one")
            if not (np.isfinite(weights).all() and min(weights, default=-1) >= 0 and abs(sum(weights) - 1) < 1e-9):
                shown = ", ".join(f"{weight:g}" for weight in weights)
                raise AiSpendError(f"the weights of {what} {shown} sum to {sum(weights):g}, not to one; correct them")


ALLOCATIONS: Mapping[str, Allocation] = {
    "equal": Allocation(),
    "winner-weighted": Allocation(places="ranked"),
    "back-loaded": Allocation(stages="later"),
    "by GPUs, as announced": Allocation(stages="gpus"),
    "no concentration": Allocation(carry_over=False),
}


@dataclass(frozen=True)
class Stage:
    """The days from one round to the next, the last one included, and the teams in them."""

    number: int
    start: date
    end: date
    teams: int
    gpus: float
    remaining: tuple[str, ...]

    @property
    def days(self) -> int:
        """How many days, both ends included."""
        return (self.end - self.start).days + 1


def stages(rounds: pd.DataFrame, *, ends_on: str) -> list[Stage]:
    """The stages of one path, in order, up to the end of `ends_on` (ISO day, month or year).

    `rounds` holds one path's rows of the table of rounds: round_id, kind, date, teams, and optionally remaining,
    settles (the plan that a round replaces) and gpus (a number, GPUs of one team). A round of a known day counts from
    that day on, one of a month or year from the day after. Rounds that start after the end are left out; settled plans
    do not count. An evaluation may leave all teams in.

    Raises `AiSpendError` naming the round: a first one that is no selection, a cut before the start, two at one time,
    an evaluation that leaves more teams than before, an addition that adds none, no whole number of teams, a plan
    that is not there, or no day left.

    >>> rows = pd.DataFrame({"round_id": ["start", "cut"], "kind": ["selection", "evaluation"], "date": ["2025-08-04", "2025-12"], "teams": [5, 4]})
    >>> [(stage.start.isoformat(), stage.days, stage.teams) for stage in stages(rows, ends_on="2026-06")]
    [('2025-08-04', 150, 5), ('2026-01-01', 181, 4)]
    """
    end = window(ends_on)[1]
    rows = open_rounds(rounds)
    rows = rows.assign(start=[_counts_from(text) for text in rows["date"]])
    _refuse_disorder(rows)
    rows = rows.sort_values("start", kind="stable")
    rows = rows[rows["start"] <= end]
    if rows.empty:
        raise AiSpendError(f"the programme ends on {end}, before its first round; correct ends_on or the rounds")
    ends = [start - timedelta(days=1) for start in rows["start"].iloc[1:]] + [end]
    names = [tuple(str(text).split("; ")) if pd.notna(text) else () for text in _column(rows, "remaining")]
    gpus = _column(rows, "gpus").ffill().to_numpy("float64", na_value=np.nan)
    parts = zip(rows["start"], ends, rows["teams"], gpus, names, strict=True)
    return [Stage(number, start, last, int(teams), float(each), remaining) for number, (start, last, teams, each, remaining) in enumerate(parts, 1)]


def open_rounds(rounds: pd.DataFrame) -> pd.DataFrame:
    """The rounds of one path that count, in the order of the frame, without `settles`: all but the plans named there.

    Raises `AiSpendError` as `stages` does.

    >>> rows = pd.DataFrame({"round_id": ["plan", "result"], "kind": "evaluation", "date": ["2026-08", "2026-08-20"], "teams": [3, 2], "settles": [None, "plan"]})
    >>> open_rounds(rows)["round_id"].to_list()
    ['result']
    """
    _refuse_unreadable(rounds)
    settled = {row.settles: row.round_id for row in rounds.assign(settles=_column(rounds, "settles")).dropna(subset="settles").itertuples()}
    for plan, by in settled.items():
        if plan == by or plan not in set(rounds["round_id"]):
            raise AiSpendError(f"{by} settles {plan!r}, which is no other round of its path; correct settles")
    return rounds[~rounds["round_id"].isin(settled)].drop(columns="settles", errors="ignore")


def stage_weights(path: Sequence[Stage], rule: Allocation, flowing: Mapping[int, int]) -> dict[int, float]:
    """What part of a budget each stage gets, by number of the stage; the parts sum to one.

    `flowing`: on how many days of which stages the budget flows, by number of the stage. Raises `AiSpendError` for
    other than one weight a stage, or where no stage gets anything.

    >>> path = [Stage(1, date(2025, 1, 1), date(2025, 1, 10), 2, 512, ()), Stage(2, date(2025, 1, 11), date(2025, 1, 20), 1, 1024, ())]
    >>> stage_weights(path, Allocation(stages="later"), {1: 10, 2: 10})
    {1: 0.3333333333333333, 2: 0.6666666666666666}
    >>> stage_weights(path, Allocation(), {1: 10, 2: 5})
    {1: 0.6666666666666666, 2: 0.3333333333333333}
    """
    if isinstance(rule.stages, tuple):
        if len(rule.stages) != len(path):
            raise AiSpendError(f"{len(rule.stages)} weights for {len(path)} stages; give one a stage")
        weights = dict(zip((stage.number for stage in path), rule.stages, strict=True))
    else:
        by = {"days": lambda stage: 1.0, "later": lambda stage: stage.number, "gpus": lambda stage: stage.teams * stage.gpus}[rule.stages]
        weights = {stage.number: flowing.get(stage.number, 0) * by(stage) for stage in path}
    kept = {number: weight for number, weight in weights.items() if number in flowing}
    total = sum(kept.values())
    if not total > 0:
        raise AiSpendError("the rule gives no stage any money: no GPUs are stated for this path, or every weight is nought")
    return {number: weight / total for number, weight in kept.items()}


def place_weights(rule: Allocation, teams: int) -> dict[int, float]:
    """What part of a stage's money each place gets, by number of the place; they sum to one.

    Raises `AiSpendError` for fewer weights than places, or where all of them are nought.

    >>> place_weights(Allocation(places="ranked"), 3)
    {1: 0.5, 2: 0.3333333333333333, 3: 0.16666666666666666}
    """
    if isinstance(rule.places, tuple):
        if len(rule.places) < teams:
            raise AiSpendError(f"{len(rule.places)} weights for {teams} places; give one for each place")
        weights: Sequence[float] = rule.places[:teams]
    else:
        weights = [1.0] * teams if rule.places == "equal" else [float(teams - place) for place in range(teams)]
    if not sum(weights) > 0:
        raise AiSpendError(f"the rule gives none of the {teams} places any money: their weights are nought")
    return {place: weight / sum(weights) for place, weight in enumerate(weights, 1)}


def _column(frame: pd.DataFrame, name: str) -> pd.Series:
    return frame[name] if name in frame else pd.Series(pd.NA, index=frame.index, dtype="object")


def _counts_from(text: str) -> date:
    first, last = window(text)
    return first if first == last else last + timedelta(days=1)


def _refuse_unreadable(rounds: pd.DataFrame) -> None:
    missing = [column for column in _ROUND if column not in rounds]
    if missing:
        raise AiSpendError(f"the rounds have no column {missing[0]!r}; stages needs {', '.join(_ROUND)}")
    if rounds.empty:
        raise AiSpendError("there are no rounds; give at least the selection")
    gpus = _column(rounds, "gpus")
    for wrong, column, words in (
        (rounds["round_id"].isna() | rounds["round_id"].duplicated(), "round_id", "each round has a key of its own"),
        (~rounds["kind"].isin(_KINDS), "kind", f"there are {', '.join(_KINDS)}"),
        (~_whole(rounds["teams"]), "teams", "give a whole number"),
        (gpus.notna() & ~_above_nought(gpus), "gpus", "give a number above 0, or none"),
    ):
        if wrong.any():
            bad = rounds[wrong]
            raise AiSpendError(f"{column} {bad[column].iloc[0]!r} of a round will not do: {words} (in {first_five(list(bad['round_id']))})")


def _whole(values: pd.Series) -> pd.Series:
    return values.map(lambda value: isinstance(value, Real) and bool(np.isfinite(value)) and value == int(value)).astype("bool")


def _above_nought(values: pd.Series) -> pd.Series:
    return values.map(lambda value: isinstance(value, Real) and bool(np.isfinite(value)) and value > 0).astype("bool")


def _refuse_disorder(rows: pd.DataFrame) -> None:
    before = None
    for row in rows.sort_values("start", kind="stable").itertuples():
        if before is None and row.kind != "selection":
            raise AiSpendError(f"{row.round_id} of {row.date} comes before the selection; no team can fall before the start, so correct its date")
        if before is not None and row.start == before.start:
            raise AiSpendError(f"{before.round_id} and {row.round_id} count from the same day, {row.start}; stages must not overlap, so correct one date")
        if before is not None and row.kind == "selection":
            raise AiSpendError(f"{row.round_id} of {row.date} is a second selection; a path has one")
        if before is not None and (row.teams > before.teams if row.kind == "evaluation" else row.teams <= before.teams):
            kept = "no more" if row.kind == "evaluation" else "more"
            raise AiSpendError(f"{row.round_id} of {row.date} leaves {row.teams} teams of {before.teams}; after an {row.kind} there must be {kept}")
        if row.teams < 1:
            raise AiSpendError(f"{row.round_id} of {row.date} has {row.teams} teams; there must be at least one")
        before = row
