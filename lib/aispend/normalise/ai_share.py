"""The part of an amount that is AI, where a source says that only part is: an assumption, never on by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from aispend.errors import AiSpendError, first_five

Range = tuple[float, float]
AiShare = Range | Mapping[str, Range]
PARTLY = ("part", "unknown")


@dataclass(frozen=True)
class Shares:
    """Lowest and highest AI share of each row; 1 where nothing is taken off."""

    low: NDArray[np.float64]
    high: NDArray[np.float64]

    @property
    def middle(self) -> NDArray[np.float64]:
        """The share that the value is given at."""
        return (self.low + self.high) / 2

    @property
    def applied(self) -> NDArray[np.bool_]:
        """Whether something is taken off."""
        return self.low < 1

    def words(self) -> list[str]:
        """What the basis says of each row; blank where nothing is taken off."""
        return [share_words(low, high) if low < 1 else "" for low, high in zip(self.low, self.high, strict=True)]


def share_words(low: float, high: float) -> str:
    """A range of shares as the basis prints it.

    >>> share_words(0.2, 0.3), share_words(0.2, 0.2)
    ('AI share 20-30 %', 'AI share 20 %')
    """
    return f"AI share {100 * low:.3g}{f'-{100 * high:.3g}' if high > low else ''} %"


def read_shares(frame: pd.DataFrame, ai_share: AiShare) -> Shares:
    """The shares of the rows with ai_scope part or unknown: one (low, high) for all, or one for each fact_id.

    Raises `AiSpendError` for shares not between 0 and 1, for rows whose ai_scope is none of all, part, unknown, and for facts that are not in the frame or wholly AI.
    """
    if "ai_scope" not in frame:
        raise AiSpendError("ai_share applies to rows with ai_scope part or unknown, so the frame needs a column ai_scope, such as facts() returns")
    strange = frame.loc[~frame["ai_scope"].isin(("all", *PARTLY)).to_numpy(), "fact_id" if "fact_id" in frame else "ai_scope"]
    if len(strange):
        raise AiSpendError(f"column ai_scope must be all, part or unknown where ai_share is taken; correct row {first_five(strange.tolist())}")
    partly = frame["ai_scope"].isin(PARTLY).to_numpy()
    if not isinstance(ai_share, Mapping):
        low, high = _checked(ai_share, "ai_share")
        return Shares(np.where(partly, low, 1.0), np.where(partly, high, 1.0))
    known = set(frame.loc[partly, "fact_id"]) if "fact_id" in frame else set()
    unknown = [name for name in ai_share if name not in known]
    if unknown:
        raise AiSpendError(f"ai_share names {first_five(unknown)}, which the frame does not hold with ai_scope part or unknown; correct or drop it")
    ranges = {name: _checked(pair, f"ai_share of {name}") for name, pair in ai_share.items()}
    pairs = [ranges.get(name, (1.0, 1.0)) for name in frame["fact_id"]] if ranges else [(1.0, 1.0)] * len(frame)
    ends = np.array(pairs, np.float64).reshape(len(frame), 2)
    return Shares(ends[:, 0], ends[:, 1])


def _checked(pair: Sequence[float], name: str) -> Range:
    try:
        low, high = (float(end) for end in pair)
    except (TypeError, ValueError) as error:
        raise AiSpendError(f"{name}={pair!r} is no pair of numbers; give (low, high), such as (0.2, 0.3)") from error
    if not 0 < low <= high <= 1:
        raise AiSpendError(f"{name}={pair!r}: give (low, high) as parts of one, above 0, at most 1 and in this order")
    return cast(Range, (low, high))
