"""Ratios between amounts that may be compared, at one exchange rate; the rest is refused or carries a note.

A ratio is between home values at one rate, the baseline's, so it is the same on every currency's page. Where a frame
is in constant prices, international dollars, or shares of GDP or revenue, the ratio is between those values.
"""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from aispend.errors import AiSpendError, MissingRate, NotComparable, first_five
from aispend.periods import NO_DAY, day_numbers, longer_than_a_year, majority_year, year_of
from aispend.rates import On, rate

_NEEDED = ("fact_id", "family", "currency", "period_start", "period_end", "home_value", "divisor", "value", "value_low", "value_high", "basis")


def compare(frame: pd.DataFrame, *, baseline: str, across: bool = False) -> pd.DataFrame:
    """The frame with every amount as a multiple of the baseline's.

    `frame` is what `normalise` returned for facts (with fact_id, family, period_start, period_end); `baseline` is the
    fact_id of one of its rows. It is not changed, and no row is lost. Added: `ratio`, row / baseline; `ratio_low`
    and `ratio_high`, from the lowest row over the highest baseline to the reverse; `days`, how many days of that
    row's spending the baseline's amount equals (days of the row's period / ratio; both must be outlays in money, else
    blank); `note`, in what the two differ.

    The one rate is the average over the baseline's period if that lies wholly inside the data, else that of its
    announcement. Rows are comparable if they are of the baseline's family, with periods of equal length in the same
    calendar year; another measure or stage brings a note. `across=True` lets the others in, and the note says why
    the comparison is unfair.

    Raises `NotComparable` naming the rows that are not comparable, or are on another price basis; `MissingRate`
    where there is no such rate; `AiSpendError` where the baseline is not in the frame exactly once.

    >>> from aispend.normalise import normalise
    >>> year = {"period_start": pd.Timestamp("2025-01-01"), "period_end": pd.Timestamp("2025-12-31"), "family": "outlay"}
    >>> rows = pd.DataFrame([{"fact_id": "korea", "amount": 3.3e12, "currency": "KRW", **year},
    ...                      {"fact_id": "alphabet", "amount": 91.4e9, "currency": "USD", **year}])
    >>> compare(normalise(rows, currency="EUR"), baseline="korea")[["fact_id", "ratio", "days"]].round(1)
        fact_id  ratio   days
    0     korea    1.0  365.0
    1  alphabet   39.4    9.3
    """
    _require(frame, baseline)
    position = int(np.flatnonzero(frame["fact_id"] == baseline)[0])
    if frame["value"].isna().iloc[position]:
        raise NotComparable(f"the baseline {baseline} has no positive value to compare with ({frame['basis'].iloc[position]}); choose another")
    _refuse_mixed_bases(frame, position)
    differences = _differences(frame, position)
    if not across:
        differences.refuse(frame, baseline)
    value, low, high = _common_values(frame, position)
    if low[position] <= 0:
        raise NotComparable(f"the baseline {baseline} is not positive, or not for certain ({low[position]:.6g}); choose another")
    ratio = value / value[position]
    itself = np.arange(len(frame)) == position
    return frame.assign(
        ratio=ratio,
        ratio_low=np.where(itself, 1.0, low / high[position]),
        ratio_high=np.where(itself, 1.0, high / low[position]),
        days=_days(frame, position, ratio),
        note=differences.notes(frame, position),
    )


def _require(frame: pd.DataFrame, baseline: str) -> None:
    missing = [column for column in _NEEDED if column not in frame]
    if missing:
        raise AiSpendError(f"the frame has no column {missing[0]!r}; compare takes what normalise returned for facts")
    endless = np.isinf(frame[["home_value", "value", "value_low", "value_high"]].to_numpy(np.float64)).any(axis=1)
    if endless.any():
        raise AiSpendError(f"the frame holds an infinite value in row {first_five(frame.loc[endless, 'fact_id'].tolist())}; correct it and normalise again")
    found = int((frame["fact_id"] == baseline).sum())
    if found != 1:
        known = first_five([repr(name) for name in frame["fact_id"]])
        raise AiSpendError(f"the baseline {baseline!r} is in the frame {found} times, not once; choose one of its fact ids ({known}), or one year")


def _unit_and_prices(basis: str) -> str:
    """What two values must share to have a ratio: the unit but for whose GDP, the price year, and the kind of rate."""
    unit, prices, how = [*basis.split(", "), "", ""][:3]
    parity = ", by purchasing power" if how.startswith("purchasing power") else ""
    return f"{re.sub(r' of [A-Z]{3}', '', unit)}, {prices.split(' by ')[0]}{parity}"


def _refuse_mixed_bases(frame: pd.DataFrame, position: int) -> None:
    kinds = frame["basis"].astype("str").map({basis: _unit_and_prices(basis) for basis in frame["basis"].unique()})
    without = frame["value"].isna()
    other = np.flatnonzero((kinds != kinds.iloc[position]) & ~without)
    if len(other):
        shown = first_five([f"{frame['fact_id'].iloc[i]} ({kinds.iloc[i]})" for i in other])
        raise NotComparable(f"mixed bases: the baseline is in {kinds.iloc[position]}, row {shown}; normalise them alike or leave these rows out")


@dataclass(frozen=True)
class Differences:
    """In what each row differs from the baseline: what forbids a comparison, and what only deserves a note."""

    forbidding: list[tuple[NDArray[np.bool_], NDArray[np.object_]]]
    worth_a_note: list[tuple[NDArray[np.bool_], NDArray[np.object_]]]

    def refuse(self, frame: pd.DataFrame, baseline: str) -> None:
        """Raises `NotComparable` for the rows that differ too much."""
        bad = np.flatnonzero(np.logical_or.reduce([where for where, _ in self.forbidding]))
        if len(bad):
            shown = first_five([f"{frame['fact_id'].iloc[i]} ({'; '.join(_texts(self.forbidding, i))})" for i in bad])
            raise NotComparable(f"not comparable with {baseline}: row {shown}; leave these rows out, or say across=True and print the note")

    def notes(self, frame: pd.DataFrame, position: int) -> list[str]:
        """One text a row, blank where nothing differs."""
        notes = []
        for i, (value, basis) in enumerate(zip(frame["value"], frame["basis"], strict=True)):
            unfair = _texts(self.forbidding, i)
            words = [f"unfair: {'; '.join(unfair)}"] if unfair else []
            words += _texts(self.worth_a_note, i)
            words += [str(basis)] if np.isnan(value) else []
            notes.append("baseline" if i == position else "; ".join(words))
        return notes


def _texts(differences: list[tuple[NDArray[np.bool_], NDArray[np.object_]]], row: int) -> list[str]:
    return [str(texts[row]) for where, texts in differences if where[row]]


def _differences(frame: pd.DataFrame, position: int) -> Differences:
    start, end = day_numbers(frame["period_start"]), day_numbers(frame["period_end"])
    dated = (start != NO_DAY) & (end != NO_DAY)
    length = np.array([_length(first, last) if stated else "" for first, last, stated in zip(start, end, dated, strict=True)], object)
    year = _years(start, end, dated)
    undated = ~dated | ~dated[position]
    forbidding = [
        _differing(frame["family"], position, "another kind of money ({0}, not {1})"),
        (undated, np.full(len(frame), "period unstated", object)),
        (~undated & (length != length[position]), np.array([f"another length of time ({n}, not {length[position]})" for n in length], object)),
        (~undated & (year != year[position]), np.array([f"another year ({n}, not {year[position]})" for n in year], object)),
    ]
    itself = np.arange(len(frame)) == position
    worth = [_differing(frame[column], position, f"another {column} ({{0}}, not {{1}})") for column in ("measure", "stage") if column in frame]
    share = frame["basis"].astype("str").str.extract("(AI share .*)$", expand=False).fillna("the whole amount")
    worth.append(_differing(share, position, "another part of it ({0}, not {1})"))
    return Differences([(where & ~itself, texts) for where, texts in forbidding], worth)


def _length(start: np.int64, end: np.int64) -> str:
    """In months where whole, so that a leap year is as long as another; else in days."""
    first, after = np.datetime64(int(start), "D"), np.datetime64(int(end) + 1, "D")
    months = after.astype("datetime64[M]") - first.astype("datetime64[M]")
    if first == first.astype("datetime64[M]") and after == after.astype("datetime64[M]"):
        return f"{months.astype(int)} months"
    return f"{end - start + 1} days"


def _years(start: NDArray[np.int64], end: NDArray[np.int64], dated: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The calendar year of a period of up to twelve months, the first year of a longer one."""
    start, end = np.where(dated, start, 0), np.where(dated, end, 0)
    return np.where(longer_than_a_year(start, end), year_of(start), majority_year(start, end))


def _differing(column: pd.Series, position: int, text: str) -> tuple[NDArray[np.bool_], NDArray[np.object_]]:
    shown = column.astype("str").fillna("unstated").to_numpy(object)
    return shown != shown[position], np.array([text.format(value, shown[position]) for value in shown], object)


def _common_values(frame: pd.DataFrame, position: int) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Value, low and high in a unit that does not depend on the target currency."""
    basis = str(frame["basis"].iloc[position])
    if "international_dollars" in frame:
        common = frame["international_dollars"].to_numpy(np.float64)
    elif basis.startswith("share of ") or not _unit_and_prices(basis).endswith("nominal"):
        common = frame["value"].to_numpy(np.float64)
    else:
        common = (frame["home_value"] / frame["divisor"]).to_numpy(np.float64) * _one_rate(frame, position)
    value = frame["value"].to_numpy(np.float64)
    scale = np.divide(common, value, out=np.ones_like(common), where=value != 0)
    return common, frame["value_low"].to_numpy(np.float64) * scale, frame["value_high"].to_numpy(np.float64) * scale


def _one_rate(frame: pd.DataFrame, position: int) -> NDArray[np.float64]:
    """From each row's home currency to the baseline's, all at the baseline's date."""
    row = frame.iloc[position]
    codes, currencies = pd.factorize(frame["currency"].astype("object"))
    rates, known = [], frame["value"].notna().to_numpy()
    for place, code in enumerate(currencies):
        rows = np.flatnonzero(known & (codes == place))
        try:
            # A row that was kept without a value needs no rate.
            rates.append(1.0 if code == row["currency"] else _baseline_rate(code, row) if len(rows) else np.nan)
        except MissingRate as error:
            raise MissingRate(f"{error}; row {first_five(frame['fact_id'].iloc[rows].tolist())}") from error
    return np.array(rates)[codes]


def _baseline_rate(code: str, row: pd.Series) -> float:
    announced = row.get("announced_on")
    dates: list[On] = []
    if pd.notna(row["period_start"]) and pd.notna(row["period_end"]):
        dates.append((pd.Timestamp(row["period_start"]), pd.Timestamp(row["period_end"])))
    if pd.notna(announced):
        dates.append(str(announced))
    for on in dates:
        try:
            return rate(code, row["currency"], on)
        except MissingRate as error:
            reason = error
    if not dates:
        raise MissingRate(f"no rate {code} -> {row['currency']}: the baseline {row['fact_id']} has neither a period nor a date of announcement")
    raise reason


def _days(frame: pd.DataFrame, position: int, ratio: NDArray[np.float64]) -> NDArray[np.float64]:
    outlay = (frame["family"] == "outlay").to_numpy(bool)
    money = not str(frame["basis"].iloc[position]).startswith("share of ") and (frame["divisor"] == 1).to_numpy()
    start, end = day_numbers(frame["period_start"]), day_numbers(frame["period_end"])
    counts = outlay & outlay[position] & money & (ratio > 0) & (start != NO_DAY) & (end != NO_DAY)
    return np.divide(end - start + 1.0, ratio, out=np.full(len(frame), np.nan), where=counts)
