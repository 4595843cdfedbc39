"""Sentences built from values: small words for numbers first, then one function a finding.

A sentence is never typed with its number in it; if the data says otherwise, the sentence does too.
"""

import math
from collections.abc import Sequence
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
            return f"{_three_digits(rounded / size)} {short}"
    return _three_digits(rounded)


def _three_digits(value: float) -> str:
    decimals = 0 if value == 0 else max(0, 2 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def duration(days: float) -> str:
    """A length of time given in days, in the unit a reader would choose.

    >>> duration(9.27), duration(0.5617), duration(75), duration(1100)
    ('about nine days', 'about 13.5 hours', 'about 2.5 months', 'about three years')
    """
    units = (("minutes", 1 / 1440, 2), ("hours", 1 / 24, 3), ("days", 1.0, 2), ("months", 365.25 / 12, 2), ("years", 365.25, 2))
    limits = (2 / 24, 2.0, 61.0, 730.0, float("inf"))
    for (unit, length, digits), limit in zip(units, limits, strict=True):
        if days < limit:
            count = days / length
            whole = round(count) if unit == "days" and count >= 3 else count
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

    >>> times(82.02), times(2.0), times(5.4)
    ('82 times', 'twice', '5.4 times')
    """
    return "twice" if abs(ratio - 2) < 0.05 else f"{number(ratio)} times"


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


def budget_against_spending(days: float, ratio_of_gdp: float, *, budget: str, spending: str) -> str:
    """The overview's headline: a budget as days of another's spending, and both as shares of their economies.

    >>> budget_against_spending(9.27, 0.4175, budget="Korea's 2025 AI budget", spending="Alphabet's capital expenditure")
    "At market exchange rates, Korea's 2025 AI budget equals about nine days of Alphabet's capital expenditure; weighed against its own economy it is two fifths as heavy"
    """
    return f"At market exchange rates, {budget} equals {duration(days)} of {spending}; weighed against its own economy it is {weight(ratio_of_gdp)}"


def larger_in_money_than_in_weight(ratio: float, ratio_of_gdp: float, *, larger: str, smaller: str, what: str) -> str:
    """One source, one definition, two economies: how the gap shrinks when each is set against its GDP.

    >>> larger_in_money_than_in_weight(82.02, 5.0, larger="American", smaller="Korean", what="private AI investment of 2024")
    'American private AI investment of 2024 was 82 times the Korean in money and five times as a share of GDP'
    """
    return f"{larger} {what} was {times(ratio)} the {smaller} in money and {times(ratio_of_gdp)} as a share of GDP"


def programme_beside_runs(days: float, share_of_runs: float, *, programme: str, spending: str, runs: str) -> str:
    """A programme's year of money beside another's spending and beside the price of its models.

    >>> programme_beside_runs(0.5617, 0.281, programme="The programme's 2025 money", spending="Alphabet's capital expenditure", runs="the final training runs of all OpenAI models of 2024")
    "The programme's 2025 money is about 13.5 hours of Alphabet's capital expenditure, yet over a quarter of the final training runs of all OpenAI models of 2024"
    """
    beside = part(share_of_runs) if share_of_runs < 1 else times(share_of_runs)
    return f"{programme} is {duration(days)} of {spending}, yet {beside} of {runs}"


def conversion_inside_market(implied: float, low: float, high: float, *, printed: str, unit: str, window: str) -> str:
    """A published conversion that the market of its day supports.

    >>> conversion_inside_market(200.04, 197.1, 203.6, printed="34 trillion won over 169.966 billion yuan", unit="won per yuan", window="February and March 2025")
    '34 trillion won over 169.966 billion yuan is 200.0 won per yuan; the market of February and March 2025 ranged from 197.1 to 203.6, so the two prints agree'
    """
    inside = low <= implied <= high
    verdict = "so the two prints agree" if inside else "so the two prints do not agree"
    return f"{printed} is {implied:,.1f} {unit}; the market of {window} ranged from {low:,.1f} to {high:,.1f}, {verdict}"


def conversion_beside_market(implied: float, market: float, *, printed: str, unit: str, window: str) -> str:
    """A published conversion and how far it lies from the market of its day.

    >>> conversion_beside_market(1452.05, 1618.0, printed="530 billion won over 365 million euros", unit="won per euro", window="August and September 2025")
    '530 billion won over 365 million euros is 1,452 won per euro, 10 % below the 1,618 of August and September 2025'
    """
    gap = implied / market - 1
    return f"{printed} is {implied:,.0f} {unit}, {abs(gap):.0%} {'below' if gap < 0 else 'above'} the {market:,.0f} of {window}".replace("%", " %")


def definitions_differ(low: str, high: str, *, count: int, what: str) -> str:
    """The same words with several published amounts behind them.

    >>> definitions_differ("KRW 1.8 tn", "KRW 5.7 tn", count=4, what="Korea's 2025 AI budget")
    "Four published definitions put Korea's 2025 AI budget anywhere from KRW 1.8 tn to KRW 5.7 tn"
    """
    return f"{capital(number(count))} published definitions put {what} anywhere from {low} to {high}"


def share_beside_share(first_share: float, second_share: float, *, first: str, second: str) -> str:
    """Two amounts as shares of their own economies.

    >>> share_beside_share(0.001239, 0.002972, first="Korea's 2025 AI budget", second="Alphabet's capital expenditure")
    "Korea's 2025 AI budget was 0.12 % of Korean GDP, Alphabet's capital expenditure 0.3 % of its own country's"
    """
    return f"{first} was {100 * first_share:.2g} % of Korean GDP, {second} {100 * second_share:.2g} % of its own country's"


def fund_against_spending(whole: float, comparable: float, *, fund: str, kept: str, spending: str) -> str:
    """A sum over many years and purposes beside one year of another's spending, and what is left when like meets like.

    >>> fund_against_spending(1.26, 0.046, fund="The 150-trillion fund", kept="its AI money of one year", spending="Alphabet's capital expenditure")
    "The 150-trillion fund is 1.3 times a year of Alphabet's capital expenditure; its AI money of one year is 4.6 % of it"
    """
    beside = part(comparable) if comparable < 1 else times(comparable)
    first = f"is {times(whole)}" if whole >= 1 else f"is {part(whole)} of"
    return f"{fund} {first} a year of {spending}; {kept} is {beside} of it"


def money_beside_peer(days: float, ratio: float, *, money: str, spending: str) -> str:
    """A sum of money as days of another's spending or, where the other is no spending over time, as a multiple.

    >>> money_beside_peer(0.5617, 0.0015, money="The programme's 2025 money", spending="Alphabet's capital expenditure")
    "The programme's 2025 money equals about 13.5 hours of Alphabet's capital expenditure"
    >>> money_beside_peer(float("nan"), 25.2, money="The programme's 2025 money", spending="DeepSeek's V3 training run")
    "The programme's 2025 money equals 25 times DeepSeek's V3 training run"
    """
    if days == days:
        return f"{money} equals {duration(days)} of {spending}"
    return f"{money} equals {times(ratio) if ratio >= 1 else part(ratio) + ' of'} {spending}"


def kinds_of_money(family: str, *, who: Sequence[str]) -> str:
    """What a picture of one family of money shows, for a reader who does not know the word.

    >>> kinds_of_money("outlay", who=["South Korea (public)", "OpenAI"])
    'Money spent or voted for a period: South Korea (public) and OpenAI'
    """
    words = {
        "outlay": "Money spent or voted for a period",
        "financing": "Money to be lent, guaranteed or raised: no spending yet",
        "unit-cost": "The price of a single training run",
        "context": "For context: no AI spending",
    }
    return f"{words[family]}: {listed(who)}"


def listed(names: Sequence[str]) -> str:
    """Names as a sentence lists them.

    >>> listed(["Korea", "OpenAI", "Alphabet"])
    'Korea, OpenAI and Alphabet'
    """
    names = list(names)
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def heaviest_share(share: float, others: int, *, who: str, what: str) -> str:
    """The largest of several shares of GDP.

    >>> heaviest_share(0.002972, 3, who="Alphabet", what="capital expenditure")
    "Alphabet's capital expenditure weighs most: 0.3 % of its country's GDP, ahead of three other amounts"
    """
    ahead = f", ahead of {number(others)} other amount{'s' if others > 1 else ''}" if others else ""
    return f"{who}'s {what} weighs most: {100 * share:.2g} % of its country's GDP{ahead}"


def runs_paid_for(runs: float, *, programme: str, run: str) -> str:
    """How many training runs of one kind a sum would pay for, or what part of one.

    >>> runs_paid_for(25.2, programme="The programme's 2025 money", run="DeepSeek-V3")
    "The programme's 2025 money would pay for 25 final training runs like this one: DeepSeek-V3"
    """
    if runs >= 1:
        return f"{programme} would pay for {number(runs)} final training run{'s' if round(runs, 1) != 1 else ''} like this one: {run}"
    return f"{programme} would pay for {part(runs)} of this final training run: {run}"
