"""Every error a user can meet. All derive from `AiSpendError`, a `ValueError`.

A message names what was refused (file, row, column, value) and what to do about it.
"""

from collections.abc import Sequence


class AiSpendError(ValueError):
    """Base of all errors raised on purpose by this package."""


class UnreadableAmount(AiSpendError):
    """A text does not state exactly one money figure by the rules of its language."""


class MissingRate(AiSpendError):
    """No exchange rate for that pair of currencies and that date or period."""


class MissingSeries(AiSpendError):
    """No deflator, GDP, purchasing power parity or population for that country and year."""


class BrokenTable(AiSpendError):
    """A table in data/ breaks the contract in data/datapackage.json."""


class NotComparable(AiSpendError):
    """Two amounts are of different kinds, periods or bases and were not said to be compared anyway."""


class BadSpec(AiSpendError):
    """A report specification names something that does not exist or has the wrong type."""


def first_five(items: Sequence[object], *, of: int | None = None) -> str:
    """The first five of many (`of`: how many there are), for an error message.

    >>> first_five(range(7))
    '0, 1, 2, 3, 4 and 2 more (7 in all)'
    """
    many = len(items) if of is None else of
    rest = f" and {many - 5} more ({many} in all)" if many > 5 else ""
    return ", ".join(str(item) for item in items[:5]) + rest
