"""The words and the table around a picture, taken from the frame that is drawn, so that a label cannot lie."""

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import zip_longest
from typing import Any

import pandas as pd
from babel.numbers import get_currency_name

from aispend.errors import AiSpendError, NotComparable
from aispend.rates import RATES_PUBLISHER, RATES_URL
from aispend.wording import capital, date_words, qualifier, short_number, three_digits

_SCALES = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))
_ECONOMIES = {"KOR": "South Korea", "USA": "the United States", "CHN": "China", "EMU": "the euro area"}
_ECONOMY = re.compile(r" of ([A-Z]{3})$")
_SHARE_OF = re.compile(r"^(share of GDP) of [A-Z]{3}")
_HELD_SERIES = {"share of GDP": "GDP", "per head": "The population", "purchasing power": "The purchasing power parity"}
_COMPARED = {"ratio": "Ratio to baseline", "ratio_low": "Lowest ratio", "ratio_high": "Highest ratio", "days": "Days of its spending"}
_MEASURE_WORDS = {"research-and-development": "R&D"}
_WDI = "https://datacatalog.worldbank.org/search/dataset/0037712"


def amount_words(value: float, unit: str, value_is: str = "exact") -> str:
    """An amount as printed beside a dot: three significant digits and a scale word, bounds in words.

    >>> [amount_words(91_447e6, "USD"), amount_words(5.576e6, "USD", "at-least"), amount_words(0.00124, "share of GDP")]
    ['USD 91.4 bn', 'at least USD 5.58 m', '0.124 %']
    """
    prefix = "" if value_is == "midpoint" else qualifier(value_is)
    if unit.startswith("share"):
        return f"{prefix}{three_digits(value * 100)} %"
    currency, _, per = unit.partition(" per ")
    currency = "int$" if currency == "international dollars" else currency
    return f"{prefix}{currency} {short_number(value)}{f' per {per}' if per else ''}"


def row_amount(row: Mapping[str, Any], unit: str) -> str:
    """The amount of a row in words, with what kind of value it is."""
    if pd.isna(row["value"]):
        return "no value"
    return amount_words(row["value"], unit, row.get("value_is", "exact"))


def span_words(rows: pd.DataFrame) -> str:
    """The plain headline of a frame that was given none: its largest and its smallest amount."""
    known = rows.dropna(subset="value").sort_values("value", ascending=False, kind="stable")
    unit = unit_of(known)
    ends = [f"{row['actor']} {row_amount(row, unit)}" for row in known.iloc[[0, -1]].to_dict("records")]
    return f"From {ends[0]} down to {ends[1]}" if len(known) > 1 else ends[0]


def measure_words(measure: str) -> str:
    """A measure in words: "capital-expenditure" is capital expenditure, "research-and-development" R&D."""
    return _MEASURE_WORDS.get(measure, measure.replace("-", " "))


def unit_of(frame: pd.DataFrame) -> str:
    """The one unit of a normalised frame, the first part of `basis`; `NotComparable` where there are several.

    Shares of different economies are one unit, "share of GDP".
    """
    basis = frame.loc[frame["value"].notna(), "basis"].astype(str)
    units = sorted({_SHARE_OF.sub(r"\1", text.split(", ")[0]) for text in basis})
    if len(units) != 1:
        raise NotComparable(f"one picture cannot hold amounts in {listed(units) if units else 'no unit'}: normalise all rows alike")
    return units[0]


def period_words(row: Mapping[str, Any]) -> str:
    """The period of a fact: "2025", "2025–2030", "Aug 2025–Dec 2027", or the month it became known."""
    if pd.notna(row.get("year")):
        return str(int(row["year"]))
    start, end = row.get("period_start"), row.get("period_end")
    if pd.isna(start) or pd.isna(end):
        announced = row.get("announced_on")
        if not isinstance(announced, str) or not announced:
            return ""
        return f"{'published' if row.get('stage') in ('spent', 'estimated') else 'announced'} {date_words(announced[:7])}"
    if (start.month, start.day, end.month, end.day) == (1, 1, 12, 31):
        return str(start.year) if start.year == end.year else f"{start.year}–{end.year}"
    return f"{start:%b %Y}–{end:%b %Y}" if (start.year, start.month) != (end.year, end.month) else f"{start:%b %Y}"


def listed(words: Iterable[str]) -> str:
    """Words as a list in a sentence.

    >>> listed(["budget", "R&D", "compute"])
    'budget, R&D and compute'
    """
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def subtitle(frame: pd.DataFrame) -> str:
    """What all rows share: measure and period where there is one of each, then unit, prices and rate."""
    measures = frame["measure"].dropna().unique() if "measure" in frame else []
    periods = {period_words(row) for row in frame.to_dict("records")} - {""}
    shared = [measure_words(measures[0])] if len(measures) == 1 else []
    shared += list(periods) if len(periods) == 1 else []
    return ". ".join(capital(part) for part in (", ".join(shared), basis_words(frame)) if part)


def basis_words(frame: pd.DataFrame) -> str:
    """`basis` in words, each part once: "US dollars, nominal, market rate, period average or day of announcement"."""
    texts = frame.loc[frame["value"].notna(), "basis"].astype(str).unique()
    columns = [[part for part in dict.fromkeys(column) if part] for column in zip_longest(*(text.split(", ") for text in texts))]
    words = [" or ".join(_one_economy([part for part in column if part != "no conversion"] or column)) for column in columns]
    unit, _, rest = unit_of(frame).partition(" ")
    if len(unit) == 3 and unit.isupper():
        words[0] = f"{get_currency_name(unit, count=2, locale='en')} {rest}".strip()
    return ", ".join(words)


def _one_economy(parts: list[str]) -> list[str]:
    """Parts that differ only in the economy they name, as one that names each."""
    stems = {_ECONOMY.sub("", part) for part in parts}
    if len(parts) > len(stems) == 1:
        return [f"{stems.pop()} of each economy"]
    return [_ECONOMY.sub(lambda code: f" of {_ECONOMIES.get(code[1], code[1])}", part) for part in parts]


def sources(frame: pd.DataFrame) -> list[tuple[str, str]]:
    """(publisher, address) of every row once, publishers together, then those of rates and deflators used."""
    pairs: dict[str, list[str]] = {}
    for publisher, url in frame.reindex(columns=["publisher", "url"]).itertuples(index=False, name=None):
        if pd.notna(publisher):
            known = pairs.setdefault(str(publisher), [])
            if pd.notna(url) and url and url not in known:
                known.append(str(url))
    publishers = [(publisher, url) for publisher, urls in pairs.items() for url in urls or [""]]
    return publishers + _series(frame)


def _series(frame: pd.DataFrame) -> list[tuple[str, str]]:
    """The exchange rates and deflators that the values rest on, with their edition."""
    editions = {part for text in frame.get("vintage", pd.Series(dtype="str")).dropna().unique() for part in str(text).split(", ")}
    converted = frame.get("basis", pd.Series(dtype="str")).astype(str).str.contains("market rate").any()
    titles = (("ECB ", f"{RATES_PUBLISHER} to ", RATES_URL), ("World Bank ", "World Bank, World Development Indicators of ", _WDI))
    return [
        (title + edition.removeprefix(start), url)
        for start, title, url in titles
        for edition in sorted(editions)
        if edition.startswith(start) and (converted or url == _WDI)
    ]


def notes(frame: pd.DataFrame, note: str = "") -> str:
    """What a reader must know: kinds mixed, bounds, estimates, held series, what is left out; then `note`."""
    sentences = [
        _kinds(frame),
        *_readings(frame),
        _named(frame, frame.get("stage", pd.Series("", frame.index)) == "estimated", "Estimated, not counted"),
        *_held(frame),
        *_without_value(frame),
        _left_out(frame),
        note,
    ]
    return "\n".join(sentence for sentence in sentences if sentence)


def _kinds(frame: pd.DataFrame) -> str:
    families = list(frame["family"].dropna().unique()) if "family" in frame else []
    if len(families) < 2:
        return ""
    return f"These are different kinds of money ({', '.join(measure_words(family) for family in families)})."


def _readings(frame: pd.DataFrame) -> Iterable[str]:
    reading = frame.get("value_is", pd.Series("exact", frame.index))
    words = {"about": "Approximate in the source", "midpoint": "Midpoint of a published range",
             "at-least": "A lower bound", "at-most": "An upper bound"}
    return (_named(frame, reading == value, text) for value, text in words.items())


def _held(frame: pd.DataFrame) -> Iterable[str]:
    held = frame.get("held_from", pd.Series(pd.NA, frame.index))
    for year, rows in frame[held.notna()].groupby(held[held.notna()]):
        basis = str(rows["basis"].iloc[0])
        series = next((name for mark, name in _HELD_SERIES.items() if mark in basis), "The deflator")
        yield _named(frame, held.eq(year).fillna(False), f"{series} of {year} stands in for later years")


def _without_value(frame: pd.DataFrame) -> Iterable[str]:
    missing = frame["value"].isna()
    for reason in frame.loc[missing, "basis"].astype(str).unique():
        yield _named(frame, missing & (frame["basis"].astype(str) == reason), capital(reason))


def _letters(frame: pd.DataFrame) -> dict[str, str]:
    """What is left out, each text once with a letter, where there are few enough to be read below a picture."""
    texts = list(dict.fromkeys(frame["excludes"].dropna())) if "excludes" in frame else []
    return {text: "abcd"[number] for number, text in enumerate(texts)} if len(texts) <= 4 else {}


def _left_out(frame: pd.DataFrame) -> str:
    letters = _letters(frame)
    if not letters:
        return "What each amount leaves out is in the table." if "excludes" in frame and frame["excludes"].notna().any() else ""
    whose = {text: listed(dict.fromkeys(_names(frame, frame["excludes"] == text))) for text in letters}
    return "\n".join(["Left out:", *(f"({letter}) {whose[text]}: {text.rstrip('.')}." for text, letter in letters.items())])


def _named(frame: pd.DataFrame, chosen: pd.Series, text: str) -> str:
    if not chosen.any():
        return ""
    if chosen.all() and len(chosen) > 3:
        return f"{text}: all {len(chosen)} amounts."
    shown = list(dict.fromkeys(_names(frame, chosen)))
    return f"{text}: {'; '.join(shown[:6])}{f' and {len(shown) - 6} more' if len(shown) > 6 else ''}."


def _names(frame: pd.DataFrame, chosen: pd.Series) -> list[str]:
    """What tells the chosen rows from the others: an actor's name if it has one row, the label if there is no other actor, else both."""
    rows_of = frame["actor"].value_counts()
    names = []
    for row in frame[chosen].to_dict("records"):
        actor, label = str(row["actor"]), row.get("label")
        if rows_of[row["actor"]] == 1:
            names.append(actor)
        elif pd.isna(label):
            names.append(f"{actor} {period_words(row)}".strip())
        else:
            names.append(str(label) if len(rows_of) == 1 else f"{actor}, {label}")
    return names


def data_table(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame as readers see it: words for codes, amounts in one scale named in the column heading."""
    factor, heading = column_scale(unit_of(frame), frame["value"].abs().max())
    table = pd.DataFrame({"Who": frame["actor"].astype(str)})
    _add(table, "Kind", frame, "measure", measure_words)
    periods = [period_words(row) for row in frame.to_dict("records")]
    if any(periods):
        table["Period"] = periods
    table[heading] = frame["value"].astype("float64") / factor
    if {"value_low", "value_high"} <= set(frame):
        ranged = frame["value_low"] != frame["value_high"]
        for column, name in (("value_low", "Low"), ("value_high", "High")):
            if (ranged & frame[column].notna()).any():
                table[name] = (frame[column].astype("float64") / factor).where(ranged)
    if "value_is" in frame and (frame["value_is"] != "exact").any():
        table["Reading"] = frame["value_is"].astype(str).str.replace("-", " ")
    for column, name in _COMPARED.items():
        if column in frame and frame[column].notna().any():
            table[name] = frame[column].astype("float64")
    _add(table, "Stage", frame, "stage")
    _add(table, "Covers", frame, "what")
    letters = _letters(frame)
    _add(table, "Left out", frame, "excludes", lambda text: f"({letters[text]})" if letters else text)
    _add(table, "Beside the baseline", frame, "note")
    _add(table, "Source", frame, "publisher")
    return table.reset_index(drop=True)


def event_table(frame: pd.DataFrame) -> pd.DataFrame:
    """Events as readers see them: date, what happened, who printed it."""
    table = pd.DataFrame({"Date": [date_words(date) for date in frame["date"]], "Event": frame["what"].astype(str)})
    _add(table, "Source", frame, "publisher")
    return table


def _add(table: pd.DataFrame, heading: str, frame: pd.DataFrame, column: str, words: Callable[[str], str] = str) -> None:
    if column in frame and frame[column].notna().any():
        table[heading] = [words(value) if pd.notna(value) else "" for value in frame[column]]


def column_scale(unit: str, peak: float) -> tuple[float, str]:
    """What a column of amounts is divided by, and its heading.

    >>> column_scale("KRW", 57.1e9)
    (1000000000.0, 'KRW billion')
    """
    if unit.startswith("share of "):
        return 0.01, f"% of {unit.removeprefix('share of ')}"
    for size, word in _SCALES:
        if peak >= size:
            currency, _, per = unit.partition(" per ")
            scaled = f"{currency} {word}" if currency.isupper() else f"{word} {currency}"
            return size, f"{scaled} per {per}" if per else scaled
    return 1.0, unit


def check(frame: pd.DataFrame, form: str, columns: Iterable[str], *, made_by: str = "normalise") -> None:
    """Refuses a frame without rows or without the columns that a form draws."""
    missing = [column for column in columns if column not in frame]
    if missing:
        raise AiSpendError(f"{form}: the frame has no column {', '.join(missing)}; pass it through {made_by} first")
    if frame.empty:
        raise AiSpendError(f"{form}: the frame has no rows, so there is nothing to show; widen the selection of facts")
    if "value" in columns and not frame["value"].notna().any():
        raise AiSpendError(f"{form}: no row has a value, so there is nothing to show; the column basis says why")
