"""What speaks against a figure: a number before it, a noun it counts, a weight, the year of prices, an ordinary word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from aispend.money.cldr import has_coins
from aispend.money.digits import is_lakh_group
from aispend.money.entry import Unit
from aispend.money.numerals import looks_like_year
from aispend.money.units import Quantity
from aispend.money.scan import Scan

NEARBY = 60  # characters
CLOSE = 10   # characters: he is about 175 pounds
NEARBY_WORDS = 4
EITHER = re.compile(r"[0-9]{1,3}\.[0-9]{2}[1-9]")
TRILLION = Decimal(10) ** 12
LEAST_WON = 1000   # less is hardly ever an amount of won
COUNTED_IN_LAKHS = frozenset({"INR", "PKR", "BDT", "NPR", "LKR", "BTN"})


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
    plus: bool = False
    vague: bool = False
    misprint: bool = False


def is_word(scan: Scan, quantity: Quantity) -> bool:
    """이불 is a blanket before it is two dollars; with currency= and nothing else in the text it is money."""
    if not quantity.number.in_words or not scan.words.also_words or quantity.unit is None:
        return False
    start, end = scan.start(quantity.start), scan.end(quantity.end - 1)
    return scan.low[start:end] in scan.words.also_words and not (scan.hint == quantity.unit.code and scan.is_whole(start, end))


def is_no_money(scan: Scan, figure: Figure) -> bool:
    """Whether the unit means something else here: 一块显卡, over two pounds of weight, in 2024 dollars."""
    unit, end = figure.unit, scan.end(figure.end - 1)
    if scan.low[end:end + 1] == "." and breaks_off(scan, figure) or figure.high >= TRILLION and is_either(scan, figure):
        return True
    if (figure.scaled or "," in scan.low[scan.start(figure.start):end]) and groups_foreign(scan, figure):
        return True
    return unit.measure and counts_things(scan, figure) or unit.weight and weighs(scan, figure) or unit.verb and is_verb(scan, figure) or (
        figure.end == figure.start + 2 and looks_like_year(scan, figure.start) and names_prices(scan, figure))


def breaks_off(scan: Scan, figure: Figure) -> bool:
    """Whether the decimals stand apart, behind a full stop: 46 $. 8 millions."""
    i, end = figure.end, scan.end(figure.end - 1)
    if figure.scaled or scan.entry(i) is not None or scan.start(i) > end + 2:
        return False
    following, beyond = scan.entry(i + 1), scan.entry(i + 2)
    own_unit = beyond is not None and (beyond.unit is not None or "of" in beyond.roles) and scan.joins(i + 2)
    return following is not None and following.scale is not None and scan.joins(i + 1) and not own_unit


def is_either(scan: Scan, figure: Figure) -> bool:
    """Whether a point may group or cut off decimals: French "7.500 milliards" and all of yen group, "8.585 milliards d'euros" may do either."""
    words = scan.words
    if not figure.scaled or "." in (words.group, words.decimal) or not has_coins(figure.unit.code or ""):
        return False
    return any(EITHER.fullmatch(scan.digits(i)) is not None for i in range(figure.start, figure.end) if scan.entry(i) is None)


def groups_foreign(scan: Scan, figure: Figure) -> bool:
    """Whether digits are grouped as lakhs, or scaled so, of a currency that is not counted so: $1,23,456, $5 Cr."""
    for i in (figure.start + 1, figure.start + 2) if figure.scaled else ():
        entry = scan.entry(i)
        if entry is not None and "indian" in entry.roles:
            return figure.unit.code not in COUNTED_IN_LAKHS
    if scan.low.count(",", scan.start(figure.start), scan.end(figure.end - 1)) < 2 or figure.unit.code in COUNTED_IN_LAKHS:
        return False
    return any(scan.entry(i) is None and is_lakh_group(scan.digits(i)) for i in range(figure.start, figure.end))


def is_verb(scan: Scan, figure: Figure) -> bool:
    """"34 won by the party": a small number before a currency that is also a verb."""
    following = scan.entry(figure.end)
    if figure.scaled or figure.high >= LEAST_WON or following is None or scan.gap(figure.end) != " ":
        return False
    return following.leads or "verb_goes_on" in following.roles


def weighs(scan: Scan, figure: Figure) -> bool:
    """Whether a word of weight stands nearby, or the unit goes on in "of": 5 pounds of rice, but 5 million pounds of aid."""
    start, end = scan.start(figure.start), scan.end(figure.end - 1)
    following = scan.entry(figure.end)
    if not figure.scaled and scan.gap(figure.end - 1) == "-" and (following is None or "priced" not in following.roles):
        return True  # an 800-pound gorilla
    if not figure.scaled and following is not None and any(role in following.roles for role in ("of", "weighs")) and scan.joins(figure.end):
        return True
    if following is not None and "of" in following.roles:
        for k in range(figure.end + 1, min(scan.size, figure.end + 1 + NEARBY_WORDS)):
            entry = scan.entry(k)
            if entry is not None and "goods" in entry.roles and scan.start(k) < end + NEARBY // 2:
                return True  # 1 million pounds of faux burger meat
    for k in range(max(0, figure.start - NEARBY_WORDS), min(scan.size, figure.end + NEARBY_WORDS)):
        entry = scan.entry(k)
        if entry is not None and "being" in entry.roles and 0 <= start - scan.end(k) < CLOSE:
            return True
        if entry is not None and ("weighs" in entry.roles or "slims" in entry.roles and not figure.scaled) and start - NEARBY < scan.start(k) < end + NEARBY:
            return True
    return False


def names_prices(scan: Scan, figure: Figure) -> bool:
    """"in 2024 dollars" and "the 2024 dollar" name the year of prices and no amount."""
    start = scan.start(figure.start)
    before = f" {scan.low[max(0, start - NEARBY):start]}".rstrip(" ")
    return bool(scan.words.price_year) and before.endswith(scan.words.price_year)


def stands_after_number(scan: Scan, quantity: Quantity) -> bool:
    """"245 23 yen", "nineteen ninety-nine dollars": two numbers, and no telling what they are together."""
    i = quantity.start
    if quantity.leading or quantity.unit is None or scan.gap(i) not in (" ", "-"):
        return False
    before = scan.entry(i - 1)
    if before is None and is_part_of_name(scan, i - 1):
        return False
    if before is not None and ("nought" in before.roles or "point" in before.roles and scan.opens(scan.start(i - 1))):
        return True
    if scan.gap(i) == "-":
        return before is None and not quantity.number.in_words  # 5-10-15 dollars
    if before is None:
        return not looks_like_year(scan, i - 1)
    if before.scale is not None and i > 1 and scan.joins(i - 1):
        counted = scan.entry(i - 2)
        return counted is None or counted.number is not None
    counts = before.number is not None or before.multiplier is not None
    return counts and not before.digit and "article" not in before.roles and scan.entry(i) is not None


def is_part_of_name(scan: Scan, i: int) -> bool:
    """Whether letters of no meaning here stand right before the digits: 리니지2, Windows11."""
    start = scan.start(i)
    return scan.low[start - 1:start].isalpha() and (i == 0 or scan.end(i - 1) < start)


def counts_things(scan: Scan, figure: Figure) -> bool:
    """一块显卡: the word after the number is a measure word for the noun behind it."""
    end = scan.end(figure.end - 1)
    following = scan.entry(figure.end)
    if figure.scaled and following is not None and "no_noun" in following.roles and scan.joins(figure.end):
        return False
    known = scan.start(figure.end) - end < 2 and following is not None and (following.after or {"to", "and", "behind"} & following.roles)
    noun = scan.low[end:end + 2].strip()[:1]
    if "가" <= noun <= "힣" and scan.low[end] == " ":
        return False
    return noun.isalnum() and noun not in scan.words.no_nouns and not known
