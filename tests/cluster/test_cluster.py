"""The matrix on a Dask cluster of two workers: the same bytes, the same failures, and workers that go away."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from distributed import Client, LocalCluster

from aispend.errors import AiSpendError
from aispend.report.build import Summary, build
from aispend.report.cluster import cluster, run_there
from aispend.report.plan import make_plan
from aispend.report.project import Project

# The project of three tiny reports; `make test-cluster` starts pytest where this is found.
pytest_plugins = ["tests.reports.conftest"]
REPORTS = ["10_tiny.eur", "10_tiny.krw", "10_tiny.usd"]
SILENT: Callable[[str], None] = lambda _: None  # noqa: E731


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as workers:
        yield workers.scheduler_address


def files(project: Project) -> dict[str, bytes]:
    reports = project.headlines.parent
    return {str(path.relative_to(reports)): path.read_bytes() for path in reports.rglob("*") if path.is_file()}


def test_the_same_bytes_come_back(first_build: tuple[Project, Summary, list[str]], project: Project, scheduler: str) -> None:
    summary = build(project, scheduler=scheduler, say=SILENT)
    assert sorted(summary.built) == REPORTS and not summary.failed
    assert files(project) == files(first_build[0])
    assert not project.scratch.exists()


def test_two_workers_take_part(project: Project, scheduler: str, add_notebook: Callable[..., None], add_spec: Callable[..., None], tmp_path: Path) -> None:
    add_notebook(project, "20_who", "n: int = 1  # a number", f"import os, time\nopen({str(tmp_path)!r} + f'/{{n}}-{{os.getppid()}}', 'w').close()\ntime.sleep(1)")
    for n in (1, 2):
        add_spec(project, f"20_who.{n}", f"notebook: 20_who\ntitle: Who\nparameters: {{n: {n}}}\n")
    assert not build(project, only=["20_who.1", "20_who.2"], scheduler=scheduler, say=SILENT).failed
    assert len({path.name.split("-")[1] for path in tmp_path.glob("?-*")}) == 2


def test_a_cell_that_fails_is_named_and_the_others_are_built(project: Project, scheduler: str, add_spec: Callable[..., None]) -> None:
    add_spec(project, "10_tiny.krw", "notebook: 10_tiny\ntitle: In KRW\nparameters: {currency: KRW, divisor: 0}\n")
    summary = build(project, scheduler=scheduler, say=SILENT)
    assert summary.failed == {"10_tiny.krw": "10_tiny.krw: cell 3 failed: ZeroDivisionError: division by zero\n    line 2: ratio = share / divisor"}
    assert sorted(summary.built) == ["10_tiny.eur", "10_tiny.usd"]
    assert b"ZeroDivisionError" in project.failed_notebook("10_tiny.krw").read_bytes()


def test_a_worker_that_is_killed_is_replaced(project: Project, scheduler: str, add_notebook: Callable[..., None], add_spec: Callable[..., None], tmp_path: Path) -> None:
    sign = tmp_path / "worker"
    cell = f"import os, pathlib, time\nsign = pathlib.Path({str(sign)!r})\nif not sign.exists():\n    sign.write_text(str(os.getppid()))\n    time.sleep(30)"
    add_notebook(project, "20_slow", "n: int = 1  # a number", cell)
    add_spec(project, "20_slow.one", "notebook: 20_slow\ntitle: Slow\n")

    def kill() -> None:
        while not (sign.exists() and sign.read_text()):
            time.sleep(0.05)
        os.kill(int(sign.read_text()), 9)

    killer = threading.Thread(target=kill)
    killer.start()
    assert sorted(build(project, scheduler=scheduler, say=SILENT).built) == [*REPORTS, "20_slow.one"]
    killer.join()


def test_a_worker_with_other_files_is_refused(project: Project, scheduler: str) -> None:
    plan = make_plan(project)
    with cluster(scheduler) as pool:
        spec, key = plan.specs["10_tiny.krw"], plan.keys["10_tiny.krw"]
        (project.data / "raw" / "rates.zip").write_bytes(b"newer")
        with pytest.raises(AiSpendError, match=r"the worker on .* has not the same files, uv.lock and Python in .*; bring it up to date"):
            pool.submit(run_there, project, spec, key, 60.0).result()
        elsewhere = Project(project.root / "elsewhere", library=project.library)
        with pytest.raises(AiSpendError, match="has not the same files"):
            pool.submit(run_there, elsewhere, spec, key, 60.0).result()


def test_nobody_at_the_address(project: Project) -> None:
    with pytest.raises(OSError, match="tcp://127.0.0.1:9"):
        build(project, scheduler="tcp://127.0.0.1:9", say=SILENT)
    with pytest.raises(AiSpendError, match="'elsewhere://x' is no address of a Dask scheduler .*; write tcp://host:8786"):
        build(project, scheduler="elsewhere://x", say=SILENT)


def test_nothing_is_left_with_the_scheduler(project: Project, scheduler: str) -> None:
    build(project, scheduler=scheduler, say=SILENT)
    with Client(scheduler) as client:
        assert client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks)) == 0
