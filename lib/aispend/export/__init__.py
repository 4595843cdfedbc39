"""The tables for other programs: one Excel workbook, and the normalised facts as Parquet and as Stata file.

`table` makes the normalised facts and says what each column is; `workbook`, `parquet` and `stata` turn
tables into the bytes of a file, the same bytes from the same tables.
"""

from pathlib import Path

from aispend.data import contract
from aispend.data.tables import load
from aispend.errors import AiSpendError
from aispend.export.table import columns, normalised_facts
from aispend.report.project import this_project, write_whole

WORKBOOK, PARQUET, STATA = "aispend.xlsx", "facts_normalised.parquet", "facts_normalised.dta"


def export(folder: Path | None = None) -> list[Path]:
    """Write the workbook, the Parquet and the Stata file into a folder, and return their paths in that order.

    `folder` is made if it is not there; without it, reports/export/. Nothing is written before all three files
    are made, and each file is replaced whole. Amounts are in major units of the currency that the column names.

    Raises `AiSpendError` where the folder cannot be written to, where a library of the dependency group `export`
    is missing, and where a table does not fit a format.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in export(Path(folder))]
    ['aispend.xlsx', 'facts_normalised.parquet', 'facts_normalised.dta']
    """
    folder = this_project().root / "reports" / "export" if folder is None else folder
    _refuse_unusable(folder)
    contents = _contents()
    try:
        for name, content in contents.items():
            write_whole(folder / name, content)
    except OSError as error:
        raise AiSpendError(f"cannot write into {folder}: {error.strerror}; name a folder that can be written to") from error
    return [folder / name for name in contents]


def _refuse_unusable(folder: Path) -> None:
    for place in (folder, *folder.parents):
        if place.exists():
            if not place.is_dir():
                raise AiSpendError(f"cannot write into {folder}: {place} is a file; name a folder")
            return


def _contents() -> dict[str, bytes]:
    try:
        from aispend.export.parquet import parquet
        from aispend.export.stata import stata
        from aispend.export.workbook import workbook

        frame = normalised_facts()
        tables = {table: load(table) for table in contract.tables()}
        return {
            WORKBOOK: workbook(tables, frame, columns()),
            PARQUET: parquet(frame, columns()),
            STATA: stata(frame, columns()),
        }
    except ModuleNotFoundError as error:
        raise AiSpendError(f"{error.name} is not installed; `make export` installs what an export needs") from error
