"""README says what the reports say, and its commands exist."""

import json
import re
import subprocess
from pathlib import Path

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


def test_files_named_in_the_readme_exist():
    named = re.findall(r"\]\(([^)#:]+)\)", README)
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    assert named
    assert [name for name in named if name not in tracked and not (ROOT / name).exists()] == []
