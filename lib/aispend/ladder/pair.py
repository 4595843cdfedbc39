"""Two facts and their ratio under any choice of rate, prices, period and AI share."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from aispend.compare import compare
from aispend.errors import AiSpendError, MissingRate, NotComparable
from aispend.normalise import normalise
from aispend.normalise.ai_share import AiShare, read_shares
from aispend.periods import day_numbers, longer_than_a_year, majority_year
from aispend.prices import series
from aispend.rates import rate

SPOT, AVERAGE, PARITY, GDP = "market rate of the day", "market rate, one average", "purchasing power", "share of GDP"
WAYS: dict[str, dict[str, object]] = {AVERAGE: {}, PARITY: {"conversion": "ppp"}, GDP: {"per": "gdp"}}
_PERIOD = ["period_start", "period_end"]
_NEEDED = ("fact_id", "amount", "currency", "family")


class Choice(NamedTuple):
    """One way to set two amounts side by side."""

    yardstick: str = SPOT
    yearly: bool = False
    real: bool = False
    """In constant prices, of the pair's price year."""
    ai_part: bool = False


@dataclass(frozen=True)
class Pair:
    """Two facts, a over b, and their ratio under any choice."""

    frame: pd.DataFrame
    a: str
    b: str
    ai_share: AiShare | None

    @classmethod
    def of(cls, frame: pd.DataFrame, a: str, b: str, ai_share: AiShare | None) -> "Pair":
        """The rows of both facts. Raises `AiSpendError` where one is not there once, `NotComparable` where not positive."""
        missing = [column for column in _NEEDED if column not in frame]
        if missing:
            raise AiSpendError(f"the frame has no column {missing[0]!r}; a ladder takes facts, such as facts() returns")
        for name in (a, b):
            found = int((frame["fact_id"] == name).sum())
            if found != 1 or a == b:
                raise AiSpendError(f"{name!r} is in the frame {found} times; a ladder needs two facts, each in it once")
        rows = frame.set_index("fact_id", drop=False).loc[[a, b]].reset_index(drop=True)
        normalise(rows, currency="EUR", on_missing="keep")  # What it refuses in a row, it refuses by name.
        rows = rows.assign(**{column: pd.to_datetime(rows[column]) if column in rows else pd.NaT for column in _PERIOD})
        rows = rows.assign(**{end: rows[end].fillna(rows["amount"]) if end in rows else rows["amount"] for end in ("low", "high")})
        unknown = rows.loc[rows["amount"].isna(), "fact_id"]
        if len(unknown):
            raise NotComparable(f"no amount of {' and '.join(unknown)} is known; choose others")
        if not (rows["low"] > 0).all():
            raise NotComparable(f"{a} or {b} is not positive, or not for certain; a ladder multiplies, so choose others")
        return cls(rows, a, b, ai_share)

    def texts(self, column: str, otherwise: str = "") -> tuple[str, str]:
        """A column of both facts as text."""
        first, second = self.frame.reindex(columns=[column])[column]
        return tuple(otherwise if pd.isna(value) else str(value) for value in (first, second))  # type: ignore[return-value]

    @cached_property
    def printed(self) -> tuple[str, str]:
        """The currencies of the printed amounts."""
        return self.texts("printed_currency" if "printed_currency" in self.frame else "currency")

    @cached_property
    def day(self) -> str:
        """The day of the headline: that of a's announcement, else of b's."""
        return next((day for day in self.texts("announced_on") if day), "")

    @cached_property
    def years(self) -> tuple[float, float]:
        """How many years each amount is for; not a number where no period is stated."""
        return tuple(length_in_years(start, end) for start, end in self.frame[_PERIOD].itertuples(index=False))  # type: ignore[return-value]

    @cached_property
    def share(self) -> tuple[float, float, float]:
        """AI share of a over that of b: at the middles, lowest and highest."""
        if self.ai_share is None:
            return 1.0, 1.0, 1.0
        shares = read_shares(self.frame, self.ai_share)
        (a, b), (a_low, b_low), (a_high, b_high) = shares.middle, shares.low, shares.high
        return a / b, a_low / b_high, a_high / b_low

    @cached_property
    def price_year(self) -> int | None:
        """The year of constant prices: b's, the last of a longer period or of the data; none if unstated or before them."""
        year, deflators = self.own_prices[1][-4:], series("gdp-deflator")
        return min(int(year), int(deflators.last_year.max())) if year and int(year) >= deflators.first_year else None

    @cached_property
    def own_prices(self) -> tuple[str, str]:
        """The year, or first to last, in whose prices each amount stands; blank where no period is stated."""
        starts, ends = (day_numbers(self.frame[column]) for column in _PERIOD)
        majority, long = majority_year(starts, ends), longer_than_a_year(starts, ends)
        names = []
        for row, (years, first, last) in enumerate(zip(self.years, *(self.frame[column] for column in _PERIOD), strict=True)):
            # A total that is never split has the prices of its announcement.
            total = self.frame["family"].iloc[row] != "outlay" and self.texts("announced_on")[row]
            spread = total[:4] if total else f"{first.year} to {last.year}" if first is not pd.NaT else ""
            names.append("" if np.isnan(years) else spread if long[row] else str(majority[row]))
        return names[0], names[1]

    @cached_property
    def prices_differ(self) -> bool:
        """Whether constant prices are another choice: both years are known and they are not one year."""
        return all(self.own_prices) and self.own_prices != (str(self.price_year),) * 2

    @cached_property
    def measured(self) -> dict[tuple[str, bool], pd.DataFrame]:
        """Both facts by each yardstick but the spot rate, nominal and real: b's row is the baseline of `compare`."""
        frames = {}
        for yardstick, way in WAYS.items():
            for real in (False, True) if self.price_year and yardstick != GDP else (False,):
                missing = "keep" if real or yardstick != AVERAGE else "raise"
                prices = {"prices": "constant", "price_year": self.price_year} if real else {}
                currency = "USD" if yardstick == PARITY else self.texts("currency")[1]
                rows = normalise(self.frame, currency=currency, on_missing=missing, **way, **prices)
                known = rows["value"].notna().all() and not (real and np.isnan(self.years).any())
                frames[yardstick, real] = compare(rows, baseline=self.b, across=True) if known else rows
        return frames

    def frame_of(self, choice: Choice) -> pd.DataFrame:
        """What `measured` holds for a choice; shares of GDP are nominal in any case."""
        yardstick = AVERAGE if choice.yardstick == SPOT else choice.yardstick
        return self.measured.get((yardstick, choice.real and yardstick != GDP), self.measured[yardstick, False])

    def ratio(self, choice: Choice) -> tuple[float, float, float]:
        """Value, low and high of a over b; not a number where the choice cannot be made."""
        factor = self.years[1] / self.years[0] if choice.yearly else 1.0
        if choice.yardstick == SPOT:
            base = self._at_spot()
        elif choice.real and choice.yardstick == AVERAGE:
            base = self._in_constant_prices()
        else:
            row = self.frame_of(choice).iloc[0]
            base = tuple(row.get(column, np.nan) for column in ("ratio", "ratio_low", "ratio_high"))
        if choice.yardstick == GDP:
            # `per="gdp"` divides a longer plan by the GDP of all its years: here by that of one.
            long = longer_than_a_year(*(day_numbers(self.frame[column]) for column in _PERIOD))
            longer = np.where(long, self.years, 1.0)
            factor *= longer[0] / longer[1]
        shares = self.share if choice.ai_part else (1.0, 1.0, 1.0)
        return tuple(value * factor * share for value, share in zip(base, shares, strict=True))  # type: ignore[return-value]

    def _at_spot(self) -> tuple[float, float, float]:
        if self.printed[0] != self.printed[1] and not self.day:
            raise MissingRate(f"no rate of the day for {self.a} over {self.b}: neither has announced_on; fill it in")
        at = 1.0 if self.printed[0] == self.printed[1] else rate(*self.printed, self.day)
        (a, b), (a_low, b_low), (a_high, b_high) = (self.frame[column] for column in ("amount", "low", "high"))
        return at * a / b, at * a_low / b_high, at * a_high / b_low

    def _in_constant_prices(self) -> tuple[float, float, float]:
        """The ratio at the one rate, each amount divided by its own country's deflator: no rate changes here."""
        nominal, real = (self.measured.get((AVERAGE, constant), pd.DataFrame()) for constant in (False, True))
        if "ratio" not in real:
            return np.nan, np.nan, np.nan
        factor = real["deflator"].iloc[1] / real["deflator"].iloc[0]
        return tuple(nominal[column].iloc[0] * factor for column in ("ratio", "ratio_low", "ratio_high"))  # type: ignore[return-value]

    def basis(self, choice: Choice) -> str:
        """The choice in words, with the AI shares where they are on."""
        words = [choice.yardstick, "per year" if choice.yearly else "whole sums"]
        if choice.real and choice.yardstick not in (SPOT, GDP):
            words.insert(1, f"prices of {self.price_year}")
        if choice.ai_part and self.ai_share is not None:
            words += [text for text in dict.fromkeys(read_shares(self.frame, self.ai_share).words()) if text]
        return ", ".join(words)

    def vintage(self, choice: Choice) -> str:
        """The editions of the series that the ratio rests on."""
        return str(self.frame_of(choice)["vintage"].iloc[0])

    @cached_property
    def sources(self) -> tuple[tuple[str, str], ...]:
        """(publisher, address) of both facts."""
        pairs = zip(self.texts("publisher"), self.texts("url"), strict=True)
        return tuple(dict.fromkeys(pair for pair in pairs if pair[0]))


def length_in_years(start: pd.Timestamp, end: pd.Timestamp) -> float:
    """Length of a period, both days included: in months where they are whole and no more than twelve, else by days."""
    if pd.isna(start) or pd.isna(end):
        return float("nan")
    after = end + pd.Timedelta(days=1)
    months = 12 * (after.year - start.year) + after.month - start.month
    if months <= 12 and start.day == after.day == 1:
        return months / 12
    return _position(after) - _position(start)


def _position(day: pd.Timestamp) -> float:
    """A day as a year and the part of it that is over."""
    return day.year + (day.day_of_year - 1) / (366 if day.is_leap_year else 365)
