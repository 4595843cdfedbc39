"""The named results of reports, collected in reports/headlines.json for reviewers to compare."""

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

from aispend.errors import AiSpendError
from aispend.report.keys import Result
from aispend.report.project import Project, write_whole

RECORD = "application/vnd.aispend.record+json"
DIGITS = 6


def recorded(cells: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """All values that the cells of an executed notebook published with `record`, numbers rounded.

    Raises AiSpendError if a name is published twice or a value is not finite.
    """
    values: dict[str, Any] = {}
    for cell in cells:
        for output in cell.get("outputs", []):
            for name, value in output.get("data", {}).get(RECORD, {}).items():
                if name in values:
                    raise AiSpendError(f"the result {name!r} is recorded twice; give one of them another name")
                values[name] = rounded(value, name)
    return values


def rounded(value: Any, name: str = "value") -> Any:
    """A value with every float in it at six significant digits; everything else unchanged.

    >>> rounded({"ratio": 53.90123456, "days": 9})
    {'ratio': 53.9012, 'days': 9}
    """
    if isinstance(value, float):
        if not math.isfinite(value):
            raise AiSpendError(f"the result {name!r} is {value}; record only finite numbers")
        return float(f"{value:.{DIGITS}g}")
    if isinstance(value, dict):
        return {key: rounded(item, name) for key, item in value.items()}
    if isinstance(value, list):
        return [rounded(item, name) for item in value]
    return value


def collect(project: Project, names: Iterable[str], results: Mapping[str, Result | None]) -> dict[str, Any]:
    """The headlines of all reports: built ones as built, the others as committed; reports that are gone drop out."""
    committed = read_headlines(project)
    kept = {}
    for name in names:
        result = results.get(name)
        values = result.headlines if result else committed.get(name)
        if values:
            kept[name] = values
    return kept


def read_headlines(project: Project) -> dict[str, Any]:
    """What reports/headlines.json says now; empty if it is not there.

    Raises AiSpendError if it is not JSON (an unresolved merge, for instance).
    """
    if not project.headlines.exists():
        return {}
    try:
        return json.loads(project.headlines.read_text(encoding="utf-8"))
    except ValueError as error:
        where = project.shown(project.headlines)
        raise AiSpendError(f"{where} is not JSON ({error}); mend it or take the committed one") from None


def write_headlines(project: Project, headlines: Mapping[str, Any]) -> bool:
    """Write reports/headlines.json if it changes; returns whether it did."""
    content = (json.dumps(headlines, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()
    if project.headlines.exists() and project.headlines.read_bytes() == content:
        return False
    write_whole(project.headlines, content)
    return True


def differences(committed: Mapping[str, Any], built: Mapping[str, Any]) -> list[str]:
    """One line for each named result that differs: report, name, committed and built value.

    >>> differences({"a": {"n": 1}}, {"a": {"n": 2, "m": 3}})
    ['a: m: (absent) -> 3', 'a: n: 1 -> 2']
    """
    lines = []
    for report in sorted({*committed, *built}):
        before, after = committed.get(report, {}), built.get(report, {})
        for name in sorted({*before, *after}):
            if before.get(name) != after.get(name) or (name in before) != (name in after):
                lines.append(f"{report}: {name}: {before.get(name, '(absent)')} -> {after.get(name, '(absent)')}")
    return lines
