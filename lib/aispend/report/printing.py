"""Making what would slow down every build: each page as PDF and each chart as PNG, several at a time."""

import os
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from multiprocessing import get_context, parent_process
from pathlib import Path

from aispend.errors import AiSpendError
from aispend.report import keys
from aispend.report.downloads import Downloads, downloads_of
from aispend.report.pdf import pdf, require_weasyprint
from aispend.report.picture import png
from aispend.report.plan import chosen, make_plan
from aispend.report.project import Project, only_one_build, remove_leftovers, write_whole


@dataclass
class Printed:
    """What was done, by name of report."""

    made: list[str] = field(default_factory=list)
    current: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


def print_reports(project: Project, *, only: Iterable[str] = (), say: Callable[[str], None] = print) -> Printed:
    """Make the PDF of each built page and the PNG of each chart that are missing or of another content.

    Each page then links to them. `only` names the reports to look at; `say` takes one line of progress at a
    time. A report that fails keeps its page, and the others are made.

    Raises AiSpendError if a library is missing, BadSpec if `only` names no report, OSError if nothing can be
    written.
    """
    with only_one_build(project, say):
        remove_leftovers(project)
        done, found = Printed(), {}
        for name in chosen(make_plan(project), only):
            if keys.read_result(project, name):
                found[name] = downloads_of(project, name, project.page(name).read_text(encoding="utf-8"))
            else:
                done.failed[name] = f"{name}: there is no page; `make reports` builds it"
                say(done.failed[name])
        wanted = {name: [path for path in of.print_keys if path not in of.printed] for name, of in found.items()}
        done.current = [name for name, paths in wanted.items() if not paths]
        for name in done.current:
            _link(project, found[name])
        stale = {name: paths for name, paths in wanted.items() if paths}
        if stale:
            require_weasyprint()
            _make(project, found, stale, done, say)
        return done


def _make(project: Project, found: dict[str, Downloads], stale: dict[str, list[Path]], done: Printed, say: Callable[[str], None]) -> None:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    # Processes, because layout is Python; not forked, because the driver may have threads.
    pool = ProcessPoolExecutor(min(cores, len(stale)), mp_context=get_context("spawn"), initializer=_end_with_driver)
    style = (project.template / "pdf.css").read_text(encoding="utf-8")
    try:
        futures = {pool.submit(_files, found[name], paths, style): name for name, paths in stale.items()}
        for number, future in enumerate(as_completed(futures), start=1):
            _finish(project, found[futures[future]], future, f"[{number}/{len(stale)}] {futures[future]}", done, say)
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


def _finish(
    project: Project, downloads: Downloads, future: "Future[dict[Path, bytes]]", line: str, done: Printed, say: Callable[[str], None]
) -> None:
    name = downloads.name
    try:
        files = future.result()
        downloads.write_printed(files)
        _link(project, downloads)
    except Exception as error:  # noqa: BLE001 (whatever one report meets, the others are still to be made)
        kind = "" if isinstance(error, AiSpendError) else f"{type(error).__name__}: "
        done.failed[name] = f"{name}: {kind}{error}"
        say(f"{line}  FAILED\n{done.failed[name]}")
        return
    done.made.append(name)
    size = len(files.get(downloads.pdf, b"")) / 1000
    say(f"{line}  {size:.0f} KB PDF, {sum(path.suffix == '.png' for path in files)} PNG")


def _end_with_driver() -> None:
    """A worker of a killed driver would wait for work for ever."""

    def wait() -> None:
        driver = parent_process()
        if driver:
            driver.join()
            os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _files(downloads: Downloads, paths: list[Path], style: str) -> dict[Path, bytes]:
    """The contents of files that a report lacks; runs in a process of its own."""
    tables = downloads.workbook.read_bytes() if downloads.workbook.exists() else None
    made = {}
    for path in paths:
        if path == downloads.pdf:
            made[path] = pdf(downloads.page, style=style, tables=tables, name=downloads.name)
        else:
            made[path] = png(downloads.pictures[path.with_suffix(".svg")])
    return made


def _link(project: Project, downloads: Downloads) -> None:
    """Rewrite a page if its links are not those to the files that are there."""
    page, result = downloads.linked().encode(), keys.read_result(project, downloads.name)
    if result and project.page(downloads.name).read_bytes() != page:
        write_whole(project.page(downloads.name), page)
        keys.write_result(project, downloads.name, replace(result, page_hash=keys.page_hash(page)))
    downloads.remove_others()
