"""What a finished page shows: its exhibits, read back from the HTML that exhibit.html.j2 wrote."""

import csv
import re
from dataclasses import dataclass
from html import unescape
from io import StringIO
from urllib.parse import unquote

from aispend.errors import AiSpendError

EXHIBIT = re.compile(r'<figure class="exhibit\b.*?</figure>', re.DOTALL)
SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
_HEADLINE = re.compile(r'<p class="exhibit-headline"[^>]*>(.*?)</p>', re.DOTALL)
_SUBTITLE = re.compile(r'<p class="exhibit-subtitle">(.*?)</p>', re.DOTALL)
_SOURCE = re.compile(r'<p class="exhibit-source">(.*?)</p>', re.DOTALL)
_NOTE = re.compile(r'<p class="exhibit-note"><strong>Note:</strong> (.*?)</p>', re.DOTALL)
_LINK = re.compile(r'<a href="([^"]*)"(?: aria-label="([^"]*)")?>(.*?)</a>')
_DATA = re.compile(r'href="data:text/csv;charset=utf-8,([^"]*)"')
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class ShownExhibit:
    """One exhibit of a page: its words, its table as printed in the CSV (header first), its wide picture.

    `unit` is the line under the headline; `links` holds (label, address) of each source that has one.
    """

    headline: str
    unit: str
    table: list[list[str]]
    source: str
    links: list[tuple[str, str]]
    note: str
    svg: str | None


def shown_exhibits(page: str) -> list[ShownExhibit]:
    """The exhibits of a page in their order.

    Raises AiSpendError for an exhibit without headline or data, which only a changed template can bring about.
    """
    return [_read(figure, place) for place, figure in enumerate(EXHIBIT.findall(page), start=1)]


def page_title(page: str) -> str:
    """The title of a page.

    >>> page_title("<title>Korea &amp; the others</title>")
    'Korea & the others'
    """
    return _words(_TITLE, page)


def _read(figure: str, place: int) -> ShownExhibit:
    headline, data = _words(_HEADLINE, figure), _DATA.search(figure)
    if not headline or not data:
        raise AiSpendError(f"exhibit {place} of the page has no {'data' if headline else 'headline'}; see exhibit.html.j2")
    source = _SOURCE.search(figure)
    picture = SVG.search(figure)
    return ShownExhibit(
        headline=headline,
        unit=_words(_SUBTITLE, figure),
        table=list(csv.reader(StringIO(unquote(unescape(data[1]))))),
        source=_words(_SOURCE, figure).removeprefix("Source: "),
        links=[(unescape(spoken or label), unescape(url)) for url, spoken, label in _LINK.findall(source[1] if source else "")],
        note=_words(_NOTE, figure),
        svg=picture[0] if picture else None,
    )


def _words(pattern: re.Pattern[str], html: str) -> str:
    found = pattern.search(html)
    return unescape(_TAG.sub("", found[1])).strip() if found else ""
