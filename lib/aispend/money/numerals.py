"""Numbers in digits, in words, and in both: 34 000, two and a half trillion, 1조 4,600억, 五亿五千万.

    number   = part {part}                      each part of a smaller scale than the one before
    part     = section {scale}                  a scale after a scale multiplies all before it: 万亿, mille milliards
    section  = {[count] multiplier} [count]     2천 2백 50, two hundred and five
    count    = digits | words | fraction        1,234.5 | forty-five | half a
"""

from __future__ import annotations

import re
from decimal import Decimal

from aispend.money.builder import EXACT, POWERS, TEN, Builder, Number
from aispend.money.digits import VULGAR
from aispend.money.number_words import may_stand_alone, take_word
from aispend.money.scan import Scan

MARKS = frozenset(".,'/")
BREAKS = frozenset(" .")
PER = re.compile(r"/1(?:[kmb]|,?000(?:,?000)?)(?![a-z0-9]|[.,][0-9])")  # $1.25/1M tokens
BROKEN = re.compile(r" \. ?[0-9]|\. [0-9]{2}(?![0-9]| ?[a-z])")  # 46 . 8 million, $119. 95


def read_number(scan: Scan, i: int, *, after_bound: bool = False, spreads: bool = True, until: int | None = None) -> Number | None:
    """The number that starts at token i, as long as it goes; None where none starts there.

    after_bound: a scale word or multiplier may come first (过亿). spreads: 三五百 may be two ends.
    until: the token to stop before.
    """
    simple = read_simple(scan, i)
    if simple is not None:
        return simple
    built = Builder()
    j = i
    linked = None  # the "and" of "five thousand and three hundred thousand", which are two numbers
    size = scan.size if until is None else until
    while j < size and (j == i or joins_number(scan, built, j)):
        entry = scan.tokens[j][0]
        if built.figures == 1 and ends_spread(scan, built, j):
            return read_spread(scan, i, j) if spreads else misread(j + 1)
        if entry is None:
            step = take_digits(scan, built, j)
            if step == j and built.empty:
                return None if stands_in_longer(scan, j) == "word" else misread(j + 1)
        elif entry.scale is not None and (not built.empty or entry.bare or after_bound):
            if built.empty and not may_stand_alone(scan, j):
                return None
            built.in_words = built.in_words or built.empty  # mille et un
            if not built.scale_up(entry.scale):
                return misread(j + 1) if linked is None else read_number(scan, i, after_bound=after_bound, until=linked)
            step = j + 1
        else:
            step = take_word(scan, built, j, after_bound=after_bound)
        if step == j:
            break
        if step < 0:
            return misread(j + 1)
        if entry is not None and "and" in entry.roles and entry.number is None:
            linked = j
        j = step
    if built.empty:
        return None
    tail = built.ending
    finish_elided(scan, built)
    value = built.total()
    high = value if built.tens is None else EXACT.divide(EXACT.multiply(value, built.tens + TEN), built.tens)
    return Number(value, high, j, built.scale, built.in_words, built.odd, tail)


def joins_number(scan: Scan, built: Builder, j: int) -> bool:
    """Whether token j goes on with the number: hyphens only between words, commas only after a scale in words."""
    if scan.gap(j) == ", ":
        return bool(built.parts) and (not scan.words.joined and continues(scan, built, j) if scan.entry(j) is None else built.in_words)
    if not scan.joins(j):
        return False
    return "-" not in scan.gap(j) or scan.entry(j) is not None and not scan.words.joined


def ends_spread(scan: Scan, built: Builder, j: int) -> bool:
    """Whether the figures at j - 1 and j are the ends of a spread: 三五百, three to five hundred; 이삼억, two or three."""
    entry = scan.tokens[j][0]
    if entry is None or not entry.digit or not built.count or built.count >= entry.number:
        return False
    if entry.number - built.count != 1 and (built.count, entry.number) != (3, 5):
        return False
    following = scan.entry(j + 1)
    return following is not None and scan.gap(j + 1) == "" and not following.digit and bool(
        following.multiplier or following.scale or following.unit)


def read_spread(scan: Scan, i: int, j: int) -> Number:
    """Read the number twice, with the first and with the second of the two figures at j - 1 and j."""
    low, high = (read_number(scan.merged(i, j, kept), 0, spreads=False) for kept in (j - 1, j))
    if low is None or high is None or low.misprint or high.misprint:
        return misread(j + 1)
    return Number(low.low, high.low, i + low.end + 1, low.scale, in_words=True)


def read_simple(scan: Scan, i: int) -> Number | None:
    """The usual number by a short way: digits, and at most one scale word."""
    tokens = scan.tokens
    if tokens[i][0] is not None:
        return None
    value = scan.value(i)
    following = tokens[i + 1][0]
    if value is None or following is None or stands_in_longer(scan, i):
        return None
    if not following.goes_on or not scan.joins(i + 1):
        return Number(value, value, i + 1)
    beyond = tokens[i + 2][0]
    if following.scale is None or beyond is None or beyond.goes_on:
        return None
    value = EXACT.multiply(value, POWERS[following.scale])
    return Number(value, value, i + 2, following.scale)


def misread(end: int) -> Number:
    return Number(Decimal(0), Decimal(0), end, misprint=True)


def take_digits(scan: Scan, built: Builder, j: int) -> int:
    digits = scan.digits(j)
    value = scan.value(j)
    if value is None or stands_in_longer(scan, j):
        return j
    if built.count == 0 and built.parts and "and" in scan.entry(j - 1).roles:
        built.count = None  # 1亿零300万
    if built.count is not None:
        if digits not in VULGAR:
            return j
        built.count += value
        return j + 1
    if built.last is not None and (not built.fits(value) or not continues(scan, built, j)):
        return j
    built.count = value
    built.figures = len(digits) if len(digits) == 1 and built.last is not None else 0
    return j + 1


def stands_in_longer(scan: Scan, j: int) -> str:
    """What longer thing the digits are part of: a "word" (A100, #5), a "number" (3.5.1, 12,5,7, 10/1/2) or nothing."""
    _, start, end = scan.tokens[j]
    low = scan.low
    if low[start:end] == "000":
        return "number"  # the end of a number that was cut
    if low[end:end + 1] in MARKS and low[end + 1:end + 2].isdigit() and not PER.match(low, end) or low[end:end + 1] in BREAKS and BROKEN.match(low, end):
        return "number"
    if end - start == 3 and j > 0 and low[start - 2:start] == ", " and low[start - 3].isdigit() and not looks_like_year(scan, j - 1):
        return "number"  # 1, 234, 567
    if end - start == 3 and j > 0 and low[start - 2:start] == ". " and low[start - 3].isdigit() and scan.words.decimal == "," and not looks_like_year(scan, j - 1):
        return "number"  # 1. 579 euros
    if end - start == 2 and low[start - 2:start] == ", " and breaks_decimals(scan, j):
        return "number"  # 130, 38 zł
    if start > 1 and low[start - 1] == "，" and low[start - 2].isdigit() and low[start:start + 4].rstrip(".元")[:3].isdigit():
        lists = scan.entry(j - 2)
        if end - start >= 3 and (lists is None or lists.unit is None):
            return "number"  # 82，225元; $20，300美元 is a list
    if start == 0 or scan.tokens[j - 1][2] == start:
        return ""
    if low[start - 2:start] == ". " and low[start - 3:start - 2] == " " and low[start - 4:start - 3].isdigit():
        return "number"  # 46 . 8 million
    before = low[start - 1]
    if before.isalpha() and before < "\u1100" or before in "_#":
        return "word"
    return "number" if before == "^" or before in "./" and low[max(0, start - 3):start - 1].rstrip(".")[-1:].isdigit() else ""


def breaks_decimals(scan: Scan, j: int) -> bool:
    """Whether two digits after a comma and a space can be the decimals of the number before them: no year, no day, no scale."""
    if j == 0 or scan.entry(j - 1) is not None or scan.end(j - 1) != scan.start(j) - 2 or looks_like_year(scan, j - 1):
        return False
    following = scan.entry(j + 1)
    day = scan.words.decimal == "." and len(scan.digits(j - 1)) <= 2 and scan.low[max(0, scan.start(j - 1) - 2):scan.start(j - 1)].strip().isalpha()
    return not day and (following is None or following.scale is None and "row" not in following.roles)


def looks_like_year(scan: Scan, i: int) -> bool:
    digits = scan.digits(i)
    return scan.entry(i) is None and len(digits) == 4 and digits[:2] in ("19", "20") and digits.isdigit()


def continues(scan: Scan, built: Builder, j: int) -> bool:
    """Whether digits after a scale word go on with the same number: always in 1조 4,600억, in English only before a smaller scale."""
    following = scan.entry(j + 1)
    if following is not None and "odd" in following.roles and scan.joins(j + 2):
        following = scan.entry(j + 2)  # 1백 40여 만원
    if following is not None and scan.joins(j + 1):
        if following.scale is not None and built.parts and following.scale < built.parts[-1][1]:
            return True
        if len(built.parts) > 1 and following.unit is not None and not scan.words.joined:
            return True  # 1 milliard 284 millions 105 mille 315 francs CFA
        if scan.words.joined:
            spelled = j > 1 and scan.entry(j - 2) is not None and scan.entry(j - 2).digit and scan.gap(j - 1) == ""
            if spelled and built.in_words and scan.gap(j) == " ":
                return False  # 이천 5억원: Icheon, and five hundred million
            return following.multiplier is not None or following.scale is not None or following.unit is not None or scan.gap(j) == ""
    before_dash = len(scan.digits(j)) == 4 and scan.gap(j + 1).strip(" ") in ("-", "~")  # 1만 8000~1만 9000원
    return scan.words.joined and (scan.gap(j) == "" or before_dash)


def finish_elided(scan: Scan, built: Builder) -> None:
    """两万五 is 25 000 and 三百五 is 350: a last single figure counts the next place."""
    if scan.words.elided_place and built.figures == 1 and built.count is not None and built.last is not None and built.last > TEN:
        built.count = built.count * built.last / 10
