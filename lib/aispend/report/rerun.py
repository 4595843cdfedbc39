"""Running the committed notebooks again, in place, so that nbval and readers meet the numbers of today."""

from collections.abc import Callable
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from traitlets.config import Config

from aispend.errors import AiSpendError
from aispend.report.project import Project, only_one_build, write_whole
from aispend.report.run import CELL_TIMEOUT, KERNEL, START_TIMEOUT
from aispend.report.surroundings import same_surroundings


def rerun_notebooks(project: Project, *, say: Callable[[str], None]) -> int:
    """Execute every committed notebook with its default parameters and return how many changed.

    A notebook whose outputs are the same is not written. Raises `AiSpendError` naming the notebook whose cell
    failed; the file then stays as it was.
    """
    changed = 0
    with only_one_build(project, say), same_surroundings(project.root, project.html / ".kernels"):
        for path in sorted(project.notebooks.glob("*.ipynb")):
            before = path.read_bytes()
            after = _executed(path)
            changed += before != after
            if before != after:
                write_whole(path, after)
            say(f"{path.stem}  {'changed' if before != after else 'the same'}")
    return changed


def _executed(path: Path) -> bytes:
    notebook = nbformat.read(path, as_version=4)
    config = Config({"KernelManager": {"transport_encryption": "auto"}})
    client = NotebookClient(
        notebook, kernel_name=KERNEL, timeout=CELL_TIMEOUT, startup_timeout=START_TIMEOUT, record_timing=False, config=config
    )
    try:
        client.execute()
    except CellExecutionError as error:
        raise AiSpendError(f"{path.name}: {error.ename}: {error.evalue}; open it with make lab and mend the cell") from None
    # The kernel's own description changes with its Python and says nothing a reader needs.
    notebook.metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": KERNEL}, "language_info": {"name": "python"}}
    return (nbformat.writes(notebook) + "\n").encode("utf-8")
