"""One word of a number at a time: forty-five, hundred, half a, and a half, point three, 삼십."""

from __future__ import annotations

from decimal import Decimal

from aispend.money.builder import ONE, Builder
from aispend.money.scan import Scan


def take_word(scan: Scan, built: Builder, j: int, *, after_bound: bool = False) -> int:
    """Take one word into the number; the place after it, the same place where it does not belong, -1 for a misprint."""
    entry = scan.tokens[j][0]
    if entry.multiplier is not None and (not built.empty or entry.bare or after_bound):
        if built.empty and not may_stand_alone(scan, j) or entry.minor is not None and not counts_on(scan, j + 1, in_words=built.in_words or built.empty):
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
    if entry.several == 1:
        return j + 1 if take_tens(scan, built, j) else j
    if "point" in entry.roles and built.count is not None:
        return take_point(scan, built, j)
    if "and" in entry.roles:
        return take_and(scan, built, j)
    if "classifier" in entry.roles and built.count is not None:
        following = scan.entry(j + 1)  # 两个亿
        return j + 1 if following is not None and following.scale is not None and scan.gap(j + 1) == "" else j
    if "odd" in entry.roles:
        following = scan.entry(j + 1)
        if following is not None and scan.joins(j + 1) and (following.unit or following.scale is not None):
            built.odd = True
            return j + 1
    return j


def take_tens(scan: Scan, built: Builder, j: int) -> bool:
    """十几, 20几: from these tens to the next."""
    tens = built.section if built.count is None else built.count
    following = scan.entry(j + 1)
    if built.parts or not tens or tens % 10 or tens > 90 or scan.gap(j) != "" or following is None or scan.gap(j + 1) != "":
        return False
    built.tens = tens
    return True


def counts_on(scan: Scan, j: int, *, in_words: bool) -> bool:
    """Whether a number goes on, or its unit follows: the French "cents" of "deux cents euros" and not of "50 cents"."""
    following = scan.entry(j)
    if following is None or not scan.joins(j):
        return False
    if "of" in following.roles:
        following = scan.entry(j + 1)
        return following is not None and following.unit is not None and scan.joins(j + 1)
    if in_words and following.roles & {"to", "or", "inner"}:  # deux cents à trois cents euros
        return scan.entry(j + 1) is not None and scan.entry(j + 1).number is not None
    return following.scale is not None or following.unit is not None or in_words and following.number is not None


def take_count(scan: Scan, built: Builder, j: int) -> int:
    entry = scan.tokens[j][0]
    if built.empty and scan.words.joined and not may_stand_alone(scan, j) or built.parts and not scan.words.joined and begins_aside(scan, built, j):
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
    built.odd = built.odd or "odd" in entry.roles  # une dizaine
    built.in_words = True
    return j + 1


def begins_aside(scan: Scan, built: Builder, j: int) -> bool:
    """Whether a number word after a scale is no part of the number: $100 million three-year bond, $100 million two years later."""
    end, following = scan.end(j), scan.entry(j + 1)
    if scan.low[end:end + 1] == "-" and scan.start(j + 1) > end + 1:
        return True
    return not built.in_words and not (following is not None and scan.joins(j + 1) and (following.multiplier or following.scale is not None))


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
    if not scan.joins(after):
        return j
    if following is not None and "article" in following.roles:
        after += 1
        following = scan.entry(after)
    if following is not None and following.fraction is not None and scan.joins(after):
        add_fraction(built, following.fraction)
        return after + 1
    if following is None and built.section is not None and built.count is None:
        return take_last_digits(scan, built, after)
    if following is None and built.parts and built.count is None and goes_down(scan, built, after):
        return after
    if following is None or after != j + 1 or not built.in_words or following.number is None:
        return j
    if built.count is not None and scan.words.and_adds and following.number not in scan.words.and_adds:
        return j  # entre trois cent cinquante et quatre cents millions
    if built.count is None and built.fits(following.number) or built.count is not None and adds_to(built.count, following.number):
        return after
    return j


def goes_down(scan: Scan, built: Builder, j: int) -> bool:
    """Whether a smaller scale follows the digits at j: "1 million and 500 thousand"."""
    following = scan.entry(j + 1)
    return following is not None and following.scale is not None and scan.joins(j + 1) and following.scale < built.parts[-1][1]


def take_last_digits(scan: Scan, built: Builder, j: int) -> int:
    """"3 hundred and 21"."""
    digits = scan.digits(j)
    if digits.isdigit() and built.fits(Decimal(digits)):
        built.count = Decimal(digits)
        return j + 1
    return j - 1


def add_fraction(built: Builder, fraction: Decimal) -> None:
    if built.count is not None or not built.parts:
        built.count = (built.count or 0) + fraction * (ONE if built.count is not None or built.last is None else built.last)
    else:
        value, power = built.parts[-1]
        built.parts[-1] = (value + fraction, power)


def take_point(scan: Scan, built: Builder, j: int) -> int:
    """"one point three", "point five o six", virgule quatre-vingts, 일점이삼, 三点五."""
    figures, tens = "", None
    after = j + 1
    while after < scan.size and scan.joins(after):
        entry = scan.entry(after)
        if entry is None and scan.digits(after).isdigit() and not figures:
            figures = scan.digits(after)
            after += 1
            break
        if entry is not None and "nought" in entry.roles:
            figures += "0"
        elif entry is None or entry.number is None or entry.number > 9 and figures:
            break
        elif figures and tens and adds_to(tens, entry.number):
            figures = str(tens + entry.number)
        else:
            figures += str(entry.number)
        tens = entry.number if entry.number is not None and entry.number > 9 else None
        after += 1
    if not figures:
        return j
    built.count = built.count + Decimal(f"0.{figures}")
    return after


def may_stand_alone(scan: Scan, i: int) -> bool:
    """Whether a multiplier without a number before it can begin here: not inside another word."""
    start = scan.start(i)
    if i > 0 and scan.end(i - 1) == start and scan.entry(i - 1) is None:
        return False  # the 일 of 21일 is a day
    if not scan.words.joined or start == 0 or not "가" <= scan.low[start - 1] <= "힣":
        return True
    before = scan.tokens[i - 1] if i > 0 else None
    return before is not None and before[2] == start and before[0] is not None and bool(
        before[0].unit or before[0].minor or before[0].before or before[0].after or before[0].several or "to" in before[0].roles)
