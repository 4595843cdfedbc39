"""What every chart form draws with: a sheet measured in CSS pixels, scales, text that wraps, clean SVG.

Text stays text in the SVG, so it is small, can be selected and shows any script the reader has a font
for. Its width is reckoned with matplotlib's own DejaVu Sans, which is wider than the fonts that browsers
put in its place, so labels stay clear of each other everywhere.
"""

import io
import re
import unicodedata
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from xml.etree import ElementTree

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path
from matplotlib.ticker import MaxNLocator

INK, GREY, RULE = "#333333", "#5f5f5f", "#dcdcdc"
FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'Noto Sans CJK KR', sans-serif"
_STYLE = Path(__file__).parents[1] / "house.mplstyle"
_SVG = "http://www.w3.org/2000/svg"


@lru_cache(maxsize=4096)
def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """The width of one line of text in pixels; characters of full width count as a capital M."""
    plain = "".join("M" if unicodedata.east_asian_width(letter) in "WF" else letter for letter in text)
    font = FontProperties(family="DejaVu Sans", size=size, weight="bold" if bold else "normal")
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


class Sheet:
    """A picture of `width` by `height` CSS pixels; y runs downwards as on a page.

    What is drawn is kept and carried out in `svg`, so that nobody's settings of matplotlib change a picture
    and no figure is left open.
    """

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self._strokes: list[Callable[[Axes], object]] = []

    def text(self, x: float, y: float, text: str, *, size: float, colour: str = INK, bold: bool = False, align: str = "left", boxed: bool = False) -> None:
        """One line of text with its baseline at y; boxed, it stands on white and hides the grid behind it."""
        if boxed:
            across = text_width(text, size, bold=bold)
            corners = [x - 2, x + across, x + across, x - 2], [y - size] * 2 + [y + 3] * 2
            self._strokes.append(lambda axes: axes.fill(*corners, color="#ffffff", linewidth=0, zorder=1.5, clip_on=False))
        weight = "bold" if bold else "normal"
        self._strokes.append(lambda axes: axes.text(x, y, text, size=size, color=legible(colour), weight=weight, ha=align, va="baseline"))

    def line(self, xs: list[float], ys: list[float], *, colour: str = RULE, width: float = 1, dashed: bool = False) -> None:
        """Straight strokes through the points; a point that is not a number is a gap."""
        style = (0, (3, 2)) if dashed else "-"
        self._strokes.append(lambda axes: axes.plot(xs, ys, color=colour, linewidth=width, linestyle=style, zorder=1, clip_on=False))

    def box(self, left: float, top: float, right: float, bottom: float, *, colour: str) -> None:
        """A filled rectangle with a thin edge, under everything else."""
        corners = [left, right, right, left], [top, top, bottom, bottom]
        self._strokes.append(lambda axes: axes.fill(*corners, facecolor=colour, edgecolor=GREY, linewidth=0.5, zorder=0.5, clip_on=False))

    def grid(self, xs: list[float], strips: list[tuple[float, float]]) -> None:
        """Upright hairlines at every x, in every strip from top to bottom, as one path."""
        places = [(x, top, bottom) for x in xs for top, bottom in strips]
        nothing = float("nan")
        self.line([at for x, _, _ in places for at in (x, x, nothing)], [at for _, *ends in places for at in (*ends, nothing)])

    def dot(self, x: float, y: float, *, colour: str, mark: str = "solid", radius: float = 5) -> None:
        """A dot: "solid", "ring", "pale" (tinted), "diamond" (hollow) or an arrow head "right" or "left"."""
        face = {"ring": "#ffffff", "diamond": "#ffffff", "pale": tint(colour)}.get(mark, colour)
        shape = {"right": ">", "left": "<", "diamond": "D"}.get(mark, "o")
        look = {"markersize": 2 * radius, "markerfacecolor": face, "markeredgecolor": colour, "markeredgewidth": 0 if shape in "<>" else 1.8}
        self._strokes.append(lambda axes: axes.plot([x], [y], shape, **look, zorder=3, clip_on=False))

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
        buffer = io.StringIO()
        with matplotlib.rc_context(), warnings.catch_warnings():
            # The reader's browser has the font that matplotlib, which only measures, has not.
            warnings.filterwarnings("ignore", message="Glyph .* missing from font")
            matplotlib.rc_file(_STYLE)
            matplotlib.rcParams["svg.hashsalt"] = sha256(f"{name}{alt}{self.width}x{self.height}".encode()).hexdigest()
            figure = Figure(figsize=(self.width / 72, self.height / 72))
            axes = figure.add_axes((0, 0, 1, 1), xlim=(0, self.width), ylim=(self.height, 0))
            axes.axis("off")
            for stroke in self._strokes:
                stroke(axes)
            figure.savefig(buffer, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
        return _inline(buffer.getvalue(), alt, self.width, self.height)


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


def _inline(document: str, alt: str, width: float, height: float) -> str:
    """matplotlib's SVG document as an element for an HTML page: no prologue, no global style, no stray ids."""
    ElementTree.register_namespace("", _SVG)
    root = ElementTree.fromstring(document.replace("xlink:href", "href"))
    used = set(re.findall(r"#([\w-]+)", document))
    for element in list(root.iter()):
        _clean(element, used)
    root.attrib.clear()
    for name, value in {
        "viewBox": f"0 0 {width:g} {height:g}", "width": f"{width:g}", "height": f"{height:g}",
        "role": "img", "aria-label": alt, "font-family": FONTS, "stroke-linejoin": "round", "fill": "none",
        "style": "max-width:100%;height:auto",
    }.items():
        root.set(name, value)
    return re.sub(r"\s*(>)\s*(?=<)", r"\1", ElementTree.tostring(root, encoding="unicode")).strip()


def _clean(element: ElementTree.Element, used: set[str]) -> None:
    children = []
    for child in element:
        # matplotlib's style rule is for "*" and would hold for the whole page.
        if child.tag in (f"{{{_SVG}}}style", f"{{{_SVG}}}metadata"):
            continue
        bare = child.tag == f"{{{_SVG}}}g" and set(child.attrib) <= {"id"} and child.get("id") not in used
        children += list(child) if bare else [child]
    element[:] = children
    for name, value in list(element.attrib.items()):
        short = re.sub(r"-?\d+\.\d{3,}", lambda number: f"{float(number[0]):.2f}".rstrip("0").rstrip("."), value)
        element.set(name, re.sub(r"\s+", " ", short).strip())
        if (name == "id" and value not in used) or value.startswith("rotate(-0 "):
            del element.attrib[name]
        elif name == "style":
            element.set(name, re.sub(r" font-family: [^;]*;| text-anchor: start;|fill: none; ", "", short))
