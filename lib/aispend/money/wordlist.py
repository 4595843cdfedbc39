"""A word list as one regular expression that tries the longest word first and stays linear."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Letters of scripts that put spaces between words: there a word ends where the letters end.
LETTER = "a-z\u00df-\u00f6\u00f8-\u024f\u0370-\u03ff\u0400-\u052f\u0590-\u05ff\u0600-\u06ff\u0900-\u0e7f"
SPACED = re.compile(f"[{LETTER}]")

# Digits with their marks, read later by the rules of the language: 1,234.5  1 234,5  1'234  .75  50,-
NUMBER = (r"[0-9]{1,3}(?:[ '][0-9]{3}(?![0-9]))+(?:[.,][0-9]+)?(?![0-9])"
          r"|[0-9]+(?:[.,'][0-9]+)*(?:[.,]--?(?![0-9-]))?"
          r"|(?<![0-9.,])\.[0-9]+(?![0-9.,])"
          r"|[½¼¾⅓⅔]")


def word_pattern(words: Iterable[str], *, numbers: bool = True) -> re.Pattern[str]:
    """A pattern that finds numbers (group 1) and the words of the list, each the longest possible.

        >>> pattern = word_pattern(["million", "millions", "de"])
        >>> [m.group() for m in pattern.finditer("34,5 millions de demande")]
        ['34,5', 'millions', 'de']
    """
    spaced = [word for word in words if SPACED.match(word)]
    other = [word for word in words if word and not SPACED.match(word)]
    parts = [f"({NUMBER})"] if numbers else []
    parts += [f"(?<![{LETTER}]){trie_pattern(spaced)}"] if spaced else []
    parts += [trie_pattern(other)] if other else []
    return re.compile("|".join(parts))


def trie_pattern(words: Iterable[str]) -> str:
    """Alternatives that share their beginnings: "car", "cat" -> "ca(?:r|t)"."""
    root: dict[str, dict] = {}
    for word in words:
        node = root
        for char in word:
            node = node.setdefault(char, {})
        node[""] = {}
    return branch_pattern(root, last="")


def branch_pattern(node: dict[str, dict], *, last: str) -> str:
    ways = [re.escape(char) + branch_pattern(child, last=char) for char, child in sorted(node.items()) if char]
    if "" in node:
        ways.append(f"(?![{LETTER}])" if SPACED.match(last) else "")
    return ways[0] if len(ways) == 1 else "(?:" + "|".join(ways) + ")"
