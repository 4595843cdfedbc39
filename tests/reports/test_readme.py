"""README says what the reports say, its commands exist, and the walk through CONTRIBUTING is true."""

import configparser
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from aispend.data import checks, contract

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_the_answer_is_the_headline_of_the_overview():
    headlines = json.loads((ROOT / "reports" / "headlines.json").read_text(encoding="utf-8"))
    assert f"**{headlines['10_overview.usd']['headline']}.**" in README


def test_every_command_is_a_target_of_the_makefile():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    commands = [quoted or fenced for quoted, fenced in re.findall(r"`make ([a-z -]+)`|^make ([a-z -]+)$", README, re.M)]
    words = {word for command in commands for word in command.split()}
    assert {"reports", "test", "lab", "data"} <= words <= targets
    files = re.findall(r"`make (\.\S+)`", README)
    assert files and all(knows(file) for file in files) and not knows(".venv/.ready-nothing")


def knows(target: str) -> bool:
    return subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, check=False).returncode == 0


def test_there_are_as_many_reports_as_it_says():
    specs = [path.stem for path in (ROOT / "reports" / "specs").glob("*.yml")]
    assert f"## The {len(specs)} reports" in README
    assert "**Thirty programmes**" in README and sum(name.startswith("30_programme.") for name in specs) == 30
    for words, notebook, variants in (
        ("in won, dollars, yuan and euros", "10_overview", {"krw", "usd", "cny", "eur"}),
        ("beside** Alphabet, OpenAI and DeepSeek", "40_comparable", {"alphabet", "openai", "deepseek"}),
        ("by the announced rule", "60_champions", {"announced", "actual", "what-if"}),
    ):
        assert words in re.sub(r"\s+", " ", README)
        assert {name.split(".")[1].removesuffix("-usd").removesuffix("-krw") for name in specs if name.startswith(notebook)} == variants


def test_the_table_of_places_is_true():
    places = re.findall(r"^\| (.*?) \|", README.split("| where | what |")[1].split("##")[0], re.M)
    named = [place for cell in places for place in re.findall(r"`([^`]+)`|\]\(([^)]+)\)", cell)]
    assert len(named) >= 7
    assert [place for place in named if not (ROOT / "".join(place)).exists()] == []
    (library,) = re.findall(r"^\| `lib/aispend/` \| (.*) \|$", README, re.M)
    rooms = set(re.findall(r"`(\w+)`", library))
    assert rooms <= {path.stem for path in (ROOT / "lib" / "aispend").iterdir()} and "champions" in rooms


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


def test_a_pull_that_fails_is_what_the_cron_line_mails(tmp_path: Path):
    (line,) = fenced("cron")
    log = tmp_path / "aispend.log"
    log.write_text("the log of last week")
    (tmp_path / "git").write_text("#!/bin/sh\necho no network >&2\nexit 1\n")
    (tmp_path / "mail").write_text("#!/bin/sh\necho MAILED\ncat\n")
    for name in ("git", "mail"):
        (tmp_path / name).chmod(0o755)
    command = line.split("  ", 1)[1].replace("/srv/aispend", str(tmp_path))
    surroundings = {"HOME": str(tmp_path), "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(["/bin/sh", "-c", command], env=surroundings, capture_output=True, text=True, check=True)
    assert done.stdout == "MAILED\nno network\n"


def test_files_named_in_the_readme_exist():
    named = re.findall(r"\]\(([^)#:]+)\)", README)
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    assert named
    assert [name for name in named if name not in tracked and not (ROOT / name).exists()] == []


def test_the_rows_of_the_walk_are_in_the_tables():
    walk = CONTRIBUTING.split("## Add a fact")[0]
    lines = [line for block in re.findall(r"```csv\n(.*?)```", walk, re.S) for line in block.splitlines()]
    tables = {line for table in ("sources", "facts", "figures") for line in (contract.FOLDER / f"{table}.csv").read_text(encoding="utf-8").splitlines()}
    assert len(lines) == 8
    assert [line for line in lines if line not in tables] == []


@pytest.mark.parametrize(("number", "printed", "typed"), [(0, ",9900000000000,", ",9900000,"), (1, ',1,"the budget', ',2,"the budget')])
def test_the_walk_shows_what_the_check_says(tmp_path: Path, number: int, printed: str, typed: str):
    data = Path(shutil.copytree(contract.FOLDER, tmp_path / "data"))
    lines = (data / "figures.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    changed = [line.replace(printed, typed) if line.startswith("ai-budget-2026-koreatimes-2026-04-30,") else line for line in lines]
    (data / "figures.csv").write_text("".join(changed), encoding="utf-8", newline="")
    *shown, count = re.findall(r"```text\n(.*?)```", CONTRIBUTING, re.S)[number].splitlines()
    found = [text for text in map(str, checks.problems(data)) if "ai-budget-2026" in text]
    # Not the row numbers, which move with every figure that comes before.
    assert [re.sub(r"row \d+", "row", line) for line in found] == [re.sub(r"row \d+", "row", line) for line in shown]
    assert count.startswith(f"{len(found)} problem")
