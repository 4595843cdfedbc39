"""What the figures of one fact say together, and which figure checks which."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from aispend.audit.market import markets
from aispend.audit.prints import WEAK, refuse

_ROUNDING_ERROR = 1e-9  # Of float arithmetic.


def with_consensus(prints: pd.DataFrame, *, tolerance: float) -> pd.DataFrame:
    """Each figure in the common currency of its group, how many sources support it, and the best supported one.

    Added: `common`, the fact's currency if one of the group is printed in it, else that of the best rank; `value` in
    it, at the market of the figure's own publication (NaN where there is none), `weak` if that is hardly known;
    `low` to `high`, its rounding (half a last digit down, a whole one up, for outlets also cut digits off), and
    `lowest` to `highest`, as far as a bound says; `support`, the number of sources it meets, with its own; `best`
    and `best_at_home` (missing where none is in the fact's currency), labels of rows.
    """
    at_home = prints["currency"] == prints["home"]
    by_rank = prints.sort_values(["group", "rank"]).drop_duplicates("group").set_index("group")["currency"]
    common = prints["home"].where(at_home.groupby(prints["group"]).transform("any"), prints["group"].map(by_rank))
    market_low, market_high = markets(prints["currency"], common, prints["start"], prints["end"])
    as_printed = prints["currency"] == common
    slack = np.where(as_printed, _ROUNDING_ERROR, tolerance)
    low, high = (prints["least"] - prints["down"]) * market_low * (1 - slack), (prints["most"] + prints["up"]) * market_high * (1 + slack)
    prints = prints.assign(
        common=common, value=prints["point"] * np.sqrt(market_low * market_high), weak=~as_printed & prints["dating"].isin(WEAK),
        low=low, high=high, lowest=low.where(~prints["ceiling"], 0.0), highest=high.where(~prints["floor"], np.inf),
        bound=prints["floor"] | prints["ceiling"],
    )  # fmt: skip
    prints["lack"] = -_support(prints)
    # A conversion has more room and so meets more; it leads only where no two sources agree in the common currency.
    prints["alone"] = ~(as_printed & (prints["lack"] <= -2))
    order = prints.sort_values(["group", "weak", "alone", "lack", "bound", "rank"])["group"]
    best, best_at_home = _first_of_each(order), _first_of_each(order[at_home[order.index]])
    return prints.assign(support=-prints["lack"], best=prints["group"].map(best), best_at_home=prints["group"].map(best_at_home))


def couples(prints: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, NDArray[np.bool_]]:
    """The figures that are checked, those that they are checked against, and whether they were printed together.

    Raises `AiSpendError` for a pair of more than two.
    """
    foreign = prints["currency"] != prints["home"]
    paired = prints[prints["pair_id"].notna()].assign(foreign=foreign).sort_values(["pair_id", "foreign", "rank"])
    size = paired.groupby("pair_id")["pair_id"].transform("size")
    refuse(paired, size > 2, "are one pair; a pair has two figures, so give the others no pair_id")
    paired = paired.index[size == 2]
    apart = prints[foreign & prints["best_at_home"].notna()]
    partner = prints["pair_id"].reindex(apart["best_at_home"]).to_numpy()
    apart = apart[apart["pair_id"].isna() | (apart["pair_id"].to_numpy() != partner)]
    figure = paired[1::2].append(apart.index)
    against = paired[::2].append(pd.Index(apart["best_at_home"].astype("int64")))
    return prints.loc[figure].reset_index(drop=True), prints.loc[against].reset_index(drop=True), np.arange(len(figure)) < len(paired) // 2


def _support(prints: pd.DataFrame) -> pd.Series:
    low, high, sources = (prints[column].to_numpy() for column in ("low", "high", "source_id"))
    support = np.zeros(len(prints), np.int64)
    for rows in prints.groupby("group").indices.values():
        below = low[rows][:, None] <= high[rows]
        support[rows] = [len(set(sources[rows][meets])) for meets in below & below.T]
    return pd.Series(support, index=prints.index)


def _first_of_each(groups: pd.Series) -> pd.Series:
    first = groups.drop_duplicates()
    return pd.Series(first.index, index=first.to_numpy())
