"""The house rules that a script can check: imports run one way, public names are explained, modules stay small."""

import ast
import inspect
import os
import subprocess
import sys
from pathlib import Path

import pytest

import aispend

LIBRARY = Path(aispend.__file__).parent
LAYERS = [
    {"errors"}, {"money"}, {"data"}, {"rates", "prices", "periods", "loans", "tournament"}, {"live_rates"}, {"normalise"}, {"compare", "standing", "audit", "champions"}, {"ladder"},
    {"wording"}, {"sentences"}, {"exhibit", "charts"}, {"report"}, {"export"}, {"__main__"},
]
LEVEL = {room: level for level, rooms in enumerate(LAYERS) for room in rooms}
# What `errors` is to all; within one layer these may lean on those named.
WITHIN_LAYER = {("prices", "rates"), ("loans", "rates"), ("tournament", "rates"), ("charts", "exhibit"), ("periods", "rates"), ("prices", "periods")}


def room(path: Path) -> str:
    return path.relative_to(LIBRARY).parts[0].removesuffix(".py")


def imported_rooms(source: str) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(source)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" if node.module == "aispend" else node.module for alias in node.names]
        found |= {name.split(".")[1] for name in names if name.startswith("aispend.")}
    return found


def upward(room_name: str, source: str) -> set[str]:
    return {
        target
        for target in imported_rooms(source) - {room_name}
        if target in LEVEL and LEVEL[target] >= LEVEL[room_name] and (room_name, target) not in WITHIN_LAYER
    }


MODULES = sorted(path for path in LIBRARY.rglob("*.py") if path.name != "__init__.py" or path.parent != LIBRARY)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(LIBRARY)))
def test_imports_run_one_way(path: Path):
    assert room(path) in LEVEL, f"{path.name} belongs to no layer: add it to LAYERS"
    assert upward(room(path), path.read_text(encoding="utf-8")) == set()


def test_an_import_against_the_direction_is_seen():
    assert upward("rates", "from aispend.normalise import normalise") == {"normalise"}
    assert upward("money", "from aispend import charts") == {"charts"}
    assert upward("normalise", "from aispend.rates import rate") == set()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(LIBRARY)))
def test_modules_can_be_read_in_one_sitting(path: Path):
    assert path.read_text(encoding="utf-8").count("\n") <= 300


PUBLIC = [name for name in aispend.__all__ if callable(getattr(aispend, name))]


@pytest.mark.parametrize("name", PUBLIC)
def test_public_names_are_explained(name: str):
    public = getattr(aispend, name)
    assert inspect.getdoc(public), f"{name} has no docstring"
    if inspect.isfunction(public):
        assert ">>>" in inspect.getdoc(public), f"{name} has no example"
        parameters = list(inspect.signature(public).parameters.values())
        assert all(p.annotation is not inspect.Parameter.empty for p in parameters), f"{name} has an untyped parameter"
        assert sum(p.kind is p.POSITIONAL_OR_KEYWORD for p in parameters) <= 3, f"{name} takes too many arguments by position"


def test_an_unknown_public_name_is_refused():
    with pytest.raises(AttributeError, match="no name 'normalize'.*normalise"):
        aispend.normalize  # noqa: B018


def test_importing_money_needs_no_pandas_and_opens_no_connection():
    program = (
        "import sys, socket; sys.modules['pandas'] = None\n"
        "def refuse(*_): raise AssertionError('network')\n"
        "socket.socket.connect = refuse\n"
        "import aispend, aispend.money; print(aispend.money.read_money('34 billions de won', 'fr').amount)"
    )
    environment = {**os.environ, "PYTHONPATH": str(LIBRARY.parent)}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) == 34e12
