"""The rules of the notebooks: prose with evidence, short cells, typed parameters, committed executed and in order."""

import re
from collections.abc import Callable
from pathlib import Path
from statistics import median

import nbformat
import pytest
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
BROKEN = ROOT / "tests" / "broken" / "notebooks"

AMOUNT = re.compile(r"(?:US\$|[$€₩¥£]|USD|EUR|KRW|CNY)\s?\d|\d[\d.,]*\s*(?:bn|tn|million|billion|trillion)\b", re.I)
PARAMETER = re.compile(r"^\w+: \S.* = .+  # \S.+$")


def code(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def prose(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "markdown"]


def starts_with_its_title(notebook: NotebookNode) -> bool:
    first = notebook.cells[0]
    return first.cell_type == "markdown" and first.source.startswith("# ") and not any(re.search(r"^# ", cell.source, re.M) for cell in prose(notebook)[1:])


def imports_once(notebook: NotebookNode) -> bool:
    return sum(bool(re.search(r"^(import|from) ", cell.source, re.M)) for cell in code(notebook)) == 1


def has_one_cell_of_typed_explained_parameters(notebook: NotebookNode) -> bool:
    tagged = [cell for cell in code(notebook) if "parameters" in cell.metadata.get("tags", [])]
    return len(tagged) == 1 and all(PARAMETER.match(line) for line in tagged[0].source.splitlines())


def has_short_cells(notebook: NotebookNode) -> bool:
    lines = [sum(bool(line.strip()) for line in cell.source.splitlines()) for cell in code(notebook)]
    return max(lines) <= 15 and median(lines) <= 8


def defines_nothing(notebook: NotebookNode) -> bool:
    return not any(re.search(r"^\s*(def|class) |\blambda\b", cell.source, re.M) for cell in code(notebook))


def names_no_path(notebook: NotebookNode) -> bool:
    return not any(re.search(r"""["'](?:\.{0,2}/|[A-Z]:\\)|\.csv\b|open\(""", cell.source) for cell in code(notebook))


def types_no_amount_in_prose(notebook: NotebookNode) -> bool:
    return not any(AMOUNT.search(re.sub(r"^#.*$", "", cell.source, flags=re.M)) for cell in prose(notebook))


def has_no_dollar_sign_in_prose(notebook: NotebookNode) -> bool:
    return not any("$" in cell.source for cell in prose(notebook))


def is_executed_in_order(notebook: NotebookNode) -> bool:
    return [cell.execution_count for cell in code(notebook)] == list(range(1, len(code(notebook)) + 1))


def has_outputs(notebook: NotebookNode) -> bool:
    return sum(bool(cell.outputs) for cell in code(notebook)) >= len(code(notebook)) / 2


def ran_without_error_or_warning(notebook: NotebookNode) -> bool:
    outputs = [output for cell in code(notebook) for output in cell.outputs]
    return not any(output.output_type == "error" or output.get("name") == "stderr" for output in outputs)


def checks_itself(notebook: NotebookNode) -> bool:
    return any(re.search(r"^\s*assert ", cell.source, re.M) for cell in code(notebook))


def publishes_its_headline(notebook: NotebookNode) -> bool:
    recorded = [output.data for cell in code(notebook) for output in cell.outputs if "data" in output]
    return any("headline" in data.get("application/vnd.aispend.record+json", {}) for data in recorded)


RULES: tuple[Callable[[NotebookNode], bool], ...] = (
    starts_with_its_title, imports_once, has_one_cell_of_typed_explained_parameters, has_short_cells, defines_nothing,
    names_no_path, types_no_amount_in_prose, has_no_dollar_sign_in_prose, is_executed_in_order, has_outputs,
    ran_without_error_or_warning, checks_itself, publishes_its_headline,
)


def test_there_are_notebooks():
    assert {"01_money", "10_overview", "20_peer"} <= {path.stem for path in NOTEBOOKS}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_keeps_the_rules(path: Path, rule: Callable[[NotebookNode], bool]):
    assert rule(nbformat.read(path, as_version=4))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_rule_refuses_its_bad_notebook_and_only_that_rule(rule: Callable[[NotebookNode], bool]):
    notebook = nbformat.read(BROKEN / f"{rule.__name__}.ipynb", as_version=4)
    assert [other.__name__ for other in RULES if not other(notebook)] == [rule.__name__]
