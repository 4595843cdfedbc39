"""Distinct combinations of values in several columns, found without hashing whole rows."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from aispend.periods import Positions

Codes = tuple[NDArray[np.integer], int]
"""Of a column: a number for each row, from 0 up, and how many there may be."""
_SPARSEST = 4  # With up to so many possible numbers a row, a table of them is faster than hashing.
_BLOCK = 1 << 15  # Rows whose numbers stay in the processor's cache.
_MOST_NUMBERED = 1 << 62


def codes(column: pd.Series | NDArray) -> Codes:
    """A number for each distinct value, blank included; categories keep theirs, one up."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.cat.codes.to_numpy() + 1, len(column.cat.categories) + 1
    if isinstance(column.dtype, np.dtype) and column.dtype.kind == "M":
        return _day_codes(np.asarray(column))
    numbers, values = pd.factorize(column)
    numbers += 1
    return numbers, len(values) + 1


def _day_codes(dates: NDArray[np.datetime64]) -> Codes:
    """Days since the first one, in as few bytes as hold them, where no date is blank."""
    times, day = dates.view(np.int64), np.timedelta64(1, "D") // np.timedelta64(1, np.datetime_data(dates.dtype)[0])
    if not len(times) or np.isnat(dates).any():
        numbers, found = pd.factorize(times)
        return numbers, len(found)
    first = times.min() // day
    count = int(times.max() // day - first + 1)
    numbers = np.empty(len(times), np.min_scalar_type(count))
    for start in range(0, len(times), _BLOCK):
        numbers[start : start + _BLOCK] = times[start : start + _BLOCK] // day - first
    return numbers, count


def distinct(columns: list[Codes], rows: int) -> tuple[Positions, Positions]:
    """For each row the number of its combination, from 0 up; and for each combination a row that has it.

    >>> combination, row = distinct([(np.array([0, 1, 0]), 2), (np.array([3, 1, 3]), 4)], 3)
    >>> combination.tolist(), row.tolist()
    ([0, 1, 0], [2, 1])
    """
    parts: list[Codes] = []
    many = 1
    for column in columns:
        if many * column[1] > _MOST_NUMBERED:
            parts = [_without_gaps(_combined(parts, many, rows), many)]
            many = parts[0][1]
        parts.append(column)
        many *= column[1]
    combination, many = _without_gaps(_combined(parts, many, rows), many)
    row = np.empty(many, np.intp)
    row[combination] = np.arange(rows)
    return combination, row


def _combined(columns: list[Codes], many: int, rows: int) -> Positions:
    """One number below `many` for each row, different where a code differs."""
    combination = np.empty(rows, np.intp)
    for start in range(0, rows, _BLOCK):
        block = np.zeros(min(_BLOCK, rows - start), np.int32 if many < 1 << 31 else np.int64)
        for numbers, count in columns:
            block *= count
            block += numbers[start : start + _BLOCK]
        combination[start : start + _BLOCK] = block
    return combination


def _without_gaps(numbers: Positions, many: int) -> tuple[Positions, int]:
    """Numbers below `many` as consecutive ones, and how many they are."""
    if many > _SPARSEST * len(numbers):
        numbers, found = pd.factorize(numbers)
        return numbers, len(found)
    used = np.zeros(many, bool)
    used[numbers] = True
    found = np.flatnonzero(used)
    places = np.empty(many, np.intp)
    places[found] = np.arange(len(found))
    return places[numbers], len(found)
