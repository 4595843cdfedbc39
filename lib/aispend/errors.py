"""Every error a user can meet. All derive from `AiSpendError`, a `ValueError`.

A message names what was refused (file, row, column, value) and what to do about it.
"""


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
