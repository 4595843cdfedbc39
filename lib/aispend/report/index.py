"""The index: the finding, then every report with its numbers, a thumbnail and its state, and what has changed."""

import ast
import csv
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from hashlib import sha256
from typing import Any
from xml.etree import ElementTree

import yaml

from aispend.report.failures import Failure, read_failure
from aispend.report.keys import Result, notebook_cells, page_hash, read_result, write_result
from aispend.report.project import Project, stylesheet, write_whole
from aispend.report.results import Reading, changes, committed
from aispend.report.spec import Spec
from aispend.wording import capital

CURRENT, STALE, FAILED, MISSING = "current", "stale", "failed", "missing"
_NUMBERS_SHOWN = 3
_CHANGES_OPEN = 12
_SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
# A number and its unit stay on one line.
_AMOUNT = re.compile(r"(?<=[A-Z]{3}) (?=\d)|(?<=\d) (?=(?:tn|bn|m|%|times|days)\b|%)")
_NAMESPACES = (
    ("xmlns=", 'xmlns="http://www.w3.org/2000/svg"'),
    ("xmlns:xlink=", 'xmlns:xlink="http://www.w3.org/1999/xlink"'),
)


@dataclass(frozen=True)
class Entry:
    """What is known of one report; `page` and `thumbnail` say whether there is such a file."""

    name: str
    notebook: str
    title: str
    parameters: Mapping[str, Any]
    state: str
    failure: Failure | None
    results: Mapping[str, Any]
    made_from: str
    page: bool
    thumbnail: bool


def entry(project: Project, name: str, spec: Spec | None, result: Result | None, *, key: str | None) -> Entry:
    """What the index knows of one report; `spec` is None where the file could not be read."""
    failure = read_failure(project, name)
    has_page = project.page(name).exists()
    state = FAILED if failure else MISSING if not has_page else CURRENT if result and result.key == key else STALE
    return Entry(
        name=name,
        notebook=spec.notebook if spec else name.split(".")[0],
        title=spec.title if spec else name,
        parameters=spec.parameters if spec else {},
        state=state,
        failure=failure,
        results=result.headlines if result else {},
        made_from=result.key if result else "",
        page=has_page,
        thumbnail=has_page and project.thumbnail(name).exists(),
    )


def refresh_index(
    project: Project, entries: Iterable[Entry], *, notebook_titles: Mapping[str, str], inputs: str, data_version: str
) -> None:
    """Write reports/html/index.html, unless it already shows just these entries and changes."""
    entries, before = sorted(entries, key=lambda e: e.name), committed(project)
    content = json.dumps([inputs, dict(notebook_titles), [asdict(e) for e in entries], before], sort_keys=True)
    key = sha256(content.encode()).hexdigest()
    known = read_result(project, "index")
    if known and known.key == key:
        return
    page = index_page(
        project, entries, notebook_titles=notebook_titles, data_version=data_version, before=before
    ).encode()
    write_whole(project.page("index"), page)
    write_result(project, "index", Result(key, page_hash(page), {}))


def index_page(
    project: Project, entries: list[Entry], *, notebook_titles: Mapping[str, str], data_version: str,
    before: Mapping[str, Any] | None = None,
) -> str:  # fmt: skip
    """The index as HTML; `before` holds the committed results, None where there are none to compare with."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(project.template), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    plan = yaml.safe_load((project.template / "index.yml").read_text(encoding="utf-8"))
    ids, facts, names = _known_ids(project)
    defaults = {e.notebook: _defaults(project, e.notebook) for e in entries}
    cards: dict[str, _Card] = {}
    for each in _in_order(entries, plan["sections"]):
        parameters = {**defaults[each.notebook], **each.parameters}
        reading = Reading(plan["results"].get(each.notebook, {}), parameters, facts)
        cards[each.name] = _Card(each, reading, _actors(parameters, ids), list(cards.values()))
    groups = _groups(list(cards.values()), plan["sections"], notebook_titles)
    # A report that is not current says nothing of today's numbers.
    now = {c.name: c.results for c in cards.values() if c.state == CURRENT and c.results}
    silent = {c.name for c in cards.values() if c.state != CURRENT}
    changed = before is not None and changes(
        {name: values for name, values in before.items() if name not in silent}, now,
        titles={c.name: c.entry.title for c in cards.values()}, readings={c.name: c.reading for c in cards.values()},
    )  # fmt: skip
    return environment.get_template("index.html.j2").render(
        lead=next((c for c in cards.values() if c.finding), None),
        groups=groups,
        filters=_filters(list(cards.values()), names),
        pages=len(cards),
        changed=changed,
        open_changes=changed and len(changed) <= _CHANGES_OPEN,
        not_current=[c for c in cards.values() if c.state != CURRENT],
        styles=stylesheet(project),
        data_version=data_version,
    )


class _Card:
    """One report as the template shows it; a report like an earlier one in another currency is its `other`."""

    def __init__(self, entry: Entry, reading: Reading, actors: list[str], earlier: list["_Card"]) -> None:
        self.entry, self.reading, self.actors = entry, reading, actors
        self.name, self.state, self.failure, self.results = entry.name, entry.state, entry.failure, entry.results
        self.currency = str(entry.parameters.get("currency") or reading.parameters.get("currency") or "")
        head, comma, unit = entry.title.rpartition(", in ")
        self.title, self.unit = (head, unit) if comma and self.currency else (entry.title, self.currency)
        headline = self.results.get("headline")
        finding = headline if isinstance(headline, str) else ""
        # Under its own title a finding need not repeat it.
        self.finding = _AMOUNT.sub("\u00a0", _without_title(finding, self.title))
        self.same = [c for c in earlier if c.entry.notebook == entry.notebook and self.currency and c._kind() == self._kind()]
        self.other = bool(self.same)
        for card in self.same:
            card.same.append(self)

    def _kind(self) -> str:
        return json.dumps({**self.entry.parameters, "currency": None}, sort_keys=True)

    @property
    def numbers(self) -> list[tuple[str, str]]:
        """The first results in words, without amounts that the finding says already."""
        told = [(*self.reading.said(name), self.results[name]) for name in sorted(self.results, key=self._place)]
        numbers = [(words, self.reading.shown(value, unit)) for words, unit, value in told if isinstance(value, int | float)]
        return [(words, value) for words, value in numbers if " " not in value or _AMOUNT.sub("\u00a0", value) not in self.finding][:_NUMBERS_SHOWN]

    def _place(self, name: str) -> int:
        places = [place for place, pattern in enumerate(self.reading.words) if fnmatchcase(name, pattern)]
        return places[0] if places else len(self.reading.words)

    @property
    def classes(self) -> str:
        tokens = [f"who-{actor}" for actor in ("all", *self.actors)] + ["in-all"] + [f"in-{self.currency}"] * bool(self.currency)
        return " ".join([*tokens, self.state] + ["other"] * (self.other and self.state == CURRENT))


def _without_title(finding: str, title: str) -> str:
    rest = finding.removeprefix(title)
    return capital(rest[2:]) if rest.startswith((", ", ": ")) else finding


def _in_order(entries: list[Entry], sections: list[dict[str, Any]]) -> list[Entry]:
    """Entries as a reader needs them: by section, then notebook, dollars before the other currencies."""
    order = {notebook: place for place, notebook in enumerate(n for s in sections for n in s["notebooks"])}
    return sorted(
        entries, key=lambda e: (order.get(e.notebook, len(order)), e.notebook, e.parameters.get("currency") != "USD", e.name)
    )


def _groups(cards: list[_Card], sections: list[dict[str, Any]], titles: Mapping[str, str]) -> list[dict[str, Any]]:
    placed = {notebook for section in sections for notebook in section["notebooks"]}
    rest = dict.fromkeys(c.entry.notebook for c in cards if c.entry.notebook not in placed)
    groups = [*sections, *({"heading": titles.get(n, n), "notebooks": [n]} for n in rest)]
    filled = [
        {"small": False, **group, "cards": [c for c in cards if c.entry.notebook in group["notebooks"]]} for group in groups
    ]
    return [group for group in filled if group["cards"]]


def _filters(cards: list[_Card], names: Mapping[str, str]) -> dict[str, Any]:
    from babel.numbers import get_currency_name

    by_actor, by_currency = (
        Counter(value for c in cards for value in values(c)) for values in (lambda c: c.actors, lambda c: [c.currency] * bool(c.currency))
    )
    actors = ["all", *sorted(by_actor, key=lambda a: (-by_actor[a], names[a]))]
    currencies = ["all", *sorted(by_currency, key=lambda c: (-by_currency[c], c))]

    def count(actor: str, currency: str) -> int:
        tokens = {f"who-{actor}", f"in-{currency}"}
        fold = {"other"} if currency == "all" else set()
        return sum(tokens <= (found := set(c.classes.split())) and not fold & found for c in cards)

    return {
        "actors": [(a, names.get(a, "All")) for a in actors],
        "currencies": [(c, "All" if c == "all" else capital(get_currency_name(c, count=2, locale="en"))) for c in currencies],
        "counts": [(a, c, count(a, c)) for a in actors for c in currencies],
    }


def _known_ids(project: Project) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """The actor of every actor, programme and fact id; the labels of facts; the names of actors."""
    ids: dict[str, str] = {}
    tables = {name: _rows(project, name) for name in ("actors", "programmes", "facts")}
    for name, id_column in (("facts", "fact_id"), ("programmes", "programme_id"), ("actors", "actor_id")):
        ids |= {row[id_column]: row["actor_id"] for row in tables[name]}
    labels = {row["fact_id"]: row["label"] for row in tables["facts"]}
    return ids, labels, {row["actor_id"]: row["name_en"] for row in tables["actors"]}


def _rows(project: Project, table: str) -> list[dict[str, str]]:
    path = project.data / f"{table}.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _actors(parameters: Mapping[str, Any], ids: Mapping[str, str]) -> list[str]:
    """Whom a report is about: its parameters name actors, programmes or facts."""
    values = [v for value in parameters.values() for v in (value if isinstance(value, list) else [value])]
    return list(dict.fromkeys(ids[v] for v in values if isinstance(v, str) and v in ids))


def _defaults(project: Project, notebook: str) -> dict[str, Any]:
    """The defaults of a notebook's parameters, as far as they are plain values; none if it cannot be read."""
    found: dict[str, Any] = {}
    try:
        for kind, source, tags in notebook_cells(project, notebook):
            if kind == "code" and "parameters" in tags:
                for line in ast.parse(source).body:
                    if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name) and line.value:
                        found[line.target.id] = ast.literal_eval(line.value)
    except (OSError, ValueError, SyntaxError):
        return {}
    return found


def first_picture(notebook: Mapping[str, Any]) -> bytes | None:
    """The first SVG among the outputs as a file of its own, or None if there is none that is whole."""
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            found = _SVG.findall(data.get("image/svg+xml") or data.get("text/html") or "")
            if found:
                # An exhibit brings its picture for wide columns and for telephones; the second is legible when small.
                return _standalone(found[-1])
    return None


def _standalone(svg: str) -> bytes | None:
    # Inside HTML the name spaces may be left out, in a file they may not.
    opening = svg[: svg.index(">")]
    missing = [declaration for start, declaration in _NAMESPACES if start not in opening]
    svg = " ".join(["<svg", *missing]) + svg[len("<svg") :] + "\n"
    try:
        ElementTree.fromstring(svg)
    except ElementTree.ParseError:
        return None
    return svg.encode()
