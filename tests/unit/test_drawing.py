"""The sheet that charts are drawn on: text that fits, labels that keep apart, scales, colours that can be read."""

from xml.etree import ElementTree

import numpy as np

from aispend.charts.drawing import Scale, Sheet, legible, spread, text_width, wrap
from aispend.data.tables import load


def test_long_text_wraps_within_its_width_and_says_when_it_is_cut():
    lines = wrap("Foundation models adapted to the Korean language and culture, incomprehensibilities", 120, 12, lines=3)
    assert len(lines) == 3 and lines[-1].endswith("…") and all(text_width(line, 12) <= 120 for line in lines)
    assert wrap("unbreakableunbreakableunbreakable", 60, 12)[0].endswith("…") and wrap("", 60, 12) == [""]
    assert text_width("한국", 12) > text_width("ab", 12)


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
