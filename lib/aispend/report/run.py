"""Executing one notebook with papermill, and saying plainly which cell failed."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_core.utils import ensure_event_loop
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.engines import papermill_engines
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook
from traitlets.config import Config

from aispend.errors import AiSpendError

KERNEL = "python3"
# Seconds for a kernel to start on a busy machine, and for one cell to finish.
START_TIMEOUT = 60
CELL_TIMEOUT = 120
# Without "auto" every kernel start prints a warning about TCP (ipython/ipykernel#1515).
_CONFIG = Config({"KernelManager": {"transport_encryption": "auto"}})
_INJECTED = "injected-parameters"
_FAILED_LINE = re.compile(r"Cell In\[\d+\], line (\d+)")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class CellFailed(AiSpendError):
    """A cell raised, ran out of time or lost its kernel; `notebook` holds what had run by then."""

    def __init__(self, message: str, notebook: NotebookNode) -> None:
        super().__init__(message)
        self.notebook = notebook

    def __reduce__(self) -> tuple[type["CellFailed"], tuple[str, NotebookNode]]:
        # Else a copy for another process would be made from the message alone.
        return CellFailed, (str(self), self.notebook)


def run_notebook(path: Path, parameters: Mapping[str, Any], *, cell_timeout: float = CELL_TIMEOUT) -> NotebookNode:
    """Execute a notebook in a kernel of its own and return it with its outputs; no file is written.

    Safe to call from several threads of one process, which share the ports of
    jupyter_client; a kernel that dies or does not answer is tried once more.

    Raises CellFailed with the cell's number as a fresh run in JupyterLab shows it, and its line.
    """
    try:
        try:
            return _run(path, parameters, cell_timeout)
        except _KernelLost:
            return _run(path, parameters, cell_timeout)
    except _KernelLost as lost:
        raise CellFailed(f"{_running_cell(lost.notebook)} failed twice: {lost}", lost.notebook) from None
    finally:
        # nbclient leaves one event loop with its sockets behind in every thread.
        loop = ensure_event_loop()
        if not loop.is_running():
            loop.close()


class _KernelLost(Exception):
    def __init__(self, message: str, notebook: NotebookNode) -> None:
        super().__init__(message)
        self.notebook = notebook


def _run(path: Path, parameters: Mapping[str, Any], cell_timeout: float) -> NotebookNode:
    # What execute_notebook does first, without its os.chdir, which is not safe in threads (nteract/papermill#473),
    # and without writing the notebook as JSON for a file that nobody wants.
    notebook = load_notebook_node(str(path))
    if parameters:
        notebook = parameterize_notebook(notebook, dict(parameters), kernel_name=KERNEL, language="python")
    try:
        # The engine is called here rather than by execute_notebook because that one keeps the
        # notebook to itself when a cell fails (nteract/papermill#464).
        papermill_engines.execute_notebook_with_engine(
            None, notebook, kernel_name=KERNEL, progress_bar=False, autosave_cell_every=0,
            start_timeout=START_TIMEOUT, execution_timeout=cell_timeout, config=_CONFIG,
            # Nothing of a kernel is wanted after its last cell; asking it to end takes 0.2 s.
            shutdown_kernel="immediate",
            # jupyter_client interrupts even an idle kernel before it ends it, and the kernel calls that an error.
            extra_arguments=["--log-level=CRITICAL"],
        )  # fmt: skip
    except CellTimeoutError:
        message = f"{_running_cell(notebook)} failed: not finished after {cell_timeout:g} s"
        raise CellFailed(message, notebook) from None
    except DeadKernelError:
        raise _KernelLost("the kernel died (out of memory?)", notebook) from None
    except RuntimeError as error:
        # jupyter_client raises a plain RuntimeError for a kernel that does not answer.
        raise _KernelLost(str(error), notebook) from None
    _raise_for_error(notebook)
    return notebook


def _raise_for_error(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        outputs = cell.get("outputs", [])
        for output in outputs:
            if output.output_type == "error":
                message = f"{cell_name(notebook, cell)} failed: {output.ename}: {output.evalue}"
                raise CellFailed(f"{message}\n    {_failed_line(cell, output.traceback)}", notebook)
        if cell.metadata.get("papermill", {}).get("exception"):
            # A magic that fails only prints its reason.
            printed = [output.text.strip() for output in outputs if output.output_type == "stream"]
            raise CellFailed(f"{cell_name(notebook, cell)} failed: {' '.join(printed)}", notebook)


def _failed_line(cell: NotebookNode, traceback: list[str]) -> str:
    lines = cell.source.splitlines()
    found = _FAILED_LINE.search(_COLOUR.sub("", "\n".join(traceback)))
    number = int(found.group(1)) if found else 1
    return f"line {number}: {lines[number - 1].strip()}" if number <= len(lines) else ""


def cell_name(notebook: NotebookNode, cell: NotebookNode) -> str:
    """`cell 7`: the number JupyterLab shows beside the code cell after running all from the top."""
    own = [
        c
        for c in notebook.cells
        if c.cell_type == "code" and c.source.strip() and _INJECTED not in c.metadata.get("tags", [])
    ]
    numbers = [number for number, candidate in enumerate(own, start=1) if candidate is cell]
    return f"cell {numbers[0]}" if numbers else "the cell with the spec's parameters"


def _running_cell(notebook: NotebookNode) -> str:
    started = [cell for cell in notebook.cells if cell.metadata.get("papermill", {}).get("start_time")]
    return cell_name(notebook, started[-1]) if started else "the start of the kernel"


def warnings_of(notebook: NotebookNode) -> list[str]:
    """What cells wrote to standard error, one line a cell; a page does not show it."""
    return [
        f"{cell_name(notebook, cell)} wrote to standard error: {output.text.strip().splitlines()[-1]}"
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.output_type == "stream" and output.name == "stderr" and output.text.strip()
    ]
