"""The tables hold what the contract and the rules say, and each rule has been seen to refuse a bad input."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
import yaml

from aispend.data import checks, contract
from aispend.data.codebook import codebook
from aispend.data.tables import load

BROKEN = sorted((Path(__file__).resolve().parents[1] / "broken" / "data").glob("*.yml"))


def described(path: Path) -> dict:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


ON_CONTENT = [path for path in BROKEN if "rule" in described(path)]
ON_DISK = [path for path in BROKEN if path not in ON_CONTENT]


def edited(frame: pd.DataFrame, edit: dict) -> pd.DataFrame:
    """The frame, all text, with the edit that a file in tests/broken/data describes."""
    frame = frame.copy()
    if "swap" in edit:
        first, second = (int(position) for position in edit["swap"])
        order = list(range(len(frame)))
        order[first], order[second] = second, first
        return frame.iloc[order].reset_index(drop=True)
    (column, value), = (edit.get("where") or edit["duplicate"]).items()
    index = frame.index[frame[column] == value][0]
    if "duplicate" in edit:
        frame = pd.concat([frame, frame.loc[[index]]], ignore_index=True)
        index = frame.index[-1]
    for name, changed in edit["change"].items():
        frame.loc[index, name] = None if changed in ("null", "") else changed
    return frame


def as_text(table: str, folder: Path = contract.FOLDER) -> pd.DataFrame:
    return pd.read_csv(folder / f"{table}.csv", dtype="str", keep_default_na=False, na_values=[""])


def said(found: list[checks.Problem], parts: list[str]) -> bool:
    return any(all(part in str(problem) for part in parts) for problem in found)


@pytest.fixture
def copy_of_data(tmp_path: Path) -> Path:
    return Path(shutil.copytree(contract.FOLDER, tmp_path / "data"))


def test_nothing_is_wrong_with_the_tables():
    assert [str(problem) for problem in checks.problems()] == []


@pytest.mark.parametrize("path", ON_CONTENT, ids=lambda path: path.stem)
def test_a_rule_refuses_what_it_is_for(path: Path, copy_of_data: Path):
    edit = described(path)
    edited(as_text(edit["table"]), edit).to_csv(copy_of_data / f"{edit['table']}.csv", index=False, lineterminator="\n")
    tables = {table: checks.read(table, copy_of_data) for table in contract.tables()}
    found = list(getattr(checks, edit["rule"])(tables))
    assert said(found, edit["says"]), [str(problem) for problem in found]


@pytest.mark.parametrize("path", ON_DISK, ids=lambda path: path.stem)
def test_a_file_that_breaks_the_contract_is_refused(path: Path, copy_of_data: Path):
    edit = described(path)
    if "file" in edit:
        target = copy_of_data / edit["file"]
        text = target.read_text(encoding="utf-8")
        text = edit.get("prefix", "") + text.replace(*edit.get("replace", ["", ""]))
        target.write_bytes(text[: len(text) - int(edit.get("cut", 0))].encode("utf-8"))
    else:
        edited(as_text(edit["table"]), edit).to_csv(copy_of_data / f"{edit['table']}.csv", index=False, lineterminator="\n")
    found = checks.problems(copy_of_data)
    assert said(found, edit["says"]), [str(problem) for problem in found]


def test_frozen_rates_that_changed_are_refused(copy_of_data: Path):
    with (copy_of_data / "raw" / "eurofxref-hist.zip").open("ab") as rates:
        rates.write(b"one byte too many")
    assert said(checks.problems(copy_of_data), ["eurofxref-hist.zip"])


def test_every_rule_has_an_input_that_it_refuses():
    assert {described(path)["rule"] for path in ON_CONTENT} == {rule.__name__ for rule in checks.RULES}


def test_codebook_is_the_one_the_contract_generates():
    assert (contract.FOLDER / "README.md").read_text(encoding="utf-8") == codebook()


@pytest.mark.parametrize(
    "words", ["365 millions d'euros", "365 Millions d'Euros", "34 billions de won", "169,966 milliards de yuans"]
)
def test_seed_figures_are_in(words: str):
    assert load("figures")["amount_text"].str.replace("’", "'").str.contains(words, regex=False).any()


def test_first_cut_is_large_enough():
    assert len(load("facts")) >= 30
    assert len(load("figures")) >= 90
    teams = load("participants").query("programme_id == 'sovereign-ai-foundation-model'")["actor_id"]
    assert {"lg-ai-research", "sk-telecom", "naver-cloud", "nc-ai", "upstage"} <= set(teams)
