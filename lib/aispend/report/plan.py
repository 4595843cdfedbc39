"""What there is to build: every specification with its key, and why others are refused."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial

from aispend.errors import BadSpec
from aispend.report.keys import Cell, inputs_key, notebook_cells, report_key
from aispend.report.project import Project
from aispend.report.spec import (
    Parameter,
    Spec,
    check_parameters,
    find_specs,
    nearest,
    notebook_parameters,
    read_spec,
)

Declared = Callable[[str], Mapping[str, Parameter]]


@dataclass(frozen=True)
class Plan:
    """The readable specs with their keys, and why others are not readable, all by name of report."""

    inputs: str
    specs: dict[str, Spec] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    cells: dict[str, list[Cell]] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        return sorted([*self.specs, *self.refused])


def make_plan(project: Project) -> Plan:
    """Read every specification and compute the keys of those that can be read."""
    plan = Plan(inputs_key(project))
    for path in find_specs(project):
        try:
            spec = read_spec(project, path)
            if spec.notebook not in plan.cells:
                plan.cells[spec.notebook] = notebook_cells(project, spec.notebook)
            plan.keys[path.stem] = report_key(plan.inputs, spec, plan.cells[spec.notebook])
            plan.specs[path.stem] = spec
        except BadSpec as error:
            plan.refused[path.stem] = str(error)
    return plan


def chosen(plan: Plan, only: Iterable[str]) -> list[str]:
    """The reports to look at: those named, or all; raises BadSpec if a name is none."""
    wanted = sorted({*only})
    for name in wanted:
        if name not in plan.names:
            raise BadSpec(f"there is no report {name!r}{nearest(name, plan.names)}; see reports/specs/")
    return wanted or plan.names


def declared_parameters(project: Project) -> Declared:
    """A function from a notebook's name to its parameters, which inspects each notebook once."""
    return cache(partial(notebook_parameters, project))


def check_specs(project: Project) -> tuple[int, list[str]]:
    """Check every specification with its notebook's parameters: how many there are, and what is refused."""
    plan, declared = make_plan(project), declared_parameters(project)
    refused = dict(plan.refused)
    for name, spec in plan.specs.items():
        try:
            check_parameters(project, spec, declared(spec.notebook))
        except BadSpec as error:
            refused[name] = str(error)
    return len(plan.names), [refused[name] for name in sorted(refused)]
