"""Named results: rounding, duplicates, partial builds and the comparison with what is committed."""

import json
from collections.abc import Callable

import pytest

from aispend.errors import AiSpendError
from aispend.report.build import Summary, build
from aispend.report.headlines import RECORD, collect, differences, recorded, write_headlines
from aispend.report.keys import Result
from aispend.report.project import Project

SILENT: Callable[[str], None] = lambda _: None  # noqa: E731


def cell(**values: object) -> dict:
    return {"outputs": [{"output_type": "display_data", "data": {RECORD: values, "text/plain": "x"}}]}


def test_reports_read_what_exhibits_write() -> None:
    from aispend.exhibit import RECORD_TYPE

    assert RECORD == RECORD_TYPE


def test_floats_keep_six_digits_and_the_rest_stays() -> None:
    values = recorded([cell(a=1234567.89, b=0.000123456789), {"outputs": []}, {}, cell(c=12345678, d="x", e=[1.23456789])])
    assert values == {"a": 1234570.0, "b": 0.000123457, "c": 12345678, "d": "x", "e": [1.23457]}


def test_a_name_twice_is_refused() -> None:
    with pytest.raises(AiSpendError, match="the result 'ratio' is recorded twice"):
        recorded([cell(ratio=1), cell(ratio=1)])


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_number_json_cannot_hold_is_refused(value: float) -> None:
    with pytest.raises(AiSpendError, match="the result 'ratio' is (nan|inf)"):
        recorded([cell(ratio=[value])])


def test_the_file_is_sorted_and_rounded(first_build: tuple[Project, Summary, list[str]]) -> None:
    project, _, said = first_build
    text = project.headlines.read_text(encoding="utf-8")
    assert json.loads(text) == {
        f"10_tiny.{c.lower()}": {"headline": f"A half in {c}", "ratio": 0.166667} for c in ("EUR", "KRW", "USD")
    }
    assert text.endswith("}\n") and text.index("10_tiny.eur") < text.index("10_tiny.krw")
    assert "reports/headlines.json changed (6 results); review it with git diff" in said


def test_a_partial_build_keeps_the_others_as_committed(project: Project) -> None:
    project.headlines.write_text('{"10_tiny.eur": {"ratio": 1}, "10_tiny.krw": {"ratio": 2}, "gone": {"ratio": 3}}')
    results = {"10_tiny.eur": Result("k", "p", {"ratio": 9}), "10_tiny.krw": None}
    assert collect(project, ["10_tiny.eur", "10_tiny.krw"], results) == {
        "10_tiny.eur": {"ratio": 9},
        "10_tiny.krw": {"ratio": 2},
    }


def test_it_is_not_rewritten_without_a_change(built: Project) -> None:
    before = built.headlines.stat().st_mtime_ns
    assert write_headlines(built, json.loads(built.headlines.read_text())) is False
    assert built.headlines.stat().st_mtime_ns == before


def test_its_order_is_that_of_names(project: Project) -> None:
    write_headlines(project, {"b": {"z": 1, "a": 2}, "a": {"n": "예산"}})
    expected = '{\n "a": {\n  "n": "예산"\n },\n "b": {\n  "a": 2,\n  "z": 1\n }\n}\n'
    assert project.headlines.read_text(encoding="utf-8") == expected


def test_check_reports_a_difference_and_does_not_write(built: Project, no_kernel: None) -> None:
    changed = built.headlines.read_text().replace("0.166667", "0.166668", 1)
    built.headlines.write_text(changed)
    summary = build(built, check=True, say=SILENT)
    assert summary.differences == ["10_tiny.eur: ratio: 0.166668 -> 0.166667"]
    assert built.headlines.read_text() == changed


def test_differences_name_what_came_and_went() -> None:
    assert differences({"a": {"n": None}, "b": {"n": 1}}, {"a": {}}) == ["a: n: None -> (absent)", "b: n: 1 -> (absent)"]


def test_an_unresolved_merge_is_named(built: Project, no_kernel: None) -> None:
    built.headlines.write_text("<<<<<<< ours\n")
    with pytest.raises(AiSpendError, match=r"reports/headlines.json is not JSON .*; mend it"):
        build(built, say=SILENT)
