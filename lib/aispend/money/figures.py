"""One figure: an amount or a range of two.

    figure = range | amount
    range  = ["between"] amount ("-" | "to" | "and") amount     the unit on one end or on both
    amount = quantity [minor] | "a" unit [minor]
"""

from __future__ import annotations

from decimal import Decimal

from aispend.money.doubts import Figure, is_no_money, is_word, stands_after_number
from aispend.money.builder import EXACT, LOWEST_SCALE, POWERS, TEN, Number
from aispend.money.minors import CENT, add_minor
from aispend.money.plain import read_plain
from aispend.money.quantity import Quantity, agree, attach_unit, read_quantity, whole_text
from aispend.money.scan import Scan
from aispend.money.entry import Unit

DASHES = frozenset({"-", " - ", "- ", "--", " -- ", "~", " ~ ", "~ ", " ~", "(含)-", "(含)~", "(不含)-", "(不含)~"})
LEAST_PLAIN = 1000  # a plain number from here on needs no 万 of its neighbour
TIGHT = frozenset({"-", "~"})


def read_figure(scan: Scan, i: int) -> Figure | None:
    """The figure that starts at token i; None where none does."""
    plain = read_plain(scan, i)
    if plain is not None:
        return plain
    first = read_amount(scan, i)
    if first is None:
        return None
    if first.number.misprint:
        return Figure(Decimal(0), Decimal(0), first.unit, first.start, first.end, misprint=True)
    figure = read_range(scan, first) or finish(scan, first)
    if is_word(scan, first):
        return None
    if i > 0 and stands_after_number(scan, first) or figure.unit is not None and is_no_money(scan, figure):
        figure.misprint = True
    return figure


def read_amount(scan: Scan, i: int) -> Quantity | None:
    """A quantity with its minor part."""
    quantity = read_quantity(scan, i)
    if quantity is None:
        return read_article(scan, i)
    if not quantity.number.misprint:
        add_minor(scan, quantity)
    return quantity


def read_article(scan: Scan, i: int) -> Quantity | None:
    """"a dollar and 42 cents"; "a dollar" only as the whole text, for it is rarely an amount."""
    entry = scan.entry(i)
    if entry is not None and "coins" in entry.roles and whole_text(scan, i, i):
        return Quantity(Number(entry.minor.part, entry.minor.part, i + 1), i, i + 1, Unit(entry.minor.code, assumed=True), minor=True)
    if entry is None or "article" not in entry.roles or not scan.joins(i + 1):
        return None
    quantity = Quantity(Number(Decimal(1), Decimal(1), i + 1, in_words=True), i, i + 1)
    attach_unit(scan, quantity)
    unit_end = quantity.end
    add_minor(scan, quantity)
    spoken = quantity.unit is not None and (quantity.end > unit_end or whole_text(scan, i, unit_end - 1))
    return quantity if spoken else None


def read_range(scan: Scan, first: Quantity) -> Figure | None:
    """$91-93 billion, 10~15k元, entre 10 et 20 euros, 30억~50억원, 1,750억 달러에서 1,850억 달러."""
    j = first.end
    if j >= scan.size:
        return None
    gap = scan.gap(j)
    if gap not in DASHES:
        entry = scan.entry(j)
        if entry is None or not scan.joins(j) or not scan.joins(j + 1):
            return None
        opener = scan.entry(first.start - 1)
        opened = opener is not None and "open" in opener.roles and scan.joins(first.start)
        if not ("to" in entry.roles and not reports_change(scan, first.start) or "inner" in entry.roles and opened):
            return None
        j += 1
    second = read_amount(scan, j)
    if second is None or second.number.misprint:
        return None
    joined = join_range(scan, first, second)
    if joined is None and gap in TIGHT and first.unit is not None and second.unit is None and second.number.scale and not first.number.scale:
        return Figure(Decimal(0), Decimal(0), first.unit, first.start, second.end, misprint=True)  # $500-1 billion
    return joined


def reports_change(scan: Scan, i: int) -> bool:
    """"rose from $5bn to $10bn" is two amounts, not a range."""
    return any(entry is not None and "change" in entry.roles for entry in (scan.entry(k) for k in range(max(0, i - 4), i)))


def join_range(scan: Scan, first: Quantity, second: Quantity) -> Figure | None:
    if first.unit is None and second.unit is None and not scan.hint:
        return None
    if first.unit is None and second.leading or first.minor != second.minor and first.unit is not None:
        return None
    unit = first.unit or second.unit
    if first.unit is not None and second.unit is not None:
        unit = agree(first.unit, second.unit)
        if unit is None:
            return None
    low, high = first.number.low, second.number.high
    if second.minor and first.unit is None:
        low = low * CENT
    if first.number.scale == 0 and second.number.scale and (first.unit is None or first.leading):
        low = EXACT.multiply(low, POWERS[second.number.scale])
    elif not second.number.scale and first.number.low < TEN < second.number.tail:
        low = low * second.number.tail  # 两到三仟
    if low >= high and LEAST_PLAIN <= first.number.low < high and second.number.scale <= LOWEST_SCALE:
        low = first.number.low  # 8500到3万
    if low >= high:
        return None
    return Figure(low, high, unit, first.start, second.end, bool(second.number.scale), first.negative)


def finish(scan: Scan, quantity: Quantity) -> Figure:
    number = quantity.number
    return Figure(number.low, number.high, quantity.unit, quantity.start, quantity.end, bool(number.scale), quantity.negative, number.odd, quantity.plus)


