"""What every scenario comes to, a dot each, and how far one change at a time moves one of them."""

from collections.abc import Callable

import pandas as pd

from aispend.charts import captions
from aispend.charts.dot_plot import draw_axis
from aispend.charts.drawing import GREY, INK, Scale, Sheet, key_height, text_width, tint, wrap
from aispend.charts.marks import NARROW, WIDE, colour_of, letter_size
from aispend.errors import AiSpendError
from aispend.exhibit import Exhibit
from aispend.wording import capital

_TOP = 26.0
_KEY = [("solid", "as it is paid"), ("ring", "discounted")]


def scenarios(frame: pd.DataFrame, *, title: str, note: str = "") -> Exhibit:
    """A dot for every scenario on one axis from zero: a block a budget, a line a rule, a ring where discounted.

    `frame`: one row a scenario as `normalise` returns it, with actor_id, budget and allocation (words), option (what
    else tells the scenario apart), discount_rate and value. The table holds every scenario. Raises `AiSpendError`
    for a frame without rows or values, `NotComparable` where rows have different units.

    >>> rows = pd.DataFrame({"actor_id": "korea", "budget": "voted", "allocation": ["equal", "back-loaded"], "option": "ends 2027-02",
    ...     "discount_rate": 0.0, "value": [57.1e9, 61.5e9], "basis": "KRW, nominal, no conversion"})
    >>> print(scenarios(rows, title="A finalist has KRW 57.1 bn or more"))
    A finalist has KRW 57.1 bn or more
    South Korean won, nominal, no conversion
    <BLANKLINE>
    Budget | Rule | Scenario | Discounted at | KRW billion
    Voted | Equal | ends 2027-02 | – | 57.10
    Voted | Back-loaded | ends 2027-02 | – | 61.50
    """
    captions.check(frame, "scenarios", ("actor_id", "budget", "allocation", "option", "discount_rate", "value", "basis"))
    rows = frame.reset_index(drop=True)
    low, high = (captions.amount_words(value, captions.unit_of(rows)) for value in (rows["value"].min(), rows["value"].max()))
    alt = f"Dots. {len(rows)} scenarios from {low} to {high}."
    words = pd.DataFrame({"Budget": rows["budget"].map(capital), "Rule": rows["allocation"].map(capital), "Scenario": rows["option"]})
    discounted = ["" if rate == 0 else f"{100 * rate:g} %" for rate in rows["discount_rate"]]
    return _exhibit(rows, _draw_scenarios, title, note, alt, words.assign(**{"Discounted at": discounted}))


def tornado(frame: pd.DataFrame, *, title: str, note: str = "") -> Exhibit:
    """One change at a time: a bar from the least to the most that each choice makes of one scenario, widest first.

    `frame`: the rows of `one_change_at_a_time`, normalised, with actor_id, choice, option (words), value and
    baseline, the value of the scenario that is changed. Raises as `scenarios` does, and for several baselines.

    >>> rows = pd.DataFrame({"actor_id": "korea", "choice": "end", "option": ["2027-02", "2027-12"], "value": [57.1e9, 74.4e9],
    ...     "baseline": 57.1e9, "basis": "KRW, nominal, no conversion"})
    >>> print(tornado(rows, title="The end moves it most"))
    The end moves it most
    South Korean won, nominal, no conversion
    <BLANKLINE>
    Choice | Option | KRW billion
    End | 2027-02 | 57.10
    End | 2027-12 | 74.40
    """
    captions.check(frame, "tornado", ("actor_id", "choice", "option", "value", "baseline", "basis"))
    if frame["baseline"].nunique() != 1:
        raise AiSpendError(f"tornado: {frame['baseline'].nunique()} baselines; one picture changes one scenario")
    rows = frame.reset_index(drop=True)
    said = [f"{choice} {' to '.join(captions.amount_words(value, captions.unit_of(rows)) for value in (part['value'].min(), part['value'].max()))}" for choice, part in rows.groupby("choice", sort=False)]
    words = pd.DataFrame({"Choice": rows["choice"].map(capital), "Option": rows["option"]})
    return _exhibit(rows, _draw_tornado, title, note, f"Tornado. {'; '.join(said)}.", words)


def _exhibit(rows: pd.DataFrame, draw: Callable[[pd.DataFrame, float], Sheet], title: str, note: str, alt: str, words: pd.DataFrame) -> Exhibit:
    factor, heading = captions.column_scale(captions.unit_of(rows), rows["value"].max())
    return Exhibit(
        headline=title,
        subtitle=capital(captions.basis_words(rows)),
        svg=draw(rows, WIDE).svg(alt, name=title),
        svg_narrow=draw(rows, NARROW).svg(alt, name=title),
        table=words.assign(**{heading: rows["value"] / factor}),
        source=captions.sources(rows),
        note=note,
        alt=alt,
    )


def _draw_scenarios(rows: pd.DataFrame, width: float) -> Sheet:
    size = letter_size(width)
    lane, line = size + 9, size + 4
    rules = list(dict.fromkeys(rows["allocation"]))
    gutter = max(text_width(capital(rule), size) for rule in rules) + 14
    blocks = list(rows.groupby("budget", sort=False))
    heads = [wrap(capital(budget), width, size, bold=True, lines=2) for budget, _ in blocks]
    depths = [10 + line * len(head) for head in heads]
    ends = [_TOP]
    for (_, block), depth in zip(blocks, depths, strict=True):
        ends.append(ends[-1] + depth + lane * block["allocation"].nunique())
    sheet = Sheet(width, ends[-1] + 14 + key_height(_KEY, width, size - 1))
    scale = Scale(0.0, rows["value"].max(), gutter + 6, width - 12)
    draw_axis(sheet, scale, rows, [(top + depth - 2, foot) for top, depth, foot in zip(ends, depths, ends[1:], strict=False)], size=size)
    for (_, block), head, depth, top in zip(blocks, heads, depths, ends, strict=False):
        for number, text in enumerate(head, 1):
            sheet.text(0, top + 2 + line * number, text, size=size, bold=True)
        for number, (rule, dots) in enumerate(block.groupby("allocation", sort=False)):
            y = top + depth + lane * (number + 0.5)
            sheet.text(0, y + size * 0.36, capital(rule), size=size)
            # Rings lie below, so that a dot of the money as it is paid is never hidden.
            for _, row in dots.sort_values("discount_rate", ascending=False, kind="stable").iterrows():
                sheet.dot(scale.at(row["value"]), y, colour=colour_of(row), mark="ring" if row["discount_rate"] else "solid", radius=4)
    sheet.key(_KEY, ends[-1] + 14, size=size - 1)
    return sheet


def _draw_tornado(rows: pd.DataFrame, width: float) -> Sheet:
    size, unit = letter_size(width), captions.unit_of(rows)
    choices = [(capital(choice), options, _span(options, unit, width, size)) for choice, options in rows.groupby("choice", sort=False)]
    bar, line = size + 12, size + 4
    feet = [_TOP]
    for _, _, words in choices:
        feet.append(feet[-1] + line * (1 + len(words)) + bar + 8)
    sheet = Sheet(width, feet[-1] + size + 14)
    scale = Scale(0.0, rows["value"].max(), 8, width - 12)
    draw_axis(sheet, scale, rows, [(foot - bar, foot) for foot in feet[1:]], size=size)
    start, colour = float(rows["baseline"].iloc[0]), colour_of(rows.iloc[0])
    for (choice, options, words), top, foot in zip(choices, feet, feet[1:], strict=False):
        sheet.text(0, top + line + 4, choice, size=size, bold=True)
        for number, text in enumerate(words, 2):
            sheet.text(0, top + line * number + 4, text, size=size, colour=GREY)
        y = foot - bar / 2
        sheet.line([scale.at(options["value"].min()), scale.at(options["value"].max())], [y, y], colour=tint(colour), width=9)
        for value in options["value"]:
            sheet.dot(scale.at(value), y, colour=colour, radius=4)
        sheet.line([scale.at(start)] * 2, [foot - bar, foot], colour=INK, width=1.5)
    words = f"Upright line: {captions.amount_words(start, unit)}, the scenario that is changed"
    sheet.text(0, feet[-1] + size + 8, wrap(words, width, size - 1, lines=1)[0], size=size - 1, colour=GREY)
    return sheet


def _span(options: pd.DataFrame, unit: str, width: float, size: float) -> list[str]:
    """The options at both ends of a bar, with their amounts."""
    ends = (options.loc[options["value"].idxmin()], options.loc[options["value"].idxmax()])
    return wrap(" to ".join(f"{row['option']} ({captions.amount_words(row['value'], unit)})" for row in ends), width, size, lines=3)
