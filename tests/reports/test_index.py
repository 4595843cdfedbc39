"""What the index says: order, words, states, and what changed against the committed results."""

import json
import subprocess
from collections.abc import Callable

import pytest
import yaml

from aispend.report.build import Summary, build
from aispend.report.headlines import read_headlines
from aispend.report.index import _actors, _in_order, entry
from aispend.report.project import Project, this_project
from aispend.report.results import Reading, changes, committed
from aispend.report.spec import Spec

READING = Reading({"ratio": ["budget over spending", "times"], "value": ["budget", "money"]}, {"currency": "KRW"}, {})
PLAN = yaml.safe_load((this_project().template / "index.yml").read_text(encoding="utf-8"))


def git(project: Project, *words: str) -> None:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run(["git", "-C", str(project.root), *identity, *words], check=True, capture_output=True)


def changed(before: dict, after: dict) -> list[tuple]:
    rows = changes(before, after, titles={"a": "Report A", "b": "Report B"}, readings={"a": READING, "b": READING})
    return [(row.reports, row.what, row.before, row.after, row.change) for row in rows]


def test_every_committed_result_has_words() -> None:
    nameless = {
        (notebook, result)
        for report, results in read_headlines(this_project()).items()
        for notebook in [report.split(".")[0]]
        for result in results
        if result != "headline" and Reading(PLAN["results"].get(notebook, {}), {}, {}).said(result) == (result.replace("_", " "), "")
        and result not in PLAN["results"].get(notebook, {})
    }  # fmt: skip
    assert nameless == set()


def test_every_notebook_of_the_plan_is_there() -> None:
    named = [notebook for section in PLAN["sections"] for notebook in section["notebooks"]]
    assert sorted(named) == sorted(path.stem for path in this_project().notebooks.glob("*.ipynb"))


def test_the_order_is_that_of_the_sections_with_dollars_first(project: Project) -> None:
    specs = [Spec(f"{n}.{c.lower()}", n, n, {"currency": c}) for n in ("01_money", "10_overview", "99_new") for c in ("CNY", "USD")]
    entries = [entry(project, spec.name, spec, None, key=None) for spec in specs]
    assert [e.name for e in _in_order(entries, PLAN["sections"])] == [
        "10_overview.usd", "10_overview.cny", "01_money.usd", "01_money.cny", "99_new.usd", "99_new.cny",
    ]  # fmt: skip


def test_actors_come_from_actor_programme_and_fact_ids() -> None:
    ids = {"openai": "openai", "fund": "korea", "capex": "alphabet"}
    assert _actors({"peer": "openai", "sums": ["fund", "other"], "spending": "capex", "n": 3}, ids) == ["openai", "korea", "alphabet"]


def test_a_changed_number_is_told_with_old_new_and_per_cent() -> None:
    before, after = {"a": {"ratio": 40.0, "value": 3.3e12}}, {"a": {"ratio": 30.0, "value": 3.3e12}}
    assert changed(before, after) == [(("Report A",), "budget over spending", "40 times", "30 times", "−25 %")]
    assert changed(after, after) == []


def test_a_change_beyond_three_digits_is_shown_in_full() -> None:
    assert changed({"a": {"ratio": 9.27069}}, {"a": {"ratio": 9.27111}}) == [
        (("Report A",), "budget over spending", "9.27069", "9.27111", "+0.00453 %")
    ]


def test_alike_changes_share_a_row_and_texts_and_missing_ones_are_told() -> None:
    before = {"a": {"ratio": 2.0, "headline": "Twice", "old": 1}, "b": {"ratio": 2.0}, "gone": {"n": 1, "m": 2}}
    after = {"a": {"ratio": 3.0, "headline": "Three times", "value": 5e9}, "b": {"ratio": 3.0}}
    assert set(changed(before, after)) == {
        (("Report A", "Report B"), "budget over spending", "2 times", "3 times", "+50 %"),
        (("Report A",), "its finding", "Twice", "Three times", ""),
        (("Report A",), "old", "1", "", "gone"),
        (("Report A",), "budget", "", "KRW 5 bn", "new"),
        (("gone",), "the whole report", "2 results", "", "gone"),
    }


def test_nothing_is_compared_without_a_commit(first_build: tuple[Project, Summary, list[str]]) -> None:
    assert committed(first_build[0]) is None
    assert "Not compared" in first_build[0].page("index").read_text(encoding="utf-8")


def test_the_index_compares_with_the_last_commit_however_often_it_is_built(built: Project, no_kernel: None) -> None:
    git(built, "init", "--quiet")
    git(built, "add", "reports/headlines.json")
    git(built, "commit", "--quiet", "--message", "numbers")
    build(built, say=lambda _: None)
    assert "Nothing: every number is as" in built.page("index").read_text(encoding="utf-8")

    older = json.loads(built.headlines.read_text())
    older["10_tiny.krw"]["ratio"] = 0.2
    built.headlines.write_text(json.dumps(older))
    git(built, "commit", "--quiet", "--all", "--message", "other numbers")
    for _ in range(2):
        build(built, say=lambda _: None)
        page = built.page("index").read_text(encoding="utf-8")
        assert "<td>ratio</td><td>0.2</td><td>0.167</td><td>−16.7 %</td>" in page and "1 difference from" in page


def test_a_refused_and_a_failed_report_say_so_with_the_day(
    built: Project, add_spec: Callable[..., None], broken: Callable[[str], str]
) -> None:
    add_spec(built, "10_tiny.krw", broken("spec_unknown_key.yml"))
    add_spec(built, "10_tiny.eur", "notebook: 10_tiny\ntitle: In EUR\nparameters: {currency: EUR, divisor: 0}\n")
    add_spec(built, "10_tiny.new", broken("spec_list.yml"))
    build(built, say=lambda _: None)
    page = built.page("index").read_text(encoding="utf-8")
    day = json.loads(built.failure("10_tiny.eur").read_text())["failed_at"]
    assert f'Out of date: the last build failed on <time datetime="{day}">{day[:10]}</time>' in page
    assert "Not built: the build failed on" in page and "unknown key" in page and "ZeroDivisionError" in page
    assert "3 of 4 pages are not up to date" in page
    assert '<a href="#10_tiny.eur">In EUR</a>' in page and 'id="10_tiny.eur"' in page


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [(16687500000.0, "money", "KRW 16.7 bn"), (0.00123904, "share", "0.124 %"), (-0.106961, "share", "−10.7 %"),
     (0.0259327, "times", "2.59 %"), (1452.05, "won per euro", "1,452 won per euro"), (448, "", "448"), (None, "days", "no number")],
)  # fmt: skip
def test_values_are_told_in_three_digits_with_their_unit(value: float | None, unit: str, shown: str) -> None:
    assert READING.shown(value, unit) == shown
