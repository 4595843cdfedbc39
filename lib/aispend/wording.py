"""Small words for values: numbers, amounts, lengths of time, parts and multiples, names and months."""

import math
from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from aispend.errors import AiSpendError

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_PARTS = {2: ("half", "halves"), 3: ("third", "thirds"), 4: ("quarter", "quarters"), 5: ("fifth", "fifths")}
_QUALIFIERS = {"exact": "", "about": "about ", "midpoint": "about ", "at-least": "at least ", "at-most": "at most "}


def number(value: float, *, digits: int = 2) -> str:
    """A number as a newspaper writes it: words up to twelve, else `digits` significant digits.

    >>> number(9.2), number(82.02), number(13.48, digits=3), number(1452.05, digits=4)
    ('nine', '82', '13.5', '1,452')
    """
    if value < 0:
        return f"minus {number(-value, digits=digits)}"
    if abs(value - round(value)) <= 0.025 * value and 1 <= round(value) <= 12:
        return _NUMBERS[round(value)]
    rounded = float(f"{value:.{digits}g}")
    decimals = max(0, digits - len(str(int(abs(rounded)))))
    text = f"{rounded:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def amount(value: float, currency: str) -> str:
    """An amount in major units of its currency, three significant digits and m, bn or tn.

    >>> amount(2_322_675_306, "USD"), amount(34e12, "KRW"), amount(63_612, "EUR"), amount(0.5, "EUR")
    ('USD 2.32 bn', 'KRW 34 tn', 'EUR 63,600', 'EUR 0.5')
    """
    return f"{currency} {short_number(value)}"


def short_number(value: float) -> str:
    """A number in three significant digits and m, bn or tn.

    >>> [short_number(value) for value in (0, 999_950_000, 150e12, -1.25e6)]
    ['0', '1 bn', '150 tn', '-1.25 m']
    """
    rounded = float(f"{value:.3g}")
    for size, short in ((1e12, "tn"), (1e9, "bn"), (1e6, "m")):
        if abs(rounded) >= size:
            return f"{three_digits(rounded / size)} {short}"
    return three_digits(rounded)


def three_digits(value: float) -> str:
    """A number in three significant digits, without trailing noughts.

    >>> three_digits(0.12394), three_digits(91447), three_digits(2.3)
    ('0.124', '91,400', '2.3')
    """
    rounded = float(f"{value:.3g}")
    decimals = 0 if rounded == 0 else max(0, 2 - math.floor(math.log10(abs(rounded))))
    text = f"{rounded:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def duration(days: float) -> str:
    """A length of time given in days, in the unit a reader would choose.

    >>> duration(9.27), duration(0.5617), duration(1.51), duration(75), duration(1100)
    ('about nine days', 'about 13.5 hours', 'about 36 hours', 'about 2.5 months', 'about three years')
    """
    units = (("minutes", 1 / 1440, 2), ("hours", 1 / 24, 3), ("days", 1.0, 2), ("months", 365.25 / 12, 2), ("years", 365.25, 2))
    limits = (2 / 24, 2.0, 61.0, 730.0, float("inf"))
    for (unit, length, digits), limit in zip(units, limits, strict=True):
        if days < limit:
            count = days / length
            whole = round(count) if (unit == "days" and count >= 3) or (unit == "hours" and count >= 24) else count
            return f"about {number(whole, digits=digits)} {unit if round(count, 1) != 1 else unit[:-1]}"
    raise AiSpendError(f"{days} is not a number of days")


def part(share: float) -> str:
    """A share between nought and one as a simple fraction, with over or nearly where it is not close.

    >>> part(0.4175), part(0.281), part(0.5), part(0.012)
    ('two fifths', 'over a quarter', 'half', '1.2 %')
    """
    if not 0 < share < 1:
        raise AiSpendError(f"{share} is not a share between 0 and 1")
    if share < 0.15 or share > 0.85:
        return f"{number(100 * share)} %" if 100 * share > 12 else f"{100 * share:.2g} %"
    nearest = min((Fraction(a, b) for b in _PARTS for a in range(1, b)), key=lambda f: (abs(float(f) - share), f.denominator))
    singular, plural = _PARTS[nearest.denominator]
    top = _NUMBERS[nearest.numerator] if nearest.numerator > 1 else ("" if nearest.denominator == 2 else "a")
    words = f"{top} {singular if nearest.numerator == 1 else plural}".strip()
    gap = share / float(nearest) - 1
    return words if abs(gap) <= 0.05 else f"{'over' if gap > 0 else 'nearly'} {words}"


def times(ratio: float) -> str:
    """A ratio above one as a multiple.

    >>> times(82.02), times(2.0), times(5.4), times(1.01)
    ('82 times', 'twice', '5.4 times', 'about the same as')
    """
    if abs(ratio - 1) < 0.05:
        return "about the same as"
    return "twice" if abs(ratio - 2) < 0.05 else f"{number(ratio)} times"


def multiple(ratio: float) -> str:
    """A ratio in three digits as a label: as a multiple from one on, else in per cent.

    >>> multiple(1.181), multiple(0.02593), multiple(26.19), multiple(float("nan"))
    ('1.18 times', '2.59 %', '26.2 times', 'no number')
    """
    if math.isnan(ratio):
        return "no number"
    return f"{three_digits(ratio)} times" if float(f"{ratio:.3g}") >= 1 else f"{three_digits(100 * ratio)} %"


def weight(ratio: float) -> str:
    """How heavy one share is beside another: as a part of it, or as a multiple.

    >>> weight(0.4175), weight(1.02), weight(3.1)
    ('two fifths as heavy', 'as heavy', '3.1 times as heavy')
    """
    if abs(ratio - 1) < 0.05:
        return "as heavy"
    return f"{part(ratio) if ratio < 1 else times(ratio)} as heavy"


def qualifier(value_is: str) -> str:
    """The words that go before an amount that is not exact.

    >>> qualifier("at-least"), qualifier("exact")
    ('at least ', '')
    """
    if value_is not in _QUALIFIERS:
        raise AiSpendError(f"unknown kind of value {value_is!r}; one of {', '.join(_QUALIFIERS)}")
    return _QUALIFIERS[value_is]


def capital(text: str) -> str:
    """The same text with a capital first letter.

    >>> capital("in dollars, nine days")
    'In dollars, nine days'
    """
    return text[:1].upper() + text[1:]


def listed(names: Sequence[str]) -> str:
    """Names as a sentence lists them.

    >>> listed(["Korea", "OpenAI", "Alphabet"])
    'Korea, OpenAI and Alphabet'
    """
    names = list(names)
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def plain_name(actor: str) -> str:
    """An actor's name as a sentence says it, without what a table adds in brackets.

    >>> plain_name("South Korea (public)"), plain_name("Alphabet (Google)"), plain_name("OpenAI")
    ('Korea', 'Alphabet', 'OpenAI')
    """
    return actor.partition(" (")[0].removeprefix("South ")


def months(first: str, last: str) -> str:
    """Two ISO days as the months between them.

    >>> months("2025-02-01", "2025-03-31"), months("2024-12-01", "2025-01-31"), months("2025-08-01", "2025-08-31")
    ('February and March 2025', 'December 2024 and January 2025', 'August 2025')
    >>> months("2025-01-01", "2025-04-30")
    'January to April 2025'
    """
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    apart = 12 * (end.year - start.year) + end.month - start.month
    if apart == 0:
        return f"{start:%B %Y}"
    opening = f"{start:%B}" if start.year == end.year else f"{start:%B %Y}"
    return f"{opening} {'and' if apart == 1 else 'to'} {end:%B %Y}"


def date_words(text: str) -> str:
    """A date as far as it is known: "2025", "Aug 2025", "4 Aug 2025".

    >>> [date_words(text) for text in ("2025", "2025-08", "2025-08-04")]
    ['2025', 'Aug 2025', '4 Aug 2025']
    """
    day = date.fromisoformat(text + "-01-01"[len(text) - 4 :])
    return {4: f"{day:%Y}", 7: f"{day:%b %Y}"}.get(len(text), f"{day.day} {day:%b %Y}")
