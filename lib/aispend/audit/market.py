"""What the market did around the time of a print: the ECB's range, and when it last gave some rate."""

from collections.abc import Iterable
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from aispend.rates import EPOCH, all_quotes

MONTHS_BACK = 24  # Farther back, some day would have had almost any rate.
Floats = NDArray[np.float64]


@cache
def market(base: str, quote: str, start: int, end: int) -> tuple[float, float]:
    """The lowest and the highest rate, in `quote` per one `base`, of these days, counted from 1970-01-01.

    NaN where there is none: a currency that the ECB does not quote, no day. A currency against itself is 1.
    """
    if base == quote:
        return 1.0, 1.0
    days, rates = _daily_rates(base, quote)
    rates = rates[np.searchsorted(days, start) : np.searchsorted(days, end, "right")]
    return (float(rates.min()), float(rates.max())) if len(rates) else (np.nan, np.nan)


def markets(base: Iterable[str], quote: Iterable[str], start: Iterable[int], end: Iterable[int]) -> tuple[Floats, Floats]:
    """`market` for many, as two arrays."""
    found = [market(*key) for key in zip(base, quote, start, end, strict=True)]
    low, high = np.array(found, np.float64).reshape(-1, 2).T
    return low, high


def last_held_on(base: str, quote: str, low: float, high: float, before: int) -> pd.Timestamp:
    """The last day within 24 months before a day with a rate from low to high, or that passed it on its way to the next.

    >>> last_held_on("EUR", "KRW", 529.5e9 / 365e6, 530.5e9 / 365e6, 20332)  # before September 2025
    Timestamp('2024-04-02 00:00:00')
    """
    days, rates = _daily_rates(base, quote)
    earliest = (pd.Timestamp(int(before), unit="D") - pd.DateOffset(months=MONTHS_BACK)).toordinal() - EPOCH
    within = (days >= earliest) & (days < before)
    days, rates = days[within], rates[within]
    following = np.append(rates[1:], rates[-1:])
    held = np.flatnonzero((np.minimum(rates, following) <= high) & (np.maximum(rates, following) >= low))
    return pd.Timestamp(int(days[held[-1]]), unit="D") if len(held) else pd.NaT


@cache
def _daily_rates(base: str, quote: str) -> tuple[NDArray[np.int64], Floats]:
    """The days on which both currencies were fixed, and the rates of these days."""
    quotes = all_quotes()
    if not {base, quote} <= set(quotes.columns):
        return np.zeros(0, np.int64), np.zeros(0)
    columns = [quotes.columns[base], quotes.columns[quote]]
    fixed = np.diff(quotes.counts[:, columns], axis=0).all(axis=1)
    per_euro = np.diff(quotes.totals[:, columns], axis=0)[fixed]
    return quotes.days[fixed], per_euro[:, 1] / per_euro[:, 0]
