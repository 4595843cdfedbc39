"""How far the data reach, and whether that is long enough ago to look again."""

import csv
import json
from datetime import date

from aispend.report.project import Project

_REMEDY = {"exchange rates": "run make rates WRITE=1", "sources": "look at the sources again and note when in accessed_on"}


def rates_until(project: Project) -> str | None:
    """The last day of the frozen exchange rates, as ISO text; None if the contract names none."""
    contract = json.loads((project.data / "datapackage.json").read_text(encoding="utf-8"))
    return next((r["vintage"] for r in contract["resources"] if "eurofxref" in r.get("path", "")), None)


def data_until(project: Project) -> dict[str, date]:
    """The last day of the exchange rates, and the last day on which somebody read a source.

    The two grow old apart: rates are fetched by a command, figures and sources are collected by people.
    """
    found = {"exchange rates": rates_until(project), "sources": _last_look(project)}
    return {what: date.fromisoformat(day) for what, day in found.items() if day}


def _last_look(project: Project) -> str | None:
    path = project.data / "sources.csv"
    if not path.exists():
        return None
    with path.open(encoding="utf-8", newline="") as lines:
        return max((row["accessed_on"] for row in csv.DictReader(lines)), default=None)


def too_old(until: dict[str, date], days: int, *, today: date) -> list[str]:
    """One line for each part of the data that ends more than `days` days before `today`.

    >>> too_old({"exchange rates": date(2026, 10, 30)}, 21, today=date(2026, 11, 22))
    ['exchange rates end on 2026-10-30, 23 days ago (limit 21): run make rates WRITE=1']
    """
    return [
        f"{what} end on {day}, {age} days ago (limit {days}): {_REMEDY[what]}"
        for what, day in sorted(until.items())
        if (age := (today - day).days) > days
    ]
