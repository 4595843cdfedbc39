"""The words of a result: at which dates it was converted, and on what basis it stands."""

from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from aispend.normalise.inputs import Cases, Choices, Positions
from aispend.periods import RATE_KINDS, Parts
from aispend.rates import EPOCH, window_text

Texts = NDArray[np.object_]


def rate_dates(parts: Parts) -> Texts:
    """Of each part, the day or period its rate is taken from; blank for none."""
    code, windows = pd.MultiIndex.from_arrays([parts.rate_start, parts.rate_end]).factorize()
    days = ((date.fromordinal(int(day) + EPOCH) for day in pair) for pair in windows)
    return np.array([window_text(first, last) if first <= last else "" for first, last in days] or [""], object)[code]


def parity_years(parts: Parts) -> Texts:
    """Of each part, the year its purchasing power parity is taken from; blank for none."""
    return np.array([str(year) if year else "" for year in parts.conversion_year], object)


def rate_kinds(parts: Parts) -> Texts:
    """Of each part, what kind of rate: a period average, or that of the announcement."""
    return np.array(RATE_KINDS, object)[parts.rate_kind]


def of_wholes(parts: Parts, texts: Texts, joint: str) -> Texts:
    """The texts of each whole's parts, each text once, joined."""
    ends = np.append(parts.first, len(texts))[1:]
    return np.array([joint.join(dict.fromkeys(texts[first:end])) for first, end in zip(parts.first, ends, strict=True)], object)


def basis_texts(cases: Cases, choices: Choices, kinds: Texts, nominal: NDArray[np.bool_], case: Positions) -> Texts:
    """What a value is: unit, prices, conversion, rate, in this order and separated by commas.

    `nominal` marks what has no period and stays nominal; `case` is the case of each text.
    """
    currencies, countries = np.array(cases.currencies, object), np.array([*cases.countries, ""], object)
    columns = (
        kinds, currencies[cases.home][case], (cases.printed != cases.home)[case], countries[cases.country][case],
        cases.per.fillna("").to_numpy(object)[case], nominal,
    )  # fmt: skip
    return np.array([_basis(choices, *row) for row in zip(*columns, strict=True)], object)


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
    return pd.Categorical.from_codes(codes.astype(smallest)[positions], list(distinct), validate=False)
