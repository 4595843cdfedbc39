"""Money as people print it, and back: text to `Money`, `Money` to text.

    >>> find_money("34조 원(약 225억 달러)", "ko")[0].amount
    Decimal('34000000000000')
    >>> read_money("34 billions de won", "fr").amount == 34 * 10**12
    True

The grammar, from small to large: `numerals` (numbers), `quantity` (a number with its `units`), `amounts` (with its
`minors`), `figures` (an amount, one of the `ranges` or of the `rows`), `bounds` (at least, about, minus) and `reader`
(several in a text); `doubts` says what speaks against a figure, and `plain` reads the usual ones by a short way.
The words are in `lexicon/*.toml` and in CLDR.
"""

from aispend.money.model import Money
from aispend.money.reader import find_money, read_money
from aispend.money.writer import format_money

__all__ = ["Money", "find_money", "format_money", "read_money"]
