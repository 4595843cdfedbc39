"""What normalise is given, checked: the choices, and the frame as arrays of numbers and codes."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from aispend.data import contract
from aispend.errors import AiSpendError
from aispend.periods import NO_DAY, Days, day_numbers, longer_than_a_year
from aispend.prices import ECONOMY
from aispend.rates import first_five, require_quoted

Floats = NDArray[np.float64]
Positions = NDArray[np.intp]
VALUE_IS = ("exact", "about", "midpoint", "at-least", "at-most")


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
    """The rows of a frame as arrays: amounts in the printed currency, currencies and countries as codes."""

    amount: Floats
    low: Floats
    high: Floats
    currencies: list[str]
    printed: Positions
    home: Positions
    countries: list[str]
    country: Positions
    """Position in `countries`, -1 for none."""
    start: Days
    end: Days
    announced: pd.Series
    splits: NDArray[np.bool_]
    financing: NDArray[np.bool_]
    price_year: Days
    """Year of the printed amount's constant prices, 0 for current prices."""
    actors: pd.Series | None
    label: Callable[[int], str]

    def named(self, positions: NDArray[np.intp]) -> str:
        """Rows by name for an error message: the first five and a count."""
        return first_five(self.label(position) for position in positions)


def read_rows(frame: pd.DataFrame, choices: Choices) -> Rows:
    """The frame as arrays. Raises `AiSpendError` (or a child of it) that names the rows with bad input."""
    missing = [column for column in ("amount", "currency") if column not in frame]
    if missing:
        raise AiSpendError(f"the frame has no column {missing[0]!r}; normalise needs amount and currency, such as facts() returns")
    label = _labels(frame)
    amount, low, high = _amounts(frame, label, keep=choices.on_missing == "keep")
    currencies, printed, home = _currencies(frame, choices, label)
    country, countries = pd.factorize(frame["price_country"]) if "price_country" in frame else (np.full(len(frame), -1, np.intp), pd.Index([]))
    start, end = (_days(frame, column, label) for column in ("period_start", "period_end"))
    financing, splits = _kinds(frame, start, end, label)
    return Rows(
        amount, low, high, currencies, printed, home, list(countries), country, start, end,
        announced=frame["announced_on"] if "announced_on" in frame else pd.Series(np.nan, index=frame.index, dtype="str"),
        splits=splits,
        financing=financing,
        price_year=frame["price_year"].to_numpy(np.int64, na_value=0) if "price_year" in frame else np.zeros(len(frame), np.int64),
        actors=frame["actor_id"] if "actor_id" in frame else None,
        label=label,
    )


def _one_of(name: str, value: object, known: tuple[str | None, ...]) -> None:
    if value not in known:
        raise AiSpendError(f"{name}={value!r} is unknown; use one of {', '.join(map(repr, known))}")


def _labels(frame: pd.DataFrame) -> Callable[[int], str]:
    names = frame["fact_id"] if "fact_id" in frame else frame.index
    return lambda position: str(names.iloc[position] if isinstance(names, pd.Series) else names[position])


def _amounts(frame: pd.DataFrame, label: Callable[[int], str], *, keep: bool) -> tuple[Floats, Floats, Floats]:
    amount = _numbers(frame, "amount")
    ends = [_numbers(frame, column) if column in frame else amount for column in ("low", "high")]
    low, high = (amount if end is amount else np.where(np.isnan(end), amount, end) for end in ends)
    for column, values in (("amount", amount), ("low", low), ("high", high)):
        if column != "amount" and values is amount:
            continue
        bad = np.isinf(values) | ((values == 0) & np.signbit(values))
        if not keep:
            bad |= np.isnan(values)
        _refuse(bad, label, values, f"column {column} must hold finite numbers and no negative zero; correct or drop row")
    _refuse((low > amount) | (high < amount), label, amount, "the amount lies outside its own low and high; correct row")
    return amount, low, high


def _numbers(frame: pd.DataFrame, column: str) -> Floats:
    try:
        return frame[column].to_numpy(np.float64, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise AiSpendError(f"column {column} holds something that is no number ({error}); amounts are numbers in major units") from error


def _refuse(bad: NDArray[np.bool_], label: Callable[[int], str], values: NDArray, message: str) -> None:
    positions = np.flatnonzero(bad)
    if len(positions):
        raise AiSpendError(f"{message} {first_five(f'{label(i)} ({values[i]})' for i in positions)}")


def _currencies(frame: pd.DataFrame, choices: Choices, label: Callable[[int], str]) -> tuple[list[str], Positions, Positions]:
    home, codes = pd.factorize(frame["currency"])
    printed, printed_codes = pd.factorize(frame["printed_currency"]) if "printed_currency" in frame else (home, codes)
    for column, code in (("currency", home), ("printed_currency", printed)):
        blank = np.flatnonzero(code < 0)
        if len(blank):
            raise AiSpendError(f"column {column} is blank in row {first_five(map(label, blank))}; fill in an ISO 4217 code")
    currencies = list(dict.fromkeys([choices.currency, *codes, *printed_codes]))
    for column, code, known in (("currency", home, codes), ("printed_currency", printed, printed_codes)):
        for position, name in enumerate(known):
            require_quoted([name, choices.currency], f"column {column}, row {label(int(np.argmax(code == position)))}")
    place = {code: position for position, code in enumerate(currencies)}
    home_place, printed_place = (np.array([place[code] for code in known], np.intp) for known in (codes, printed_codes))
    home_currency = home_place[home] if len(home) else home
    return currencies, home_currency if printed is home else printed_place[printed], home_currency


def _days(frame: pd.DataFrame, column: str, label: Callable[[int], str]) -> Days:
    if column not in frame:
        return np.full(len(frame), NO_DAY, np.int64)
    if not isinstance(frame[column].dtype, np.dtype) or frame[column].dtype.kind != "M":
        days = pd.to_datetime(frame[column], format="%Y-%m-%d", errors="coerce")
        _refuse((days.isna() & frame[column].notna()).to_numpy(), label, frame[column].to_numpy(), f"column {column} must hold dates; correct row")
        return day_numbers(days)
    return day_numbers(frame[column])


def _kinds(frame: pd.DataFrame, start: Days, end: Days, label: Callable[[int], str]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which rows are financing, and which are split where they are long."""
    if "family" in frame:
        family = frame["family"]
    elif "measure" in frame:
        family = frame["measure"].map(contract.families())
    else:
        stated = (start != NO_DAY) & (end != NO_DAY)
        long = np.flatnonzero(stated & longer_than_a_year(np.where(stated, start, 0), np.where(stated, end, 0)))
        if len(long):
            raise AiSpendError(
                "a period of more than twelve months is split for an outlay and never for financing, so the frame needs a "
                f"column family or measure; row {first_five(map(label, long))}"
            )
        nothing = np.zeros(len(frame), bool)
        return nothing, nothing
    # An amount per year, per day or per team is no total that could be split.
    total = frame["per"].isna().to_numpy() if "per" in frame else True
    return (family == "financing").to_numpy(bool, na_value=False), (family == "outlay").to_numpy(bool, na_value=False) & total
