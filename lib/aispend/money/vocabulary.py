"""The vocabulary of one language: CLDR's words through Babel, and the language's own TOML file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache

from babel import Locale, UnknownLocaleError

from aispend.errors import AiSpendError
from aispend.money.cldr import add_cldr_currencies, add_cldr_scales, add_codes, cldr_scales
from aispend.money.entry import Entry
from aispend.money.typography import fold
from aispend.money.wordfiles import (
    add_bounds,
    add_currencies,
    add_foreign_scales,
    add_noun_link,
    add_numbers,
    add_roles,
    add_scaled_codes,
    add_signs,
    read_lexicon,
)
from aispend.money.wordlist import anchor_pattern, word_pattern

EAST_ASIAN = "\u2e80"  # from here on: Han, kana, Hangul


@dataclass
class Vocabulary:
    """Everything the reader knows of a language."""

    language: str
    entries: dict[str, Entry]
    group: str
    decimal: str
    joined: bool                          # written without spaces between number, unit and particle, as CLDR's scale words are
    elided_place: bool                    # a last single figure counts the next place: 两万五
    foreign_marks: bool                   # "34,50 €" may stand in text that writes 34.50
    sign_first: bool                      # CLDR prints the currency before the number
    also_words: frozenset[str]            # figures that are ordinary words as well: 이불, a blanket or two dollars
    change_from: tuple[str, ...]          # right before an amount they say that it changes: from 1.9 to 3.4 billion
    change_after: tuple[str, ...]         # after the second amount they make a range a change
    and_adds: frozenset[Decimal]          # the only numbers that "and" adds to tens: vingt et un, soixante et onze
    behind: tuple[str, ...]               # what an amount is per, behind its unit: per day
    local: frozenset[str]                 # currencies that a shared name means once the text has named one of them
    local_letters: frozenset[str]         # letters of the script in which it does so
    no_nouns: str                         # letters that begin no noun after a measure word
    price_year: tuple[str, ...]           # what stands before the year of prices: in 2024 dollars

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Finds numbers and all words."""
        single = {word: entry for word, entry in self.entries.items() if len(word) == 1 and word >= EAST_ASIAN}
        numerals = {word for word, entry in single.items() if entry.digit or entry.multiplier is not None or entry.scale is not None}
        looks = numerals | {word for word, entry in single.items() if entry.unit}
        apart = [word for word, entry in self.entries.items() if entry.roles == {"not_money"} and looks.issuperset(word)]
        return word_pattern(self.entries, apart=apart, numerals="".join(sorted(numerals)), decimal=self.decimal)

    @cached_property
    def anchors(self) -> re.Pattern[str]:
        """Finds currencies only."""
        return anchor_pattern([word for word, entry in self.entries.items() if entry.unit or entry.minor])

    @cached_property
    def scaled_anchors(self) -> re.Pattern[str]:
        """Finds currencies and scale words."""
        return anchor_pattern([word for word, entry in self.entries.items() if entry.unit or entry.minor or entry.scale])


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
    for script in own.get("grammar", {}).get("scripts", []):
        add_cldr_currencies(entries, Locale.parse(script), set())
    add_cldr_scales(entries, locale)
    add_signs(entries, read_lexicon("world"), locale.language)
    add_numbers(entries, own)
    add_currencies(entries, own)
    add_scaled_codes(entries, read_lexicon("world"))
    add_bounds(entries, own)
    add_roles(entries, own)
    add_noun_link(entries, read_lexicon("world"), locale.language)
    add_foreign_scales(entries, read_lexicon("world"))
    for entry in entries.values():
        entry.settle()
    symbols = locale.number_symbols.get("latn", {})
    grammar = own.get("grammar", {})
    return Vocabulary(
        language=locale.language, entries=entries, group=fold(symbols.get("group", ",")), decimal=symbols.get("decimal", "."),
        joined=any(word[0] >= EAST_ASIAN for word, _, _ in cldr_scales(locale)), elided_place=grammar.get("elided_place", False),
        foreign_marks=not grammar.get("own_marks_only", False),
        sign_first=locale.currency_formats["standard"].pattern.startswith("¤"),
        also_words=frozenset(own.get("also_words", {}).get("words", [])),
        change_from=tuple(grammar.get("change_from", [])),
        and_adds=frozenset(map(Decimal, grammar.get("and_adds", []))), behind=tuple(own.get("yearly", {}).get("behind", [])), local=frozenset(grammar.get("local", [])), local_letters=frozenset(grammar.get("local_letters", "")),
        change_after=tuple(grammar.get("change_after", [])),
        no_nouns=own.get("measure", {}).get("no_nouns", ""),
        price_year=tuple(f" {word}" for word in own.get("price_year", {}).get("words", [])))
