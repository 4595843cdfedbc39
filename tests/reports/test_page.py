"""A page stands alone, shows what it should and holds nothing that changes from run to run."""

from pathlib import Path

import pytest
from nbformat import v4

from aispend.errors import AiSpendError
from aispend.report.build import Summary
from aispend.report.page import Origin, PageExporter, page_faults
from aispend.report.project import Project
from aispend.report.spec import Spec

SPEC = Spec("10_tiny.krw", "10_tiny", "A < B & C")
ORIGIN = Origin("0123456789ab", "2026-10-30", "ba9876543210", "3.11.0")


def page_of(project: Project, *outputs: dict, markdown: str = "# Title\n\nText") -> str:
    cell = v4.new_code_cell("secret_source = 1", outputs=[v4.new_output(**output) for output in outputs])
    notebook = v4.new_notebook(cells=[v4.new_markdown_cell(markdown), cell])
    return PageExporter(project).page(SPEC, notebook, {}, ORIGIN)


def shown(data: dict, metadata: dict | None = None) -> dict:
    return {"output_type": "display_data", "data": data, "metadata": metadata or {}}


def test_a_built_page(first_build: tuple[Project, Summary, list[str]]) -> None:
    html = first_build[0].page("10_tiny.krw").read_text(encoding="utf-8")
    assert page_faults(html) == []
    assert html.startswith('<!doctype html>\n<html lang="en">')
    assert '<a class="skip" href="#report">' in html and '<main id="report">' in html
    assert "<title>In KRW</title>" in html and "<h1>In KRW</h1>" in html
    assert "Three reports" not in html  # the spec's title takes the place of the notebook's
    assert "What <em>Korea</em> spends." in html
    assert '<h2>In money</h2>' in html  # without a link to itself
    assert '<svg viewBox="0 0 9 9">' in html  # capitals survive, WeasyPrint and XML need them
    assert "A half in" not in html  # a record is for machines
    assert "import pandas" not in html
    assert "notebooks/10_tiny.ipynb" in html and "make reports" in html
    assert '<code>currency</code></th><td><code>&#34;KRW&#34;</code></td><td>currency of the page' in html
    assert '<code>years</code></th><td><code>[2025]</code></td><td>calendar years shown' in html
    assert "until 2026-10-30" in html


def test_nothing_of_chance_is_left(first_build: tuple[Project, Summary, list[str]]) -> None:
    html = first_build[0].page("10_tiny.krw").read_text(encoding="utf-8")
    assert " at 0x" not in html
    assert 'id="table-1"' in html and "#table-1_row0_col0" in html
    assert "&#39;UTC&#39;" in html or "'UTC'" in html


def test_the_title_is_text(project: Project) -> None:
    assert "<h1>A &lt; B &amp; C</h1>" in page_of(project)


def test_pictures_and_their_words(project: Project) -> None:
    html = page_of(
        project,
        shown({"image/png": "iVBO\nRw0=", "text/plain": "x"}, {"image/png": {"alt": 'Korea "small"'}}),
        shown({"image/svg+xml": "<svg></svg>"}, {"image/svg+xml": {"alt": "A line"}}),
    )
    assert '<img src="data:image/png;base64,iVBORw0=" alt="Korea &#34;small&#34;">' in html
    assert 'aria-label="A line"' in html


def test_printed_text_is_shown_and_standard_error_is_not(project: Project) -> None:
    html = page_of(
        project,
        {"output_type": "stream", "name": "stdout", "text": "3 < 4\n"},
        {"output_type": "stream", "name": "stderr", "text": "deprecated\n"},
        {"output_type": "execute_result", "data": {"text/plain": "'a result'"}},
        shown({"text/markdown": "**bold**"}),
    )
    assert "3 &lt; 4" in html and "a result" in html and "<strong>bold</strong>" in html
    assert "deprecated" not in html


BREAKS = {
    "script": ("<script>1</script>", "it holds <script>"),
    "frame": ('<iframe src="https://example.org"></iframe>', "it holds <iframe>"),
    "picture from outside": ('<img alt="a" src="https://example.org/a.png">', "it loads https://example.org/a.png"),
    "picture beside the page": ('<img alt="a" src="a.png">', "it loads a.png"),
    "picture in SVG": ('<svg><image href="//example.org/a.png"/></svg>', "it loads //example.org/a.png"),
    "style sheet": ('<link rel="stylesheet" href="https://example.org/a.css">', "it holds <link>"),
    "import": ("<style>@import 'https://example.org/a.css';</style>", "its style loads @import"),
    "font": ("<style>a { src: url(https://example.org/a.woff) }</style>", "its style loads url(https"),
    "background": ("<p style=\"background: url('https://example.org/a')\">a</p>", "its style loads url('https"),
    "event": ('<p onclick="go()">a</p>', "<p> has the script onclick"),
    "no words": ('<img src="data:image/png;base64,AA">', "an image has no alternative text"),
    "second title": ("<h1>Another</h1>", "it has 2 top headings"),
    "size": ("<p>" + "a" * 300_000 + "</p>", "more than 300000"),
}


@pytest.mark.parametrize("case", BREAKS)
def test_a_page_that_breaks_a_rule_is_refused(project: Project, case: str) -> None:
    html, reason = BREAKS[case]
    with pytest.raises(AiSpendError) as refused:
        page_of(project, shown({"text/html": html}))
    assert reason in str(refused.value)


def test_a_png_without_words_is_refused(project: Project) -> None:
    with pytest.raises(AiSpendError, match="no alternative text"):
        page_of(project, shown({"image/png": "AA"}))


def test_links_and_quoted_code_are_allowed(project: Project) -> None:
    markdown = "# T\n\n[Link](https://example.org)\n\n```html\n<script src='https://example.org'></script>\n```"
    assert 'href="https://example.org"' in page_of(project, markdown=markdown)


def test_a_style_within_the_page_may_point_into_it() -> None:
    style = "<style>a { fill: url(#hatch); background: url('data:image/png;base64,AA') }</style>"
    assert page_faults(f"<h1>A</h1>{style}") == []


def test_exhibit_styles_are_part_of_the_page(project: Project) -> None:
    (project.template / "exhibit.css").write_text(".only-here { color: red }")
    assert ".only-here { color: red }" in page_of(project)


def test_the_index(first_build: tuple[Project, Summary, list[str]]) -> None:
    project = first_build[0]
    html = project.page("index").read_text(encoding="utf-8")
    assert html.count("<h1") == 1 and "<script" not in html
    for currency in ("EUR", "KRW", "USD"):
        name = f"10_tiny.{currency.lower()}"
        assert f'<a href="{name}.html">In {currency}</a>' in html and f"A half in {currency}" in html
        assert f'src="thumbnails/{name}.svg"' in html
        picture = project.thumbnail(name).read_text(encoding="utf-8")
        assert picture.startswith('<svg xmlns="http://www.w3.org/2000/svg"') and 'viewBox="0 0 9 9"' in picture
    assert "<h2>Three reports</h2>" in html
    assert 'class="state"' not in html


def test_nothing_but_pages_and_bookkeeping_in_html(first_build: tuple[Project, Summary, list[str]]) -> None:
    html: Path = first_build[0].html
    assert sorted(path.name for path in html.iterdir()) == [
        ".keys", ".lock", "10_tiny.eur.html", "10_tiny.krw.html", "10_tiny.usd.html", "index.html", "thumbnails",
    ]  # fmt: skip
