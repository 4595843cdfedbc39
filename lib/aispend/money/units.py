"""The currency after a number, and what says it again or more exactly.

    unit-part = ["de"] unit [unit] [scale]
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from aispend.money.builder import EXACT, POWERS, Number
from aispend.money.numerals import looks_like_year, read_number
from aispend.money.scan import Scan
from aispend.money.entry import Unit

PLUS_GAPS = frozenset({"+", "+ "})
OPENINGS = frozenset({"(", " ("})
CLOSINGS = (")", "，下同)", ",下同)")   # 下同: the same below
LEAST_PLAIN = 1000  # a plain number from here on needs no 万 of its neighbour
TENTH = Decimal("0.1")
SMALLEST = Decimal("0.01")


@dataclass(slots=True)
class Quantity:
    """One number with or without its currency, from token `start` up to token `end`."""

    number: Number
    start: int
    end: int
    unit: Unit | None = None
    leading: bool = False         # the unit stands before the number
    negative: bool = False
    plus: bool = False            # "$100+ billion"
    minor: bool = False           # the number counts cents
    vague: bool = False           # several, tens of: known by its power of ten only
    place: Decimal = TENTH        # what the next bare figure would count: a tenth after 块, a hundredth after 毛


def printed_as(scan: Scan, i: int, unit: Unit) -> bool:
    """Codes and signs that are also words count only in their own letters: 5 ALL, not all 5; 5 Ft, not 5 ft."""
    if not unit.capitals and not unit.printed:
        return True
    printed = scan.text[scan.start(i):scan.end(i)].replace("\\", "$")
    return printed in unit.printed or unit.capitals and printed[-3:].isupper()


def attach_plus(scan: Scan, quantity: Quantity) -> None:
    """$100+ billion, 100bn+ dollars: the plus stands inside the figure."""
    j = quantity.end
    if scan.low[scan.end(j - 1):scan.end(j - 1) + 1] != "+" or j >= scan.size or scan.gap(j) not in PLUS_GAPS:
        return
    entry = scan.entry(j)
    if entry is not None and entry.scale is not None and not quantity.number.scale:
        scale_by(quantity, entry.scale)
        quantity.plus, quantity.end = True, j + 1
    elif entry is not None and entry.unit is not None and not quantity.leading and not belongs_to_next(scan, j, quantity):
        quantity.plus, quantity.unit, quantity.end = True, entry.unit, j + 1


def attach_unit(scan: Scan, quantity: Quantity) -> None:
    """Take the unit after the number: 34 trillion won, 34-billion-dollar, 34 milliards de wons."""
    j = quantity.end
    if j >= scan.size or quantity.unit is not None or not scan.joins(j):
        return
    entry = scan.entry(j)
    if entry is not None and "of" in entry.roles and scan.joins(j + 1) and entry.unit is None:
        j += 1
        entry = scan.entry(j)
    if entry is None or entry.unit is None or not entry.unit.after or not printed_as(scan, j, entry.unit):
        attach_minor_unit(scan, quantity)
        return
    if belongs_to_next(scan, j, quantity):
        return
    quantity.unit, quantity.end = entry.unit, j + 1
    attach_more_units(scan, quantity)


def attach_minor_unit(scan: Scan, quantity: Quantity) -> None:
    entry = scan.entry(quantity.end)
    if entry is None or entry.minor is None or entry.multiplier is not None and may_be_hundreds(scan, quantity):
        return
    if entry.minor.alone and not stands_by_itself(scan, quantity):
        return
    number = quantity.number
    part = entry.minor.part
    number.low, number.high = EXACT.multiply(number.low, part), EXACT.multiply(number.high, part)
    quantity.unit = Unit(entry.minor.code, assumed=True)
    quantity.minor, quantity.place = True, part / 10
    quantity.end += 1


def may_be_hundreds(scan: Scan, quantity: Quantity) -> bool:
    """The French "deux cents" is 200 and "3 cent un" 301; only after figures and before no number is it a coin."""
    if quantity.number.low != quantity.number.low.to_integral_value():
        return False
    following = scan.entry(quantity.end + 1)
    return quantity.number.in_words or following is not None and following.counts and scan.joins(quantity.end + 1)


def stands_by_itself(scan: Scan, quantity: Quantity) -> bool:
    """Whether the text is this coin, or begins with it and goes on with a smaller one: 5分, 两角五分."""
    j = quantity.end
    beside = scan.entry(j).minor.beside
    if whole_text(scan, quantity.start, j) or beside is not None and scan.gap(j) == "" and beside in scan.low:
        return True
    following = scan.entry(j + 1)
    if following is not None and "to" in following.roles and scan.joins(j + 1) and scan.joins(j + 2):
        other = read_number(scan, j + 2)  # 五角到一元
        beyond = scan.entry(other.end) if other is not None and not other.misprint else None
        return beyond is not None and beyond.unit is not None and scan.entry(j).minor.code in (beyond.unit.code, *beyond.unit.may_be)
    following = following if scan.entry(j).minor.part > SMALLEST else None
    return scan.opens(scan.start(quantity.start)) and scan.gap(j + 1) == "" and following is not None and following.digit


def whole_text(scan: Scan, start: int, end: int) -> bool:
    return scan.is_whole(scan.start(start), scan.end(end))


def belongs_to_next(scan: Scan, j: int, quantity: Quantity) -> bool:
    """Whether the unit at j stands before the next number rather than after this one: "in 2024 $5 billion"."""
    unit = scan.entry(j).unit
    if not unit.before or j + 1 >= scan.size or scan.gap(j + 1) not in ("", " ") or scan.entry(j + 1) is not None:
        return False
    if scan.gap(j) == " -" or scan.gap(j) != "" and scan.gap(j + 1) == "":
        return True
    if scan.gap(j) != scan.gap(j + 1) or quantity.number.scale or quantity.end != quantity.start + 1:
        return False
    return looks_like_year(scan, quantity.start) or scan.words.sign_first and scan.gap(j) == " " and stands_alone(scan, j + 1)


def stands_alone(scan: Scan, i: int) -> bool:
    """Whether the number at i needs the unit before it: it has none after it, and is no "50" of "15 dollars 50"."""
    number = read_number(scan, i)
    if number is None or number.misprint or len(scan.digits(i)) == 2 and not number.scale:
        return False
    following = scan.entry(number.end)
    return following is None or not scan.joins(number.end) or following.unit is None and following.minor is None


def attach_more_units(scan: Scan, quantity: Quantity) -> None:
    """Take what says the currency again or more exactly, and a scale after it: $20m USD, 8亿元人民币, 75 USD million."""
    for _ in range(2):
        j = quantity.end
        if j >= scan.size:
            return
        entry = scan.entry(j)
        if entry is None or entry.unit is None and entry.scale is None:
            return
        if not scan.joins(j):
            if quantity.unit.assumed and entry.unit is not None and scan.gap(j) in OPENINGS and scan.low.startswith(CLOSINGS, scan.end(j)):
                quantity.unit = agree(quantity.unit, entry.unit) or quantity.unit  # 300元（新台幣）
            return
        if entry.scale is not None and not quantity.number.scale and scan.gap(j) == " " and quantity.unit.before and scan.low[scan.start(j)].isascii():
            scale_by(quantity, entry.scale)
            quantity.end += 1
            continue
        if entry.unit is None or not printed_as(scan, j, entry.unit) or belongs_to_next(scan, j, quantity):
            return
        agreed = agree(quantity.unit, entry.unit)
        if agreed is None or same_word(scan, quantity, j):
            return
        quantity.unit = agreed
        quantity.end += 1


def same_word(scan: Scan, quantity: Quantity, j: int) -> bool:
    """"$ 20 $ 37": the second sign is the next figure's."""
    said = scan.start(quantity.start) if quantity.leading else scan.start(j - 1)
    length = scan.end(j) - scan.start(j)
    return scan.low[said:said + length] == scan.digits(j) and scan.gap(j) != ""


def agree(one: Unit, other: Unit) -> Unit | None:
    """The more exact of two units that can mean the same currency; None where they cannot."""
    if one.code == other.code:
        return other if one.assumed else one
    if other.code is not None and other.code in one.may_be and not other.assumed:
        return other
    if one.code is not None and one.code in other.may_be and not one.assumed:
        return one
    return None


def scale_by(quantity: Quantity, power: int) -> None:
    number = quantity.number
    number.low, number.high, number.scale = EXACT.multiply(number.low, POWERS[power]), EXACT.multiply(number.high, POWERS[power]), power
