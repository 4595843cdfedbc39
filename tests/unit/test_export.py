"""Each exported file, read back, holds every row and column of its table: types, labels and missing values too."""

import errno
import json
import re
import sys
import zipfile
from datetime import datetime
from pathlib import Path

import duckdb
import numpy as np
import openpyxl
import pandas as pd
import pytest
from pandas.api.types import is_bool_dtype, is_datetime64_dtype, is_float_dtype, is_integer_dtype
from pandas.testing import assert_frame_equal

import aispend.export as exporting
from aispend.data import contract
from aispend.data.tables import load
from aispend.errors import AiSpendError
from aispend.export import export
from aispend.export.parquet import parquet
from aispend.export.stata import stata
from aispend.export.table import Column, columns, normalised_facts
from aispend.export.workbook import CODEBOOK, LONGEST_CELL, NORMALISED, codebook, workbook

CREATED = datetime.fromisoformat(contract.package()["created"]).replace(tzinfo=None)
EXCEL_DIGITS = 1e-15  # XlsxWriter writes sixteen digits, a float64 needs up to seventeen.
NAMED = {column.name: column for column in columns()}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return export(tmp_path_factory.mktemp("somewhere") / "new" / "folder")


@pytest.fixture(scope="module")
def sheets(written: list[Path]) -> openpyxl.Workbook:
    return openpyxl.load_workbook(written[0])


@pytest.fixture(scope="module")
def facts() -> pd.DataFrame:
    return normalised_facts()


def expected(sheet: str) -> pd.DataFrame:
    return normalised_facts() if sheet == NORMALISED else load(sheet)


# The table itself


def test_a_row_a_fact_and_a_described_column_each(facts: pd.DataFrame):
    assert facts["fact_id"].tolist() == load("facts")["fact_id"].tolist()
    assert facts.columns.tolist() == list(NAMED)


def test_every_program_takes_the_names_and_labels():
    for name, column in NAMED.items():
        assert re.fullmatch(r"[a-z][a-z0-9_]{0,31}", name)
        assert len(column.label) <= 80


@pytest.mark.parametrize("code", ["usd", "krw", "eur", "cny"])
def test_a_value_is_the_home_value_at_the_rate_beside_it(facts: pd.DataFrame, code: str):
    valued = facts[facts[f"value_{code}"].notna()]
    assert len(valued) > 400
    np.testing.assert_allclose(valued[f"value_{code}"], valued["home_value"] * valued[f"rate_{code}"], rtol=1e-12)
    converted = valued["currency"] != code.upper()
    assert (valued[f"rate_on_{code}"].notna() == converted).all()
    assert (valued.loc[~converted, f"rate_{code}"] == 1).all()
    assert valued[f"basis_{code}"].str.startswith(code.upper()).all()


def test_what_has_no_value_says_why(facts: pd.DataFrame):
    for value, basis in [("value_usd", "basis_usd"), ("value_cny", "basis_cny"), ("gdp_share", "gdp_basis")]:
        assert (facts[value].isna() == facts[basis].str.startswith("no value: ")).all()


def test_a_share_of_gdp_is_that_of_the_budget(facts: pd.DataFrame):
    # 3.3 trillion won over a GDP of about 2,660 trillion won (World Bank, 2025).
    assert facts.set_index("fact_id").at["ai-budget-2025", "gdp_share"] == pytest.approx(3.3 / 2660, rel=0.01)


# The workbook


def test_the_codebook_comes_first_then_a_sheet_a_table(sheets: openpyxl.Workbook):
    assert sheets.sheetnames == [CODEBOOK, *contract.tables(), NORMALISED]


def cell_type(values: pd.Series) -> tuple[type, ...]:
    if is_bool_dtype(values):
        return (bool,)
    if is_datetime64_dtype(values):
        return (datetime,)
    return (int, float) if is_float_dtype(values) or is_integer_dtype(values) else (str,)


@pytest.mark.parametrize("name", [*contract.tables(), NORMALISED])
def test_every_cell_is_that_of_the_table(sheets: openpyxl.Workbook, name: str):
    frame = expected(name)
    header, *rows = sheets[name].iter_rows(values_only=True)
    assert list(header) == frame.columns.tolist()
    assert len(rows) == len(frame)
    for position, column in enumerate(frame):
        cells = [row[position] for row in rows]
        wanted = [None if pd.isna(value) else value for value in frame[column].tolist()]
        assert [cell is None for cell in cells] == [value is None for value in wanted], column
        present = [cell for cell in cells if cell is not None]
        assert {type(cell) for cell in present} <= set(cell_type(frame[column])), column
        if is_float_dtype(frame[column]):
            np.testing.assert_allclose(np.array(present, float), frame[column].dropna(), rtol=EXCEL_DIGITS, err_msg=column)
        else:
            assert cells == wanted, column


def test_pandas_reads_the_same(written: list[Path]):
    read = pd.read_excel(written[0], sheet_name="figures", dtype={"price_year": "Int64", "rank": "Int64"}, keep_default_na=False, na_values=[""])
    wanted = load("figures")
    # A column that is blank throughout has no type to be read.
    blank = [column for column in wanted if wanted[column].isna().all()]
    assert_frame_equal(read.drop(columns=blank), wanted.drop(columns=blank), check_dtype=False, rtol=EXCEL_DIGITS)


def test_headers_stay_in_sight_and_columns_are_wide_enough(sheets: openpyxl.Workbook):
    for sheet in sheets:
        assert sheet.freeze_panes == "A2", sheet.title
        for cell in sheet[1]:
            assert sheet.column_dimensions[cell.column_letter].width > min(len(str(cell.value)), 58), (sheet.title, cell.value)


def test_amounts_show_as_whole_numbers_and_days_as_iso(sheets: openpyxl.Workbook):
    formats = {cell.value: below.number_format for cell, below in zip(sheets["facts_normalised"][1], sheets["facts_normalised"][3], strict=True)}
    assert formats["value_krw"] == "[>=1000]#,##0;General"
    assert formats["gdp_share"] == "0.0000%"
    assert formats["period_start"] == "yyyy-mm-dd"


def test_nothing_is_a_formula_or_a_link(sheets: openpyxl.Workbook):
    for sheet in sheets:
        assert not [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "f" or cell.hyperlink]


def test_text_that_looks_like_a_formula_stays_text(tmp_path: Path):
    planted = pd.DataFrame({"what": ["=1+1", "+3 %", "@home", "https://example.org", "12"]})
    (tmp_path / "planted.xlsx").write_bytes(workbook({}, planted, (Column("what", "What"),)))
    sheet = openpyxl.load_workbook(tmp_path / "planted.xlsx")[NORMALISED]
    assert [(cell.value, cell.data_type) for cell in sheet["A"][1:]] == [(text, "s") for text in planted["what"]]
    assert not any(cell.hyperlink for cell in sheet["A"])


def test_the_codebook_explains_every_column_of_every_sheet(sheets: openpyxl.Workbook):
    header, *rows = sheets[CODEBOOK].iter_rows(values_only=True)
    explained = [dict(zip(header, row, strict=True)) for row in rows]
    assert all(row["meaning"] for row in explained)
    for sheet in sheets.worksheets[1:]:
        named = [row["column"] for row in explained if row["table"] == sheet.title]
        assert named == [None, *(cell.value for cell in sheet[1])]
    assert len(explained) == len(codebook(contract.tables(), columns()))


def test_a_text_too_long_for_a_cell_is_refused():
    long = pd.DataFrame({"what": ["short", "x" * (LONGEST_CELL + 1)]})
    with pytest.raises(AiSpendError, match=rf"row 3, column what: {LONGEST_CELL + 1} characters.*shorten"):
        workbook({"facts": long}, long, (Column("what", "What"),))


# Parquet


def from_parquet(path: Path) -> pd.DataFrame:
    with duckdb.connect(config={"threads": 1}) as connection:
        return connection.execute("SELECT * FROM read_parquet(?)", [str(path)]).df()


def test_parquet_holds_the_table(written: list[Path], facts: pd.DataFrame):
    assert_frame_equal(from_parquet(written[1]), facts, check_exact=True)


def test_parquet_is_typed_and_missing_is_null(written: list[Path], facts: pd.DataFrame):
    with duckdb.connect(config={"threads": 1}) as connection:
        stored = {name: kind for name, kind, *_ in connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(written[1])]).fetchall()}
        nulls = connection.execute(
            f"SELECT {', '.join(f'count(*) - count({name})' for name in stored)} FROM read_parquet(?)", [str(written[1])]
        ).fetchone()
    for name, values in facts.items():
        kinds = [(is_datetime64_dtype, "DATE"), (is_float_dtype, "DOUBLE"), (is_integer_dtype, "BIGINT"), (lambda _: True, "VARCHAR")]
        assert stored[name] == next(kind for fits, kind in kinds if fits(values)), name
    assert dict(zip(stored, nulls, strict=True)) == facts.isna().sum().to_dict()


def test_parquet_says_what_its_columns_are(written: list[Path]):
    with duckdb.connect(config={"threads": 1}) as connection:
        found = connection.execute("SELECT decode(key), decode(value) FROM parquet_kv_metadata(?)", [str(written[1])]).fetchall()
    said = dict(found)
    assert said["title"] == contract.package()["title"]
    assert said["licence"] == "Creative Commons Attribution 4.0"
    assert json.loads(said["columns"]) == {name: {"label": column.meaning, "unit": column.unit} for name, column in NAMED.items()}


# Stata


def as_stata(frame: pd.DataFrame) -> pd.DataFrame:
    """What Stata can say of the frame: no missing text, enumerations as numbers with labels, other numbers as double."""
    known = {}
    for name, values in frame.items():
        if NAMED[name].values:
            known[name] = pd.Categorical(values, categories=NAMED[name].values, ordered=True)
        elif is_datetime64_dtype(values):
            known[name] = values.astype("datetime64[s]")
        elif isinstance(values.dtype, pd.StringDtype):
            known[name] = values.fillna("")
        else:
            known[name] = values.astype("float64")
    return pd.DataFrame(known)


def test_stata_holds_the_table(written: list[Path], facts: pd.DataFrame):
    read = pd.read_stata(written[2])
    read["figures"] = read["figures"].astype("float64")
    wanted = as_stata(facts)
    for name in [name for name in NAMED if NAMED[name].values]:
        assert read[name].astype("str").fillna("").tolist() == facts[name].fillna("").tolist(), name
        wanted = wanted.drop(columns=name)
        read = read.drop(columns=name)
    assert_frame_equal(read, wanted, check_exact=True)


def test_stata_labels_variables_and_values(written: list[Path]):
    with pd.io.stata.StataReader(written[2]) as reader:
        assert reader.variable_labels() == {name: column.label for name, column in NAMED.items()}
        assert "CC BY 4.0" in reader.data_label
        assert reader.time_stamp == CREATED.strftime("%d %b %Y %H:%M")
        values = reader.value_labels()
    assert {name: tuple(labels.values()) for name, labels in values.items()} == {
        name: column.values for name, column in NAMED.items() if column.values
    }


def test_a_label_too_long_for_stata_is_refused():
    with pytest.raises(AiSpendError, match="label of amount has 81 characters, Stata takes 80"):
        stata(pd.DataFrame({"amount": [1.0]}), (Column("amount", "x" * 81),))


def test_a_value_outside_its_enumeration_is_refused():
    with pytest.raises(AiSpendError, match="column stage holds 'spend', which is none of announced, spent"):
        stata(pd.DataFrame({"stage": ["spent", "spend"]}), (Column("stage", "Stage", values=("announced", "spent")),))


# The files


def test_the_same_tables_give_the_same_bytes(written: list[Path], tmp_path: Path):
    for first, second in zip(written, export(tmp_path), strict=True):
        assert first.read_bytes() == second.read_bytes(), first.name


def test_no_clock_reaches_the_workbook(written: list[Path], sheets: openpyxl.Workbook):
    # A zip holds even seconds only, so two workbooks of one second are alike even where the clock gets in.
    with zipfile.ZipFile(written[0]) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
    assert sheets.properties.created == sheets.properties.modified == CREATED


def test_a_second_export_replaces_the_files_and_leaves_nothing_else(tmp_path: Path):
    (tmp_path / "aispend.xlsx").write_bytes(b"old")
    assert sorted(path.name for path in export(tmp_path)) == sorted(path.name for path in tmp_path.iterdir())
    assert (tmp_path / "aispend.xlsx").read_bytes()[:2] == b"PK"


@pytest.mark.parametrize("below", ["", "deeper/still"])
def test_a_folder_that_is_a_file_is_refused_in_one_line(tmp_path: Path, below: str):
    taken = tmp_path / "taken"
    taken.write_text("mine", encoding="utf-8")
    with pytest.raises(AiSpendError, match=r"cannot write into .*taken.* is a file; name a folder") as refused:
        export(taken / below)
    assert "\n" not in str(refused.value)
    assert taken.read_text(encoding="utf-8") == "mine"


def test_a_folder_that_cannot_be_written_to_is_refused_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full(path: Path, content: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(exporting, "write_whole", full)
    with pytest.raises(AiSpendError, match=rf"^cannot write into {tmp_path}: No space left on device; name a folder .*$"):
        export(tmp_path)


@pytest.mark.parametrize("library", ["duckdb", "xlsxwriter"])
def test_a_missing_library_is_named_with_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: str):
    monkeypatch.setitem(sys.modules, library, None)
    monkeypatch.delitem(sys.modules, "aispend.export.parquet")
    with pytest.raises(AiSpendError, match=f"{library} is not installed; `make export` installs"):
        export(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_quote_in_a_label_does_not_end_it():
    assert parquet(pd.DataFrame({"a": ["it's"]}), (Column("a", "the actor's own; DROP TABLE"),))[:4] == b"PAR1"
