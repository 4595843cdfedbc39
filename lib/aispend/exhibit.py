"""An exhibit: a finding, its picture, its numbers, its sources and what it leaves out, in one object.

Notebooks show it as a framed figure; in plain text it is its own data, so a changed number is seen by
a reader without a screen, by a diff and by nbval alike. `record` publishes a report's named results.
"""

import math
import numbers
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd

from aispend.errors import AiSpendError

RECORD_TYPE = "application/vnd.aispend.record+json"
# How wide a column of words may be set, by its longest cell.
_LOOKS = ((100, "longest"), (30, "long"), (14, "words"))
# An amount must not break over two lines of a headline.
_AMOUNT = re.compile(r"\b([A-Z]{3}|int\$) [\d.,]+( (m|bn|tn)\b)?|[\d.,]+ %")
_TEMPLATE = Path(__file__).with_name("exhibit.html.j2")


@dataclass(frozen=True, eq=False)
class Exhibit:
    """A figure or table framed as a newspaper prints it: headline, subtitle, picture, source, note, data.

    `svg` is the picture for wide columns, `svg_narrow` the same for telephones (`None`: a table without a
    picture); `table` is the data in the words and units readers see; `source` holds (label, address) pairs,
    the address "" where there is none; `alt` says in one or two sentences what the picture shows.

    >>> table = pd.DataFrame({"Who": ["Korea"], "USD billion": [2.3204]})
    >>> print(Exhibit("One amount", "US dollars", None, table, [("Ministry", "https://example.org")], "", ""))
    One amount
    US dollars
    <BLANKLINE>
    Who | USD billion
    Korea | 2.320
    <BLANKLINE>
    Source: Ministry <https://example.org>
    """

    headline: str
    subtitle: str
    svg: str | None
    table: pd.DataFrame
    source: Sequence[tuple[str, str]]
    note: str
    alt: str
    svg_narrow: str | None = None

    def __str__(self) -> str:
        source = "; ".join(f"{label} <{url}>" if url else label for label, url in self.source)
        parts = [
            "\n".join(line for line in (self.headline, self.subtitle) if line),
            "\n".join(" | ".join(row) for row in [list(map(str, self.table.columns)), *self._cells]),
            "\n".join(line for line in (source and f"Source: {source}", self.note and f"Note: {self.note}") if line),
        ]
        return "\n\n".join(part for part in parts if part)

    def __repr__(self) -> str:
        return str(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": str(self), "text/html": self.html}

    @cached_property
    def html(self) -> str:
        """The framed figure as one piece of HTML: no script, no outside request, the picture as inline SVG.

        It carries no style sheet of its own, so that a page states the frame's once
        (reports/template/exhibit.css) and an unstyled place such as JupyterLab still shows it in order.
        """
        return _template().render(
            exhibit=self,
            key="exhibit-" + sha256(str(self).encode()).hexdigest()[:8],
            columns=[str(column) for column in self.table.columns],
            rows=self._cells,
            looks=[self._look(place) for place in range(self.table.shape[1])],
            publishers=[(label, [url for _, url in pairs if url]) for label, pairs in groupby(self.source, lambda pair: pair[0])],
            csv="data:text/csv;charset=utf-8," + quote(self.csv, safe="/,:;()*+=@!$?"),
        )

    @cached_property
    def csv(self) -> str:
        """The table as comma-separated text, numbers to six significant digits."""
        return self.table.to_csv(index=False, lineterminator="\n", float_format="%.6g")

    def _look(self, place: int) -> str:
        if pd.api.types.is_float_dtype(self.table.dtypes.iloc[place]):
            return "number"
        longest = max((len(row[place]) for row in self._cells), default=0)
        return next((look for length, look in _LOOKS if longest > length), "short")

    @cached_property
    def _cells(self) -> list[list[str]]:
        return [[cell_text(value) for value in row] for row in self.table.itertuples(index=False, name=None)]


def cell_text(value: object) -> str:
    """A table cell as shown: a float to four significant digits, nothing known as a dash, else as it is.

    >>> [cell_text(value) for value in (2.3204, 91447.0, 0.005576, 2025, float("nan"), "appropriated")]
    ['2.320', '91,450', '0.005576', '2025', '–', 'appropriated']
    """
    if value is None or value is pd.NA or value is pd.NaT or value == "":
        return "–"
    if not isinstance(value, float):
        return f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else str(value)
    if math.isnan(value):
        return "–"
    rounded = float(f"{value:.4g}")
    decimals = 0 if rounded == 0 else max(0, 3 - math.floor(math.log10(abs(rounded))))
    return f"{rounded:,.{decimals}f}"


@lru_cache(maxsize=1)
def _template() -> Any:
    # Imported here because only showing an exhibit needs it, not computing one.
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)
    environment.filters["amounts"] = lambda text: _AMOUNT.sub(lambda amount: amount[0].replace(" ", "\N{NO-BREAK SPACE}"), text)
    return environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))


def record(**values: object) -> None:
    """Publish named results of a report: shown as a listing, carried as JSON for reports/headlines.json.

    Each value is text, a whole number, a number (kept to six significant digits), true, false or `None`;
    an amount of money is written as its currency and number. Raises `AiSpendError` naming the value where
    it is none of these, not a number or infinite.

    >>> record(ratio=39.4117647, days=9, unit="USD")
    days: 9
    ratio: 39.4118
    unit: USD
    """
    from IPython.display import display

    results = {name: _recorded(name, values[name]) for name in sorted(values)}
    listing = "\n".join(f"{name}: {value}" for name, value in results.items())
    bundle = _Results(listing, results)
    display(bundle)


@dataclass(frozen=True)
class _Results:
    listing: str
    values: Mapping[str, object]

    def __repr__(self) -> str:
        return self.listing

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, object]:
        return {"text/plain": self.listing, RECORD_TYPE: dict(self.values)}


def _recorded(name: str, value: object) -> str | int | float | bool | None:
    amount, currency = getattr(value, "amount", None), getattr(value, "currency", None)
    if isinstance(amount, Decimal) and isinstance(currency, str):
        return f"{currency} {_recorded(name, amount):.15g}"
    if value is None or isinstance(value, str | bool):
        return value
    if type(value).__name__ in ("bool", "bool_"):  # numpy's own truth value is no bool
        return bool(value)
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real | Decimal):
        number = float(value)
        if math.isfinite(number):
            return float(f"{number:.6g}")
        raise AiSpendError(f"record: {name} is {number}; record only numbers that exist, or None where there is none")
    raise AiSpendError(
        f"record: {name} is {value!r}, a {type(value).__name__}; record text, a number, true, false or None"
    )
