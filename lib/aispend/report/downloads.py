"""What a page offers to take away: tables as CSV and workbook, charts as SVG and PNG, itself as PDF.

CSV is in the page. The files are in reports/html/downloads/<report>/, and a page links to those that are
there and were made from it, to no other. A build makes workbook and SVG, which takes milliseconds; `make pdf`
makes PDF and PNG (see `printing`), and these stay for as long as what they were made from stays the same.
"""

import json
import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from aispend.errors import AiSpendError
from aispend.report.project import Project, write_whole
from aispend.report.shown import EXHIBIT, SVG, page_title, shown_exhibits

MAXIMUM_BYTES = 300_000
_CSV = re.compile(r'<p class="exhibit-download"><a href="(data:text/csv[^"]*)"[^>]*>.*?</a></p>\n?')
_LINKS = re.compile("<!--files-->.*?<!--/files-->", re.DOTALL)
_NO_LINKS = "<!--files--><!--/files-->"
# What decides a PDF or a PNG beside the page it is made from and the packages of the lock file.
_RECIPE = ("pdf.py", "picture.py", "shown.py", "workbook.py")


@dataclass(frozen=True)
class Downloads:
    """The files of one report and the page they are made from, in which the places of links are empty."""

    project: Project
    name: str
    page: str

    @property
    def folder(self) -> Path:
        return self.project.html / "downloads" / self.name

    @property
    def pdf(self) -> Path:
        return self.folder / f"{self.name}.pdf"

    @property
    def workbook(self) -> Path:
        return self.folder / f"{self.name}.xlsx"

    @cached_property
    def pictures(self) -> dict[Path, str]:
        """The wide picture of each exhibit that has one, by path of its SVG file."""
        found = (SVG.search(figure) for figure in EXHIBIT.findall(self.page))
        return {self.folder / f"{self.name}.{n:02}.svg": svg[0] for n, svg in enumerate(found, start=1) if svg}

    @cached_property
    def print_keys(self) -> dict[Path, str]:
        """The files that `make pdf` makes, each with a SHA-256 over everything it is made from."""
        style = self.project.template / "pdf.css"
        parts = [Path(__file__).with_name(module).read_bytes() for module in _RECIPE]
        parts += [path.read_bytes() for path in (style, self.project.lock_file) if path.exists()]
        recipe = sha256(b"\0".join(parts)).hexdigest()
        contents = {self.pdf: self.page} | {path.with_suffix(".png"): svg for path, svg in self.pictures.items()}
        return {path: sha256(f"{recipe}\0{content}".encode()).hexdigest() for path, content in contents.items()}

    @cached_property
    def printed(self) -> set[Path]:
        """The files of `make pdf` that are there and were made from this page."""
        try:
            known = json.loads(self._keys.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return set()
        return {path for path, key in self.print_keys.items() if known.get(path.name) == key and path.exists()}

    @property
    def _keys(self) -> Path:
        return self.folder / ".printed.json"

    def write(self) -> None:
        """Write the workbook and the SVG files."""
        # Imported here because finding out that nothing is to be built needs none of it.
        from aispend.report.workbook import workbook

        exhibits = shown_exhibits(self.page)
        if exhibits:
            write_whole(self.workbook, workbook(page_title(self.page), exhibits))
        for path, svg in self.pictures.items():
            write_whole(path, f"{svg}\n".encode())

    def write_printed(self, files: dict[Path, bytes]) -> None:
        """Write what `make pdf` made; a file counts as there only once its key is written too."""
        kept = self.printed - files.keys()
        for path, content in files.items():
            write_whole(path, content)
        keys = {path.name: self.print_keys[path] for path in sorted({*kept, *files})}
        write_whole(self._keys, json.dumps(keys, indent=1).encode())
        self.__dict__.pop("printed", None)

    def linked(self) -> str:
        """The page with links to its files.

        Raises AiSpendError if they make it too long.
        """
        links = self._links()
        page = _LINKS.sub(lambda _: f"<!--files-->{next(links, '')}<!--/files-->", self.page)
        if len(page.encode()) > MAXIMUM_BYTES:
            raise AiSpendError(f"with its downloads the page has more than {MAXIMUM_BYTES} bytes; shorten tables")
        return page

    def remove_others(self) -> None:
        """Remove files that the page does not link to; to be called after the page was written."""
        kept = {*self.pictures, *self.printed} | ({self.workbook} if EXHIBIT.search(self.page) else set())
        for path in self.folder.glob("[!.]*"):
            if path not in kept:
                path.unlink()
        if not kept:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _links(self) -> Iterator[str]:
        exhibits = EXHIBIT.findall(self.page)
        for n in range(1, len(exhibits) + 1):
            svg = self.folder / f"{self.name}.{n:02}.svg"
            offered = [path for path in (svg, svg.with_suffix(".png")) if path in {*self.pictures, *self.printed}]
            yield "".join(f" · {self._link(path, path.suffix[1:].upper())}" for path in offered)
        whole = [self._link(self.pdf, "this page as PDF")] if self.pdf in self.printed else []
        whole += [self._link(self.workbook, "all tables as a workbook")] if exhibits else []
        yield " · ".join(whole) + ("<br>" if whole else "")

    def _link(self, path: Path, text: str) -> str:
        return f'<a href="downloads/{quote(self.name)}/{quote(path.name)}" download>{text}</a>'


def downloads_of(project: Project, name: str, page: str) -> Downloads:
    """The downloads of a page as the exporter made it, or as it is on the disk."""
    numbers = iter(range(1, 1000))
    page = EXHIBIT.sub(lambda figure: _with_place(figure[0], f"{name}.{next(numbers):02}.csv"), page)
    return Downloads(project, name, _LINKS.sub(_NO_LINKS, page))


def remove_orphans(project: Project, names: Iterable[str]) -> None:
    """Remove the files of reports that are gone."""
    kept = {*names}
    for left in (project.html / "downloads").glob("*"):
        if left.name not in kept:
            shutil.rmtree(left)


def _with_place(figure: str, file_name: str) -> str:
    """The exhibit with its CSV in a line below everything else, where a reader looks for it, not within its table."""
    found = _CSV.search(figure)
    if not found:
        return figure
    line = f'<p class="exhibit-download">Download: <a href="{found[1]}" download="{file_name}">CSV</a>{_NO_LINKS}</p>\n'
    return (figure[: found.start()] + figure[found.end() :]).replace("</figure>", f"{line}</figure>")
