"""What stands around a figure and changes what it says: at least, up to, about, minus, brackets."""

from __future__ import annotations

import re
from dataclasses import dataclass

from aispend.money.doubts import Figure
from aispend.money.scan import Scan

QUIET = frozenset({"", " ", '"', '" ', ' "', ": ", " : ", "- ", "\u2026 ", "... "})
AFTER_GAPS = frozenset({"", " ", ", ", "-"})
COLUMN_ENDS = ("\n", "\t", "|", ";")
AROUND = frozenset({"definite", "open", "passed_over", "yearly", "not", "duration", "article"})   # roles of words before a figure that are looked past
OPPOSITE = {"low": "high", "high": "low"}
SILENT = frozenset({"plus", "exact"})   # kinds that say nothing of the amount
NEAR_DENIAL = re.compile(r"( [a-z]+ to)?( [^\W\d_]+)? ")   # not spend more than, don't want to pay more than
HAN_VERB = re.compile("[\u4e00-\u9fff]{1,4} ?")
ALPHA = ("α", "alpha", "알파")  # 5조원+α; 960만원+이자 is an addition
VERB_NEAR = 25     # characters: tombé lundi jusqu'à 6 635 dollars
ADJECTIVE = re.compile(r" [a-z-]+ ")
BEFORE_SIGNS = {"~": "about", "≈": "about", "≃": "about", "≥": "low", "≧": "low", "≤": "high", "≦": "high", ">": "low", "<": "high", "-": "minus", "+": "plus", "∼": "about"}


@dataclass(slots=True)
class Bounds:
    """What the words around a figure say of it, and the span of text that says it."""

    start: int
    end: int
    low: bool = False
    high: bool = False
    about: bool = False
    negative: bool = False
    signed: bool = False          # negative by a minus sign glued to it

    def note(self, kind: str) -> None:
        """Take in "low", "high", "about" or "minus"."""
        if kind not in SILENT:
            setattr(self, "negative" if kind == "minus" else kind, True)


def read_bounds(scan: Scan, figure: Figure, *, floor: int = 0) -> Bounds:
    """The bounds of a figure; looks no further left than character `floor`."""
    found = Bounds(scan.start(figure.start), scan.end(figure.end - 1), low=figure.plus, about=figure.odd, negative=figure.negative, signed=figure.negative)
    if found.start > floor:
        read_left(scan, figure, found, floor)
    if found.negative and scan.low[found.end:found.end + 1] == ")" and "(" in scan.low[found.start:found.end]:
        found.end += 1  # $(37)
    if found.end < len(scan.low):
        read_right(scan, figure, found)
        read_brackets(scan, figure, found)
    return found


def read_left(scan: Scan, figure: Figure, found: Bounds, floor: int) -> None:
    """Words and signs before the figure, the nearest first: about at least, at least -, not to exceed a yearly."""
    edge, i, denied = found.start, figure.start - 1, False
    while True:
        if edge == found.start:
            read_sign(scan, figure, found, floor)
            edge = found.start
        if i < 0 or scan.start(i) < floor:
            return
        entry = scan.entry(i)
        gap = scan.low[scan.end(i):edge]
        if gap not in QUIET and not gap.isspace() and not (edge == found.start and describes(scan, i, edge)) and not reaches(scan, i, edge):
            return
        if entry is None or entry.before is None and not entry.roles & AROUND:
            return
        if entry.roles and is_no_bound(scan, figure, i):
            return
        edge = scan.start(i)
        if entry.before is not None:
            if entry.before in OPPOSITE and (place := denied_at(scan, i)) is not None:
                denied, i = True, place
                edge = scan.start(i)
            elif "deniable" in entry.roles and denied_before(scan, i):
                denied = True
            kind = OPPOSITE.get(entry.before, entry.before) if denied else entry.before
            if kind not in OPPOSITE or not getattr(found, OPPOSITE[kind]):  # the nearer one holds: starting at less than $5
                found.note(kind)
            found.start, denied = edge, False
        elif "open" in entry.roles:
            found.start = edge
            return
        elif "duration" in entry.roles:
            if i == 0 or scan.entry(i - 1) is not None or scan.gap(i) != "":
                return
            i -= 1
            edge = scan.start(i)
        elif "definite" in entry.roles:
            following = scan.entry(figure.end)
            if following is None or "milestone" not in following.roles or scan.gap(figure.end) not in AFTER_GAPS:
                return
        else:
            denied = denied or "not" in entry.roles
        i -= 1


def describes(scan: Scan, i: int, edge: int) -> bool:
    """Whether only an article and an adjective stand before a sign: more than a staggering $630 billion."""
    entry = scan.entry(i)
    return entry is not None and "article" in entry.roles and not scan.low[edge].isalnum() and ADJECTIVE.fullmatch(scan.low, scan.end(i), edge) is not None


def is_no_bound(scan: Scan, figure: Figure, i: int) -> bool:
    """Whether the word at i, mostly a bound, is none here: under a $5 billion plan, up to $67 million from $66 million."""
    roles = scan.entry(i).roles
    if "preposition" in roles and i + 1 < figure.start:
        following = scan.entry(i + 1)
        return following is not None and "article" in following.roles
    return "rising" in roles and rises(scan, figure)


def rises(scan: Scan, figure: Figure) -> bool:
    """Whether a verb before says that it rose or fell, or the former amount follows: up to $67 million from $66 million."""
    words = ((scan.entry(k), scan.end(k)) for k in range(max(0, figure.start - 4), figure.start))
    if any(entry is not None and "climbs" in entry.roles and scan.start(figure.start) - end < VERB_NEAR for entry, end in words):
        return True
    i, end = figure.end, scan.end(figure.end - 1)
    if scan.entry(i) is not None and "heading" in scan.entry(i).roles:
        i += 1  # up to $2.97 trillion in July from $2.96 trillion
    former, amount = scan.entry(i), scan.entry(i + 1)
    near = former is not None and "former" in former.roles and scan.start(i) - end < VERB_NEAR and scan.joins(i + 1)
    said = scan.entry(i + 2) if i + 2 < scan.size else None
    return near and (amount is not None and amount.leads or said is not None and (said.unit is not None or said.scale is not None))


def is_quiet(gap: str) -> bool:
    """Whether nothing stands between a bound and what follows it."""
    return gap in QUIET or gap.isspace()


def reaches(scan: Scan, i: int, edge: int) -> bool:
    """Whether only a verb stands between 至少 and the figure: 至少获赔600万."""
    entry = scan.entry(i)
    return entry is not None and "reaching" in entry.roles and HAN_VERB.fullmatch(scan.low, scan.end(i), edge) is not None


def denied_at(scan: Scan, i: int) -> int | None:
    """Where a "not" stands before the bound at i: not to exceed, 不会超过, ne peut en aucun cas être inférieur à."""
    while i > 0 and is_quiet(scan.gap(i)):
        i -= 1
        before = scan.entry(i)
        if before is None or "still_not" not in before.roles:
            return i if before is not None and "not" in before.roles else None
    return None


def denied_before(scan: Scan, i: int) -> bool:
    """Whether the bound stands in a denial, a verb between them: "do not spend more than $5"."""
    for k in range(i - 1, max(-1, i - 4), -1):
        entry = scan.entry(k)
        if entry is None:
            return False
        if "not" in entry.roles:
            return NEAR_DENIAL.fullmatch(scan.low, scan.end(k), scan.start(i)) is not None
    return False


def read_sign(scan: Scan, figure: Figure, found: Bounds, floor: int) -> None:
    """A sign glued before the figure: -$5, ~$7 billion, ≥ 10 €."""
    at = found.start - 1
    while at >= floor and scan.low[at] == " ":
        at -= 1
    if at < floor:
        return
    if scan.low[at] == "=" and at > floor and scan.low[at - 1] in "<>":
        at -= 1  # >= $5M
    kind = BEFORE_SIGNS.get(scan.low[at])
    if kind is None or scan.low[at] == ">" and at > floor and (scan.low[at - 1] in "-=/\"" or scan.low[at - 1].isalpha()):
        return  # an arrow or the end of a tag: -> 5 €, <br>$5
    if kind in ("minus", "plus"):
        before = scan.low[at - 1] if at > 0 else " "
        if at != found.start - 1 or before.isalnum() and not leads_in(scan, figure, at) or before in ")$€£¥₩%-":
            return
    found.note(kind)
    found.signed = found.signed or kind == "minus"
    found.start = at


def leads_in(scan: Scan, figure: Figure, at: int) -> bool:
    """Whether a Chinese word of no meaning here stands right before the sign: 净利润-139万元, but 3万-5万元."""
    return scan.low[at - 1] >= "\u4e00" and (figure.start == 0 or scan.end(figure.start - 1) < at)


def read_right(scan: Scan, figure: Figure, found: Bounds) -> None:
    rest = scan.low[found.end:found.end + 2]
    if rest[:1] == "+" and not adds(scan, found.end + 1):
        found.low, found.end = True, found.end + 1
    elif rest[:1] == "-" and not scan.low[found.end + 1:found.end + 4].strip(" .,;)")[:1].isalpha() and (len(rest) == 1 or rest[1] in " .,;)"):
        found.negative, found.end = True, found.end + 1
    i, edge = figure.end, found.end
    while i < scan.size:
        entry = scan.entry(i)
        if entry is None or scan.low[edge:scan.start(i)] not in AFTER_GAPS:
            break
        if entry.after in OPPOSITE and stands_loosely(scan, i, edge, found):
            break
        if entry.after is not None and not (entry.before and begins_figure(scan, i + 1)):
            found.note(entry.after)
            if entry.after in OPPOSITE:  # 최대 1억원이 넘는, up to $5 million or more
                setattr(found, OPPOSITE[entry.after], False)
            found.end = found.end if entry.after in SILENT else scan.end(i)
        elif not {"yearly", "behind"} & entry.roles:
            break
        edge = scan.end(i)
        i += 1
    read_after_brackets(scan, i, found)


def adds(scan: Scan, at: int) -> bool:
    """Whether what follows a plus is added to the amount: 960만원+이자, but 5조원+α."""
    char = scan.low[at:at + 1]
    written = char.isdigit() or char.isascii() and char.isalpha() or "가" <= char <= "힣"
    return written and not scan.low.startswith(ALPHA, at)


def stands_loosely(scan: Scan, i: int, edge: int, found: Bounds) -> bool:
    """Whether a single word is no bound here: "$5 billion, plus access to", "over $3 million max loan amount"."""
    if scan.words.joined or " " in scan.digits(i):
        return False
    return scan.low[edge:scan.start(i)] == ", " or found.low or found.high


def begins_figure(scan: Scan, i: int) -> bool:
    """Whether the word before token i is the bound of a further figure: $5 billion, at least $3 billion of it."""
    entry = scan.entry(i)
    if i >= scan.size or not is_quiet(scan.gap(i)):
        return False
    return entry is None or entry.leads or entry.counts or (entry.before is not None or "passed_over" in entry.roles) and begins_figure(scan, i + 1)


def read_after_brackets(scan: Scan, i: int, found: Bounds) -> None:
    """2000억달러(약 270조원) 이상: the bound after the conversion is the first figure's."""
    opening = scan.low[found.end:found.end + 2].lstrip(" ")
    if opening[:1] != "(":
        return
    close = scan.low.find(")", found.end, found.end + 60)
    if close < 0:
        return
    while i < scan.size and scan.start(i) <= close:
        i += 1
    entry = scan.entry(i)
    if entry is not None and entry.after is not None and scan.low[close + 1:scan.start(i)] in ("", " ") and not (entry.before and begins_figure(scan, i + 1)):
        found.note(entry.after)


def read_brackets(scan: Scan, figure: Figure, found: Bounds) -> None:
    """(5.00 $) is a minus in accounts, where nothing or "is", "loss of" stands before the bracket; else it is a conversion."""
    if found.low or found.high or found.about or scan.low[found.start - 1:found.start] != "(" or scan.low[found.end:found.end + 1] != ")" or found.start == 0:
        return
    former = scan.entry(figure.start - 1) if figure.start else None
    if former is not None and former.unit is not None and figure.unit is not None and scan.low[scan.end(figure.start - 1):found.start - 1].isspace() and former.unit.code != figure.unit.code:
        return  # 425 million Swiss francs, and on the next line ($432 million)
    before = scan.low[max(0, found.start - 40):found.start - 1].rstrip(" :")
    if before and not before.endswith(COLUMN_ENDS):
        word = before.rpartition(" ")[2]
        entry = scan.words.entries.get(word)
        if entry is None or "accounting" not in entry.roles:
            return
    found.negative = True
    found.start, found.end = found.start - 1, found.end + 1
