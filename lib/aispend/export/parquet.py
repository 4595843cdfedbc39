"""The normalised facts as a Parquet file, written by DuckDB.

pyarrow is not used: its import starts a thread, and a process with one cannot be forked safely.
"""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pandas as pd

from aispend.data import contract
from aispend.export.table import Column


def parquet(frame: pd.DataFrame, columns: tuple[Column, ...]) -> bytes:
    """The frame as a Parquet file; the file's metadata hold title, licence and each column's label and unit.

    Days are stored as dates, text as UTF-8, missing values as nulls.

    >>> parquet(pd.DataFrame({"amount": [3.3e12]}), (Column("amount", "Amount", "KRW"),))[:4]
    b'PAR1'
    """
    days = [name for name in frame if pd.api.types.is_datetime64_dtype(frame[name])]
    chosen = ", ".join(f'"{name}"::DATE AS "{name}"' if name in days else f'"{name}"' for name in frame)
    metadata = ", ".join(f"{key}: {_quoted(value)}" for key, value in _metadata(columns).items())
    with TemporaryDirectory() as folder, duckdb.connect(config={"threads": 1}) as connection:
        path = Path(folder) / "frame.parquet"
        connection.register("exported", frame)
        connection.execute(
            f"COPY (SELECT {chosen} FROM exported) TO {_quoted(str(path))} "
            f"(FORMAT parquet, COMPRESSION zstd, KV_METADATA {{{metadata}}})"
        )
        return path.read_bytes()


def _metadata(columns: tuple[Column, ...]) -> dict[str, str]:
    package = contract.package()
    described = {column.name: {"label": column.meaning, "unit": column.unit} for column in columns}
    return {
        "title": package["title"],
        "licence": package["licenses"][0]["title"],
        "columns": json.dumps(described, ensure_ascii=False),
    }


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
