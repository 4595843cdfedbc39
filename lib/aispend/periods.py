"""Periods: which years an amount belongs to, how it is split over them, and the days its exchange rate is taken from.

An outlay of more than twelve months is split over its days into calendar years; nothing else is split. A period of
up to twelve months stays whole (a fiscal year is its own twelve months) and belongs to the calendar year with most
of its days. The rate is the average over the period where that lies wholly inside the data, otherwise that of the
announcement; a total with a longer horizon that is never split (financing) always takes the announcement's.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from aispend.rates import EPOCH, frozen_quotes, window

Days = NDArray[np.int64]
Mask = NDArray[np.bool_]
Positions = NDArray[np.intp]
NO_DAY = np.iinfo(np.int64).min
PERIOD, DAY, MONTH, YEAR, NONE = range(5)
RATE_KINDS = ("period average", "day of announcement", "month of announcement", "year of announcement", "no date")


@dataclass(frozen=True)
class Parts:
    """The parts that amounts fall into, in order: one each, or one a calendar year for a long outlay."""

    whole: Positions
    """Which amount each part belongs to."""
    first: Positions
    """Position of each amount's first part."""
    share: NDArray[np.float64]
    start: Days
    end: Days
    year: Days
    """Calendar year; 0 for a longer stretch that is not split, and where no period is stated."""
    is_long: Mask
    """Whether it is one year of a longer plan, or a longer plan: it counts by days, not as a whole year."""
    conversion_year: Days
    """The year, or for a longer stretch and where no period is stated the year of the announcement (0: none)."""
    rate_start: Days
    rate_end: Days
    """First and last day of the average rate; an end before its start where there is no date."""
    rate_kind: NDArray[np.int8]

    @property
    def undated(self) -> Mask:
        """Whether no period is stated."""
        return self.start == NO_DAY


def day_numbers(column: pd.Series) -> Days:
    """Days since 1970-01-01 of a column of dates; `NO_DAY` where blank."""
    return pd.to_datetime(column).to_numpy().astype("datetime64[D]").astype(np.int64)


def longer_than_a_year(start: Days, end: Days) -> Mask:
    """Whether first to last day, both included, is more than twelve months; not where one of them is blank.

    >>> longer_than_a_year(np.array([0, 0]), np.array([364, 365]))
    array([False,  True])
    """
    stated = (start != NO_DAY) & (end != NO_DAY)
    first = np.where(stated, start, 0).astype("datetime64[D]")
    month = first.astype("datetime64[M]")
    return stated & (end >= ((month + 12).astype("datetime64[D]") + (first - month)).astype(np.int64))


def year_of(day: Days) -> Days:
    """Calendar year of day numbers."""
    return day.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970


def year_start(year: Days) -> Days:
    """Day number of 1 January."""
    return (year - 1970).astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)


def majority_year(start: Days, end: Days) -> Days:
    """The calendar year with most days of a period of up to twelve months, the earlier one if they are equal.

    >>> majority_year(np.array([181]), np.array([545]))  # July 1970 to June 1971
    array([1970])
    """
    later = year_of(end)
    days_later = end - year_start(later) + 1
    return np.where(days_later > end - start + 1 - days_later, later, year_of(start))


def parts(start: Days, end: Days, announced: pd.Series, *, splits: Mask, financing: Mask) -> Parts:
    """The parts of amounts with these first and last days (`NO_DAY`: none) and announcement texts.

    `splits` marks those that are split where they are long, `financing` those that never take a period average where
    they are long. No period may end before it starts. Raises `AiSpendError` for an announcement that is no date.
    """
    stated = (start != NO_DAY) & (end != NO_DAY)
    start, end = np.where(stated, start, NO_DAY), np.where(stated, end, NO_DAY)
    is_long = longer_than_a_year(start, end)
    known_start, known_end = np.where(stated, start, 0), np.where(stated, end, 0)
    years = np.where(is_long & splits, year_of(known_end) - year_of(known_start) + 1, 1)
    whole = np.repeat(np.arange(len(start)), years)
    first = years.cumsum() - years
    split = (is_long & splits)[whole]
    year = year_of(known_start)[whole] + np.arange(len(whole)) - first[whole]
    part_start = np.where(split, np.maximum(start[whole], year_start(year)), start[whole])
    part_end = np.where(split, np.minimum(end[whole], year_start(year + 1) - 1), end[whole])
    own_year = np.where(stated & ~is_long, majority_year(known_start, known_end), 0)[whole]
    year = np.where(split, year, own_year)
    announcements, said = _announcements(announced)
    said = said[whole]
    averaged = _is_known(part_start, part_end) & ~((year == 0) & financing[whole])
    return Parts(
        whole=whole,
        first=first,
        share=np.where(split, (part_end - part_start + 1) / (known_end - known_start + 1)[whole], 1.0),
        start=part_start,
        end=part_end,
        year=year,
        is_long=is_long[whole],
        conversion_year=np.where(year == 0, announcements.year[said], year),
        rate_start=np.where(averaged, part_start, announcements.start[said]),
        rate_end=np.where(averaged, part_end, announcements.end[said]),
        rate_kind=np.where(averaged, np.int8(PERIOD), announcements.kind[said]),
    )


@dataclass(frozen=True)
class _Announcements:
    """Distinct announcement dates; the last one is 'none'."""

    start: Days
    end: Days
    year: Days
    kind: NDArray[np.int8]


def _announcements(announced: pd.Series) -> tuple[_Announcements, Positions]:
    said, texts = pd.factorize(announced)
    stated = [window(str(text)) for text in texts]
    start = np.array([first.toordinal() - EPOCH for first, _ in stated] + [0], np.int64)
    end = np.array([last.toordinal() - EPOCH for _, last in stated] + [-1], np.int64)
    kind = np.select([end < start, end == start, end - start > 31], [NONE, DAY, YEAR], MONTH).astype(np.int8)
    return _Announcements(start, end, np.array([first.year for first, _ in stated] + [0], np.int64), kind), said


def _is_known(start: Days, end: Days) -> Mask:
    """Whether the rates of all these days are known. The euro is quoted on every fixing day, against itself."""
    stated = start != NO_DAY
    means = frozen_quotes().means(("EUR",), np.where(stated, start, 0), np.where(stated, end, -1))
    return np.isfinite(means[:, 0])


def year_weights(parts: Parts, years: Days) -> NDArray[np.float64]:
    """How much of each of these calendar years (columns) each part (rows) counts as.

    A period of up to twelve months counts as the one year it belongs to; a longer plan, or a part of one, counts by
    its days: five whole years as five, a first half-year as a half. No period counts as nothing.
    """
    opens, closes = year_start(years), year_start(years + 1)
    start, end = np.where(parts.undated, 0, parts.start), np.where(parts.undated, -1, parts.end)
    days = np.minimum(end[:, None] + 1, closes) - np.maximum(start[:, None], opens)
    return np.where(parts.is_long[:, None], np.maximum(days, 0) / (closes - opens), parts.year[:, None] == years)
