"""Alive in cron: full disks, read-only folders, reports that hang, die or eat memory, kills at any moment."""

import ctypes
import html
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from aispend.report.build import Summary, build
from aispend.report.failures import read_failure
from aispend.report.project import Project

REPORTS = ["10_tiny.eur", "10_tiny.krw", "10_tiny.usd"]
KILLS = 10
Start = Callable[..., subprocess.Popen[str]]
Run = Callable[..., tuple[int, str, str]]
First = tuple[Project, Summary, list[str]]


def files(project: Project) -> dict[str, bytes]:
    """Every file in reports/ by its path, with what it says."""
    reports = project.headlines.parent
    return {str(path.relative_to(reports)): path.read_bytes() for path in reports.rglob("*") if path.is_file()}


def shown(project: Project) -> dict[str, bytes]:
    """What people and other programs read: pages, index, thumbnails and headlines."""
    return {name: content for name, content in files(project).items() if "/." not in name and not name.startswith(".")}


def assert_builds(run: Run, project: Project) -> None:
    code, _, said = run(project, "build")
    assert code == 0, said


@pytest.fixture
def short(first_build: First) -> Iterator[Project]:
    """The built project in a folder whose sockets stay inside it."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "p"
        shutil.copytree(first_build[0].root, root, ignore=shutil.ignore_patterns(".sockets"))
        yield Project(root, library=root / "lib")


@pytest.mark.parametrize("largest", [0, 300, 5000, 12_000])
def test_files_that_cannot_be_written_to_their_end(
    first_build: First, built: Project, make_older: Callable[[Project], None], run: Run, largest: int
) -> None:
    """The system cuts each write off there, as a full disk does (`make bench BENCH=cron` fills a real one)."""
    make_older(built)
    before = shown(built)
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))  # noqa: E731
    code, _, said = run(built, "build", preexec_fn=limit)
    assert code == 1 and "File too large" in said and "Traceback" not in said
    assert shown(built) == before
    assert not [name for name in files(built) if name.endswith(".unfinished")]
    assert_builds(run, built)
    assert files(built) == files(first_build[0])


def obey_permissions() -> None:
    """Take from root what lets it write anywhere; others have never had it."""
    for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
        ctypes.CDLL(None).prctl(24, capability)  # PR_CAPBSET_DROP


@pytest.mark.parametrize("folder", ["reports/html", "reports/html/.keys", "reports", "."])
def test_a_read_only_folder(
    first_build: First, built: Project, make_older: Callable[[Project], None], run: Run, folder: str
) -> None:
    make_older(built)
    if folder == "reports":
        built.headlines.write_text("{}\n")
    before = shown(built)
    closed = [built.root / folder, *(p for p in (built.root / folder).rglob("*") if folder == "." and p.is_dir())]
    try:
        for path in closed:
            path.chmod(0o555)
        code, _, said = run(built, "build", preexec_fn=obey_permissions)
    finally:
        for path in closed:
            path.chmod(0o755)
    assert code == 1 and "Permission denied" in said and "Traceback" not in said, said
    assert all(content.endswith(b"\n") and len(content) >= len(before[name]) / 2 for name, content in shown(built).items())
    if folder in ("reports/html", "."):
        assert shown(built) == before
    assert_builds(run, built)
    assert files(built) == files(first_build[0])


BAD_CELLS = {
    "fails": "1 / 0",
    "hangs": "import time\nwhile True:\n    try:\n        time.sleep(60)\n    except KeyboardInterrupt:\n        pass",
    "eats": "hoard = bytearray(1 << 40)",
    "dies": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
}


def test_one_that_fails_hangs_eats_memory_or_is_killed(
    short: Project, add_notebook: Callable[..., None], add_spec: Callable[..., None], run: Run
) -> None:
    for name in BAD_CELLS:
        add_notebook(short, f"20_{name}", "n: int = 1  # a number", "n")
        add_spec(short, f"20_{name}.one", f"notebook: 20_{name}\ntitle: It {name}\n")
    assert_builds(run, short)
    before = shown(short)
    for name, cell in BAD_CELLS.items():
        add_notebook(short, f"20_{name}", "n: int = 1  # a number", "n", cell)
    add_spec(short, "10_tiny.usd", "notebook: 10_tiny\ntitle: In dollars\n")
    mark = uuid.uuid4().hex
    limit = lambda: resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))  # noqa: E731
    code, told, log = run(short, "build", "--json", "--cell-timeout", "2", env={"AISPEND_TEST": mark}, preexec_fn=limit)
    assert code == 1
    told = json.loads(told)
    assert (told["good"], told["built"], told["current"]) == (False, ["10_tiny.usd"], ["10_tiny.eur", "10_tiny.krw"])
    assert {name: failure["cell"] for name, failure in told["failed"].items()} == {f"20_{n}.one": 3 for n in BAD_CELLS}
    for name, reason in {
        "fails": "ZeroDivisionError: division by zero", "hangs": "not finished after 2 s",
        "eats": "MemoryError", "dies": "the kernel died (out of memory?)",
    }.items():  # fmt: skip
        assert f"20_{name}.one: cell 3 failed" in log and reason in log
        failure = read_failure(short, f"20_{name}.one")
        assert failure and reason in failure.message and failure.page_from <= failure.failed_at
        assert failure.message.splitlines()[0] in read_html(short.page("index"))
    after = shown(short)
    changed = {name for name in before if after[name] != before[name]}
    assert changed == {"html/10_tiny.usd.html", "html/index.html", "specs/10_tiny.usd.yml"}
    assert after["html/index.html"].count(b"Out of date: the last build failed on <time") == 4
    wait_for_the_end_of(mark)


def read_html(page: Path) -> str:
    return html.unescape(page.read_text(encoding="utf-8"))


def processes(mark: str) -> list[psutil.Process]:
    """Those that inherited the mark in their environment."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get("AISPEND_TEST") == mark and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def wait_for_the_end_of(mark: str) -> None:
    end = time.monotonic() + 10
    while left := processes(mark):
        assert time.monotonic() < end, left
        time.sleep(0.05)


def wait_for_a_new_page(project: Project, older: dict[str, bytes]) -> None:
    end = time.monotonic() + 20
    while all(project.page(name).read_bytes() == older[f"html/{name}.html"] for name in REPORTS):
        assert time.monotonic() < end
        time.sleep(0.002)


def test_a_kill_at_any_moment(
    first_build: First, short: Project, make_older: Callable[[Project], None], start: Start, run: Run
) -> None:
    whole = shown(first_build[0])
    make_older(short)
    older, chance, began = shown(short), random.Random(7), time.monotonic()
    assert_builds(run, short)
    usual, killed = time.monotonic() - began, 0
    for count in range(KILLS):
        make_older(short)
        mark = uuid.uuid4().hex
        driver = start(short, "build", env={"AISPEND_TEST": mark})
        if count % 2:
            # Half of them while pages are written, which is a small part of the time.
            wait_for_a_new_page(short, older)
            time.sleep(chance.uniform(0, 0.2))
        else:
            time.sleep(chance.uniform(0.1, 1) * usual)
        with suppress(ProcessLookupError):
            # With the warm process, which else removes what the driver no longer can.
            os.killpg(driver.pid, signal.SIGKILL)
        killed += driver.wait() == -signal.SIGKILL
        for name, content in shown(short).items():
            assert content in (older[name], whole[name]), name
        wait_for_the_end_of(mark)
        if count % 5 == 4:
            assert_builds(run, short)
            assert files(short) == files(first_build[0])
            assert {path.name for path in short.html.iterdir() if path.is_dir()} == {".keys", ".sockets", "thumbnails"}
            assert not [*short.sockets.iterdir()]
    assert killed > KILLS / 2


def test_failures_are_dated_and_the_date_goes_with_them(built: Project, add_spec: Callable[..., None]) -> None:
    before = files(built)
    good = (built.specs / "10_tiny.krw.yml").read_text()
    add_spec(built, "10_tiny.krw", "notebook: 10_tiny\ntitle: 1\n")
    build(built, say=lambda _: None)
    failure = read_failure(built, "10_tiny.krw")
    assert failure is not None and failure.message.startswith("reports/specs/10_tiny.krw.yml: `title` must be a text")
    stood = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(built.page("10_tiny.krw").stat().st_mtime))
    assert failure.page_from == stood
    add_spec(built, "10_tiny.krw", good)
    build(built, say=lambda _: None)
    assert files(built) == before


def test_make_with_several_jobs_and_the_builds_it_starts_do_not_fight(first_build: First, built: Project, command: str) -> None:
    stand_in = f"import sys\nif 'build' in sys.argv:\n    sys.argv = ['', {str(built.root)!r}, *sys.argv[3:]]\n    exec({command!r})\n"
    write = (built.root / "stand_in.py").write_text
    write(stand_in)
    shutil.copy(Path(__file__).resolve().parents[2] / "Makefile", built.root)

    # Not as a part of the make that may run these tests.
    outside = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}

    def made() -> str:
        done = subprocess.run(
            ["make", "-j4", "-o", ".venv/.ready", f"PY={sys.executable} stand_in.py", "LIBRARY=lib/code.py",
             "ANSWER=reports/html/thumbnails/10_tiny.usd.svg", "reports"],
            cwd=built.root, env=outside, capture_output=True, text=True, check=False, timeout=90,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert made() == "0 built, 3 up to date, 0 failed\n"
    assert made() == "make: Nothing to be done for 'reports'.\n"
    (built.library / "code.py").touch()
    assert made() == "0 built, 3 up to date, 0 failed\n"
    # What changes while a build is at work is newer than what the build leaves.
    (built.library / "code.py").touch()
    write(f"import pathlib\npathlib.Path('lib/code.py').touch()\n{stand_in}")
    assert made() == "0 built, 3 up to date, 0 failed\n"
    write(stand_in)
    assert made() == "0 built, 3 up to date, 0 failed\n"
    assert made() == "make: Nothing to be done for 'reports'.\n"
    # Each page that somebody removed is a job of its own, and starts a build of its own.
    for name in REPORTS[:2]:
        built.page(name).unlink()
    said = made()
    assert "another build is running; waiting for it" in said and said.count("1 built, 0 up to date, 0 failed") == 2
    (built.html / ".built").unlink()
    (built.headlines.parent / "answer.svg").unlink()
    assert files(built) == files(first_build[0])
