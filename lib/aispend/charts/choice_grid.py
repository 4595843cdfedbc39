"""A grid of choices and conclusions: under which choices does a conclusion hold?"""

import pandas as pd

from aispend.charts import captions
from aispend.charts.drawing import Sheet, key_height, text_width, wrap
from aispend.charts.marks import NARROW, WIDE, letter_size
from aispend.charts.step_ladder import cited
from aispend.errors import AiSpendError
from aispend.exhibit import Exhibit
from aispend.wording import capital, multiple, number

# Apart in lightness too, and each with its own mark, so that the grid can be read without colour.
_LOOKS = {"more": ("▲", "#a9c4ee"), "less": ("▼", "#fbe9d9"), "open": ("◆", "#ffffff"), "no number": ("–", "#f2f2f2")}
_MOST = 4
_KEY = [("", "▲ more"), ("", "▼ less"), ("", "◆ open: the range holds both"), ("", "– no number")]


def heat(frame: pd.DataFrame, *, title: str | None = None, note: str = "") -> Exhibit:
    """A grid with a row for each choice, a column for each conclusion, and the ratio in each cell.

    `frame`: one row a cell, with choice, conclusion, ratio, low and high, as `every_choice` gives them for a
    conclusion. A cell says more where even `low` is above one, less where even `high` is below, else open. Raises
    `AiSpendError` for a frame without rows, with two rows for one cell, or with more than four conclusions.

    >>> grid = pd.DataFrame({"choice": ["Whole sums", "Per year"], "conclusion": "The fund", "ratio": [1.5, 0.3],
    ...     "low": [1.5, 0.3], "high": [1.5, 0.3]})
    >>> print(heat(grid))
    The fund: more under one of two choices
    Ratio under each choice; above one is more
    <BLANKLINE>
    Choice | Conclusion | Verdict | Ratio | Low | High
    Whole sums | The fund | more | 1.500 | 1.500 | 1.500
    Per year | The fund | less | 0.3000 | 0.3000 | 0.3000
    """
    captions.check(frame, "heat", ("choice", "conclusion", "ratio", "low", "high"), made_by="every_choice")
    if frame.duplicated(["choice", "conclusion"]).any():
        twice = frame[frame.duplicated(["choice", "conclusion"])].iloc[0]
        raise AiSpendError(f"heat: two rows for {twice['choice']!r} and {twice['conclusion']!r}; a cell holds one ratio")
    if frame["conclusion"].nunique() > _MOST:
        raise AiSpendError(f"heat: {frame['conclusion'].nunique()} conclusions; more than {_MOST} columns cannot be read on a telephone, so draw two grids")
    rows = frame.reset_index(drop=True).assign(verdict=[verdict(low, high) for low, high in zip(frame["low"], frame["high"], strict=True)])
    names = {"choice": "Choice", "conclusion": "Conclusion", "verdict": "Verdict", "ratio": "Ratio", "low": "Low", "high": "High"}
    alt = f"Grid. {_counted(rows)}."
    headline, table = title or _counted(rows), rows[list(names)].rename(columns=names)
    name = headline + table.to_csv()
    return Exhibit(
        headline=headline,
        subtitle="Ratio under each choice; above one is more",
        svg=_draw(rows, WIDE).svg(alt, name=name),
        svg_narrow=_draw(rows, NARROW).svg(alt, name=name),
        table=table,
        source=cited(rows),
        note=note,
        alt=alt,
    )


def verdict(low: float, high: float) -> str:
    """What a ratio between these ends says.

    >>> verdict(1.2, 3.0), verdict(0.2, 0.9), verdict(0.5, 2.0), verdict(float("nan"), float("nan"))
    ('more', 'less', 'open', 'no number')
    """
    if pd.isna(low) or pd.isna(high):
        return "no number"
    return "more" if low > 1 else "less" if high < 1 else "open"


def _counted(rows: pd.DataFrame) -> str:
    counts = []
    for conclusion, cells in rows.groupby("conclusion", sort=False):
        known = cells[cells["verdict"] != "no number"]
        more = int((known["verdict"] == "more").sum())
        counts.append(f"{conclusion}: more under {number(more) if more else 'none'} of {number(len(known))} choices")
    return "; ".join(counts)


def _draw(rows: pd.DataFrame, width: float) -> Sheet:
    narrow, size = width < 500, letter_size(width)
    choices, conclusions = (list(dict.fromkeys(rows[column])) for column in ("choice", "conclusion"))
    gutter = 0.0 if narrow else min(max(text_width(capital(choice), size) for choice in choices) + 16, 0.5 * width)
    across = (width - gutter) / len(conclusions)
    heads = [wrap(capital(conclusion), across - 8, size, bold=True) for conclusion in conclusions]
    line, cell = size + 4, size + 13
    top, step = max(map(len, heads)) * line + 6, cell + (line + 8 if narrow else 4)
    sheet = Sheet(width, top + len(choices) * step + 8 + key_height(_KEY, width, size - 1))
    for place, head in enumerate(heads):
        for at, words in enumerate(head):
            sheet.text(gutter + place * across + 2, (max(map(len, heads)) - len(head) + at) * line + size, words, size=size, bold=True)
    cells = rows.set_index(["choice", "conclusion"])
    for at, choice in enumerate(choices):
        foot = top + (at + 1) * step - 4
        label = foot - cell - 5 if narrow else foot - cell / 2 + size * 0.36
        sheet.text(0, label, wrap(capital(choice), width if narrow else gutter - 8, size, lines=1)[0], size=size)
        for place, conclusion in enumerate(conclusions):
            if (choice, conclusion) in cells.index:
                _cell(sheet, cells.loc[(choice, conclusion)], gutter + place * across, foot, across - 3, cell, size)
    sheet.key(_KEY, top + len(choices) * step + 8, size=size - 1)
    return sheet


def _cell(sheet: Sheet, row: pd.Series, left: float, foot: float, across: float, height: float, size: float) -> None:
    mark, colour = _LOOKS[row["verdict"]]
    words = mark if row["verdict"] == "no number" else f"{mark} {multiple(row['ratio'])}"
    if text_width(words, size, bold=True) > across - 4:
        words = words.replace(" times", "×").replace(" %", "%")
    sheet.box(left, foot - height, left + across, foot, colour=colour)
    sheet.text(left + across / 2, foot - height / 2 + size * 0.36, words, size=size, bold=row["verdict"] != "no number", align="center")
