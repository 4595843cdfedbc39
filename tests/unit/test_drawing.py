"""The sheet that charts are drawn on: text that fits, labels that keep apart, scales, colours that can be read."""

from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from aispend.charts.drawing import Scale, Sheet, legible, spread, text_width, wrap
from aispend.data.tables import load

LINES = [*load("facts")["what"].dropna(), *load("programmes")["goal"].dropna(), "", "  two  blanks ", "AV Ta Yo, fi W. j f"]


def test_long_text_wraps_within_its_width_and_says_when_it_is_cut():
    lines = wrap("Foundation models adapted to the Korean language and culture, incomprehensibilities", 120, 12, lines=3)
    assert len(lines) == 3 and lines[-1].endswith("…") and all(text_width(line, 12) <= 120 for line in lines)
    assert wrap("unbreakableunbreakableunbreakable", 60, 12)[0].endswith("…") and wrap("", 60, 12) == [""]
    assert text_width("한국", 12) > text_width("ab", 12)


@pytest.mark.parametrize("weight", ["normal", "bold"])
def test_a_line_is_as_wide_as_matplotlib_sets_it_in_one_piece(weight: str):
    font = FontProperties(family="DejaVu Sans", size=13, weight=weight)
    for line in filter(str.isascii, LINES):
        assert text_width(line, 13, bold=weight == "bold") == pytest.approx(text_to_path.get_text_width_height_descent(line, font, ismath=False)[0], abs=0.01), line


def test_what_lies_on_top_is_drawn_last_and_a_gap_breaks_a_stroke():
    sheet = Sheet(90, 60)
    sheet.dot(20, 30, colour="#c8102e")
    sheet.dot(40, 30, colour="#c8102e")
    sheet.text(50, 20, "a < b", size=12, boxed=True)
    sheet.line([0, 9.996, float("nan"), 70], [5, 5, 5, 1 / 3])
    sheet.box(0, 0, 90, 10, colour="#eeeeee")
    _, drawn = ElementTree.fromstring(sheet.svg("a", name="n")).findall("{http://www.w3.org/2000/svg}g")
    assert [element.tag.partition("}")[2] for element in drawn] == ["path", "path", "path", "defs", "g", "g", "text"]
    assert [path.get("d") for path in drawn[:2]] == ["M 0 0 L 90 0 L 90 10 L 0 10 z", "M 0 5 L 10 5 M 70 0.33"]
    assert len({use.get("href") for use in drawn.iter("{http://www.w3.org/2000/svg}use")}) == 1


def test_labels_are_moved_apart_no_further_than_needed():
    assert spread([50.0, 10.0, 12.0], 10, 0, 100) == [50.0, 10.0, 20.0]
    assert spread([95.0, 99.0], 10, 0, 100) == [90.0, 100.0]
    assert spread([], 10, 0, 100) == []


def test_a_scale_keeps_its_ends_and_marks_round_values():
    linear, log = Scale.over(np.array([20.0, 80.0]), 0, 100), Scale.over(np.array([1e6, 1e9]), 0, 100)
    assert linear.at(0) == 0 and linear.at(80) == 100 and linear.ticks(5) == [0, 20, 40, 60, 80]
    assert log.ticks(9) == [1e6, 1e7, 1e8, 1e9] and log.at(1e6) > 0 and log.at(1e9) < 100
    assert Scale.over(np.array([0.0, 0.0]), 0, 100).at(0) == 0


def test_an_empty_sheet_is_a_valid_picture_with_its_label_escaped():
    svg = Sheet(100, 50).svg('A "quoted" <label>', name="empty")
    assert ElementTree.fromstring(svg).get("aria-label") == 'A "quoted" <label>'


def test_every_actor_is_legible_on_white():
    for colour in ["#e58a97", "#ffff00", "#7a7a7a", *load("actors")["colour"]]:
        parts = [int(legible(colour)[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        red, green, blue = ((part / 12.92) if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        assert 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05) >= 4.45, colour
    assert legible("#c8102e") == "#c8102e"
