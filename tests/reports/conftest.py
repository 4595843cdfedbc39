"""A project of three tiny reports in a temporary folder, built once for all tests."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import v4

from aispend.report.build import Summary, build
from aispend.report.keys import page_hash
from aispend.report.project import Project, this_project

RECORD = "application/vnd.aispend.record+json"
PARAMETERS = '''\
currency: str = "USD"  # currency of the page
years: list[int] = [2025]  # calendar years shown
divisor: float = 2  # 0 makes the last cell fail
note: "Optional[str]" = None  # shown below the table
'''
# What differs from run to run unless the build takes care: order of a set, an address in memory,
# the clock's zone, where charts are drawn, the id of a styled table.
WORK = '''\
import os, time
import pandas as pd
from IPython.display import HTML, display
print({"Korea", "Alphabet", "OpenAI", "DeepSeek"}, object(), time.tzname, os.environ["MPLBACKEND"])
display(HTML('<figure><svg viewBox="0 0 9 9"><circle r="3"/></svg></figure>'))
display(pd.DataFrame({"amount": [3.3]}, index=["Korea"]).style.highlight_max())
'''
LAST = f'''\
share = 1
ratio = share / divisor
display({{"{RECORD}": {{"ratio": ratio / 3, "headline": f"A half in {{currency}}"}}, "text/plain": "ratio"}}, raw=True)
'''


# `python -m aispend` for a project in another folder.
COMMAND = """
import sys
from pathlib import Path
import aispend.report.project as project
from aispend.__main__ import main
root = Path(sys.argv[1])
project.this_project = lambda: project.Project(root, library=root / "lib")
sys.exit(main(sys.argv[2:]))
"""


def code(source: str, *tags: str) -> nbformat.NotebookNode:
    cell = v4.new_code_cell(source)
    cell.metadata["tags"] = list(tags)
    return cell


def write_notebook(path: Path, *cells: nbformat.NotebookNode) -> None:
    notebook = v4.new_notebook(cells=list(cells))
    notebook.metadata["kernelspec"] = {"name": "python3", "language": "python", "display_name": "Python 3"}
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)


def write_spec(project: Project, name: str, content: str) -> None:
    project.specs.mkdir(parents=True, exist_ok=True)
    (project.specs / f"{name}.yml").write_text(content, encoding="utf-8")


def make_project(root: Path) -> Project:
    """One notebook, three specs; a small library of its own, so that no edit elsewhere makes it stale."""
    project = Project(root, library=root / "lib")
    project.library.mkdir(parents=True)
    (project.library / "code.py").write_text("answer = 42\n")
    (project.data / "raw").mkdir(parents=True)
    (project.data / "raw" / "rates.zip").write_bytes(b"rates")
    rates = '{"resources": [{"path": "raw/eurofxref-hist.zip", "vintage": "2026-10-30"}]}'
    (project.data / "datapackage.json").write_text(rates)
    project.lock_file.write_text("locked\n")
    shutil.copytree(this_project().template, project.template)
    title = v4.new_markdown_cell("# Three reports\n\nWhat *Korea* spends.\n\n## In money")
    write_notebook(project.notebooks / "10_tiny.ipynb", title, code(PARAMETERS, "parameters"), code(WORK), code(LAST))
    for variant, currency in (("eur", "EUR"), ("krw", "KRW"), ("usd", "USD")):
        write_spec(project, f"10_tiny.{variant}", f"notebook: 10_tiny\ntitle: In {currency}\nparameters: {{currency: {currency}}}\n")
    return project


@pytest.fixture(scope="session")
def first_build(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, Summary, list[str]]:
    """The project, what its first build did and the lines it said; not to be changed."""
    project, said = make_project(tmp_path_factory.mktemp("reports") / "project"), []
    return project, build(project, say=said.append), said


@pytest.fixture
def built(first_build: tuple[Project, Summary, list[str]], tmp_path: Path) -> Project:
    """A copy of the built project that a test may change."""
    root = tmp_path / "project"
    shutil.copytree(first_build[0].root, root, ignore=shutil.ignore_patterns(".sockets"))
    return Project(root, library=root / "lib")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """The project before its first build."""
    return make_project(tmp_path / "fresh")


@pytest.fixture
def add_spec() -> Callable[[Project, str, str], None]:
    return write_spec


@pytest.fixture
def add_notebook() -> Callable[..., None]:
    """add_notebook(project, name, *sources): the first source is the parameters cell."""

    def add(project: Project, name: str, parameters: str, *sources: str) -> None:
        cells = [v4.new_markdown_cell("# A notebook"), code(parameters, "parameters"), *map(code, sources)]
        write_notebook(project.notebooks / f"{name}.ipynb", *cells)

    return add


@pytest.fixture
def command() -> str:
    return COMMAND


@pytest.fixture
def start() -> Callable[..., subprocess.Popen[str]]:
    """start(project, *arguments, **options of Popen) runs `python -m aispend` in a process and session of its own."""

    def start(project: Project, *arguments: str, env: dict[str, str] | None = None, **options: Any) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", COMMAND, str(project.root), *arguments]
        silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return subprocess.Popen(command, env=os.environ | (env or {}), text=True, start_new_session=True, **silent | options)

    return start


@pytest.fixture
def run(start: Callable[..., subprocess.Popen[str]]) -> Callable[..., tuple[int, str, str]]:
    """run(project, *arguments, **options of Popen) waits and gives the exit code and what was said on both streams."""

    def run(project: Project, *arguments: str, **options: Any) -> tuple[int, str, str]:
        with start(project, *arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options) as process:
            output, errors = process.communicate(timeout=90)
        return process.returncode, output, errors

    return run


@pytest.fixture
def make_older() -> Callable[[Project], None]:
    """Put pages in place that older inputs made, so that a whole build of the project gives what it gave at first."""

    def make_older(project: Project) -> None:
        for path in sorted((project.html / ".keys").glob("10_*.json")):
            page = project.page(path.stem).read_bytes().replace(b"<h1>In ", b"<h1>Earlier in ")
            project.page(path.stem).write_bytes(page)
            path.write_text(json.dumps(json.loads(path.read_text()) | {"key": "older", "page_hash": page_hash(page)}))

    return make_older


@pytest.fixture
def no_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any attempt to run a notebook fails the test."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a notebook was run")

    monkeypatch.setattr("aispend.report.run.run_notebook", refuse)


@pytest.fixture
def broken() -> Callable[[str], str]:
    """The content of a file in tests/broken/."""
    folder = Path(__file__).resolve().parents[1] / "broken"
    return lambda name: (folder / name).read_text(encoding="utf-8")
