"""Loading the tables with the types of the contract."""

from functools import lru_cache
from pathlib import Path

import pandas as pd

from aispend.data import contract
from aispend.errors import BrokenTable

_DTYPES = {"string": "str", "number": "float64", "integer": "Int64", "boolean": "bool", "date": "str"}


def load(table: str) -> pd.DataFrame:
    """One table of data/, one row a record, typed by the contract; amounts are in major currency units.

    Raises `BrokenTable` naming file, column and value where the file does not fit the contract.

    >>> load("actors").set_index("actor_id").loc["korea", "home_currency"]
    'KRW'
    """
    # Whatever is changed in the copy is copied then (pandas' copy on write).
    return read(table, contract.FOLDER).copy(deep=False)


@lru_cache(maxsize=64)
def _parsed(table: str, path: Path, modified: int) -> pd.DataFrame:
    schema = {field["name"]: field["type"] for field in contract.fields(table)}
    try:
        frame = pd.read_csv(path, dtype="str", keep_default_na=False, na_values=[""], encoding="utf-8")
    except (UnicodeDecodeError, pd.errors.ParserError) as error:
        raise BrokenTable(f"data/{path.name} cannot be read as UTF-8 comma-separated text: {error}") from error
    if list(frame.columns) != list(schema):
        raise BrokenTable(f"data/{path.name}: columns are {list(frame.columns)}, the contract says {list(schema)}")
    for column, kind in schema.items():
        frame[column] = _typed(frame[column], kind, path.name)
    return frame


def read(table: str, folder: Path) -> pd.DataFrame:
    """The same as `load`, from another folder that holds tables of the same contract."""
    path = folder / contract.resource(table)["path"]
    if not path.is_file():
        raise BrokenTable(f"{path.name} is missing in {folder}; the contract lists it")
    return _parsed(table, path, path.stat().st_mtime_ns)


def state(table: str) -> tuple[Path, int]:
    """The file of a table and when it was changed last, in nanoseconds; 0 where there is none."""
    path = contract.FOLDER / contract.resource(table)["path"]
    return path, path.stat().st_mtime_ns if path.is_file() else 0


def _typed(column: pd.Series, kind: str, file: str) -> pd.Series:
    try:
        if kind == "date":
            return pd.to_datetime(column, format="%Y-%m-%d")
        if kind == "boolean":
            return column.map({"true": True, "false": False}).astype("bool")
        return column.astype(_DTYPES[kind])
    except (ValueError, TypeError) as error:
        converted = pd.to_datetime(column, format="%Y-%m-%d", errors="coerce") if kind == "date" else pd.to_numeric(column, errors="coerce")
        bad = column[column.notna() & converted.isna()]
        where = f"row {bad.index[0] + 2}: {bad.iloc[0]!r}" if len(bad) else str(error)
        raise BrokenTable(f"data/{file}, column {column.name}, {where} is not a {kind}") from error
