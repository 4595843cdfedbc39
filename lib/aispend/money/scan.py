"""A text cut into the words of the vocabulary: what the grammar walks over."""

from __future__ import annotations

from collections.abc import Iterator

from aispend.money.typography import fold
from aispend.money.entry import Entry
from aispend.money.vocabulary import Vocabulary
from aispend.money.wordlist import NUMERIC

# What may stand between two words of one figure: nothing, a space, the hyphen of "34-billion-dollar".
JOINTS = frozenset({"", " ", "  ", "-", "\n", "- ", " -"})
FENCE = (Entry(), 1 << 60, 1 << 60)
MARGIN = 50        # characters; more outside a figure is not blank
SHORT = 600        # characters; a text up to this length is cut as a whole
REACH = 200        # characters of a long text looked at on either side of a currency


class Scan:
    """The tokens of one text: (entry or None for digits, start, end), in order."""

    __slots__ = ("hint", "low", "size", "text", "tokens", "words")

    def __init__(self, text: str, words: Vocabulary, hint: str | None) -> None:
        self.text = text
        self.words = words
        self.hint = hint
        self.low = low = fold(text)
        find, pattern = words.entries.get, words.pattern
        matches = pattern.finditer(low) if len(low) <= SHORT else (
            match for start, end in self.windows() for match in pattern.finditer(low, start, end))
        self.tokens = tokens = [
            (entry, *match.span()) for match in matches
            if (entry := find(word := match.group())) is not None or word[0] in NUMERIC]
        self.size = len(tokens)
        tokens += (FENCE, FENCE)  # so that the place before the first and two after the last hold nothing

    def windows(self) -> Iterator[tuple[int, int]]:
        """The stretches of text worth cutting: all of a short one, of a long one what is near a currency."""
        low, size = self.low, len(self.low)
        anchors = self.words.scaled_anchors if self.hint else self.words.anchors
        start = end = done = -1
        for match in anchors.finditer(low):
            left, right = match.start() - REACH, match.end() + REACH
            if left > end:
                if end >= 0:
                    done = outside_number(low, min(end, size), 1)
                    yield start, done
                start = max(outside_number(low, max(left, 0), -1), done, 0)
            end = max(end, right)
        if end >= 0:
            yield start, outside_number(low, min(end, size), 1)

    def entry(self, i: int) -> Entry | None:
        """The entry at a place; None for digits, an entry without any meaning just outside the text."""
        return self.tokens[i][0]

    def gap(self, i: int) -> str:
        """What stands between token i - 1 and token i."""
        return self.low[self.tokens[i - 1][2]:self.tokens[i][1]]

    def joins(self, i: int) -> bool:
        """Whether token i follows token i - 1 within one figure."""
        tokens = self.tokens
        return self.low[tokens[i - 1][2]:tokens[i][1]] in JOINTS and i < self.size

    def start(self, i: int) -> int:
        return self.tokens[i][1]

    def end(self, i: int) -> int:
        return self.tokens[i][2]

    def digits(self, i: int) -> str:
        return self.low[self.tokens[i][1]:self.tokens[i][2]]

    def merged(self, first: int, at: int, kept: int) -> Scan:
        """The tokens from `first` on, the two at `at - 1` and `at` as one of the meaning of `kept`."""
        part = Scan.__new__(Scan)
        part.text, part.words, part.hint, part.low = self.text, self.words, self.hint, self.low
        one = (self.tokens[kept][0], self.start(at - 1), self.end(at))
        part.tokens = [*self.tokens[first:at - 1], one, *self.tokens[at + 1:min(at + REACH, self.size)], FENCE, FENCE]
        part.size = len(part.tokens) - 2
        return part

    def is_whole(self, start: int, end: int) -> bool:
        """Whether nothing but spaces and closing marks stands outside the two places."""
        return self.opens(start) and self.closes(end)

    def opens(self, start: int) -> bool:
        return start < MARGIN and not self.low[:start].strip()

    def closes(self, end: int) -> bool:
        return len(self.low) - end < MARGIN and not self.low[end:].strip(" \n\t.!;)*")


def outside_number(low: str, at: int, step: int) -> int:
    """The nearest place that does not cut through digits, within REACH."""
    for _ in range(REACH):
        if at <= 0 or at >= len(low) or not (low[at - 1] in "0123456789.,'" or low[at] in "0123456789"):
            break
        at += step
    return max(0, min(at, len(low)))
