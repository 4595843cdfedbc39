"""The few chart forms: dots, timeline and table, each from a normalised frame to an `Exhibit`.

Every picture is drawn twice, for wide columns and for telephones, because a chart that is merely shrunk
cannot be read.
"""

from collections.abc import Callable
from functools import lru_cache

import pandas as pd

from aispend import captions
from aispend.data.tables import load
from aispend.drawing import GREY, INK, Scale, Sheet, key_height, spread, text_width, tint, wrap
from aispend.errors import AiSpendError, BrokenTable
from aispend.exhibit import Exhibit
from aispend.sentences import capital

# The width of the text column on a page at 768 px and more, and at 360 px.
WIDE, NARROW = 712, 320
SMALLER = 0.8
_NEUTRAL = "#4d4d4d"
_MARKS = {"spent": "solid", "estimated": "pale"}
# In a year with several stages of the same money, the line runs through the one furthest along.
_STAGES = ("announced", "requested", "appropriated", "committed", "guided", "estimated", "spent")


def dots(frame: pd.DataFrame, *, title: str | None = None, note: str = "") -> Exhibit:
    """One dot a fact, largest first: solid for spent, ring for not yet spent, a line for the published range.

    `frame`: one row a fact as `normalise` returns it. The axis starts at zero, or is logarithmic where the
    values span more than a hundredfold. Raises `AiSpendError` for a frame without rows or without values,
    `NotComparable` where rows have different units.
    """
    captions.check(frame, "dots", ("actor", "value", "basis"))
    rows = frame.sort_values("value", ascending=False, kind="stable").reset_index(drop=True)
    return _exhibit(rows, _draw_dots, headline=title or _span(rows), note=note, kind="Dot plot")


def timeline(frame: pd.DataFrame, *, title: str | None = None, note: str = "") -> Exhibit:
    """Amounts over the years, one small panel a measure, one line an actor; or events as a list in time.

    `frame`: one row a year as `normalise(..., yearly=True)` returns it, or one row an event with `date` and
    `what`. A year without a figure is a gap in the line. Amounts without a period stand at their
    announcement. Raises `AiSpendError` for an empty frame, for a row longer than a year or without a date.
    """
    if "date" in frame and "value" not in frame:
        return _event_list(frame, title=title, note=note)
    captions.check(frame, "timeline", ("actor", "value", "basis", "measure"))
    rows = frame.assign(at=[_moment(row) for _, row in frame.iterrows()]).sort_values("at", kind="stable")
    years = f"{rows['at'].min():.0f}–{rows['at'].max() // 1:.0f}" if rows["at"].max() - rows["at"].min() >= 1 else f"{rows['at'].min():.0f}"
    headline = title or f"{capital(captions.listed(map(captions.measure_words, rows['measure'].unique())))}, {years}"
    scales = "Each panel has its own scale." if rows["measure"].nunique() > 1 else ""
    return _exhibit(rows.reset_index(drop=True), _draw_timeline, headline=headline, note=f"{scales} {note}".strip(), kind="Line chart")


def table(frame: pd.DataFrame, *, title: str | None = None, note: str = "") -> Exhibit:
    """The frame as a table in words: a normalised one with units and sources, any other as it is."""
    if frame.empty:
        raise AiSpendError("table: the frame has no rows, so there is nothing to show; widen the selection")
    if {"actor", "value", "basis"} <= set(frame):
        return Exhibit(title or _span(frame), captions.subtitle(frame), None,
                       captions.data_table(frame), captions.sources(frame), captions.notes(frame, note), "")
    shown = frame.drop(columns=["url"], errors="ignore").rename(columns=lambda name: capital(str(name).replace("_", " ")))
    return Exhibit(title or f"{len(frame)} rows", "", None, shown.reset_index(drop=True), captions.sources(frame), note, "")


def _exhibit(rows: pd.DataFrame, draw: Callable[[pd.DataFrame, float], Sheet], *, headline: str, note: str, kind: str) -> Exhibit:
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
    said = [f"{row['actor']} {captions.period_words(row)}: {_amount(row, rows)}" for _, row in rows.iterrows()]
    more = f"; and {len(said) - 8} more, all in the table" if len(said) > 8 else ""
    return f"{kind}. {'; '.join(said[:8])}{more}."


def _amount(row: pd.Series, rows: pd.DataFrame) -> str:
    if pd.isna(row["value"]):
        return "no value"
    return captions.amount_words(row["value"], captions.unit_of(rows), row.get("value_is", "exact"))


def _span(rows: pd.DataFrame) -> str:
    known = rows.dropna(subset="value").sort_values("value", ascending=False, kind="stable")
    ends = [f"{row['actor']} {_amount(row, known)}" for _, row in known.iloc[[0, -1]].iterrows()]
    return f"From {ends[0]} down to {ends[1]}" if len(known) > 1 else ends[0]


@lru_cache(maxsize=1)
def _colours() -> dict[str, str]:
    try:
        return dict(load("actors").set_index("actor_id")["colour"])
    except BrokenTable:
        return {"korea": "#c8102e", "openai": "#0f7b6c", "alphabet": "#2f6fdb", "deepseek": "#6b4fd8"}


def _colour(row: pd.Series) -> str:
    return _colours().get(row.get("actor_id"), _NEUTRAL)


def _mark(row: pd.Series) -> str:
    return _MARKS.get(row.get("stage", "spent"), "ring")


def _ends(rows: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    low = rows["value_low"] if "value_low" in rows else rows["value"]
    high = rows["value_high"] if "value_high" in rows else rows["value"]
    return low.fillna(rows["value"]), high.fillna(rows["value"])


def _scale(rows: pd.DataFrame, start: float, end: float) -> Scale:
    return Scale.over(pd.concat([*_ends(rows), rows["value"]]).dropna().to_numpy(dtype="float64"), start, end)


def _axis_labels(scale: Scale, rows: pd.DataFrame, most: int) -> list[tuple[float, str]]:
    """(pixel, words) of every tick, without the currency, which the subtitle and the labels name."""
    share = captions.unit_of(rows).startswith("share")
    return [(scale.at(tick), captions.amount_words(tick, "share") if share else captions.short_number(tick)) for tick in scale.ticks(most)]


def _key(rows: pd.DataFrame, *, log: bool) -> list[tuple[str, str]]:
    """(mark, words) for every mark that occurs."""
    stages = rows.get("stage", pd.Series("spent", rows.index)).dropna().unique()
    low, high = _ends(rows.dropna(subset="value"))
    readings = set(rows.get("value_is", pd.Series(dtype="str")))
    items = [(mark, ", ".join(stage for stage in stages if _MARKS.get(stage, "ring") == mark)) for mark in ("solid", "pale", "ring")]
    items += [
        ("line", "range of published figures" if (low != high).any() else ""),
        ("right", "lower bound" if "at-least" in readings else ""),
        ("left", "upper bound" if "at-most" in readings else ""),
        ("", "Logarithmic scale: equal steps are equal multiples" if log else ""),
    ]
    return [(mark, words) for mark, words in items if words]


# --- dots ------------------------------------------------------------------------------------------------


def _draw_dots(rows: pd.DataFrame, width: float) -> Sheet:
    narrow, size = width < 500, 12 if width < 500 else 13
    values = [_amount(row, rows) for _, row in rows.iterrows()]
    labels = [_row_label(row, rows, width if narrow else 0.38 * width, size) for _, row in rows.iterrows()]
    gutter = 0 if narrow else max(text_width(words, size, bold=bold) for label in labels for words, bold in label) + 18
    line, step = size + 4, 22 if narrow else 0
    heights = [len(label) * line + step + (10 if narrow else 12) for label in labels]
    right = max(text_width(text, size, bold=True) for text in values) + 16 + 16 * ("at least" in " ".join(values))
    scale = _scale(rows, gutter + 8, width - right)
    key, top = _key(rows, log=scale.log), 26.0
    bottom = top + sum(heights)
    sheet = Sheet(width, bottom + 12 + key_height(key, width, size - SMALLER))
    strips = [(top, bottom)]
    if narrow:
        # No line runs through the words above a dot.
        feet = [top + sum(heights[: number + 1]) - 5 for number in range(len(heights))]
        strips = [(foot - step, foot) for foot in feet]
    sheet.grid([scale.at(tick) for tick in scale.ticks(99 if scale.log else 5)], strips)
    for x, label in _axis_labels(scale, rows, int((scale.end - scale.start) / 46) if scale.log else 5):
        sheet.text(x, top - 8, label, size=size - SMALLER, colour=GREY, align="center")
    for (_, row), label, text, height in zip(rows.iterrows(), labels, values, heights, strict=True):
        first = top + (height - step - len(label) * line) / 2 + size
        for number, (words, bold) in enumerate(label):
            sheet.text(0, first + number * line, words, size=size, bold=bold, colour=_colour(row) if bold else INK)
        _draw_dot(sheet, scale, row, top + height / 2 if not narrow else top + height - 5 - step / 2, text, size=size)
        top += height
    sheet.key(key, bottom + 12, size=size - SMALLER)
    return sheet


def _row_label(row: pd.Series, rows: pd.DataFrame, width: float, size: float) -> list[tuple[str, bool]]:
    """(line, bold): the actor, then what tells this row from the others."""
    details = []
    what = str(row["what"]) if "what" in rows and pd.notna(row["what"]) else ""
    what = what if len(rows) <= 8 or rows["actor"].duplicated().any() else ""
    measure = captions.measure_words(row["measure"]) if "measure" in rows and rows["measure"].nunique() > 1 else ""
    details.append(": ".join(part for part in (measure if measure not in what.lower() else "", what) if part))
    if len({captions.period_words(other) for _, other in rows.iterrows()}) > 1:
        details.append(captions.period_words(row))
    detail = capital(", ".join(part for part in details if part))
    name = [(line, True) for line in wrap(row["actor"], width, size, bold=True, lines=2)]
    return name + [(line, False) for line in wrap(detail, width, size, lines=2) if line]


def _draw_dot(sheet: Sheet, scale: Scale, row: pd.Series, y: float, text: str, *, size: float) -> None:
    if pd.isna(row["value"]):
        sheet.text(scale.start + 10, y + size * 0.36, text, size=size, colour=GREY)
        return
    x, colour, reading = scale.at(row["value"]), _colour(row), row.get("value_is", "exact")
    low, high = (ends.iloc[0] for ends in _ends(row.to_frame().T))
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
    sheet.dot(x, y, colour=colour, mark=_mark(row))
    sheet.text(edge + 10, y + size * 0.36, text, size=size, bold=True, boxed=True)


# --- timeline --------------------------------------------------------------------------------------------


def _moment(row: pd.Series) -> float:
    """Where a row stands in time, in years: its calendar year, or the day it was announced."""
    if pd.notna(row.get("year")):
        return float(row["year"])
    start, end, name = row.get("period_start"), row.get("period_end"), row.get("fact_id", row["actor"])
    if pd.notna(start) and pd.notna(end):
        if (end - start).days > 366:
            raise AiSpendError(f"timeline: {name} runs from {start:%Y-%m-%d} to {end:%Y-%m-%d}; normalise it with yearly=True")
        if _is_part_of_year(row):
            return float(start.year + (start.dayofyear + end.dayofyear) / 732 - 0.5)
        return float(start.year)
    announced = row.get("announced_on")
    if not isinstance(announced, str) or not announced:
        raise AiSpendError(f"timeline: {name} has neither a period nor an announcement date, so no place in time; drop it")
    day = pd.Timestamp(announced)
    return day.year + (day.dayofyear - 1) / 366


def _draw_timeline(rows: pd.DataFrame, width: float) -> Sheet:
    narrow, size = width < 500, 12 if width < 500 else 13
    drawn = rows.dropna(subset="value")
    by = "measure" if drawn["measure"].nunique() > 1 or drawn["actor"].nunique() < 6 else "actor"
    panels = [panel for _, panel in drawn.groupby(by, sort=False)]
    columns = 1 if narrow or len(panels) == 1 else 2
    across, height = (width - (columns - 1) * 28) / columns, 300 if len(panels) == 1 and not narrow else 220
    bottom = height * -(-len(panels) // columns)
    part = any(_mark_in_time(row) == "diamond" for _, row in drawn.iterrows())
    key = _key(drawn, log=False) + [("diamond", "part of a year")] * part
    sheet = Sheet(width, bottom + 8 + key_height(key, width, size - SMALLER))
    room = max(max(text_width(row["actor"], size, bold=True), text_width(_amount(row, rows), size)) for _, row in _last(drawn).iterrows())
    for number, panel in enumerate(panels):
        left, top = (number % columns) * (across + 28), number // columns * height
        name = capital(captions.measure_words(panel[by].iloc[0])) if by == "measure" else panel[by].iloc[0]
        y = _scale(drawn if by == "actor" else panel, top + height - 34, top + (36 if len(panels) > 1 else 14))
        x = Scale(rows["at"].min(), max(rows["at"].max(), rows["at"].min() + 1), left + 62, left + across - room - 14)
        if len(panels) > 1:
            sheet.text(left, top + size, name + (", logarithmic scale" if y.log else ""), size=size, bold=True)
        _draw_panel(sheet, panel, x, y, size=size)
    sheet.key(key, bottom + 8, size=size - SMALLER)
    return sheet


def _is_part_of_year(row: pd.Series) -> bool:
    start, end = row.get("period_start"), row.get("period_end")
    return bool(pd.notna(start) and pd.notna(end) and (end - start).days < 350)


def _mark_in_time(row: pd.Series) -> str:
    # A half-year drawn like a year would look like a fall.
    return "diamond" if _is_part_of_year(row) else _mark(row)


def _path(line: pd.DataFrame) -> pd.DataFrame:
    """The rows a line may run through: whole years, in each the stage furthest along, no plan that was replaced."""
    replaced = set(line.get("replaces", pd.Series(dtype="str")).dropna())
    stages = line.get("stage", pd.Series("spent", line.index))
    ranks = stages.map({stage: rank for rank, stage in enumerate(_STAGES)}).fillna(0)
    free = [not _is_part_of_year(row) and row.get("fact_id") not in replaced for _, row in line.iterrows()]
    rows, ranks = line[free], ranks[free]
    rows = rows[ranks == ranks.groupby(rows["at"]).transform("max")]
    # Two amounts of one stage in one year are two different things: no line can run through both.
    return rows[~rows["at"].duplicated(keep=False)]


def _last(panel: pd.DataFrame) -> pd.DataFrame:
    """The row at which each line is labelled: the last one it runs through, or the last of all."""
    lines = (line.sort_values("at", kind="stable") for _, line in panel.groupby(["actor", "measure"], sort=False))
    ends = [(line if (path := _path(line)).empty else path).iloc[[-1]] for line in lines]
    return pd.concat(ends)


def _draw_panel(sheet: Sheet, panel: pd.DataFrame, x: Scale, y: Scale, *, size: float) -> None:
    for at, text in _axis_labels(y, panel, 5):
        sheet.line([x.start - 6, x.end + 4], [at, at])
        sheet.text(x.start - 12, at + size * 0.33, text, size=size - SMALLER, colour=GREY, align="right")
    for year in _years(x, size - SMALLER):
        sheet.text(x.at(year), y.start + size + 7, f"{year}", size=size - SMALLER, colour=GREY, align="center")
    for _, line in panel.groupby("actor", sort=False):
        _draw_line(sheet, x, y, line)
    last = _last(panel)
    wanted = [y.at(value) for value in last["value"]]
    free = spread(wanted, 2 * size + 7, y.end, y.start)
    for (_, row), at in zip(last.iterrows(), free, strict=True):
        # Labels that had to move stand clear of every line, at the right edge.
        edge = (x.at(row["at"]) if free == wanted else x.end) + 10
        sheet.text(edge, at - 1, row["actor"], size=size, bold=True, colour=_colour(row), boxed=True)
        sheet.text(edge, at + size + 1, _amount(row, panel), size=size, boxed=True)


def _years(x: Scale, size: float) -> list[int]:
    first, last = int(-(-x.low // 1)), int(x.high // 1)
    step = next(step for step in (1, 2, 5, 10, 20, 50) if (x.end - x.start) / max(last - first, 1) * step > text_width("2000", size) + 8)
    return list(range(last, first - 1, -step))


def _draw_line(sheet: Sheet, x: Scale, y: Scale, line: pd.DataFrame) -> None:
    colour = _colour(line.iloc[0])
    path = _path(line)
    for (_, before), (_, after) in zip(path.iloc[:-1].iterrows(), path.iloc[1:].iterrows(), strict=True):
        if after["at"] - before["at"] < 1.01:
            sheet.line([x.at(before["at"]), x.at(after["at"])], [y.at(before["value"]), y.at(after["value"])],
                       colour=colour, width=2, dashed=_mark(after) == "ring" and _mark(before) != "ring")
    low, high = _ends(line)
    for (_, row), bottom, top in zip(line.iterrows(), low, high, strict=True):
        if bottom != top:
            sheet.line([x.at(row["at"])] * 2, [y.at(bottom), y.at(top)], colour=colour, width=2)
        sheet.dot(x.at(row["at"]), y.at(row["value"]), colour=colour, mark=_mark_in_time(row), radius=3.5)


# --- events ----------------------------------------------------------------------------------------------


def _event_list(frame: pd.DataFrame, *, title: str | None, note: str) -> Exhibit:
    captions.check(frame, "timeline", ("date", "what"))
    # A bare month or year comes after the days in it.
    rows = frame.sort_values("date", key=lambda dates: dates.str.ljust(10, "~"), kind="stable").reset_index(drop=True)
    if "publisher" not in rows and "source_id" in rows:
        rows = rows.merge(load("sources")[["source_id", "publisher", "url"]], on="source_id", how="left", validate="m:1")
    first, last = captions.date_words(rows["date"].iloc[0]), captions.date_words(rows["date"].iloc[-1])
    headline = title or f"What happened from {first} to {last}"
    alt = f"List of {len(rows)} events from {first} to {last}; all of them are in the table."
    return Exhibit(
        headline=headline,
        subtitle=f"{len(rows)} events, {first} to {last}" if title else "",
        svg=_draw_events(rows, WIDE).svg(alt, name=headline),
        svg_narrow=_draw_events(rows, NARROW).svg(alt, name=headline),
        table=captions.event_table(rows),
        source=captions.sources(rows),
        note=note,
        alt=alt,
    )


def _draw_events(rows: pd.DataFrame, width: float) -> Sheet:
    size = 12 if width < 500 else 13
    dates = [captions.date_words(date) for date in rows["date"]]
    rail = max(text_width(date, size, bold=True) for date in dates) + 18
    texts = [wrap(what, width - rail - 18, size) for what in rows["what"]]
    heights = [len(lines) * (size + 5) + 12 for lines in texts]
    sheet = Sheet(width, sum(heights) + 8)
    top = 4.0
    for (_, row), date, lines, height, last in zip(rows.iterrows(), dates, texts, heights, [False] * (len(rows) - 1) + [True], strict=True):
        base = top + size
        if not last:
            sheet.line([rail, rail], [base - size * 0.36, base - size * 0.36 + height], width=2)
        sheet.dot(rail, base - size * 0.36, colour=_colour(row), radius=4.5)
        sheet.text(0, base, date, size=size, bold=True)
        for number, line in enumerate(lines):
            sheet.text(rail + 16, base + number * (size + 5), line, size=size)
        top += height
    return sheet
