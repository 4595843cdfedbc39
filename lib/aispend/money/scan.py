"""A text cut into the words of the vocabulary: what the grammar walks over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from aispend.money.digits import read_digits
from aispend.money.typography import fold
from aispend.money.entry import Entry
from aispend.money.vocabulary import Vocabulary
from aispend.money.wordlist import NUMERIC

# What may stand between two words of one figure: nothing, a space, the hyphen of "34-billion-dollar".
JOINTS = frozenset({"", " ", "  ", "-", "\n", "- ", " -"})
FENCE = (Entry(), 1 << 60, 1 << 60)
BROKEN_CELL = re.compile(r"[^\w.,']{0,3}([0-9]{1,3}(?:[0-9]*|(?:[., ][0-9]{3})+)[.,] [0-9]{2})\D{0,8}")
MARGIN = 50        # characters; more outside a figure is not blank
SHORT = 600        # characters; a text up to this length is cut as a whole
REACH = 200        # characters of a long text looked at on either side of a currency
LONGEST_WORD = 60  # characters


class Scan:
    """The tokens of one text: (entry or None for digits, start, end), in order."""

    __slots__ = ("_local", "_named", "hint", "low", "size", "text", "tokens", "words")

    def __init__(self, text: str, words: Vocabulary, hint: str | None) -> None:
        self.text = text
        self.words = words
        self.hint = hint
        self._named: frozenset[str | None] | None = None
        self._local: bool | None = None
        self.low = low = fold(text)
        find, pattern = words.entries.get, words.pattern
        matches = pattern.finditer(low) if len(low) <= SHORT else (
            match for start, end in self.windows() for match in pattern.finditer(low, start, end))
        self.tokens = tokens = [
            (entry, match.start(), match.end()) for match in matches
            if (entry := find(word := match.group())) is not None or word[0] in NUMERIC]
        if len(low) < MARGIN and (", " in low or ". " in low):
            self.mend()
        self.size = len(tokens)
        tokens += (FENCE, FENCE)  # so that the place before the first and two after the last hold nothing

    def mend(self) -> None:
        """Take the digits of a text that is one number with its decimals set apart ("$119. 95", "130, 38 zł") as one token."""
        broken = BROKEN_CELL.fullmatch(self.low)
        if broken:
            start, end = broken.span(1)
            at = sum(token[2] <= start for token in self.tokens)
            behind = sum(token[2] <= end for token in self.tokens)
            self.tokens[at:behind] = [(None, start, end)]

    def windows(self) -> Iterator[tuple[int, int]]:
        """The stretches of a long text worth cutting: the blocks that hold a currency, and those beside them."""
        low, size = self.low, len(self.low)
        search = (self.words.scaled_anchors if self.hint else self.words.anchors).search
        start = end = -1
        for block in range(0, size, REACH):
            if search(low, block, block + REACH + LONGEST_WORD) is None:
                continue
            if start < 0 or block - REACH > end:
                if start >= 0:
                    yield start, end
                start = max(outside_number(low, max(block - REACH, 0), -1), end, 0)
            end = outside_number(low, min(block + 2 * REACH, size), 1)
        if start >= 0:
            yield start, end

    def entry(self, i: int) -> Entry | None:
        """The entry at a place; None for digits, an entry without any meaning just outside the text."""
        return self.tokens[i][0]

    def gap(self, i: int) -> str:
        """What stands between token i - 1 and token i."""
        return self.low[self.tokens[i - 1][2]:self.tokens[i][1]]

    def joins(self, i: int) -> bool:
        """Whether token i follows token i - 1 within one figure."""
        tokens = self.tokens
        gap = self.low[tokens[i - 1][2]:tokens[i][1]]
        return (gap in JOINTS or gap.isspace() and gap.count("\n") < 2) and i < self.size

    def start(self, i: int) -> int:
        return self.tokens[i][1]

    def end(self, i: int) -> int:
        return self.tokens[i][2]

    def digits(self, i: int) -> str:
        return self.low[self.tokens[i][1]:self.tokens[i][2]]

    def value(self, i: int) -> Decimal | None:
        """What the digits at a place mean in the language."""
        _, start, end = self.tokens[i]
        words = self.words
        return read_digits(self.low[start:end], group=words.group, decimal=words.decimal, foreign_marks=words.foreign_marks)

    def merged(self, first: int, at: int, kept: int) -> Scan:
        """The tokens from `first` on, the two at `at - 1` and `at` as one of the meaning of `kept`."""
        part = Scan.__new__(Scan)
        part.text, part.words, part.hint, part.low = self.text, self.words, self.hint, self.low
        one = (self.tokens[kept][0], self.start(at - 1), self.end(at))
        part.tokens = [*self.tokens[first:at - 1], one, *self.tokens[at + 1:min(at + REACH, self.size)], FENCE, FENCE]
        part.size = len(part.tokens) - 2
        return part

    @property
    def is_local(self) -> bool:
        """Whether the text is in the script in which a shared name means the currency named before; looked up once, or a text of nothing but figures takes quadratic time."""
        if self._local is None:
            self._local = not self.words.local_letters.isdisjoint(self.low)
        return self._local

    @property
    def named(self) -> frozenset[str | None]:
        """The currencies that the text names anywhere; looked up once."""
        if self._named is None:
            self._named = frozenset(entry.unit.code for entry, _, _ in self.tokens if entry is not None and entry.unit is not None)
        return self._named

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
