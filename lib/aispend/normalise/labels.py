"""The words of a result: at which dates it was converted, on what basis it stands, what kept it from having a value."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from aispend.normalise.inputs import Choices, Rows
from aispend.periods import RATE_KINDS, Parts

NO_VALUE = "no value: "


@dataclass(frozen=True)
class Text:
    """A column of few distinct texts: a code for each row, and the texts."""

    codes: NDArray[np.intp]
    texts: Sequence[str]

    def column(self, *, categorical: bool) -> pd.Categorical | NDArray[np.object_]:
        """As categories where the frame's own keys are, else as plain text."""
        # Two codes may stand for one text.
        place = {text: position for position, text in enumerate(dict.fromkeys(self.texts))}
        codes = np.array([place[text] for text in self.texts], np.int32)[self.codes]
        if categorical:
            return pd.Categorical.from_codes(codes, list(place))
        return np.array(list(place), object)[codes] if place else np.array([], object)

    def only_where(self, keep: NDArray[np.bool_]) -> "Text":
        """Blank elsewhere."""
        return Text(np.where(keep, self.codes, len(self.texts)), [*self.texts, ""])


def distinct(code: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Positions among the distinct codes, and these; for small non-negative codes much faster than sorting."""
    seen = np.bincount(code) > 0
    return (seen.cumsum() - 1)[code], np.flatnonzero(seen)


def window_texts(parts: Parts, *, by_row: bool) -> Text:
    """Of each part, or of each row (its parts' dates joined by semicolons), the date or period of its rate."""
    if not by_row or parts.first is None:
        return Text(parts.window, list(parts.windows.text))
    # First span and latest window determine a row's list of windows: announcements come after all spans.
    latest = np.maximum.reduceat(parts.window, parts.first)
    return _joined(parts, parts.span[parts.first] * (len(parts.windows.start) + 1) + latest, parts.windows.text[parts.window])


def year_texts(parts: Parts, *, by_row: bool) -> Text:
    """Of each part, or of each row (joined by semicolons), the year its purchasing power parity is taken from."""
    years, codes = np.unique(parts.conversion_year, return_inverse=True)
    texts = np.array([str(year) if year else "" for year in years], object)
    if not by_row or parts.first is None:
        return Text(codes, list(texts))
    latest = np.maximum.reduceat(codes, parts.first)
    return _joined(parts, codes[parts.first] * len(years) + latest, texts[codes])


def _joined(parts: Parts, key: NDArray[np.intp], texts: NDArray[np.object_]) -> Text:
    """The texts of each row's parts as one; rows with the same key have the same texts."""
    code, keys = pd.factorize(key)
    ends = np.append(parts.first[1:], len(parts.row))
    row_of = np.zeros(len(keys), np.intp)
    row_of[code[::-1]] = np.arange(len(code))[::-1]
    return Text(code, ["; ".join(dict.fromkeys(texts[parts.first[row] : ends[row]])) for row in row_of])


def rate_kinds(parts: Parts, *, by_row: bool) -> Text:
    """Of each part or row, what kind of rate: a period average, or that of the announcement."""
    bits = np.left_shift(1, parts.rate_kind.astype(np.intp))
    if by_row and parts.first is not None:
        bits = np.bitwise_or.reduceat(bits, parts.first)
    return Text(bits, [" and ".join(kind for bit, kind in enumerate(RATE_KINDS) if code >> bit & 1) for code in range(1 << len(RATE_KINDS))])


def basis(rows: Rows, choices: Choices, kinds: Text, nominal: NDArray[np.bool_] | bool, per: pd.Series | None, row: NDArray[np.intp] | None) -> Text:
    """What each value is: unit, prices, conversion, rate, in this order and separated by commas.

    `nominal` marks the rows without a period, which stay nominal; `row` is the frame's row of each result.
    """
    gather = (lambda values: values) if row is None else (lambda values: values[row])
    per_code, per_texts = (np.full(len(rows.home), -1), []) if per is None else pd.factorize(per)
    choices_of_row = [
        (kinds.codes, kinds.texts),
        (gather(rows.home), rows.currencies),
        (gather(rows.printed != rows.home).astype(np.intp), ["", "converted"]),
        (gather(rows.country) + 1, ["", *rows.countries]),
        (gather(per_code) + 1, ["", *per_texts]),
        (np.broadcast_to(nominal, kinds.codes.shape).astype(np.intp), ["", "nominal"]),
    ]
    code, radix = np.zeros(len(kinds.codes), np.intp), []
    for codes, texts in choices_of_row:
        code = code * len(texts) + codes
        radix.append(len(texts))
    position, combinations = distinct(code)
    words = []
    for combination in combinations:
        places = np.unravel_index(combination, radix)
        words.append(_basis(choices, *(texts[place] for (_, texts), place in zip(choices_of_row, places, strict=True))))
    return Text(position, words)


def _basis(choices: Choices, kind: str, home: str, converted: str, country: str, per: str, nominal: str) -> str:
    of = f" per {per}" if per else ""
    if choices.per == "gdp":
        return f"share of GDP of {country}{of}, nominal, same years"
    if choices.per == "revenue":
        return f"share of revenue{of}, nominal, same years"
    head = " per head" if choices.per == "head" else ""
    unit = "international dollars" if choices.ppp and choices.currency == "USD" else choices.currency
    constant = choices.constant and not nominal
    prices = f"prices of {choices.price_year} by the GDP deflator of {country}" if constant else "nominal"
    if choices.ppp:
        how = "purchasing power parity of GDP" + (f" of {choices.price_year}" if constant else "")
    elif home == choices.currency:
        how = f"market rate, {kind}" if converted else "no conversion"
    else:
        how = f"market rate, average of {choices.price_year}" if constant else f"market rate, {kind}"
    return f"{unit}{head}{of}, {prices}, {how}"
