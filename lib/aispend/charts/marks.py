"""What every form draws alike: an actor's colour, a stage's mark, the ends of a range, the key, the frame around it."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import pandas as pd

from aispend.charts import captions
from aispend.charts.drawing import Scale, Sheet
from aispend.data.tables import load
from aispend.exhibit import Exhibit
from aispend.wording import short_number

# The width of the text column of a page at 768 px and more, and at 360 px.
WIDE, NARROW = 712, 320
_NEUTRAL = "#4d4d4d"
_MARKS = {"spent": "solid", "estimated": "pale"}
# A range that is narrower than a dot cannot be seen and needs no word in the key.
_VISIBLE_RANGE = 1.02


def letter_size(width: float) -> float:
    """Letter size in pixels on a sheet of that width; nothing is ever drawn smaller than one less."""
    return 12 if width < 500 else 13


def framed(rows: pd.DataFrame, draw: Callable[[pd.DataFrame, float], Sheet], *, headline: str, note: str, kind: str) -> Exhibit:
    """The exhibit of a normalised frame: `draw` gives the picture at a width, the words come from the frame."""
    alt = _alternative(rows.dropna(subset="value"), kind)
    return Exhibit(
        headline=headline,
        subtitle=captions.subtitle(rows),
        svg=draw(rows, WIDE).svg(alt, name=headline),
        svg_narrow=draw(rows, NARROW).svg(alt, name=headline),
        table=captions.data_table(rows),
        source=captions.sources(rows),
        note=captions.notes(rows, note),
        alt=alt,
    )


def _alternative(rows: pd.DataFrame, kind: str) -> str:
    unit = captions.unit_of(rows)
    said = [f"{row['actor']} {captions.period_words(row)}: {captions.row_amount(row, unit)}" for row in rows.to_dict("records")]
    more = f"; and {len(said) - 8} more, all in the table" if len(said) > 8 else ""
    return f"{kind}. {'; '.join(said[:8])}{more}."


@lru_cache(maxsize=1)
def _colours() -> dict[str, str]:
    return dict(load("actors").set_index("actor_id")["colour"])


def colour_of(row: Mapping[str, Any]) -> str:
    """The actor's colour, the same in every picture; grey for an actor that is not in data/actors.csv."""
    return _colours().get(row.get("actor_id"), _NEUTRAL)


def mark_of(row: Mapping[str, Any]) -> str:
    """Solid for spent, pale for estimated, a ring for everything not yet spent."""
    return _MARKS.get(row.get("stage", "spent"), "ring")


def ends(rows: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """The low and high ends of each row's published range, the value itself where there is none."""
    low = rows["value_low"] if "value_low" in rows else rows["value"]
    high = rows["value_high"] if "value_high" in rows else rows["value"]
    return low.fillna(rows["value"]), high.fillna(rows["value"])


def scale_over(rows: pd.DataFrame, start: float, end: float) -> Scale:
    """A scale that holds every value and range, from pixel `start` to `end`."""
    return Scale.over(pd.concat([*ends(rows), rows["value"]]).dropna().to_numpy(dtype="float64"), start, end)


def axis_labels(scale: Scale, rows: pd.DataFrame, most: int) -> list[tuple[float, str]]:
    """(pixel, words) of every tick, without the currency, which the subtitle and the labels name."""
    share = captions.unit_of(rows).startswith("share")
    words = (lambda tick: captions.amount_words(tick, "share")) if share else short_number
    return [(scale.at(tick), words(tick)) for tick in scale.ticks(most)]


def key_of(rows: pd.DataFrame, *, log: bool = False) -> list[tuple[str, str]]:
    """(mark, words) for every mark that occurs."""
    stages = rows.get("stage", pd.Series("spent", rows.index)).dropna().unique()
    low, high = ends(rows.dropna(subset="value"))
    readings = set(rows.get("value_is", pd.Series(dtype="str")))
    items = [(mark, ", ".join(stage for stage in stages if _MARKS.get(stage, "ring") == mark)) for mark in ("solid", "pale", "ring")]
    items += [
        ("line", "range of published figures" if (high > low * _VISIBLE_RANGE).any() else ""),
        ("right", "lower bound" if "at-least" in readings else ""),
        ("left", "upper bound" if "at-most" in readings else ""),
        ("", "Logarithmic scale: equal steps are equal multiples" if log else ""),
    ]
    return [(mark, words) for mark, words in items if words]
