"""Events as a list down a line."""

import pandas as pd

from aispend.charts import captions
from aispend.charts.drawing import Sheet, text_width, wrap
from aispend.charts.marks import NARROW, WIDE, colour_of, letter_size
from aispend.data.tables import load
from aispend.exhibit import Exhibit
from aispend.wording import date_words


def event_list(frame: pd.DataFrame, *, title: str | None = None, note: str = "") -> Exhibit:
    """Events, earliest first, as a list with dates. `frame`: one row an event, with `date` and `what`."""
    captions.check(frame, "timeline", ("date", "what"))
    # A bare month or year comes after the days in it.
    rows = frame.sort_values("date", key=lambda dates: dates.str.ljust(10, "~"), kind="stable").reset_index(drop=True)
    if "publisher" not in rows and "source_id" in rows:
        rows = rows.merge(load("sources")[["source_id", "publisher", "url"]], on="source_id", how="left", validate="m:1")
    span = f"{date_words(rows['date'].iloc[0])} to {date_words(rows['date'].iloc[-1])}"
    headline = title or f"What happened, {span}"
    alt = f"List of {len(rows)} events, {span}; all of them are in the table."
    return Exhibit(
        headline=headline,
        subtitle=f"{len(rows)} events, {span}" if title else "",
        svg=_draw(rows, WIDE).svg(alt, name=headline),
        svg_narrow=_draw(rows, NARROW).svg(alt, name=headline),
        table=captions.event_table(rows),
        source=captions.sources(rows),
        note=note,
        alt=alt,
    )


def _draw(rows: pd.DataFrame, width: float) -> Sheet:
    size = letter_size(width)
    line, rise = size + 5, size * 0.36
    dates = [date_words(date) for date in rows["date"]]
    rail = max(text_width(date, size, bold=True) for date in dates) + 18
    texts = [wrap(what, width - rail - 18, size) for what in rows["what"]]
    tops = [4.0]
    for lines in texts:
        tops.append(tops[-1] + len(lines) * line + 12)
    sheet = Sheet(width, tops[-1])
    sheet.line([rail, rail], [tops[0] + size - rise, tops[-2] + size - rise], width=2)
    for row, date, lines, top in zip(rows.to_dict("records"), dates, texts, tops[:-1], strict=True):
        sheet.dot(rail, top + size - rise, colour=colour_of(row), radius=4.5)
        sheet.text(0, top + size, date, size=size, bold=True)
        for number, words in enumerate(lines):
            sheet.text(rail + 16, top + size + number * line, words, size=size)
    return sheet
