"""A number under construction: counts, multipliers and scales as they are read one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal

EXACT = Context(prec=120)
LOWEST_SCALE = 4  # thousand or 万: "two thousand five hundred million" is one count of millions
ONE = Decimal(1)
TEN = Decimal(10)
POWERS = tuple(Decimal(10) ** power for power in range(61))


@dataclass(slots=True)
class Number:
    """A number, and the token after it."""

    low: Decimal
    high: Decimal                 # other than low only in "三五百", three to five hundred, and "十几", ten to twenty
    end: int
    scale: int = 0                # power of ten of the last scale word, or of the last together: lakh crore
    in_words: bool = False
    odd: bool = False             # "50여억", "10多亿": fifty-odd
    tail: Decimal = ONE           # the multiplier it ends in, or its scale has: 三仟, 3백만
    misprint: bool = False        # scale words that do not go together: 3조6000조


class Builder:
    """The number read so far."""

    __slots__ = ("bare_one", "count", "figures", "in_words", "last", "odd", "parts", "scale", "section", "tail", "tens")

    def __init__(self) -> None:
        self.parts: list[tuple[Decimal, int]] = []   # finished parts: value, power of ten
        self.section: Decimal | None = None          # what multipliers have made since the last scale
        self.count: Decimal | None = None            # not yet multiplied
        self.figures = 0                             # how many single figures the count was written in
        self.last: Decimal | None = None             # the last multiplier or scale, for 两万五
        self.scale = 0
        self.tens: Decimal | None = None             # the tens of 十几, ten to twenty
        self.tail = ONE                              # the multiplier right before the last scale: 3백만
        self.in_words = False
        self.odd = False

    @property
    def empty(self) -> bool:
        return self.count is None and self.section is None and not self.parts

    def multiply(self, multiplier: Decimal) -> bool:
        """Take in "hundred", 천 or 百."""
        if self.section is not None and self.last is not None and self.last <= multiplier:
            return False
        self.section = (self.section or 0) + (ONE if self.count is None else self.count) * multiplier
        self.count, self.figures, self.last = None, 0, multiplier
        return True

    def scale_up(self, power: int) -> bool:
        """Take in a scale word; False where it does not go with the scales before it."""
        value = ONE if self.section is None and self.count is None else (self.section or 0) + (self.count or 0)
        if self.parts and self.section is None and self.count is None and self.parts[-1][1] < power:
            value = Decimal(0)
        fresh = self.section is not None or self.count is not None
        while self.parts and self.parts[-1][1] < power:
            before, lower = self.parts.pop()
            if fresh and lower > LOWEST_SCALE:
                return False  # one million two billion
            value += EXACT.multiply(before, POWERS[lower])
        if self.parts and (self.parts[-1][1] == power or value >= POWERS[self.parts[-1][1] - power]):
            return False
        self.parts.append((value, power))
        self.tail = self.last if self.section is not None and self.count is None and self.last is not None else ONE
        self.section = self.count = None
        self.figures, self.last, self.scale = 0, POWERS[power], power if fresh else self.scale + power
        return True

    def fits(self, value: Decimal) -> bool:
        """Whether a further count is below the last multiplier or scale."""
        return self.last is None or value < self.last

    @property
    def ending(self) -> Decimal:
        """The multiplier that a range's lower end shares: 两到三仟, 2~3백만."""
        if self.count is not None or self.parts and self.section is not None or len(self.parts) > 1:
            return ONE
        return self.tail if self.parts else self.last or ONE

    def total(self) -> Decimal:
        value = (self.section or Decimal(0)) + (self.count or 0)
        for part, power in self.parts:
            value = EXACT.add(value, EXACT.multiply(part, POWERS[power]))
        return value
