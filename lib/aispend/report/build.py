"""Building every report that is stale, several at a time, so that no failure harms another report."""

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from aispend.errors import AiSpendError, BadSpec
from aispend.report import headlines, index, keys
from aispend.report.keys import Cell
from aispend.report.project import Project, only_one_build, remove_unfinished, write_whole
from aispend.report.spec import (
    Spec,
    check_parameters,
    find_specs,
    nearest,
    notebook_parameters,
    read_spec,
)

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from aispend.report.page import Origin, PageExporter

# papermill, nbconvert and Jinja are imported only where something has to be built: finding out
# that nothing has to takes a tenth of their import time.


@dataclass
class Summary:
    """What a build did, by name of report; `differences` are of headlines.json, one line each."""

    built: list[str] = field(default_factory=list)
    current: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Plan:
    """What there is to do: the readable specs with their keys, and why others are not readable."""

    inputs: str
    specs: dict[str, Spec] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    cells: dict[str, list[Cell]] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        return sorted([*self.specs, *self.refused])


def build(
    project: Project,
    *,
    only: Iterable[str] = (),
    check: bool = False,
    cell_timeout: float | None = None,
    say: Callable[[str], None] = print,
) -> Summary:
    """Build the reports that are stale, and with them headlines.json and the index.

    `only` names the reports to look at; `check` compares headlines.json and does not write it;
    `cell_timeout` is in seconds; `say` takes one line of progress at a time. A report that fails
    keeps the page it had.

    Raises BadSpec if `only` names no report, OSError if nothing can be written.
    """
    with only_one_build(project, say):
        remove_unfinished(project)
        plan = _plan(project)
        chosen = _chosen(plan, only)
        results = {name: keys.read_result(project, name) for name in plan.specs}
        summary = Summary()
        stale = []
        for name in chosen:
            result = results.get(name)
            if name in plan.refused:
                _fail(project, name, plan.refused[name], summary, say)
            elif result and result.key == plan.keys[name]:
                summary.current.append(name)
                _forget_failure(project, name)
            else:
                stale.append(name)
        if stale:
            _Builder(project, plan, summary, say, cell_timeout).build(stale)
            results |= {name: keys.read_result(project, name) for name in summary.built}
        _remove_orphans(project, plan.names)
        _settle_headlines(project, plan, results, summary, check=check, say=say)
        _refresh_index(project, plan, results)
        return summary


def check_specs(project: Project) -> tuple[int, list[str]]:
    """Check every specification with its notebook's parameters: how many there are, and what is refused."""
    declared = _Declared(project)
    messages, paths = [], find_specs(project)
    for path in paths:
        try:
            spec = read_spec(project, path)
            keys.notebook_cells(project, spec.notebook)
            check_parameters(project, spec, declared.of(spec.notebook))
        except BadSpec as error:
            messages.append(str(error))
    return len(paths), messages


def _plan(project: Project) -> _Plan:
    plan = _Plan(keys.inputs_key(project))
    for path in find_specs(project):
        try:
            spec = read_spec(project, path)
            if spec.notebook not in plan.cells:
                plan.cells[spec.notebook] = keys.notebook_cells(project, spec.notebook)
            plan.keys[path.stem] = keys.report_key(plan.inputs, spec, plan.cells[spec.notebook])
            plan.specs[path.stem] = spec
        except BadSpec as error:
            plan.refused[path.stem] = str(error)
    return plan


def _chosen(plan: _Plan, only: Iterable[str]) -> list[str]:
    wanted = list(only)
    for name in wanted:
        if name not in plan.names:
            raise BadSpec(f"there is no report {name!r}{nearest(name, plan.names)}; see reports/specs/")
    return sorted(set(wanted)) if wanted else plan.names


class _Declared:
    """The parameters of notebooks, each notebook inspected once."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._known: dict[str, Any] = {}

    def of(self, notebook: str) -> dict[str, Any]:
        if notebook not in self._known:
            self._known[notebook] = notebook_parameters(self._project, notebook)
        return self._known[notebook]


class _Builder:
    """Runs stale notebooks in threads and writes their pages one by one as they come in."""

    def __init__(
        self, project: Project, plan: _Plan, summary: Summary, say: Callable[[str], None], cell_timeout: float | None
    ) -> None:
        from aispend.report import page, run

        self._run = run
        self._project, self._plan, self._summary, self._say = project, plan, summary, say
        self._declared = _Declared(project)
        self._exporter: PageExporter = page.PageExporter(project)
        self._origin: Origin = page.Origin(**_origin(project))
        self._cell_timeout = cell_timeout or run.CELL_TIMEOUT

    def build(self, stale: list[str]) -> None:
        with self._run.same_surroundings(self._project.root, self._project.html / ".kernels"):
            for name, future in self._running(self._accepted(stale)):
                done = len(self._summary.built) + len(self._summary.failed) + 1
                self._finish(name, future, f"[{done}/{len(stale)}] {name}")

    def _accepted(self, stale: list[str]) -> list[str]:
        accepted = []
        for name in stale:
            spec = self._plan.specs[name]
            try:
                check_parameters(self._project, spec, self._declared.of(spec.notebook))
                accepted.append(name)
            except BadSpec as error:
                _fail(self._project, name, str(error), self._summary, self._say)
        return accepted

    def _running(self, names: list[str]) -> Iterator[tuple[str, "Future[tuple[NotebookNode, float]]"]]:
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        # One more than cores, because a kernel that starts or stops mostly waits.
        pool = ThreadPoolExecutor(cores + 1)
        futures = {pool.submit(self._execute, name): name for name in names}
        try:
            for future in as_completed(futures):
                yield futures[future], future
        except BaseException:
            # Kernels that still run end by themselves once this process, their parent, has gone.
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        pool.shutdown()

    def _execute(self, name: str) -> "tuple[NotebookNode, float]":
        started = time.monotonic()
        spec = self._plan.specs[name]
        path = self._project.notebooks / f"{spec.notebook}.ipynb"
        notebook = self._run.run_notebook(path, spec.parameters, cell_timeout=self._cell_timeout)
        return notebook, time.monotonic() - started

    def _finish(self, name: str, future: "Future[tuple[NotebookNode, float]]", line: str) -> None:
        notebook = None
        try:
            notebook, seconds = future.result()
            self._write(name, notebook)
        except Exception as error:  # noqa: BLE001 (whatever one report meets, the others are still to be built)
            self._say(f"{line}  FAILED")
            notebook = getattr(error, "notebook", notebook)
            kind = "" if isinstance(error, AiSpendError) else f"{type(error).__name__}: "
            _fail(self._project, name, f"{name}: {kind}{error}", self._summary, self._say, notebook=notebook)
            return
        self._summary.built.append(name)
        self._say(f"{line}  built in {seconds:.1f} s")
        for warning in self._run.warnings_of(notebook):
            self._say(f"    {name}: {warning}")

    def _write(self, name: str, notebook: "NotebookNode") -> None:
        spec = self._plan.specs[name]
        values = headlines.recorded(notebook.cells)
        page = self._exporter.page(spec, notebook, self._declared.of(spec.notebook), self._origin).encode()
        picture = index.first_picture(notebook)
        if picture:
            write_whole(self._project.thumbnail(name), picture)
        else:
            self._project.thumbnail(name).unlink(missing_ok=True)
        write_whole(self._project.page(name), page)
        # The result comes last: it is the promise that all before it is there.
        keys.write_result(self._project, name, keys.Result(self._plan.keys[name], keys.page_hash(page), values))
        _forget_failure(self._project, name)


def _origin(project: Project) -> dict[str, str]:
    import platform

    contract = json.loads((project.data / "datapackage.json").read_text(encoding="utf-8"))
    rates = [r for r in contract["resources"] if "eurofxref" in r.get("path", "")]
    return {
        "data_version": keys.data_version(project),
        "rates_until": rates[0]["vintage"] if rates else "not stated",
        "lock": sha256(project.lock_file.read_bytes()).hexdigest()[:12] if project.lock_file.exists() else "none",
        "python": platform.python_version(),
    }


def _fail(
    project: Project, name: str, message: str, summary: Summary, say: Callable[[str], None], *, notebook: Any = None
) -> None:
    say(message)
    summary.failed[name] = message
    try:
        write_whole(project.failure(name), json.dumps({"message": message}, ensure_ascii=False).encode())
        if notebook is not None:
            from nbformat import writes

            write_whole(project.failed_notebook(name), writes(notebook).encode())
            say(f"    the notebook as far as it ran: {project.shown(project.failed_notebook(name))}")
    except OSError as error:
        say(f"    and the failure could not be written down: {error}")


def _forget_failure(project: Project, name: str) -> None:
    project.failure(name).unlink(missing_ok=True)
    project.failed_notebook(name).unlink(missing_ok=True)


def _remove_orphans(project: Project, names: Iterable[str]) -> None:
    """Remove the pages of specifications that are gone; html/ holds nothing that was not built."""
    kept = {*names}
    built = (("", ".html"), (".keys", ".json"), ("thumbnails", ".svg"), (".failed", ".json"), (".failed", ".ipynb"))
    for folder, ending in built:
        for path in (project.html / folder).glob(f"*{ending}"):
            if path.name.removesuffix(ending) not in kept | {"index"}:
                path.unlink()


def _settle_headlines(
    project: Project, plan: _Plan, results: dict[str, keys.Result | None], summary: Summary, *, check: bool,
    say: Callable[[str], None],
) -> None:  # fmt: skip
    committed = headlines.read_headlines(project)
    collected = headlines.collect(project, plan.names, results)
    summary.differences = headlines.differences(committed, collected)
    if not check and headlines.write_headlines(project, collected):
        say(f"{project.shown(project.headlines)} changed ({len(summary.differences)} results); review it with git diff")


def _refresh_index(project: Project, plan: _Plan, results: dict[str, keys.Result | None]) -> None:
    entries = [
        index.entry(project, name, plan.specs.get(name), results.get(name), key=plan.keys.get(name))
        for name in plan.names
    ]
    titles = {n: keys.notebook_title(cells) or n for n, cells in plan.cells.items()}
    index.refresh_index(
        project, entries, notebook_titles=titles, inputs=plan.inputs, data_version=keys.data_version(project)
    )
