"""Two amounts that are one range, or one that became another: $91-93 billion, entre 10 et 20 euros, de 1,9 à 3,4 milliards.

    range  = ["between"] amount ("-" | "to" | "and") amount     the unit on one end or on both
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from aispend.money.amounts import read_amount
from aispend.money.builder import EXACT, LOWEST_SCALE, POWERS
from aispend.money.doubts import Figure
from aispend.money.minors import CENT
from aispend.money.numerals import looks_like_year
from aispend.money.rows import is_grouped
from aispend.money.scan import Scan
from aispend.money.units import LEAST_PLAIN, Quantity, agree

DASHES = frozenset({"-", " - ", "- ", "--", " -- ", "~", " ~ ", "~ ", " ~", "(含)-", "(含)~", "(不含)-", "(不含)~"})
SINGLE = frozenset(Decimal(figure) for figure in range(1, 9))
FAR = 10            # times: a second end so far off is a price behind a name
TIGHT = frozenset({"-", "~"})
LISTS = frozenset({"、", ", ", "·"})   # in Chinese and Korean also between a figure and the next: 三、四亿元
SHARES = ("%", " %", " pct", " percent", " per cent", "-percent", " pour cent", " points")   # what a number without a unit is then
NAME = re.compile(r"[^\W_] [^\W\d_]*[A-Z][^\W\d_]* $")   # a word with a capital that begins no sentence
LOOSE = " -"        # joins only where nothing else makes sense: EUR 5 -10 million


def read_range(scan: Scan, first: Quantity) -> Figure | None:
    """$91-93 billion, 10~15k元, entre 10 et 20 euros, 30억~50억원, 1,750억 달러에서 1,850억 달러."""
    j = first.end
    if j >= scan.size:
        return None
    gap = scan.gap(j)
    if gap in DASHES or gap == LOOSE or gap in LISTS and scan.words.joined:
        return read_dashed(scan, first, gap)
    following = scan.entry(j)
    if following is None or not (following.roles or following.after):
        return None
    return read_linked(scan, behind_unit(scan, first))


def read_dashed(scan: Scan, first: Quantity, gap: str) -> Figure | None:
    """The range with a dash or a comma between its ends."""
    second = read_second(scan, first.end)
    if second is None or gap == LOOSE and not (second.number.scale and first.leading and (second.unit is None or first.number.scale)):
        return None
    joined = join_range(scan, first, second)
    if gap in LISTS:
        return joined if joined is not None and is_next(first, joined) else None
    if gap in TIGHT and (goes_on(scan, first, second) or joined is None and crosses(scan, first, second)):
        return unclear(first, second)
    return joined


def read_linked(scan: Scan, first: Quantity) -> Figure | None:
    """The range with a word between its ends, or the first of two amounts where the word joins no range."""
    opener = scan.entry(first.start - 1 - is_about(scan, first.start - 1))
    opened = opener is not None and "open" in opener.roles and scan.joins(first.start)
    if not links_range(scan, first, opened):
        return read_enclosed(scan, first) if scan.words.joined else share_change(scan, first) or share_scale(scan, first)
    second = read_second(scan, first.end + 1 + is_about(scan, first.end + 1))
    if second is None or first.unit is None and second.number.high > FAR * first.number.high and names_product(scan, first):
        return None
    linked = opened or not looks_like_year(scan, first.start)
    if linked and changes(scan, first, second):
        return Figure(first.number.low, first.number.high, second.unit, first.start, first.end, scaled=True) if first.unit is None else None
    joined = join_range(scan, first, second)
    if joined is None and linked:
        return share_change(scan, first) or (unclear(first, second) if crosses(scan, first, second) else None)
    return joined


def read_second(scan: Scan, j: int) -> Quantity | None:
    """The second end of a range, if there is one: no share (435 pence - 7.5 pct above) and no year."""
    second = read_amount(scan, j)
    if second is None or second.number.misprint:
        return None
    if second.unit is None and (scan.low.startswith(SHARES, scan.end(second.end - 1)) or is_year(scan, j, second)):
        return None
    return second


def unclear(first: Quantity, second: Quantity) -> Figure:
    """Two ends for which it is no telling what they are together."""
    return Figure(Decimal(0), Decimal(0), first.unit or second.unit, first.start, second.end, misprint=True)


def is_about(scan: Scan, i: int) -> bool:
    """Whether the word at i only says "about": between about $5 million and about $10 million."""
    entry = scan.entry(i)
    return entry is not None and entry.before == "about" and entry.opens and scan.joins(i + 1)


def behind_unit(scan: Scan, first: Quantity) -> Quantity:
    """The amount with "HT" or "per tonne" behind its unit, where the word that joins it to the next follows: 15 000 euros HT et 90 000 euros."""
    entry, beyond = scan.entry(first.end), scan.entry(first.end + 1)
    if first.unit is None or entry is None or "behind" not in entry.roles or beyond is None or not {"to", "inner"} & beyond.roles or not scan.joins(first.end):
        return first
    return replace(first, end=first.end + 1)


def is_thousands(scan: Scan, quantity: Quantity) -> bool:
    """Whether the number ends in a group of noughts: 150 000, 48.000."""
    return not quantity.number.scale and is_grouped(scan, quantity) and scan.digits(quantity.start + quantity.leading).endswith("000")


def share_scale(scan: Scan, first: Quantity) -> Figure | None:
    """"$2.5 and $3 billion": for no telling whether the first is billions as well; only "between" says so."""
    entry = scan.entry(first.end)
    if entry is None or not {"inner", "or", "to"} & entry.roles or not first.leading or first.number.scale or first.number.low >= LEAST_PLAIN or not scan.joins(first.end + 1):
        return None
    second = read_amount(scan, first.end + 1)
    shares = second is not None and bool(second.number.scale) and (second.unit is None or agree(first.unit, second.unit) is not None and second.leading)
    return Figure(Decimal(0), Decimal(0), first.unit, first.start, first.end, misprint=True) if shares else None


def share_change(scan: Scan, first: Quantity) -> Figure | None:
    """"passe de 1,9 à 3,4 milliards d'euros": two amounts, and the second says the scale and the unit of the first."""
    entry = scan.entry(first.end)
    if entry is None or "to" not in entry.roles or first.unit is not None or not scan.joins(first.end) or not scan.joins(first.end + 1) or looks_like_year(scan, first.start) or not comes_from(scan, first):
        return None
    second = read_amount(scan, first.end + 1)
    if second is None or second.leading or second.unit is None or second.number.misprint:
        return None
    if second.number.scale and not first.number.scale and first.number.low >= LEAST_PLAIN:
        return None
    shared = EXACT.multiply(first.number.low, POWERS[0 if first.number.scale else second.number.scale]) * (CENT if second.minor else 1)
    return Figure(shared, shared, second.unit, first.start, first.end, bool(second.number.scale))


def comes_from(scan: Scan, first: Quantity) -> bool:
    return scan.low.endswith(scan.words.change_from, 0, scan.start(first.start))


def read_enclosed(scan: Scan, first: Quantity) -> Figure | None:
    """二万元以上二十万元以下, 5만원 이상 10만원 이하: between the two."""
    entry = scan.entry(first.end)
    if entry is None or entry.after != "low" or first.unit is None and not first.number.scale or scan.gap(first.end) not in ("", " ") or scan.gap(first.end + 1) not in ("", " "):
        return None
    second = read_amount(scan, first.end + 1)
    closing = scan.entry(second.end) if second is not None and not second.number.misprint else None
    if closing is None or closing.after != "high" or scan.gap(second.end) not in ("", " "):
        return None
    joined = join_range(scan, first, second)
    if joined is not None:
        joined.end += 1
    return joined


def is_next(first: Quantity, joined: Figure) -> bool:
    """Whether the ends are a figure and the next, or three and five: 三、四亿元, 3, 4억원, 三、五万元."""
    step = first.number.low
    return first.unit is None and step in SINGLE and joined.high * step in (joined.low * (step + 1), joined.low * 5 * (step == 3))


def is_year(scan: Scan, i: int, quantity: Quantity) -> bool:
    """Whether the number at i is a year and no end of a range: 252 달러에서 1990년에는."""
    following = scan.entry(quantity.end)
    return looks_like_year(scan, i) and following is not None and "calendar" in following.roles and scan.joins(quantity.end)


def links_range(scan: Scan, first: Quantity, opened: bool) -> bool:
    """Whether the word after the first amount joins it to a second: "to", or "and" after "between"."""
    entry = scan.entry(first.end)
    if entry is None or not scan.joins(first.end) or not scan.joins(first.end + 1):
        return False
    if "or" in entry.roles:
        return first.unit is None and not looks_like_year(scan, first.start)
    return "to" in entry.roles and (opened or not reports_change(scan, first)) or "inner" in entry.roles and opened


def names_product(scan: Scan, first: Quantity) -> bool:
    """Whether one or two figures stand behind a name: OnePlus Watch 3 à 246 €."""
    start = scan.start(first.start)
    known = first.start > 0 and scan.end(first.start - 1) == start - 1
    return not known and first.number.low < 100 and NAME.search(scan.text, max(0, start - 40), start) is not None


def crosses(scan: Scan, first: Quantity, second: Quantity) -> bool:
    """Whether only the second amount has a scale and it is for no telling whether the first shares it: $500-1 billion."""
    one_unit = (first.unit is None) != (second.unit is None)
    return one_unit and bool(second.number.scale) and lacks_scale(scan, first) and not second.leading


def lacks_scale(scan: Scan, first: Quantity) -> bool:
    """Whether the first end may take the second's scale; the Korean 천 counts below it: 5천~6천만원."""
    return not first.number.scale or scan.words.joined and first.number.scale < LOWEST_SCALE


def goes_on(scan: Scan, first: Quantity, second: Quantity) -> bool:
    """Whether the range is part of a longer row: $5-10-15."""
    start, end = scan.start(first.start), scan.end(second.end - 1)
    row_before = scan.low[max(0, start - 1):start] in TIGHT and scan.low[max(0, start - 2):start - 1].isdigit()
    return row_before or scan.low[end:end + 1] in TIGHT and scan.low[end + 1:end + 2].isdigit()


def changes(scan: Scan, first: Quantity, second: Quantity) -> bool:
    """Whether the second amount is what the first became: 300만원에서 330만원으로."""
    return (first.unit is not None or first.number.scale > 0) and scan.low.startswith(scan.words.change_after, scan.end(second.end - 1)) if scan.words.change_after else False


def reports_change(scan: Scan, first: Quantity) -> bool:
    """"rose from $5bn to $10bn" and 增长1.25亿元至3.89亿元 are two amounts, no range."""
    i = first.start
    if scan.words.joined:
        i -= i > 1 and scan.entry(i - 1) is not None and "passed_over" in scan.entry(i - 1).roles  # 增长了
        before = scan.entry(i - 1) if i > 0 and first.unit is not None and scan.gap(i) == "" else None
        return before is not None and "change" in before.roles and "to_new" in scan.entry(first.end).roles
    nearest = scan.entry(i - 1) if i > 1 else None
    if nearest is not None and "to" in nearest.roles and scan.joins(i):
        return False  # raised its guidance to $2.10 to $2.35
    if nearest is not None and "of" in nearest.roles and scan.gap(i - 1) != " " and not comes_from(scan, first):
        return False  # its revised estimate of $5 to $6
    near = [k for k in range(max(0, i - 9), i) if not (looks_like_year(scan, k) or looks_like_year(scan, k + 1))]  # from 2020 to 2023
    if not comes_from(scan, first):
        amounts = [k for k in near if scan.entry(k) is not None and scan.entry(k).unit is not None]
        near = [k for k in near[-5:] if k > max(amounts, default=-1)]  # raised to $45 in 2026, and $50 to $80 by 2030
    changed = any(entry is not None and "change" in entry.roles for entry in map(scan.entry, near))
    return changed and not starts_pairs(scan, first)


def starts_pairs(scan: Scan, first: Quantity) -> bool:
    """Whether four amounts follow each other, two ranges: raised from $40 million to $50 million to $93 million to $103 million."""
    at = first.end
    for _ in range(3):
        entry = scan.entry(at)
        following = read_amount(scan, at + 1) if entry is not None and "to" in entry.roles and scan.joins(at) and scan.joins(at + 1) else None
        if following is None or following.number.misprint:
            return False
        at = following.end
    return True


def join_range(scan: Scan, first: Quantity, second: Quantity) -> Figure | None:
    if first.unit is None and second.unit is None and not scan.hint:
        return None
    if first.unit is None and second.leading or second.minor and not first.minor and first.unit is not None:
        return None
    unit = first.unit or second.unit
    if first.unit is not None and second.unit is not None:
        unit = agree(first.unit, second.unit)
        if unit is None:
            return None
    low, high = first.number.low, second.number.high
    if second.minor and first.unit is None:
        low = low * CENT
    if second.number.scale and lacks_scale(scan, first) and (first.unit is None or first.leading):
        low = EXACT.multiply(low, POWERS[max(second.number.scale - first.number.scale, 0)])
    if first.unit is None and low * second.number.tail < high and not (first.number.scale or first.number.tail > 1):
        low = low * second.number.tail  # 两到三仟, 2~3백만
    if low >= high and LEAST_PLAIN <= first.number.low < high and (second.leading or second.number.scale <= LOWEST_SCALE or is_grouped(scan, first)):
        low = first.number.low  # 8500到3万, $500,000 to $1 million, entre 750.000 et 1 million de dollars
    if first.unit is None and is_thousands(scan, second) and second.number.high < low * 10 * LEAST_PLAIN and low * LEAST_PLAIN < second.number.high:
        return unclear(first, second)  # de 100 à 150 000 euros: the first may be thousands as well
    if low >= high:
        return None
    return Figure(low, high, unit, first.start, second.end, bool(second.number.scale), first.negative, vague=first.vague or second.vague)
