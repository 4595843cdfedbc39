"""Content keys: a page is current as long as nothing it was made from has changed.

Times of files play no part: a file that was touched but not changed makes nothing stale.
"""

import hashlib
import json
import os
import platform
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from aispend.errors import BadSpec
from aispend.report.project import Project, write_whole
from aispend.report.spec import Spec

# Type, source and tags of a notebook cell: what decides a report, without stored outputs.
Cell = tuple[str, str, list[str]]

TITLE_LINE = re.compile(r"\A\s*#[ \t]+(.*?)[ \t#]*(\n|\Z)")


def inputs_key(project: Project) -> str:
    """SHA-256 over what all reports share: library, data, template, lock file and Python version."""
    digest = hashlib.sha256(platform.python_version().encode())
    for folder in (project.library, project.data, project.template):
        digest.update(files_key(folder, _inputs(folder)).encode())
    digest.update(project.lock_file.read_bytes() if project.lock_file.exists() else b"")
    return digest.hexdigest()


def data_version(project: Project) -> str:
    """Twelve hexadecimal digits that name the content of data/, for the reader of a page."""
    return files_key(project.data, _inputs(project.data))[:12]


def files_key(folder: Path, files: Iterable[Path]) -> str:
    """SHA-256 over the names (relative to `folder`) and contents of files, in order of name."""
    digest = hashlib.sha256()
    for path in sorted(files):
        name, content = path.relative_to(folder).as_posix().encode(), path.read_bytes()
        # Lengths keep two neighbouring files apart: "ab" + "c" is not "a" + "bc".
        digest.update(b"%d %s %d " % (len(name), name, len(content)) + content)
    return digest.hexdigest()


def _inputs(folder: Path) -> list[Path]:
    found = []
    for parent, folders, files in os.walk(folder):
        # What starts with a dot is an editor's; a .md file is made from the data.
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [Path(parent, name) for name in files if not name.startswith(".") and not name.endswith((".pyc", ".md"))]
    return [path for path in found if path.is_file()]


def notebook_cells(project: Project, notebook: str) -> list[Cell]:
    """The cells of a notebook in order.

    Raises BadSpec if the file is no notebook.
    """
    path = project.notebooks / f"{notebook}.ipynb"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return [
            (cell["cell_type"], "".join(cell["source"]), cell["metadata"].get("tags", []))
            for cell in content["cells"]
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise BadSpec(f"{project.shown(path)} is not a notebook ({error}); open and save it in JupyterLab") from None


def notebook_title(cells: list[Cell]) -> str | None:
    """The text after `# ` at the top of a notebook's first cell, or None.

    >>> notebook_title([("markdown", "# Korea beside the others\\n\\nText", [])])
    'Korea beside the others'
    """
    found = TITLE_LINE.match(cells[0][1]) if cells and cells[0][0] == "markdown" else None
    return found.group(1) if found else None


def report_key(inputs: str, spec: Spec, cells: list[Cell]) -> str:
    """SHA-256 over everything one report is made from; `inputs` comes from `inputs_key`."""
    content = json.dumps([inputs, asdict(spec), cells], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()


def key_now(project: Project, spec: Spec) -> str | None:
    """The key that a report would have if it were built from what the disk holds now; None if it cannot be read."""
    try:
        return report_key(inputs_key(project), spec, notebook_cells(project, spec.notebook))
    except (OSError, BadSpec):
        return None


@dataclass(frozen=True)
class Result:
    """What is kept of a built report: its key, a hash of its page and its named results."""

    key: str
    page_hash: str
    headlines: dict[str, Any]


def page_hash(page: bytes) -> str:
    return hashlib.sha256(page).hexdigest()


def read_result(project: Project, name: str) -> Result | None:
    """The stored result of a report, or None if there is none, or the page is not the one it made."""
    try:
        result = Result(**json.loads(project.result(name).read_text(encoding="utf-8")))
        page = project.page(name).read_bytes()
    except (OSError, ValueError, TypeError):
        return None
    # A build killed between page and result leaves a new page beside an old result.
    return result if page_hash(page) == result.page_hash else None


def write_result(project: Project, name: str, result: Result) -> None:
    """Store what was built; to be called after the page has been written."""
    write_whole(project.result(name), json.dumps(asdict(result), ensure_ascii=False, indent=1).encode())
