"""What normalise is given, checked: the choices, the amounts, and the distinct cases that the rows fall into.

Rows that agree in currencies, country, period, announcement and kind have the same rates and factors. The chain works
on these cases, few even among millions of rows; each row then takes its case's factors.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from aispend.data import contract
from aispend.errors import AiSpendError, first_five
from aispend.normalise import columns
from aispend.normalise.combinations import codes, distinct
from aispend.periods import NO_DAY, Days, Mask, Parts, Positions, longer_than_a_year, parts
from aispend.prices import ECONOMY
from aispend.rates import frozen_quotes, require_quoted

Floats = NDArray[np.float64]
VALUE_IS = ("exact", "about", "midpoint", "at-least", "at-most")
# The columns in which two rows of one case agree.
CASE = (
    "currency", "printed_currency", "price_country", "period_start", "period_end", "announced_on", "family", "measure", "per",
    "price_year",
)  # fmt: skip
_LARGEST = 1e100  # Far above any sum of money, and far enough below the largest float for every rate.


@dataclass(frozen=True)
class Choices:
    """The arguments of normalise, checked against each other."""

    currency: str
    prices: str
    price_year: int | None
    conversion: str
    per: str | None
    yearly: bool
    on_missing: str

    def __post_init__(self) -> None:
        _one_of("prices", self.prices, ("nominal", "constant"))
        _one_of("conversion", self.conversion, ("market", "ppp"))
        _one_of("per", self.per, (None, "gdp", "head", "revenue"))
        _one_of("on_missing", self.on_missing, ("raise", "keep"))
        require_quoted([self.currency], "the target currency")
        if self.constant and self.price_year is None:
            raise AiSpendError("prices='constant' needs price_year, the year whose prices the values are to be in")
        if self.price_year is not None and (isinstance(self.price_year, bool) or not isinstance(self.price_year, int | np.integer)):
            raise AiSpendError(f"price_year={self.price_year!r} is no year; give a whole number such as 2020")
        if not self.constant and self.price_year is not None:
            raise AiSpendError(f"price_year={self.price_year} with nominal prices: say prices='constant' or leave price_year out")
        if self.is_share and (self.constant or self.ppp):
            raise AiSpendError(f"per={self.per!r} compares nominal amounts of the same years: leave prices and conversion at their defaults")
        if self.ppp and self.currency not in ECONOMY:
            raise AiSpendError(f"no purchasing power parity for {self.currency}; there is one for {', '.join(ECONOMY)}")

    @property
    def constant(self) -> bool:
        return self.prices == "constant"

    @property
    def ppp(self) -> bool:
        return self.conversion == "ppp"

    @property
    def is_share(self) -> bool:
        return self.per in ("gdp", "revenue")


@dataclass(frozen=True)
class Rows:
    """The rows of a frame: which case each belongs to, and its name for an error message."""

    frame: pd.DataFrame
    case: Positions
    first: Positions
    """A row of each case."""

    @classmethod
    def of(cls, frame: pd.DataFrame, *, by_actor: bool) -> "Rows":
        """The rows of a frame; `by_actor` where the actor makes a difference too."""
        if not isinstance(frame, pd.DataFrame):
            raise AiSpendError(f"normalise takes a DataFrame, such as facts() returns, not a {type(frame).__name__}")
        twice = frame.columns[frame.columns.duplicated()]
        if len(twice):
            raise AiSpendError(f"the frame has two columns {twice[0]!r}; drop or rename one")
        missing = [column for column in ("amount", "currency") if column not in frame]
        if missing:
            raise AiSpendError(f"the frame has no column {missing[0]!r}; normalise needs amount and currency, such as facts() returns")
        columns = [column for column in (*CASE, *(["actor_id"] if by_actor else [])) if column in frame]
        return cls(frame, *distinct([codes(frame[column]) for column in columns], len(frame)))

    def named(self, bad_cases: Mask, also: Callable[[int], object] | None = None) -> str:
        """The rows of these cases by name: the first five and a count; `also` says more about each row."""
        return self.listed(np.flatnonzero(bad_cases[self.case]), also)

    def rows_of(self, bad_rows: Mask) -> str:
        """The same for rows instead of cases."""
        return self.listed(np.flatnonzero(bad_rows))

    def listed(self, positions: Positions, also: Callable[[int], object] | None = None) -> str:
        """The same for rows given by position."""
        names = self.frame["fact_id"] if "fact_id" in self.frame else self.frame.index.to_series()
        shown = [f"{names.iloc[i]} ({also(i)})" if also else names.iloc[i] for i in positions[:5]]
        return first_five(shown, of=len(positions))


@dataclass(frozen=True)
class Cases:
    """The distinct cases as arrays of codes and days."""

    rows: Rows
    currencies: list[str]
    printed: Positions
    home: Positions
    countries: list[str]
    country: Positions
    """Position in `countries`, -1 for none."""
    start: Days
    end: Days
    announced: pd.Series
    splits: Mask
    financing: Mask
    recurs: Mask
    """Whether the amount is per year, day or team over more than twelve months: neither a total nor one year's."""
    price_year: Days
    """Year of the printed amount's constant prices, 0 for current prices."""
    per: pd.Series
    actors: pd.Series | None

    @cached_property
    def parts(self) -> Parts:
        """What each case falls into."""
        return parts(self.start, self.end, self.announced, splits=self.splits, financing=self.financing)


def read_amounts(rows: Rows, *, keep: bool) -> tuple[Floats, Floats, Floats]:
    """Amount, low and high of each row; the amount where no low or high is given.

    Raises `AiSpendError` naming the rows whose numbers are not finite, are negative zero, or lie the wrong way round;
    an unknown amount is let through where `keep`.
    """
    amount = columns.numbers(rows.frame["amount"], rows.rows_of)
    _refuse_unusable("amount", amount, rows, keep=keep)
    ends, unknown = [], np.isnan(amount)
    for column in ("low", "high"):
        if column not in rows.frame:
            ends.append(amount)
            continue
        values = columns.numbers(rows.frame[column], rows.rows_of)
        blank = np.isnan(values)
        values = np.where(blank, amount, values) if blank.any() else values
        values = np.where(unknown, np.nan, values) if unknown.any() else values  # No range without an amount.
        _refuse_unusable(column, values, rows, keep=keep)
        ends.append(values)
    outside = np.flatnonzero((ends[0] > amount) | (ends[1] < amount))
    if len(outside):
        raise AiSpendError(f"the amount lies outside its own low and high; correct row {rows.listed(outside, lambda i: amount[i])}")
    return amount, *ends


def read_cases(rows: Rows, choices: Choices) -> Cases:
    """The cases of a frame's rows. Raises `AiSpendError` (or a child of it) that names the rows with bad input."""
    frame = rows.frame.iloc[rows.first]
    nothing = pd.Series(np.nan, index=frame.index, dtype="str")
    currencies, printed, home = _currencies(frame, choices, rows)
    country, countries = pd.factorize(frame.get("price_country", nothing))
    start, end = (columns.days(frame.get(column, nothing), rows.named) for column in ("period_start", "period_end"))
    stated = (start != NO_DAY) & (end != NO_DAY)
    if (stated & (end < start)).any():
        raise AiSpendError(f"the period ends before it starts in row {rows.named(stated & (end < start))}; correct period_start or period_end")
    is_long = longer_than_a_year(start, end)
    per = frame.get("per", nothing)
    financing, splits = _kinds(frame, is_long, rows)
    return Cases(
        rows, currencies, printed, home, list(countries), country, start, end, columns.announcements(frame.get("announced_on", nothing), rows.named),
        splits & per.isna().to_numpy(), financing, is_long & per.notna().to_numpy(), columns.price_years(frame.get("price_year", nothing), rows.named), per, frame.get("actor_id"),
    )  # fmt: skip


def _one_of(name: str, value: object, known: tuple[str | None, ...]) -> None:
    if value not in known:
        raise AiSpendError(f"{name}={value!r} is unknown; use one of {', '.join(map(repr, known))}")


def _refuse_unusable(column: str, values: Floats, rows: Rows, *, keep: bool) -> None:
    if values.min(initial=1) > 0 and values.max(initial=1) <= _LARGEST:
        return
    bad = np.abs(values) > _LARGEST if keep else ~(np.abs(values) <= _LARGEST)
    bad |= (values == 0) & np.signbit(values)
    if bad.any():
        positions = np.flatnonzero(bad)
        raise AiSpendError(
            f"column {column} must hold finite numbers (below 1e100) and no negative zero; correct or drop row {rows.listed(positions, lambda i: values[i])}"
        )


def _currencies(frame: pd.DataFrame, choices: Choices, rows: Rows) -> tuple[list[str], Positions, Positions]:
    given = [frame["currency"], frame.get("printed_currency", frame["currency"])]
    currencies, places = [choices.currency], []
    for column in given:
        code, names = pd.factorize(column)
        if (code < 0).any():
            raise AiSpendError(f"column {column.name} is blank in row {rows.named(code < 0)}; fill in an ISO 4217 code")
        for position, name in enumerate(names):
            if name not in frozen_quotes().columns:
                require_quoted([name, choices.currency], f"column {column.name}, row {rows.named(code == position)}")
        currencies = list(dict.fromkeys([*currencies, *names]))
        places.append(np.array([currencies.index(name) for name in names], np.intp)[code])
    home, printed = places
    return currencies, printed, home


def _kinds(frame: pd.DataFrame, is_long: Mask, rows: Rows) -> tuple[Mask, Mask]:
    """Which cases are financing, and which are outlays."""
    if "family" in frame:
        family = frame["family"]
    elif "measure" in frame:
        family = frame["measure"].map(contract.families())
    elif is_long.any():
        raise AiSpendError(
            "a period of more than twelve months is split for an outlay and never for financing, so the frame needs a "
            f"column family or measure; row {rows.named(is_long)}"
        )
    else:
        family = pd.Series("", index=frame.index)
    family = family.astype("object")
    unknown = is_long & ~family.isin(set(contract.families().values())).to_numpy()
    if unknown.any():
        known = ", ".join(dict.fromkeys(contract.families().values()))
        raise AiSpendError(f"a period of more than twelve months needs a known kind of money ({known}); correct family or measure of row {rows.named(unknown)}")
    return (family == "financing").to_numpy(bool), (family == "outlay").to_numpy(bool)
