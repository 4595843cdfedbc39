"""What a page offers to take away: read back from the page, there when it says so, the same bytes every time."""

import csv
import re
from collections.abc import Callable
from io import BytesIO, StringIO
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree
from zipfile import ZipFile

import pandas as pd
import pytest
from nbformat import v4
from openpyxl import load_workbook

from aispend.errors import AiSpendError
from aispend.exhibit import Exhibit
from aispend.report import downloads
from aispend.report.build import build
from aispend.report.downloads import downloads_of
from aispend.report.page import Origin, PageExporter
from aispend.report.project import Project
from aispend.report.shown import page_title, shown_exhibits
from aispend.report.spec import Spec
from aispend.report.workbook import workbook

NAME = "10_tiny.krw"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" role="img" aria-label="Two dots"><text>3 %</text></svg>'
TABLE = pd.DataFrame({
    "Who": ['Korea, "public"', "Alphabet & Co"], "USD billion": [2.32267531, None], "Period": [2025, 2024],
    "Lot": ["007", "1e3"], "Printed": ["약 3조", None],
})  # fmt: skip
CHART = Exhibit("Korea's <AI> & more", "US dollars", SVG, TABLE, [("KBS & co", "https://example.org/?a=1&b=2"), ("KBS & co", "https://example.org/2"), ("Ministry", "")], "About 5 < 6.", "alt")
WORDS = Exhibit("A table", "", None, TABLE[["Who", "Period"]], [], "", "")
# A notebook that shows both; the parameters are those of the tiny project's notebook.
SHOW = f'''\
import pandas as pd
from aispend.exhibit import Exhibit
table = pd.DataFrame({{"Who": ["Korea"], "KRW": [3.3e12]}})
display(Exhibit("A chart", currency, {SVG!r}, table, [], "", ""))
Exhibit("A table", "", None, table, [], "", "")
'''


@pytest.fixture
def page(project: Project) -> str:
    outputs = [v4.new_output("display_data", data={"text/html": shown.html}) for shown in (CHART, WORDS)]
    notebook = v4.new_notebook(cells=[v4.new_markdown_cell("# T"), v4.new_code_cell("1", outputs=outputs)])
    return PageExporter(project).page(Spec(NAME, "10_tiny", "A < B"), notebook, {}, Origin("0", "2026-10-30", "0", "3.11"))


def links(page: str) -> list[str]:
    """The files beside a page that it links to."""
    return [unquote(link) for link in re.findall(r'href="(downloads/[^"]*)"', page)]


def test_an_exhibit_is_read_back(page: str) -> None:
    chart, words = shown_exhibits(page)
    assert (chart.headline, chart.unit, chart.note) == (CHART.headline, CHART.subtitle, CHART.note)
    assert chart.table == list(csv.reader(StringIO(CHART.csv)))
    assert chart.links == [("KBS & co", "https://example.org/?a=1&b=2"), ("KBS & co, 2", "https://example.org/2")]
    assert chart.source == "KBS & co [2]; Ministry"
    assert (chart.svg, words.svg, words.unit, words.links) == (SVG, None, "", [])
    assert page_title(page) == "A < B"


@pytest.mark.parametrize("lost", ["exhibit-headline", "data:text/csv"])
def test_an_exhibit_that_cannot_be_read_is_an_error(page: str, lost: str) -> None:
    with pytest.raises(AiSpendError, match="exhibit 1 of the page has no"):
        shown_exhibits(page.replace(lost, "other"))


def test_csv_is_in_the_page_below_its_chart(project: Project, page: str) -> None:
    linked = downloads_of(project, NAME, page).linked()
    figure = linked[linked.index("<figure") : linked.index("</figure>")]
    assert figure.index("</details>") < figure.index("Download: <a")
    (content,) = re.findall(r'<a href="data:text/csv;charset=utf-8,([^"]*)" download="10_tiny.krw.01.csv">CSV</a>', figure)
    assert unquote(content) == CHART.csv
    assert "six digits in the unit that the column" in linked and "<code>make export</code>" in linked


def test_the_workbook_holds_numbers_and_says_what_they_are(page: str) -> None:
    book = load_workbook(BytesIO(workbook("A < B", shown_exhibits(page))))
    assert book.sheetnames == ["Contents", "Exhibit 1", "Exhibit 2"]
    assert book["Contents"]["A3"].value == f"1  {CHART.headline}" and book["Contents"]["A3"].hyperlink.location == "'Exhibit 1'!A1"
    rows = [[cell.value for cell in row] for row in book["Exhibit 1"].iter_rows()]
    assert rows[0][0] == CHART.headline and rows[1][0] == CHART.subtitle
    assert rows[3:6] == [
        ["Who", "USD billion", "Period", "Lot", "Printed"],
        ['Korea, "public"', 2.32268, 2025, "007", "약 3조"],
        ["Alphabet & Co", None, 2024, "1e3", None],
    ]
    assert [row[0] for row in rows[7:]] == [
        "Source: KBS & co: https://example.org/?a=1&b=2", "Source: KBS & co, 2: https://example.org/2", "Note: About 5 < 6.",
    ]  # fmt: skip


def test_the_workbook_holds_no_time_of_day(page: str) -> None:
    content = workbook("A < B", shown_exhibits(page))
    assert content == workbook("A < B", shown_exhibits(page))
    archive = ZipFile(BytesIO(content))
    assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", archive.read("docProps/core.xml").decode())) == {"1980-01-01T00:00:00Z"}


def test_links_are_to_files_that_were_made_from_the_page(project: Project, page: str) -> None:
    files = downloads_of(project, NAME, page)
    own = f"downloads/{NAME}/{NAME}"
    files.write()
    assert links(files.linked()) == [f"{own}.01.svg", f"{own}.xlsx"]
    assert ElementTree.parse(project.html / f"{own}.01.svg").getroot().tag.endswith("svg")

    png = files.folder / f"{NAME}.01.png"
    files.pdf.write_bytes(b"half-written, or of an older page")
    assert files.pdf not in files.printed
    files.write_printed({files.pdf: b"pdf", png: b"png"})
    linked = files.linked()
    assert links(linked) == [f"{own}.01.svg", f"{own}.01.png", f"{own}.pdf", f"{own}.xlsx"]
    again = downloads_of(project, NAME, linked)
    assert (again.page, again.linked()) == (files.page, linked)

    # Other words leave the chart as it is, not the PDF.
    other = downloads_of(project, NAME, page.replace("A table", "Another table"))
    assert links(other.linked()) == [f"{own}.01.svg", f"{own}.01.png", f"{own}.xlsx"]
    other.remove_others()
    assert sorted(path.name for path in other.folder.glob("[!.]*")) == [f"{NAME}.01.png", f"{NAME}.01.svg", f"{NAME}.xlsx"]
    assert links(downloads_of(project, NAME, page.replace("3 %", "4 %")).linked()) == [f"{own}.01.svg", f"{own}.xlsx"]


@pytest.mark.parametrize("changed", ["reports/template/pdf.css", "uv.lock"])
def test_what_a_pdf_is_made_from_beside_its_page(project: Project, page: str, changed: str) -> None:
    files = downloads_of(project, NAME, page)
    files.write_printed({files.pdf: b"pdf"})
    with open(project.root / changed, "ab") as file:
        file.write(b"\n")
    assert downloads_of(project, NAME, page).printed == set()


def test_a_page_that_its_links_make_too_long_is_refused(project: Project, page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "MAXIMUM_BYTES", len(page.encode()))
    with pytest.raises(AiSpendError, match="more than"):
        downloads_of(project, NAME, page).linked()


def shown_files(project: Project) -> list[Path]:
    return sorted(path.relative_to(project.html) for path in (project.html / "downloads").rglob("*") if path.is_file())


def test_a_build_keeps_files_and_pages_together(
    project: Project, add_notebook: Callable[..., None], add_spec: Callable[..., None]
) -> None:
    add_notebook(project, "20_shown", 'currency: str = "KRW"  # currency of the page', SHOW)
    add_spec(project, "20_shown.all", "notebook: 20_shown\ntitle: Shown\n")
    assert build(project, only=["20_shown.all"], say=lambda _: None).failed == {}
    page = project.page("20_shown.all").read_text(encoding="utf-8")
    own = Path("downloads/20_shown.all")
    assert shown_files(project) == [own / "20_shown.all.01.svg", own / "20_shown.all.xlsx"]
    assert sorted(map(Path, links(page))) == shown_files(project)
    add_notebook(project, "20_shown", 'currency: str = "KRW"  # currency of the page', SHOW.replace("display(", "_ = ("))
    build(project, say=lambda _: None)
    # The other reports show no exhibits.
    assert shown_files(project) == [own / "20_shown.all.xlsx"]

    (project.specs / "20_shown.all.yml").unlink()
    build(project, only=["10_tiny.krw"], say=lambda _: None)
    assert shown_files(project) == [] and not (project.html / own).exists()
