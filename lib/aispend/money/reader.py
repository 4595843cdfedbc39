"""Text to money: `find_money` for running text, `read_money` for a cell that holds one figure."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from aispend.errors import AiSpendError, UnreadableAmount
from aispend.money.bounds import Bounds, read_bounds
from aispend.money.cldr import known_currencies
from aispend.money.figures import Figure, read_figure
from aispend.money.model import Money
from aispend.money.scan import Scan
from aispend.money.entry import Unit
from aispend.money.units import agree
from aispend.money.vocabulary import vocabulary

NEAR = 40   # characters: per year in the aggregate nor
SAME_BELOW = "下同"
DIGIT = re.compile("[0-9\uff10-\uff19]")
UNCLEAR = "the number has no one meaning by the rules of the language"


def find_money(text: str, language: str, *, currency: str | None = None) -> list[Money]:
    """Every money figure in running text, in order, without overlap.

    text: any text. language: as in CLDR ("en", "fr", "ko", "zh", "ja"...); it decides what scale words
    and digit marks mean. currency: ISO code meant by signs and names that several currencies share
    ("$", "francs", "¥"), and by numbers with a scale word and no currency ("35조").
    A count known only by its power of ten ("tens of billions of dollars", 수백만 달러) is a figure of speech
    in running text and left out; `read_money` reads it as the range it states.
    Returns Money with amounts in major units. Raises AiSpendError for an unknown language.

        >>> [(m.amount, m.currency) for m in find_money("30兆韓元（約204億美元）", "zh")]
        [(Decimal('30000000000000'), 'KRW'), (Decimal('20400000000'), 'USD')]
        >>> find_money("won the match 34 to 3 with 72B parameters", "en")
        []
    """
    return _figures(text, language, currency)[0]


@lru_cache(maxsize=65536)
def read_money(text: str, language: str, *, currency: str | None = None) -> Money:
    """The one money figure of a text.

    text, language, currency: as for `find_money`; with `currency` a bare number is an amount of it.
    Returns Money in major units. Raises UnreadableAmount, naming the text, where there is no figure,
    more than one, digits that belong to none, or digits and scale words with no one meaning.

        >>> read_money("1조 4,600억 원", "ko").amount
        Decimal('1460000000000')
        >>> money = read_money("$91-93 billion", "en")
        >>> money.amount, money.low, money.high
        (None, Decimal('91000000000'), Decimal('93000000000'))
        >>> read_money("3조6000조원", "ko")
        Traceback (most recent call last):
        aispend.errors.UnreadableAmount: '3조6000조원' (ko): the number has no one meaning by the rules of the language
    """
    found, refused = _figures(text, language, currency, whole=True)
    if refused:
        raise UnreadableAmount(f"{text[:200]!r} ({language}): {refused[0]}")
    if not found:
        raise UnreadableAmount(f"{text[:200]!r} ({language}): no amount of money; write the currency, or give currency=")
    if len(found) > 1:
        raise UnreadableAmount(f"{text[:200]!r} ({language}): {len(found)} figures where one is expected; use find_money")
    money = found[0]
    start, end = money.span
    if start and DIGIT.search(text, 0, start) or end != len(text) and DIGIT.search(text, end):
        raise UnreadableAmount(f"{text[:200]!r} ({language}): digits are left over outside {money.text!r}")
    return money


def _figures(text: str, language: str, currency: str | None, *, whole: bool = False) -> tuple[list[Money], list[str]]:
    """The figures of a text, and a reason for each one that must be refused."""
    if not isinstance(text, str):
        raise UnreadableAmount(f"{text!r} is no text; drop empty cells before reading, or write numbers as text")
    words = vocabulary(language)
    if currency is not None and currency not in known_currencies():
        raise AiSpendError(f"currency={currency!r} is not a currency CLDR knows; write its ISO 4217 code, such as 'KRW'")
    scan = Scan(text, words, currency)
    found: list[Money] = []
    refused: list[str] = []
    floor = i = 0
    local: str | None = None
    while i < scan.size:
        figure = read_figure(scan, i) if may_begin(scan, i) else None
        if figure is None:
            i += 1
            continue
        result = _money(scan, figure, floor, whole=whole, local=local)
        i = max(figure.end, i + 1)
        if isinstance(result, Money):
            if found and closes(scan, found[-1], result):
                result = enclosed(text, found.pop(), result)
            found.append(result)
            floor = result.span[1]
            if words.local:
                local = _local(scan, result) or local
        elif result is not None:
            refused.append(result)
            floor = scan.end(i - 1)
    return found, refused


def may_begin(scan: Scan, i: int) -> bool:
    """A cheap first look: most words, and numbers beside numbers, begin no figure."""
    entry = scan.tokens[i][0]
    if entry is None:
        if i + 1 == scan.size:
            return scan.hint is not None
        return scan.tokens[i + 1][0] is not None or scan.tokens[i + 1][1] - scan.tokens[i][2] != 1 or scan.gap(i + 1) != " "
    if entry.counts:
        return True
    if not entry.leads or i + 1 == scan.size or entry.unit is not None and entry.unit.assumed and follows_capitals(scan, i):
        return False
    following = scan.tokens[i + 1][0]
    return following is None or following.counts


def follows_capitals(scan: Scan, i: int) -> bool:
    """XD$5: letters nobody knows make it another dollar than "$" alone."""
    start = scan.start(i)
    return start > 0 and scan.text[start - 1].isupper() and not (start > 3 and scan.text[start - 4:start].isalpha())


def closes(scan: Scan, lower: Money, upper: Money) -> bool:
    """Whether two amounts are the ends of one: not less than $100 nor more than $1,000."""
    low = lower.low if lower.amount is None else lower.amount
    if lower.high is not None and lower.low is None and upper.low is not None and upper.high is None and upper.currency == lower.currency and upper.low < lower.high:
        return is_closing(scan, lower, upper)  # not more than $1,000 nor less than $500
    if low is not None and upper.amount is not None and low < upper.amount < 0 and lower.currency == upper.currency:
        return scan.words.joined and (lower.span[1] == upper.span[0] or is_closing(scan, lower, upper, role="to"))  # -5000万元至-3000万元
    if low is None or lower.high is not None or upper.low is not None or upper.high is None or lower.currency != upper.currency or low >= upper.high:
        return False
    if lower.amount is not None:
        return scan.words.joined and is_closing(scan, lower, upper, role="to")  # 10만원에서 최대 60만원
    return is_closing(scan, lower, upper)


def is_closing(scan: Scan, lower: Money, upper: Money, *, role: str = "closes") -> bool:
    """Whether nothing but a word of the role stands between two amounts, and per what they are: per day nor."""
    if upper.span[0] - lower.span[1] > NEAR:
        return False
    between = scan.low[lower.span[1]:upper.span[0]].strip(" ,，、")
    for unit in scan.words.behind:
        between = between.removeprefix(unit).strip(" ,")
    entry = scan.words.entries.get(between)
    return not between and role == "closes" or entry is not None and role in entry.roles


def enclosed(text: str, lower: Money, upper: Money) -> Money:
    """The range of a lower and an upper bound."""
    start, end = lower.span[0], upper.span[1]
    low, high = sorted(value for money in (lower, upper) for value in (money.amount, money.low, money.high) if value is not None)
    return replace(lower, amount=None, low=low, high=high, approximate=lower.approximate or upper.approximate, text=text[start:end], span=(start, end))


def _local(scan: Scan, money: Money) -> str | None:
    """The currency that 元 means from here on: 歲入新台幣3兆1534億元、歲出3兆1325億元."""
    if SAME_BELOW in scan.low[money.span[1]:money.span[1] + 10]:
        return money.currency  # 117亿澳门元(下同), 1000万元(新台币，下同)
    start = money.span[0]
    if scan.low[start - 1:start] == "(" or money.assumed_currency or money.currency not in scan.words.local:
        return None
    return money.currency if scan.is_local else None


def _money(scan: Scan, figure: Figure, floor: int, *, whole: bool, local: str | None) -> Money | str | None:
    """The figure as Money; a reason where it must be refused; None where it is no money."""
    if figure.misprint:
        return UNCLEAR if figure.unit is not None or whole else None
    if figure.vague and not whole:
        return None
    found = read_bounds(scan, figure, floor=floor)
    code, assumed = _currency(scan, figure, found, whole)
    if assumed and local is not None and local in figure.unit.may_be:
        code = local
    if code is None:
        return None if figure.unit is None else f"{scan.text[found.start:found.end]!r} is shared by several currencies; give currency="
    low, high = figure.low, figure.high
    if found.signed and low != high:
        return UNCLEAR  # -5 to 10: whether the second end is negative as well is not said
    if found.negative:
        low, high = high.copy_negate(), low.copy_negate()
    amount = None
    if low == high:
        amount = None if found.low or found.high else low
        low, high = (low if found.low else None), (high if found.high else None)
    start, end = found.start, found.end
    return Money.read({
        "amount": amount, "currency": code, "low": low, "high": high, "approximate": found.about, "assumed_currency": assumed,
        "text": scan.text[start:end], "span": (start, end)})


def _named_before(scan: Scan, figure: Figure, found: Bounds) -> Unit | None:
    """The currency named before the figure's bound, where it is what the figure's own unit leaves open: 新台幣逾1.4兆元."""
    i = figure.start - 1
    while i >= 0 and scan.start(i) >= found.start:
        i -= 1
    entry = scan.entry(i) if 0 <= i < figure.start - 1 and scan.low[scan.end(i):found.start] in ("", " ") else None
    if entry is None or entry.unit is None:
        return None
    if figure.unit is None:
        return entry.unit if entry.unit.before and figure.scaled else None
    return agree(figure.unit, entry.unit)


def _named_elsewhere(scan: Scan, unit: Unit) -> str | None:
    """The one currency of those sharing a name that the text names in full: le dinar tunisien, 3,3 dinars."""
    named = scan.named & unit.may_be
    return next(iter(named)) if len(named) == 1 else None


def _currency(scan: Scan, figure: Figure, found: Bounds, whole: bool) -> tuple[str | None, bool]:
    unit, hint = figure.unit, scan.hint
    if unit is None:
        named = _named_before(scan, figure, found)
        if named is not None and named.code is not None:
            return named.code, named.assumed
        alone = whole and scan.is_whole(found.start, found.end)
        return (hint, False) if hint and (figure.scaled or alone) else (None, False)
    if unit.code is None and not hint and scan.low[found.start - 1:found.start] != "(":
        return _named_elsewhere(scan, unit), False
    if unit.assumed:
        unit = _named_before(scan, figure, found) or unit
    if hint and hint in unit.may_be and (unit.assumed or unit.code is None):
        return hint, False
    return unit.code, unit.assumed
