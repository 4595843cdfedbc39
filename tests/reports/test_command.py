"""The command line: exit codes, where messages go, and a build that is stopped."""

import json
import os
import pty
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest

from aispend.__main__ import main
from aispend.report.project import Project


@pytest.fixture(autouse=True)
def signals_as_before() -> Iterator[None]:
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def here(built: Project, monkeypatch: pytest.MonkeyPatch, no_kernel: None) -> Project:
    monkeypatch.setattr("aispend.report.project.this_project", lambda: built)
    return built


def test_nothing_to_do(here: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build"]) == 0
    assert capsys.readouterr().out == "0 built, 3 up to date, 0 failed\n"


def test_only(here: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", "--only", "10_tiny.krw", "10_tiny.eur"]) == 0
    assert capsys.readouterr().out == "0 built, 2 up to date, 0 failed\n"
    assert main(["build", "--only", "10_tiny.kwr"]) == 1
    assert capsys.readouterr().err == "aispend: there is no report '10_tiny.kwr'; did you mean '10_tiny.krw'?; see reports/specs/\n"


def test_a_failure_is_not_success(
    here: Project, add_spec: Callable[..., None], broken: Callable[[str], str], capsys: pytest.CaptureFixture[str]
) -> None:
    add_spec(here, "10_tiny.krw", broken("spec_no_title.yml"))
    assert main(["build"]) == 1
    assert capsys.readouterr().out.endswith("0 built, 2 up to date, 1 failed: 10_tiny.krw\n")
    assert main(["check-specs"]) == 1
    checked = capsys.readouterr()
    assert checked.out == "2 of 3 report specifications are good\n"
    assert checked.err.startswith("reports/specs/10_tiny.krw.yml: `title` must be a text")


def test_unreviewed_headlines_fail_the_check(here: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", "--check"]) == 0
    here.headlines.write_text("{}\n")
    assert main(["build", "--check"]) == 1
    assert "    10_tiny.eur: ratio: (absent) -> 0.166667\n" in capsys.readouterr().err
    assert here.headlines.read_text() == "{}\n"


def test_data_that_end_too_long_ago_fail_in_one_line_each(
    here: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Today(date):
        @classmethod
        def today(cls) -> "date":
            return date(2026, 11, 22)

    monkeypatch.setattr("aispend.__main__.date", Today)
    (here.data / "sources.csv").write_text("source_id,accessed_on\na,2026-10-01\nb,2026-11-02\nc,2026-10-30\n")
    main(["build"])  # the new table makes reports stale, which cannot be run here
    capsys.readouterr()
    for days, lines in {
        23: [],
        22: ["exchange rates end on 2026-10-30, 23 days ago (limit 22): run make rates WRITE=1"],
        19: [
            "exchange rates end on 2026-10-30, 23 days ago (limit 19): run make rates WRITE=1",
            "sources end on 2026-11-02, 20 days ago (limit 19): look at the sources again and note when in accessed_on",
        ],
    }.items():
        main(["build", "--max-age", str(days)])
        assert capsys.readouterr().err.splitlines() == lines
    (here.data / "sources.csv").unlink()
    assert main(["build", "--max-age", "23"]) == 0
    assert main(["build", "--max-age", "22"]) == 1


def test_one_summary_for_a_program_that_watches(
    here: Project, add_spec: Callable[..., None], broken: Callable[[str], str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["build", "--json"]) == 0
    said = capsys.readouterr()
    told = json.loads(said.out)
    assert said.err == "0 built, 3 up to date, 0 failed\n" and 0 <= told.pop("seconds") < 10
    assert told == {
        "good": True, "problems": [], "data_until": {"exchange rates": "2026-10-30"}, "built": [],
        "current": ["10_tiny.eur", "10_tiny.krw", "10_tiny.usd"], "failed": {}, "differences": [],
    }  # fmt: skip
    here.headlines.write_text("<<<<<<< ours\n")
    assert main(["build", "--json"]) == 1
    (problem,) = json.loads(capsys.readouterr().out)["problems"]
    assert problem.startswith("aispend: reports/headlines.json is not JSON")
    here.headlines.write_text("{}\n")
    add_spec(here, "10_tiny.krw", broken("spec_no_title.yml"))
    assert main(["build", "--json", "--check"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert list(told["failed"]) == ["10_tiny.krw"] and told["failed"]["10_tiny.krw"]["cell"] is None
    assert "10_tiny.eur: ratio: (absent) -> 0.166667" in told["differences"]
    assert told["good"] is False and told["problems"][0].endswith("review and commit what make reports writes:")


def test_a_cluster_without_dask_is_one_line(
    here: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (here.library / "code.py").write_text("changed")
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert main(["build", "--scheduler", "tcp://127.0.0.1:8786"]) == 1
    assert capsys.readouterr().err == "aispend: --scheduler needs Dask: pip install 'distributed>=2026.1'\n"


def test_a_bar_on_a_terminal_and_plain_lines_elsewhere(
    built: Project, make_older: Callable[[Project], None], start: Callable[..., subprocess.Popen[str]],
    run: Callable[..., tuple[int, str, str]],
) -> None:  # fmt: skip
    make_older(built)
    terminal, end = pty.openpty()
    termios.tcsetwinsize(end, (24, 80))
    seen = b""
    with start(built, "build", stdout=end, stderr=end):
        os.close(end)
        with suppress(OSError):  # how a terminal says that nobody writes to it any more
            while block := os.read(terminal, 4096):
                seen += block
    os.close(terminal)
    assert b"| 0/3 [" in seen and b" report" in seen
    assert b"3 built, 0 up to date, 0 failed" in seen
    make_older(built)
    code, output, errors = run(built, "build")
    assert code == 0 and errors == "" and "\r" not in output
    assert [line.split("]")[0] for line in output.splitlines()[:3]] == ["[1/3", "[2/3", "[3/3"]


@pytest.mark.parametrize("arguments", [[], ["biuld"], ["build", "--fast"], ["build", "--max-age", "old"]])
def test_wrong_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(arguments)
    assert refused.value.code == 2
    assert "usage: aispend" in capsys.readouterr().err


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_stopped_build_leaves_no_kernel(
    built: Project, add_notebook: Callable[..., None], add_spec: Callable[..., None], start: Callable[..., subprocess.Popen[str]],
    tmp_path: Path, stop: signal.Signals,
) -> None:  # fmt: skip
    sign = tmp_path / "kernel"
    cell = f"import os, pathlib, time\npathlib.Path({str(sign)!r}).write_text(str(os.getpid()))\ntime.sleep(60)"
    add_notebook(built, "20_slow", "n: int = 1  # a number", cell)
    add_spec(built, "20_slow.one", "notebook: 20_slow\ntitle: Slow\n")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    driver = start(built, "build", env={"TMPDIR": str(temporary)})
    wait_until(lambda: sign.exists() and sign.read_text() != "")
    kernel = int(sign.read_text())
    driver.send_signal(stop)
    assert driver.wait(timeout=5) == (-9 if stop == signal.SIGKILL else 130)
    wait_until(lambda: not Path(f"/proc/{kernel}").exists() or "Z" in Path(f"/proc/{kernel}/stat").read_text().split()[2])
    assert list(temporary.iterdir()) == []
    assert sorted(path.name for path in built.html.glob("*.html"))[:3] == ["10_tiny.eur.html", "10_tiny.krw.html", "10_tiny.usd.html"]


def wait_until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end, "waited 20 s in vain"
        time.sleep(0.05)


def test_the_slow_schema_library_is_kept_out() -> None:
    ask = "import sys, aispend.__main__; print(sys.modules['rfc3987_syntax'], 'pandas' in sys.modules)"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONWARNINGS"}
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout == "None False\n"
