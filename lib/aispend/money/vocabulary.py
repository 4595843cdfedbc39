"""The vocabulary of one language: CLDR's words through Babel, and the language's own TOML file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from babel import Locale, UnknownLocaleError

from aispend.errors import AiSpendError
from aispend.money.cldr import add_cldr_currencies, add_cldr_scales, add_codes
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


@dataclass
class Vocabulary:
    """Everything the reader knows of a language."""

    language: str
    entries: dict[str, Entry]
    group: str
    decimal: str
    joined: bool                          # written without spaces between number, unit and particle
    elided_place: bool                    # a last single figure counts the next place: 两万五
    sign_first: bool                      # CLDR prints the currency before the number
    also_words: frozenset[str]            # figures that are ordinary words as well: 이불, a blanket or two dollars
    price_year: tuple[str, ...]           # what stands before the year of prices: in 2024 dollars

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Finds numbers and all words."""
        return word_pattern(self.entries)

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
        joined=grammar.get("joined_words", False), elided_place=grammar.get("elided_place", False),
        sign_first=locale.currency_formats["standard"].pattern.startswith("¤"),
        also_words=frozenset(own.get("also_words", {}).get("words", [])),
        price_year=tuple(f" {word}" for word in own.get("price_year", {}).get("words", [])))
