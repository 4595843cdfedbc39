"""Laws of exchange rates: there and back, triangle, scaling; for every currency, day and period inside the data."""

from datetime import date, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from aispend.rates import convert, fixing_date, rate, window, window_text

LAW = settings(deadline=None)  # The first example reads the rates from disk.
# Quoted on every fixing day since April 2005.
CURRENCIES = ("EUR", "USD", "KRW", "CNY", "JPY", "GBP", "IDR", "CHF")
currencies = st.sampled_from(CURRENCIES)
days = st.dates(date(2005, 4, 4), date(2026, 10, 30))
amounts = st.floats(1, 2**53, allow_nan=False)


@st.composite
def moments(draw: st.DrawFn) -> object:
    """A day or a period of at least a week, so that there is a fixing in it."""
    start = draw(days)
    if draw(st.booleans()):
        return start
    end = start + timedelta(days=draw(st.integers(7, 900)))
    return (start, min(end, date(2026, 10, 30))) if start < date(2026, 10, 20) else start


@LAW
@given(currencies, currencies, moments(), amounts)
def test_there_and_back(a: str, b: str, on: object, amount: float):
    assert np.isclose(convert(convert(amount, a, b, on=on), b, a, on=on), amount, rtol=1e-15, atol=0)


@LAW
@given(currencies, currencies, currencies, moments())
def test_triangle(a: str, b: str, c: str, on: object):
    assert np.isclose(rate(a, b, on) * rate(b, c, on), rate(a, c, on), rtol=1e-15, atol=0)


@LAW
@given(currencies, currencies, moments(), amounts, st.sampled_from([0.5, 2.0, 1024.0]))
def test_scaling_and_order(a: str, b: str, on: object, amount: float, factor: float):
    assert convert(amount * factor, a, b, on=on) == convert(amount, a, b, on=on) * factor
    assert convert(amount, a, b, on=on) <= convert(np.nextafter(amount, np.inf), a, b, on=on)


@LAW
@given(currencies, currencies, moments())
def test_an_average_lies_between_the_lowest_and_the_highest_day(a: str, b: str, on: object):
    start, end = window(on)
    spots = [rate(a, b, start + timedelta(days=n)) for n in range((end - start).days + 1)] if (end - start).days < 60 else []
    # A ratio of means lies between the lowest and the highest ratio of the days it is taken over.
    within = [rate(a, b, fixing_date(start + timedelta(days=n))) for n in range(len(spots)) if fixing_date(start + timedelta(days=n)) >= start]
    if within:
        assert min(within) * (1 - 1e-15) <= rate(a, b, on) <= max(within) * (1 + 1e-15)


@LAW
@given(days)
def test_a_spot_rate_never_looks_ahead(day: date):
    fixed = fixing_date(day)
    assert timedelta(0) <= day - fixed <= timedelta(days=7)
    assert rate("USD", "KRW", day) == rate("USD", "KRW", fixed)


@LAW
@given(days, st.integers(0, 900))
def test_a_window_survives_its_own_text(start: date, length: int):
    end = start + timedelta(days=length)
    assert window(window_text(start, end)) == (start, end)
