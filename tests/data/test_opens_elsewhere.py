"""The tables open in Excel, R and Stata as what they are: nothing in them is a formula, a local date or a hidden NA.

Each rule is a small function from the lines of one file to what it finds; each has a broken input in
tests/broken/data_elsewhere/.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
import yaml

from aispend.data import contract

BROKEN = sorted((Path(__file__).resolve().parents[1] / "broken" / "data_elsewhere").glob("*.yml"))
NUMBERS = ("number", "integer")
PARTIAL_DATE = "partial date"
FORMULA_STARTS = ("=", "+", "-", "@", "\t")
# Read as missing unless told otherwise: by pandas (its documented list), R (NA) and Stata (.).
TAKEN_FOR_MISSING = {
    "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA", "NULL",
    "NaN", "None", "n/a", "nan", "null", ".",
}  # fmt: skip
STATA_RESERVED = {"_all", "byte", "double", "float", "if", "in", "int", "long", "using", "with", "strl"}


@dataclass(frozen=True)
class Sheet:
    """One file as another program meets it: its bytes, its rows of cells, and the kind of each column."""

    raw: bytes
    kinds: dict[str, str]

    @property
    def rows(self) -> list[list[str]]:
        return list(csv.reader(io.StringIO(self.raw.decode("utf-8-sig", errors="replace"), newline="")))

    def cells(self) -> Iterator[tuple[int, str, str, str]]:
        """Row (the header is row 1), column, kind and text of every cell below the header that holds something."""
        header, *rows = self.rows
        for number, row in enumerate(rows, start=2):
            for column, text in zip(header, row, strict=False):
                if text:
                    yield number, column, self.kinds.get(column, "string"), text


def plain_utf8(sheet: Sheet) -> Iterator[str]:
    if sheet.raw.startswith(b"\xef\xbb\xbf"):
        yield "row 1: a byte-order mark, which R and Stata take for a part of the first column's name"
    try:
        sheet.raw.decode("utf-8")
    except UnicodeDecodeError as error:
        row = sheet.raw[: error.start].count(b"\n") + 1
        yield f"row {row}: not UTF-8"


def rectangular(sheet: Sheet) -> Iterator[str]:
    header, *rows = sheet.rows
    for number, row in enumerate(rows, start=2):
        if len(row) != len(header):
            yield f"row {number}: {len(row)} fields, the header has {len(header)}"


def names_for_all(sheet: Sheet) -> Iterator[str]:
    for name in sheet.rows[0]:
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,31}", name) or name in STATA_RESERVED:
            yield f"row 1: {name!r} is no name of a variable in R or Stata"


def no_line_breaks(sheet: Sheet) -> Iterator[str]:
    for number, column, _, text in sheet.cells():
        if re.search(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]", text):
            yield f"row {number}, column {column}: a line break inside the cell"


def no_formulas(sheet: Sheet) -> Iterator[str]:
    for number, column, kind, text in sheet.cells():
        if kind not in NUMBERS and text.startswith(FORMULA_STARTS):
            yield f"row {number}, column {column}: {text!r} would be taken for a formula"


def iso_dates(sheet: Sheet) -> Iterator[str]:
    for number, column, kind, text in sheet.cells():
        shape = {"date": r"\d{4}-\d\d-\d\d", PARTIAL_DATE: r"\d{4}(-\d\d(-\d\d)?)?"}.get(kind)
        if shape and not (re.fullmatch(shape, text) and is_a_day(f"{text}-01-01"[:10])):
            yield f"row {number}, column {column}: {text!r} is no ISO date"


def is_a_day(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def lower_case_booleans(sheet: Sheet) -> Iterator[str]:
    for number, column, kind, text in sheet.cells():
        if kind == "boolean" and text not in ("true", "false"):
            yield f"row {number}, column {column}: {text!r} is neither true nor false"


def plain_numbers(sheet: Sheet) -> Iterator[str]:
    for number, column, kind, text in sheet.cells():
        if kind in NUMBERS and not re.fullmatch(r"-?\d+(\.\d+)?(e[+-]?\d+)?", text):
            yield f"row {number}, column {column}: {text!r} is no plain number"


def nothing_taken_for_missing(sheet: Sheet) -> Iterator[str]:
    for number, column, _, text in sheet.cells():
        if text in TAKEN_FOR_MISSING or not text.strip():
            yield f"row {number}, column {column}: {text!r} would be taken for a missing value"


def nothing_around(sheet: Sheet) -> Iterator[str]:
    for number, column, _, text in sheet.cells():
        if text != text.strip():
            yield f"row {number}, column {column}: {text!r} has blanks around it, which some programs cut off"


RULES: tuple[Callable[[Sheet], Iterator[str]], ...] = (
    plain_utf8, rectangular, names_for_all, no_line_breaks, no_formulas, iso_dates, lower_case_booleans, plain_numbers,
    nothing_taken_for_missing, nothing_around,
)  # fmt: skip


def kind(field: dict) -> str:
    is_partial_date = field.get("constraints", {}).get("pattern", "").startswith(r"\d{4}(-")
    return PARTIAL_DATE if is_partial_date else field["type"]


def sheet_of(table: str) -> Sheet:
    path = contract.FOLDER / contract.resource(table)["path"]
    return Sheet(path.read_bytes(), {field["name"]: kind(field) for field in contract.fields(table)})


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("table", contract.tables())
def test_the_table_opens_elsewhere(table: str, rule: Callable[[Sheet], Iterator[str]]):
    assert list(rule(sheet_of(table))) == []


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_what_would_open_as_something_else_is_found(path: Path):
    broken = yaml.safe_load(path.read_text(encoding="utf-8"))
    sheet = Sheet(broken["text"].encode(broken.get("encoding", "utf-8")), broken.get("kinds", {}))
    found = {rule.__name__: list(rule(sheet)) for rule in RULES}
    assert {name: said for name, said in found.items() if said} == {broken["rule"]: [broken["says"]]}


def test_every_rule_has_an_input_that_it_refuses():
    named = {yaml.safe_load(path.read_text(encoding="utf-8"))["rule"] for path in BROKEN}
    assert named == {rule.__name__ for rule in RULES}


def test_the_kinds_come_from_the_contract():
    kinds = sheet_of("figures").kinds
    assert [kinds[name] for name in ("amount", "approximate", "published_on")] == ["number", "boolean", PARTIAL_DATE]
    assert sheet_of("facts").kinds["period_start"] == "date"
