"""Specifications: what is refused, with which message, and what reaches the notebook."""

from collections.abc import Callable
from typing import Any

import pytest

from aispend.errors import BadSpec
from aispend.report.plan import check_specs
from aispend.report.project import Project, this_project
from aispend.report.spec import fits_type, notebook_parameters, read_spec

REFUSED = {
    "unknown_key": "unknown key 'parameter'; did you mean 'parameters'?; the keys are notebook, title, parameters",
    "no_such_notebook": "there is no notebook '10_tyni'; did you mean '10_tiny'?; the notebooks are 10_tiny",
    "no_title": '`title` must be a text, found nothing; write title: "..."',
    "title_is_a_number": "`title` must be a text, found int 2025",
    "key_twice": "line 4: the key 'currency' is given twice; keep one",
    "list": "expected the keys notebook, title, parameters, found list",
    "empty": "expected the keys notebook, title, parameters, found nothing",
    "not_yaml": "not readable as YAML in UTF-8: while scanning a quoted scalar",
    "python_object": "not readable as YAML in UTF-8: could not determine a constructor",
    "set": "`years` is set {2024, 2025}; use text, numbers, dates, lists and mappings",
    "parameters_list": "`parameters` must be a mapping of names to values, found list",
    "parameter_name_is_a_number": "the name 2025 in `parameters` is int 2025; put it in quotes",
    "unknown_parameter": "notebook 10_tiny has no parameter 'curency'; did you mean 'currency'?; "
    "its parameters are currency, years, divisor, note",
    "wrong_type": "parameter `years` must be list[int], found str '2024, 2025'",
    "wrong_item_type": "parameter `years` must be list[int], found list [2024, '2025']",
    "country_read_as_no": "parameter `currency` must be str, found bool False; put it in quotes",
    "boolean_for_a_number": "parameter `divisor` must be float, found bool True",
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_bad_specification_is_refused_by_name(
    project: Project, add_spec: Callable[..., None], broken: Callable[[str], str], case: str
) -> None:
    add_spec(project, "10_tiny.case", broken(f"spec_{case}.yml"))
    _, (message,) = check_specs(project)
    assert message.startswith(f"reports/specs/10_tiny.case.yml: {REFUSED[case]}")


def test_every_broken_specification_has_its_message() -> None:
    files = (this_project().root / "tests" / "broken").glob("spec_*.yml")
    assert {path.stem.removeprefix("spec_") for path in files} == set(REFUSED)


@pytest.mark.parametrize("name", ["20_other.krw", "10_tiny", "10_tiny.a b"])
def test_a_file_is_called_after_its_notebook(project: Project, add_spec: Callable[..., None], name: str) -> None:
    add_spec(project, name, "notebook: 10_tiny\ntitle: A report\n")
    _, (message,) = check_specs(project)
    assert "the file must be called 10_tiny.<variant>.yml" in message


def test_another_ending_is_not_overlooked(project: Project) -> None:
    (project.specs / "10_tiny.krw.yml").rename(project.specs / "10_tiny.krw.yaml")
    _, (message,) = check_specs(project)
    assert message == "reports/specs/10_tiny.krw.yaml: the ending is not .yml; rename the file"


def test_dates_become_text_and_unicode_stays(project: Project, add_spec: Callable[..., None]) -> None:
    add_spec(project, "10_tiny.dates", "notebook: 10_tiny\ntitle: 예산\nparameters: {day: 2025-03-03, days: [2025-01-01], note: 원}\n")
    spec = read_spec(project, project.specs / "10_tiny.dates.yml")
    assert spec.title == "예산"
    assert spec.parameters == {"day": "2025-03-03", "days": ["2025-01-01"], "note": "원"}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("currency = 'USD'  # no type", "currency"),
        ("currency: str = 'USD'", "currency"),
        ("currency: str | None = None  # a type papermill does not read", "currency"),
        ("query: str = 'a=b'  # two equal signs", "query"),
    ],
)
def test_a_parameter_papermill_would_lose_is_refused(
    project: Project, add_notebook: Callable[..., None], line: str, reason: str
) -> None:
    add_notebook(project, "20_other", line)
    with pytest.raises(BadSpec, match=rf"notebooks/20_other.ipynb: the parameter `{reason}` must be one line"):
        notebook_parameters(project, "20_other")


def test_a_parameters_cell_that_is_not_python_is_refused(project: Project, add_notebook: Callable[..., None]) -> None:
    add_notebook(project, "20_other", "currency: str = ")
    with pytest.raises(BadSpec, match="20_other.ipynb: the cell tagged `parameters` is not Python"):
        notebook_parameters(project, "20_other")


def test_parameters_keep_their_order_and_help(project: Project) -> None:
    declared = notebook_parameters(project, "10_tiny")
    assert [(p.name, p.type, p.default) for p in declared.values()] == [
        ("currency", "str", '"USD"'), ("years", "list[int]", "[2025]"), ("divisor", "float", "2"),
        ("note", "Optional[str]", "None"),
    ]  # fmt: skip
    assert declared["years"].help == "calendar years shown"


def test_a_file_that_is_no_notebook_is_refused(project: Project) -> None:
    (project.notebooks / "10_tiny.ipynb").write_text("<<<<<<< merge")
    assert all("notebooks/10_tiny.ipynb is not a notebook" in message for message in check_specs(project)[1])


@pytest.mark.parametrize(
    ("value", "annotation", "fits"),
    [
        (1, "float", True), (1.0, "int", False), (True, "bool", True), (1, "bool", False), (True, "float", False),
        ([], "list[str]", True), ({"a": 1}, "dict[str, int]", True), ({"a": "1"}, "dict[str, int]", False),
        ({1: 1}, "dict[str, int]", False), ([[1]], "list[list[int]]", True), (None, "str", False), ({}, "dict", True),
        ("a", "Optional[str]", True), (1, "Optional[str]", False),
    ],
)  # fmt: skip
def test_types(value: Any, annotation: str, fits: bool) -> None:
    assert fits_type(value, annotation) is fits


@pytest.mark.parametrize("annotation", ["date", "tuple[int]", "set", "list[date]", "dict[str]", ""])
def test_a_type_that_yaml_cannot_give_is_refused(annotation: str) -> None:
    with pytest.raises(BadSpec, match="is not one of str, int"):
        fits_type({"a": 1} if annotation.startswith("dict") else [1], annotation)
