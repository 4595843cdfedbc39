"""The vocabulary of one language: CLDR's words through Babel, and the language's own TOML file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.core import get_global

from aispend.errors import AiSpendError
from aispend.money.typography import fold
from aispend.money.wordlist import SPACED, anchor_pattern, word_pattern

LEXICON = Path(__file__).parent / "lexicon"


@dataclass(slots=True)
class Unit:
    """A printed sign, code or name of a currency."""

    code: str | None                      # None: the text alone does not say which
    may_be: frozenset[str] = frozenset()  # the currencies that share it
    assumed: bool = False                 # `code` is only the usual meaning of a shared sign
    before: bool = True                   # may stand before the number
    after: bool = True                    # may stand after it
    scale: int = 0                        # power of ten it carries itself ("MUSD")
    measure: bool = False                 # also a measure word: money only where no noun follows
    capitals: bool = False                # counts only where printed in capitals
    spaced: bool = False                  # needs a space before the number: COP28 is no money


@dataclass(slots=True)
class Minor:
    """A printed name of a part of a currency ("cents", "角")."""

    code: str
    part: Decimal = Decimal("0.01")
    alone: bool = False                   # counts only beside a major unit or as the whole text: "43c", "5分"


@dataclass(slots=True)
class Entry:
    """What one printed word can be; most words are one thing, some are several ("cents")."""

    number: Decimal | None = None
    digit: bool = False                   # the number is one figure and can be written in a row
    multiplier: Decimal | None = None
    scale: int | None = None
    fraction: Decimal | None = None
    bare: bool = False                    # a multiplier or scale that needs no number before it
    unit: Unit | None = None
    minor: Minor | None = None
    colloquial: bool = False
    before: str | None = None             # "low", "high", "about", "minus"
    after: str | None = None
    roles: set[str] = field(default_factory=set)
    counts: bool = False                  # can begin a number
    leads: bool = False                   # can stand before a number as its currency
    goes_on: bool = False                 # can continue a number

    def settle(self) -> None:
        self.leads = self.unit is not None and self.unit.before
        counted = any(value is not None for value in (self.number, self.multiplier, self.scale, self.fraction))
        self.counts = counted or "article" in self.roles
        self.goes_on = counted or bool(self.roles & {"and", "point", "odd"})


@dataclass(slots=True)
class Vocabulary:
    """Everything the reader knows of a language."""

    language: str
    entries: dict[str, Entry]
    group: str
    decimal: str
    joined: bool                          # written without spaces between number, unit and particle
    elided_place: bool
    sign_first: bool                      # CLDR prints the currency before the number
    pattern: re.Pattern[str]              # numbers and all words
    anchors: re.Pattern[str]              # currencies only
    scaled_anchors: re.Pattern[str]       # currencies and scale words


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


@lru_cache(maxsize=64)
def vocabulary(language: str) -> Vocabulary:
    """The vocabulary of a language, from an identifier as in CLDR ("en", "fr", "zh_Hant", "pt-BR")."""
    try:
        locale = Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError, TypeError, AttributeError) as error:
        raise AiSpendError(f"{language!r} is not a language CLDR knows; write it as 'en', 'fr', 'ko' or 'zh'") from error
    own = read_lexicon(locale.language)
    entries: dict[str, Entry] = {}
    add_codes(entries, read_lexicon("world"))
    add_cldr_currencies(entries, locale, set(own.get("not_names", {}).get("words", [])))
    add_cldr_scales(entries, locale)
    add_signs(entries, read_lexicon("world"), locale.language)
    add_numbers(entries, own)
    add_currencies(entries, own)
    add_scaled_codes(entries, read_lexicon("world"))
    add_bounds(entries, own)
    add_roles(entries, own)
    add_noun_link(entries, read_lexicon("world"), locale.language)
    for entry in entries.values():
        entry.settle()
    symbols = locale.number_symbols.get("latn", {})
    grammar = own.get("grammar", {})
    return Vocabulary(
        language=locale.language, entries=entries, group=fold(symbols.get("group", ",")), decimal=symbols.get("decimal", "."),
        joined=grammar.get("joined_words", False), elided_place=grammar.get("elided_place", False),
        sign_first=locale.currency_formats["standard"].pattern.startswith("¤"), pattern=word_pattern(entries),
        anchors=anchor_pattern([word for word, entry in entries.items() if entry.unit or entry.minor]),
        scaled_anchors=anchor_pattern([word for word, entry in entries.items() if entry.unit or entry.minor or entry.scale]))


@lru_cache(maxsize=64)
def read_lexicon(name: str) -> dict[str, Any]:
    """One TOML file of words; a language without a file has only CLDR's."""
    path = LEXICON / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def entry_of(entries: dict[str, Entry], word: str) -> Entry:
    return entries.setdefault(fold(word), Entry())


def add_codes(entries: dict[str, Entry], world: dict[str, Any]) -> None:
    codes = world["codes"]
    for code in sorted((current_currencies() | set(codes["former"])) - set(codes["never"])):
        entry_of(entries, code).unit = Unit(code, capitals=code not in codes["small"], spaced=code in codes["spaced"])


def current_currencies() -> set[str]:
    """ISO codes that are legal tender somewhere today, by CLDR; precious metals and test codes are not."""
    today = {code for spans in get_global("territory_currencies").values() for code, _, end, tender in spans if end is None and tender}
    return {code for code in today if not is_metal(code)}


def is_metal(code: str) -> bool:
    """Whether an ISO code is of the X block that holds metals, funds and tests, and not money one pays with."""
    return code.startswith("X") and code not in {"XAF", "XOF", "XCD", "XPF"}


def add_cldr_currencies(entries: dict[str, Entry], locale: Locale, not_names: set[str]) -> None:
    plurals = locale._data["currency_names_plural"]  # Babel has no public list of the plural forms
    for code, name in locale.currencies.items():
        if is_metal(code):
            continue
        for form in {name, *plurals.get(code, {}).values()}:
            if "(" not in form and len(form) > 1:
                entry_of(entries, form).unit = Unit(code, before=False)
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


def add_signs(entries: dict[str, Entry], world: dict[str, Any], language: str) -> None:
    for sign, code in world["sign"].items():
        entry_of(entries, sign).unit = Unit(code)
    for sign, codes in world["shared"].items():
        entry_of(entries, sign).unit = Unit(codes[0], may_be=frozenset(codes), assumed=True)
    for sign, codes in world["shared"].items():
        for code in codes:
            for spelling in (f"{code}{sign}", f"{code} {sign}"):
                entry_of(entries, spelling).unit = Unit(code)
    for sign, codes in world["refused"].items():
        entry_of(entries, sign).unit = Unit(world["at_home"].get(sign, {}).get(language), may_be=frozenset(codes))


def add_numbers(entries: dict[str, Entry], own: dict[str, Any]) -> None:
    for kind in ("number", "digit", "multiplier", "fraction"):
        for word, value in own.get(kind, {}).items():
            entry = entry_of(entries, word)
            setattr(entry, "number" if kind == "digit" else kind, Decimal(str(value)))
            entry.digit = kind == "digit"
    for word, power in own.get("scale", {}).items():
        entry_of(entries, word).scale = power
    for word in own.get("grammar", {}).get("bare_scale", []):
        entry_of(entries, word).bare = True


def add_currencies(entries: dict[str, Entry], own: dict[str, Any]) -> None:
    for word, code in own.get("unit", {}).items():
        entry_of(entries, word).unit = Unit(code, before=False, capitals=word.isupper() and word.isascii())
    for word, codes in own.get("assumed", {}).items():
        entry_of(entries, word).unit = Unit(codes[0], may_be=frozenset(codes), assumed=True, before=False)
    for word, codes in own.get("ambiguous", {}).items():
        entry_of(entries, word).unit = Unit(None, may_be=frozenset(codes), before=False)
    for word in own.get("before", {}).get("names", []):
        unit = entry_of(entries, word).unit
        if unit is None:
            raise AiSpendError(f"lexicon, [before] names: {word!r} is not in [unit] or [assumed]")
        unit.before = True
    for word in own.get("measure", {}).get("words", []):
        entry_of(entries, word).unit.measure = True
    for table in ("minor", "minor_alone"):
        for word, value in own.get(table, {}).items():
            code, _, parts = value.partition("/")
            entry_of(entries, word).minor = Minor(code, 1 / Decimal(parts), alone=table == "minor_alone")
    for word in own.get("colloquial", {}).get("words", []):
        entry_of(entries, word).colloquial = True


def add_scaled_codes(entries: dict[str, Entry], world: dict[str, Any]) -> None:
    """"48.5 MUSD", "120 MEUR", "3 MUS$": a scale letter of the language glued to a code."""
    for letter in world["codes"]["scale_letters"]:
        scale = entries[letter].scale if letter in entries else None
        for code in world["codes"]["scaled"] if scale else []:
            unit = entries[fold(code)].unit
            if unit is not None:
                entries.setdefault(letter + fold(code), Entry(unit=Unit(unit.code, scale=scale, capitals=True)))


def add_bounds(entries: dict[str, Entry], own: dict[str, Any]) -> None:
    for side in ("before", "after"):
        for bound, words in own.get("bound", {}).get(side, {}).items():
            for word in words:
                setattr(entry_of(entries, word), side, bound)
    for word in own.get("minus", {}).get("words", []):
        entry_of(entries, word).before = "minus"


def add_noun_link(entries: dict[str, Entry], world: dict[str, Any], language: str) -> None:
    if language in world["noun_link"]:
        entry_of(entries, world["noun_link"][language]).roles.add("of")


def add_roles(entries: dict[str, Entry], own: dict[str, Any]) -> None:
    tables: list[tuple[str, Iterable[str]]] = [*own.get("link", {}).items(), *own.get("range", {}).items()]
    tables += [(name, own.get(name, {}).get("words", [])) for name in ("vague", "heading", "accounting", "odd", "not_money")]
    for role, words in tables:
        for word in words:
            entry_of(entries, word).roles.add(role)
