"""The columns that normalise adds, and the refusal of rows for which a rate or a series is missing."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from aispend.errors import AiSpendError, MissingRate, MissingSeries
from aispend.normalise.ai_share import Shares
from aispend.normalise.chain import Chain, Factors
from aispend.normalise.inputs import VALUE_IS, Cases, Choices, Floats, Positions
from aispend.normalise.labels import Texts, basis_texts, column, of_wholes, parity_years, rate_dates, rate_kinds
from aispend.periods import EPOCH, NO_DAY, Parts
from aispend.prices import series
from aispend.rates import frozen_quotes

NO_VALUE = "no value: "
NOT_NOMINAL, RECURS, NO_RATE, NO_PARITY, NO_DEFLATOR, NO_DIVISOR, NO_AMOUNT = range(1, 8)
REASONS = (
    "",
    "no nominal amount, it was printed in constant prices",
    "no amount of one year, it is per year, day or team over several years",
    "no exchange rate",
    "no purchasing power parity",
    "no GDP deflator",
    "no {divisor}",
    "no amount",
)
_SOMETIMES = dict.fromkeys(("ai_share", "international_dollars"))
DIVISORS = {"gdp": "GDP", "head": "population", "revenue": "revenue"}


@dataclass(frozen=True)
class Outcome:
    """The factors of each case, or of each part where a case is split into yearly rows, and how rows take them."""

    chain: Chain
    amounts: tuple[Floats, Floats, Floats]
    """Amount, low and high of the frame's rows, in the printed currency."""
    factors: Factors
    shares: Shares | None = None
    """The AI shares of the frame's rows, where they are to be taken."""

    @property
    def choices(self) -> Choices:
        return self.chain.choices

    @property
    def cases(self) -> Cases:
        return self.chain.cases

    @property
    def parts(self) -> Parts:
        return self.chain.parts

    @cached_property
    def case(self) -> Positions:
        """The case of each set of factors."""
        return self.parts.whole if self.choices.yearly else np.arange(len(self.cases.home))

    @cached_property
    def row(self) -> Positions:
        """The frame's row of each yearly row of the result."""
        return np.repeat(np.arange(len(self.cases.rows.case)), np.bincount(self.parts.whole)[self.cases.rows.case])

    @cached_property
    def position(self) -> Positions:
        """The factors of each row of the result, by position."""
        case = self.cases.rows.case
        if not self.choices.yearly:
            return case
        starts = np.flatnonzero(np.diff(self.row, prepend=-1))
        return self.parts.first[case][self.row] + np.arange(len(self.row)) - starts[self.row]

    def frame(self) -> pd.DataFrame:
        """The frame with the added columns."""
        amount, low, high = self._shares()
        rows = self._rows(amount, low, high)
        columns = self._columns(amount, low, high) if self.shares is None else self._of_ai(amount, low, high)
        new = pd.DataFrame(columns, index=rows.index, copy=False)
        # What an earlier normalising added is of another basis, even where this one has no such column.
        return pd.concat([rows.drop(columns=[name for name in {**dict.fromkeys(new), **_SOMETIMES} if name in rows]), new], axis=1)

    def refuse_missing(self) -> None:
        """Raises `MissingRate` or `MissingSeries` for the rows without a value."""
        for reason in np.unique(self._missing[self._missing > 0]):
            bad = np.bincount(self.case, self._missing == reason, minlength=len(self.cases.home)) > 0
            error = {NO_RATE: MissingRate, NOT_NOMINAL: AiSpendError, RECURS: AiSpendError}.get(reason, MissingSeries)
            known = {
                NO_RATE: f"the exchange rates end on {frozen_quotes().last_day}",
                NOT_NOMINAL: "say prices='constant' and a price_year to bring all rows to one",
                RECURS: "give a row for each year",
            }.get(reason, "data/macro.csv holds what there is")
            raise error(
                f"{self._reason(reason)} in row {self.cases.rows.named(bad, lambda row: self._described(row, reason))}; {known}. "
                "Leave these rows out, or pass on_missing='keep' for rows without a value"
            )

    @cached_property
    def _missing(self) -> NDArray[np.int8]:
        """Why a case or part has no value, as position in `REASONS`; 0 where it has one."""
        code = np.zeros(len(self.case), np.int8)
        no_target = NO_PARITY if self.choices.ppp else NO_RATE
        # The first step that failed comes last: in a sum over years it leaves the later ones without a value too.
        for reason, values in (
            (no_target, self.factors.target_rate), (NO_DIVISOR, self.factors.divisor), (NO_DEFLATOR, self.factors.deflator),
            (NO_RATE, self.factors.home_rate),
        ):  # fmt: skip
            code[np.isnan(values)] = reason
        if not self.choices.constant:
            code[self.cases.price_year[self.case] > 0] = NOT_NOMINAL
        if self.choices.constant or self.choices.per:
            code[self.cases.recurs[self.case]] = RECURS
        return code

    def _reason(self, reason: int) -> str:
        return REASONS[reason].format(divisor=DIVISORS.get(self.choices.per or ""))

    def _described(self, row: int, reason: int) -> str:
        case = self.cases.rows.case[row]
        start, end, announced = self.cases.start[case], self.cases.end[case], self.cases.announced.iloc[case]
        period = "no period" if NO_DAY in (start, end) else f"{date.fromordinal(start + EPOCH)}/{date.fromordinal(end + EPOCH)}"
        when = f"{period}, {'no date of announcement' if pd.isna(announced) else f'announced {announced}'}"
        currencies = [self.cases.currencies[code[case]] for code in (self.cases.printed, self.cases.home)]
        country = self.cases.countries[self.cases.country[case]] if self.cases.country[case] >= 0 else "no price_country"
        what = " -> ".join(dict.fromkeys([*currencies, self.choices.currency])) if reason == NO_RATE else f"{country}, {currencies[1]}"
        return f"{what}; {when}"

    def _shares(self) -> tuple[Floats, Floats, Floats]:
        if not self.choices.yearly:
            return self.amounts
        share = self.parts.share[self.position]
        amount, low, high = (values[self.row] * share for values in self.amounts)
        return amount, low, high

    def _rows(self, amount: Floats, low: Floats, high: Floats) -> pd.DataFrame:
        """The frame itself, or a row for each part with the part's amount and days."""
        if not self.choices.yearly:
            return self.cases.rows.frame
        rows = self.cases.rows.frame.iloc[self.row].reset_index(drop=True)
        rows["amount"] = amount
        for name, values in (("low", low), ("high", high)):
            if name in rows:
                rows[name] = values
        is_part = (self.parts.share < 1)[self.position]
        for name, days in (("period_start", self.parts.start), ("period_end", self.parts.end)):
            part_days = pd.Series(days[self.position].astype("datetime64[D]"), index=rows.index)
            rows[name] = part_days.where(is_part, pd.to_datetime(rows[name])) if name in rows else part_days
        return rows

    def _columns(self, amount: Floats, low: Floats, high: Floats) -> dict[str, object]:
        factors, at = self.factors, self.position
        real = factors.home_rate / factors.deflator / factors.divisor
        factor = np.where(self._missing > 0, np.nan, real * factors.target_rate)[at]
        value, home_rate = amount * factor, factors.home_rate[at]
        years = {"year": _years(self.parts.year[at])} if self.choices.yearly else {}
        dollars = {"international_dollars": amount * (real * factors.dollar_rate)[at]} if self.choices.ppp else {}
        return {
            **years,
            "home_value": amount * home_rate,
            "home_rate": home_rate,
            "home_rate_on": self._column(self._home_rate_on(), at),
            "deflator": factors.deflator[at],
            "target_rate": factors.target_rate[at],
            "target_rate_on": self._column(self._target_rate_on(), at),
            "divisor": factors.divisor[at],
            **dollars,
            "value": value,
            "value_low": value if low is amount else low * factor,
            "value_high": value if high is amount else high * factor,
            "value_is": self._value_is(),
            "basis": self._basis(amount),
            "held_from": _years(factors.held[at] if factors.held.any() else np.zeros(len(at), np.int64)),
            "vintage": self._column(np.full(len(self.case), self._vintage(), object), at),
        }

    def _of_ai(self, amount: Floats, low: Floats, high: Floats) -> dict[str, object]:
        """The columns of the AI part of each amount: at the middle of the share's range, its ends in low and high."""
        assert self.shares is not None
        row = self.row if self.choices.yearly else slice(None)
        least, middle, most = self.shares.low[row], self.shares.middle[row], self.shares.high[row]
        lowest, highest = np.minimum(low * least, low * most), np.maximum(high * least, high * most)
        columns = self._columns(amount * middle, lowest, highest)
        applied, words = self.shares.applied[row], np.array(self.shares.words(), object)[row]
        said, known = np.asarray(columns["basis"], object), applied & np.isfinite(columns["value"])
        readings = np.asarray(columns["value_is"], object)
        for name, texts in (
            ("basis", np.where(known, said + np.where(words == "", "", ", " + words), said)),
            ("value_is", np.where(applied & ~np.isin(readings, ("at-least", "at-most")), "midpoint", readings)),
        ):  # fmt: skip
            columns[name] = pd.Categorical(texts) if isinstance(columns[name], pd.Categorical) else texts
        return {"ai_share": middle, **columns}

    def _column(self, texts: Texts, positions: Positions) -> pd.Categorical | Texts:
        return column(texts, positions, categorical=isinstance(self.cases.rows.frame["currency"].dtype, pd.CategoricalDtype))

    def _texts(self, of_parts: Texts, joint: str = "; ") -> Texts:
        return of_parts if self.choices.yearly else of_wholes(self.parts, of_parts, joint)

    def _home_rate_on(self) -> Texts:
        return np.where((self.cases.printed != self.cases.home)[self.case], self._texts(rate_dates(self.parts)), "")

    def _target_rate_on(self) -> Texts:
        """The dates of the rates to the target currency: of the row itself, or of the price year where deflated."""
        if self.choices.is_share:
            return np.full(len(self.case), "", object)
        texts = self._texts(parity_years(self.parts) if self.choices.ppp else rate_dates(self.parts))
        if self.choices.constant:
            texts = np.where(self._stays_nominal, texts, str(self.choices.price_year))
        return np.where(self.cases.home[self.case] != self.chain.target, texts, "")

    @property
    def _stays_nominal(self) -> NDArray[np.bool_]:
        return self.chain.stays_nominal if self.choices.yearly else self.chain.stays_nominal[self.parts.first]

    def _basis(self, amount: Floats) -> pd.Categorical | Texts:
        """Unit, prices, conversion and rate; or why there is no value."""
        kinds = self._texts(rate_kinds(self.parts), " and ")
        words = basis_texts(self.cases, self.choices, kinds, self._stays_nominal, self.case)
        for reason in np.unique(self._missing[self._missing > 0]):
            words[self._missing == reason] = NO_VALUE + self._reason(reason)
        unknown = np.isnan(amount)
        if not unknown.any():
            return self._column(words, self.position)
        words = np.append(words, NO_VALUE + REASONS[NO_AMOUNT])
        return self._column(words, np.where(unknown, len(words) - 1, self.position))

    def _vintage(self) -> str:
        """The editions of the series that this way of normalising uses."""
        used = {"gdp": ["gdp"], "head": ["population"]}.get(self.choices.per or "", [])
        used = used + ["gdp-deflator"] * self.choices.constant + ["ppp"] * self.choices.ppp
        bank = sorted({series(indicator).vintage for indicator in used})
        return ", ".join([f"ECB {frozen_quotes().last_day}", *(f"World Bank {edition}" for edition in bank)])

    def _value_is(self) -> object:
        frame = self.cases.rows.frame
        if "value_is" not in frame:
            return self._column(np.full(len(self.case), VALUE_IS[0], object), self.position)
        unknown = np.flatnonzero(~frame["value_is"].isin(VALUE_IS))
        if len(unknown):
            raise AiSpendError(f"column value_is must be one of {', '.join(VALUE_IS)}; correct row {self.cases.rows.listed(unknown)}")
        return (frame["value_is"].take(self.row) if self.choices.yearly else frame["value_is"]).array


def _years(years: NDArray[np.int64]) -> pd.arrays.IntegerArray:
    return pd.arrays.IntegerArray(np.asarray(years, np.int64), years == 0)
