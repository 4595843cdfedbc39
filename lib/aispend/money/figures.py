"""A number and its currency, ranges and minor units: the grammar of one figure.

    figure   = range | quantity [minor]
    range    = ["between"] quantity ("-" | "to" | "and") quantity     the unit on one or both ends
    quantity = unit number [unit] | number ["de"] unit [unit] [scale]
    minor    = ["and"] number minor-unit                              2 dollars and 20 cents, 3元5角
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from aispend.money.numerals import EXACT, TEN, Number, read_number
from aispend.money.scan import Scan
from aispend.money.vocabulary import Unit, has_coins

DASHES = frozenset({"-", " - ", "- ", "--", " -- ", "~", " ~ ", "~ ", " ~"})
SIGN_GAPS = frozenset({"", " ", "  ", ":", ": ", " : ", "-"})
TENTH = Decimal("0.1")
CENT = Decimal("0.01")


@dataclass(slots=True)
class Quantity:
    """One number with or without its currency, from token `start` up to token `end`."""

    number: Number
    start: int
    end: int
    unit: Unit | None = None
    leading: bool = False         # the unit stands before the number
    negative: bool = False
    minor: bool = False           # the number counts cents
    place: Decimal = TENTH        # what the next bare figure would count: a tenth after 块, a hundredth after 毛


@dataclass(slots=True)
class Figure:
    """What the grammar made of a place in the text; `unit` None means a number without a currency."""

    low: Decimal
    high: Decimal
    unit: Unit | None
    start: int
    end: int
    scaled: bool = False
    negative: bool = False
    odd: bool = False
    misprint: bool = False


def read_figure(scan: Scan, i: int) -> Figure | None:
    """The figure that starts at token i; None where none does."""
    first = read_quantity(scan, i)
    if first is None:
        return None
    if first.number.misprint:
        return Figure(Decimal(0), Decimal(0), first.unit, first.start, first.end, misprint=True)
    return read_range(scan, first) or finish(scan, first)


def read_quantity(scan: Scan, i: int) -> Quantity | None:
    entry = scan.entry(i)
    if entry is not None and entry.leads and printed_as(scan, i, entry.unit):
        leading = read_leading(scan, i, entry.unit)
        if leading is not None:
            return leading
    if entry is not None and not entry.counts:
        return None
    if i > 0 and (heads_a_table(scan, i) or is_vague(scan, i)):
        return None
    number = read_number(scan, i, after_bound=entry is not None and entry.scale is not None and follows_bound(scan, i))
    if number is None:
        return bare_article(scan, i)
    quantity = Quantity(number, i, number.end)
    if not number.misprint:
        attach_unit(scan, quantity)
        add_minor(scan, quantity)
    return quantity


def follows_bound(scan: Scan, i: int) -> bool:
    """过亿: after a bound a scale word needs no number."""
    before = scan.entry(i - 1)
    return before is not None and before.before is not None and scan.gap(i) == ""


def printed_as(scan: Scan, i: int, unit: Unit) -> bool:
    """ISO codes that are also words count only in capitals: 5 ALL, not all 5."""
    return not unit.capitals or scan.text[scan.start(i):scan.end(i)][-3:].isupper()


def read_leading(scan: Scan, i: int, unit: Unit) -> Quantity | None:
    """$5, US$: 12.99, KRW 34tn, $-5, 人民币1699.66亿元."""
    j = i + 1
    gap = scan.gap(j)
    sign = gap.strip() == "-" and (gap in ("-", " -")) and scan.entry(j) is None
    if gap not in SIGN_GAPS and not sign or ":" in gap and scan.low[scan.end(i) - 1].isalpha():
        return None
    if scan.entry(j) is not None and gap not in ("", " ") or (scan.entry(j) is not None and "article" in scan.entry(j).roles):
        return None
    number = read_number(scan, j)
    if number is None:
        return None
    quantity = Quantity(number, i, number.end, unit, leading=True, negative=sign)
    if not number.misprint:
        attach_more_units(scan, quantity)
        add_minor(scan, quantity)
    return quantity


def heads_a_table(scan: Scan, i: int) -> bool:
    """"단위: 억원" and "en millions d'euros" name a unit and no amount."""
    entry, before = scan.entry(i), scan.entry(i - 1)
    return entry is not None and before is not None and "heading" in before.roles and entry.number is None and "article" not in entry.roles


def is_vague(scan: Scan, i: int) -> bool:
    """"数十亿", several billions: the number is not stated."""
    before = scan.entry(i - 1)
    return before is not None and "vague" in before.roles and scan.gap(i) == ""


def bare_article(scan: Scan, i: int) -> Quantity | None:
    """"a dollar and 42 cents"; "a dollar" only as the whole text, for it is rarely an amount."""
    entry, following = scan.entry(i), scan.entry(i + 1)
    if entry is None or "article" not in entry.roles or following is None or not scan.joins(i + 1) or following.unit is None:
        return None
    quantity = Quantity(Number(Decimal(1), Decimal(1), i + 1, in_words=True), i, i + 2, following.unit)
    add_minor(scan, quantity)
    return quantity if quantity.end > i + 2 or whole_text(scan, i, i + 1) else None


def attach_unit(scan: Scan, quantity: Quantity) -> None:
    """Take the unit after the number: 34 trillion won, 34-billion-dollar, 34 milliards de wons."""
    j = quantity.end
    if not scan.joins(j):
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
    if entry is None or entry.minor is None:
        return
    if entry.minor.alone and not whole_text(scan, quantity.start, quantity.end):
        return
    number = quantity.number
    part = entry.minor.part
    number.low, number.high = number.low * part, number.high * part
    quantity.unit = Unit(entry.minor.code, assumed=True)
    quantity.minor, quantity.place = True, part / 10
    quantity.end += 1


def whole_text(scan: Scan, start: int, end: int) -> bool:
    return scan.is_whole(scan.start(start), scan.end(end))


def belongs_to_next(scan: Scan, j: int, quantity: Quantity) -> bool:
    """Whether the unit at j stands before the next number rather than after this one: "in 2024 $5 billion"."""
    unit = scan.entry(j).unit
    if not unit.before or j + 1 >= scan.size or scan.gap(j + 1) not in ("", " ") or scan.entry(j + 1) is not None:
        return False
    if scan.gap(j) != "" and scan.gap(j + 1) == "":
        return True
    if scan.gap(j) == scan.gap(j + 1) and not quantity.number.scale and looks_like_year(scan, quantity):
        return True
    return False


def looks_like_year(scan: Scan, quantity: Quantity) -> bool:
    return quantity.end == quantity.start + 1 and scan.entry(quantity.start) is None and len(scan.digits(quantity.start)) == 4 \
        and scan.digits(quantity.start)[:2] in ("19", "20") and scan.digits(quantity.start).isdigit()


def attach_more_units(scan: Scan, quantity: Quantity) -> None:
    """Take what says the currency again or more exactly, and a scale after it: $20m USD, 8亿元人民币, 75 USD million."""
    for _ in range(2):
        j = quantity.end
        entry = scan.entry(j)
        if not scan.joins(j) or entry is None:
            return
        if entry.scale is not None and not quantity.number.scale and scan.gap(j) == " " and quantity.unit.before and not scan.words.joined:
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
    number.low, number.high, number.scale = EXACT.multiply(number.low, TEN ** power), EXACT.multiply(number.high, TEN ** power), power


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
    second = read_quantity(scan, j)
    return join_range(scan, first, second) if second is not None and not second.number.misprint else None


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
        low = EXACT.multiply(low, TEN ** second.number.scale)
    if low >= high:
        return None
    return Figure(low, high, unit, first.start, second.end, bool(second.number.scale), first.negative)


def finish(scan: Scan, quantity: Quantity) -> Figure:
    number = quantity.number
    return Figure(number.low, number.high, quantity.unit, quantity.start, quantity.end, bool(number.scale), quantity.negative, number.odd)


def add_minor(scan: Scan, quantity: Quantity) -> None:
    number, unit = quantity.number, quantity.unit
    if unit is None or number.low != number.high:
        return
    if unit.scale:
        scale_by(quantity, unit.scale)
    elif not number.scale and number.low >= 1 and number.low.as_tuple().exponent == -3 and unit.code and not has_coins(unit.code):
        number.low = number.high = number.low.scaleb(3)  # Rp 31.500: no coins, so no decimals
    elif quantity.place < TENTH or number.low == number.low.to_integral_value():
        minor = read_minor(scan, quantity)
        if minor is not None:
            value, quantity.end = minor
            number.low = number.high = number.low + value


def read_minor(scan: Scan, quantity: Quantity) -> tuple[Decimal, int] | None:
    """The part after the whole: "and 20 cents", 5角3分, 三块四, "$20 43"; its value and the token after it."""
    j = quantity.end
    if not scan.joins(j) or "-" in scan.gap(j) or quantity.place < CENT:
        return None
    entry = scan.entry(j)
    if entry is not None and entry.fraction is not None and scan.words.elided_place:
        return entry.fraction * quantity.place * 10, j + 1
    linked = entry is not None and "and" in entry.roles and entry.number is None
    j += linked
    if linked and not scan.joins(j):
        return None
    number = read_number(scan, j)
    if number is None or number.misprint or number.low != number.low.to_integral_value() or number.low >= 100:
        return None
    unit = scan.entry(number.end)
    if unit is None or unit.minor is None or not scan.joins(number.end):
        return read_unnamed_minor(scan, quantity, number, j, linked)
    part = Quantity(number, j, number.end + 1, quantity.unit, minor=True, place=unit.minor.part / 10)
    value, end = number.low * unit.minor.part, part.end
    if value >= quantity.place * 10:
        return None
    further = read_minor(scan, part)
    return (value + further[0], further[1]) if further else (value, end)


def read_unnamed_minor(scan: Scan, quantity: Quantity, number: Number, j: int, linked: bool) -> tuple[Decimal, int] | None:
    """三块四, 三块零四, 两毛五; "thirteen dollars forty-five" and "$20 43" at the end of the text."""
    last = scan.entry(quantity.end - 1)
    if last is not None and last.colloquial and number.low < 10 and number.end - j <= 2:
        return number.low * (quantity.place if number.end == j + 1 else CENT), number.end
    if scan.words.joined or scan.words.elided_place or quantity.number.scale or quantity.minor:
        return None
    if scan.end(number.end - 1) < scan.last:
        return None
    digits = scan.digits(j) if scan.entry(j) is None else ""
    if len(digits) == 2 or not digits and (linked or number.low >= 10):
        return number.low * CENT, number.end
    return None
