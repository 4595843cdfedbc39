"""The command line: exit codes, where messages go, and a build that is stopped."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
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
    assert "    10_tiny.eur: ratio: (absent) -> 0.166667\n" in capsys.readouterr().out
    assert here.headlines.read_text() == "{}\n"


@pytest.mark.parametrize("arguments", [[], ["biuld"], ["build", "--fast"]])
def test_wrong_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(arguments)
    assert refused.value.code == 2
    assert "usage: aispend" in capsys.readouterr().err


STOPPED = """
import sys
from pathlib import Path
import aispend.report.project as project
from aispend.__main__ import main
root = Path(sys.argv[1])
project.this_project = lambda: project.Project(root, library=root / "lib")
sys.exit(main(["build"]))
"""


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_stopped_build_leaves_no_kernel(
    built: Project, add_notebook: Callable[..., None], add_spec: Callable[..., None], tmp_path: Path, stop: signal.Signals
) -> None:
    sign = tmp_path / "kernel"
    cell = f"import os, pathlib, time\npathlib.Path({str(sign)!r}).write_text(str(os.getpid()))\ntime.sleep(60)"
    add_notebook(built, "20_slow", "n: int = 1  # a number", cell)
    add_spec(built, "20_slow.one", "notebook: 20_slow\ntitle: Slow\n")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    driver = subprocess.Popen(
        [sys.executable, "-c", STOPPED, built.root], env=os.environ | {"TMPDIR": str(temporary)},
        stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
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
