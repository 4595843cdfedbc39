"""Money as people print it, and back: text to `Money`, `Money` to text.

    >>> find_money("34조 원(약 225억 달러)", "ko")[0].amount
    Decimal('34000000000000')
    >>> read_money("34 billions de won", "fr").amount == 34 * 10**12
    True

The grammar is in three rooms: `numerals` (numbers), `figures` (ranges of a `quantity`, a number with its
`units` and `minors`) and `bounds` (at least, about, minus); `doubts` says what speaks against a figure,
and `plain` reads the usual ones by a short way. The words are in `lexicon/*.toml` and in CLDR.
"""

from aispend.money.model import Money
from aispend.money.reader import find_money, read_money
from aispend.money.writer import format_money

__all__ = ["Money", "find_money", "format_money", "read_money"]
