"""normalise: speed, memory and growth beside bare NumPy, pydeflate and CurrencyConverter, on synthetic rows.

Run by `make bench`, or with `--rows 1e5 --runs 3` for a quick look. Times are CPU seconds of this process, which a busy
machine changes less than the clock; two that are compared are measured in turn, and the ratio is the median of the
turns' ratios. The rows mix eight economies, six currencies, printed and home currency, sixteen years and amounts printed
in current prices and in those of two other years: 2,304 combinations.
"""

from __future__ import annotations

import argparse
import itertools
import resource
import sys
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from statistics import median

import numpy as np
import pandas as pd
from apparatus.claims import claim, verdict
from apparatus.offline_pydeflate import COUNTRY, CURRENCY, DATA, OWN, YEARS, constant_prices, deflators, per_dollar, source
from currency_converter import CurrencyConverter

from aispend import normalise

Work = Callable[[], object]
PRICE_YEAR = 2020
CONSTANT = {"currency": "USD", "prices": "constant", "price_year": PRICE_YEAR}
CURRENCIES, ECONOMIES = sorted(set(CURRENCY.values())), list(CURRENCY)
FIRST = YEARS[0]
PRINTED_IN = np.array([0, 2015, PRICE_YEAR])
KEYS = ("period_start", "period_end", "price_year")


@dataclass(frozen=True)
class Drawn:
    """Random rows as positions, from which both a frame and bare arrays are made."""

    country: np.ndarray
    home: np.ndarray
    printed: np.ndarray
    year: np.ndarray
    prices_of: np.ndarray
    """Position in `PRINTED_IN`."""
    amount: np.ndarray
    low: np.ndarray
    high: np.ndarray

    @classmethod
    def rows(cls, count: int) -> Drawn:
        draw = np.random.default_rng(1)
        country = draw.integers(0, len(ECONOMIES), count)
        home = np.array([CURRENCIES.index(CURRENCY[code]) for code in ECONOMIES])[country]
        printed = np.where(draw.random(count) < 0.5, home, draw.integers(0, len(CURRENCIES), count))
        prices_of = np.where(draw.random(count) < 0.75, 0, draw.integers(1, len(PRINTED_IN), count))
        amount = np.exp(draw.normal(20, 2, count))
        return cls(country, home, printed, draw.integers(0, len(YEARS), count), prices_of, amount, 0.9 * amount, 1.2 * amount)

    def frame(self) -> pd.DataFrame:
        """The rows as `facts` has them, with keys as categories and dates as dates."""
        starts = np.array([f"{year}-01-01" for year in YEARS], "datetime64[us]")
        ends = np.array([f"{year}-12-31" for year in YEARS], "datetime64[us]")
        of = pd.Categorical.from_codes
        return pd.DataFrame({
            "currency": of(self.home, CURRENCIES), "printed_currency": of(self.printed, CURRENCIES),
            "price_country": of(self.country, ECONOMIES), "family": of(np.zeros_like(self.home), ["outlay"]),
            "period_start": starts[self.year], "period_end": ends[self.year],
            "price_year": pd.arrays.IntegerArray(PRINTED_IN[self.prices_of], self.prices_of == 0),
            "amount": self.amount, "low": self.low, "high": self.high,
        })  # fmt: skip


def in_categories(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with dates and years as categories too."""
    return frame.astype(dict.fromkeys(KEYS, "category"))


def bare(drawn: Drawn) -> Work:
    """The same gathers and multiplications, for value, low and high, from tables and positions that are ready."""
    rates = per_dollar()[CURRENCIES].loc[YEARS[0] : YEARS[-1]].to_numpy()
    home_rate = rates.T[None, :, :] / rates.T[:, None, :]  # By printed currency, home currency and year.
    prices = deflators().unstack().loc[ECONOMIES, list(YEARS)].to_numpy()
    deflator = prices / prices[:, [PRICE_YEAR - FIRST]]
    target_rate = 1 / rates[PRICE_YEAR - FIRST]
    own = np.where(drawn.prices_of == 0, drawn.year, PRINTED_IN[drawn.prices_of] - FIRST)

    def work() -> tuple[np.ndarray, ...]:
        factor = home_rate[drawn.printed, drawn.home, drawn.year] / deflator[drawn.country, own] * target_rate[drawn.home]
        return drawn.amount * factor, drawn.low * factor, drawn.high * factor

    return work


def seconds(work: Work) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def in_turn(ours: Work, other: Work, runs: int) -> tuple[float, float, float]:
    """Median seconds of both, and the median of ours over the other's."""
    ours(), other()
    pairs = [(seconds(ours), seconds(other)) for _ in range(runs)]
    return median(a for a, _ in pairs), median(b for _, b in pairs), median(a / b for a, b in pairs)


def largest_gap(ours: pd.Series, theirs: np.ndarray) -> float:
    return float(np.abs(ours.to_numpy() / theirs - 1).max())


def beside_numpy(drawn: Drawn, runs: int) -> None:
    print(f"\nValue, low and high in dollars of {PRICE_YEAR}: normalise, with all its columns, and bare NumPy with three")
    other, frame = bare(drawn), drawn.frame()
    result = normalise(frame, **CONSTANT)
    gap = max(largest_gap(result[name], values) for name, values in zip(("value", "value_low", "value_high"), other(), strict=True))
    claim("the same numbers", gap < 1e-12, f"largest gap {gap:.0e}")
    rows = in_categories(frame)
    mine, theirs, ratio = in_turn(lambda: normalise(rows, **CONSTANT), other, runs)
    claim("keys as categories: within 4 times of bare NumPy", ratio <= 4, f"{ratio:.2f} times ({1e3 * mine:.0f} ms, {1e3 * theirs:.0f} ms)")
    mine, theirs, ratio = in_turn(lambda: normalise(frame, **CONSTANT), other, runs)
    print(f"  no claim: with dates as dates and years as integers {ratio:.2f} times ({1e3 * mine:.0f} ms, {1e3 * theirs:.0f} ms)")


def beside_pydeflate(drawn: Drawn, runs: int) -> None:
    """What both can do: amounts of one year each, in current prices, to dollars in those of another year."""
    print(f"\nDollars of {PRICE_YEAR}: normalise and pydeflate, whose tables are ready before the clock starts")
    frame = drawn.frame().drop(columns=["price_year", "family"])
    rows = frame.astype(dict.fromkeys(KEYS[:2], "category"))
    single = rows.drop(columns=["printed_currency", "low", "high"])
    text = pd.DataFrame({"row": np.arange(len(frame)), "country": frame["price_country"].astype("str"), "date": frame["period_start"]})
    text = text.assign(**frame[["amount", "low", "high"]])
    tables = source()
    ways = [constant_prices(tables, base_year=PRICE_YEAR, printed=COUNTRY[code], target="USA") for code in CURRENCIES]
    from_own = constant_prices(tables, base_year=PRICE_YEAR, printed=OWN, target="USA")
    categories = text.assign(country=rows["price_country"], date=pd.Categorical.from_codes(drawn.year, [str(year) for year in YEARS]))

    def in_every_currency() -> dict[str, np.ndarray]:
        """A call for each printed currency and each of value, low and high: a call knows one of each."""
        found = {name: np.empty(len(text)) for name in ("amount", "low", "high")}
        for position, way in enumerate(ways):
            part = text[drawn.printed == position]
            for name, values in found.items():
                done = way.deflate(part, "country", "date", name, "value")
                values[done["row"].to_numpy(int)] = done["value"].to_numpy(float)
        return found

    result = normalise(rows, **CONSTANT)
    gap = max(largest_gap(result[name], values) for name, values in zip(("value", "value_low", "value_high"), in_every_currency().values(), strict=True))
    claim("the same numbers", gap < 1e-6, f"largest gap {gap:.0e}")
    for what, given, peer in (
        ("keys as categories, one amount in own currency", single, lambda: from_own.deflate(categories, "country", "date", "amount", "value", "%Y")),
        ("six printed currencies, value, low and high", rows, in_every_currency),
    ):
        mine, theirs, ratio = in_turn(lambda given=given: normalise(given, **CONSTANT), peer, runs)
        claim(f"{what}: at least 10 times faster than pydeflate", ratio <= 0.1, f"{1 / ratio:.0f} times ({1e3 * mine:.0f} ms, {1e3 * theirs:.0f} ms)")
    mine, theirs, ratio = in_turn(lambda: normalise(single, **CONSTANT), lambda: from_own.deflate(text, "country", "date", "amount", "value"), runs)
    print(f"  no claim: one amount in own currency, pydeflate's keys as it likes them best (text and dates) {1 / ratio:.0f} times ({1e3 * mine:.0f} ms, {1e3 * theirs:.0f} ms)")


def beside_currency_converter(drawn: Drawn, runs: int) -> None:
    print("\nDollars at the rate of a day: normalise, and CurrencyConverter row by row, one amount each")
    file = DATA / "raw/eurofxref-hist.zip"
    converter, fixings = CurrencyConverter(str(file)), pd.read_csv(file, usecols=["Date"], parse_dates=True)["Date"]
    days = [max(day for day in fixings if day.startswith(str(year))) for year in YEARS]  # The last fixing of each year.
    frame = drawn.frame()[["currency", "amount"]].assign(announced_on=pd.Categorical.from_codes(drawn.year, days))
    dates = [date.fromisoformat(day) for day in days]
    rows = list(zip(drawn.amount.tolist(), [CURRENCIES[code] for code in drawn.home], [dates[year] for year in drawn.year], strict=True))

    def peer() -> list[float]:
        return [converter.convert(amount, currency, "USD", day) for amount, currency, day in rows]

    gap = largest_gap(normalise(frame, currency="USD")["value"], np.array(peer()))
    claim("the same numbers", gap < 1e-12, f"largest gap {gap:.0e}")
    mine, theirs, ratio = in_turn(lambda: normalise(frame, currency="USD"), peer, runs)
    claim("at least 10 times faster than CurrencyConverter", ratio <= 0.1, f"{1 / ratio:.0f} times ({1e3 * mine:.0f} ms, {1e3 * theirs:.0f} ms)")


def memory(drawn: Drawn) -> None:
    print("\nMemory at the peak, with the columns that came in")
    for what, rows in (("keys as categories", in_categories(drawn.frame())), ("dates as dates, years as integers", drawn.frame())):
        columns_in = int(rows.memory_usage(deep=True).sum())
        tracemalloc.start()
        result = normalise(rows, **CONSTANT)
        peak = columns_in + tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        # The columns that came in are in the result too, not copied.
        columns = int(result.memory_usage(deep=True).sum())
        claim(f"{what}: at most 3 times the columns in and out", peak <= 3 * columns, f"{peak / columns:.2f} times ({peak / len(rows):.0f} bytes a row, {columns_in / len(rows):.0f} in, {(columns - columns_in) / len(rows):.0f} added)")


def user_and_system(work: Work, times: int) -> tuple[float, float]:
    """Seconds in this program, and in the operating system, for one of many times."""
    work()
    before = resource.getrusage(resource.RUSAGE_SELF)
    for _ in range(times):
        work()
    after = resource.getrusage(resource.RUSAGE_SELF)
    return (after.ru_utime - before.ru_utime) / times, (after.ru_stime - before.ru_stime) / times


def growth(largest: int, runs: int) -> None:
    """The time of the program: what the system takes to hand out fresh memory varies tenfold from run to run."""
    sizes = [10**exponent for exponent in itertools.takewhile(lambda exponent: 10**exponent <= largest, range(4, 8))]
    frame = in_categories(Drawn.rows(sizes[-1]).frame())
    each = frame.drop_duplicates([name for name in frame if name not in ("amount", "low", "high")])
    fixed, _ = user_and_system(lambda: normalise(each, **CONSTANT), 10 * runs)
    print(f"\nGrowth: {1e3 * fixed:.1f} ms for a frame with one row of each of the {len(each):,} combinations")
    taken = {}
    for size in sizes:
        rows = frame.iloc[:size].reset_index(drop=True)
        taken[size], system = user_and_system(lambda rows=rows: normalise(rows, **CONSTANT), max(3, min(10 * runs, 10**6 * runs // size)))
        print(f"  {size:>10,} rows {1e3 * taken[size]:8.1f} ms and {1e3 * system:6.1f} ms in the system {1e9 * taken[size] / size:8.1f} ns a row")
    slope = (taken[sizes[-2]] - fixed) / (sizes[-2] - len(each))
    ratios = [time / (fixed + slope * (size - len(each))) for size, time in taken.items()]
    claim("linear: within 1.5 times of a straight line, either way", all(1 / 1.5 <= ratio <= 1.5 for ratio in ratios), f"{', '.join(f'{ratio:.2f}' for ratio in ratios)} of {1e3 * fixed:.1f} ms + {1e9 * slope:.0f} ns a row")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=float, default=1e6, help="how many rows (1e6); the growth goes to ten times as many")
    parser.add_argument("--runs", type=int, default=9, help="how often to measure (9)")
    options = parser.parse_args()
    drawn, slow_runs = Drawn.rows(int(options.rows)), max(3, options.runs // 3)
    print(f"{len(drawn.amount):,} rows, median of {options.runs} runs, of {slow_runs} beside the row-wise peers")
    beside_numpy(drawn, options.runs)
    beside_pydeflate(drawn, slow_runs)
    beside_currency_converter(drawn, slow_runs)
    memory(drawn)
    growth(10 * int(options.rows), options.runs)
    return verdict()


if __name__ == "__main__":
    sys.exit(main())
