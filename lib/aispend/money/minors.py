"""The part after the whole: 2 dollars and 20 cents, 3元5角, 三块四.

    minor = ["and"] number minor-unit [minor] | bare figure
"""

from __future__ import annotations

from decimal import Decimal

from aispend.money.builder import Number
from aispend.money.numerals import read_number
from aispend.money.units import TENTH, Quantity, scale_by
from aispend.money.scan import Scan
from aispend.money.cldr import has_coins

CENT = Decimal("0.01")


def add_minor(scan: Scan, quantity: Quantity) -> None:
    number, unit = quantity.number, quantity.unit
    if unit is None or number.low != number.high:
        return
    if unit.scale:
        scale_by(quantity, unit.scale)
    elif not number.scale and unit.code and not has_coins(unit.code) and number.low.as_tuple().exponent == -3 and number.low >= 1 and "=" not in scan.low[max(0, scan.start(quantity.start) - 3):scan.start(quantity.start)]:
        number.low = number.high = number.low.scaleb(3)  # Rp 31.500: no coins, so no decimals
    elif quantity.end < scan.size and (quantity.place < TENTH or number.low == number.low.to_integral_value()):
        minor = read_minor(scan, quantity)
        if minor is not None:
            value, quantity.end = minor
            number.low = number.high = number.low + value


def read_minor(scan: Scan, quantity: Quantity) -> tuple[Decimal, int] | None:
    """The part after the whole: "and 20 cents", 5角3分, 三块四, "$20 43"; its value and the token after it."""
    j = quantity.end
    gap = scan.gap(j)
    if "-" in gap or quantity.place < CENT or not (scan.joins(j) or gap == ", "):
        return None
    entry = scan.entry(j)
    if entry is not None and entry.fraction is not None and scan.words.elided_place and gap == "" and not scan.low[scan.end(j):scan.end(j) + 1].isalnum():
        return entry.fraction * quantity.place * 10, j + 1
    linked = entry is not None and ("and" in entry.roles and entry.number is None or "classifier" in entry.roles and quantity.leading)  # 港幣三個一毫
    j += linked
    if linked and not scan.joins(j):
        return None
    number = read_number(scan, j)
    if number is None or number.misprint or number.low != number.low.to_integral_value() or number.low >= 100:
        return None
    unit = scan.entry(number.end)
    if unit is None or unit.minor is None or not scan.joins(number.end):
        return read_unnamed_minor(scan, quantity, number, j, linked) if gap != ", " else None
    part = Quantity(number, j, number.end + 1, quantity.unit, minor=True, place=unit.minor.part / 10)
    value, end = number.low * unit.minor.part, part.end
    if value >= quantity.place * 10:
        return None
    further = read_minor(scan, part)
    return (value + further[0], further[1]) if further else (value, end)


def read_unnamed_minor(scan: Scan, quantity: Quantity, number: Number, j: int, linked: bool) -> tuple[Decimal, int] | None:
    """三块四, 三块零四, 两毛五; "thirteen dollars forty-five" and "$20 43" at the end of the text."""
    last = scan.entry(quantity.end - 1)
    after = scan.low[scan.end(number.end - 1):scan.end(number.end - 1) + 1]
    if last is not None and last.colloquial and number.low < 10 and number.end - j <= 2 and (not after.isalnum() or after in scan.words.no_nouns):
        return number.low * (quantity.place if number.end == j + 1 else CENT), number.end
    if scan.words.joined or quantity.number.scale or quantity.minor:
        return None
    if not scan.closes(scan.end(number.end - 1)):
        return None
    digits = scan.digits(j) if scan.entry(j) is None else ""
    if len(digits) == 2 or not digits:
        return number.low * CENT, number.end
    return None
