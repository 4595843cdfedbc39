"""A text cut into the words of the vocabulary: what the grammar walks over."""

from __future__ import annotations

from collections.abc import Iterator

from aispend.money.typography import fold
from aispend.money.vocabulary import Entry, Vocabulary

# What may stand between two words of one figure: nothing, a space, the hyphen of "34-billion-dollar".
JOINTS = frozenset({"", " ", "  ", "-", "\n", "- ", " -"})
NOTHING = Entry()
SHORT = 600        # characters; a text up to this length is cut as a whole
REACH = 200        # characters of a long text looked at on either side of a currency


class Scan:
    """The tokens of one text: (entry or None for digits, start, end), in order."""

    __slots__ = ("first", "hint", "last", "low", "size", "text", "tokens", "words")

    def __init__(self, text: str, words: Vocabulary, hint: str | None) -> None:
        self.text = text
        self.words = words
        self.hint = hint
        self.low = low = fold(text)
        entries, pattern = words.entries, words.pattern
        self.tokens = [
            (None if match.lastindex else entries[match.group()], *match.span())
            for start, end in self.windows() for match in pattern.finditer(low, start, end)]
        self.size = len(self.tokens)
        self.first = len(low) - len(low.lstrip())           # the text without spaces and closing marks around it
        self.last = len(low.rstrip(" \n\t.!;)*"))

    def windows(self) -> Iterator[tuple[int, int]]:
        """The stretches of text worth cutting: all of a short one, of a long one what is near a currency."""
        low, size = self.low, len(self.low)
        if size <= SHORT:
            yield 0, size
            return
        anchors = self.words.scaled_anchors if self.hint else self.words.anchors
        start = end = -1
        for match in anchors.finditer(low):
            left, right = match.start() - REACH, match.end() + REACH
            if left > end:
                if end >= 0:
                    yield start, end
                start = outside_number(low, max(left, 0), -1)
            end = max(end, right) if right >= size else outside_number(low, right, 1)
        if end >= 0:
            yield start, min(end, size)

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

    def is_whole(self, start: int, end: int) -> bool:
        """Whether nothing but spaces and closing marks stands outside the two places."""
        return start <= self.first and end >= self.last


def outside_number(low: str, at: int, step: int) -> int:
    """The nearest place that does not cut through digits, within REACH."""
    for _ in range(REACH):
        if at <= 0 or at >= len(low) or not (low[at - 1] in "0123456789.,'" or low[at] in "0123456789"):
            break
        at += step
    return max(0, min(at, len(low)))
