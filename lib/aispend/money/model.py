"""The value the reader returns."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from aispend.errors import UnreadableAmount


@dataclass(frozen=True)
class Money:
    """One published amount of money in major units of its currency (won, not million won).

    amount: Decimal; None where the text states only a bound or a range.
    currency: ISO 4217 code.
    low, high: Decimal or None; what "at least", "up to" and ranges state, both ends included.
    approximate: the text says "about", "environ", "약", "约" or the like.
    assumed_currency: the text has only a sign or name that several currencies share ("$").
    text, span: the words read and where they stand: `source[span[0]:span[1]] == text`.

    Raises UnreadableAmount where no number is stated at all, or low is above high.

        >>> Money(Decimal("3.3e12"), "KRW").amount
        Decimal('3.3E+12')
        >>> Money(None, "USD", low=Decimal(91), high=Decimal(93)).midpoint
        Decimal('92')
    """

    amount: Decimal | None
    currency: str
    low: Decimal | None = None
    high: Decimal | None = None
    approximate: bool = False
    assumed_currency: bool = False
    text: str = ""
    span: tuple[int, int] = (0, 0)

    def __post_init__(self) -> None:
        if self.low is None and self.high is None:
            if self.amount is None:
                raise UnreadableAmount(f"{self.text!r}: Money needs an amount, a low or a high bound")
        elif self.low is not None and self.high is not None and self.low > self.high:
            raise UnreadableAmount(f"{self.text!r}: the low bound {self.low} is above the high bound {self.high}")

    @classmethod
    def read(cls, fields: dict[str, object]) -> Money:
        """Money of every field, known to be in order; several times as fast as the constructor, for the reader."""
        money = object.__new__(cls)
        money.__dict__.update(fields)
        return money

    @property
    def midpoint(self) -> Decimal | None:
        """The amount, or the middle of a range; None where only one bound is stated."""
        if self.amount is not None or self.low is None or self.high is None:
            return self.amount
        return (self.low + self.high) / 2
