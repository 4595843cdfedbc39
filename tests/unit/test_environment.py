"""pyproject.toml declares, uv.lock and requirements.lock pin, environment.yml says the same to conda."""

import re
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
BROKEN = ROOT / "tests" / "broken"
CONDA_NAMES = {"matplotlib-base": "matplotlib", "seaborn-base": "seaborn", "nbconvert-core": "nbconvert", "python-duckdb": "duckdb"}
GIVEN = {"jupyterlab", "pandas", "matplotlib", "seaborn", "forex-python", "papermill", "nbval"}


def declared() -> dict[str, str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    lines = [*project["project"]["dependencies"], *groups["test"], *groups["export"], *groups["lab"]]
    found = {canonicalize_name(Requirement(line).name): str(Requirement(line).specifier) for line in lines}
    return found | {"python": project["project"]["requires-python"]}


def in_conda(path: Path) -> dict[str, str]:
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))["dependencies"]
    names = [entry for entry in entries if isinstance(entry, str) and entry != "pip"]
    names += [entry for part in entries if isinstance(part, dict) for entry in part["pip"] if not entry.startswith("--")]
    requirements = [Requirement(name) for name in names]
    return {canonicalize_name(CONDA_NAMES.get(item.name, item.name)): str(item.specifier) for item in requirements}


def locked() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for package in tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))["package"]:
        found.setdefault(canonicalize_name(package["name"]), set()).add(package["version"])
    return found


def differences(conda: dict[str, str]) -> dict[str, tuple[str | None, str | None]]:
    wanted = declared()
    return {name: (wanted.get(name), conda.get(name)) for name in wanted | conda if wanted.get(name) != conda.get(name)}


def test_environment_file_says_what_the_project_declares():
    assert differences(in_conda(ROOT / "environment.yml")) == {}


@pytest.mark.parametrize(
    ("file", "name"),
    [("environment_missing_package.yml", "pandas"), ("environment_other_bound.yml", "papermill"), ("environment_extra_package.yml", "pyarrow")],
)
def test_a_difference_is_named(file: str, name: str):
    assert list(differences(in_conda(BROKEN / file))) == [name]


def test_given_packages_are_declared():
    assert declared().keys() >= GIVEN


def test_lock_satisfies_every_declaration():
    pinned = locked()
    for name, specifier in declared().items():
        if name != "python":
            requirement = Requirement(f"{name}{specifier}")
            assert all(Version(version) in requirement.specifier for version in pinned[name]), name


def test_exported_lock_pins_the_same_versions():
    pinned = locked()
    lines = re.findall(r"^([a-z0-9._-]+)==([^ ;\\]+)", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.M)
    assert len(lines) > 50
    assert all(version in pinned[canonicalize_name(name)] for name, version in lines)


def test_nothing_that_would_stop_a_kernel_from_forking_or_slow_every_start():
    # pyarrow starts a thread on import; rfc3987-syntax compiles grammars for a second on import.
    # Both may be in .venv-bench, whose groups the same lock file pins.
    assert find_spec("pyarrow") is None
    export = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert not re.search(r"^pyarrow==", export, re.M)
    assert not re.search(r"^rfc3987-syntax==[^;]*$", export, re.M)
