"""Report specifications: strict YAML, checked against the parameters of the notebook it names."""

import ast
import re
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

from aispend.errors import BadSpec
from aispend.report.project import Project

KEYS = ("notebook", "title", "parameters")
_NAME = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+")
# libyaml is three times as fast; it is missing where PyYAML was built without it.
_Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Spec:
    """One report: `name` is the file's name without .yml, `notebook` a file name without .ipynb."""

    name: str
    notebook: str
    title: str
    parameters: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Parameter:
    """One line `name: type = default  # help` of a notebook's parameters cell, all as text."""

    name: str
    type: str
    default: str
    help: str


class _StrictLoader(_Loader):  # type: ignore[misc]
    """Safe YAML in which a key given twice is an error; plain YAML silently keeps the second."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = sorted({str(key) for key in keys if keys.count(key) > 1})
        if twice:
            raise BadSpec(f"line {node.start_mark.line + 1}: the key {twice[0]!r} is given twice; keep one")
        return super().construct_mapping(node, deep)


def find_specs(project: Project) -> list[Path]:
    """Every specification file, sorted by name; .yaml too, so that one so named is refused, not overlooked."""
    found = [*project.specs.glob("*.yml"), *project.specs.glob("*.yaml")]
    # Editors keep their own files beside ours, with a dot in front.
    return sorted(path for path in found if not path.name.startswith("."))


def read_spec(project: Project, path: Path) -> Spec:
    """Read one specification and check all that can be checked without its notebook's parameters.

    Dates become ISO text, because a notebook's parameters are text, numbers, lists and mappings.

    Raises BadSpec naming the file, the key and what to do.
    """
    try:
        return _read(project, path)
    except BadSpec as error:
        raise BadSpec(f"{project.shown(path)}: {error}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise BadSpec(f"{project.shown(path)}: not readable as YAML in UTF-8: {reason}") from None


def _read(project: Project, path: Path) -> Spec:
    if path.suffix != ".yml":
        raise BadSpec("the ending is not .yml; rename the file")
    content = yaml.load(path.read_text(encoding="utf-8"), Loader=_StrictLoader)  # noqa: S506 (derived from a safe loader)
    if not isinstance(content, dict):
        raise BadSpec(f"expected the keys {_listed(KEYS)}, found {_kind(content)}")
    for key in content:
        if key not in KEYS:
            raise BadSpec(f"unknown key {key!r}{nearest(str(key), KEYS)}; the keys are {_listed(KEYS)}")
    for key in ("notebook", "title"):
        value = content.get(key)
        if not isinstance(value, str) or not value.strip():
            raise BadSpec(f"`{key}` must be a text, found {_kind(value)}; write {key}: \"...\"")
    parameters = content.get("parameters") or {}
    if not isinstance(parameters, dict):
        raise BadSpec(f"`parameters` must be a mapping of names to values, found {_kind(parameters)}")
    spec = Spec(path.stem, content["notebook"], content["title"].strip(), _plain_mapping(parameters, "parameters"))
    _check_names(project, spec)
    return spec


def _check_names(project: Project, spec: Spec) -> None:
    notebooks = sorted(found.stem for found in project.notebooks.glob("*.ipynb"))
    if spec.notebook not in notebooks:
        raise BadSpec(
            f"there is no notebook {spec.notebook!r}{nearest(spec.notebook, notebooks)}; "
            f"the notebooks are {_listed(notebooks)}"
        )
    if not _NAME.fullmatch(spec.name) or not spec.name.startswith(spec.notebook + "."):
        raise BadSpec(f"the file must be called {spec.notebook}.<variant>.yml, after its notebook")


def notebook_parameters(project: Project, notebook: str) -> dict[str, Parameter]:
    """The parameters a notebook declares in its cell tagged `parameters`, in order.

    Raises BadSpec if a line of that cell lacks its type or help, or is one papermill cannot read
    (papermill leaves such a parameter out without saying so).
    """
    from nbformat import read
    from papermill import inspect_notebook

    path = project.notebooks / f"{notebook}.ipynb"
    node = read(path, as_version=4)
    found = {
        name: Parameter(name, line["inferred_type_name"], line["default"], line["help"])
        for name, line in inspect_notebook(node).items()
    }
    source = "\n".join(cell.source for cell in node.cells if "parameters" in cell.metadata.get("tags", []))
    for name in _assigned_names(source, project.shown(path)):
        parameter = found.get(name)
        if parameter is None or parameter.type == "None" or not parameter.help:
            raise BadSpec(
                f"{project.shown(path)}: the parameter `{name}` must be one line "
                f"`{name}: type = default  # help`, with a single `=` and a type of {_listed(_TYPES)}"
            )
    return found


def _assigned_names(source: str, where: str) -> list[str]:
    names = []
    try:
        body = ast.parse(source).body
    except SyntaxError as error:
        raise BadSpec(f"{where}: the cell tagged `parameters` is not Python: {error}") from None
    for statement in body:
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        names += [target.id for target in targets if isinstance(target, ast.Name)]
    return names


def check_parameters(project: Project, spec: Spec, declared: Mapping[str, Parameter]) -> None:
    """Refuse a parameter the notebook does not declare, and a value of another type than declared.

    Raises BadSpec naming the file, the parameter, the nearest valid name and all valid ones.
    """
    where = f"{project.shown(project.specs / spec.name)}.yml"
    for name, value in spec.parameters.items():
        if name not in declared:
            raise BadSpec(
                f"{where}: notebook {spec.notebook} has no parameter {name!r}{nearest(name, declared)}; "
                f"its parameters are {_listed(declared)}"
            )
        wanted = declared[name].type
        if not fits_type(value, wanted):
            raise BadSpec(
                f"{where}: parameter `{name}` must be {wanted}, found {_kind(value)}"
                + ("; put it in quotes" if wanted == "str" and not isinstance(value, list | dict) else "")
            )


_TYPES: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (float, int),
    "bool": (bool,),
    "list": (list,),
    "dict": (dict,),
    "Optional": (),
}


def fits_type(value: Any, annotation: str) -> bool:
    """Whether a value from YAML fits an annotation such as `str`, `list[int]` or `Optional[str]`.

    An int fits float; True and False fit only bool. Raises BadSpec for any other annotation.

    >>> fits_type([2024, 2025], "list[int]"), fits_type(True, "int"), fits_type(None, "Optional[str]")
    (True, False, True)
    """
    try:
        return _fits(value, ast.parse(annotation, mode="eval").body)
    except (SyntaxError, KeyError, AttributeError):
        raise BadSpec(f"the type {annotation!r} is not one of {_listed(_TYPES)}") from None


def _fits(value: Any, wanted: ast.expr) -> bool:
    if isinstance(wanted, ast.Name):
        kinds = _TYPES[wanted.id]
        return isinstance(value, kinds) and (bool in kinds or not isinstance(value, bool))
    outer, inner = wanted.value.id, wanted.slice  # type: ignore[attr-defined]
    if outer == "Optional":
        return value is None or _fits(value, inner)
    if not isinstance(value, _TYPES[outer]):
        return False
    if outer == "dict":
        key, item = inner.elts  # type: ignore[attr-defined]
        return all(_fits(k, key) and _fits(v, item) for k, v in value.items())
    return all(_fits(item, inner) for item in value)


def _plain_mapping(mapping: Mapping[Any, Any], where: str) -> dict[str, Any]:
    for key in mapping:
        if not isinstance(key, str):
            raise BadSpec(f"the name {key!r} in `{where}` is {_kind(key)}; put it in quotes")
    return {key: _plain(value, key) for key, value in mapping.items()}


def _plain(value: Any, where: str) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return [_plain(item, where) for item in value]
    if isinstance(value, dict):
        return _plain_mapping(value, where)
    if value is None or isinstance(value, str | int | float):
        return value
    raise BadSpec(f"`{where}` is {_kind(value)}; use text, numbers, dates, lists and mappings")


def _kind(value: Any) -> str:
    return "nothing" if value is None else f"{type(value).__name__} {value!r}"


def nearest(name: str, valid: Iterable[str]) -> str:
    """The end of a message: `; did you mean ...?` if one of the valid names is close, else nothing."""
    close = get_close_matches(name, list(valid), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
