"""The columns that normalise adds, and the refusal of rows for which a rate or a series is missing."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from aispend.errors import AiSpendError, MissingRate, MissingSeries
from aispend.normalise.chain import Chain, Factors
from aispend.normalise.inputs import VALUE_IS, Floats, Positions
from aispend.normalise.labels import NO_VALUE, Text, basis, rate_kinds, window_texts, year_texts
from aispend.periods import EPOCH, NO_DAY
from aispend.prices import series
from aispend.rates import first_five, frozen_quotes

NO_AMOUNT, NOT_NOMINAL, NO_RATE, NO_PARITY, NO_DEFLATOR, NO_DIVISOR = range(1, 7)
REASONS = (
    "", "no amount", "no nominal amount, it was printed in constant prices", "no exchange rate", "no purchasing power parity",
    "no GDP deflator", "no {divisor}",
)  # fmt: skip
DIVISORS = {"gdp": "GDP", "head": "population", "revenue": "revenue"}


def with_columns(frame: pd.DataFrame, chain: Chain, factors: Factors) -> pd.DataFrame:
    """The frame with the added columns; `factors` are those of its rows, or of their parts where `yearly`."""
    outcome = Outcome(frame, chain, factors)
    if chain.choices.on_missing == "raise":
        outcome.refuse_missing()
    rows, columns = outcome.rows(), outcome.columns()
    new = pd.DataFrame(columns, index=rows.index, copy=False)
    return pd.concat([rows.drop(columns=[name for name in new if name in rows]), new], axis=1)


@dataclass(frozen=True)
class Outcome:
    """The rows of the result: those of the frame, or the yearly parts of them."""

    frame: pd.DataFrame
    chain: Chain
    factors: Factors

    @property
    def is_split(self) -> bool:
        return self.chain.choices.yearly and self.chain.parts.row is not None

    def of_rows(self, values: NDArray) -> NDArray:
        """Values of the frame's rows, for each row of the result."""
        return self.chain.of_parts(values) if self.is_split else values

    def of_parts(self, values: NDArray) -> NDArray:
        """Values of parts, for each row of the result: its first part's where a row has several."""
        return values if self.is_split or self.chain.parts.first is None else values[self.chain.parts.first]

    @cached_property
    def amounts(self) -> tuple[Floats, Floats, Floats]:
        """Amount, low and high in the printed currency."""
        rows = self.chain.rows
        if not self.is_split:
            return rows.amount, rows.low, rows.high
        return tuple(self.of_rows(values) * self.chain.parts.share for values in (rows.amount, rows.low, rows.high))

    @cached_property
    def factor(self) -> Floats | float:
        """Value for one unit of the printed amount."""
        return self.factors.home_rate / self.factors.deflator * self.factors.target_rate / self.factors.divisor

    @cached_property
    def missing(self) -> NDArray[np.int8]:
        """Why a row has no value, as position in `REASONS`; 0 where it has one."""
        code = np.zeros(len(self.amounts[0]), np.int8)
        no_target = NO_PARITY if self.chain.choices.ppp else NO_RATE
        # The first step that failed comes last: in a sum over years it leaves the later ones without a value too.
        for reason, values in (
            (no_target, self.factors.target_rate), (NO_DIVISOR, self.factors.divisor), (NO_DEFLATOR, self.factors.deflator),
            (NO_RATE, self.factors.home_rate), (NO_AMOUNT, self.amounts[0]),
        ):  # fmt: skip
            code[np.broadcast_to(np.isnan(values), code.shape)] = reason
        if not self.chain.choices.constant:
            code[self.of_rows(self.chain.rows.price_year) > 0] = NOT_NOMINAL
        return code

    def refuse_missing(self) -> None:
        """Raises `MissingRate` or `MissingSeries` for the rows without a value."""
        for reason in np.unique(self.missing[self.missing > 0]):
            positions = np.flatnonzero(self.missing == reason)
            what = REASONS[reason].format(divisor=DIVISORS.get(self.chain.choices.per))
            error = {NO_RATE: MissingRate, NOT_NOMINAL: AiSpendError}.get(reason, MissingSeries)
            known = {
                NO_RATE: f"the exchange rates end on {frozen_quotes().last_day}",
                NOT_NOMINAL: "say prices='constant' and a price_year to bring all rows to one",
            }.get(reason, "data/macro.csv holds what there is")
            raise error(
                f"{what} in row {first_five(self._named(position, reason) for position in positions)}; {known}. "
                "Leave these rows out, or pass on_missing='keep' for rows without a value"
            )

    def _named(self, position: int, reason: int) -> str:
        row = int(self.chain.parts.row[position]) if self.is_split else int(position)
        rows = self.chain.rows
        start, end = rows.start[row], rows.end[row]
        period = "no period" if NO_DAY in (start, end) else f"{date.fromordinal(start + EPOCH)}/{date.fromordinal(end + EPOCH)}"
        announced = rows.announced.iloc[row]
        when = f"{period}, {'no date of announcement' if pd.isna(announced) else f'announced {announced}'}"
        path = list(dict.fromkeys(rows.currencies[code] for code in (rows.printed[row], rows.home[row])))
        path += [self.chain.choices.currency] if self.chain.choices.currency not in path else []
        country = rows.countries[rows.country[row]] if rows.country[row] >= 0 else "no price_country"
        what = " -> ".join(path) if reason == NO_RATE else f"{country}, {rows.currencies[rows.home[row]]}"
        return f"{rows.label(row)} ({what}; {when})"

    def rows(self) -> pd.DataFrame:
        """The frame itself, or a row for each part with the part's amount and days."""
        if not self.is_split:
            return self.frame
        parts = self.chain.parts
        rows = self.frame.iloc[parts.row].reset_index(drop=True)
        amount, low, high = self.amounts
        is_part = self.of_rows(np.bincount(parts.row) > 1)
        rows["amount"] = amount
        for column, values in (("low", low), ("high", high)):
            if column in rows:
                rows[column] = values
        for column, days in (("period_start", parts.spans.start), ("period_end", parts.spans.end)):
            part_days = pd.Series(days[parts.span].astype("datetime64[D]"), index=rows.index)
            rows[column] = part_days.where(is_part, pd.to_datetime(rows[column]))
        return rows

    def columns(self) -> dict[str, object]:
        """The added columns."""
        amount, low, high = self.amounts
        factors = self.factors
        value = np.where(self.missing == NOT_NOMINAL, np.nan, amount * self.factor) if NOT_NOMINAL in self.missing else amount * self.factor
        years = {"year": self._years(self.chain.parts.spans.year[self.chain.parts.span])} if self.chain.choices.yearly else {}
        dollars = {}
        if factors.to_dollars is not None:
            dollars = {"international_dollars": amount * (factors.home_rate / factors.deflator * factors.to_dollars / factors.divisor)}
        return {
            **years,
            "home_value": amount * factors.home_rate,
            "home_rate": self._full(factors.home_rate),
            "home_rate_on": self._column(self.home_rate_on()),
            "deflator": self._full(factors.deflator),
            "target_rate": self._full(factors.target_rate),
            "target_rate_on": self._column(self.target_rate_on()),
            "divisor": self._full(factors.divisor),
            **dollars,
            "value": value,
            "value_low": value if low is amount else low * self.factor,
            "value_high": value if high is amount else high * self.factor,
            "value_is": self._value_is(),
            "basis": self._column(self.basis()),
            "held_from": self._years(np.broadcast_to(factors.held, value.shape)),
            "vintage": self._column(Text(np.zeros(len(value), np.intp), [self.vintage()])),
        }

    def home_rate_on(self) -> Text:
        rows = self.chain.rows
        return window_texts(self.chain.parts, by_row=not self.is_split).only_where(self.of_rows(rows.printed != rows.home))

    def target_rate_on(self) -> Text:
        """The dates of the rates to the target currency: of the row itself, or of the price year where deflated."""
        choices, parts = self.chain.choices, self.chain.parts
        if choices.is_share:
            return Text(np.zeros(len(self.missing), np.intp), [""])
        texts = (year_texts if choices.ppp else window_texts)(parts, by_row=not self.is_split)
        if choices.constant:
            own_time = self.of_parts(self.chain.stays_nominal)
            texts = Text(np.where(own_time, texts.codes, len(texts.texts)), [*texts.texts, str(choices.price_year)])
        return texts.only_where(self.of_rows(self.chain.rows.home) != self.chain.target)

    def basis(self) -> Text:
        """Unit, prices, conversion and rate; or why there is no value."""
        chain, choices = self.chain, self.chain.choices
        words = basis(
            chain.rows, choices, rate_kinds(chain.parts, by_row=not self.is_split),
            nominal=self.of_parts(chain.stays_nominal) if choices.constant else np.zeros(len(self.missing), bool),
            per=self.frame.get("per"), row=chain.parts.row if self.is_split else None,
        )
        if not self.missing.any():
            return words
        reasons = [NO_VALUE + reason.format(divisor=DIVISORS.get(choices.per)) for reason in REASONS[1:]]
        return Text(np.where(self.missing > 0, len(words.texts) + self.missing - 1, words.codes), [*words.texts, *reasons])

    def vintage(self) -> str:
        """The editions of the series that this way of normalising uses."""
        choices = self.chain.choices
        used = {"gdp": ["gdp"], "head": ["population"]}.get(choices.per or "", [])
        used += ["gdp-deflator"] if choices.constant else []
        used += ["ppp"] if choices.ppp else []
        bank = sorted({series(indicator).vintage for indicator in used})
        return ", ".join([f"ECB {frozen_quotes().last_day}", *(f"World Bank {edition}" for edition in bank)])

    def _value_is(self) -> object:
        if "value_is" not in self.frame:
            return self._column(Text(np.zeros(len(self.missing), np.intp), ["exact"]))
        unknown = np.flatnonzero(~self.frame["value_is"].isin(VALUE_IS))
        if len(unknown):
            raise AiSpendError(f"column value_is must be one of {', '.join(VALUE_IS)}; correct row {self.chain.rows.named(unknown)}")
        column = self.frame["value_is"]
        return column.take(self.chain.parts.row).to_numpy() if self.is_split else column.array

    def _column(self, text: Text) -> object:
        return text.column(categorical=isinstance(self.frame["currency"].dtype, pd.CategoricalDtype))

    def _full(self, values: Floats | float) -> Floats:
        shape = self.amounts[0].shape
        return values if np.shape(values) == shape else np.full(shape, values)

    @staticmethod
    def _years(years: NDArray[np.int64]) -> pd.arrays.IntegerArray:
        return pd.arrays.IntegerArray(years.astype(np.int64), years == 0)
