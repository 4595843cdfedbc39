"""A week of cron in fast motion: 200 builds while data, notebooks and specs are touched, changed, broken and mended.

Run by `make bench BENCH=cron`; `--runs 40` for a quick look, `--seed 8` for another week. It works on a copy of
the project with three small reports. Every fourth build is killed at a random moment, with all that is in its process
group. After each build it checks the exit code, which pages were built and which stood, that every page
is whole and, in a state met before, the same bytes as then, and that no process and no temporary file is left.
Then a disk of its own fills up under a build, and becomes read-only.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil
from apparatus.suite import PYTHON
from nbformat import v4, writes
from reports import ROOT, copy_of_project

NAMES = ["01_facts.all", "01_facts.some", "02_sources.all"]
PARAMETERS = "rows: int = 9  # how many are shown\n"
# Of eight builds the last two are killed, the second on top of what the first left.
KILLED = (6, 7)
END = b"</html>\n"


def write_reports(folder: Path) -> None:
    """Two small notebooks on the tables, and three specs, in place of those of the project."""
    for path in (*(folder / "notebooks").glob("*.ipynb"), *(folder / "reports/specs").glob("*.yml")):
        path.unlink()
    for name in ("01_facts", "02_sources"):
        work = f"import aispend as ai\nframe = ai.load({name[3:]!r})\nai.record(rows=len(frame))\nframe.head(rows)"
        title, parameters, cell = v4.new_markdown_cell(f"# {name}"), v4.new_code_cell(PARAMETERS), v4.new_code_cell(work)
        parameters.metadata["tags"] = ["parameters"]
        kernel = {"name": "python3", "language": "python", "display_name": "Python 3"}
        notebook = v4.new_notebook(cells=[title, parameters, cell], metadata={"kernelspec": kernel})
        (folder / f"notebooks/{name}.ipynb").write_text(writes(notebook), encoding="utf-8")
    for rows, name in enumerate(NAMES, start=2):
        spec = f"notebook: {name.split('.')[0]}\ntitle: {name}\nparameters: {{rows: {rows}}}\n"
        (folder / f"reports/specs/{name}.yml").write_text(spec, encoding="utf-8")


class Week:
    """The copied project, what its inputs are now, and what each page was last built from.

    An input is in state 0 or 1, which are good, or "broken"; a page depends on its spec, its notebook and the data.
    """

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.html, self.chance = folder, folder / "reports/html", random.Random(seed)
        copy_of_project(folder, 0)
        write_reports(folder)
        self.inputs = {name: f"reports/specs/{name}.yml" for name in NAMES}
        self.inputs |= {name.split(".")[0]: f"notebooks/{name.split('.')[0]}.ipynb" for name in NAMES}
        self.inputs["data"] = "data/sources.csv"
        self.original = {name: (folder / path).read_bytes() for name, path in self.inputs.items()}
        self.state: dict[str, int | str] = dict.fromkeys(self.inputs, 0)
        self.built: dict[str, tuple[int | str, ...]] = {}
        # Those that a killed build may or may not have built.
        self.unsure: set[str] = set()
        self.known: dict[tuple[str, tuple[int | str, ...]], bytes] = {}
        self.usual, self.done = 3.0, Counter[str]()

    def made_from(self, name: str) -> tuple[int | str, ...]:
        return self.state[name], self.state[name.split(".")[0]], self.state["data"]

    def must_fail(self) -> set[str]:
        return {name for name in NAMES if self.state[name] == "broken" or self.state[name.split(".")[0]] == "broken"} | (
            # Only one of the notebooks reads the table that breaks.
            {NAMES[2]} if self.state["data"] == "broken" else set()
        )

    def stale(self) -> set[str]:
        return {name for name in NAMES if self.built.get(name) != self.made_from(name)} - self.must_fail()

    def put(self, name: str, state: int | str) -> None:
        """Write an input in one of its states."""
        content, path = self.original[name], self.folder / self.inputs[name]
        if name == "data":
            changed = {0: content, 1: content.rstrip(b"\n"), "broken": content.replace(b"source_id,", b"source,", 1)}[state]
        elif path.suffix == ".yml":
            changed = {0: content, 1: content.replace(b"title: ", b"title: Again, ", 1), "broken": content + b"colour: red\n"}[state]
        else:
            notebook = json.loads(content)
            notebook["cells"][-1]["source"] += {0: "", 1: "[::-1]", "broken": "\n1 / 0"}[state].splitlines(keepends=True)
            changed = json.dumps(notebook).encode()
        path.write_bytes(changed)
        self.state[name] = state

    def act(self) -> str:
        """Do one thing that happens between two nights; returns its name."""
        name = self.chance.choice(list(self.inputs))
        page = self.html / f"{self.chance.choice(NAMES)}.html"
        broken = [other for other, state in self.state.items() if state == "broken"]
        action = self.chance.choices(["touch", "change", "break", "lose", "damage", "nothing"], [40, 12, 12, 3, 3, 10])[0]
        if broken and self.chance.random() < 0.7:
            action = "mend"
            self.put(self.chance.choice(broken), self.chance.choice([0, 1]))
        elif action == "touch":
            (self.folder / self.inputs[name]).touch()
        elif action == "change" and self.state[name] != "broken":
            self.put(name, 1 - self.state[name])
        elif action == "break":
            self.put(name, "broken")
        elif action == "lose":
            page.unlink(missing_ok=True)
            self.built.pop(page.stem, None)
        elif action == "damage" and page.exists():
            page.write_bytes(page.read_bytes()[:5000])
            self.built.pop(page.stem, None)
        return action

    def night(self, number: int) -> None:
        if number % 8 in KILLED:
            action = "kill"
            self.put("data", 1 if self.state["data"] == 0 else 0)
            self.killed()
        else:
            action = self.act()
            self.whole()
        self.done[action] += 1

    def start(self, mark: str, **pipes: int) -> subprocess.Popen[str]:
        environment = os.environ | {"PYTHONPATH": str(self.folder / "lib"), "AISPEND_WEEK": mark}
        command = [PYTHON, "-m", "aispend", "build", "--json"]
        return subprocess.Popen(command, cwd=self.folder, env=environment, text=True, start_new_session=True, **pipes)

    def whole(self) -> None:
        """A build that nobody disturbs, and all that must be true after it."""
        stale, failing, mark, began = self.stale(), self.must_fail(), uuid.uuid4().hex, time.monotonic()
        with self.start(mark, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as build:
            output, log = build.communicate(timeout=120)
        told = json.loads(output)
        assert build.returncode == bool(failing), log
        assert {*told["failed"]} == failing, (told["failed"], failing)
        assert stale - self.unsure <= {*told["built"]} <= stale | self.unsure, (told["built"], stale, self.unsure)
        assert {*told["built"]} | {*told["current"]} | failing == {*NAMES}
        if len(told["built"]) == len(NAMES):
            self.usual = time.monotonic() - began
        self.unsure &= failing
        for name in {*NAMES} - failing:
            self.built[name] = self.made_from(name)
            page = (self.html / f"{name}.html").read_bytes()
            assert page == self.known.setdefault((name, self.built[name]), page), f"{name}: other bytes than before"
        self.check_pages()
        index = (self.html / "index.html").read_text(encoding="utf-8")
        assert all(name in index for name in NAMES)
        assert {path.stem for path in (self.html / ".failed").glob("*.json")} == failing
        self.check_nothing_left(mark)
        left = [path for pattern in ("**/*.unfinished", ".kernels", ".sockets/*") for path in self.html.glob(pattern)]
        assert not left, left

    def killed(self) -> None:
        """A build that is killed: pages stay whole, and no process outlives it for long."""
        stale, mark = self.stale(), uuid.uuid4().hex
        with self.start(mark, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as build:
            time.sleep(self.chance.uniform(0.05, 1) * self.usual)
            with suppress(ProcessLookupError):
                os.killpg(build.pid, signal.SIGKILL)
        self.unsure |= stale
        self.check_pages()
        self.check_nothing_left(mark)

    def check_pages(self) -> None:
        json.loads((self.folder / "reports/headlines.json").read_bytes())
        for page in self.html.glob("*.html"):
            content = page.read_bytes()
            damaged = page.stem in NAMES and page.stem not in self.built and len(content) == 5000
            assert damaged or content.endswith(END), f"{page.name} is half a page"
            known = [bytes_ for (name, _), bytes_ in self.known.items() if name == page.stem]
            if page.stem in self.built and page.stem not in self.unsure:
                assert content in known, f"{page.name} is not the page that stood there"

    def check_nothing_left(self, mark: str) -> None:
        end = time.monotonic() + 10
        while left := [process for process in psutil.process_iter() if _has(process, mark)]:
            assert time.monotonic() < end, left
            time.sleep(0.05)


def _has(process: psutil.Process, mark: str) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE and process.environ().get("AISPEND_WEEK") == mark
    except psutil.Error:
        return False


def full_disk(week: Week) -> None:
    """Builds on a disk that is too small, that is read-only, and that has grown; needs to be allowed to mount one."""
    week.whole()
    good = {path.name: path.read_bytes() for path in week.html.glob("*.html")}
    shutil.rmtree(week.html)
    week.html.mkdir()
    mount: Callable[..., None] = lambda *options: subprocess.run(["mount", *options, str(week.html)], check=True)  # noqa: E731
    mount("-t", "tmpfs", "-o", "size=4k", "tmpfs")
    for kilobytes in (4, 12, 40):
        mount("-o", f"remount,size={kilobytes}k")
        code, log = _said(week)
        assert code == 1 and "aispend: [Errno 28] No space left on device" in log, log
        for page in week.html.glob("*.html"):
            assert page.read_bytes() == good[page.name] or page.name == "index.html", page
            assert page.read_bytes().endswith(END)
        assert not [*week.html.glob("**/*.unfinished")]
        print(f"  holds  a disk of {kilobytes} kB: exit code 1, {len([*week.html.glob('[0-9]*.html')])} pages, all whole")
    mount("-o", "remount,size=20m,ro")
    code, log = _said(week)
    assert code == 1 and "Read-only file system" in log and "Traceback" not in log, log
    mount("-o", "remount,rw")
    week.built.clear()
    week.unsure = {*NAMES}
    week.whole()
    assert good == {path.name: path.read_bytes() for path in week.html.glob("*.html")}
    print("  holds  read-only: exit code 1 and one line; with room again: the same bytes as on a large disk")


def _said(week: Week) -> tuple[int, str]:
    with week.start(uuid.uuid4().hex, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as build:
        output, log = build.communicate(timeout=120)
    return build.returncode, output + log


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=200, help="how many builds (200)")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--full-disk", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="w") as folder:
        week, began = Week(Path(folder), options.seed), time.monotonic()
        if options.full_disk:
            try:
                full_disk(week)
            finally:
                subprocess.run(["umount", str(week.html)], check=False)
            return 0
        for number in range(options.runs):
            week.night(number)
        week.whole()
        print(f"  holds  {options.runs} builds in {time.monotonic() - began:.0f} s: {', '.join(f'{n} {a}' for a, n in week.done.most_common())}")
    mounting = ["unshare", "--mount", "--map-root-user"]
    if subprocess.run([*mounting, "true"], check=False, stderr=subprocess.DEVNULL).returncode:
        print("  a disk that is full was not tried: this user may not mount one")
        return 0
    return subprocess.run([*mounting, sys.executable, __file__, "--full-disk"], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
