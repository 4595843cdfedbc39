"""Money to text, through Babel's CLDR data."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import lru_cache

from babel import Locale
from babel.numbers import format_compact_currency, format_compact_decimal, get_currency_name, get_currency_symbol, get_currency_unit_pattern

from aispend.errors import AiSpendError
from aispend.money.model import Money
from aispend.money.typography import fold
from aispend.money.vocabulary import vocabulary
from aispend.money.wordfiles import read_lexicon

SIGNS = {"low": "≥ ", "high": "≤ ", "about": "~"}
LONGEST_FRACTION = 12


def format_money(money: Money, language: str, *, digits: int = 3, style: str = "short") -> str:
    """Money as a language prints it, in a form that `read_money` reads back.

    money: what to print; bounds and ranges are printed as such. language: as in CLDR. digits: significant
    digits kept. style: "short" ("₩34T", CLDR's compact currency) or "long" ("34 trillion South Korean won",
    the compact decimal with the currency's name; CLDR has no long compact money).
    A sign that several currencies share in that language is printed as the ISO code.
    Raises AiSpendError for an unknown language or style, or digits below 1.

        >>> format_money(Money(Decimal("3.45e12"), "KRW"), "en", style="long")
        '3.45 trillion South Korean won'
        >>> format_money(Money(None, "USD", low=Decimal("91e9"), high=Decimal("93e9")), "en")
        '$91B–$93B'
    """
    if style not in ("short", "long"):
        raise AiSpendError(f"style {style!r}: write 'short' or 'long'")
    if digits < 1:
        raise AiSpendError(f"digits {digits}: at least one significant digit is needed")
    vocabulary(language)  # names an unknown language
    locale = Locale.parse(language.replace("-", "_"))
    write = write_short if style == "short" else write_long
    if money.amount is not None:
        text = write(rounded(money.amount, digits), money.currency, locale)
        return bound_word("about", locale.language) + text if money.approximate else text
    ends = [write(rounded(value, digits), money.currency, locale) for value in (money.low, money.high) if value is not None]
    if len(ends) == 2:
        return "–".join(ends)
    return bound_word("high" if money.low is None else "low", locale.language) + ends[0]


def rounded(value: Decimal, digits: int) -> Decimal:
    return Context(prec=digits, rounding=ROUND_HALF_EVEN).plus(value)


def write_short(value: Decimal, currency: str, locale: Locale) -> str:
    text = format_compact_currency(value, currency, locale=locale, fraction_digits=LONGEST_FRACTION)
    symbol = get_currency_symbol(currency, locale)
    if symbol == currency or reads_as(symbol, str(locale)) == currency:
        return text
    before, _, after = text.partition(symbol)
    return before + currency + ("\xa0" if after[:1].isdigit() else "") + after


def write_long(value: Decimal, currency: str, locale: Locale) -> str:
    kind = "long" if locale.compact_decimal_formats.get("long") else "short"
    number = format_compact_decimal(value, format_type=kind, locale=locale, fraction_digits=LONGEST_FRACTION)
    name = get_currency_name(currency, count=value, locale=locale)
    link = read_lexicon("world")["noun_link"].get(locale.language)
    if link and abs(value) >= 10**6:
        name = f"d’{name}" if locale.language == "fr" and fold(name)[0] in "aeioué" else f"{link} {name}"
    return get_currency_unit_pattern(currency, count=value, locale=locale).replace("{0}", number).replace("{1}", name)


@lru_cache(maxsize=1024)
def reads_as(symbol: str, language: str) -> str | None:
    entry = vocabulary(language).entries.get(fold(symbol))
    return entry.unit.code if entry is not None and entry.unit is not None else None


def bound_word(kind: str, language: str) -> str:
    words = read_lexicon(language).get("bound", {}).get("before", {}).get(kind)
    return f"{words[0]} " if words else SIGNS[kind]
