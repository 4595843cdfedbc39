"""Words that CLDR knows, through Babel: codes, names and signs of currencies, scale words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.core import get_global

from aispend.money.entry import Entry, Unit, entry_of
from aispend.money.typography import fold
from aispend.money.wordlist import SPACED


HANGUL = "\uac00"  # Korean names are written apart or together: 스웨덴 크로나, 스웨덴크로나


@lru_cache(maxsize=1)
def known_currencies() -> frozenset[str]:
    """Every ISO 4217 code CLDR has, of today and of the past."""
    return frozenset(get_global("all_currencies"))


@lru_cache(maxsize=512)
def has_coins(code: str) -> bool:
    """Whether amounts of the currency are paid in parts of its unit, by CLDR's digits for cash."""
    fractions = get_global("currency_fractions")
    digits, _, cash_digits, _ = fractions.get(code, fractions["DEFAULT"])
    return (digits if cash_digits is None else cash_digits) > 0


def current_currencies() -> set[str]:
    """ISO codes that are legal tender somewhere today, by CLDR; precious metals and test codes are not."""
    today = {code for spans in get_global("territory_currencies").values() for code, _, end, tender in spans if end is None and tender}
    return {code for code in today if not is_metal(code)}


def is_metal(code: str) -> bool:
    """Whether an ISO code is of the X block that holds metals, funds and tests, and not money one pays with."""
    return code.startswith("X") and code not in {"XAF", "XOF", "XCD", "XPF"}


def add_codes(entries: dict[str, Entry], world: dict[str, Any]) -> None:
    codes = world["codes"]
    for code in sorted((current_currencies() | set(codes["former"])) - set(codes["never"])):
        entry_of(entries, code).unit = Unit(code, capitals=code not in codes["small"], spaced=code in codes["spaced"])


def add_cldr_currencies(entries: dict[str, Entry], locale: Locale, not_names: set[str]) -> None:
    plurals = locale._data["currency_names_plural"]  # Babel has no public list of the plural forms
    for code, name in locale.currencies.items():
        if is_metal(code):
            continue
        for form in {name, *plurals.get(code, {}).values()}:
            if "(" not in form and len(form) > 1:
                for spelling in {form, form if form[0] < HANGUL else form.replace(" ", "")}:
                    entry_of(entries, spelling).unit = Unit(code, before=False)
    for head, codes in head_nouns(locale).items():
        if head not in entries and head not in not_names:
            entry_of(entries, head).unit = Unit(codes[0] if len(codes) == 1 else None, may_be=frozenset(codes), before=False)
    for code, symbol in locale.currency_symbols.items():
        is_code = len(symbol) == 3 and symbol.isascii() and symbol.isupper()
        if len(symbol) > 1 and not is_code and fold(symbol) not in entries and not is_metal(code):
            entry_of(entries, symbol).unit = Unit(code)


def head_nouns(locale: Locale) -> dict[str, list[str]]:
    """The bare noun of each name in use today ("lari" of "Georgian lari") and the currencies that share it.

    The noun is the first word or the last, whichever place holds fewer different words in the language.
    """
    current = sorted(current_currencies() & set(locale.currencies))
    plurals = locale._data["currency_names_plural"]
    names = [(code, form.split()) for code in current for form in {locale.currencies[code], *plurals.get(code, {}).values()} if "(" not in form]
    names = [(code, form) for code, form in names if len(form) > 1 and SPACED.match(fold(form[0]))]
    base = [locale.currencies[code].split() for code in current]
    place = min((0, -1), key=lambda at: len({fold(form[at]) for form in base}))
    heads: dict[str, list[str]] = {}
    for code, form in names:
        codes = heads.setdefault(fold(form[place]), [])
        if code not in codes:
            codes.append(code)
    return heads


def add_cldr_scales(entries: dict[str, Entry], locale: Locale) -> None:
    for word, power, bare in cldr_scales(locale):
        for spelling in {word, word.rstrip(".")}:
            entry = entry_of(entries, spelling)
            entry.scale, entry.bare = power, entry.bare or bare


def cldr_scales(locale: Locale) -> Iterator[tuple[str, int, bool]]:
    """The scale words in CLDR's compact patterns: "00 Mrd'.' ¤" at 10^10 says that "Mrd." is 10^9; one without zeros is bare."""
    tables = [locale.compact_decimal_formats.get("long"), locale.compact_decimal_formats.get("short"), locale.compact_currency_formats.get("short")]
    for table in filter(None, tables):
        for forms in table.values():
            for magnitude, pattern in forms.items():
                word = re.sub(r"[0¤'\u200e\u200f]", "", getattr(pattern, "pattern", pattern).split(";")[0]).strip("  \xa0\u202f")
                zeros = getattr(pattern, "pattern", pattern).split(";")[0].count("0")
                if word:
                    yield word, len(magnitude) - max(zeros, 1), not zeros
