"""The PDFs that `make pdf` made, as a reader, a screen reader and a careful user meet them; and how making one fails."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

import psutil
import pypdf
import pytest
import weasyprint
from PIL import Image
from pypdf.generic import ArrayObject, DictionaryObject
from weasyprint.formatting_structure.boxes import TextBox

from aispend.__main__ import main
from aispend.errors import AiSpendError
from aispend.report import keys, pdf, printing
from aispend.report.downloads import Downloads, downloads_of
from aispend.report.picture import png
from aispend.report.project import Project, this_project
from aispend.report.shown import page_title, shown_exhibits

PROJECT = this_project()
NAMES = sorted(path.stem for path in PROJECT.specs.glob("*.yml"))
STYLE = (PROJECT.template / "pdf.css").read_text(encoding="utf-8")
SMALL = '<!doctype html><html lang="en"><head><title>T</title><style></style></head><body><h1>T</h1>{}</body></html>'
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 30" role="img" aria-label="A dot"><circle cx="9" cy="9" r="3"/></svg>'


def downloads(name: str) -> Downloads:
    return downloads_of(PROJECT, name, PROJECT.page(name).read_text(encoding="utf-8"))


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def in_two_parts_at_most(words: str, text: str) -> bool:
    """Whether the words stand in the text whole, or with a page break between two of them."""
    return words in text or any(words[:place] in text and words[place:] in text for place in range(1, len(words)))


def elements(node: object) -> list[DictionaryObject]:
    """The structure elements of a PDF in reading order."""
    node = node.get_object()
    if isinstance(node, ArrayObject):
        return [element for child in node for element in elements(child)]
    if not isinstance(node, DictionaryObject):
        return []
    return [node, *(elements(node["/K"]) if "/K" in node else [])]


class Report(NamedTuple):
    files: Downloads
    read: pypdf.PdfReader
    texts: list[str]


@pytest.fixture(scope="module", params=NAMES)
def report(request: pytest.FixtureRequest) -> Report:
    """A report with its PDF, and the text of each of its pages without white space."""
    files = downloads(request.param)
    read = pypdf.PdfReader(files.pdf)
    return Report(files, read, [squeezed(page.extract_text()) for page in read.pages])


def test_text_can_be_selected_and_nothing_is_left_out(report: Report) -> None:
    title = page_title(report.files.page)
    text = "".join(page.replace(f"{squeezed(title)}{n}/{len(report.texts)}", "") for n, page in enumerate(report.texts, start=1))
    wanted = [title]
    for exhibit in shown_exhibits(report.files.page):
        spoken = re.findall(r"<text[^>]*>(.*?)</text>", exhibit.svg or "", re.DOTALL)
        words = [exhibit.headline, exhibit.unit, exhibit.note, exhibit.source]
        wanted += [*words, *map(unescape, spoken), *([] if exhibit.svg else exhibit.table[0])]
    assert [words for words in wanted if not in_two_parts_at_most(squeezed(words), text)] == []


def test_it_is_tagged_as_pdf_ua(report: Report) -> None:
    files, read, _ = report
    root = read.trailer["/Root"]
    assert 'pdfuaid:part="1"' in root["/Metadata"].get_object().get_data().decode()
    assert root["/MarkInfo"]["/Marked"].value is True
    assert (root["/Lang"], root["/ViewerPreferences"]["/DisplayDocTitle"].value) == ("en", True)
    assert read.metadata.title == page_title(files.page)
    found = elements(root["/StructTreeRoot"]["/K"])
    kinds = [element.get("/S") for element in found]
    assert kinds.count("/H1") == 1 and "/P" in kinds
    tables = sum(exhibit.svg is None for exhibit in shown_exhibits(files.page))
    assert kinds.count("/Table") >= tables and (kinds.count("/TH") > 0) == (kinds.count("/Table") > 0)
    spoken = [element["/Alt"] for element in found if element.get("/S") == "/Figure"]
    assert spoken == [unescape(re.search('aria-label="([^"]*)"', svg)[1]) for svg in files.pictures.values()]


def test_charts_are_vectors(report: Report) -> None:
    assert [image.name for page in report.read.pages for image in page.images] == []


def test_links_are_alive_and_pages_are_numbered(report: Report) -> None:
    files, read, _ = report
    notes = [note.get_object() for page in read.pages for note in page.get("/Annots", [])]
    addresses = {note["/A"]["/URI"] for note in notes if note.get("/A", {}).get("/S") == "/URI"}
    shown = {unquote(url) for exhibit in shown_exhibits(files.page) for _, url in exhibit.links}
    assert {unquote(address) for address in addresses} >= shown
    assert all(address.startswith("http") for address in addresses)
    assert all(f"{number}/{len(report.texts)}" in text for number, text in enumerate(report.texts, start=1))


def test_its_tables_are_attached(report: Report) -> None:
    files, read, _ = report
    assert read.attachments == {files.workbook.name: [files.workbook.read_bytes()]}


def test_a_page_offers_what_was_made(report: Report) -> None:
    files = report.files
    assert files.printed == files.print_keys.keys()
    links = re.findall(r'href="(downloads/[^"]*)"', PROJECT.page(files.name).read_text(encoding="utf-8"))
    offered = {PROJECT.html / link for link in links}
    assert offered == set(files.folder.glob("[!.]*")) == {*files.pictures, *files.print_keys, files.workbook}
    for path, svg in files.pictures.items():
        width, height = map(float, re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg).groups())
        assert Image.open(BytesIO(path.with_suffix(".png").read_bytes())).size == pytest.approx((2 * width, 2 * height), abs=2)


@pytest.mark.parametrize("name", ["10_overview.usd", "50_audit.all"])
def test_the_same_bytes_twice(name: str, tmp_path: Path) -> None:
    files = downloads(name)
    program = (
        "import sys\nfrom aispend.report.project import this_project\nfrom aispend.report.downloads import downloads_of\n"
        "from aispend.report.printing import _files\nproject = this_project()\n"
        "files = downloads_of(project, sys.argv[1], project.page(sys.argv[1]).read_text(encoding='utf-8'))\n"
        "made = _files(files, list(files.print_keys), (project.template / 'pdf.css').read_text())\n"
        "print(len(made), [path.name for path, content in made.items() if path.read_bytes() != content])"
    )
    elsewhere = {**os.environ, "TZ": "Asia/Seoul", "LC_ALL": "C", "PYTHONHASHSEED": "7", "PYTHONPATH": str(PROJECT.library.parent)}
    done = subprocess.run([sys.executable, "-c", program, name], cwd=tmp_path, env=elsewhere, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == (f"{len(files.print_keys)} []\n", "")


def beyond_the_margin(html: str) -> list[str]:
    """The texts that do not end before the right margin."""
    edge = (210 - 16) * 96 / 25.4 + 1
    boxes = [box for page in weasyprint.HTML(string=html).render().pages for box in page._page_box.descendants()]
    return [box.text for box in boxes if isinstance(box, TextBox) and box.position_x + box.width > edge]


# Reports with the widest tables.
@pytest.mark.parametrize("name", ["10_overview.usd", "40_comparable.alphabet-usd", "50_audit.all", "60_champions.actual-krw"])
def test_no_table_is_cut_off(name: str) -> None:
    assert beyond_the_margin(pdf.printable(downloads(name).page, STYLE, tables=True)) == []


def test_a_table_that_is_cut_off_is_seen() -> None:
    cells = "".join(f"<td>{'unbreakable' * 9}{n}</td>" for n in range(3))
    assert beyond_the_margin(pdf.printable(SMALL.format(f"<table><tr>{cells}</tr></table>"), STYLE, tables=False)) != []


def test_a_picture_from_outside_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.socket.connect", lambda *_: pytest.fail("the network was asked"))
    for address in ("https://example.org/a.png", "file:///etc/hostname"):
        with pytest.raises(AiSpendError, match="WeasyPrint: Failed to load image"):
            pdf.pdf(SMALL.format(f'<img alt="a" src="{address}">'), style=STYLE)


def test_a_picture_without_words_is_refused() -> None:
    dot = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
    with pytest.raises(AiSpendError, match="has no required alt description"):
        pdf.pdf(SMALL.format(f'<img src="{dot}">'), style=STYLE)


def test_a_sign_that_no_font_has_is_named() -> None:
    with pytest.raises(AiSpendError, match="no installed font has the signs \U0001e6c1: apt-get install fonts-noto-cjk"):
        pdf.pdf(SMALL.format("\U0001e6c1"), style=STYLE)


WITHOUT = {
    "import cffi\ndef refuse(*_): raise OSError('cannot load library')\ncffi.FFI.dlopen = refuse": "does not find Pango",
    "import weasyprint.text.ffi as ffi\nffi.harfbuzz_subset = None": "does not find HarfBuzz-Subset",
    "import sys\nsys.modules['weasyprint'] = None": "WeasyPrint is not installed; `make pdf` installs it",
}


@pytest.mark.parametrize("lack", WITHOUT)
def test_what_is_missing_is_named_in_one_line(lack: str) -> None:
    program = f"{lack}\nfrom aispend.report.pdf import require_weasyprint\ntry: require_weasyprint()\nexcept ValueError as error: print(error)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert WITHOUT[lack] in done.stdout and done.stdout.count("\n") == 1 and done.stderr == ""
    assert ("apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0" in done.stdout) == ("does not find" in done.stdout)


def test_a_chart_as_png() -> None:
    assert Image.open(BytesIO(png(SVG.replace("<svg", '<svg width="90" height="30"')))).size == (180, 60)
    with pytest.raises(AiSpendError, match="cannot be drawn as PNG"):
        png("<svg")


@pytest.fixture
def three(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project of three built pages with one chart each, and without a kernel that could build them again."""
    project = Project(tmp_path, library=tmp_path / "lib")
    for place in (project.library, project.data, project.specs, project.notebooks):
        place.mkdir(parents=True)
    shutil.copytree(PROJECT.template, project.template)
    (project.notebooks / "10.ipynb").write_text(json.dumps({"cells": []}))
    (project.notebooks / "10_tiny.ipynb").write_text(json.dumps({"cells": []}))
    for name in ("10_tiny.a", "10_tiny.b", "10_tiny.c"):
        (project.specs / f"{name}.yml").write_text(f"notebook: 10_tiny\ntitle: Report {name}\n")
        write_page(project, name, f"Page {name}")
    monkeypatch.setattr("aispend.report.project.this_project", lambda: project)
    return project


def write_page(project: Project, name: str, words: str) -> None:
    figure = (
        '<figure class="exhibit"><p class="exhibit-headline">A</p>' + SVG
        + '<p class="exhibit-download"><a href="data:text/csv;charset=utf-8,a%0A1%0A" download="x">CSV</a></p>\n</figure>'
    )  # fmt: skip
    files = downloads_of(project, name, SMALL.format(f"<p>{words}</p>{figure}<!--files--><!--/files-->"))
    page = files.linked().encode()
    files.write()
    project.page(name).write_bytes(page)
    keys.write_result(project, name, keys.Result("key", keys.page_hash(page), {}))


def test_only_what_changed_is_made_again(three: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pdf"]) == 0
    assert capsys.readouterr().out.endswith("3 made, 0 up to date, 0 failed\n")
    assert keys.read_result(three, "10_tiny.a") is not None  # the page with links is the one that the build knows
    before = {path: path.stat().st_mtime_ns for path in (three.html / "downloads").rglob("*")}
    assert main(["pdf"]) == 0
    assert capsys.readouterr().out == "0 made, 3 up to date, 0 failed\n"
    assert {path: path.stat().st_mtime_ns for path in (three.html / "downloads").rglob("*")} == before

    write_page(three, "10_tiny.b", "Other words")
    assert main(["pdf"]) == 0
    assert capsys.readouterr().out.splitlines()[0].startswith("[1/1] 10_tiny.b  ")
    assert "Other words" in pypdf.PdfReader(three.html / "downloads/10_tiny.b/10_tiny.b.pdf").pages[0].extract_text()
    assert main(["pdf", "--only", "10_tiny.d"]) == 1


def test_a_failure_names_its_report_and_the_others_are_made(three: Project, capsys: pytest.CaptureFixture[str]) -> None:
    write_page(three, "10_tiny.b", '<img alt="a" src="https://example.org/a.png">')
    three.page("10_tiny.c").write_text("damaged")
    assert main(["pdf"]) == 1
    said = capsys.readouterr().out
    assert "\n10_tiny.b: WeasyPrint: Failed to load image" in said
    assert "10_tiny.c: there is no page; `make reports` builds it" in said
    assert said.endswith("1 made, 0 up to date, 2 failed: 10_tiny.b, 10_tiny.c\n")
    own = three.html / "downloads"
    assert (own / "10_tiny.a/10_tiny.a.pdf").exists() and not (own / "10_tiny.b/10_tiny.b.pdf").exists()
    assert ".pdf" not in three.page("10_tiny.b").read_text()


def test_a_lost_process_is_a_failure(three: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(printing, "_files", os._exit)
    assert main(["pdf", "--only", "10_tiny.a"]) == 1
    assert "10_tiny.a: " in capsys.readouterr().out


def test_a_killed_driver_leaves_no_process() -> None:
    program = (
        "import os, time\nfrom concurrent.futures import ProcessPoolExecutor\nfrom multiprocessing import get_context\n"
        "from aispend.report.printing import _end_with_driver\n"
        "pool = ProcessPoolExecutor(1, mp_context=get_context('spawn'), initializer=_end_with_driver)\n"
        "print(pool.submit(os.getpid).result(), flush=True)\ntime.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as driver:
        worker = psutil.Process(int(driver.stdout.readline()))
        driver.kill()
    for _ in range(100):
        if not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE:
            return
        time.sleep(0.1)
    pytest.fail("the worker waits for ever")
