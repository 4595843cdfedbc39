"""Amounts over the years, in small panels."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pandas as pd

from aispend.charts import captions
from aispend.charts.dot_plot import draw_dots
from aispend.charts.drawing import GREY, Scale, Sheet, key_height, spread, text_width
from aispend.charts.event_list import event_list
from aispend.charts.marks import axis_labels, colour_of, ends, framed, key_of, letter_size, mark_of, scale_over
from aispend.errors import AiSpendError
from aispend.exhibit import Exhibit
from aispend.wording import capital

_GAP = 28
# In a year with several stages of the same money, the line runs through the one furthest along.
_STAGES = ("announced", "requested", "appropriated", "committed", "guided", "estimated", "spent")


def timeline(frame: pd.DataFrame, *, title: str | None = None, note: str = "") -> Exhibit:
    """Amounts over the years, one small panel a measure, one line an actor; or events as a list in time.

    `frame`: one row a year as `normalise(..., yearly=True)` returns it, or one row an event with `date` and
    `what`. A year without a figure is a gap in the line; where a year has several amounts of one stage, no
    line runs through them; parts of a year stand alone. Amounts without any period are dots in the order in
    which they were announced. Raises `AiSpendError` for an empty frame, for a row longer than a year or
    without a date, `NotComparable` for mixed units.
    """
    if "date" in frame and "value" not in frame:
        return event_list(frame, title=title, note=note)
    captions.check(frame, "timeline", ("actor", "value", "basis", "measure"))
    rows = frame.assign(at=[_moment(row) for row in frame.to_dict("records")]).reset_index(drop=True)
    if not any(_has_period(row) for row in rows.to_dict("records")):
        # Announcements have no length and no line: one dot each, in their order.
        rows = rows.sort_values("at", kind="stable").reset_index(drop=True)
        return framed(rows, draw_dots, headline=title or captions.span_words(rows), note=note, kind="Dot plot in the order of announcement")
    first, last = int(rows["at"].min()), int(rows["at"].max())
    measures = captions.listed(captions.measure_words(measure) for measure in rows["measure"].unique())
    headline = title or f"{capital(measures)}, {first}{f'–{last}' if last > first else ''}"
    scales = "Each panel has its own scale." if rows["measure"].nunique() > 1 else ""
    return framed(rows, _draw, headline=headline, note=f"{scales} {note}".strip(), kind="Line chart")


def _moment(row: Mapping[str, Any]) -> float:
    """Where a row stands in time, in years: its calendar year, the middle of a part of one, or its announcement."""
    if pd.notna(row.get("year")):
        return float(row["year"])
    start, end, name = row.get("period_start"), row.get("period_end"), row.get("fact_id", row["actor"])
    if pd.notna(start) and pd.notna(end):
        if (end - start).days > 366:
            raise AiSpendError(f"timeline: {name} runs from {start:%Y-%m-%d} to {end:%Y-%m-%d}; normalise it with yearly=True, or leave it out")
        return _day(start + (end - start) / 2) - 0.5 if _is_part_of_year(row) else float(start.year)
    announced = row.get("announced_on")
    if not isinstance(announced, str) or not announced:
        raise AiSpendError(f"timeline: {name} has neither a period nor an announcement date, so no place in time; leave it out")
    return _day(pd.Timestamp(announced))


def _has_period(row: Mapping[str, Any]) -> bool:
    return pd.notna(row.get("year")) or bool(pd.notna(row.get("period_start")) and pd.notna(row.get("period_end")))


def _day(day: pd.Timestamp) -> float:
    return day.year + (day.day_of_year - 1) / 366


def _is_part_of_year(row: Mapping[str, Any]) -> bool:
    start, end = row.get("period_start"), row.get("period_end")
    return bool(pd.notna(start) and pd.notna(end) and (end - start).days < 350)


def _mark(row: Mapping[str, Any]) -> str:
    # A half-year drawn like a year would look like a fall.
    return "diamond" if _is_part_of_year(row) else mark_of(row)


def _path(line: pd.DataFrame) -> pd.DataFrame:
    """The rows a line may run through: whole years, in each the stage furthest along, no plan that was replaced."""
    replaced = set(line.get("replaces", pd.Series(dtype="str")).dropna())
    whole = [row["at"] % 1 == 0 and not _is_part_of_year(row) and row.get("fact_id") not in replaced for row in line.to_dict("records")]
    rows = line[whole].sort_values("at", kind="stable")
    ranks = rows.get("stage", pd.Series("spent", rows.index)).astype(str).map({stage: rank for rank, stage in enumerate(_STAGES)}).fillna(0)
    rows = rows[ranks == ranks.groupby(rows["at"]).transform("max")]
    # Two amounts of one stage in one year are two different things: no line can run through both.
    return rows[~rows["at"].duplicated(keep=False)]


@dataclass(frozen=True)
class _End:
    """The label of a line: whose it is, and the amount where it ends."""

    row: pd.Series
    amount: str


def _ends_of_lines(panel: pd.DataFrame) -> list[_End]:
    labels, unit = [], captions.unit_of(panel)
    for _, line in panel.groupby(["actor", "measure"], sort=False):
        latest, path = line[line["at"] == line["at"].max()], _path(line)
        ended = len(latest) == 1 or (len(path) and path["at"].iloc[-1] == latest["at"].iloc[0])
        row = path.iloc[-1] if len(path) and path["at"].iloc[-1] == latest["at"].iloc[0] else latest.sort_values("value").iloc[-1]
        labels.append(_End(row, captions.row_amount(row, unit) if ended else f"{len(latest)} amounts"))
    return labels


def _draw(rows: pd.DataFrame, width: float) -> Sheet:
    drawn, size = rows.dropna(subset="value"), letter_size(width)
    by = "measure" if drawn["measure"].nunique() > 1 or drawn["actor"].nunique() < 6 else "actor"
    panels = [panel for _, panel in drawn.groupby(by, sort=False)]
    columns = 1 if width < 500 or len(panels) == 1 else 2
    labels = [_ends_of_lines(panel) for panel in panels]
    # A panel is at least as high as its labels, one below the other.
    height = max(300 if len(panels) == 1 and width > 500 else 220, 72 + max(map(len, labels)) * _label_height(size))
    across = (width - (columns - 1) * _GAP) / columns
    bottom = height * -(-len(panels) // columns)
    key = key_of(drawn) + [("diamond", "part of a year")] * any(_is_part_of_year(row) for row in drawn.to_dict("records"))
    sheet = Sheet(width, bottom + 8 + key_height(key, width, size - 1))
    room = max(max(text_width(label.row["actor"], size, bold=True), text_width(label.amount, size)) for label in sum(labels, []))
    first, last = rows["at"].min(), rows["at"].max()
    for number, (panel, ended) in enumerate(zip(panels, labels, strict=True)):
        left, top = (number % columns) * (across + _GAP), number // columns * height
        y = scale_over(drawn if by == "actor" else panel, top + height - 34, top + (38 if len(panels) > 1 else 24))
        x = Scale(first, max(last, first + 0.5), left + 62, left + across - room - 14)
        if len(panels) > 1:
            name = capital(captions.measure_words(panel[by].iloc[0])) if by == "measure" else str(panel[by].iloc[0])
            sheet.text(left, top + size, name + (", logarithmic scale" if y.log else ""), size=size, bold=True)
        _draw_panel(sheet, panel, x, y, size=size)
        _draw_labels(sheet, ended, x.at(panel["at"].max()) + 10, y, size=size)
    sheet.key(key, bottom + 8, size=size - 1)
    return sheet


def _draw_panel(sheet: Sheet, panel: pd.DataFrame, x: Scale, y: Scale, *, size: float) -> None:
    for at, text in axis_labels(y, panel, 5):
        sheet.line([x.start - 6, x.end + 4], [at, at])
        sheet.text(x.start - 12, at + size * 0.33, text, size=size - 1, colour=GREY, align="right")
    for year in _years(x, size - 1):
        sheet.text(x.at(year), y.start + size + 7, str(year), size=size - 1, colour=GREY, align="center")
    for _, line in panel.groupby("actor", sort=False):
        _draw_line(sheet, x, y, line)


def _label_height(size: float) -> float:
    return 2 * size + 7


def _draw_labels(sheet: Sheet, labels: list[_End], edge: float, y: Scale, *, size: float) -> None:
    free = spread([y.at(label.row["value"]) for label in labels], _label_height(size), y.end, y.start)
    for label, at in zip(labels, free, strict=True):
        sheet.text(edge, at - 1, label.row["actor"], size=size, bold=True, colour=colour_of(label.row), boxed=True)
        sheet.text(edge, at + size + 1, label.amount, size=size, boxed=True)


def _years(x: Scale, size: float) -> list[int]:
    first, last = int(-(-x.low // 1)), int(x.high // 1)
    step = next(step for step in (1, 2, 5, 10, 20, 50) if (x.end - x.start) / max(last - first, 1) * step > text_width("2000", size) + 8)
    return list(range(last, first - 1, -step))


def _draw_line(sheet: Sheet, x: Scale, y: Scale, line: pd.DataFrame) -> None:
    colour, path = colour_of(line.iloc[0]), _path(line)
    for before, after in pairwise(path.to_dict("records")):
        if after["at"] - before["at"] == 1:
            planned = mark_of(after) == "ring" and mark_of(before) != "ring"
            sheet.line([x.at(before["at"]), x.at(after["at"])], [y.at(before["value"]), y.at(after["value"])], colour=colour, width=2, dashed=planned)
    low, high = ends(line)
    for row, bottom, top in zip(line.to_dict("records"), low, high, strict=True):
        if bottom != top:
            sheet.line([x.at(row["at"])] * 2, [y.at(bottom), y.at(top)], colour=colour, width=2)
        sheet.dot(x.at(row["at"]), y.at(row["value"]), colour=colour, mark=_mark(row), radius=3.5)
