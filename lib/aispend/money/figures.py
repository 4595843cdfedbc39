"""One figure: an amount, a range of two, or one of a row that says its unit once.

    figure = range | row | amount
"""

from __future__ import annotations

from decimal import Decimal

from aispend.money.amounts import read_amount
from aispend.money.doubts import Figure, is_no_money, is_word, stands_after_number
from aispend.money.plain import read_plain
from aispend.money.ranges import read_range
from aispend.money.rows import may_share, share_row
from aispend.money.scan import Scan
from aispend.money.units import Quantity


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
    figure = read_further(scan, first) or finish(scan, first)
    if is_word(scan, first):
        return None
    if i > 0 and stands_after_number(scan, first) or figure.unit is not None and is_no_money(scan, figure):
        figure.misprint = True
    return figure


def read_further(scan: Scan, first: Quantity) -> Figure | None:
    """What the amount is together with the next: a range, or one of a row that says its unit at the end."""
    if not may_share(scan, first):
        return read_range(scan, first)
    ways = (share_row, read_range) if scan.words.joined else (read_range, share_row)
    return ways[0](scan, first) or ways[1](scan, first)


def finish(scan: Scan, quantity: Quantity) -> Figure:
    number = quantity.number
    return Figure(number.low, number.high, quantity.unit, quantity.start, quantity.end, bool(number.scale), quantity.negative, number.odd, quantity.plus, quantity.vague)
