"""A text cut into the words of the vocabulary: what the grammar walks over."""

from __future__ import annotations

from aispend.money.typography import fold
from aispend.money.vocabulary import Entry, Vocabulary

# What may stand between two words of one figure: nothing, a space, the hyphen of "34-billion-dollar".
JOINTS = frozenset({"", " ", "  ", "-", "\n", "- ", " -"})
NOTHING = Entry()


class Scan:
    """The tokens of one text: (entry or None for digits, start, end), in order."""

    __slots__ = ("entries", "hint", "low", "size", "text", "tokens", "words")

    def __init__(self, text: str, words: Vocabulary, hint: str | None) -> None:
        self.text = text
        self.words = words
        self.hint = hint
        self.low = low = fold(text)
        entries = words.entries
        self.tokens = [
            (None if match.lastindex else entries[match.group()], *match.span()) for match in words.pattern.finditer(low)]
        self.size = len(self.tokens)

    def entry(self, i: int) -> Entry | None:
        """The entry at a place; None for digits, an entry without any meaning outside the text."""
        return self.tokens[i][0] if 0 <= i < self.size else NOTHING

    def gap(self, i: int) -> str:
        """What stands between token i - 1 and token i."""
        return self.low[self.tokens[i - 1][2]:self.tokens[i][1]] if 0 < i < self.size else "\0"

    def joins(self, i: int) -> bool:
        """Whether token i follows token i - 1 within one figure."""
        return 0 < i < self.size and self.low[self.tokens[i - 1][2]:self.tokens[i][1]] in JOINTS

    def start(self, i: int) -> int:
        return self.tokens[i][1]

    def end(self, i: int) -> int:
        return self.tokens[i][2]

    def digits(self, i: int) -> str:
        return self.low[self.tokens[i][1]:self.tokens[i][2]]
