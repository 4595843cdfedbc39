"""Building every report that is stale, several at a time, so that no failure harms another report."""

from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future, as_completed
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from aispend.errors import AiSpendError, BadSpec
from aispend.report import downloads, failures, headlines, index, keys
from aispend.report.freshness import rates_until
from aispend.report.plan import Plan, chosen, declared_parameters, make_plan
from aispend.report.project import Project, only_one_build, remove_leftovers, write_whole
from aispend.report.spec import Spec, check_parameters

if TYPE_CHECKING:
    from nbformat import NotebookNode

# papermill, nbconvert and Jinja are imported only where something has to be built: finding out
# that nothing has to takes a tenth of their import time.

Results = dict[str, keys.Result | None]
# An executed notebook and the seconds it took.
Run = tuple["NotebookNode", float]
Task = Callable[[Project, Spec, str, float], Run]
Track = Callable[[Iterable[Any], int], Iterable[Any]]


@dataclass
class Summary:
    """What a build did, by name of report; `differences` are of headlines.json, one line each."""

    built: list[str] = field(default_factory=list)
    current: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)

    def line(self) -> str:
        """The numbers in one line, with the names of what failed."""
        names = ": " + ", ".join(sorted(self.failed)) if self.failed else ""
        return f"{len(self.built)} built, {len(self.current)} up to date, {len(self.failed)} failed{names}"

    def record(self) -> dict[str, Any]:
        """The whole of it for a program that watches, with the cell each failure names."""
        failed = {name: {"message": text, "cell": failures.failed_cell(text)} for name, text in self.failed.items()}
        return {"built": self.built, "current": self.current, "failed": failed, "differences": self.differences}


def build(
    project: Project,
    *,
    only: Iterable[str] = (),
    check: bool = False,
    scheduler: str | None = None,
    cell_timeout: float | None = None,
    say: Callable[[str], None] = print,
    track: Track = lambda done, total: done,
) -> Summary:
    """Build the reports that are stale, and with them headlines.json and the index.

    `only` names the reports to look at; `check` compares headlines.json and does not write it;
    `scheduler` is the address of a Dask cluster to run notebooks on, else they run here; `cell_timeout`
    is in seconds; `say` takes one line of progress at a time, `track` goes round what comes in and
    gets its number beforehand, as tqdm does. A report that fails keeps the page it had.

    Raises BadSpec if `only` names no report, OSError if nothing can be written.
    """
    with only_one_build(project, say):
        remove_leftovers(project)
        work = _Build(project, make_plan(project), say)
        stale = work.stale(chosen(work.plan, only))
        if stale:
            from aispend.report import cluster

            with cluster.cluster(scheduler) if scheduler else cluster.this_machine(project) as pool:
                task = cluster.run_there if scheduler else cluster.run_here
                _Builder(work, pool, task, cell_timeout).build(stale, track)
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
                failures.forget_failure(self.project, name)
            else:
                stale.append(name)
        return stale

    def fail(self, name: str, message: str, notebook: Any = None) -> None:
        self.say(message)
        self.summary.failed[name] = message
        try:
            failures.write_failure(self.project, name, message)
            if notebook is not None:
                ran = failures.write_failed_notebook(self.project, name, notebook)
                self.say(f"    the notebook as far as it ran: {ran}")
        except OSError as error:
            self.say(f"    and the failure could not be written down: {error}")


class _Builder:
    """Has stale notebooks run and writes their pages one by one as they come in."""

    def __init__(self, work: _Build, pool: Executor, task: "Task", cell_timeout: float | None) -> None:
        from aispend.report import page, run

        self._run, self._work, self._project = run, work, work.project
        self._declared = declared_parameters(work.project)
        self._exporter = page.PageExporter(work.project)
        self._origin = page.Origin(**_origin(work.project))
        self._pool, self._task = pool, task
        self._cell_timeout = cell_timeout or run.CELL_TIMEOUT

    def build(self, stale: list[str], track: Track) -> None:
        futures = {self._submit(name): name for name in stale if self._accepts(name)}
        for done, future in enumerate(track(as_completed(futures), len(futures)), start=1):
            self._finish(futures[future], future, f"[{done}/{len(futures)}] {futures[future]}")

    def _accepts(self, name: str) -> bool:
        spec = self._work.plan.specs[name]
        try:
            check_parameters(self._project, spec, self._declared(spec.notebook))
        except BadSpec as error:
            self._work.fail(name, str(error))
            return False
        return True

    def _submit(self, name: str) -> "Future[Run]":
        plan = self._work.plan
        return self._pool.submit(self._task, self._project, plan.specs[name], plan.keys[name], self._cell_timeout)

    def _finish(self, name: str, future: "Future[Run]", line: str) -> None:
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
        shown = self._exporter.page(spec, notebook, self._declared(spec.notebook), self._origin)
        files = downloads.downloads_of(self._project, name, shown)
        page = files.linked().encode()
        # Before the page, which links to them; those of an older page go after it.
        files.write()
        picture = index.first_picture(notebook)
        if picture:
            write_whole(self._project.thumbnail(name), picture)
        else:
            self._project.thumbnail(name).unlink(missing_ok=True)
        write_whole(self._project.page(name), page)
        files.remove_others()
        if keys.key_now(self._project, spec) != key:
            self._work.say(f"    {name}: what it is made from changed while it was built; the next build builds it again")
            key = ""
        # The result comes last: it is the promise that all before it is there.
        keys.write_result(self._project, name, keys.Result(key, keys.page_hash(page), values))
        failures.forget_failure(self._project, name)


def _origin(project: Project) -> dict[str, str]:
    import platform

    return {
        "data_version": keys.data_version(project),
        "rates_until": rates_until(project) or "not stated",
        "lock": sha256(project.lock_file.read_bytes()).hexdigest()[:12] if project.lock_file.exists() else "none",
        "python": platform.python_version(),
    }


def _remove_orphans(project: Project, names: Iterable[str]) -> None:
    """Remove the pages of specifications that are gone; html/ holds nothing that was not built."""
    kept = {*names, "index"}
    downloads.remove_orphans(project, kept)
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
