"""The words of a result: at which dates it was converted, and on what basis it stands."""

from collections.abc import Callable
from datetime import date
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from aispend.normalise.combinations import codes, distinct
from aispend.normalise.inputs import Cases, Choices, Positions
from aispend.periods import RATE_KINDS, Parts
from aispend.rates import EPOCH, window_text

Texts = NDArray[np.object_]


def rate_dates(parts: Parts) -> Texts:
    """Of each part, the day or period its rate is taken from; blank for none."""
    return _written(_window, parts.rate_start, parts.rate_end)


def _window(first: int, last: int) -> str:
    return window_text(date.fromordinal(first + EPOCH), date.fromordinal(last + EPOCH)) if first <= last else ""


def parity_years(parts: Parts) -> Texts:
    """Of each part, the year its purchasing power parity is taken from; blank for none."""
    return _written(lambda year: str(year) if year else "", parts.conversion_year)


def rate_kinds(parts: Parts) -> Texts:
    """Of each part, what kind of rate: a period average, or that of the announcement."""
    return np.array(RATE_KINDS, object)[parts.rate_kind]


def of_wholes(parts: Parts, texts: Texts, joint: str) -> Texts:
    """The texts of each whole's parts, each text once, joined."""
    joined, ends = texts[parts.first], np.append(parts.first, len(texts))[1:]
    for whole in np.flatnonzero(ends - parts.first > 1):
        joined[whole] = joint.join(dict.fromkeys(texts[parts.first[whole] : ends[whole]]))
    return joined


def basis_texts(cases: Cases, choices: Choices, kinds: Texts, nominal: NDArray[np.bool_], case: Positions) -> Texts:
    """What a value is: unit, prices, conversion, rate, in this order and separated by commas.

    `nominal` marks what has no period and stays nominal; `case` is the case of each text.
    """
    currencies, countries = np.array(cases.currencies, object), np.array([*cases.countries, ""], object)
    columns = (
        kinds, currencies[cases.home][case], (cases.printed != cases.home)[case], countries[cases.country][case],
        cases.per.astype("object").fillna("").to_numpy()[case], nominal,
    )  # fmt: skip
    return _written(partial(_basis, choices), *columns)


def _written(write: Callable[..., str], *columns: NDArray) -> Texts:
    """What `write` makes of the values of each row, called once for each distinct row."""
    number, row = distinct([codes(column) for column in columns], len(columns[0]))
    return np.array([write(*values) for values in zip(*(column[row].tolist() for column in columns), strict=True)], object)[number]


def _basis(choices: Choices, kind: str, home: str, converted: bool, country: str, per: str, nominal: bool) -> str:
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


def column(texts: Texts, positions: Positions, *, categorical: bool) -> pd.Categorical | Texts:
    """The texts at these positions: as categories where the frame's own keys are, else as plain text."""
    if not categorical:
        return texts[positions]
    codes, distinct = pd.factorize(texts)
    smallest = np.min_scalar_type(-max(len(distinct), 1))
    places = codes.astype(smallest)[positions] if len(distinct) > 1 else np.zeros(len(positions), smallest)
    return pd.Categorical.from_codes(places, list(distinct), validate=False)
