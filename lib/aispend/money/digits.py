"""What a row of digits and marks means by the rules of a language, or nothing where it has no one reading."""

from __future__ import annotations

import re
from decimal import Decimal

LONGEST = 40  # digits; more is no amount of money but a serial number
VULGAR = {"½": Decimal("0.5"), "¼": Decimal("0.25"), "¾": Decimal("0.75"), "⅓": Decimal(1) / 3, "⅔": Decimal(2) / 3}
THREES = re.compile(r"[0-9]{1,3}(?:([., '])[0-9]{3})(?:\1[0-9]{3})*")
INDIAN = re.compile(r"[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}")


def read_digits(digits: str, *, group: str, decimal: str, foreign_marks: bool = True) -> Decimal | None:
    """The number that digits with marks stand for; None where the language's rules allow no one reading.

    The rules, in order:

    1. A space or an apostrophe separates groups of three, in every language.
    2. The language's own decimal mark is a decimal mark, its own group mark separates threes
       (in lakh and crore style twos before the last three: 12,34,567).
    3. The other mark of the pair "." and ",": groups of exactly three are groups
       (French press prints 7.500 milliards), else it must be a decimal mark with nothing else to be
       (English text with 34,50 €). Without `foreign_marks` this rule is left out: Korean and Chinese
       print 1,2억 for one or two, never for 1.2.

        >>> read_digits("7.500", group=" ", decimal=",")
        Decimal('7500')
        >>> read_digits("169,966", group=" ", decimal=",")
        Decimal('169.966')
        >>> read_digits("1,23,4", group=",", decimal=".") is None
        True
    """
    if digits.isdigit() and digits.isascii():
        return Decimal(digits) if len(digits) <= LONGEST else None
    if decimal == "." and digits.replace(".", "", 1).isdecimal() and len(digits) <= LONGEST and digits[-1] != ".":
        return Decimal(digits)  # the usual case by the shortest way
    if digits in VULGAR:
        return VULGAR[digits]
    if "/" in digits:
        return read_fraction(digits)
    if len(digits) > 2 * LONGEST:
        return None
    digits = digits.replace("，", ",").replace(", ", ",").replace(". ", ".").replace(" .", ".").replace("  ", " ")
    digits = digits.rstrip(".,-") if digits[-1] == "-" else digits
    other = "." if decimal == "," else ","
    own = with_decimal(digits, mark=decimal, groups=other)
    if own is not None:
        return own
    foreign = foreign_marks and (digits.count(decimal) > 1 or unambiguous(digits, mark=other))
    return with_decimal(digits, mark=other, groups=decimal) if foreign else None


def is_lakh_group(digits: str) -> bool:
    """Whether digits are grouped in twos before the last three: 12,34,567.

        >>> is_lakh_group("1,23,456.50"), is_lakh_group("1,234,567")
        (True, False)
    """
    whole = digits.partition(".")[0]
    return whole[-7:-6] == "," == whole[-4:-3]


def read_fraction(digits: str) -> Decimal | None:
    """"1/2" and "2 1/2"; None where the upper number is not the smaller."""
    whole, _, fraction = digits.replace("-", " ").rpartition(" ")
    above, below = fraction.split("/")
    return int(whole or 0) + Decimal(above) / Decimal(below) if int(above) < int(below) else None


def with_decimal(digits: str, *, mark: str, groups: str) -> Decimal | None:
    """The number with `mark` as the decimal mark and `groups`, a space or an apostrophe between threes."""
    whole, found, part = digits.partition(mark)
    if found and not part.isdigit():
        return None
    if not whole or whole.isdigit():
        return Decimal(f"{whole or 0}.{part or 0}") if found else Decimal(whole)
    threes = THREES.fullmatch(whole)
    if threes and threes[1] in (groups, " ", "'") and (whole[0] != "0"):
        return Decimal("".join(char for char in whole if char.isdigit()) + (f".{part}" if found else ""))
    if groups == "," and INDIAN.fullmatch(whole):
        return Decimal(whole.replace(",", "") + (f".{part}" if found else ""))
    return None


def unambiguous(digits: str, *, mark: str) -> bool:
    """Whether the foreign mark can only be a decimal mark: one or two digits after it, or groups or a lone 0 before it.

    A point may have more digits after it (computers print 28309604.039); a comma with four is a misprint.
    """
    whole, _, part = digits.partition(mark)
    if not part.isdigit():
        return False
    return len(part) <= 2 or not whole.isdigit() or whole == "0" or mark == "." and (len(part) > 3 or len(whole) > 3)
