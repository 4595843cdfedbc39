"""The way from a headline's ratio to the comparable one, a rung for each choice."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from aispend.charts import captions
from aispend.charts.drawing import GREY, INK, Scale, Sheet, key_height, text_width, wrap
from aispend.charts.marks import NARROW, WIDE, letter_size
from aispend.exhibit import Exhibit
from aispend.wording import capital, multiple, three_digits

ACCENT = "#c8102e"
_TOP = 26.0
_VISIBLE_RANGE = 1.02
_AS_PRINTED = "printed amounts, at the rate of the day where the currencies differ"  # Whose amounts, the subtitle says.


def ladder(frame: pd.DataFrame, *, title: str | None = None, note: str = "") -> Exhibit:
    """The steps of `ladder_steps` as rungs on one logarithmic scale, the one that moves the ratio most in colour.

    Raises `AiSpendError` for a frame without rows, or one that `ladder_steps` did not return.

    >>> steps = pd.DataFrame({"step": ["headline", "period"], "change": ["A fund beside a year", "5 years to 1"],
    ...     "before": [float("nan"), 1.5], "after": [1.5, 0.3], "factor": [float("nan"), 0.2], "low": [1.5, 0.3],
    ...     "high": [1.5, 0.3], "note": "", "basis": "whole sums"})
    >>> print(ladder(steps))
    From 1.5 times in the headline to 30 %: the period matters most
    A fund beside a year: the one as a multiple of the other
    <BLANKLINE>
    Step | Change | Factor | Ratio | Low | High | To know
    Headline | A fund beside a year | – | 1.500 | 1.500 | 1.500 | –
    Period | 5 years to 1 | 0.2000 | 0.3000 | 0.3000 | 0.3000 | –
    """
    captions.check(frame, "ladder", ("step", "change", "before", "after", "factor", "low", "high", "note", "basis"), made_by="ladder_steps")
    rows = frame.reset_index(drop=True)
    said = [f"{row['step']} {multiple(row['after'])}" for row in rows.to_dict("records")]
    alt = f"Ladder of {len(rows)} rungs. Ratio after each: {'; '.join(said)}."
    headline, table = title or _finding(rows), _table(rows)
    name = headline + table.to_csv()
    return Exhibit(
        headline=headline,
        subtitle=f"{rows['change'].iloc[0]}: the one as a multiple of the other",
        svg=_draw(rows, WIDE).svg(alt, name=name),
        svg_narrow=_draw(rows, NARROW).svg(alt, name=name),
        table=table,
        source=cited(rows),
        note=" ".join(text for text in (*_told(rows), note) if text),
        alt=alt,
    )


def cited(rows: pd.DataFrame) -> list[tuple[str, str]]:
    """The facts' publishers, then the series that the ratios rest on."""
    pairs = [pair for pairs in rows.get("sources", pd.Series(dtype="object")) for pair in pairs]
    return list(dict.fromkeys([*pairs, *captions.sources(rows)]))


def _largest(rows: pd.DataFrame) -> int:
    """Position of the step that moves the ratio most, -1 where none does."""
    moves = np.log(rows["factor"].to_numpy("float64", na_value=1.0)).round(9)
    return int(np.argmax(np.abs(moves))) if np.any(moves) else -1


def _finding(rows: pd.DataFrame) -> str:
    most = _largest(rows)
    matters = f": the {rows['step'].iloc[most]} matters most" if most >= 0 else ""
    return f"From {multiple(rows['after'].iloc[0])} in the headline to {multiple(rows['after'].iloc[-1])}{matters}"


def _told(rows: pd.DataFrame) -> list[str]:
    return [f"{capital(row['step'])}: {row['note']}." for row in rows.to_dict("records") if row["note"]]


def _table(rows: pd.DataFrame) -> pd.DataFrame:
    names = {"step": "Step", "change": "Change", "factor": "Factor", "after": "Ratio", "low": "Low", "high": "High", "note": "To know"}
    return rows[list(names)].rename(columns=names).assign(Step=rows["step"].map(capital))


def _draw(rows: pd.DataFrame, width: float) -> Sheet:
    narrow, size = width < 500, letter_size(width)
    gutter = 0.0 if narrow else 0.42 * width
    labels = [_label(row, width if narrow else gutter - 18, size) for row in rows.to_dict("records")]
    line, step = size + 4, 26 if narrow else 0
    heights = [len(label) * line + step + (10 if narrow else 14) for label in labels]
    feet = [_TOP + sum(heights[: number + 1]) for number in range(len(heights))]
    bottom = feet[-1]
    ends = np.concatenate([rows[column].dropna() for column in ("low", "high", "after")])
    room = max(text_width(multiple(ratio), size, bold=True) for ratio in rows["after"]) + 22
    scale = Scale(min(ends.min(), 0.99) / 1.3, max(ends.max(), 1.01) * 1.3, gutter + 12, width - room, log=True)
    key = _key(rows)
    sheet = Sheet(width, bottom + 12 + key_height(key, width, size - 1))
    strips = [(foot - 5 - step, foot - 5) for foot in feet] if narrow else [(_TOP, bottom)]
    _axis(sheet, scale, strips, size)
    for number, (row, label, height, foot) in enumerate(zip(rows.to_dict("records"), labels, heights, feet, strict=True)):
        colour = ACCENT if number == _largest(rows) else INK
        first = foot - height + (height - step - len(label) * line) / 2 + size
        for place, words in enumerate(label):
            sheet.text(0, first + place * line, words, size=size, bold=place == 0, colour=colour if place == 0 else INK)
        _rung(sheet, scale, row, foot - 5 - step / 2 if narrow else foot - height / 2, colour, size)
    sheet.key(key, bottom + 12, size=size - 1)
    return sheet


def _key(rows: pd.DataFrame) -> list[tuple[str, str]]:
    """(mark, words) for every mark that occurs."""
    moved, ranged = rows["factor"].notna() & (rows["factor"] != 1), rows["high"] > rows["low"] * _VISIBLE_RANGE
    items = [("left", "what a choice does", moved), ("line", "range", ranged), ("diamond", "no number", rows["factor"].isna().iloc[1:])]
    return [(mark, words) for mark, words, occurs in items if occurs.any()] + [("", "Logarithmic scale: equal steps are equal multiples")]


def _label(row: Mapping[str, Any], width: float, size: float) -> list[str]:
    factor = "" if pd.isna(row["factor"]) else " × 1" if row["factor"] == 1 else f" × {three_digits(row['factor'])}"
    if row["step"] != "headline" and not factor:
        factor = ": no number"
    change = _AS_PRINTED if row["step"] == "headline" else str(row["change"])
    return [f"{capital(row['step'])}{factor}", *wrap(capital(change), width, size, lines=3)]


def _axis(sheet: Sheet, scale: Scale, strips: list[tuple[float, float]], size: float) -> None:
    """Upright lines at round ratios, the one for equality drawn through."""
    decades = range(int(np.floor(np.log10(scale.low))), int(np.ceil(np.log10(scale.high))) + 1)
    for steps in ((1, 2, 5), (1, 3), (1,)):
        ticks = [n * 10.0**power for power in decades for n in steps if scale.low < n * 10.0**power < scale.high]
        if len(ticks) <= (scale.end - scale.start) / 70:
            break
    taken: list[tuple[float, float]] = []
    # From equality outwards, as far as the words have room.
    for tick in sorted(ticks, key=lambda tick: abs(np.log(tick))):
        words = "equal" if tick == 1 else multiple(tick)
        half = text_width(words, size - 1) / 2
        middle = min(max(scale.at(tick), half), sheet.width - half)
        if any(middle - half < right + 6 and left - 6 < middle + half for left, right in taken):
            continue
        taken.append((middle - half, middle + half))
        sheet.text(middle, _TOP - 8, words, size=size - 1, colour=GREY, align="center")
        sheet.grid([scale.at(tick)], strips)
    for top, foot in strips:
        sheet.line([scale.at(1)] * 2, [top, foot], colour=GREY, width=1.5)


def _rung(sheet: Sheet, scale: Scale, row: Mapping[str, Any], y: float, colour: str, size: float) -> None:
    at, moved = scale.at(row["after"]), pd.notna(row["factor"])
    edge = max(at, scale.at(row["high"]), scale.at(row["before"]) if moved else at)
    if row["high"] > row["low"] * _VISIBLE_RANGE:
        sheet.line([scale.at(row["low"]), scale.at(row["high"])], [y, y], colour=GREY, width=1.5)
    if moved and row["factor"] != 1:
        start = scale.at(row["before"])
        sheet.line([start, at], [y, y], colour=colour, width=4)
        sheet.dot(at, y, colour=colour, mark="right" if at > start else "left", radius=5.5)
    else:
        sheet.dot(at, y, colour=colour, mark="diamond" if not moved and row["step"] != "headline" else "solid", radius=4)
    sheet.text(edge + 12, y + size * 0.36, multiple(row["after"]), size=size, bold=True, colour=colour, boxed=True)
