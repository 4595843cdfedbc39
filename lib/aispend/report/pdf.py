"""One page as PDF by WeasyPrint: tagged as PDF/UA-1, text as text, charts as vectors, its tables attached.

The same page gives the same bytes wherever the same fonts and the same Pango are installed. WeasyPrint itself
writes no date and no identifier unless asked to; what else would differ is named where it is settled.
"""

import logging
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from datetime import UTC, datetime
from io import StringIO
from typing import Any

from aispend.errors import AiSpendError
from aispend.report.shown import SVG

# The largest picture that leaves room for the headline above it, on A4 less the margins of pdf.css, in mm.
_WIDTH, _HEIGHT = 178.0, 195.0
_SYSTEM = "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
# Of the two pictures of each exhibit paper gets the wide one; a container query, which WeasyPrint does not
# know, chooses on a screen. Tables behind pictures are in the attached workbook.
_NOT_PRINTED = re.compile(
    r'<div class="exhibit-picture exhibit-narrow".*?</svg></div>|<details class="exhibit-data">.*?</details>'
    r'|<p class="exhibit-download">.*?</p>',
    re.DOTALL,
)
_BESIDE = re.compile(r'<a\b[^>]* ?href="(?!#|[a-z]+:)[^"]*"[^>]*>(.*?)</a>')
_FILES = re.compile(r'<dt id="files">.*?</dd>', re.DOTALL)
_ATTACHED = "<dt>Tables</dt><dd>Those behind the charts too, in the workbook that is attached to this file</dd>"
_VIEW = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
_SPOKEN = re.compile(r'aria-label="([^"]*)"')
_SIZED = re.compile(r' (?:width|height|style)="[^"]*"')


def require_weasyprint() -> None:
    """Import WeasyPrint, or say in one line what is missing.

    Raises AiSpendError naming the package to install.
    """
    try:
        # It prints ten lines of advice where a library is missing.
        with redirect_stdout(StringIO()), warnings.catch_warnings(action="ignore"):
            from weasyprint.text.ffi import harfbuzz_subset
    except ModuleNotFoundError:
        raise AiSpendError("WeasyPrint is not installed; `make pdf` installs it") from None
    except OSError:
        raise AiSpendError(f"WeasyPrint does not find Pango, which is a system library: {_SYSTEM}") from None
    if harfbuzz_subset is None:
        # Without it fonts are cut down by fontTools, which writes the time of day into them.
        raise AiSpendError(f"WeasyPrint does not find HarfBuzz-Subset, which is a system library: {_SYSTEM}")


def pdf(page: str, *, style: str, tables: bytes | None = None, name: str = "page") -> bytes:
    """A page of `page.html.j2` as PDF; `style` is CSS that is added to its own, `tables` a workbook to attach.

    Nothing is loaded, from the network or the disk. Links to other places stay alive, those to files beside
    the page do not.

    Raises AiSpendError if WeasyPrint reports an error or no installed font has one of the signs.
    """
    require_weasyprint()
    from weasyprint import HTML, Attachment
    from weasyprint.urls import URLFetcher

    # An attachment is dated, by default with the clock; a ZIP file such as the workbook knows no earlier day.
    day = datetime(1980, 1, 1, tzinfo=UTC)
    attached = Attachment(string=tables, name=f"{name}.xlsx", description="The tables of this page", created=day, modified=day)
    with _no_errors():
        html = printable(page, style, tables=tables is not None)
        return HTML(string=html, url_fetcher=URLFetcher(allowed_protocols=["data"])).write_pdf(
            pdf_variant="pdf/ua-1", attachments=[attached] if tables else None, finisher=_refuse_missing_signs
        )


def printable(page: str, style: str, *, tables: bool) -> str:
    """The page as it goes to WeasyPrint: wide pictures only, with sizes and words, no link to what lies beside it.

    >>> printable('<style></style><a href="index.html">All</a> <a href="https://example.org">one</a>', "p {}", tables=False)
    '<style>p {}</style><b>All</b> <a href="https://example.org">one</a>'
    """
    page = _FILES.sub(_ATTACHED if tables else "", _NOT_PRINTED.sub("", page))
    page = SVG.sub(lambda picture: _sized(picture[0]), page)
    return _BESIDE.sub(r"<b>\1</b>", page).replace("</style>", f"{style}</style>", 1)


def _sized(svg: str) -> str:
    opening, rest = svg.split(">", 1)
    view, spoken = _VIEW.search(opening), _SPOKEN.search(opening)
    if not view:
        return svg
    width, height = float(view[1]), float(view[2])
    scale = min(_WIDTH / width, _HEIGHT / height)
    # WeasyPrint would give an inline SVG the height of a square, and takes the words for a reader without
    # eyes from its title, not from aria-label.
    opening = f'{_SIZED.sub("", opening)} style="width:{width * scale:.2f}mm;height:{height * scale:.2f}mm"'
    return f"{opening}><title>{spoken[1] if spoken else ''}</title>{rest}"


def _refuse_missing_signs(document: Any, _: Any) -> None:
    missing = sorted({chr(sign) for font in document.fonts.values() for sign in font.missing})
    if missing:
        raise AiSpendError(f"no installed font has the signs {' '.join(missing[:10])}: apt-get install fonts-noto-cjk")


@contextmanager
def _no_errors() -> Iterator[None]:
    """WeasyPrint logs what it could not load, draw or tag, and goes on; here that is an error."""
    said: list[str] = []
    handler = logging.Handler(logging.ERROR)
    handler.emit = lambda record: said.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("weasyprint")
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
    if said:
        raise AiSpendError(f"WeasyPrint: {'; '.join(dict.fromkeys(said))}")
