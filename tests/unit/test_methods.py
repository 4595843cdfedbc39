"""METHODS.md says what its commands print: every table of choices and every command with its output."""

import contextlib
import importlib.util
import io
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "METHODS.md").read_text(encoding="utf-8")
COMMAND = re.compile(r'^    \.venv/bin/python -c "(.*)"\n\n((?:    .*\n)+)', re.MULTILINE)


@pytest.fixture(scope="module")
def choices() -> ModuleType:
    specification = importlib.util.spec_from_file_location("choices", ROOT / "benchmarks/choices.py")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def renewed(choices: ModuleType) -> str:
    return choices.renewed(TEXT)


def test_every_table_is_what_its_function_prints(renewed: str):
    assert renewed == TEXT, "run .venv/bin/python benchmarks/choices.py --write, and read whether the words around the tables still hold"


def test_a_number_that_went_stale_is_renewed(choices: ModuleType, renewed: str):
    (row,) = re.findall(r"^    EUR per USD  0\.884969 .*$", TEXT, re.MULTILINE)
    assert choices.renewed(TEXT.replace(row, row.replace("0.884969", "0.884968"))) == renewed


def test_a_table_that_is_missing_is_said(choices: ModuleType):
    with pytest.raises(SystemExit, match="holds 0 tables with the title .*Average of 2025"):
        choices.renewed(TEXT.replace("Average of 2025, units", "Averages of 2025, units"))


def said(program: str) -> str:
    with contextlib.redirect_stdout(io.StringIO()) as output:
        exec(program, {})
    return "".join(f"    {line}".rstrip() + "\n" for line in output.getvalue().splitlines())


@pytest.mark.parametrize(("program", "printed"), COMMAND.findall(TEXT), ids=lambda text: text[-60:].strip())
def test_every_command_prints_what_stands_below_it(program: str, printed: str):
    assert said(program) == printed


def test_there_are_commands_and_another_output_is_seen():
    programs = COMMAND.findall(TEXT)
    assert len(programs) >= 3
    assert said("print(1.25)") != said("print(1.26)") == "    1.26\n"
