"""Revenue of companies by year, from the facts, as a series that amounts can be divided by."""

import numpy as np
import pandas as pd

from aispend.data.evidence import facts
from aispend.errors import AiSpendError, first_five
from aispend.normalise.inputs import Cases, Positions
from aispend.periods import day_numbers, year_of, year_start
from aispend.prices import Series


def revenue_grid(cases: Cases) -> tuple[Series, Positions]:
    """Revenue spent-stage facts of whole calendar years, a row each actor; and each case's actor in it, -1 for none.

    A revenue in another currency than the home amount does not count as one.
    """
    table = facts(measure="revenue")
    start, end = day_numbers(table["period_start"]), day_numbers(table["period_end"])
    whole = (start == year_start(year_of(start))) & (end == year_start(year_of(start) + 1) - 1)
    usable = whole & (table["stage"] == "spent").to_numpy() & (table["currency"] == table["printed_currency"]).to_numpy()
    table = table[usable].assign(year=year_of(start)[usable])
    twice = table[table.duplicated(["actor_id", "currency", "year"], keep=False)]
    if len(twice):
        raise AiSpendError(f"two facts state one actor's revenue of a year, so there is no one divisor: {first_five(twice['fact_id'].tolist())}")
    keys = list(dict.fromkeys(zip(table["actor_id"], table["currency"], strict=True)))
    years = table["year"].to_numpy(np.int64)
    first, last = (years.min(), years.max()) if len(years) else (0, 0)
    values = np.full((len(keys) + 1, last - first + 1), np.nan)
    for actor, currency, year, amount in table[["actor_id", "currency", "year", "amount"]].itertuples(index=False):
        values[keys.index((actor, currency)), year - first] = amount
    # No year is held for revenue: it moves too much.
    never = np.full(len(keys) + 1, np.iinfo(np.int64).max)
    grid = Series("revenue", [actor for actor, _ in keys], {}, int(first), values, never, "")
    return grid, _positions(cases, keys)


def _positions(cases: Cases, keys: list[tuple[str, str]]) -> Positions:
    if cases.actors is None:
        raise AiSpendError("per='revenue' divides by the actor's revenue, so the frame needs a column actor_id")
    actor, actors = pd.factorize(cases.actors)
    place = {key: position for position, key in enumerate(keys)}
    table = np.array([[place.get((name, code), -1) for code in cases.currencies] for name in [*actors, ""]], np.intp)
    return table[actor, cases.home]
