"""Exchange rates: the ECB's euro reference rates, spot and averaged, frozen in data/raw/.

A rate is quote units per one base unit. Crosses go through the euro. The average over a period is the
ratio of the arithmetic means of the ECB's own quotes (units per euro) over the same fixing days, as the
World Bank averages the euro; the mean of daily crosses differs by up to a per cent in a year of crisis.
"""

import calendar
import hashlib
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from aispend.data import contract
from aispend.errors import AiSpendError, BrokenTable, MissingRate, first_five

_FORMS = "a date, a year as int, text such as '2025', '2025-03', '2025-03-03', or a pair of dates"
RATES_PUBLISHER = "European Central Bank, euro reference rates"
RATES_URL = "https://www.ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates/html/index.en.html"

On = date | int | str | tuple[date | str, date | str]

EPOCH = date(1970, 1, 1).toordinal()
FIRST_DAY = date(1999, 1, 1)  # The euro's first day; the first fixing, on 4 January, opens the year and the month.
LONGEST_GAP = 7  # Days that a spot rate may lie back: covers Christmas and Easter, no suspended currency.
_MILLIONTHS = 1_000_000  # The ECB prints at most six decimals, so totals in millionths are exact.


@dataclass(frozen=True)
class Quotes:
    """The ECB's quotes as running totals: the mean over any days is one subtraction, and exact."""

    days: NDArray[np.int64]
    columns: dict[str, int]
    totals: NDArray[np.int64]
    counts: NDArray[np.int64]

    @classmethod
    def from_table(cls, table: pd.DataFrame) -> "Quotes":
        """From quotes in units per euro, one row a fixing day (index: dates), one column a currency."""
        table = table.sort_index().assign(EUR=1.0)
        values = table.to_numpy(np.float64)
        quoted = np.isfinite(values)
        millionths = np.rint(np.where(quoted, values, 0.0) * _MILLIONTHS).astype(np.int64)
        start = np.zeros((1, values.shape[1]), np.int64)
        return cls(
            days=table.index.to_numpy().astype("datetime64[D]").astype(np.int64),
            columns={code: position for position, code in enumerate(table.columns)},
            totals=np.vstack([start, millionths.cumsum(axis=0)]),
            counts=np.vstack([start, quoted.cumsum(axis=0, dtype=np.int64)]),
        )

    @property
    def last_day(self) -> date:
        """The day of the last fixing."""
        return _as_date(self.days[-1])

    @property
    def known_until(self) -> int:
        """The last day before the next fixing is due: a week-end after the last fixing is known too."""
        next_due = np.busday_offset(np.datetime64(int(self.days[-1]) + 1, "D"), 0, roll="forward")
        return int(next_due.astype(np.int64)) - 1

    def means(self, codes: Sequence[str], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.float64]:
        """Mean quote (units per euro) by window (rows) and currency (columns); NaN where not wholly inside.

        A window is its first and its last day, counted from 1970-01-01. A window of one day is a spot rate.
        """
        first, last = np.searchsorted(self.days, starts, "left"), np.searchsorted(self.days, ends, "right")
        spot = starts == ends
        first = np.where(spot, np.maximum(last - 1, 0), first)
        fresh = ~spot | (ends - self.days[np.maximum(last - 1, 0)] <= LONGEST_GAP)
        inside = (last > first) & fresh & (starts >= _as_number(FIRST_DAY)) & (ends <= self.known_until)
        columns = [self.columns[code] for code in codes]
        first, last = np.where(inside, first, 0), np.where(inside, last, 0)
        fixings = (last - first)[:, None]
        complete = inside[:, None] & (self.counts[np.ix_(last, columns)] - self.counts[np.ix_(first, columns)] == fixings)
        totals = self.totals[np.ix_(last, columns)] - self.totals[np.ix_(first, columns)]
        return np.divide(totals, fixings * _MILLIONTHS, out=np.full(totals.shape, np.nan), where=complete)

    def spans(self, code: str) -> str:
        """When a currency is quoted, in words, for error messages."""
        quoted = np.flatnonzero(np.diff(self.counts[:, self.columns[code]]))
        gaps = " with gaps" if len(quoted) < quoted[-1] - quoted[0] + 1 else ""
        return f"{code} is quoted from {_as_date(self.days[quoted[0]])} to {_as_date(self.days[quoted[-1]])}{gaps}"


def rate(base: str, quote: str, on: On) -> float:
    """The exchange rate: `quote` units per one unit of `base`, ISO 4217 codes that the ECB quotes.

    `on` is a day (spot), or a year, a month or a pair of days, both included (average of that period).
    A day without fixing uses the last one before it, at most seven days back.

    Raises `MissingRate` for a currency the ECB does not quote and for a day or period not wholly inside the
    data; the nearest rate is never used. Source: ECB euro foreign exchange reference rates.

    >>> round(rate("EUR", "KRW", "2025-03-03"), 2)
    1526.42
    >>> round(rate("USD", "KRW", 2025), 2)
    1420.78
    """
    start, end = window(on)
    require_quoted([base, quote], window_text(start, end))
    if base == quote:
        return 1.0
    quotes = frozen_quotes()
    (means,) = quotes.means((base, quote), np.array([_as_number(start)]), np.array([_as_number(end)]))
    if np.isnan(means).any():
        raise MissingRate(f"no rate {base} -> {quote} for {window_text(start, end)}: {_reason(quotes, start, end, (base, quote))}")
    return float(means[1] / means[0])


def convert(amount: Any, base: str, quote: str, *, on: On) -> Any:
    """An amount in `base`, as a number, Series or array, in `quote` at the rate of `on` (see `rate`).

    Raises `MissingRate` as `rate` does, and `AiSpendError` for amounts that are no finite numbers.

    >>> round(convert(34e12, "KRW", "CNY", on="2025-03-03") / 1e9, 2)
    169.91
    """
    return multiplied(amount, rate(base, quote, on))


def fixing_date(on: date | str) -> date:
    """The ECB day that a spot rate really comes from, for a day as date or ISO text.

    Raises `MissingRate` for a day outside the data and `AiSpendError` for a period.

    >>> fixing_date("2025-03-02")
    datetime.date(2025, 2, 28)
    """
    start, end = window(on)
    if start != end:
        raise AiSpendError(f"{on!r} is a period; fixing_date takes one day")
    quotes = frozen_quotes()
    day = np.array([_as_number(start)])
    if np.isnan(quotes.means(("EUR",), day, day)).any():
        raise MissingRate(f"no fixing for {start}: {_reason(quotes, start, end, ())}")
    return _as_date(quotes.days[np.searchsorted(quotes.days, day[0], "right") - 1])


def window(on: On) -> tuple[date, date]:
    """First and last day, both included, that `on` means.

    >>> window("2025-02")
    (datetime.date(2025, 2, 1), datetime.date(2025, 2, 28))
    """
    if isinstance(on, str) and "/" in on:
        on = tuple(on.split("/"))  # type: ignore[assignment]
    if isinstance(on, tuple):
        if len(on) != 2:
            raise AiSpendError(f"{on!r} is not a pair of dates; give {_FORMS}")
        (start, _), (_, end) = window(on[0]), window(on[1])
        if end < start:
            raise AiSpendError(f"the period {on!r} ends before it starts; swap or correct the dates")
        return start, end
    on = on.date() if isinstance(on, datetime) else on
    if isinstance(on, date) and on is not pd.NaT:
        return on, on
    text = f"{on:04d}" if isinstance(on, int | np.integer) and not isinstance(on, bool) else on
    if isinstance(text, str) and re.fullmatch(r"[0-9]{4}(-[0-9]{2}){0,2}", text):
        return _calendar_window([int(part) for part in text.split("-")], on)
    raise AiSpendError(f"{on!r} is no date; give {_FORMS}")


def _calendar_window(parts: list[int], on: On) -> tuple[date, date]:
    year, first_month, last_month = parts[0], *(parts[1:2] * 2 or [1, 12])
    try:
        first_day, last_day = parts[2:] * 2 or [1, calendar.monthrange(year, last_month)[1]]
        return date(year, first_month, first_day), date(year, last_month, last_day)
    except ValueError as error:
        raise AiSpendError(f"{on!r} is not in the calendar ({error}); give {_FORMS}") from error


def window_text(start: date, end: date) -> str:
    """A window in the shortest ISO form: a day, a month, a year, or first/last day.

    >>> window_text(date(2025, 3, 1), date(2025, 3, 31))
    '2025-03'
    """
    for text in (start.isoformat(), start.isoformat()[:7], start.isoformat()[:4]):
        if window(text) == (start, end):
            return text
    return f"{start}/{end}"


_known_on: ContextVar[date | None] = ContextVar("known_on", default=None)


@contextmanager
def known_on(day: date | str) -> Iterator[None]:
    """Inside it only fixings up to the end of `day` (a date, or ISO text, also of a month or year) are known.

    A later day, or a period not over by then, is refused as beyond the data, and `normalise` takes the rate of the
    announcement instead. Prices, GDP and purchasing power parities keep today's vintage.

    >>> with known_on("2025-02-28"):
    ...     rate("USD", "KRW", 2025)
    Traceback (most recent call last):
    aispend.errors.MissingRate: no rate USD -> KRW for 2025: the period ends after the last known day 2025-02-28, and the nearest rate is never used
    """
    token = _known_on.set(window(day)[1])
    try:
        yield
    finally:
        _known_on.reset(token)


def frozen_quotes() -> Quotes:
    """The frozen quotes, all of them or, inside `known_on`, those published by then."""
    day = _known_on.get()
    return all_quotes() if day is None else _quotes_until(day)


@lru_cache(maxsize=16)
def _quotes_until(day: date) -> Quotes:
    quotes = all_quotes()
    known = int(np.searchsorted(quotes.days, _as_number(day), "right"))
    if known == 0:
        raise MissingRate(f"no exchange rate was known on {day}: the data begin on {FIRST_DAY}")
    return Quotes(quotes.days[:known], quotes.columns, quotes.totals[: known + 1], quotes.counts[: known + 1])


@cache
def all_quotes() -> Quotes:
    """The ECB file frozen in data/raw/, read once and checked against the hash in the contract."""
    entry = contract.resource("ecb-reference-rates")
    path = contract.FOLDER / entry["path"]
    if not path.is_file():
        raise BrokenTable(f"data/{entry['path']} is missing; restore it from the repository")
    raw = path.read_bytes()
    found = f"sha256:{hashlib.sha256(raw).hexdigest()}"
    if found != entry["hash"]:
        raise BrokenTable(f"data/{entry['path']} has hash {found}, the contract says {entry['hash']}; restore the file from the repository")
    table = pd.read_csv(io.BytesIO(raw), compression="zip", index_col="Date", parse_dates=True)
    return Quotes.from_table(table.loc[:, ~table.columns.str.startswith("Unnamed")])


def require_quoted(codes: Iterable[str], on: str) -> None:
    """Raises `MissingRate` if the ECB quotes some of the currencies on no day at all; `on` is for the message."""
    quotes, codes = frozen_quotes(), list(codes)
    unknown = [code for code in codes if code not in quotes.columns]
    if unknown:
        raise MissingRate(
            f"no rate {' -> '.join(map(str, codes))} for {on}: the ECB quotes no {unknown[0]!r}; "
            f"it quotes {', '.join(sorted(quotes.columns))} (last known day {quotes.last_day})"
        )


def multiplied(amount: Any, factor: float) -> Any:
    """Number, Series or array times a factor, the same kind of thing in float64; refuses what is no finite number."""
    column = amount if isinstance(amount, pd.Series) else pd.Series(np.ravel(amount))
    strange = not_numbers(column)
    values = np.where(strange, np.nan, 0.0) if strange.any() else column.to_numpy(np.float64, na_value=np.nan)
    bad = np.flatnonzero(~np.isfinite(values) | ((values == 0) & np.signbit(values)))
    if len(bad):
        shown = [f"{label} ({value!r})" for label, value in zip(column.index[bad[:5]], column.iloc[bad[:5]].tolist(), strict=True)]
        raise AiSpendError(f"amounts must be finite numbers and not negative zero; correct or drop position {first_five(shown, of=len(bad))}")
    if isinstance(amount, pd.Series):
        return pd.Series(values * factor, index=amount.index, name=amount.name)
    return values.reshape(np.shape(amount)) * factor if np.ndim(amount) else float(values[0]) * factor


def not_numbers(column: pd.Series) -> NDArray[np.bool_]:
    """Where a column holds text, dates, truth values or anything else that is no real number; a blank is none of these."""
    if column.dtype.kind in "iuf":
        return np.zeros(len(column), bool)
    return np.array([isinstance(value, bool) or not isinstance(value, Real | Decimal) for value in column.tolist()], bool) & column.notna().to_numpy()


def _reason(quotes: Quotes, start: date, end: date, codes: Sequence[str]) -> str:
    if _as_number(end) > quotes.known_until:
        return f"{'the day lies' if start == end else 'the period ends'} after the last known day {quotes.last_day}, and the nearest rate is never used"
    if start < FIRST_DAY:
        return f"the data begin on {FIRST_DAY} and end on {quotes.last_day}"
    first, last = np.searchsorted(quotes.days, [_as_number(start), _as_number(end) + 1])
    if start != end and first == last:
        return f"no fixing lies in it (last known day {quotes.last_day})"
    spans = "; ".join(quotes.spans(code) for code in codes if code != "EUR")
    return f"{spans} (last known day {quotes.last_day})"


def _as_date(number: int) -> date:
    return date.fromordinal(EPOCH) + timedelta(days=int(number))


def _as_number(day: date) -> int:
    return day.toordinal() - EPOCH
