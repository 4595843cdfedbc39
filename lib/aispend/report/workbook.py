"""The tables of one page as an Excel workbook: a sheet an exhibit, numbers as numbers."""

import re
from datetime import datetime
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook

from aispend.report.shown import ShownExhibit

# A number as pandas writes it; "007", "1,234" and "2025-03" are texts.
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?")
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_WIDEST = 60
_CONTENTS = "Contents"


def workbook(title: str, exhibits: list[ShownExhibit]) -> bytes:
    """An .xlsx file: a list of contents, then a sheet an exhibit with headline, unit, table, source and note.

    Numbers are those of the CSV, to six significant digits in the unit that the column or the line under the
    headline names; an unknown one is an empty cell. The same exhibits give the same bytes.

    >>> table = [["Who", "USD billion"], ["Korea", "2.3204"]]
    >>> workbook("Korea", [ShownExhibit("One amount", "US dollars", table, "Ministry", [], "", None)])[:2]
    b'PK'
    """
    written = BytesIO()
    with Workbook(written, _OPTIONS) as book:
        # Else the clock's time is written, and the same tables give other bytes; a ZIP file knows no earlier year.
        book.set_properties({"title": title, "created": datetime(1980, 1, 1)})
        bold = book.add_format({"bold": True})
        contents = book.add_worksheet(_CONTENTS)
        contents.write_string(0, 0, title, bold)
        contents.set_column(0, 0, 100)
        for place, exhibit in enumerate(exhibits, start=1):
            name = f"Exhibit {place}"
            contents.write_url(place + 1, 0, f"internal:'{name}'!A1", string=f"{place}  {exhibit.headline}"[:255])
            _write_exhibit(book.add_worksheet(name), exhibit, bold)
    return written.getvalue()


def _write_exhibit(sheet: Any, exhibit: ShownExhibit, bold: Any) -> None:
    sheet.write_string(0, 0, exhibit.headline, bold)
    sheet.write_string(1, 0, exhibit.unit)
    header, *rows = exhibit.table
    for column, name in enumerate(header):
        cells = [row[column] for row in rows]
        sheet.write_string(3, column, name, bold)
        numeric = all(_NUMBER.fullmatch(cell) for cell in cells if cell)
        for line, cell in enumerate(cells, start=4):
            if cell and numeric:
                sheet.write_number(line, column, float(cell))
            elif cell:
                sheet.write_string(line, column, cell)
        sheet.set_column(column, column, min(max(map(len, [name, *cells])) + 2, _WIDEST))
    below = 4 + len(rows) + 1
    sources = [f"{label}: {address}" for label, address in exhibit.links] or [exhibit.source]
    for line, text in enumerate([*(f"Source: {source}" for source in sources if source), exhibit.note and f"Note: {exhibit.note}"]):
        if text:
            sheet.write_string(below + line, 0, text)
