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
    capitals: bool = False                # counts only where its last three letters are capitals
    printed: str | None = None            # counts only where printed so: "Ft" is money, "ft" a foot
    spaced: bool = False                  # needs a space before the number: COP28 is no money


@dataclass(slots=True)
class Minor:
    """A printed name of a part of a currency ("cents", "角")."""

    code: str
    part: Decimal = Decimal("0.01")
    alone: bool = False                   # counts only beside a major unit or as the whole text: "43c", "5分"


@dataclass(slots=True)
class Entry:
    """What one printed word can be; most words are one thing, some are several ("cents")."""

    number: Decimal | None = None
    digit: bool = False                   # the number is one figure and can be written in a row
    multiplier: Decimal | None = None
    scale: int | None = None
    fraction: Decimal | None = None
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

    def settle(self) -> None:
        self.leads = self.unit is not None and self.unit.before
        counted = any(value is not None for value in (self.number, self.multiplier, self.scale, self.fraction))
        self.counts = counted or "article" in self.roles
        self.goes_on = counted or bool(self.roles & {"and", "point", "odd"})


def entry_of(entries: dict[str, Entry], word: str) -> Entry:
    return entries.setdefault(fold(word), Entry())
