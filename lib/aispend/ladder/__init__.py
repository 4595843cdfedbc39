"""From the ratio of a headline to the comparable one: a step for each choice, and the ratio under every choice.

The headline's ratio is that of the printed amounts at the rate of the day, whatever the periods. The comparable one
is per year, in prices of one year, of the part that is AI, at one average rate, in purchasing power or as a share of
each economy.
"""

from itertools import product

import numpy as np
import pandas as pd

from aispend.ladder.pair import AVERAGE, GDP, PARITY, SPOT, WAYS, Choice, Pair
from aispend.normalise.ai_share import PARTLY, AiShare
from aispend.rates import rate

__all__ = ["every_choice", "ladder_steps"]

_KINDS = {"outlay": "spending", "financing": "money to be lent, guaranteed or raised", "unit-cost": "the price of one training run", "context": "no spending"}
_READINGS = {"about": "approximate", "midpoint": "the middle of a range", "at-least": "a lower bound", "at-most": "an upper bound"}
_FLOW = "no source says when the financing will flow; an even spread is assumed"
_COMPUTE = "processors are traded at world prices, so purchasing power overstates what a budget buys of them"
_NO_RATE = "takes the place of exchange rate, prices and purchasing power; a company's economy is its country's"
_STATES = ["low", "high", "basis", "vintage"]


def ladder_steps(frame: pd.DataFrame, a: str, b: str, *, ai_share: AiShare | None = None) -> pd.DataFrame:
    """The way from the headline ratio of two facts, a over b, to the comparable one: one row a step, in fixed order.

    `frame` holds both facts, as `facts()` returns them; it is not changed. The steps are headline (printed amounts at
    the rate of a's announcement), currency (home amounts at one rate, as `compare` takes it), period (per year of the
    stated periods), prices (both in those of b's year, by each country's GDP deflator), conversion (purchasing power
    parity), scope (the AI part, where `ai_share` gives one: see `normalise`), kind of money, share of GDP (which takes
    the place of currency, prices and conversion). A step that changes nothing has the factor 1 and says why.

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
           prices   1.000  0.231
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
    purchasing power or shares of GDP; prices of their own years or constant ones, at the average and in purchasing
    power, where the two are not in prices of one year anyway; and, where `ai_share` is given, whole amounts or the AI
    part. Columns: choice,
    ratio, low, high (blank where the choice cannot be made), basis, vintage, sources. A share of GDP of a whole sum
    is that of one year's GDP, the mean of its years.

    >>> from aispend.data.evidence import facts
    >>> choices = every_choice(facts(), "ai-budget-2025", "alphabet-capex-2025")
    >>> len(choices), bool((choices["ratio"] < 1).all())
    (8, True)
    """
    pair, rows = Pair.of(frame, a, b, ai_share), []
    ways = [(yardstick, real) for yardstick in (SPOT, *WAYS) for real in (False, True) if not real or pair.prices_differ and yardstick in (AVERAGE, PARITY)]
    for ai_part, yearly, (yardstick, real) in product([False, True] if ai_share is not None else [False], [False, True], ways):
        choice = Choice(yardstick, yearly, real, ai_part)
        words = f"{'Per year' if yearly else 'Whole sums'}, {yardstick}{', constant prices' if real else ''}{', AI part' if ai_part else ''}"
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
        ("prices", {"real": True}, _deflation(pair), _held(pair)),
        ("conversion", {"yardstick": PARITY}, *_conversion(pair)),
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


def _deflation(pair: Pair) -> str:
    a, b = (text or "an unstated year" for text in pair.own_prices)
    if not pair.prices_differ and all(pair.own_prices):
        return f"both in prices of {b}: nothing to deflate"
    return f"prices of {a} beside those of {b}: each to {pair.price_year or 'one year'} by its own country's GDP deflator"


def _conversion(pair: Pair) -> tuple[str, str]:
    homes = pair.texts("currency")
    if homes[0] == homes[1]:
        return f"both in {homes[0]}, at home in one economy: no conversion", ""
    return "market rate to purchasing power parity of GDP", _COMPUTE


def _held(pair: Pair) -> str:
    real = pair.measured.get((AVERAGE, True))
    if real is None or "ratio" not in real:
        return ""
    held = real["held_from"].dropna()
    total = ((real["family"] != "outlay") & (np.array(pair.years) > 1)).any()
    told = ["a total that is not split counts in prices of the year of its announcement"] if total else []
    return "; ".join(told + [f"no deflator is known after {held.max()}, so later years count in prices of {held.max()}"] * (len(held) > 0))


def _length(years: float) -> str:
    return "no stated period" if np.isnan(years) else f"{years:.3g} year{'' if years == 1 else 's'}"


def _why_not(pair: Pair, step: str) -> str:
    if step in ("period", "prices", "share of GDP") and np.isnan(pair.years).any():
        return "cannot be taken: a period is not stated"
    kept = {"share of GDP": (GDP, False), "prices": (AVERAGE, True)}.get(step, (PARITY, False))
    if kept not in pair.measured:
        return f"cannot be taken: no GDP deflator of {pair.own_prices[1]}"
    reasons = pair.measured[kept]["basis"].astype(str)
    return f"cannot be taken: {next((text.removeprefix('no value: ') for text in reasons if text.startswith('no value: ')), 'no number')}"


def _state(pair: Pair, choice: Choice) -> tuple[float, float, str, str]:
    _, low, high = pair.ratio(choice)
    return low, high, pair.basis(choice), pair.vintage(choice)
