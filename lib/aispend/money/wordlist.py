"""A word list as one regular expression that tries the longest word first and stays linear."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

# Letters of scripts that put spaces between words: there a word ends where the letters end.
LETTER = "a-z\u00df-\u00f6\u00f8-\u024f\u0370-\u03ff\u0400-\u052f\u0590-\u05ff\u0600-\u06ff\u0900-\u0e7f"
SPACED = re.compile(f"[{LETTER}]")
# Said once behind all words of a list: behind each, it would take a pattern ten times as long to compile.
WORD_END = f"(?:(?![{LETTER}])|(?<![{LETTER}]))"

# Digits with their marks, read later by the rules of the language: 1,234.5  1 234,5  1'234  .75  50,-  2 1/2
MOST_NUMBERS = r"[0-9]++(?![0-9.,'/，-]|  ?\.?[0-9])"   # by the shortest way
DECIMALS_APART = (r"(?<![0-9.,'])0, [0-9]+(?![0-9.,'])"
                  r"|(?<![0-9.,'])(?<!le )(?<!du )(?<!au )[0-9]{1,3}, [0-9]{1,2}(?= (?:milli|mds|md) ?)")
TOKENISED = r"(?<![0-9.,])[0-9]{1,3}(?:,[0-9]{3})* \.[0-9]{1,2}(?![0-9.])"   # EUR157 .5 m
OTHER_NUMBERS = (r"(?:[0-9]{1,3}[ -])?[0-9]/[0-9](?![0-9/kmb])"
                 r"|[0-9]{1,3}(?:[,，][0-9]{3})*，[0-9]{3}(?:[,，][0-9]{3})*\.[0-9]+"
                 r"|(?<![0-9.,，$€£¥₩])[1-9][0-9]{0,2}(?:，[0-9]{3})+(?![0-9.,，])"
                 r"|(?<![a-z][a-z])(?<![가-힣])[0-9]{1,3}(?:(?:  ?|')[0-9]{3}(?![0-9]))+(?:[.,][0-9]+)?(?![0-9])"
                 r"|[0-9]+(?:[.,'][0-9]+)*(?:[.,]--?(?![0-9-]))?"
                 r"|\.(?<![\w,]\.)(?<![^$€£¥₩]\.\.)[0-9]+(?![0-9]|[.,][0-9])"
                 r"|[½¼¾⅓⅔]")
NUMERALS = "0123456789.½¼¾⅓⅔"     # what a number begins with
NUMERIC = frozenset(NUMERALS)
BUCKET = 12


def word_pattern(words: Iterable[str], *, apart: Collection[str] = (), numerals: str = "", decimal: str = ".") -> re.Pattern[str]:
    """A pattern that finds numbers, the words of the list, each the longest possible, and any other word.

    decimal: the language's decimal mark; a comma may be set apart behind a nought (0, 2 €).
    apart: words of the list that look like numerals (万一) and count only where no digit or numeral stands before them.

        >>> pattern = word_pattern(["million", "millions", "de"])
        >>> [m.group() for m in pattern.finditer("34,5 millions de demande")]
        ['34,5', 'millions', 'de', 'demande']
    """
    whole = [f"(?<![0-9{numerals}])(?:{'|'.join(apart)})"] if apart else []
    numbers = "|".join([MOST_NUMBERS, DECIMALS_APART if decimal == "," else TOKENISED, OTHER_NUMBERS])
    return re.compile(f"(?! )(?:{'|'.join([f'(?=[{NUMERALS}])(?:{numbers})', *whole, *any_of(word for word in words if word not in apart), f'[{LETTER}]+'])})")


def anchor_pattern(words: Iterable[str]) -> re.Pattern[str]:
    """A pattern that finds only the words of the list."""
    words = list(words)
    spaced = any_of(word for word in words if SPACED.match(word))
    other = any_of(word for word in words if not SPACED.match(word))
    return re.compile("|".join([*(f"(?<![{LETTER}]){ways}" for ways in spaced), *other]))


def any_of(words: Iterable[str]) -> list[str]:
    ways = trie_ways(words)
    return [f"(?:{'|'.join(ways)}){WORD_END}"] if ways else []


def trie_ways(words: Iterable[str]) -> list[str]:
    """Alternatives that share their beginnings, "car", "cat" -> "ca(?:r|t)", a dozen first letters behind one look ahead, and a dozen of those."""
    root: dict[str, dict] = {}
    for word in filter(None, words):
        node = root
        for char in word:
            node = node.setdefault(char, {})
        node[""] = {}
    ways = [(char, re.escape(char) + branch_pattern(child)) for char, child in sorted(root.items())]
    while len(ways) > 2 * BUCKET:
        ways = [bucket(ways[at:at + BUCKET]) for at in range(0, len(ways), BUCKET)]
    return [way for _, way in ways]


def bucket(ways: list[tuple[str, str]]) -> tuple[str, str]:
    """Ways behind one look ahead at their first letters."""
    letters = "".join(first for first, _ in ways)
    return letters, f"(?=[{re.escape(letters)}])(?:{'|'.join(way for _, way in ways)})"


def branch_pattern(node: dict[str, dict]) -> str:
    ways = [re.escape(char) + branch_pattern(child) for char, child in sorted(node.items()) if char]
    if "" in node:
        ways.append("")
    return ways[0] if len(ways) == 1 else "(?:" + "|".join(ways) + ")"
