"""Figures as a reader sees them: what their last digit is worth, what they stand for, when they were published."""

import re

import numpy as np
import pandas as pd

from aispend.audit.market import Floats
from aispend.data.tables import load
from aispend.errors import AiSpendError, first_five
from aispend.rates import EPOCH, all_quotes, window

RUN_UP = 6  # Days before publication whose rates an outlet may have used: a week, with the day itself.
REPEATED_WITHIN = 300  # Days after an announcement within which more than nine of ten dated prints of it appear.
WIDEST = 0.25  # No rounding reaches farther, as a share of the amount: "1 billion" is not printed for 1.4.
WEAK = ["year", "undated"]  # Too long a time for its range of rates to say much.
_NEVER_SEEN = ["misprint", "intended_amount"]
_NEEDED = [
    "figure_id", "fact_id", "amount_text", "currency", "amount", "amount_low", "amount_high", "approximate",
    "pair_id", "per", "price_year", "rank", "published_on", "source_id",
]  # fmt: skip
_ALIKE = ["fact_id", "per", "price_year"]
_DATING = {4: "year", 7: "month", 10: "day"}


def read_prints(figures: pd.DataFrame) -> pd.DataFrame:
    """The figures, without our reading of misprints, and with columns that the audit works on.

    Added: `group` (figures that may be compared), `home` (the fact's currency), `point` (the amount, bound or middle
    of a range), `least` and `most` (the ends of a range, else the point), `floor` and `ceiling` (whether it is only
    such a bound), `down` (half a last digit, or a whole one for "about") and `up` (a whole one), `start`, `end` (days
    from 1970-01-01; none where end < start), `dating`.

    Raises `AiSpendError` for missing columns, figures without a positive amount, facts that do not exist.
    """
    missing = [column for column in _NEEDED if column not in figures]
    if missing:
        raise AiSpendError(f"the frame has no column {missing[0]!r}; the audit takes figures, as figures() returns them")
    frame = figures.drop(columns=_NEVER_SEEN, errors="ignore").reset_index(drop=True)
    facts = load("facts").set_index("fact_id")
    low, high = frame["amount"].fillna(frame["amount_low"]), frame["amount"].fillna(frame["amount_high"])
    point = ((low + high) / 2).fillna(low).fillna(high)
    refuse(frame, ~frame["fact_id"].isin(facts.index), "states a fact that is not in data/facts.csv; add the fact")
    refuse(frame, frame["figure_id"].duplicated(), "is there twice; drop one")
    refuse(frame, ~(np.isfinite(point) & (point > 0)), "has no positive amount; correct it or leave it out")
    frame = frame.assign(home=frame["fact_id"].map(facts["currency"]), point=point, floor=high.isna(), ceiling=low.isna())
    frame = frame.assign(least=low.fillna(point), most=high.fillna(point), group=frame.groupby(_ALIKE, dropna=False).ngroup())
    step = pd.Series(map(last_digit, frame["amount_text"], frame["least"]), index=frame.index, dtype="float64")
    widest = frame["least"] * WIDEST
    frame = frame.assign(down=np.minimum(step.where(frame["approximate"], step / 2), widest), up=np.minimum(step, widest))
    published = frame["published_on"].fillna(frame["source_published_on"]) if "source_published_on" in frame else frame["published_on"]
    days = map(_days_of_publication, published, frame["fact_id"].map(facts["announced_on"]))
    return frame.join(pd.DataFrame(days, columns=["start", "end", "dating"], index=frame.index))


def refuse(frame: pd.DataFrame, bad: pd.Series, why: str) -> None:
    """Raises `AiSpendError` naming the bad figures, if there are any."""
    if bad.any():
        raise AiSpendError(f"figure {first_five(frame['figure_id'][bad])} {why}")


def last_digit(words: str, amount: float) -> float:
    """What one step of the last digit that a reader takes as exact is worth, in the unit of `amount`.

    Noughts after a decimal mark count as exact. Those that end a whole number do not, but for its second digit:
    "200 billion" has two exact digits.

    >>> [last_digit("$3.6 billion", 3.6e9), last_digit("200 billion won", 2e11), last_digit("$34.00 billion", 3.4e10)]
    [100000000.0, 10000000000.0, 10000000.0]
    """
    mantissa, exponent = f"{amount:.14e}".split("e")
    exact = mantissa.replace(".", "").rstrip("0")
    printed = re.sub(r"\D", "", words).lstrip("0")
    decimals = re.search(r"[.,](\d*0)(?!\d)", words)
    digits = max(len(exact), min(len(printed), 2))
    if decimals and len(decimals[1]) != 3 and printed.rstrip("0") == exact:
        digits = len(printed)
    return 10.0 ** (int(exponent) - digits + 1)


def rounded(prints: pd.DataFrame, *, digits: object = 1) -> tuple[Floats, Floats]:
    """The least and the most that prints stand for: half a last digit to either side, a whole one for "about".

    `digits` (a number, or one a print) are exact at least.
    """
    finest = 10.0 ** (np.floor(np.log10(prints["least"])) - digits + 1)
    margin = np.minimum(prints["down"], finest.where(prints["approximate"], finest / 2))
    return (prints["least"] - margin).to_numpy(), (prints["most"] + margin).to_numpy()


def _days_of_publication(published: object, announced: object) -> tuple[int, int, str]:
    """First day whose rates may have been used, last day, and how well they are known; no days where nothing is."""
    dated = pd.notna(published)
    if not dated and pd.isna(announced):
        return 0, -1, "undated"
    first, last = (day.toordinal() - EPOCH for day in window(str(published if dated else announced)))
    dating = _DATING[len(str(published))] if dated else "undated"
    last = last if dated else last + REPEATED_WITHIN
    known = all_quotes().known_until
    # A year that is not over is judged by the part that is; its verdict is weak anyway.
    return (first - RUN_UP, min(last, known), dating) if last <= known or dating in WEAK else (0, -1, dating)
