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
from aispend.report.plan import Plan, chosen, declared_parameters, make_plan
from aispend.report.project import Project, only_one_build, remove_unfinished, write_whole
from aispend.report.spec import check_parameters

if TYPE_CHECKING:
    from nbformat import NotebookNode

# papermill, nbconvert and Jinja are imported only where something has to be built: finding out
# that nothing has to takes a tenth of their import time.

Results = dict[str, keys.Result | None]


@dataclass
class Summary:
    """What a build did, by name of report; `differences` are of headlines.json, one line each."""

    built: list[str] = field(default_factory=list)
    current: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)


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
        work = _Build(project, make_plan(project), say)
        stale = work.stale(chosen(work.plan, only))
        if stale:
            from aispend.report.surroundings import same_surroundings

            with same_surroundings(project.root, project.html / ".kernels"):
                _Builder(work, cell_timeout).build(stale)
        _remove_orphans(project, work.plan.names)
        results = {name: keys.read_result(project, name) for name in work.plan.specs}
        _settle_headlines(work, results, check=check)
        _refresh_index(work, results)
        return work.summary


@dataclass
class _Build:
    """One run: what it is of, what there is to do, where it says what it does, what it has done."""

    project: Project
    plan: Plan
    say: Callable[[str], None]
    summary: Summary = field(default_factory=Summary)

    def stale(self, names: Iterable[str]) -> list[str]:
        """Those of the reports that have to be built; the others go into the summary."""
        stale = []
        for name in names:
            result = keys.read_result(self.project, name)
            if name in self.plan.refused:
                self.fail(name, self.plan.refused[name])
            elif result and result.key == self.plan.keys[name]:
                self.summary.current.append(name)
                self.forget_failure(name)
            else:
                stale.append(name)
        return stale

    def fail(self, name: str, message: str, notebook: Any = None) -> None:
        self.say(message)
        self.summary.failed[name] = message
        try:
            write_whole(self.project.failure(name), json.dumps({"message": message}, ensure_ascii=False).encode())
            if notebook is not None:
                from nbformat import writes

                ran = self.project.failed_notebook(name)
                write_whole(ran, writes(notebook).encode())
                self.say(f"    the notebook as far as it ran: {self.project.shown(ran)}")
        except OSError as error:
            self.say(f"    and the failure could not be written down: {error}")

    def forget_failure(self, name: str) -> None:
        self.project.failure(name).unlink(missing_ok=True)
        self.project.failed_notebook(name).unlink(missing_ok=True)


class _Builder:
    """Runs stale notebooks in threads and writes their pages one by one as they come in."""

    def __init__(self, work: _Build, cell_timeout: float | None) -> None:
        from aispend.report import page, run

        self._run, self._work, self._project = run, work, work.project
        self._declared = declared_parameters(work.project)
        self._exporter = page.PageExporter(work.project)
        self._origin = page.Origin(**_origin(work.project))
        self._cell_timeout = cell_timeout or run.CELL_TIMEOUT

    def build(self, stale: list[str]) -> None:
        summary = self._work.summary
        for name, future in self._running([name for name in stale if self._accepts(name)]):
            done = len(summary.built) + len(summary.failed) + 1
            self._finish(name, future, f"[{done}/{len(stale)}] {name}")

    def _accepts(self, name: str) -> bool:
        spec = self._work.plan.specs[name]
        try:
            check_parameters(self._project, spec, self._declared(spec.notebook))
        except BadSpec as error:
            self._work.fail(name, str(error))
            return False
        return True

    def _running(self, names: list[str]) -> Iterator[tuple[str, "Future[tuple[NotebookNode, float]]"]]:
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        # Two more than cores, because a kernel that starts or stops mostly waits.
        pool = ThreadPoolExecutor(cores + 2)
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
        spec = self._work.plan.specs[name]
        path = self._project.notebooks / f"{spec.notebook}.ipynb"
        notebook = self._run.run_notebook(path, spec.parameters, cell_timeout=self._cell_timeout)
        return notebook, time.monotonic() - started

    def _finish(self, name: str, future: "Future[tuple[NotebookNode, float]]", line: str) -> None:
        notebook = None
        try:
            notebook, seconds = future.result()
            self._write(name, notebook)
        except Exception as error:  # noqa: BLE001 (whatever one report meets, the others are still to be built)
            self._work.say(f"{line}  FAILED")
            kind = "" if isinstance(error, AiSpendError) else f"{type(error).__name__}: "
            self._work.fail(name, f"{name}: {kind}{error}", getattr(error, "notebook", notebook))
            return
        self._work.summary.built.append(name)
        self._work.say(f"{line}  built in {seconds:.1f} s")
        for warning in self._run.warnings_of(notebook):
            self._work.say(f"    {name}: {warning}")

    def _write(self, name: str, notebook: "NotebookNode") -> None:
        spec, key = self._work.plan.specs[name], self._work.plan.keys[name]
        values = headlines.recorded(notebook.cells)
        page = self._exporter.page(spec, notebook, self._declared(spec.notebook), self._origin).encode()
        picture = index.first_picture(notebook)
        if picture:
            write_whole(self._project.thumbnail(name), picture)
        else:
            self._project.thumbnail(name).unlink(missing_ok=True)
        write_whole(self._project.page(name), page)
        # The result comes last: it is the promise that all before it is there.
        keys.write_result(self._project, name, keys.Result(key, keys.page_hash(page), values))
        self._work.forget_failure(name)


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


def _remove_orphans(project: Project, names: Iterable[str]) -> None:
    """Remove the pages of specifications that are gone; html/ holds nothing that was not built."""
    kept = {*names, "index"}
    built = (("", ".html"), (".keys", ".json"), ("thumbnails", ".svg"), (".failed", ".json"), (".failed", ".ipynb"))
    for folder, ending in built:
        for path in (project.html / folder).glob(f"*{ending}"):
            if path.name.removesuffix(ending) not in kept:
                path.unlink()


def _settle_headlines(work: _Build, results: Results, *, check: bool) -> None:
    committed = headlines.read_headlines(work.project)
    # A report that failed speaks through what is committed, not through a page built from older inputs.
    fresh = {name: result for name, result in results.items() if result and result.key == work.plan.keys.get(name)}
    collected = headlines.collect(work.project, work.plan.names, fresh)
    differences = work.summary.differences = headlines.differences(committed, collected)
    if not check and headlines.write_headlines(work.project, collected):
        where = work.project.shown(work.project.headlines)
        work.say(f"{where} changed ({len(differences)} results); review it with git diff")


def _refresh_index(work: _Build, results: Results) -> None:
    project, plan = work.project, work.plan
    entries = [
        index.entry(project, name, plan.specs.get(name), results.get(name), key=plan.keys.get(name))
        for name in plan.names
    ]
    titles = {n: keys.notebook_title(cells) or n for n, cells in plan.cells.items()}
    index.refresh_index(
        project, entries, notebook_titles=titles, inputs=plan.inputs, data_version=keys.data_version(project)
    )
