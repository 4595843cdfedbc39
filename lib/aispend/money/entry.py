"""What one printed word can be."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from aispend.money.typography import fold


@dataclass(slots=True)
class Unit:
    """A printed sign, code or name of a currency."""

    code: str | None                      # None: the text alone does not say which
    may_be: frozenset[str] = frozenset()  # the currencies that share it
    assumed: bool = False                 # `code` is only the usual meaning of a shared sign
    before: bool = True                   # may stand before the number
    after: bool = True                    # may stand after it
    scale: int = 0                        # power of ten it carries itself ("MUSD")
    measure: bool = False                 # also a measure word: money only where no noun follows
    verb: bool = False                    # also a verb: money only where the words behind it are none of its
    weight: bool = False                  # also a weight: money only where no word nearby speaks of weight
    capitals: bool = False                # counts only where its last three letters are capitals
    printed: tuple[str, ...] = ()         # counts only where printed so: "Ft" is money, "ft" a foot
    spaced: bool = False                  # needs a space before the number, or a scale: COP28 is no money
    scaled_only: bool = False             # stands before a number only where that has a scale: Euro 5 million, but Euro 2024

    @property
    def is_plain(self) -> bool:
        return self.is_plain_after_scale and not (self.verb or self.scaled_only)

    @property
    def is_plain_after_scale(self) -> bool:
        doubtful = self.capitals or self.spaced or self.measure or self.weight or self.printed
        return self.code is not None and self.after and not doubtful and not self.scale


@dataclass(slots=True)
class Minor:
    """A printed name of a part of a currency ("cents", "角")."""

    code: str
    part: Decimal = Decimal("0.01")
    before: bool = False                  # also stands before the number: "sen 100"
    alone: bool = False                   # counts only beside a major unit or as the whole text: "43c", "5分"
    beside: str | None = None             # or glued to its digits where this sign stands in the text: 33p, £3.58


@dataclass(slots=True)
class Entry:
    """What one printed word can be; most words are one thing, some are several ("cents")."""

    number: Decimal | None = None
    digit: bool = False                   # the number is one figure and can be written in a row
    multiplier: Decimal | None = None
    scale: int | None = None
    fraction: Decimal | None = None
    several: Decimal | None = None        # a count known only by its power of ten: 数十亿, tens of billions
    bare: bool = False                    # a multiplier or scale that needs no number before it
    unit: Unit | None = None
    minor: Minor | None = None
    colloquial: bool = False
    before: str | None = None             # "low", "high", "about", "minus"
    after: str | None = None
    roles: set[str] = field(default_factory=set)
    counts: bool = False                  # can begin a number
    leads: bool = False                   # can stand before a number as its currency
    goes_on: bool = False                 # can continue a number
    plain: bool = False                   # a currency wherever it stands, and nothing else
    follows: bool = False                 # a currency after a scale word, and nothing else there: yuan, won
    opens: bool = False                   # a bound before a figure and nothing else
    closes: bool = False                  # a bound after a figure and nothing else
    magnifies: bool = False               # a scale word and nothing else

    def settle(self) -> None:
        self.leads = self.unit is not None and self.unit.before or self.minor is not None and self.minor.before
        counted = any(value is not None for value in (self.number, self.multiplier, self.scale, self.fraction))
        self.counts = counted or self.several is not None or bool(self.roles & {"article", "coins"})
        self.goes_on = counted or self.several is not None or bool(self.roles & {"and", "point", "odd", "classifier"})
        alone = not (self.roles or self.minor or self.before or self.after)
        self.follows = alone and not counted and self.unit is not None and self.unit.is_plain_after_scale
        self.plain = self.follows and self.unit.is_plain
        only_bound = not (self.roles or counted or self.unit or self.minor)
        self.opens = self.before is not None and only_bound
        self.closes = self.after is not None and only_bound
        self.magnifies = alone and self.scale is not None and self.unit is None and self.number is self.multiplier is self.fraction is None


def entry_of(entries: dict[str, Entry], word: str) -> Entry:
    return entries.setdefault(fold(word), Entry())
