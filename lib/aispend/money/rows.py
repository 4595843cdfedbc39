"""A row of numbers that says its unit once: 2.1、2.3及2.5港元, 2 milliards et 1,4 milliards de livres."""

from __future__ import annotations

from aispend.money.amounts import read_amount
from aispend.money.builder import EXACT, POWERS, TEN
from aispend.money.doubts import Figure
from aispend.money.scan import Scan
from aispend.money.units import LEAST_PLAIN, Quantity

ROW_MARKS = frozenset({"、", "·"})
LONGEST_ROW = 12   # numbers looked through for the unit


def may_share(scan: Scan, first: Quantity) -> bool:
    """Whether a number without a unit may be one of a row."""
    return first.unit is None and (scan.words.joined or bool(first.number.scale) or is_grouped(scan, first) or is_each(scan, first))


def share_row(scan: Scan, first: Quantity) -> Figure | None:
    """2.1、2.3及2.5港元, 3、4、5亿元: a row of numbers whose last one says the unit of all, and the scale of those without.

    In languages with spaces only numbers with scales of their own or with groups of digits: 2 milliards et 1,4 milliards
    de livres, 3.000 et 15.000 euros.
    """
    length = 1 + (scan.words.joined and scan.gap(first.start) in ROW_MARKS and scan.entry(first.start - 1) is None)
    last = first
    while last is not None and last.unit is None and length < LONGEST_ROW and (joint := row_joint(scan, last)) is not None:
        last = read_amount(scan, joint)
        length += 1
    if last is None or last is first or last.unit is None or last.leading or last.number.misprint:
        return None
    if not scan.words.joined and length < 3 and scan.gap(first.end) == ", ":
        return None  # a population of 2.6 million, 1.9 million dollars
    if not (scan.words.joined and (length > 2 or is_pair(scan, first, last)) or are_alike(scan, first, last) or is_each(scan, first)):
        return None
    shared = last.number.scale if not first.number.scale and first.number.low < LEAST_PLAIN else 0
    value = EXACT.multiply(first.number.low, POWERS[shared])
    return Figure(value, value, last.unit, first.start, first.end, bool(first.number.scale or shared))


def is_pair(scan: Scan, first: Quantity, last: Quantity) -> bool:
    """10、20元; not 1、100元, the first item of a list."""
    return scan.gap(first.end) == "、" and TEN <= first.number.low < last.number.low and not last.number.scale


def are_alike(scan: Scan, first: Quantity, last: Quantity) -> bool:
    """Whether both have a scale word, or groups of digits."""
    return bool(first.number.scale and last.number.scale) or is_grouped(scan, first) and is_grouped(scan, last)


def is_grouped(scan: Scan, quantity: Quantity) -> bool:
    """Whether the number is in digits with group marks, as no year is: 15.000, 4 800."""
    at = quantity.start + quantity.leading
    return quantity.number.low >= LEAST_PLAIN and scan.entry(at) is None and not scan.digits(at).isdigit()


def is_each(scan: Scan, first: Quantity) -> bool:
    """Whether "respectively" stands near: des moyennes respectives de 5 100 et 4 800 euros."""
    return any(entry is not None and "each" in entry.roles for entry in map(scan.entry, range(max(0, first.start - 4), first.start)))


def row_joint(scan: Scan, quantity: Quantity) -> int | None:
    """Where the next number of a row begins: behind 、 or behind 和 and 及."""
    j = quantity.end
    entry = scan.entry(j)
    if (scan.gap(j) in ROW_MARKS or scan.words.joined and scan.gap(j) == ", ") and j < scan.size:
        return j
    space = "" if scan.words.joined else " "
    if space and scan.gap(j) == ", " and entry is None:
        return j
    return j + 1 if entry is not None and "row" in entry.roles and scan.gap(j) == scan.gap(j + 1) == space else None
