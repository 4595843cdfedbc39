"""README says what the reports say, and its commands exist."""

import configparser
import json
import re
import subprocess
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_answer_is_the_headline_of_the_overview():
    headlines = json.loads((ROOT / "reports" / "headlines.json").read_text(encoding="utf-8"))
    assert f"**{headlines['10_overview.usd']['headline']}.**" in README


def test_every_command_is_a_target_of_the_makefile():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    commands = [quoted or fenced for quoted, fenced in re.findall(r"`make ([a-z -]+)`|^make ([a-z -]+)$", README, re.M)]
    words = {word for command in commands for word in command.split()}
    assert {"reports", "test", "lab", "data"} <= words <= targets


def test_the_example_runs():
    (example,) = re.findall(r"```python\n(.*?)```", README, re.S)
    namespace: dict[str, object] = {}
    exec(compile(example, "README.md", "exec"), namespace)
    assert "frame" in namespace


def fenced(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.S)


def test_the_units_and_the_workflow_say_what_make_understands():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (workflow,), units = fenced("yaml"), [configparser.ConfigParser() for _ in fenced("ini")]
    for unit, text in zip(units, fenced("ini"), strict=True):
        unit.optionxform = str
        unit.read_string(text)
    jobs = yaml.safe_load(workflow)["jobs"].values()
    commands = [units[0]["Service"]["ExecStart"], *(step["run"] for job in jobs for step in job["steps"] if "run" in step)]
    for command in commands:
        make, target, *variables = command.split()
        assert (make, target) == ("make", "reports")
        assert all(f"$(if $({variable.split('=')[0]})," in makefile for variable in variables)
    assert "OnCalendar" in units[1]["Timer"]
    (line,) = fenced("cron")
    assert re.match(r"(\S+ ){5} cd \S+ && .*make reports", line)


def test_files_named_in_the_readme_exist():
    named = re.findall(r"\]\(([^)#:]+)\)", README)
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    assert named
    assert [name for name in named if name not in tracked and not (ROOT / name).exists()] == []
