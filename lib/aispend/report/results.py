"""Recorded results in words for the index, and how they differ from the committed ones."""

import json
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from aispend.report.project import Project
from aispend.wording import multiple, short_number, three_digits

Words = Mapping[str, Mapping[str, list[str]]]


@dataclass(frozen=True)
class Reading:
    """How the results of one report are read: its notebook's words, its parameters, the labels of facts."""

    words: Mapping[str, list[str]]
    parameters: Mapping[str, Any]
    labels: Mapping[str, str]

    def said(self, name: str) -> tuple[str, str]:
        """A result's name in words, and its unit.

        >>> Reading({"*_days": ["{*} over {peer}", "days"]}, {"peer": "OpenAI"}, {"fund": "the fund"}).said("fund_days")
        ('the fund over OpenAI', 'days')
        >>> Reading({}, {}, {}).said("peer_value")
        ('peer value', '')
        """
        for pattern, (words, unit) in self.words.items():
            if fnmatchcase(name, pattern):
                fact = name.removesuffix(pattern.lstrip("*"))
                for key, value in {**self.parameters, "*": self.labels.get(fact, fact)}.items():
                    words = words.replace("{" + key + "}", str(value))
                return words, unit
        return name.replace("_", " "), ""

    def shown(self, value: Any, unit: str) -> str:
        """A value for people: three significant digits and its unit; six where three do not do.

        >>> reading = Reading({}, {"currency": "USD"}, {})
        >>> [reading.shown(v, u) for v, u in ((2322680000.0, "money"), (0.00123904, "share"), (82.015, "times"), (448, ""))]
        ['USD 2.32 bn', '0.124 %', '82 times', '448']
        """
        if not isinstance(value, int | float) or isinstance(value, bool):
            return "no number" if value is None else str(value)
        if unit == "money":
            return f"{self.parameters.get('currency', '')} {short_number(value)}".strip()
        if unit == "times":
            return multiple(value)
        if unit == "share":
            return f"{three_digits(100 * value)} %".replace("-", "−")
        number = f"{value:,}" if isinstance(value, int) else short_number(value) if abs(value) >= 1e6 else f"{value:,.0f}" if abs(value) >= 1000 else three_digits(value)
        return f"{number} {unit}".strip().replace("-", "−", 1) if value < 0 else f"{number} {unit}".strip()


@dataclass(frozen=True)
class Change:
    """One result that is not as committed; `reports` are the titles of those in which it changed alike."""

    reports: tuple[str, ...]
    what: str
    before: str
    after: str
    change: str


def committed(project: Project) -> dict[str, Any] | None:
    """reports/headlines.json of the last commit; None where there is no such commit or no git."""
    command = ["git", "-C", str(project.root), "show", "HEAD:./" + project.shown(project.headlines)]
    try:
        done = subprocess.run(command, capture_output=True, check=True)  # noqa: S603 (no part of it comes from outside)
        return json.loads(done.stdout)
    except (OSError, subprocess.CalledProcessError, ValueError):
        return None


def changes(
    before: Mapping[str, Any], after: Mapping[str, Any], *, titles: Mapping[str, str], readings: Mapping[str, Reading]
) -> list[Change]:
    """Every result that differs, in the order of `titles`, then reports that are gone; alike ones in one row."""
    rows: dict[tuple[str, ...], list[str]] = {}
    for report in [*titles, *sorted(set(before) - set(titles))]:
        old, new = before.get(report), after.get(report)
        for row in _differing(old, new, readings.get(report)):
            rows.setdefault(row, []).append(titles.get(report, report))
    return [Change(tuple(reports), *row) for row, reports in rows.items()]


def _differing(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None, reading: Reading | None) -> Iterable[tuple[str, ...]]:
    if old == new or reading is None and new is not None:
        return
    if old is None or new is None:
        count = len(old or new or ())
        yield ("the whole report", f"{count} results" if old else "", f"{count} results" if new else "", "new" if new else "gone")
        return
    for name in dict.fromkeys([*new, *old]):
        if (name in old) == (name in new) and old.get(name) == new.get(name):
            continue
        words, unit = ("its finding", "") if name == "headline" else reading.said(name)
        first, second = (reading.shown(values[name], unit) if name in values else "" for values in (old, new))
        if first == second:  # They differ only beyond the third digit.
            first, second = (f"{values[name]:,.6g}" for values in (old, new))
        yield (words, first, second, _relative(old.get(name), new.get(name), "new" if name not in old else "gone" if name not in new else ""))


def _relative(old: Any, new: Any, otherwise: str) -> str:
    """The change in per cent, with its sign.

    >>> _relative(200, 150.0, ""), _relative(1.0, 1.00004, ""), _relative(0, 1, ""), _relative("a", "b", "new")
    ('−25 %', '+0.004 %', '', 'new')
    """
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in (old, new))
    if otherwise or not numbers or not old:
        return otherwise
    per_cent = 100 * (new - old) / abs(old)
    return f"{'+' if per_cent > 0 else '−'}{three_digits(abs(float(f'{per_cent:.3g}')))} %"
