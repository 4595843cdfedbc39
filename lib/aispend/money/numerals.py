"""Numbers in digits, in words, and in both: 34 000, two and a half trillion, 1조 4,600억, 五亿五千万.

    number   = part {part}                      each part of a smaller scale than the one before
    part     = section {scale}                  a scale after a scale multiplies all before it: 万亿, mille milliards
    section  = {[count] multiplier} [count]     2천 2백 50, two hundred and five
    count    = digits | words | fraction        1,234.5 | forty-five | half a
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal

from aispend.money.digits import VULGAR, read_digits
from aispend.money.scan import Scan

EXACT = Context(prec=120)
ONE = Decimal(1)
TEN = Decimal(10)


@dataclass(slots=True)
class Number:
    """A number, and the token after it."""

    low: Decimal
    high: Decimal                 # other than low only in "三五百", three to five hundred
    end: int
    scale: int = 0                # the last scale word's power of ten
    in_words: bool = False
    odd: bool = False             # "50여억", "10多亿": fifty-odd
    misprint: bool = False        # scale words that do not go together: 3조6000조


class Builder:
    """The number read so far."""

    __slots__ = ("bare_one", "count", "figures", "in_words", "last", "odd", "parts", "scale", "section")

    def __init__(self) -> None:
        self.parts: list[tuple[Decimal, int]] = []   # finished parts: value, power of ten
        self.section: Decimal | None = None          # what multipliers have made since the last scale
        self.count: Decimal | None = None            # not yet multiplied
        self.figures = 0                             # how many single figures the count was written in
        self.last: Decimal | None = None             # the last multiplier or scale, for 两万五
        self.scale = 0
        self.in_words = False
        self.odd = False

    @property
    def empty(self) -> bool:
        return self.count is None and self.section is None and not self.parts

    def multiply(self, multiplier: Decimal) -> bool:
        """Take in "hundred", 천 or 百."""
        if self.section is not None and self.last is not None and self.last <= multiplier:
            return False
        self.section = (self.section or 0) + (ONE if self.count is None else self.count) * multiplier
        self.count, self.figures, self.last = None, 0, multiplier
        return True

    def scale_up(self, power: int) -> bool:
        """Take in a scale word; False where it does not go with the scales before it."""
        value = ONE if self.section is None and self.count is None else (self.section or 0) + (self.count or 0)
        if self.parts and self.section is None and self.count is None and self.parts[-1][1] < power:
            value = Decimal(0)
        while self.parts and self.parts[-1][1] < power:
            before, lower = self.parts.pop()
            value += EXACT.multiply(before, TEN ** lower)
        if self.parts and (self.parts[-1][1] == power or value >= TEN ** (self.parts[-1][1] - power)):
            return False
        self.parts.append((value, power))
        self.section = self.count = None
        self.figures, self.last, self.scale = 0, TEN ** power, power
        return True

    def fits(self, value: Decimal) -> bool:
        """Whether a further count is below the last multiplier or scale."""
        return self.last is None or value < self.last

    def total(self) -> Decimal:
        value = (self.section or Decimal(0)) + (self.count or 0)
        for part, power in self.parts:
            value = EXACT.add(value, EXACT.multiply(part, TEN ** power))
        return value


def read_number(scan: Scan, i: int, *, after_bound: bool = False) -> Number | None:
    """The number that starts at token i, as long as it goes; None where none starts there."""
    built = Builder()
    j = i
    while j < scan.size and (j == i or scan.joins(j)):
        entry = scan.tokens[j][0]
        if entry is None:
            step = take_digits(scan, built, j)
            if step == j and built.empty:
                return misread(j + 1)
        elif entry.scale is not None and (not built.empty or entry.bare or after_bound):
            if built.empty and not may_stand_alone(scan, j):
                return None
            if not built.scale_up(entry.scale):
                return misread(j + 1)
            step = j + 1
        else:
            step = take_word(scan, built, j)
        if step == j:
            break
        if step < 0:
            return misread(j + 1)
        j = step
    if built.empty:
        return None
    finish_elided(scan, built)
    value = built.total()
    return Number(value, value, j, built.scale, built.in_words, built.odd)


def misread(end: int) -> Number:
    return Number(Decimal(0), Decimal(0), end, misprint=True)


def may_stand_alone(scan: Scan, i: int) -> bool:
    """Whether a multiplier without a number before it can begin here: not inside another word."""
    start = scan.start(i)
    if not scan.words.joined or start == 0 or not "가" <= scan.low[start - 1] <= "힣":
        return True
    before = scan.tokens[i - 1] if i > 0 else None
    return before is not None and before[2] == start and before[0] is not None and bool(
        before[0].unit or before[0].minor or before[0].before or before[0].after or "to" in before[0].roles)


def take_digits(scan: Scan, built: Builder, j: int) -> int:
    digits = scan.digits(j)
    value = read_digits(digits, group=scan.words.group, decimal=scan.words.decimal)
    if value is None or stands_in_longer(scan, j):
        return j
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


def stands_in_longer(scan: Scan, j: int) -> bool:
    """Whether the digits are part of something longer: A100, 3.5.1, 12,5,7."""
    _, start, end = scan.tokens[j]
    if end + 1 < len(scan.low) and scan.low[end] in ".,'" and scan.low[end + 1].isdigit():
        return True
    glued = j > 0 and scan.tokens[j - 1][2] == start
    return not glued and start > 0 and (scan.low[start - 1].isalpha() and scan.low[start - 1] < "\u1100" or scan.low[start - 1] in "._#")


def continues(scan: Scan, built: Builder, j: int) -> bool:
    """Whether digits after a scale word go on with the same number: always in 1조 4,600억, in English only before a smaller scale."""
    following = scan.entry(j + 1)
    if following is not None and scan.joins(j + 1):
        if following.scale is not None and built.parts and following.scale < built.parts[-1][1]:
            return True
        if scan.words.joined or scan.words.elided_place:
            return following.multiplier is not None or following.scale is not None or following.unit is not None or scan.gap(j) == ""
    return (scan.words.joined or scan.words.elided_place) and scan.gap(j) == ""


def take_word(scan: Scan, built: Builder, j: int) -> int:
    """Take one word into the number; the place after it, the same place where it does not belong, -1 for a misprint."""
    entry = scan.tokens[j][0]
    if entry.multiplier is not None and not (built.empty and not entry.bare):
        if built.empty and not may_stand_alone(scan, j) or entry.minor is not None and not counts_on(scan, j + 1, in_words=built.in_words):
            return j
        if not built.multiply(entry.multiplier):
            return -1
        built.in_words = True
        return j + 1
    if entry.number is not None:
        return take_count(scan, built, j)
    if entry.fraction is not None:
        return take_fraction(scan, built, j)
    if built.empty:
        return j + 1 if "article" in entry.roles and take_article(scan, built, j) else j
    if "point" in entry.roles and built.count is not None:
        return take_point(scan, built, j)
    if "and" in entry.roles:
        return take_and(scan, built, j)
    if "odd" in entry.roles:
        following = scan.entry(j + 1)
        if following is not None and scan.joins(j + 1) and (following.unit or following.scale is not None):
            built.odd = True
            return j + 1
    return j


def counts_on(scan: Scan, j: int, *, in_words: bool) -> bool:
    """Whether a number goes on, or its unit follows: the French "cents" of "deux cents euros" and not of "50 cents"."""
    following = scan.entry(j)
    if following is None or not scan.joins(j):
        return False
    if "of" in following.roles:
        following = scan.entry(j + 1)
        return following is not None and following.unit is not None and scan.joins(j + 1)
    return following.scale is not None or following.unit is not None or in_words and following.number is not None


def take_count(scan: Scan, built: Builder, j: int) -> int:
    entry = scan.tokens[j][0]
    if built.empty and scan.words.joined and not may_stand_alone(scan, j):
        return j
    if built.count is None:
        if not built.fits(entry.number):
            return j
        built.count = entry.number
    elif entry.digit and built.figures:
        built.count = built.count * 10 + entry.number
    elif not entry.digit and built.in_words and adds_to(built.count, entry.number):
        built.count += entry.number
    else:
        return j
    built.figures += entry.digit
    built.in_words = True
    return j + 1


def adds_to(count: Decimal, number: Decimal) -> bool:
    """Whether a smaller number word goes on: forty-five, quatre-vingt-dix-sept."""
    place = 20 if count in (60, 80) else 10 if count >= 20 and count % 10 == 0 else 0
    return 0 < number < place


def take_article(scan: Scan, built: Builder, j: int) -> bool:
    """"a million", "a quarter million"; "a dollar" is no number."""
    following = scan.entry(j + 1)
    if following is None or not scan.joins(j + 1):
        return False
    if following.fraction is not None:
        return True
    if following.scale is None and following.multiplier is None:
        return False
    built.count, built.in_words = ONE, True
    return True


def take_fraction(scan: Scan, built: Builder, j: int) -> int:
    """"half a billion", "un demi-milliard", 半."""
    entry = scan.tokens[j][0]
    if not built.empty and not (built.count == 1 and built.in_words):
        return j
    built.count, built.in_words = entry.fraction, True
    following = scan.entry(j + 1)
    if following is not None and scan.joins(j + 1) and {"article", "of"} & following.roles:
        beyond = scan.entry(j + 2)
        if beyond is not None and scan.joins(j + 2) and beyond.scale is not None:
            return j + 2
    return j + 1


def take_and(scan: Scan, built: Builder, j: int) -> int:
    """"two and a half", "a billion and a half", "one hundred and two"."""
    after = j + 1
    following = scan.entry(after)
    if following is None or not scan.joins(after):
        return j
    if "article" in following.roles:
        after += 1
        following = scan.entry(after)
    if following is not None and following.fraction is not None and scan.joins(after):
        add_fraction(built, following.fraction)
        return after + 1
    if following is not None and after == j + 1 and built.in_words and built.count is None and following.number is not None and built.fits(following.number):
        return after
    return j


def add_fraction(built: Builder, fraction: Decimal) -> None:
    if built.count is not None or not built.parts:
        built.count = (built.count or 0) + fraction * (ONE if built.count is not None or built.last is None else built.last)
    else:
        value, power = built.parts[-1]
        built.parts[-1] = (value + fraction, power)


def take_point(scan: Scan, built: Builder, j: int) -> int:
    """"one point three", 일점이삼, 三点五."""
    figures = ""
    after = j + 1
    while after < scan.size and scan.joins(after):
        entry = scan.entry(after)
        if entry is None and scan.digits(after).isdigit() and not figures:
            figures = scan.digits(after)
            after += 1
            break
        if entry is None or entry.number is None or entry.number > 9:
            break
        figures += str(entry.number)
        after += 1
    if not figures:
        return j
    built.count = built.count + Decimal(f"0.{figures}")
    return after


def finish_elided(scan: Scan, built: Builder) -> None:
    """两万五 is 25 000 and 三百五 is 350: a last single figure counts the next place."""
    if scan.words.elided_place and built.figures == 1 and built.count is not None and built.last is not None and built.last > TEN:
        built.count = built.count * built.last / 10
