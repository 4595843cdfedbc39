"""All tables in one Excel workbook, codebook first, written by pandas through XlsxWriter."""

from datetime import datetime
from io import BytesIO
from typing import Any

import pandas as pd

from aispend.data import contract
from aispend.errors import AiSpendError
from aispend.export.table import Column

CODEBOOK, NORMALISED = "codebook", "facts_normalised"
LONGEST_CELL = 32_767  # Excel's limit; XlsxWriter would leave out a longer text without an error.
WIDEST = 60
# Whole from a thousand on, so that no amount shows as 3.3E+12; rates and small numbers keep their digits.
AMOUNT, WHOLE, SHARE = "[>=1000]#,##0;General", "0", "0.0000%"
# A text is a text: an address is no link, and nothing is a formula.
_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}


def workbook(tables: dict[str, pd.DataFrame], normalised: pd.DataFrame, columns: tuple[Column, ...]) -> bytes:
    """The tables as an .xlsx file: the codebook, a sheet a table, and the normalised facts on the last sheet.

    Cells are typed (number, date, true or false, text), a missing value is an empty cell, the header stays in
    sight, and there are no formulas.

    Raises `AiSpendError` for a text that is longer than a cell can hold.

    >>> workbook({}, pd.DataFrame({"amount": [3.3e12]}), (Column("amount", "Amount", "KRW"),))[:2]
    b'PK'
    """
    sheets = {CODEBOOK: codebook(list(tables), columns), **tables, NORMALISED: normalised}
    written = BytesIO()
    with pd.ExcelWriter(
        written, engine="xlsxwriter", datetime_format="yyyy-mm-dd", engine_kwargs={"options": _OPTIONS}
    ) as writer:
        writer.book.set_properties(_properties())
        for name, frame in sheets.items():
            _refuse_too_long(name, frame)
            frame.to_excel(writer, sheet_name=name, index=False, freeze_panes=(1, 0))
            _lay_out(writer, name, frame)
    return written.getvalue()


def codebook(tables: list[str], columns: tuple[Column, ...]) -> pd.DataFrame:
    """What each column of each sheet is: a row a table, then a row a column.

    >>> codebook(["actors"], ()).loc[1, ["table", "column", "type", "required"]].tolist()
    ['actors', 'actor_id', 'string', 'yes']
    """
    package = contract.package()
    about = f"{package['description']} Licence: {package['licenses'][0]['title']}. Amounts are in major units of their currency."
    rows: list[dict[str, str | None]] = [row for table in tables for row in _table_rows(table)]
    rows.append({"table": NORMALISED, "meaning": f"The facts in four currencies and as shares of GDP, one row a fact. {about}"})
    rows += [
        {"table": NORMALISED, "column": column.name, "unit": column.unit, "one of": ", ".join(column.values), "meaning": column.meaning}
        for column in columns
    ]
    names = ["table", "column", "type", "required", "key of", "unit", "one of", "meaning"]
    return pd.DataFrame(rows, columns=names, dtype="str").replace("", None)


def _table_rows(table: str) -> list[dict[str, str | None]]:
    resource = contract.resource(table)
    links = {link["fields"][0]: link["reference"]["resource"] or table for link in resource["schema"].get("foreignKeys", [])}
    rows: list[dict[str, str | None]] = [{"table": table, "meaning": resource["description"]}]
    for field in contract.fields(table):
        constraints = field.get("constraints", {})
        rows.append({
            "table": table,
            "column": field["name"],
            "type": field["type"],
            "required": "yes" if constraints.get("required") else "no",
            "key of": table if [field["name"]] == contract.key(table) else links.get(field["name"]),
            "one of": ", ".join(constraints.get("enum", [])),
            "meaning": field["description"],
        })  # fmt: skip
    return rows


def _properties() -> dict[str, Any]:
    package = contract.package()
    return {
        "title": package["title"],
        "comments": f"{package['description']} Licence: {package['licenses'][0]['title']}.",
        # Else the clock's time is written, and the same tables give other bytes.
        "created": datetime.fromisoformat(package["created"]).replace(tzinfo=None),
    }


def _refuse_too_long(sheet: str, frame: pd.DataFrame) -> None:
    for column in frame.select_dtypes("str"):
        lengths = frame[column].str.len()
        if (lengths > LONGEST_CELL).any():
            raise AiSpendError(
                f"sheet {sheet}, row {lengths.idxmax() + 2}, column {column}: {lengths.max():.0f} characters, "
                f"an Excel cell holds {LONGEST_CELL}; shorten the text"
            )


def _lay_out(writer: "pd.ExcelWriter[Any]", name: str, frame: pd.DataFrame) -> None:
    sheet = writer.sheets[name]
    for position, column in enumerate(frame):
        values = frame[column]
        look: dict[str, Any] = {}
        if pd.api.types.is_float_dtype(values):
            look["num_format"] = SHARE if str(column).startswith("gdp_share") else AMOUNT
        elif pd.api.types.is_integer_dtype(values):
            look["num_format"] = WHOLE
        elif name == CODEBOOK and column in ("meaning", "one of"):
            look.update(text_wrap=True, valign="top")
        sheet.set_column(position, position, _width(str(column), values), writer.book.add_format(look) if look else None)
    sheet.autofilter(0, 0, len(frame), len(frame.columns) - 1)


def _width(header: str, values: pd.Series) -> int:
    """In characters: as wide as the widest value, within limits."""
    if pd.api.types.is_datetime64_dtype(values):
        return max(len(header), 10) + 2
    if pd.api.types.is_float_dtype(values):
        return max(len(header), 20) + 2
    longest = values.dropna().astype("str").str.len().max()
    return min(max(len(header), 0 if pd.isna(longest) else int(longest)) + 2, WIDEST)
