"""An exhibit says the same in HTML and in plain text, safely, and record publishes only what JSON can carry."""

import json
import re
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pandas as pd
import pytest

from aispend.errors import AiSpendError
from aispend.exhibit import RECORD_TYPE, Exhibit, cell_text, record
from aispend.money import Money

STYLESHEET = Path(__file__).parents[2] / "reports" / "template" / "exhibit.css"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" role="img" aria-label="A dot"></svg>'


def exhibit(**changes: object) -> Exhibit:
    parts: dict[str, object] = {
        "headline": "Korea spends less than Alphabet & OpenAI <together>",
        "subtitle": "2025. US dollars, nominal",
        "svg": SVG,
        "table": pd.DataFrame({"Who": ["South Korea", "Alphabet"], "USD billion": [2.3204, 91.447], "Year": [2025, 2025]}),
        "source": [("Ministry", "https://example.org/a?b=1&c=2"), ("Ministry", "https://example.org/d"), ("Brief", "")],
        "note": "AI is a part.",
        "alt": "A dot",
    }
    return Exhibit(**(parts | changes))


class Tags(HTMLParser):
    """Every start tag with its attributes, and the text in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def test_plain_text_holds_headline_data_source_and_note():
    assert str(exhibit()).splitlines() == [
        "Korea spends less than Alphabet & OpenAI <together>",
        "2025. US dollars, nominal",
        "",
        "Who | USD billion | Year",
        "South Korea | 2.320 | 2025",
        "Alphabet | 91.45 | 2025",
        "",
        "Source: Ministry <https://example.org/a?b=1&c=2>; Ministry <https://example.org/d>; Brief",
        "Note: AI is a part.",
    ]


def test_a_changed_number_changes_the_plain_text():
    changed = exhibit().table.assign(**{"USD billion": [2.3214, 91.447]})
    assert str(exhibit(table=changed)) != str(exhibit())


def test_pandas_display_options_change_nothing():
    with pd.option_context("display.max_colwidth", 5, "display.precision", 1, "display.max_rows", 1):
        assert exhibit()._repr_mimebundle_() == exhibit()._repr_mimebundle_()
        narrow = str(exhibit())
    assert narrow == str(exhibit())


def test_html_names_its_parts_for_those_who_listen():
    html = Tags(exhibit().html)
    figure, region = html.all("figure")[0], html.all("div")[1]
    ids = {attributes.get("id") for _, attributes in html.tags}
    assert figure["role"] == "group" and figure["aria-labelledby"] in ids
    assert region["role"] == "region" and region["tabindex"] == "0" and region["aria-labelledby"] in ids
    assert html.all("svg")[0]["role"] == "img" and html.all("svg")[0]["aria-label"] == "A dot"
    assert [head["scope"] for head in html.all("th")] == ["col", "col", "col", "row", "row"]
    assert len(html.all("caption")) == 1


def test_html_stands_alone_without_script_style_sheet_or_request():
    html = Tags(exhibit().html)
    assert not {"script", "style", "link", "img", "iframe"} & {name for name, _ in html.tags}
    assert not [attributes for _, attributes in html.tags if "src" in attributes or any(name.startswith("on") for name in attributes)]


def test_words_from_the_data_cannot_become_markup():
    sly = "<script>alert(1)</script>"
    table = pd.DataFrame({sly: [sly]})
    html = exhibit(headline=sly, subtitle=sly, note=sly, table=table, source=[(sly, 'https://example.org/"><script>')]).html
    assert "<script" not in html and html.count("&lt;script&gt;") >= 6


def test_sources_of_one_publisher_are_numbered_links():
    html = Tags(exhibit().html)
    links = [(link["href"], link.get("aria-label")) for link in html.all("a") if "download" not in link]
    assert links == [("https://example.org/a?b=1&c=2", None), ("https://example.org/d", "Ministry, 2")]
    assert any("Brief" in words for words in html.words)


def test_the_csv_link_holds_the_table_at_six_digits():
    table = pd.DataFrame({"Who": ["한국, 정부"], "USD billion": [2.3204567]})
    link = next(link for link in Tags(exhibit(table=table).html).all("a") if "download" in link)
    assert unquote(link["href"].partition(",")[2]) == 'Who,USD billion\n"한국, 정부",2.32046\n'


def test_a_picture_folds_its_data_and_a_table_without_one_does_not():
    assert Tags(exhibit().html).all("details") and not Tags(exhibit(svg=None).html).all("details")


def test_only_a_table_that_becomes_cards_names_the_column_in_every_cell():
    assert "data-column" in exhibit(svg=None).html and "data-column" not in exhibit(svg=SVG).html


def test_a_date_in_the_first_column_is_not_broken():
    html = Tags(exhibit(svg=None, table=pd.DataFrame({"Date": ["2025-08-04"], "What": ["Five teams"]})).html)
    assert [cell.get("class") for cell in html.all("th") if cell.get("scope") == "row"] == ["short"]


def test_the_narrow_picture_is_hidden_until_the_style_sheet_shows_it():
    pictures = [div for div in Tags(exhibit(svg_narrow=SVG).html).all("div") if "exhibit-picture" in (div.get("class") or "")]
    assert ["hidden" in picture for picture in pictures] == [False, True]


def test_the_same_headline_over_other_numbers_has_another_id():
    other = exhibit(table=exhibit().table.assign(Year=[2024, 2024]))
    assert Tags(other.html).all("figure")[0]["aria-labelledby"] != Tags(exhibit().html).all("figure")[0]["aria-labelledby"]


def test_an_amount_does_not_break_over_two_lines():
    html = exhibit(headline="From KRW 130 tn to USD 2.32 bn, 0.124 % and int$ 5 m in 2025").html
    assert "KRW\xa0130\xa0tn to USD\xa02.32\xa0bn, 0.124\xa0% and int$\xa05\xa0m in 2025" in html


def test_every_class_of_the_style_sheet_is_used():
    table = pd.DataFrame({"a": ["x" * 40], "b": ["y" * 200], "c": [1.5], "d": ["z"]})
    html = exhibit(svg_narrow=SVG, table=table).html + exhibit(svg=None, table=table).html
    used = {name for _, attributes in Tags(html).tags for name in (attributes.get("class") or "").split()}
    rules = re.sub(r"/\*.*?\*/", "", STYLESHEET.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert set(re.findall(r"\.([a-z][\w-]*)", rules)) <= used


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (2.3204, "2.320"), (91_447.0, "91,450"), (0.99996, "1.000"), (9.9996, "10.00"), (0.0, "0"), (-12.3456, "-12.35"),
        (5.576e-3, "0.005576"), (1.5e14, "150,000,000,000,000"), (float("nan"), "–"), (None, "–"), (pd.NA, "–"), (pd.NaT, "–"),
        ("", "–"), (2025, "2025"), (np.float64(2.5), "2.500"), (True, "True"), (pd.Timestamp("2025-08-04"), "2025-08-04"),
    ],
)
def test_cells_have_four_significant_digits(value: object, shown: str):
    assert cell_text(value) == shown


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    bundles: list[dict[str, object]] = []
    monkeypatch.setattr("IPython.display.display", lambda shown: bundles.append(shown._repr_mimebundle_()))
    return bundles


def test_record_publishes_sorted_six_digit_values(published: list[dict[str, object]]):
    record(
        ratio=39.41176470588, days=np.int64(9), share=np.float32(0.25), fair=np.bool_(False), unit="USD", none=None,
        budget=Decimal("3300000000000"), total=Money(Decimal("91447000000"), "USD"),
    )
    assert published[0][RECORD_TYPE] == {
        "budget": 3.3e12, "days": 9, "fair": False, "none": None, "ratio": 39.4118, "share": 0.25, "total": "USD 91447000000", "unit": "USD",
    }
    assert published[0]["text/plain"].splitlines()[:2] == ["budget: 3300000000000.0", "days: 9"]
    assert json.loads(json.dumps(published[0][RECORD_TYPE], allow_nan=False)) == published[0][RECORD_TYPE]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -np.inf, Decimal("NaN")])
def test_record_refuses_what_is_no_number(value: object, published: list[dict[str, object]]):
    with pytest.raises(AiSpendError, match="ratio is (nan|inf|-inf)"):
        record(days=9, ratio=value)
    assert not published


@pytest.mark.parametrize("value", [[1], {"a": 1}, pd.NA, pd.Timestamp("2025-01-01"), 1 + 2j, b"x", Money(None, "USD", low=Decimal(1))])
def test_record_refuses_other_types_by_name(value: object, published: list[dict[str, object]]):
    with pytest.raises(AiSpendError, match=rf"total is .*{type(value).__name__}"):
        record(total=value)
    assert not published
