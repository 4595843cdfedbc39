"""Words that CLDR lacks, from the TOML files in lexicon/ (their tables are explained in lexicon/README.md)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from aispend.errors import AiSpendError
from aispend.money.entry import Entry, Minor, Unit, entry_of
from aispend.money.typography import fold

LEXICON = Path(__file__).parent / "lexicon"
# Roles of words: those named like their table, and those that stand elsewhere.
NAMED_AS_TABLE = ("vague", "heading", "accounting", "odd", "not_money", "passed_over", "yearly", "weighs", "coins", "duration", "calendar", "milestone",
                  "reaching", "indian", "preposition", "rising")
ELSEWHERE = {
    "slims": ("weighs", "small"), "priced": ("weighs", "priced"), "goods": ("weighs", "goods"), "being": ("weighs", "being"),
    "definite": ("milestone", "article"), "verb_goes_on": ("verb", "before"), "behind": ("yearly", "behind"), "not": ("negation", "words"),
    "still_not": ("negation", "between"), "deniable": ("negation", "deniable"), "former": ("rising", "from"), "climbs": ("rising", "verbs"),
    "no_noun": ("measure", "not_nouns"),
}


@lru_cache(maxsize=64)
def read_lexicon(name: str) -> dict[str, Any]:
    """One TOML file of words; a language without a file has only CLDR's."""
    path = LEXICON / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def add_signs(entries: dict[str, Entry], world: dict[str, Any], language: str) -> None:
    for sign, code in world["sign"].items():
        entry = entry_of(entries, sign)
        former = entry.unit.printed if entry.unit is not None and entry.unit.code == code else ()
        entry.unit = Unit(code, printed=(*former, *as_printed(sign)) if as_printed(sign) else ())
    for sign in world["leading"]["signs"]:
        entries[sign].unit.after = False
    for name, code in world["name"].items():
        entry_of(entries, name).unit = Unit(code, before=False)
    for sign, codes in world["shared"].items():
        entry_of(entries, sign).unit = Unit(codes[0], may_be=frozenset(codes), assumed=True)
    for sign, codes in world["shared"].items():
        for code in codes:
            for spelling in (f"{code}{sign}", f"{code} {sign}"):
                entry_of(entries, spelling).unit = Unit(code)
    for name in [name for name, entry in entries.items() if name.endswith(" dollar") and entry.unit and entry.unit.code]:
        entry_of(entries, name.replace("dollar", "$")).unit = Unit(entries[name].unit.code)
    for sign, codes in world["refused"].items():
        entry_of(entries, sign).unit = Unit(world["at_home"].get(sign, {}).get(language), may_be=frozenset(codes))


def add_numbers(entries: dict[str, Entry], own: dict[str, Any]) -> None:
    for kind in ("number", "digit", "multiplier", "fraction", "several"):
        for word, value in own.get(kind, {}).items():
            entry = entry_of(entries, word)
            setattr(entry, "number" if kind == "digit" else kind, Decimal(str(value)))
            entry.digit = kind == "digit"
    for word, power in own.get("scale", {}).items():
        entry_of(entries, word).scale = power
    for word in own.get("grammar", {}).get("bare_scale", []):
        entry_of(entries, word).bare = True


def as_printed(word: str) -> tuple[str, ...]:
    """A word with a capital letter in a word list counts only as it stands there."""
    return () if word == word.lower() else (word,)


def add_currencies(entries: dict[str, Entry], own: dict[str, Any]) -> None:
    for word, code in own.get("unit", {}).items():
        code, _, power = code.partition(" ")
        entry_of(entries, word).unit = Unit(code, before=False, printed=as_printed(word), scale=int(power or 0))
    for word, codes in own.get("assumed", {}).items():
        entry_of(entries, word).unit = Unit(codes[0], may_be=frozenset(codes), assumed=True, before=False)
    for word, codes in own.get("ambiguous", {}).items():
        entry_of(entries, word).unit = Unit(None, may_be=frozenset(codes), before=False)
    for word, code in own.get("letter", {}).items():
        entry_of(entries, word).unit = Unit(code, after=False, scaled_only=True, printed=(word,))
    for word, code in own.get("qualifier", {}).items():
        entry_of(entries, word).unit = Unit(code, before=False, after=False)
    for word in own.get("measure", {}).get("words", []):
        entry_of(entries, word).unit.measure = True
    for table in ("minor", "minor_alone"):
        for word, value in own.get(table, {}).items():
            code, _, parts = value.partition("/")
            entry_of(entries, word).minor = Minor(code, 1 / Decimal(parts), alone=table == "minor_alone")
    for word, sign in own.get("minor_beside", {}).items():
        entry_of(entries, word).minor.beside = sign
    for word in own.get("before", {}).get("names", []):
        entry = entry_of(entries, word)
        leading = entry.unit or entry.minor
        if leading is None:
            raise AiSpendError(f"lexicon, [before] names: {word!r} is not in [unit], [assumed] or [minor]")
        leading.before = True
    for word in own.get("before", {}).get("scaled", []):
        unit = entry_of(entries, word).unit
        if unit is not None:
            unit.before = unit.scaled_only = True
    for word in own.get("weighs", {}).get("units", []):
        entry_of(entries, word).unit.weight = True
    for word in own.get("verb", {}).get("units", []):
        entry_of(entries, word).unit.verb = True
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
    grammar = own.get("grammar", {})
    leads = [particle + adverb for particle in grammar.get("particles", []) for adverb in ("", *grammar.get("adverbs", []))]
    for side in ("before", "after"):
        for bound, words in own.get("bound", {}).get(side, {}).items():
            for word in words:
                for spelling in [lead + word[1:] for lead in leads] if word[0] == "+" and leads else [word]:
                    setattr(entry_of(entries, spelling), side, bound)
    for word in own.get("minus", {}).get("words", []):
        entry_of(entries, word).before = "minus"


def add_noun_link(entries: dict[str, Entry], world: dict[str, Any], language: str) -> None:
    if language in world["noun_link"]:
        entry_of(entries, world["noun_link"][language]).roles.add("of")


def add_foreign_scales(entries: dict[str, Entry], world: dict[str, Any]) -> None:
    for word in world["foreign_scale"]["words"]:
        entry = entry_of(entries, word)
        if entry.scale is None:
            entry.roles.add("foreign_scale")


def add_roles(entries: dict[str, Entry], own: dict[str, Any]) -> None:
    tables: list[tuple[str, Iterable[str]]] = [*own.get("link", {}).items(), *own.get("range", {}).items()]
    tables += [(role, own.get(role, {}).get("words", [])) for role in NAMED_AS_TABLE]
    tables += [(role, own.get(table, {}).get(key, [])) for role, (table, key) in ELSEWHERE.items()]
    for role, words in tables:
        for word in words:
            entry_of(entries, word).roles.add(role)
