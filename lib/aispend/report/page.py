"""Turning an executed notebook into one self-contained HTML page, the same bytes every time."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from html.parser import HTMLParser
from importlib.metadata import version
from typing import Any

from nbconvert.exporters import TemplateExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from traitlets.config import Config

from aispend.errors import AiSpendError
from aispend.report.headlines import RECORD
from aispend.report.keys import TITLE_LINE
from aispend.report.project import Project, stylesheet
from aispend.report.spec import Parameter, Spec

MAXIMUM_BYTES = 300_000
_SHOWN = ["text/html", "text/markdown", "image/svg+xml", "image/png", "image/jpeg", "text/plain"]
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")
_STYLER_ID = re.compile(r"\bT_[0-9a-f]{5}(?=[\"_ ])")


@dataclass(frozen=True)
class Origin:
    """What a page says about its making: versions of data, rates, packages and lock file."""

    data_version: str
    rates_until: str
    lock: str
    python: str

    @cached_property
    def packages(self) -> list[str]:
        return [f"{name} {version(name)}" for name in ("pandas", "matplotlib", "papermill", "nbconvert")]


class PageExporter(TemplateExporter):
    """nbconvert with the template of this project; making one costs ten times as much as using it."""

    output_mimetype = "text/html"

    def __init__(self, project: Project) -> None:
        super().__init__(
            template_file="page.html.j2",
            template_name="base",
            extra_template_paths=[str(project.template)],
            # Each preprocessor validates the notebook again (jupyter/nbconvert#1663); none is needed.
            config=Config({
                "Exporter": {"default_preprocessors": []},
                "NbConvertBase": {"display_data_priority": _SHOWN},
            }),
        )  # fmt: skip
        self.register_filter("markdown2html", _markdown_to_html)
        self._styles = stylesheet(project)

    def _file_extension_default(self) -> str:
        return ".html"

    def page(self, spec: Spec, notebook: NotebookNode, declared: Mapping[str, Parameter], origin: Origin) -> str:
        """One whole page from an executed notebook.

        Raises AiSpendError if the result breaks a rule of pages, see `page_faults`.
        """
        settled = settled_outputs(notebook)
        facts = {
            "spec": spec,
            "styles": self._styles,
            "origin": origin,
            "parameters": [(p, _value_text(spec, p)) for p in declared.values()],
            "record": RECORD,
        }
        html, _ = self.from_notebook_node(settled, resources={"page": facts})
        html = "\n".join(line.rstrip() for line in html.strip().splitlines()) + "\n"
        faults = page_faults(html)
        if faults:
            raise AiSpendError("the page breaks the rules of pages: " + "; ".join(faults))
        return html


def _value_text(spec: Spec, parameter: Parameter) -> str:
    if parameter.name not in spec.parameters:
        return parameter.default
    return json.dumps(spec.parameters[parameter.name], ensure_ascii=False)


def _markdown_to_html(source: str) -> str:
    renderer = IPythonRenderer(escape=False, exclude_anchor_links=True)
    return MarkdownWithMath(renderer=renderer).render(source)


def settled_outputs(notebook: NotebookNode) -> NotebookNode:
    """A copy without the notebook's own title (the spec's takes its place) and without chance.

    Addresses in memory and the ids pandas draws for styled tables differ from run to run.
    """
    settled = NotebookNode(notebook)
    settled["cells"] = [NotebookNode(cell) for cell in notebook.cells]
    first = settled.cells[0] if settled.cells else None
    if first is not None and first.cell_type == "markdown":
        first["source"] = TITLE_LINE.sub("", first.source, count=1)
    ids: dict[str, str] = {}
    for cell in settled.cells:
        if "outputs" in cell:
            cell["outputs"] = [_settled_output(output, ids) for output in cell.outputs]
    return settled


def _settled_output(output: NotebookNode, ids: dict[str, str]) -> NotebookNode:
    def numbered(found: re.Match[str]) -> str:
        return ids.setdefault(found.group(), f"table-{len(ids) + 1}")

    def settle(mime: str, content: Any) -> Any:
        if not isinstance(content, str) or mime.startswith("image/"):
            return content
        content = _ADDRESS.sub("", content)
        return _STYLER_ID.sub(numbered, content) if mime == "text/html" else content

    settled = NotebookNode(output)
    if "data" in output:
        settled["data"] = NotebookNode({mime: settle(mime, content) for mime, content in output.data.items()})
    if "text" in output:
        settled["text"] = settle("text/plain", output.text)
    return settled


def page_faults(html: str) -> list[str]:
    """What keeps a page from standing alone, being read aloud or being small; empty if nothing does.

    >>> page_faults("<h1>A</h1><script src='https://example.org/a.js'></script>")
    ['it holds <script>', 'it loads https://example.org/a.js']
    """
    checker = _PageChecker()
    checker.feed(html)
    checker.close()
    faults = list(dict.fromkeys(checker.faults))
    if checker.titles != 1:
        faults.append(f"it has {checker.titles} top headings (# in Markdown); use ## below the first")
    size = len(html.encode())
    if size > MAXIMUM_BYTES:
        faults.append(f"it has {size} bytes, more than {MAXIMUM_BYTES}; draw charts as SVG, shorten tables")
    return faults


class _PageChecker(HTMLParser):
    _FORBIDDEN = frozenset({"script", "iframe", "link", "object", "embed", "base", "form"})
    _LOADING = frozenset({"src", "srcset", "poster", "data", "background"})
    _STYLE_LOADS = re.compile(r"@import|url\(\s*['\"]?(?!#|data:|['\"])[^)]*\)?")

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.titles = 0
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_style = tag == "style"
        self.titles += tag == "h1"
        if tag in self._FORBIDDEN:
            self.faults.append(f"it holds <{tag}>")
        if tag == "img" and not (dict(attrs).get("alt") or "").strip():
            self.faults.append("an image has no alternative text; give it one in the output's metadata")
        for name, value in attrs:
            self._check_attribute(tag, name, value or "")

    def _check_attribute(self, tag: str, name: str, value: str) -> None:
        # Only <a> may point outside: following a link is the reader's choice, loading is not.
        loads = name in self._LOADING or (name in ("href", "xlink:href") and tag != "a")
        if loads and not value.startswith(("data:", "#")):
            self.faults.append(f"it loads {value}")
        if name.startswith("on"):
            self.faults.append(f"<{tag}> has the script {name}")
        if name == "style":
            self._check_style(value)

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self._check_style(data)

    def _check_style(self, style: str) -> None:
        self.faults += [f"its style loads {found}" for found in self._STYLE_LOADS.findall(style)]
