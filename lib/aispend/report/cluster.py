"""Where notebooks are run: on the cores of this machine, or on a Dask cluster that exists already.

Pages are written by the driver in either case, which is why the bytes are the same.
"""

import atexit
import multiprocessing
import os
import platform
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from aispend.errors import AiSpendError
from aispend.report.keys import key_now
from aispend.report.project import Project
from aispend.report.spec import Spec
from aispend.report.surroundings import same_surroundings

if TYPE_CHECKING:
    from nbformat import NotebookNode

# Surroundings are those of a process: tasks that a worker runs in one process take turns.
_one_at_a_time = threading.Lock()
# Seconds for a scheduler to answer.
_ANSWER = 10


@contextmanager
def this_machine(project: Project) -> Iterator[Executor]:
    """An executor for `run_here`: threads, each of which waits for a kernel."""
    _keep_sockets_in(project.sockets)
    with same_surroundings(project.root, project.scratch):
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        # Two more than cores, because a kernel that starts or stops mostly waits.
        pool = ThreadPoolExecutor(cores + 2)
        try:
            yield pool
        except BaseException:
            # Kernels that still run end by themselves once this process, their parent, has gone.
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        pool.shutdown()


def _keep_sockets_in(folder: Path) -> None:
    """Have multiprocessing keep its sockets where the next build finds what a killed one left."""
    # The path of a socket may have 107 characters; where it gets longer, kernels use the system's folder.
    settings = multiprocessing.current_process()._config  # type: ignore[attr-defined]
    if "tempdir" not in settings and len(os.fsencode(folder / "pymp-12345678" / "listener-12345678")) <= 107:
        folder.mkdir(parents=True, exist_ok=True)
        settings["tempdir"] = tempfile.mkdtemp(prefix="pymp-", dir=folder)
        # multiprocessing's own clean-up fails where the folder is gone by then.
        atexit.register(shutil.rmtree, settings["tempdir"], ignore_errors=True)


@contextmanager
def cluster(scheduler: str) -> Iterator[Executor]:
    """An executor for `run_there`: the workers of the Dask scheduler at an address such as `tcp://host:8786`.

    Raises AiSpendError if Dask is not installed or this is no address, OSError if nobody answers there.
    """
    try:
        from distributed import Client
    except ImportError:
        raise AiSpendError("--scheduler needs Dask: pip install 'distributed>=2026.1'") from None
    try:
        client = Client(scheduler, timeout=_ANSWER)
    except ValueError as error:
        raise AiSpendError(f"{scheduler!r} is no address of a Dask scheduler ({error}); write tcp://host:8786") from None
    # The scheduler drops what a client that has gone still waited for.
    with client:
        yield client.get_executor(pure=False)


def run_here(project: Project, spec: Spec, key: str, cell_timeout: float) -> "tuple[NotebookNode, float]":
    """The executed notebook of a report and the seconds it took; raises CellFailed."""
    # Not before: papermill is imported while the process that kernels are forked from imports as well.
    from aispend.report import run

    started = time.monotonic()
    path = project.notebooks / f"{spec.notebook}.ipynb"
    notebook = run.run_notebook(path, spec.parameters, cell_timeout=cell_timeout)
    return notebook, time.monotonic() - started


def run_there(project: Project, spec: Spec, key: str, cell_timeout: float) -> "tuple[NotebookNode, float]":
    """`run_here` on a worker, which must have the same project at the same path.

    Raises AiSpendError if the report's key is another one there.
    """
    if key_now(project, spec) != key:
        raise AiSpendError(
            f"the worker on {platform.node()} has not the same files, uv.lock and Python in {project.root}; "
            "bring it up to date"
        )
    with _one_at_a_time, tempfile.TemporaryDirectory() as scratch, same_surroundings(project.root, Path(scratch) / "kernels"):
        return run_here(project, spec, key, cell_timeout)
