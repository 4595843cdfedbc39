"""Periods: which years an amount belongs to, how it is split over them, and the days its exchange rate is taken from.

An outlay of more than twelve months is split over its days into calendar years; nothing else is split. A period of
up to twelve months stays whole (a fiscal year is its own twelve months) and belongs to the calendar year with most
of its days. The rate is the average over the period where that lies wholly inside the data, otherwise that of the
announcement; a total with a longer horizon that is never split (financing) always takes the announcement's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from aispend.errors import AiSpendError
from aispend.rates import EPOCH, first_five, frozen_quotes, window, window_text

Days = NDArray[np.int64]
NO_DAY = np.iinfo(np.int64).min
PERIOD, DAY, MONTH, YEAR, NONE = range(5)
RATE_KINDS = ("period average", "day of announcement", "month of announcement", "year of announcement", "no date")


@dataclass(frozen=True)
class Spans:
    """Distinct stretches of days: whole periods, or the years of a split one. The last one is 'no period'."""

    start: Days
    end: Days
    year: Days
    """Calendar year, 0 for none: of a stretch that is longer than twelve months and not split, or has no days."""
    is_part: NDArray[np.bool_]
    """Whether it is one year of a longer plan, or a longer plan: it counts by days, not as a whole year."""


@dataclass(frozen=True)
class Windows:
    """Distinct stretches of days over which rates are averaged: the spans, then the announcements, then none."""

    start: Days
    end: Days
    text: NDArray[np.object_]


@dataclass(frozen=True)
class Parts:
    """The parts that the rows of a frame fall into: one a row, or one a year for a split outlay."""

    row: NDArray[np.intp] | None
    """Row of each part; None where no row is split, so that part and row are the same."""
    first: NDArray[np.intp] | None
    """Position of each row's first part; None as above."""
    share: NDArray[np.float64] | float
    span: NDArray[np.intp]
    window: NDArray[np.intp]
    rate_kind: NDArray[np.int8]
    conversion_year: Days
    """The year of the part; for a total with a longer horizon or no period, the year of its announcement (0: none)."""
    spans: Spans
    windows: Windows


def day_numbers(column: pd.Series) -> Days:
    """Days since 1970-01-01 of a column of dates; `NO_DAY` where blank."""
    return pd.to_datetime(column).to_numpy().astype("datetime64[D]").astype(np.int64)


def longer_than_a_year(start: Days, end: Days) -> NDArray[np.bool_]:
    """Whether first to last day, both included, is more than twelve months.

    >>> longer_than_a_year(np.array([0, 0]), np.array([364, 365]))
    array([False,  True])
    """
    first = start.astype("datetime64[D]")
    month = first.astype("datetime64[M]")
    return end >= ((month + 12).astype("datetime64[D]") + (first - month)).astype(np.int64)


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


def parts(
    start: Days, end: Days, announced: pd.Series, *, splits: NDArray[np.bool_], financing: NDArray[np.bool_], label: Callable[[int], str]
) -> Parts:
    """The parts of rows with these first and last days (`NO_DAY`: none) and announcement texts.

    `splits` marks the rows that are split where they are long, `financing` those that never take a period average
    where they are long; `label` names a row for an error. Raises `AiSpendError` for a period that ends before it
    starts and for an announcement that is no date.
    """
    has_period = (start != NO_DAY) & (end != NO_DAY)
    backwards = np.flatnonzero(has_period & (end < start))
    if len(backwards):
        raise AiSpendError(f"the period ends before it starts in row {first_five(map(label, backwards))}; correct period_start or period_end")
    pair, pairs = _distinct_pairs(np.where(has_period, start, NO_DAY), np.where(has_period, end, NO_DAY), splits)
    spans, first_span, count = _spans(*pairs)
    announcement, texts = pd.factorize(announced)
    windows, announced_kind, announced_year = _windows(spans, texts)
    row, first, offset = _expansion(count, pair)
    gather = (lambda values: values) if row is None else (lambda values: values[row])
    span = gather(first_span[pair]) + offset
    unsplit = gather((spans.year[first_span] == 0)[pair])
    period_rate = _averaged(spans)[span] & ~(unsplit & gather(financing))
    announcement = gather(announcement)
    return Parts(
        row=row,
        first=first,
        share=1.0 if row is None else _shares(spans, span, first),
        span=span,
        window=np.where(period_rate, span, np.where(announcement >= 0, len(spans.start) + announcement, len(windows.start) - 1)),
        rate_kind=np.where(period_rate, np.int8(PERIOD), announced_kind[announcement]),
        conversion_year=np.where(unsplit, announced_year[announcement], spans.year[span]),
        spans=spans,
        windows=windows,
    )


def _distinct_pairs(start: Days, end: Days, splits: NDArray[np.bool_]) -> tuple[NDArray[np.intp], tuple[Days, Days, NDArray[np.bool_]]]:
    """The distinct combinations and each row's position among them; the last one is 'no period'."""
    start_code, starts = pd.factorize(start)
    end_code, ends = pd.factorize(end)
    code, combinations = pd.factorize((start_code * len(ends) + end_code) * 2 + splits)
    starts, ends = starts[combinations // 2 // max(len(ends), 1)], ends[combinations // 2 % max(len(ends), 1)]
    return code, (starts, ends, combinations % 2 == 1)


def _spans(start: Days, end: Days, splits: NDArray[np.bool_]) -> tuple[Spans, NDArray[np.intp], NDArray[np.intp]]:
    """Spans of distinct periods, the position of each period's first, and how many it has."""
    stated = start != NO_DAY
    known_start, known_end = np.where(stated, start, 0), np.where(stated, end, 0)
    is_long = stated & longer_than_a_year(known_start, known_end)
    split = is_long & splits
    first_year = year_of(known_start)
    count = np.where(split, year_of(known_end) - first_year + 1, 1).astype(np.intp)
    period = np.repeat(np.arange(len(start)), count)
    first = count.cumsum() - count
    year = first_year[period] + np.arange(len(period)) - first[period]
    part_start = np.where(split[period], np.maximum(start[period], year_start(year)), start[period])
    part_end = np.where(split[period], np.minimum(end[period], year_start(year + 1) - 1), end[period])
    short_year = np.where(stated & ~is_long, majority_year(known_start, known_end), 0)
    spans = Spans(part_start, part_end, np.where(split[period], year, short_year[period]), is_long[period])
    return spans, first, count


def _averaged(spans: Spans) -> NDArray[np.bool_]:
    """Whether the rates of a whole span are known. The euro is quoted on every fixing day, against itself."""
    stated = spans.start != NO_DAY
    start, end = np.where(stated, spans.start, 0), np.where(stated, spans.end, 0)
    return stated & np.isfinite(frozen_quotes().means(("EUR",), start, end)[:, 0])


def _windows(spans: Spans, announcements: pd.Index) -> tuple[Windows, NDArray[np.int8], Days]:
    """Windows, and of each announcement text its kind of date and its year; the last of these is 'none'."""
    stated = [window(str(text)) for text in announcements]
    start = np.array([first.toordinal() - EPOCH for first, _ in stated] + [0], np.int64)
    end = np.array([last.toordinal() - EPOCH for _, last in stated] + [-1], np.int64)
    kind = np.select([end == start, end - start > 31], [DAY, YEAR], MONTH).astype(np.int8)
    kind[-1] = NONE
    texts = [_text(first, last) for first, last in zip(spans.start, spans.end, strict=True)]
    windows = Windows(
        np.where(np.append(spans.start, start) == NO_DAY, 0, np.append(spans.start, start)),
        np.where(np.append(spans.end, end) == NO_DAY, -1, np.append(spans.end, end)),
        np.array([*texts, *(window_text(*days) for days in stated), ""], object),
    )
    return windows, kind, np.array([first.year for first, _ in stated] + [0], np.int64)


def _text(start: np.int64, end: np.int64) -> str:
    return "" if start == NO_DAY else window_text(date.fromordinal(int(start) + EPOCH), date.fromordinal(int(end) + EPOCH))


def _expansion(count: NDArray[np.intp], pair: NDArray[np.intp]) -> tuple[NDArray[np.intp] | None, NDArray[np.intp] | None, NDArray[np.intp] | int]:
    if not len(count) or count.max() == 1:
        return None, None, 0
    parts_of_row = count[pair]
    row = np.repeat(np.arange(len(pair)), parts_of_row)
    first = parts_of_row.cumsum() - parts_of_row
    return row, first, np.arange(len(row)) - first[row]


def _shares(spans: Spans, span: NDArray[np.intp], first: NDArray[np.intp]) -> NDArray[np.float64]:
    days = np.where(spans.start[span] == NO_DAY, 1, spans.end[span] - spans.start[span] + 1)
    whole = np.add.reduceat(days, first)
    return days / np.repeat(whole, np.diff(np.append(first, len(days))))


def year_weights(spans: Spans) -> tuple[Days, NDArray[np.float64]]:
    """Calendar years, and how much of each (columns) a span (rows) counts as.

    A period of up to twelve months counts as the one year it belongs to; a longer plan, or a part of one, counts by
    its days: five whole years as five, a first half-year as a half. No period counts as nothing.
    """
    stated = spans.start != NO_DAY
    if not stated.any():
        return np.zeros(0, np.int64), np.zeros((len(stated), 0))
    years = np.arange(year_of(spans.start[stated]).min(), year_of(spans.end[stated]).max() + 1)
    opens, closes = year_start(years), year_start(years + 1)
    days = np.minimum(spans.end[:, None] + 1, closes) - np.maximum(spans.start[:, None], opens)
    by_days = np.maximum(days, 0) / (closes - opens)
    weights = np.where(spans.is_part[:, None], by_days, spans.year[:, None] == years)
    return years, np.where(stated[:, None], weights, 0.0)
