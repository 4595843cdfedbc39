"""From the ratio of a headline to the comparable one: a step for each choice, and the ratio under every choice.

The headline's ratio is that of the printed amounts at the rate of the day, whatever the periods. The comparable one
is per year, of the part that is AI, at one average rate, in purchasing power or as a share of each economy.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import NamedTuple

import numpy as np
import pandas as pd

from aispend.compare import compare
from aispend.errors import AiSpendError, MissingRate, NotComparable
from aispend.normalise import normalise
from aispend.normalise.ai_share import PARTLY, AiShare, read_shares
from aispend.periods import day_numbers, longer_than_a_year
from aispend.rates import rate

SPOT, AVERAGE, PARITY, GDP = "market rate of the day", "market rate, one average", "purchasing power", "share of GDP"
_WAYS: dict[str, dict[str, str]] = {AVERAGE: {}, PARITY: {"conversion": "ppp"}, GDP: {"per": "gdp"}}
_KINDS = {"outlay": "spending", "financing": "money to be lent, guaranteed or raised", "unit-cost": "the price of one training run", "context": "no spending"}
_READINGS = {"about": "approximate", "midpoint": "the middle of a range", "at-least": "a lower bound", "at-most": "an upper bound"}
_FLOW = "no source says when the financing will flow; an even spread is assumed"
_COMPUTE = "processors are traded at world prices, so purchasing power overstates what a budget buys of them"
_PERIOD = ["period_start", "period_end"]
_NO_RATE = "takes the place of exchange rate and purchasing power; a company's economy is its country's"
_STATES = ["low", "high", "basis", "vintage"]


class Choice(NamedTuple):
    """One way to set two amounts side by side."""

    yardstick: str = SPOT
    yearly: bool = False
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
        for name in (a, b):
            found = int((frame["fact_id"] == name).sum())
            if found != 1 or a == b:
                raise AiSpendError(f"{name!r} is in the frame {found} times; a ladder needs two facts, each in it once")
        rows = frame.set_index("fact_id", drop=False).loc[[a, b]].reset_index(drop=True)
        rows = rows.assign(**{column: pd.to_datetime(rows[column]) if column in rows else pd.NaT for column in _PERIOD})
        rows = rows.assign(**{end: rows[end].fillna(rows["amount"]) if end in rows else rows["amount"] for end in ("low", "high")})
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
        return tuple(_years(start, end) for start, end in self.frame[_PERIOD].itertuples(index=False))  # type: ignore[return-value]

    @cached_property
    def share(self) -> tuple[float, float, float]:
        """AI share of a over that of b: at the middles, lowest and highest."""
        if self.ai_share is None:
            return 1.0, 1.0, 1.0
        shares = read_shares(self.frame, self.ai_share)
        (a, b), (a_low, b_low), (a_high, b_high) = shares.middle, shares.low, shares.high
        return a / b, a_low / b_high, a_high / b_low

    @cached_property
    def measured(self) -> dict[str, pd.DataFrame]:
        """Both facts by each yardstick but the spot rate: b's row is the baseline of `compare`."""
        frames = {}
        for yardstick, way in _WAYS.items():
            missing = "raise" if yardstick == AVERAGE else "keep"
            rows = normalise(self.frame, currency="USD" if yardstick == PARITY else self.texts("currency")[1], on_missing=missing, **way)
            known = rows["value"].notna().all()
            frames[yardstick] = compare(rows, baseline=self.b, across=True) if known else rows
        return frames

    def ratio(self, choice: Choice) -> tuple[float, float, float]:
        """Value, low and high of a over b; not a number where the choice cannot be made."""
        factor = self.years[1] / self.years[0] if choice.yearly else 1.0
        if choice.yardstick == SPOT:
            base = self._at_spot()
        else:
            row = self.measured[choice.yardstick].iloc[0]
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

    def basis(self, choice: Choice) -> str:
        """The choice in words, with the AI shares where they are on."""
        words = [choice.yardstick, "per year" if choice.yearly else "whole sums"]
        if choice.ai_part and self.ai_share is not None:
            words += [text for text in dict.fromkeys(read_shares(self.frame, self.ai_share).words()) if text]
        return ", ".join(words)

    def vintage(self, choice: Choice) -> str:
        """The editions of the series that the ratio rests on."""
        return str(self.measured[AVERAGE if choice.yardstick == SPOT else choice.yardstick]["vintage"].iloc[0])

    @cached_property
    def sources(self) -> tuple[tuple[str, str], ...]:
        """(publisher, address) of both facts."""
        pairs = zip(self.texts("publisher"), self.texts("url"), strict=True)
        return tuple(dict.fromkeys(pair for pair in pairs if pair[0]))


def ladder_steps(frame: pd.DataFrame, a: str, b: str, *, ai_share: AiShare | None = None) -> pd.DataFrame:
    """The way from the headline ratio of two facts, a over b, to the comparable one: one row a step, in fixed order.

    `frame` holds both facts, as `facts()` returns them; it is not changed. The steps are headline (printed amounts at
    the rate of a's announcement), currency (home amounts at one rate, as `compare` takes it), period (per year of the
    stated periods), conversion (purchasing power parity), scope (the AI part, where `ai_share` gives one: see
    `normalise`), kind of money, share of GDP (which takes the place of currency and conversion).

    Columns: step; change, what it does; before and after, the ratio; factor, after / before, blank where a step
    cannot be taken and the ratio stays; low and high, the range of `after` from the ranges of the published figures;
    note, what to know; basis; vintage; sources, the (publisher, address) pairs of the facts. The factors multiply to
    the last ratio over the first.

    Raises `AiSpendError` where a or b is not in the frame exactly once, `NotComparable` where one is not positive,
    `MissingRate` where there is no rate, and what `normalise` raises.

    >>> facts = pd.DataFrame({"fact_id": ["fund", "spending"], "family": ["financing", "outlay"], "amount": [150e12, 91.45e9],
    ...     "currency": ["KRW", "USD"], "price_country": ["KOR", "USA"], "announced_on": ["2025-09-10", "2026-02-04"],
    ...     "period_start": pd.to_datetime(["2026-01-01", "2025-01-01"]), "period_end": pd.to_datetime(["2030-12-31", "2025-12-31"])})
    >>> print(ladder_steps(facts, "fund", "spending")[["step", "factor", "after"]].round(3).to_string(index=False))
             step  factor  after
         headline     NaN  1.181
         currency   0.978  1.154
           period   0.200  0.231
       conversion   1.740  0.402
            scope   1.000  0.402
    kind of money     NaN  0.402
     share of GDP   9.431  3.790
    """
    pair, choice = Pair.of(frame, a, b, ai_share), Choice()
    ratio = pair.ratio(choice)
    rows = [("headline", _headline(pair), np.nan, ratio[0], np.nan, *_state(pair, choice), _reading(pair))]
    for step, changes, change, note in _steps(pair):
        reached = pair.ratio(choice._replace(**(changes or {})))
        before, factor = ratio[0], np.nan
        if changes is not None and np.isnan(reached[0]):
            note = _why_not(pair, step)
        elif changes is not None:
            choice, ratio, factor = choice._replace(**changes), reached, reached[0] / before
        rows.append((step, change, before, ratio[0], factor, *_state(pair, choice), note))
    steps = pd.DataFrame(rows, columns=["step", "change", "before", "after", "factor", *_STATES, "note"])
    return steps.assign(sources=[pair.sources] + [()] * (len(steps) - 1))


def every_choice(frame: pd.DataFrame, a: str, b: str, *, ai_share: AiShare | None = None) -> pd.DataFrame:
    """The ratio of two facts, a over b, under every combination of choices: one row each, in fixed order.

    Arguments and errors as for `ladder_steps`. The choices are whole sums or per year; the spot rate, an average,
    purchasing power or shares of GDP; and, where `ai_share` is given, whole amounts or the AI part. Columns: choice,
    ratio, low, high (blank where the choice cannot be made), basis, vintage, sources. A share of GDP of a whole sum
    is that of one year's GDP, the mean of its years.

    >>> from aispend.data.evidence import facts
    >>> choices = every_choice(facts(), "ai-budget-2025", "alphabet-capex-2025")
    >>> len(choices), bool((choices["ratio"] < 1).all())
    (8, True)
    """
    pair, rows = Pair.of(frame, a, b, ai_share), []
    for ai_part, yearly, yardstick in product([False, True] if ai_share is not None else [False], [False, True], [SPOT, *_WAYS]):
        choice = Choice(yardstick, yearly, ai_part)
        words = f"{'Per year' if yearly else 'Whole sums'}, {yardstick}{', AI part' if ai_part else ''}"
        rows.append((words, *pair.ratio(choice), pair.basis(choice), pair.vintage(choice), pair.sources))
    return pd.DataFrame(rows, columns=["choice", "ratio", "low", "high", "basis", "vintage", "sources"])


def _steps(pair: Pair) -> list[tuple[str, dict[str, object] | None, str, str]]:
    """Step, what it changes (None: it has no number), that in words, what to know."""
    families, scopes = (pair.texts(column, "unstated") for column in ("family", "ai_scope"))
    kinds = [_KINDS.get(family, family) for family in families]
    unlike = families[0] != families[1]
    unsaid = f"{'' if pair.ai_share is None else 'an assumption: '}no source says which part is AI"
    partly = unsaid if set(PARTLY) & set(scopes) else ""
    shared = pair.basis(Choice(ai_part=True)).partition("AI share ")[2]
    return [
        ("currency", {"yardstick": AVERAGE}, _rates(pair), ""),
        ("period", {"yearly": True}, f"{_length(pair.years[0])} beside {_length(pair.years[1])}: each to one year", _FLOW if "financing" in families else ""),
        ("conversion", {"yardstick": PARITY}, "market rate to purchasing power parity of GDP", _COMPUTE),
        ("scope", {"ai_part": True}, f"for AI: {_of(scopes[0])} beside {_of(scopes[1])}; taken {f'at {shared}' if shared else 'whole'}", partly),
        ("kind of money", None if unlike else {}, f"{kinds[0]} beside {kinds[1]}", "cannot be converted into one another" if unlike else ""),
        ("share of GDP", {"yardstick": GDP}, "each against one year of its own country's GDP", _NO_RATE),
    ]


def _of(scope: str) -> str:
    return {"all": "all of it", "part": "part of it"}.get(scope, "an unknown part")


def _headline(pair: Pair) -> str:
    names = [": ".join(part for part in (actor, label) if part) for actor, label in zip(pair.texts("actor"), pair.texts("label"), strict=True)]
    return " beside ".join(name or fact for name, fact in zip(names, (pair.a, pair.b), strict=True))


def _reading(pair: Pair) -> str:
    """Bounds and estimates, which no step takes away."""
    readings = zip(("first", "second"), pair.texts("value_is"), strict=True)
    return "; ".join(f"the {which} sum is {_READINGS[reading]}" for which, reading in readings if reading in _READINGS)


def _rates(pair: Pair) -> str:
    """The rate of the day and the one that takes its place, both of them the printed currencies'."""
    if pair.printed[0] == pair.printed[1]:
        return f"both in {pair.printed[0]}"
    base, quote = pair.printed
    spot = rate(base, quote, pair.day)
    average = spot * pair.ratio(Choice(AVERAGE))[0] / pair.ratio(Choice(SPOT))[0]
    if spot < 1:
        base, quote, spot, average = quote, base, 1 / spot, 1 / average
    return f"{spot:,.6g} {quote} per {base} ({pair.day}) to {average:,.6g} on average"


def _length(years: float) -> str:
    return "no stated period" if np.isnan(years) else f"{years:.3g} year{'' if years == 1 else 's'}"


def _why_not(pair: Pair, step: str) -> str:
    if step in ("period", "share of GDP") and np.isnan(pair.years).any():
        return "cannot be taken: a period is not stated"
    reasons = pair.measured[GDP if step == "share of GDP" else PARITY]["basis"].astype(str)
    return f"cannot be taken: {next((text.removeprefix('no value: ') for text in reasons if text.startswith('no value: ')), 'no number')}"


def _state(pair: Pair, choice: Choice) -> tuple[float, float, str, str]:
    _, low, high = pair.ratio(choice)
    return low, high, pair.basis(choice), pair.vintage(choice)


def _years(start: pd.Timestamp, end: pd.Timestamp) -> float:
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
