"""One amount: a quantity with its minor part, or "a dollar and 42 cents".

    amount = quantity [minor] | "a" unit [minor]
"""

from __future__ import annotations

from decimal import Decimal

from aispend.money.builder import Number
from aispend.money.entry import Unit
from aispend.money.minors import add_minor
from aispend.money.quantity import read_quantity
from aispend.money.scan import Scan
from aispend.money.units import Quantity, attach_unit, whole_text


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
