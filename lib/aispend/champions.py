"""The funnel of a tournament: which share of a budget each team has had by when, while the teams become fewer.

A budget flows day by day from the selection to the last day of the programme. Each round begins a stage; a rule says
how the budget is divided between the stages and, within a stage, between the places (see `tournament`).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from aispend.errors import AiSpendError, first_five
from aispend.tournament import ALLOCATIONS, Allocation, Stage, place_weights, stage_weights, stages

DAYS_A_YEAR = 365.25
_LARGEST = 2**53  # Up to here a float holds every whole number.
_NEEDED = ("scenario", "amount", "currency", "ends_on", "allocation")
_DEFAULTS = {"part": "whole", "discount_rate": 0.0, "price_country": pd.NA, "announced_on": pd.NA, "period_start": pd.NaT, "period_end": pd.NaT}
_CARRIED = ["scenario", "part", "allocation", "currency", "price_country", "announced_on"]


def champions(scenarios: pd.DataFrame, rounds: pd.DataFrame, *, allocations: Mapping[str, Allocation] = ALLOCATIONS) -> pd.DataFrame:
    """What each place has had of the budget, by stage and half-year, in every scenario: pure, exact, no random draw.

    `scenarios`: one row a scenario and part of its budget (GPU lease in kind, data, talent, cash), with scenario,
    amount (whole units of `currency`, above 0), currency, ends_on, allocation (a name in `allocations`), and
    optionally part, path, low, high, discount_rate (a year, 0.045 for 4.5 %), period_start and period_end (the days in
    which a part flows; blank: all), price_country and announced_on. `rounds`: see `stages`; where both frames have a
    path, a scenario's rounds are those of its own.

    One row a scenario, part, place, stage and half-year: stage, teams (in that stage), place (0 for what is kept
    back), since (the stage in which its team came in: place and since together are one team), half, period_start,
    period_end, amount (whole units), low, high, cumulative (of the team in this part),
    discounted (to the selection, flowing evenly over the row's days; the factor is that of a continuous flow). The
    amounts of a scenario's part sum to its budget to the unit, and those of a stage to the stage's share of it,
    rounded at the stage's ends. The rows are what `normalise` takes: other currencies and constant prices come from there.

    Raises `AiSpendError` for a scenario or rounds that make no tournament, naming them.

    >>> start = pd.DataFrame({"round_id": ["start", "cut"], "kind": ["selection", "evaluation"], "date": ["2025-07-01", "2025-12"], "teams": [2, 1]})
    >>> plan = pd.DataFrame({"scenario": ["even"], "amount": [365.0], "currency": ["KRW"], "ends_on": ["2026-06"], "allocation": ["equal"]})
    >>> champions(plan, start)[["stage", "teams", "place", "half", "amount"]]
       stage  teams  place     half  amount
    0      1      2      1  2025-H2    92.0
    1      2      1      1  2026-H1   181.0
    2      1      2      2  2025-H2    92.0
    """
    plans = _checked(scenarios, allocations)
    geometry = ["path", "ends_on", "allocation", "period_start", "period_end"]
    found = []
    for (_, _, allocation, first, last), group in plans.groupby(geometry, sort=False, dropna=False):
        try:
            cells = _cells(_stages_of(group, rounds), allocations[allocation], first, last)
        except AiSpendError as wrong:
            raise AiSpendError(f"scenario {group['scenario'].iloc[0]}: {wrong}") from None
        found.append(_flows(group, cells))
    rows = pd.concat(found, ignore_index=True)
    rows = rows.sort_values(["order", "place", "period_start"], kind="stable").drop(columns="order").reset_index(drop=True)
    return rows.assign(cumulative=rows.groupby(["scenario", "part", "place", "since"], sort=False)["amount"].cumsum())


def every_scenario(budgets: pd.DataFrame, *, paths: Sequence[str], ends_on: Sequence[str], allocations: Sequence[str], discount_rates: Sequence[float]) -> pd.DataFrame:
    """Every combination of budget, path, end, rule and discount rate: one row each, in fixed order, for `champions`.

    `budgets` are facts as `facts()` returns them, each with an amount; the period of a budget is not used, because
    the programme's own days are. Column `scenario` joins the choices with "; ". Raises `AiSpendError` where there is
    nothing to combine.

    >>> budgets = pd.DataFrame({"fact_id": ["voted"], "amount": [100.0], "low": [90.0], "high": [110.0], "currency": ["KRW"]})
    >>> every_scenario(budgets, paths=["actual"], ends_on=["2026-12"], allocations=["equal"], discount_rates=[0, 0.045])["scenario"].to_list()
    ['voted; actual; 2026-12; equal; 0 %', 'voted; actual; 2026-12; equal; 4.5 %']
    """
    _refuse_missing(budgets, ("fact_id", "amount", "currency"), "budgets")
    for name, options in {"paths": paths, "ends_on": ends_on, "allocations": allocations, "discount_rates": discount_rates}.items():
        if not len(options):
            raise AiSpendError(f"{name} is empty; give at least one of them")
    rows = budgets.reset_index(drop=True)
    choices = pd.DataFrame(list(product(range(len(rows)), paths, ends_on, allocations, discount_rates)), columns=["budget", "path", "ends_on", "allocation", "discount_rate"])
    kept = [column for column in ("amount", "low", "high", "currency", "price_country", "announced_on", "value_is") if column in rows]
    taken = rows.loc[choices["budget"], kept].reset_index(drop=True)
    choices = choices.assign(budget=rows["fact_id"].to_numpy()[choices["budget"]])
    words = choices.assign(discount_rate=[f"{100 * rate:g} %" for rate in choices["discount_rate"]])
    return pd.concat([words.agg("; ".join, axis=1).rename("scenario"), choices, taken], axis=1)


def one_change_at_a_time(outcomes: pd.DataFrame, *, baseline: str, choices: Sequence[str]) -> pd.DataFrame:
    """The outcomes that differ from the baseline's scenario in one choice only: the rows of a tornado.

    `outcomes` has scenario, value and the columns in `choices`. Result: choice, option, value, one row for each
    option, the baseline's own first; the choice that moves the value most comes first. Raises `AiSpendError`
    where the baseline is not there once, or an option or value is blank.

    >>> outcomes = pd.DataFrame({"scenario": ["a", "b", "c"], "end": ["2026", "2027", "2027"], "rate": [0, 0, 1], "value": [3.0, 2.0, 1.0]})
    >>> one_change_at_a_time(outcomes, baseline="b", choices=["end", "rate"]).to_string(index=False).splitlines()[1:]
    ['   end   2027    2.0', '   end   2026    3.0', '  rate      0    2.0', '  rate      1    1.0']
    """
    _refuse_missing(outcomes, ("scenario", "value", *choices), "outcomes")
    blank = outcomes[outcomes[["value", *choices]].isna().any(axis=1)]
    if len(blank) or not len(choices):
        raise AiSpendError(f"no choice to compare: a value or option is blank in {first_five(list(blank['scenario']))}" if len(blank) else "choices is empty; give at least one")
    start = outcomes[outcomes["scenario"] == baseline]
    if len(start) != 1:
        raise AiSpendError(f"the baseline {baseline!r} is among the outcomes {len(start)} times, not once; there are {first_five(list(outcomes['scenario']))}")
    same = outcomes[list(choices)].eq(start[list(choices)].iloc[0])
    moved = []
    for choice in choices:
        rows = outcomes[same.drop(columns=choice).all(axis=1)]
        rows = rows.sort_values(choice, key=lambda options, own=start[choice].iloc[0]: options != own, kind="stable")
        moved.append(pd.DataFrame({"choice": choice, "option": rows[choice].to_numpy(), "value": rows["value"].to_numpy()}))
    moved.sort(key=lambda rows: rows["value"].min() - rows["value"].max())
    return pd.concat(moved, ignore_index=True)


def _checked(scenarios: pd.DataFrame, allocations: Mapping[str, Allocation]) -> pd.DataFrame:
    _refuse_missing(scenarios, _NEEDED, "scenarios")
    no_rules = [name for name, rule in allocations.items() if not isinstance(rule, Allocation)]
    if no_rules:
        raise AiSpendError(f"the allocations {first_five(no_rules)} are no Allocation; give Allocation(...) for each name")
    plans = scenarios.reset_index(drop=True)
    plans = plans.assign(**{name: plans[name] if name in plans else value for name, value in {**_DEFAULTS, "path": pd.NA}.items()}, order=range(len(plans)))
    plans = plans.assign(**{end: plans[end].fillna(plans["amount"]) if end in plans else plans["amount"] for end in ("low", "high")})
    numbers = plans[["amount", "low", "high", "discount_rate"]].apply(pd.to_numeric, errors="coerce").astype("float64")
    days = plans[["period_start", "period_end"]].apply(pd.to_datetime, errors="coerce")
    amount, low, high, rate = (numbers[name] for name in numbers)
    blank = plans[["scenario", "part", "currency", "ends_on"]].isna().any(axis=1)
    for wrong, words in (
        (blank, "scenario, part, currency and ends_on must not be blank, as in {part!r}, {currency!r}, {ends_on!r}"),
        (~amount.between(1, _LARGEST) | (amount != np.rint(amount)), "amount {amount} is no budget; give whole units above 0, up to 2**53"),
        (~(np.isfinite(high) & low.between(0, amount) & (high >= amount)), "amount {amount} lies outside its range {low} to {high}; correct it"),
        (~(np.isfinite(rate) & (rate > -1)), "discount_rate {discount_rate} is no yearly rate; give 0.045 for 4.5 %"),
        (~plans["allocation"].isin(list(allocations)), f"allocation {{allocation!r}} is unknown; there are {', '.join(allocations)}"),
        ((days.isna() & plans[list(days)].notna()).any(axis=1), "period {period_start} to {period_end} is no pair of days"),
        (plans.duplicated(["scenario", "part"]), "part {part!r} is there twice; a scenario has each part once"),
    ):
        if wrong.any():
            bad = plans[wrong]
            named = words.format(**bad.iloc[0])
            raise AiSpendError(f"scenario {bad['scenario'].iloc[0]}: {named} (in {first_five(list(bad['scenario']))})")
    return plans.assign(**numbers, **days)


def _refuse_missing(frame: pd.DataFrame, needed: Sequence[str], what: str) -> None:
    missing = [column for column in needed if column not in frame]
    if missing:
        raise AiSpendError(f"the {what} have no column {missing[0]!r}; needed are {', '.join(needed)}")
    if frame.empty:
        raise AiSpendError(f"there are no {what}; give at least one row")


def _stages_of(group: pd.DataFrame, rounds: pd.DataFrame) -> list[Stage]:
    """The stages of the path that the scenarios of a group share."""
    path, paths = group["path"].iloc[0], sorted(rounds["path"].dropna().unique()) if "path" in rounds else []
    if pd.isna(path) and len(paths) > 1:
        raise AiSpendError(f"it has no path, and the rounds have several; give one of {', '.join(paths)}")
    if pd.notna(path) and paths and path not in paths:
        raise AiSpendError(f"no round has the path {path!r}; there are {', '.join(paths)}")
    return stages(rounds[rounds["path"] == path] if pd.notna(path) and paths else rounds, ends_on=str(group["ends_on"].iloc[0]))


def _cells(path: list[Stage], rule: Allocation, first: pd.Timestamp, last: pd.Timestamp) -> pd.DataFrame:
    """One row a stage, half-year and place, with the share of the part that flows there; the shares sum to one."""
    start = path[0].start if pd.isna(first) else max(path[0].start, first.date())
    end = path[-1].end if pd.isna(last) else min(path[-1].end, last.date())
    flowing = [(stage, *days) for stage in path for days in _half_years(max(stage.start, start), min(stage.end, end))]
    if not flowing:
        raise AiSpendError(f"a part that flows from {start} to {end} has no day in the programme, {path[0].start} to {path[-1].end}; correct its period")
    days: Counter[int] = Counter()
    for stage, begins, ends in flowing:
        days[stage.number] += (ends - begins).days + 1
    weights, came = stage_weights(path, rule, days), _came_in(path)
    rows, most = [], path[0].teams
    for stage, begins, ends in flowing:
        share = weights[stage.number] * ((ends - begins).days + 1) / days[stage.number]
        places = place_weights(rule, stage.teams)
        if not rule.carry_over:
            places = {place: weight * stage.teams / max(most, stage.teams) for place, weight in places.items()}
            places[0] = 1 - sum(places.values())
        half = f"{begins.year}-H{1 + (begins.month > 6)}"
        rows += [(stage.number, stage.teams, place, came[stage.number, place], half, begins, ends, share * weight) for place, weight in places.items() if weight > 1e-15]
    cells = pd.DataFrame(rows, columns=["stage", "teams", "place", "since", "half", "period_start", "period_end", "share"])
    cells["after"] = [(day - path[0].start).days for day in cells["period_start"]]
    return cells.assign(**{end: pd.to_datetime(cells[end]) for end in ("period_start", "period_end")})


def _came_in(path: list[Stage]) -> dict[tuple[int, int], int]:
    """In which stage the team came in that has a place in a stage: a later entrant takes the place of a fallen team."""
    came: dict[tuple[int, int], int] = {}
    teams: list[int] = []
    for stage in path:
        teams = teams[: stage.teams] + [stage.number] * (stage.teams - len(teams))
        came |= {(stage.number, place): since for place, since in enumerate([path[0].number, *teams])}
    return came


def _half_years(start: date, end: date) -> list[tuple[date, date]]:
    """The period in pieces that each lie within one calendar half-year; none if it is empty."""
    borders = [date(year, month, 1) for year in range(start.year, end.year + 1) for month in (1, 7)]
    cuts = [start, *(border for border in borders if start < border <= end), end + timedelta(days=1)]
    return [(begins, stops - timedelta(days=1)) for begins, stops in zip(cuts, cuts[1:], strict=False)] if start <= end else []


def _flows(group: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """The cells of every scenario of the group: amounts as whole units that sum to the budget."""
    amount, rate = group["amount"].to_numpy("float64"), group["discount_rate"].to_numpy("float64")
    # Rounding the running sum rather than each cell keeps every total exact.
    shares = cells["share"].cumsum()
    running = np.rint(np.outer(amount, shares / shares.iloc[-1]))
    money = np.diff(running, axis=1, prepend=0.0)
    days = ((cells["period_end"] - cells["period_start"]).dt.days + 1).to_numpy("float64")
    present = money * _present_value(rate, cells["after"].to_numpy("float64"), days)
    rows = group.loc[group.index.repeat(len(cells)), [*_CARRIED, "order"]].reset_index(drop=True)
    slots = pd.concat([cells.drop(columns=["share", "after"])] * len(group), ignore_index=True)
    low, high = (np.outer(group[end] / amount, np.ones(len(cells))) * money for end in ("low", "high"))
    flat = {"amount": money, "low": low, "high": high, "discounted": present}
    return pd.concat([rows, slots], axis=1).assign(family="outlay", **{name: values.ravel() for name, values in flat.items()})


def _present_value(rate: NDArray[np.float64], after: NDArray[np.float64], days: NDArray[np.float64]) -> NDArray[np.float64]:
    """Factor to the selection of money that flows evenly over `days` days from `after` days later on."""
    force = np.log1p(rate)[:, None] / DAYS_A_YEAR
    spread = -np.expm1(-force * days) / np.where(force == 0, 1.0, force * days)
    return np.exp(-force * after) * np.where(force == 0, 1.0, spread)
