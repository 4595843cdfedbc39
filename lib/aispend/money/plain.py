"""The usual figure by a short way: $5bn, 34 trillion won, €10, with nothing beside it that could change it.

It reads nothing that the grammar in `figures` would not read the same way; it only saves the looking around.
"""

from __future__ import annotations

from aispend.money.builder import EXACT, POWERS
from aispend.money.doubts import Figure
from aispend.money.scan import Scan

YEAR_DIGITS = 4


def read_plain(scan: Scan, i: int) -> Figure | None:
    """The figure at token i, if it is digits, at most one scale word and one currency; None sends the reader the long way."""
    tokens, low = scan.tokens, scan.low
    first, start, end = tokens[i]
    at = i
    if first is not None:
        at = i + 1
        if not (first.plain and first.leads) or tokens[at][0] is not None or low[end:tokens[at][1]] not in ("", " "):
            return None
    elif start and not begins_here(scan, i, start) or tokens[i + 1][0] is None:
        return None
    _, start, end = tokens[at]
    digits = low[start:end]
    value = None if digits[-4:-3] == scan.words.decimal or digits[-7:-6] == "," else scan.value(at)
    if value is None:  # thousandths may be thousands: Rp 31.500; twos before the last three are lakhs
        return None
    at += 1
    word, start, after = tokens[at]
    scaled = word is not None and word.magnifies and low[end:start] in ("", " ")
    if scaled:
        if digits[-4:-3] == ".":
            return None
        value, end, at = EXACT.multiply(value, POWERS[word.scale]), after, at + 1
    if first is None:
        word, start, after = tokens[at]
        if scaled and word is not None and "of" in word.roles and word.unit is None and low[end:start] == " ":
            end, at = after, at + 1
            word, start, after = tokens[at]
        if word is None or not (word.plain or scaled and word.follows) or low[end:start] not in ("", " ") or len(digits) == YEAR_DIGITS and not scaled and digits.isdigit():
            return None
        end, at = after, at + 1
    if end != len(low) and not ends_here(scan, at, end):
        return None
    return Figure(value, value, first.unit if first is not None else word.unit, i, at, scaled)


def begins_here(scan: Scan, i: int, start: int) -> bool:
    """Whether nothing before the number at token i can change it: a strange word, or a bound and nothing else."""
    if i:
        entry, _, end = scan.tokens[i - 1]
        if end >= start - 2:
            return entry is not None and entry.opens and scan.low[end:start] in ("", " ")
    return scan.low[start - 1] in " (~" and scan.low[start - 3:start] != " . "


def ends_here(scan: Scan, at: int, end: int) -> bool:
    """Whether a figure that ends at character `end`, before token `at`, cannot go on: a strange word or the sign of the next figure follows."""
    entry, start, after = scan.tokens[at]
    low = scan.low
    if entry is not None and entry.closes and low[end:start] in ("", " "):
        return not scan.words.joined or scan.tokens[at + 1][0] is not None
    if start > end + 2:
        return low[end] == " " and low[end + 1:end + 2].isalpha() and low[end + 1] < "\u1100"
    digits = scan.tokens[at + 1] if at < scan.size else None
    return entry is not None and entry.plain and entry.leads and digits is not None and digits[0] is None and digits[1] == after and low[end:start] in ("", " ")
