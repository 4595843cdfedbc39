"""The chain of steps as factors: home rate, deflator, target rate, divisor. Amounts are multiplied once, at the end."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from aispend.errors import MissingSeries
from aispend.normalise.inputs import Choices, Floats, Positions, Rows
from aispend.normalise.revenue import revenue_grid
from aispend.periods import Days, Parts, year_of, year_start, year_weights
from aispend.prices import ECONOMY, Series, currency_of, series
from aispend.rates import frozen_quotes

Factor = Floats | float


@dataclass(frozen=True)
class Factors:
    """Of each part: home_value = amount x home_rate; value = home_value / deflator x target_rate / divisor."""

    home_rate: Factor
    deflator: Factor
    target_rate: Factor
    divisor: Factor
    to_dollars: Factor | None
    """International dollars for one home unit, where the conversion is by purchasing power."""
    held: Days | int
    """The last year of the data where a later one was asked for, 0 where none was."""


@dataclass(frozen=True)
class Chain:
    """The steps for the parts of some rows."""

    rows: Rows
    parts: Parts
    choices: Choices

    def of_parts(self, values: NDArray) -> NDArray:
        """Values of rows, for each part."""
        return values if self.parts.row is None else values[self.parts.row]

    @cached_property
    def target(self) -> Positions:
        return np.full(1, self.rows.currencies.index(self.choices.currency), np.intp)

    @cached_property
    def price_year(self) -> Days:
        """The year whose prices the home amount is in: the printed base year, that of the period, or 0 for none."""
        parts = self.parts
        own = np.where(parts.spans.is_part[parts.span], parts.conversion_year, parts.spans.year[parts.span])
        return np.where(self.of_parts(self.rows.price_year) > 0, self.of_parts(self.rows.price_year), own)

    @cached_property
    def stays_nominal(self) -> NDArray[np.bool_]:
        """A fact without a period has no year to deflate from: it stays nominal."""
        spans = self.parts.spans
        undated = (spans.year == 0) & ~spans.is_part
        return undated[self.parts.span] & (self.of_parts(self.rows.price_year) == 0)

    def factors(self) -> Factors:
        """All steps."""
        deflator, held_prices = self._deflator()
        target_rate, to_dollars, held_parity = self._target()
        divisor, held_divisor = self._divisor()
        held = np.maximum(np.maximum(held_prices, held_parity), held_divisor)
        return Factors(self._home(), deflator, target_rate, divisor, to_dollars, held)

    def _home(self) -> Factor:
        if self.rows.printed is self.rows.home:
            return 1.0
        return self._cross(self.parts.window, self.of_parts(self.rows.printed), self.of_parts(self.rows.home))

    def _deflator(self) -> tuple[Factor, Days | int]:
        if not self.choices.constant:
            return 1.0, 0
        grid = series("gdp-deflator")
        _require_year(grid, self.choices.price_year)
        country = self.of_parts(self._own_prices(grid))
        then, held = grid.at(country, self.price_year)
        base, base_held = grid.at(country, np.full(1, self.choices.price_year))
        deflator = np.where(base_held > 0, np.nan, then / base)
        return np.where(self.stays_nominal, 1.0, deflator), np.where(self.stays_nominal, 0, held)

    def _target(self) -> tuple[Factor, Factor | None, Days | int]:
        if self.choices.is_share:
            return 1.0, None, 0
        home = self.of_parts(self.rows.home)
        if self.choices.ppp:
            return self._parity(home)
        at_own_time = self._cross(self.parts.window, home, self.target)
        if not self.choices.constant:
            return at_own_time, None, 0
        first, after = year_start(np.array([self.choices.price_year, self.choices.price_year + 1]))
        means = frozen_quotes().means(self.rows.currencies, np.array([first]), np.array([after - 1]))[0]
        in_price_year = np.where(home == self.target, 1.0, means[self.target] / means[home])
        return np.where(self.stays_nominal, at_own_time, in_price_year), None, 0

    def _parity(self, home: Positions) -> tuple[Factor, Factor, Days]:
        grid = series("ppp")
        economy = grid.positions([ECONOMY.get(code, "") for code in self.rows.currencies])
        year = self.parts.conversion_year
        if self.choices.constant:
            year = np.where(self.stays_nominal, year, self.choices.price_year)
        home_parity, held = grid.at(economy[home], year)
        target_parity, _ = grid.at(economy[self.target], year)
        return target_parity / home_parity, 1 / home_parity, held

    def _divisor(self) -> tuple[Factor, Days | int]:
        if self.choices.per is None:
            return 1.0, 0
        if self.choices.per == "head":
            grid = series("population")
            spans = self.parts.spans
            year = np.where(spans.is_part[self.parts.span], self.parts.conversion_year, spans.year[self.parts.span])
            return grid.at(self.of_parts(self._positions(grid)), year)
        if self.choices.per == "gdp":
            grid = series("gdp")
            return self._over_years(grid, self._own_prices(grid))
        return self._over_years(*revenue_grid(self.rows))

    def _over_years(self, grid: Series, position: Positions) -> tuple[Floats, Days]:
        """The series summed over the years of each part, and the year held for those after the last one."""
        years, weights = year_weights(self.parts.spans)
        if not len(years):
            return np.full(len(self.parts.span), np.nan), np.zeros(len(self.parts.span), np.int64)
        every = np.arange(len(grid.countries) + 1)
        every[-1] = -1
        values, held = grid.at(every[:, None], years[None, :])
        unknown = (weights > 0) @ np.isnan(values).T.astype(np.float64) > 0
        totals = np.where(unknown | (weights.sum(axis=1) == 0)[:, None], np.nan, weights @ np.nan_to_num(values).T)
        held_last = ((weights > 0)[:, None, :] * held[None, :, :]).max(axis=2)
        at = self.parts.span, self.of_parts(position)
        return totals[at], held_last[at]

    def _positions(self, grid: Series) -> Positions:
        """Each row's country in a grid, -1 for none."""
        return np.append(grid.positions(self.rows.countries), -1)[self.rows.country]

    def _own_prices(self, grid: Series) -> Positions:
        """As `_positions`, but -1 too where the country's currency is not the one of the row's home amount."""
        own = [currency_of(code) if code in grid.countries else "" for code in self.rows.countries]
        place = [self.rows.currencies.index(code) if code in self.rows.currencies else -2 for code in own]
        fits = np.append(np.array(place, np.intp), -2)[self.rows.country] == self.rows.home
        return np.where(fits, self._positions(grid), -1)

    @cached_property
    def _means(self) -> Floats:
        windows = self.parts.windows
        return frozen_quotes().means(self.rows.currencies, windows.start, windows.end)

    def _cross(self, window: Positions, base: Positions, quote: Positions) -> Floats:
        row = window * self._means.shape[1]
        means = self._means.ravel()
        return np.where(base == quote, 1.0, means[row + quote] / means[row + base])


def summed(parts: Parts, factors: Factors, *, is_share: bool) -> Factors:
    """The factors of whole rows: each share of the amount goes its own way, and the results are added.

    A share is the sum of the amounts over the sum of the divisors (GDP or revenue of the same years).
    """
    if parts.first is None:
        return factors
    add: Callable[[Factor], Floats] = lambda factor: np.add.reduceat(np.broadcast_to(factor, parts.row.shape), parts.first)  # noqa: E731
    home = parts.share * factors.home_rate
    real = home / factors.deflator
    divided = real if is_share else real / factors.divisor
    return Factors(
        home_rate=add(home),
        deflator=add(home) / add(real),
        target_rate=add(divided * factors.target_rate) / add(divided),
        divisor=add(factors.divisor) if is_share else add(real) / add(divided),
        to_dollars=None if factors.to_dollars is None else add(divided * factors.to_dollars) / add(divided),
        held=np.maximum.reduceat(np.broadcast_to(factors.held, parts.row.shape), parts.first),
    )


def _require_year(grid: Series, year: int) -> None:
    last = int(grid.last_year.max())
    if not grid.first_year <= year <= last:
        raise MissingSeries(f"price_year={year} lies outside the data: {grid.indicator} runs from {grid.first_year} to {last}")
