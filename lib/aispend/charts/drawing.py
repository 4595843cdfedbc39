"""What every chart form draws with: a sheet measured in CSS pixels, scales, text that wraps, clean SVG.

A sheet writes its four elements (words, strokes, rectangles, marks) itself: a figure with axes, of which
a chart would use neither, takes ten times as long. Text stays text, so it is small, can be selected and
shows any script the reader has a font for. Its width is reckoned with matplotlib's own DejaVu Sans, which
is wider than the fonts that browsers put in its place, so labels stay clear of each other everywhere.
"""

import math
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from xml.sax.saxutils import escape

import numpy as np
from matplotlib.colors import to_hex, to_rgb
from matplotlib.font_manager import FontProperties
from matplotlib.markers import MarkerStyle
from matplotlib.textpath import text_to_path
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import Affine2D

INK, GREY, RULE = "#333333", "#5f5f5f", "#dcdcdc"
FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'Noto Sans CJK KR', sans-serif"
_MARKERS = {"right": ">", "left": "<", "diamond": "D"}


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """The width of one line of text in pixels; characters of full width count as a capital M."""
    words = text.split(" ")
    # DejaVu Sans kerns no letter against a space, so the widths of words add up, and words come back.
    return (sum(_word_width(word, bold) for word in words) + (len(words) - 1) * _word_width(" ", bold)) * (size / 100)


@lru_cache(maxsize=8192)
def _word_width(word: str, bold: bool) -> float:
    """The width of a word set in 100 pixels."""
    plain = "".join("M" if unicodedata.east_asian_width(letter) in "WF" else letter for letter in word)
    font = FontProperties(family="DejaVu Sans", size=100, weight="bold" if bold else "normal")
    return float(text_to_path.get_text_width_height_descent(plain, font, ismath=False)[0])


def wrap(text: str, width: float, size: float, *, bold: bool = False, lines: int = 99) -> list[str]:
    """The text in lines no wider than `width` pixels, at most `lines` of them, the last one cut with an ellipsis."""
    wrapped = [""]
    for word in text.split():
        longer = f"{wrapped[-1]} {word}".strip()
        if wrapped[-1] and text_width(longer, size, bold=bold) > width:
            wrapped.append(word)
        else:
            wrapped[-1] = longer
    kept = wrapped[:lines]
    if len(wrapped) > lines:
        kept[-1] += "…"
    return [_cut(line, width, size, bold) for line in kept]


def _cut(line: str, width: float, size: float, bold: bool) -> str:
    body = line.rstrip("…")
    if text_width(line, size, bold=bold) <= width:
        return line
    while body and text_width(f"{body}…", size, bold=bold) > width:
        body = body[:-1].rstrip()
    return f"{body}…"


@dataclass(frozen=True)
class Scale:
    """Values between `low` and `high` laid over the pixels from `start` to `end`, on a linear or log axis."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    @classmethod
    def over(cls, values: np.ndarray, start: float, end: float) -> "Scale":
        """A scale from zero, or a logarithmic one where the values span more than a hundredfold."""
        low, high = float(np.min(values)), float(np.max(values))
        if low > 0 and high / low > 100:
            return cls(low / 1.5, high * 1.1, start, end, log=True)
        return cls(min(0.0, low), high if high > 0 else 1.0, start, end)

    def at(self, value: float) -> float:
        """The pixel of a value."""
        low, high, value = (np.log10([self.low, self.high, value]) if self.log else (self.low, self.high, value))
        return float(self.start + (value - low) / (high - low) * (self.end - self.start))

    def ticks(self, most: int) -> list[float]:
        """Round values to mark, at most about `most`: powers of ten on a logarithmic scale."""
        if not self.log:
            ticks = MaxNLocator(nbins=max(most - 1, 1), steps=[1, 2, 2.5, 5, 10]).tick_values(self.low, self.high)
            return [float(tick) for tick in ticks if self.low <= tick <= self.high * 1.0001]
        powers = np.arange(np.ceil(np.log10(self.low)), np.floor(np.log10(self.high)) + 1)
        return [float(10.0**power) for power in powers[:: max(1, int(np.ceil(len(powers) / most)))]]


# Outline, whole style and the style of its edge alone.
_Mark = tuple[str, str, str]
# What lies above what: boxes, strokes, the white behind words, then words and marks.
_BOX, _LINE, _WHITE, _TOP = range(4)


class Sheet:
    """A picture of `width` by `height` CSS pixels; y runs downwards as on a page."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        # Layer, element and, where the element refers to one, the mark that stands for {mark} in it.
        self._drawn: list[tuple[int, str, _Mark | None]] = []

    def text(self, x: float, y: float, text: str, *, size: float, colour: str = INK, bold: bool = False, align: str = "left", boxed: bool = False) -> None:
        """One line of text with its baseline at y; boxed, it stands on white and hides the grid behind it."""
        if boxed:
            across = text_width(text, size, bold=bold)
            self._fill(x - 2, y - size, x + across, y + 3, "fill: #ffffff", _WHITE)
        if not text:
            return
        weight = "font-weight: 700; " if bold else ""
        anchor = "" if align == "left" else f"text-anchor: {'end' if align == 'right' else 'middle'}; "
        style = f"{weight}font-size: {size:g}px; {anchor}fill: {legible(colour)}"
        self._drawn.append((_TOP, f'<text style="{style}" x="{_short(x)}" y="{_short(y)}">{escape(text)}</text>', None))

    def line(self, xs: list[float], ys: list[float], *, colour: str = RULE, width: float = 1, dashed: bool = False) -> None:
        """Straight strokes through the points; a point that is not a number is a gap."""
        path, pen = [], "M"
        for x, y in zip(xs, ys, strict=True):
            known = math.isfinite(x) and math.isfinite(y)
            if known:
                path.append(f"{pen} {_short(x)} {_short(y)}")
            pen = "L" if known else "M"
        dashes = f"stroke-dasharray: {3 * width:g},{2 * width:g}; stroke-dashoffset: 0; " if dashed else ""
        thick = "" if width == 1 else f"; stroke-width: {width:g}"
        style = f"{dashes}stroke: {to_hex(colour)}{thick}{'' if dashed else '; stroke-linecap: round'}"
        self._drawn.append((_LINE, f'<path d="{" ".join(path)}" style="{style}" />', None))

    def box(self, left: float, top: float, right: float, bottom: float, *, colour: str) -> None:
        """A filled rectangle with a thin edge, under everything else."""
        style = f"fill: {to_hex(colour)}; stroke: {GREY}; stroke-width: 0.5; stroke-linejoin: miter"
        self._fill(left, top, right, bottom, style, _BOX)

    def _fill(self, left: float, top: float, right: float, bottom: float, style: str, layer: int) -> None:
        corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
        path = " L ".join(f"{_short(x)} {_short(y)}" for x, y in corners)
        self._drawn.append((layer, f'<path d="M {path} z" style="{style}" />', None))

    def grid(self, xs: list[float], strips: list[tuple[float, float]]) -> None:
        """Upright hairlines at every x, in every strip from top to bottom, as one path."""
        places = [(x, top, bottom) for x in xs for top, bottom in strips]
        nothing = float("nan")
        self.line([at for x, _, _ in places for at in (x, x, nothing)], [at for _, *ends in places for at in (*ends, nothing)])

    def dot(self, x: float, y: float, *, colour: str, mark: str = "solid", radius: float = 5) -> None:
        """A dot: "solid", "ring", "pale" (tinted), "diamond" (hollow) or an arrow head "right" or "left"."""
        face = {"ring": "#ffffff", "diamond": "#ffffff", "pale": tint(colour)}.get(mark, colour)
        joined = "; stroke-linejoin: miter" if mark == "diamond" else ""
        edge = "" if mark in ("right", "left") else f"stroke: {to_hex(colour)}; stroke-width: 1.8{joined}"
        style = "; ".join(filter(None, (f"fill: {to_hex(face)}", edge)))
        element = f'<g><use href="#{{mark}}" x="{_short(x)}" y="{_short(y)}" style="{style}" /></g>'
        self._drawn.append((_TOP, element, (_outline(mark, radius), style, edge)))

    def key(self, items: list[tuple[str, str]], top: float, *, size: float) -> None:
        """Marks and what they mean, (mark, words), flowing over as many lines as they need; "line" is a stroke."""
        for (mark, words), (x, line) in zip(items, _flow(items, self.width, size), strict=True):
            y = top + line * (size + 7) + size / 2
            if mark == "line":
                self.line([x, x + 12], [y, y], colour=GREY, width=2)
            elif mark:
                self.dot(x + 6, y, colour=GREY, mark=mark, radius=4)
            self.text(x + (18 if mark else 0), y + size * 0.36, words, size=size, colour=GREY)

    def svg(self, alt: str, *, name: str) -> str:
        """The picture as one <svg> element with `alt` as its label; its ids are unique to `name`, label and size."""
        salt = sha256(f"{name}{alt}{self.width}x{self.height}".encode()).hexdigest()
        ids: dict[_Mark, str] = {}
        parts = []
        for _, element, mark in sorted(self._drawn, key=lambda drawn: drawn[0]):
            if mark and mark not in ids:
                path, style, edge = mark
                ids[mark] = "m" + sha256(f"{salt}{(path, style)}".encode()).hexdigest()[:10]
                attribute = f' style="{edge}"' if edge else ""
                parts.append(f'<defs><path id="{ids[mark]}" d="{_shortened(path)}"{attribute} /></defs>')
            parts.append(element.replace("{mark}", ids[mark]) if mark else element)
        width, height = f"{self.width:g}", f"{self.height:g}"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
            f' role="img" aria-label="{escape(alt, {chr(34): "&quot;"})}" font-family="{FONTS}"'
            ' stroke-linejoin="round" fill="none" style="max-width:100%;height:auto"><defs></defs>'
            f'<g><path d="M 0 {height} L {width} {height} L {width} 0 L 0 0 z" style="fill: #ffffff" /></g>'
            f"<g>{''.join(parts)}</g></svg>"
        )


def key_height(items: list[tuple[str, str]], width: float, size: float) -> float:
    """The height in pixels that `Sheet.key` needs for these items."""
    return (_flow(items, width, size)[-1][1] + 1) * (size + 7) if items else 0.0


def _flow(items: list[tuple[str, str]], width: float, size: float) -> list[tuple[float, int]]:
    places, x, line = [], 0.0, 0
    for mark, words in items:
        needed = text_width(words, size) + (18 if mark else 0)
        if x and x + needed > width:
            x, line = 0.0, line + 1
        places.append((x, line))
        x += needed + 16
    return places


def spread(places: list[float], gap: float, low: float, high: float) -> list[float]:
    """The same places moved apart to at least `gap` pixels where they crowd, within `low` and `high` if they fit.

    >>> spread([10.0, 12.0, 50.0], 10, 0, 100)
    [10.0, 20.0, 50.0]
    """
    order = sorted(range(len(places)), key=lambda index: places[index])
    moved = list(places)
    for before, index in zip([None, *order], order, strict=False):
        moved[index] = max(moved[index], low if before is None else moved[before] + gap)
    limit = high
    for index in reversed(order):
        moved[index] = min(moved[index], limit)
        limit = moved[index] - gap
    return moved


def tint(colour: str) -> str:
    """The colour mixed with white, one part to two."""
    return to_hex([1 - (1 - part) / 3 for part in to_rgb(colour)])


@lru_cache
def legible(colour: str) -> str:
    """The colour, darkened where needed until its contrast with white is 4.5 to 1 (WCAG 2.2, 1.4.3)."""
    parts = np.array(to_rgb(colour))
    while 1.05 / (_luminance(parts) + 0.05) < 4.5:
        parts = parts * 0.97
    return to_hex(parts)


def _luminance(parts: np.ndarray) -> float:
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


@lru_cache(maxsize=256)
def _outline(mark: str, radius: float) -> str:
    """The outline of matplotlib's marker around the origin, as data of an SVG path."""
    marker = MarkerStyle(_MARKERS.get(mark, "o"), fillstyle="full")
    placed = marker.get_path().transformed(marker.get_transform().scale(2 * radius) + Affine2D().scale(1, -1))
    drawn = []
    for points, code in placed.iter_segments(simplify=False):
        numbers = " ".join(f"{number:.6f}".rstrip("0").rstrip(".") for number in points)
        drawn.append("z\n" if code == placed.CLOSEPOLY else f"{' MLQC'[code]} {numbers} \n")
    return "".join(drawn)


def _short(number: float) -> str:
    """A coordinate to a hundredth of a pixel."""
    return f"{round(number, 6):.2f}".rstrip("0").rstrip(".")


def _shortened(path: str) -> str:
    return " ".join(re.sub(r"-?\d+\.\d{3,}", lambda number: _short(float(number[0])), path).split())
