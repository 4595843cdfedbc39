"""Columns of a frame that was handed in, read as numbers, years, days and dates; what they cannot be is refused by row.

`named` says which rows a mask means, for the error message.
"""

from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from aispend.errors import AiSpendError
from aispend.periods import Days, Mask, day_numbers
from aispend.rates import not_numbers, window

Named = Callable[[Mask], str]
_YEARS = (1000, 9999)


def numbers(column: pd.Series, named: Named) -> NDArray[np.float64]:
    """Numbers, not a number where blank. Text that reads like a number is refused, because its units may differ."""
    _refuse(not_numbers(column), column, named, "numbers, not text, dates or truth values")
    return column.to_numpy(np.float64, na_value=np.nan)


def price_years(column: pd.Series, named: Named) -> Days:
    """Years of constant prices, 0 where blank."""
    column = _values(column)
    stated = column.notna().to_numpy()
    years = np.where(stated, numbers(column, named), _YEARS[0])
    known = np.isfinite(years) & (years >= _YEARS[0]) & (years <= _YEARS[1])
    whole = np.where(known, years, 0).astype(np.int64)
    _refuse(~known | (whole != years), column, named, "whole years")
    return np.where(stated, whole, 0)


def days(column: pd.Series, named: Named) -> Days:
    """Day numbers of dates, or of text such as 2025-03-03; `NO_DAY` where blank."""
    column = _values(column)
    if isinstance(column.dtype, np.dtype) and column.dtype.kind == "M":
        return day_numbers(column)
    is_date = np.array([isinstance(value, str) or isinstance(value, date) and getattr(value, "tzinfo", None) is None for value in column], bool)
    read = pd.to_datetime(column.astype("object").where(is_date), format="%Y-%m-%d", errors="coerce")
    _refuse((read.isna() & column.notna()).to_numpy(), column, named, "dates without a time zone")
    return day_numbers(read)


def announcements(column: pd.Series, named: Named) -> pd.Series:
    """The column itself: text of a day, a month or a year, or a year as number."""
    for said in column.dropna().unique():
        try:
            window(str(said))
        except AiSpendError as error:
            raise AiSpendError(f"column announced_on, row {named((column == said).to_numpy(bool, na_value=False))}: {error}") from error
    return column


def _values(column: pd.Series) -> pd.Series:
    return pd.Series(np.asarray(column), column.index, name=column.name) if isinstance(column.dtype, pd.CategoricalDtype) else column


def _refuse(bad: Mask, column: pd.Series, named: Named, what: str) -> None:
    if bad.any():
        shown = ", ".join(map(repr, dict.fromkeys(map(str, column[bad].head(5)))))
        raise AiSpendError(f"column {column.name} must hold {what}; correct row {named(bad)} ({shown})")
