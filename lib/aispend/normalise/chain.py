"""The chain of steps as factors: home rate, deflator, target rate, divisor. Amounts are multiplied once, at the end."""

from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from aispend.errors import MissingSeries
from aispend.normalise.inputs import Cases, Choices, Floats, Positions
from aispend.normalise.revenue import revenue_grid
from aispend.periods import Days, Parts, year_of, year_start, year_weights
from aispend.prices import ECONOMY, Series, currency_of, series
from aispend.rates import frozen_quotes


@dataclass(frozen=True)
class Factors:
    """Of each part or case: home_value = amount x home_rate; value = home_value / deflator x target_rate / divisor."""

    home_rate: Floats
    deflator: Floats
    target_rate: Floats
    divisor: Floats
    dollar_rate: Floats
    """International dollars for one home unit, where the conversion is by purchasing power; else NaN."""
    held: Days
    """The last year of the data where a later one was asked for, 0 where none was."""


@dataclass(frozen=True)
class Chain:
    """The steps for the parts of some cases."""

    cases: Cases
    choices: Choices

    @property
    def parts(self) -> Parts:
        return self.cases.parts

    def of_parts(self, values: NDArray) -> NDArray:
        """Values of cases, for each part."""
        return values[self.parts.whole]

    @cached_property
    def target(self) -> int:
        """Position of the target currency."""
        return self.cases.currencies.index(self.choices.currency)

    @cached_property
    def own_year(self) -> Days:
        """The year of each part; that of the announcement for a total with a longer horizon; 0 where none is stated."""
        return np.where(self.parts.is_long, self.parts.conversion_year, self.parts.year)

    @cached_property
    def stays_nominal(self) -> NDArray[np.bool_]:
        """A fact without a period has no year to deflate from: it stays nominal."""
        return self.parts.undated & (self.of_parts(self.cases.price_year) == 0)

    def factors(self) -> Factors:
        """All steps, for each part."""
        deflator, held_prices = self._deflator()
        target_rate, dollar_rate, held_parity = self._target()
        divisor, held_divisor = self._divisor()
        held = np.maximum(np.maximum(held_prices, held_parity), held_divisor)
        home_rate = self._cross(self.of_parts(self.cases.printed), self.of_parts(self.cases.home))
        return Factors(home_rate, deflator, target_rate, divisor, dollar_rate, held)

    def _none(self) -> tuple[Floats, Days]:
        return np.ones(len(self.parts.whole)), np.zeros(len(self.parts.whole), np.int64)

    def _deflator(self) -> tuple[Floats, Days]:
        if not self.choices.constant:
            return self._none()
        grid = series("gdp-deflator")
        _require_year(grid, self.choices.price_year)
        country = self.of_parts(self._own_prices(grid))
        printed_year = self.of_parts(self.cases.price_year)
        then, held = grid.at(country, np.where(printed_year > 0, printed_year, self.own_year))
        base, base_held = grid.at(country, np.full(len(country), self.choices.price_year))
        deflator = np.where(base_held > 0, np.nan, then / base)
        return np.where(self.stays_nominal, 1.0, deflator), np.where(self.stays_nominal, 0, held)

    def _target(self) -> tuple[Floats, Floats, Days]:
        ones, zeros = self._none()
        if self.choices.is_share:
            return ones, ones * np.nan, zeros
        home = self.of_parts(self.cases.home)
        if self.choices.ppp:
            return self._parity(home)
        at_own_time = self._cross(home, np.full(len(home), self.target))
        if not self.choices.constant:
            return at_own_time, ones * np.nan, zeros
        first, after = year_start(np.array([self.choices.price_year, self.choices.price_year + 1]))
        means = frozen_quotes().means(self.cases.currencies, np.array([first]), np.array([after - 1]))[0]
        in_price_year = np.where(home == self.target, 1.0, means[self.target] / means[home])
        return np.where(self.stays_nominal, at_own_time, in_price_year), ones * np.nan, zeros

    def _parity(self, home: Positions) -> tuple[Floats, Floats, Days]:
        grid = series("ppp")
        economy = grid.positions([ECONOMY.get(code, "") for code in self.cases.currencies])
        year = self.parts.conversion_year
        if self.choices.constant:
            year = np.where(self.stays_nominal, year, self.choices.price_year)
        home_parity, held = grid.at(economy[home], year)
        target_parity, _ = grid.at(np.full(len(home), economy[self.target]), year)
        return target_parity / home_parity, 1 / home_parity, held

    def _divisor(self) -> tuple[Floats, Days]:
        if self.choices.per == "head":
            grid = series("population")
            return grid.at(self.of_parts(self._positions(grid)), self.own_year)
        if self.choices.per == "gdp":
            grid = series("gdp")
            return self._over_years(grid, self._own_prices(grid))
        return self._over_years(*revenue_grid(self.cases)) if self.choices.per == "revenue" else self._none()

    def _over_years(self, grid: Series, position: Positions) -> tuple[Floats, Days]:
        """The series summed over the years of each part, and the year held for those after the last one."""
        position, dated = self.of_parts(position), ~self.parts.undated
        totals, held = np.where(dated, 0.0, np.nan), np.zeros(len(position), np.int64)
        if not dated.any():
            return totals, held
        years = np.arange(year_of(self.parts.start[dated]).min(), year_of(self.parts.end[dated]).max() + 1)
        for year, weight in zip(years, year_weights(self.parts, years).T, strict=True):
            value, held_year = grid.at(position, np.full(len(position), year))
            totals = np.where(weight > 0, totals + weight * value, totals)
            held = np.where(weight > 0, np.maximum(held, held_year), held)
        return totals, held

    def _positions(self, grid: Series) -> Positions:
        """Each case's country in a grid, -1 for none."""
        return np.append(grid.positions(self.cases.countries), -1)[self.cases.country]

    def _own_prices(self, grid: Series) -> Positions:
        """As `_positions`, but -1 too where the country's currency is not the one of the home amount."""
        own = [currency_of(code) if code in grid.countries else "" for code in self.cases.countries]
        place = [self.cases.currencies.index(code) if code in self.cases.currencies else -2 for code in own]
        fits = np.append(np.array(place, np.intp), -2)[self.cases.country] == self.cases.home
        return np.where(fits, self._positions(grid), -1)

    @cached_property
    def _means(self) -> Floats:
        return frozen_quotes().means(self.cases.currencies, self.parts.rate_start, self.parts.rate_end)

    def _cross(self, base: Positions, quote: Positions) -> Floats:
        """The rate of each part from one currency to another, at the part's own time."""
        part = np.arange(len(base))
        return np.where(base == quote, 1.0, self._means[part, quote] / self._means[part, base])


def summed(parts: Parts, factors: Factors, *, is_share: bool) -> Factors:
    """The factors of whole cases: each share of the amount goes its own way, and the results are added.

    A share is the sum of the amounts over the sum of the divisors (GDP or revenue of the same years).
    """
    if not len(parts.first) or len(parts.first) == len(parts.whole):
        return factors
    home = parts.share * factors.home_rate
    real = home / factors.deflator
    divided = real if is_share else real / factors.divisor
    add = lambda values: np.add.reduceat(values, parts.first)  # noqa: E731
    sums = Factors(
        home_rate=add(home),
        deflator=add(home) / add(real),
        target_rate=add(divided * factors.target_rate) / add(divided),
        divisor=add(factors.divisor) if is_share else add(real) / add(divided),
        dollar_rate=add(divided * factors.dollar_rate) / add(divided),
        held=np.maximum.reduceat(factors.held, parts.first),
    )
    # What is in one piece keeps its factors to the last digit.
    single = np.bincount(parts.whole) == 1
    pieces = (getattr(factors, field.name)[parts.first] for field in fields(Factors))
    return Factors(*(np.where(single, piece, getattr(sums, field.name)) for piece, field in zip(pieces, fields(Factors), strict=True)))


def _require_year(grid: Series, year: int) -> None:
    last = int(grid.last_year.max())
    if not grid.first_year <= year <= last:
        raise MissingSeries(f"price_year={year} lies outside the data: {grid.indicator} runs from {grid.first_year} to {last}")
