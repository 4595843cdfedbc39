"""Prices and the size of economies: GDP deflator, purchasing power parity, GDP and population by year.

Source: World Bank, World Development Indicators, in data/macro.csv, one vintage. Years are calendar years. A year
after the last one in the table holds that one's value and says so (`held_from`); a year before the first has none.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from aispend.data.tables import load
from aispend.errors import AiSpendError, MissingSeries
from aispend.rates import multiplied

# Whose purchasing power parity stands for a currency. The euro's is the euro area's, not one member's.
ECONOMY = {"CNY": "CHN", "EUR": "EMU", "GBP": "GBR", "JPY": "JPN", "KRW": "KOR", "USD": "USA"}


class Observation(NamedTuple):
    """One value of a series: `held_from` is the year it is taken from where the year asked for is not out yet."""

    value: float
    unit: str
    vintage: str
    held_from: int | None


@dataclass(frozen=True)
class Series:
    """One indicator of data/macro.csv as a grid of countries (rows) and years (columns)."""

    indicator: str
    countries: list[str]
    units: dict[str, str]
    first_year: int
    values: NDArray[np.float64]
    last_year: NDArray[np.int64]
    vintage: str

    def at(self, countries: NDArray[np.intp], years: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Values for positions in `countries` (-1: none) and years, and the year held (0: the year itself).

        NaN where there is no country, no year (0) or none that early.
        """
        last = self.last_year[countries]
        column = np.minimum(years, last) - self.first_year
        known = (column >= 0) & (column < self.values.shape[1])
        values = np.where(known, self.values[countries, np.where(known, column, 0)], np.nan)
        return values, np.where((years > last) & known, last, 0)

    def positions(self, codes: list[str]) -> NDArray[np.intp]:
        """Position of each country code, -1 for one that has no such series."""
        return np.array([self.countries.index(code) if code in self.countries else -1 for code in codes], np.intp)


@cache
def series(indicator: str) -> Series:
    """One indicator of the contract: gdp, gdp-deflator, ppp or population."""
    table = load("macro")
    table = table[table["indicator"] == indicator]
    grid = table.pivot(index="country", columns="year", values="value").sort_index(axis=1)
    years = grid.columns.to_numpy(np.int64)
    grid = grid.reindex(columns=range(years[0], years[-1] + 1))
    values = grid.to_numpy(np.float64)
    last = years[0] + values.shape[1] - 1 - np.isfinite(values[:, ::-1]).argmax(axis=1)
    return Series(
        indicator=indicator,
        countries=list(grid.index),
        units=dict(zip(table["country"], table["unit"], strict=True)),
        first_year=int(years[0]),
        # A last row without values answers for position -1, no country.
        values=np.vstack([values, np.full(values.shape[1], np.nan)]),
        last_year=np.append(last, 0),
        vintage=", ".join(sorted(set(table["vintage"]))),
    )


def gdp(country: str, year: int) -> Observation:
    """Nominal GDP of a country (ISO 3166-1 alpha-3, EMU for the euro area) in a year, in its own currency.

    Raises `MissingSeries` for a country or year without data. Source: World Bank, NY.GDP.MKTP.CN.

    >>> round(gdp("KOR", 2025).value / 1e12), gdp("KOR", 2026).held_from
    (2663, 2025)
    """
    return _observation("gdp", country, year)


def deflator(country: str, year: int) -> Observation:
    """GDP deflator of a country in a year, 2020 = 100; the euro area's is implicit, not the members' median.

    Raises `MissingSeries` for a country or year without data. Source: World Bank, NY.GDP.DEFL.ZS.

    >>> round(deflator("KOR", 2025).value, 1)
    115.0
    """
    return _observation("gdp-deflator", country, year)


def ppp(country: str, year: int) -> Observation:
    """Purchasing power parity for GDP: currency units per international dollar.

    Raises `MissingSeries` for a country or year without data. Source: World Bank, PA.NUS.PPP.

    >>> round(ppp("KOR", 2025).value)
    816
    """
    return _observation("ppp", country, year)


def population(country: str, year: int) -> Observation:
    """Inhabitants of a country in a year.

    Raises `MissingSeries` for a country or year without data. Source: World Bank, SP.POP.TOTL.

    >>> round(population("KOR", 2025).value / 1e6, 1)
    51.7
    """
    return _observation("population", country, year)


def deflate(amount: Any, country: str, *, from_year: int, to_year: int) -> Any:
    """An amount in prices of `from_year`, as number, Series or array, in prices of `to_year`, same currency.

    The factor is the ratio of the country's GDP deflators. Both years must be in the data: nothing is held here.

    Raises `MissingSeries` for a country or year without a deflator, `AiSpendError` for amounts that are not finite.

    >>> round(deflate(100.0, "KOR", from_year=2020, to_year=2025), 1)
    115.0
    """
    index = []
    for year in (from_year, to_year):
        observation = deflator(country, year)
        if observation.held_from:
            raise MissingSeries(
                f"no GDP deflator of {country} for {year}: the data end in {observation.held_from}; choose a year "
                "up to then (normalise holds the last year's and says so)"
            )
        index.append(observation.value)
    return multiplied(amount, index[1] / index[0])


def currency_of(country: str) -> str:
    """The currency of a country's series, as ISO 4217 code.

    >>> currency_of("FRA")
    'EUR'
    """
    _observation("gdp", country, series("gdp").first_year)
    return series("gdp").units[country].removeprefix("current ")


def _observation(indicator: str, country: str, year: int) -> Observation:
    if isinstance(year, bool) or not isinstance(year, int | np.integer) or not 0 < year < 10_000:
        raise AiSpendError(f"{year!r} is no year; give a whole number such as 2025")
    grid = series(indicator)
    position = grid.positions([country])
    values, held = grid.at(position, np.array([year], np.int64))
    if np.isnan(values[0]):
        known = f"{country} has {grid.first_year} to {grid.last_year[position[0]]}" if position[0] >= 0 else f"countries: {', '.join(grid.countries)}"
        raise MissingSeries(f"no {indicator} of {country!r} for {year} in data/macro.csv; {known}")
    return Observation(float(values[0]), grid.units[country], grid.vintage, int(held[0]) or None)
