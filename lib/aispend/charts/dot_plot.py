"""One dot a fact, largest first."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from aispend.charts import captions
from aispend.charts.drawing import GREY, INK, Scale, Sheet, key_height, text_width, tint, wrap
from aispend.charts.marks import axis_labels, colour_of, ends, framed, key_of, letter_size, mark_of, scale_over
from aispend.exhibit import Exhibit
from aispend.wording import capital

_TOP = 26.0
# Beyond this many rows a label keeps to what tells the rows apart.
_FEW = 8


def dots(frame: pd.DataFrame, *, title: str | None = None, note: str = "") -> Exhibit:
    """One dot a fact, largest first: solid for spent, ring for not yet spent, a line for the published range.

    `frame`: one row a fact as `normalise` returns it. The axis starts at zero, or is logarithmic where the
    values span more than a hundredfold; a row without a value is listed without a dot. Raises `AiSpendError`
    for a frame without rows or values, `NotComparable` where rows have different units.

    >>> frame = pd.DataFrame({"actor": ["Alphabet", "South Korea"], "value": [91.447e9, 2.32e9],
    ...                       "basis": "USD, nominal, market rate, period average"})
    >>> print(dots(frame))
    From Alphabet USD 91.4 bn down to South Korea USD 2.32 bn
    US dollars, nominal, market rate, period average
    <BLANKLINE>
    Who | USD billion
    Alphabet | 91.45
    South Korea | 2.320
    """
    captions.check(frame, "dots", ("actor", "value", "basis"))
    rows = frame.sort_values("value", ascending=False, kind="stable").reset_index(drop=True)
    return framed(rows, draw_dots, headline=title or captions.span_words(rows), note=note, kind="Dot plot")


def draw_dots(rows: pd.DataFrame, width: float) -> Sheet:
    """One dot a row, in the order of the rows, on a sheet of that width."""
    narrow, size = width < 500, letter_size(width)
    unit, records = captions.unit_of(rows), rows.to_dict("records")
    amounts = [captions.row_amount(row, unit) for row in records]
    labels = _labels(rows, width if narrow else 0.38 * width, size)
    gutter = 0 if narrow else max(text_width(words, size, bold=bold) for label in labels for words, bold in label) + 18
    line, step = size + 4, 22 if narrow else 0
    heights = [len(label) * line + step + (10 if narrow else 12) for label in labels]
    room = max(text_width(amount, size, bold=True) for amount in amounts) + 16 + 16 * any(amount.startswith("at least") for amount in amounts)
    scale = scale_over(rows, gutter + 8, width - room)
    key, bottom = key_of(rows, log=scale.log), _TOP + sum(heights)
    sheet = Sheet(width, bottom + 12 + key_height(key, width, size - 1))
    feet = [_TOP + sum(heights[: number + 1]) for number in range(len(heights))]
    # On a telephone the words stand above the dot, and no line runs through them.
    strips = [(foot - 5 - step, foot - 5) for foot in feet] if narrow else [(_TOP, bottom)]
    draw_axis(sheet, scale, rows, strips, size=size)
    for row, label, amount, height, foot, *reach in zip(records, labels, amounts, heights, feet, *ends(rows), strict=True):
        first = foot - height + (height - step - len(label) * line) / 2 + size
        for number, (words, bold) in enumerate(label):
            sheet.text(0, first + number * line, words, size=size, bold=bold, colour=colour_of(row) if bold else INK)
        _draw_dot(sheet, scale, row, reach, foot - 5 - step / 2 if narrow else foot - height / 2, amount, size=size)
    sheet.key(key, bottom + 12, size=size - 1)
    return sheet


def draw_axis(sheet: Sheet, scale: Scale, rows: pd.DataFrame, strips: list[tuple[float, float]], *, size: float) -> None:
    """The axis above the picture: amounts where the words have room, and a hairline at each through every strip."""
    sheet.grid([scale.at(tick) for tick in scale.ticks(99 if scale.log else 5)], strips)
    labels = axis_labels(scale, rows, int((scale.end - scale.start) / 50) if scale.log else 5)
    while _touching(labels, size - 1):
        labels = labels[::2]
    for x, label in labels:
        half = text_width(label, size - 1) / 2
        sheet.text(min(max(x, half), sheet.width - half), _TOP - 8, label, size=size - 1, colour=GREY, align="center")


def _touching(labels: list[tuple[float, str]], size: float) -> bool:
    """Whether two neighbours among (pixel of the middle, words) come nearer than a blank."""
    halves = [text_width(words, size) / 2 for _, words in labels]
    return any(
        right[0] - left[0] < first + second + 5
        for left, right, first, second in zip(labels, labels[1:], halves, halves[1:], strict=False)
    )


def _labels(rows: pd.DataFrame, width: float, size: float) -> list[list[tuple[str, bool]]]:
    """(line, bold) of every row: the actor and what tells it from the others: its label, or period and what it covers."""
    records = rows.to_dict("records")
    periods = [captions.period_words(row) for row in records]
    several_measures = "measure" in rows and rows["measure"].nunique() > 1
    few, with_what = len(rows) <= _FEW, "what" in rows and (len(rows) <= _FEW or rows["actor"].duplicated().any())
    labels = []
    for row, period in zip(records, periods, strict=True):
        if pd.notna(row.get("label")):
            labels.append(_head(str(row["actor"]), "", width, size) + [(line, False) for line in wrap(capital(str(row["label"])), width, size, lines=2)])
            continue
        head = _head(str(row["actor"]), period if len(set(periods)) > 1 else "", width, size)
        what = str(row["what"]).rstrip(". ") if with_what and pd.notna(row["what"]) else ""
        measure = captions.measure_words(row["measure"]) if several_measures else ""
        detail = capital(": ".join(part for part in (measure if measure not in what.lower() else "", what) if part))
        lines = [line for line in wrap(detail, width, size, lines=3 if few else 2) if line]
        labels.append(head + [(line, False) for line in lines])
    return labels


def _head(actor: str, period: str, width: float, size: float) -> list[tuple[str, bool]]:
    """The actor with its period on one line, or the period on a line of its own."""
    both = f"{actor}, {period}" if period else actor
    if text_width(both, size, bold=True) <= width:
        return [(both, True)]
    return [(line, True) for line in wrap(actor, width, size, bold=True, lines=2)] + [(capital(period), False)] * bool(period)


def _draw_dot(sheet: Sheet, scale: Scale, row: Mapping[str, Any], reach: list[float], y: float, amount: str, *, size: float) -> None:
    if pd.isna(row["value"]):
        sheet.text(scale.start + 10, y + size * 0.36, amount, size=size, colour=GREY, boxed=True)
        return
    x, colour, reading = scale.at(row["value"]), colour_of(row), row.get("value_is", "exact")
    low, high = reach
    edge = max(x, scale.at(high))
    if not scale.log:
        sheet.line([scale.start, x], [y, y], colour=tint(colour), width=1.5)
    if low != high:
        sheet.line([scale.at(low), edge], [y, y], colour=colour, width=2)
    if reading in ("at-least", "at-most"):
        tip = x + (16 if reading == "at-least" else -16)
        sheet.line([x, tip], [y, y], colour=colour, width=2)
        sheet.dot(tip, y, colour=colour, mark="right" if reading == "at-least" else "left", radius=3.5)
        edge = max(edge, tip)
    sheet.dot(x, y, colour=colour, mark=mark_of(row))
    sheet.text(edge + 10, y + size * 0.36, amount, size=size, bold=True, boxed=True)
