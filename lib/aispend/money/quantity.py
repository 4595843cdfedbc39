"""A number with the currency printed before or after it.

    quantity = unit number [unit] | number unit-part | several [scale] unit-part
"""

from __future__ import annotations

import re
from decimal import Decimal

from aispend.money.builder import EXACT, TEN, Number
from aispend.money.entry import Unit
from aispend.money.numerals import read_number
from aispend.money.scan import Scan
from aispend.money.units import Quantity, attach_more_units, attach_plus, attach_unit, printed_as, scale_by

SIGN_GAPS = frozenset({"", " ", "  ", ":", ": ", " : ", "-", "(下同)"})
OPENED = frozenset({"(", " ("})
SERIES = re.compile(r"'?s(?![a-z0-9$])")
SCALE_LETTERS = frozenset("kmbtq")


def read_quantity(scan: Scan, i: int) -> Quantity | None:
    entry = scan.entry(i)
    if entry is not None and entry.leads and (entry.unit is None or printed_as(scan, i, entry.unit)):
        leading = read_leading(scan, i, entry.unit) if entry.unit is not None else read_leading_minor(scan, i)
        if leading is not None:
            return leading
    if entry is not None and not entry.counts:
        return None
    if entry is not None and entry.several is not None:
        several = read_several(scan, i, entry.several)
        if several is not None:
            return several
    if i > 0 and (heads_a_table(scan, i) or is_vague(scan, i)):
        return None
    number = read_number(scan, i, after_bound=entry is not None and entry.number is None and (follows_bound(scan, i) or is_odd(scan, i + 1) or precedes_bound(scan, i)))
    if number is None:
        return None
    quantity = Quantity(number, i, number.end)
    if not number.misprint:
        attach_plus(scan, quantity)
        attach_unit(scan, quantity)
    return quantity


def read_leading(scan: Scan, i: int, unit: Unit) -> Quantity | None:
    """$5, US$: 12.99, KRW 34tn, $-5, 人民币1699.66亿元."""
    j = i + 1
    gap = scan.gap(j)
    if gap in OPENED and scan.entry(j) is None:
        return read_accounting(scan, i, unit)
    sign = gap.strip() == "-" and (gap in ("-", " -")) and scan.entry(j) is None
    stray = gap == "." and has_mark(scan, j)
    if gap not in SIGN_GAPS and not sign and not stray or ":" in gap and scan.low[scan.end(i) - 1].isalpha():
        return None
    if scan.entry(j) is not None and gap not in ("", " ") or (scan.entry(j) is not None and "article" in scan.entry(j).roles):
        return None
    number = read_number(scan, j)
    if number is None or not stands_as_number(scan, number, j) or not number.scale and (unit.scaled_only and not {",", " "} & set(scan.digits(j)) or unit.spaced and gap == ""):
        return None
    quantity = Quantity(number, i, number.end, unit, leading=True, negative=sign)
    if scan.end(number.end - 1) == len(scan.low):
        return quantity
    attach_shared_scale(scan, quantity)
    number.misprint = number.misprint or goes_on_in_letters(scan, number)
    if not number.misprint:
        attach_plus(scan, quantity)
        attach_more_units(scan, quantity)
    return quantity


def attach_shared_scale(scan: Scan, quantity: Quantity) -> None:
    """"$9.22 (€7.04) million": the scale behind the brackets is that of both."""
    j = quantity.end
    if quantity.number.scale or quantity.number.misprint:
        return
    inner = scan.entry(j)
    if scan.gap(j) == " (" and inner is not None and inner.leads and scan.entry(j + 1) is None and scan.gap(j + 1) in ("", " "):
        j += 2
    elif scan.low[scan.start(quantity.start) - 1:scan.start(quantity.start)] != "(":
        return
    following = scan.entry(j)
    if following is not None and following.scale is not None and scan.gap(j) == ") ":
        scale_by(quantity, following.scale)


def read_accounting(scan: Scan, i: int, unit: Unit) -> Quantity | None:
    """$(118,000,000), $ (37) million: a minus in accounts."""
    number = read_number(scan, i + 1)
    digits = scan.digits(i + 1)
    footnote = scan.gap(i + 1) != "(" and (len(digits) < 2 or scan.low[scan.end(i) - 1].isalpha())
    if number is None or footnote or number.misprint or number.end != i + 2 or scan.low[scan.end(i + 1):scan.end(i + 1) + 1] != ")":
        return None
    quantity = Quantity(number, i, number.end, unit, leading=True, negative=True)
    following = scan.entry(number.end)
    if following is not None and following.scale is not None and scan.gap(number.end) == ") ":
        scale_by(quantity, following.scale)
        quantity.end += 1
    return quantity


def stands_as_number(scan: Scan, number: Number, i: int) -> bool:
    """Whether what follows a currency is a number and no day (人民币23日) and no beginning of a word (한화 이글스)."""
    end = scan.end(number.end - 1)
    if scan.words.joined and number.in_words and scan.start(number.end) > end:
        return not "가" <= scan.low[end:end + 1] <= "힣"
    following = scan.entry(number.end)
    named = scan.low[scan.end(i - 1) - 1].isalpha()
    return not named or number.end != i + 1 or following is None or "calendar" not in following.roles or scan.gap(number.end) != ""


def has_mark(scan: Scan, j: int) -> bool:
    """"$.750.30": a number with a mark of its own leaves the point before it to the sign, as in "Rs.750"."""
    digits = scan.digits(j)
    return scan.entry(j) is None and not digits.isdigit()


def read_leading_minor(scan: Scan, i: int) -> Quantity | None:
    """sen 100, where the language says so."""
    number = read_number(scan, i + 1) if scan.gap(i + 1) in ("", " ") and scan.entry(i + 1) is None else None
    if number is None or number.misprint:
        return None
    minor = scan.entry(i).minor
    quantity = Quantity(number, i, number.end, Unit(minor.code, assumed=True), leading=True, minor=True, place=minor.part / 10)
    number.low, number.high = EXACT.multiply(number.low, minor.part), EXACT.multiply(number.high, minor.part)
    return quantity


def follows_bound(scan: Scan, i: int) -> bool:
    """过亿, 近百亿: after a bound a scale word or a multiplier needs no number."""
    before = scan.entry(i - 1)
    if before is None:
        return False
    if "passed_over" in before.roles and scan.gap(i) == " ":  # dépasser le milliard
        beyond = scan.entry(i - 2)
        return i > 1 and beyond is not None and beyond.before is not None and scan.gap(i - 1) == " "
    return before.before is not None and scan.gap(i) == ""


def precedes_bound(scan: Scan, i: int) -> bool:
    """万元以上, 百万元以下: with a bound behind its unit a scale word needs no number."""
    if not scan.words.joined:
        return False
    j = i + 1
    while (entry := scan.entry(j)) is not None and entry.scale is not None and scan.gap(j) == "":
        j += 1
    unit, bound = scan.entry(j), scan.entry(j + 1) if j < scan.size else None
    return unit is not None and unit.unit is not None and bound is not None and bound.after in ("low", "high") and scan.gap(j) == scan.gap(j + 1) == ""


def is_odd(scan: Scan, i: int) -> bool:
    """千余, 百余万: with an "odd" behind it a multiplier needs no number."""
    following = scan.entry(i)
    return following is not None and "odd" in following.roles and scan.gap(i) == ""


def heads_a_table(scan: Scan, i: int) -> bool:
    """"단위: 억원" and "en millions d'euros" name a unit and no amount."""
    entry, before = scan.entry(i), scan.entry(i - 1)
    return entry is not None and before is not None and "heading" in before.roles and entry.number is None and "article" not in entry.roles


def is_vague(scan: Scan, i: int) -> bool:
    """"数十亿", several billions: the number is not stated."""
    before = scan.entry(i - 1)
    if before is None or scan.gap(i) != "":
        return False
    if scan.entry(i) is None:
        return before.several is not None and scan.digits(i).strip("0") == "1"  # 數10億, but 基数2万元
    return before.several is not None or "vague" in before.roles


def read_several(scan: Scan, i: int, factor: Decimal) -> Quantity | None:
    """数十亿, several million, tens of billions: the number is known only as being between this power of ten and the next."""
    following = scan.entry(i + 1)
    if scan.words.joined and "가" <= scan.low[scan.start(i) - 1:scan.start(i)] <= "힣":
        return None
    number = Number(factor, factor, i + 1)
    if following is not None and scan.joins(i + 1) and (following.multiplier is not None or following.scale is not None):
        power = read_number(scan, i + 1, after_bound=True)
        if power is None or power.misprint or power.low.normalize().as_tuple().digits != (1,):
            return None
        number = Number(EXACT.multiply(factor, power.low), power.low, power.end, power.scale, odd=power.odd)
    elif factor == 1:
        return None
    number.high = EXACT.multiply(number.low, TEN)
    quantity = Quantity(number, i, number.end, vague=True)
    attach_unit(scan, quantity)
    return quantity


def goes_on_in_letters(scan: Scan, number: Number) -> bool:
    """"$5q", and "₩34조" in English: what could be a scale word and is none of the language's."""
    following = scan.entry(number.end)
    if following is not None and "foreign_scale" in following.roles and scan.joins(number.end):
        return True
    end = scan.end(number.end - 1)
    if SERIES.match(scan.low, end):
        return True  # the $3.40s
    if scan.low[end:end + 1] == "e" and scan.low[end + 1:end + 2].isdigit():
        return True  # $1e9
    return scan.low[end:end + 1] in SCALE_LETTERS and scan.start(number.end) > end
