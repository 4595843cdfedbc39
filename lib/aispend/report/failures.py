"""What is kept of a report whose last build failed, until a build of it succeeds."""

import json
import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from aispend.report.project import Project, write_whole

if TYPE_CHECKING:
    from nbformat import NotebookNode

_CELL = re.compile(r": cell (\d+) failed")


@dataclass(frozen=True)
class Failure:
    """Why and when the last build failed, and when the page that still stands was built (None if none does).

    Times are ISO 8601 in UTC, to the second. The only dates the results hold are of failures: all else is the same bytes.
    """

    message: str
    failed_at: str
    page_from: str | None = None


def failed_cell(message: str) -> int | None:
    """The number of the cell that a message names, as JupyterLab shows it.

    >>> failed_cell("10_overview.krw: cell 3 failed: ZeroDivisionError: division by zero")
    3
    """
    found = _CELL.search(message)
    return int(found.group(1)) if found else None


def write_failure(project: Project, name: str, message: str) -> Failure:
    """Keep that a report failed just now; raises OSError if that cannot be written."""
    page = project.page(name)
    page_from = _iso(page.stat().st_mtime) if page.exists() else None
    failure = Failure(message, _iso(datetime.now(UTC).timestamp()), page_from)
    write_whole(project.failure(name), json.dumps(asdict(failure), ensure_ascii=False).encode())
    return failure


def write_failed_notebook(project: Project, name: str, notebook: "NotebookNode") -> str:
    """Keep a notebook as far as it ran; returns its path as messages name it."""
    from nbformat import writes

    path = project.failed_notebook(name)
    write_whole(path, writes(notebook).encode())
    return project.shown(path)


def read_failure(project: Project, name: str) -> Failure | None:
    """The failure of a report's last build, or None if it did not fail."""
    try:
        return Failure(**json.loads(project.failure(name).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def forget_failure(project: Project, name: str) -> None:
    project.failure(name).unlink(missing_ok=True)
    project.failed_notebook(name).unlink(missing_ok=True)


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
