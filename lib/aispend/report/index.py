"""The index: every report with its finding, a thumbnail and its state."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any
from xml.etree import ElementTree

from aispend.report.keys import Result, page_hash, read_result, write_result
from aispend.report.project import Project, stylesheet, write_whole
from aispend.report.spec import Spec

CURRENT, STALE, FAILED, MISSING = "current", "stale", "failed", "missing"
_SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
_NAMESPACES = (
    ("xmlns=", 'xmlns="http://www.w3.org/2000/svg"'),
    ("xmlns:xlink=", 'xmlns:xlink="http://www.w3.org/1999/xlink"'),
)


@dataclass(frozen=True)
class Entry:
    """One line of the index; `page` and `thumbnail` say whether there is such a file."""

    name: str
    notebook: str
    title: str
    state: str
    reason: str
    finding: str
    numbers: tuple[tuple[str, str], ...]
    page: bool
    thumbnail: bool


def entry(project: Project, name: str, spec: Spec | None, result: Result | None, *, key: str | None) -> Entry:
    """What the index says of one report; `spec` is None where the file could not be read."""
    reason = _reason(project, name)
    has_page = project.page(name).exists()
    state = FAILED if reason else MISSING if not has_page else CURRENT if result and result.key == key else STALE
    headlines = dict(result.headlines) if result else {}
    finding = headlines.pop("headline", "")
    numbers = [(_spoken(k), _shown(v)) for k, v in headlines.items() if isinstance(v, int | float)]
    return Entry(
        name=name,
        notebook=spec.notebook if spec else name.split(".")[0],
        title=spec.title if spec else name,
        state=state,
        reason=reason,
        finding=finding if isinstance(finding, str) else "",
        numbers=() if finding else tuple(numbers[:3]),
        page=has_page,
        thumbnail=has_page and project.thumbnail(name).exists(),
    )


def _reason(project: Project, name: str) -> str:
    try:
        return json.loads(project.failure(name).read_text(encoding="utf-8"))["message"]
    except (OSError, ValueError, KeyError):
        return ""


def _spoken(name: str) -> str:
    return name.replace("_", " ")


def _shown(value: float) -> str:
    """A number for the index: four digits, thousands grouped.

    >>> _shown(1234567.891), _shown(0.12345), _shown(9)
    ('1,234,568', '0.1235', '9')
    """
    return f"{value:,}" if isinstance(value, int) else f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def refresh_index(
    project: Project, entries: Iterable[Entry], *, notebook_titles: Mapping[str, str], inputs: str, data_version: str
) -> None:
    """Write reports/html/index.html, unless it already shows just these entries."""
    entries = sorted(entries, key=lambda e: e.name)
    content = json.dumps([inputs, dict(notebook_titles), [asdict(e) for e in entries]], sort_keys=True)
    key = sha256(content.encode()).hexdigest()
    known = read_result(project, "index")
    if known and known.key == key:
        return
    page = index_page(project, entries, notebook_titles=notebook_titles, data_version=data_version).encode()
    write_whole(project.page("index"), page)
    write_result(project, "index", Result(key, page_hash(page), {}))


def index_page(
    project: Project, entries: list[Entry], *, notebook_titles: Mapping[str, str], data_version: str
) -> str:
    """The index as HTML, reports grouped by notebook."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(project.template), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    notebooks = sorted({e.notebook for e in entries})
    return environment.get_template("index.html.j2").render(
        groups=[(notebook_titles.get(n, n), [e for e in entries if e.notebook == n]) for n in notebooks],
        total=len(entries),
        styles=stylesheet(project),
        data_version=data_version,
    )


def first_picture(notebook: Mapping[str, Any]) -> bytes | None:
    """The first SVG among the outputs as a file of its own, or None if there is none that is whole."""
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            found = _SVG.findall(data.get("image/svg+xml") or data.get("text/html") or "")
            if found:
                # An exhibit brings its picture for wide columns and for telephones; the second is legible when small.
                return _standalone(found[-1])
    return None


def _standalone(svg: str) -> bytes | None:
    # Inside HTML the name spaces may be left out, in a file they may not.
    opening = svg[: svg.index(">")]
    missing = [declaration for start, declaration in _NAMESPACES if start not in opening]
    svg = " ".join(["<svg", *missing]) + svg[len("<svg") :] + "\n"
    try:
        ElementTree.fromstring(svg)
    except ElementTree.ParseError:
        return None
    return svg.encode()
