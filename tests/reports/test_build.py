"""The matrix: what is built, what is left alone, and what a failure or a kill leaves behind."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from nbformat import v4

from aispend.errors import BadSpec
from aispend.report.build import Summary, build
from aispend.report.project import Project

SILENT: Callable[[str], None] = lambda _: None  # noqa: E731
REPORTS = ["10_tiny.eur", "10_tiny.krw", "10_tiny.usd"]
FAILING = "notebook: 10_tiny\ntitle: In KRW\nparameters: {currency: KRW, divisor: 0}\n"


def pages(project: Project) -> dict[str, bytes]:
    return {str(p.relative_to(project.html)): p.read_bytes() for p in project.html.rglob("*") if p.is_file()}


def stale(project: Project, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The reports a build would run, without running them."""
    monkeypatch.setattr("aispend.report.build._Builder.build", lambda _, names, track: found.extend(names))
    monkeypatch.setattr("aispend.report.build._Builder.__init__", lambda *_: None)
    found: list[str] = []
    assert not build(project, say=SILENT).failed
    return found


def test_the_first_build_says_each_report_on_one_line(first_build: tuple[Project, Summary, list[str]]) -> None:
    _, summary, said = first_build
    assert sorted(summary.built) == REPORTS and not summary.failed and not summary.current
    assert [line.split("]")[0] for line in said[:3]] == ["[1/3", "[2/3", "[3/3"]
    assert all(" built in " in line and line.endswith(" s") for line in said[:3])
    assert len(said) == 4


def test_a_second_build_does_nothing(built: Project, no_kernel: None) -> None:
    before, said = pages(built), []
    assert build(built, say=said.append).current == REPORTS
    assert said == [] and pages(built) == before


def test_a_touch_makes_nothing_stale(built: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in built.root.rglob("*"):
        os.utime(path, (2_000_000_000, 2_000_000_000))
    assert stale(built, monkeypatch) == []


def test_a_comment_in_a_spec_and_a_stored_output_make_nothing_stale(
    built: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec, notebook = built.specs / "10_tiny.krw.yml", built.notebooks / "10_tiny.ipynb"
    spec.write_text("# why\n" + spec.read_text())
    notebook.write_text(notebook.read_text().replace('"outputs": []', '"outputs": [{"output_type": "stream"}]'))
    (built.data / "README.md").write_text("made from the data")
    (built.library / "code.cpython-311.pyc").write_bytes(b"compiled")
    (built.library / ".ipynb_checkpoints").mkdir()
    (built.library / ".ipynb_checkpoints" / "code.py").write_text("an editor's copy")
    (built.specs / ".#10_tiny.krw.yml").write_text("an editor's lock")
    assert stale(built, monkeypatch) == []


@pytest.mark.parametrize(
    ("changed", "before", "after"),
    [
        ("notebooks/10_tiny.ipynb", b"share = 1", b"share = 2"), ("lib/code.py", b"42", b"43"),
        ("data/datapackage.json", b"2026-10-30", b"2026-10-31"), ("data/raw/rates.zip", b"rates", b"dates"),
        ("uv.lock", b"locked", b"blocked"), ("reports/template/page.css", b"1.0625rem", b"1.1rem"),
        ("reports/template/page.html.j2", b"How", b"Why"),
    ],
)  # fmt: skip
def test_what_a_report_is_made_from(
    built: Project, monkeypatch: pytest.MonkeyPatch, changed: str, before: bytes, after: bytes
) -> None:
    path = built.root / changed
    path.write_bytes(path.read_bytes().replace(before, after, 1))
    assert stale(built, monkeypatch) == REPORTS


def test_a_file_renamed_or_added_is_a_change(built: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    (built.library / "code.py").rename(built.library / "core.py")
    assert stale(built, monkeypatch) == REPORTS


def test_what_changes_during_a_build_is_built_again(
    built: Project, add_notebook: Callable[..., None], add_spec: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the change is taken back, after which the page would pass for current."""
    original = (built.library / "code.py").read_bytes()
    add_notebook(built, "20_other", "n: int = 1  # a number", f"open({str(built.library / 'code.py')!r}, 'a').write('other = 1')")
    add_spec(built, "20_other.one", "notebook: 20_other\ntitle: Other\n")
    said: list[str] = []
    assert build(built, only=["20_other.one"], say=said.append).built == ["20_other.one"]
    assert any("20_other.one: what it is made from changed while it was built" in line for line in said)
    (built.library / "code.py").write_bytes(original)
    assert stale(built, monkeypatch) == ["20_other.one"]


@pytest.mark.parametrize("harm", [Path.unlink, lambda path: path.write_bytes(path.read_bytes()[:99])])
def test_a_lost_or_damaged_page_is_built_again(
    built: Project, monkeypatch: pytest.MonkeyPatch, harm: Callable[[Path], object]
) -> None:
    harm(built.page("10_tiny.usd"))
    assert stale(built, monkeypatch) == ["10_tiny.usd"]


def test_one_failure_names_itself_and_harms_nothing(built: Project, add_spec: Callable[..., None]) -> None:
    before, headlines, said = pages(built), built.headlines.read_bytes(), []
    add_spec(built, "10_tiny.krw", FAILING)
    add_spec(built, "10_tiny.usd", "notebook: 10_tiny\ntitle: In dollars\n")
    summary = build(built, say=said.append)
    message = "10_tiny.krw: cell 3 failed: ZeroDivisionError: division by zero\n    line 2: ratio = share / divisor"
    assert summary.failed == {"10_tiny.krw": message} and message in said
    assert (summary.built, summary.current) == (["10_tiny.usd"], ["10_tiny.eur"])
    after = pages(built)
    assert after["10_tiny.krw.html"] == before["10_tiny.krw.html"]
    assert b"<h1>In dollars</h1>" in after["10_tiny.usd.html"]
    assert built.headlines.read_bytes() == headlines
    assert b"ZeroDivisionError" in after[".failed/10_tiny.krw.ipynb"]
    index = after["index.html"].decode()
    assert "Out of date: the last build failed on <time" in index and "10_tiny.krw: cell 3 failed: ZeroDivisionError" in index

    add_spec(built, "10_tiny.krw", "notebook: 10_tiny\ntitle: In KRW\nparameters: {currency: KRW}\n")
    assert build(built, say=SILENT).current == REPORTS
    assert not [name for name in pages(built) if name.startswith(".failed")]
    assert "Out of date" not in built.page("index").read_text()


def test_a_failed_report_does_not_bring_back_the_numbers_of_older_inputs(built: Project, add_spec: Callable[..., None]) -> None:
    built.headlines.write_text(built.headlines.read_text().replace("0.166667", "0.25"))  # reviewed and committed since
    add_spec(built, "10_tiny.krw", FAILING)
    build(built, say=SILENT)
    after = json.loads(built.headlines.read_text())
    assert (after["10_tiny.krw"]["ratio"], after["10_tiny.eur"]["ratio"]) == (0.25, 0.166667)


@pytest.mark.parametrize(
    ("last_cell", "message"),
    [
        ("a = 1\nb = = 2", "cell 2 failed: SyntaxError: invalid syntax"),
        ("%no_such_magic", "cell 2 failed: UsageError: Line magic function `%no_such_magic` not found."),
        ("import os\nos._exit(3)", "cell 2 failed twice: the kernel died"),
        ("import time\ntime.sleep(30)", "cell 2 failed: not finished after 1 s"),
        ('from IPython.display import HTML\nHTML("<script>1</script>")', "the page breaks the rules of pages: it holds <script>"),
    ],
)  # fmt: skip
def test_other_ways_to_fail(
    project: Project, add_notebook: Callable[..., None], add_spec: Callable[..., None], last_cell: str, message: str
) -> None:
    for variant in ("eur", "krw", "usd"):
        (project.specs / f"10_tiny.{variant}.yml").unlink()
    add_notebook(project, "20_bad", "n: int = 1  # a number", "", last_cell)
    add_spec(project, "20_bad.one", "notebook: 20_bad\ntitle: Bad\n")
    failed = build(project, cell_timeout=1, say=SILENT).failed
    assert failed["20_bad.one"].startswith(f"20_bad.one: {message}")
    assert not project.page("20_bad.one").exists() and project.failed_notebook("20_bad.one").exists()
    assert "Not built: the build failed on <time" in project.page("index").read_text()


def test_a_kernel_that_dies_once_is_tried_again(
    project: Project, add_notebook: Callable[..., None], add_spec: Callable[..., None], tmp_path: Path
) -> None:
    sign = tmp_path / "died"
    cell = f"import os, pathlib\nsign = pathlib.Path({str(sign)!r})\nif not sign.exists():\n    sign.touch()\n    os._exit(3)"
    add_notebook(project, "20_other", "n: int = 1  # a number", cell)
    add_spec(project, "20_other.one", "notebook: 20_other\ntitle: Twice\n")
    assert build(project, only=["20_other.one"], say=SILENT).built == ["20_other.one"] and sign.exists()


@pytest.mark.parametrize("surprise", [KeyError("text/html"), OSError(13, "Permission denied")])
def test_an_unforeseen_error_is_one_report_s_own(
    built: Project, monkeypatch: pytest.MonkeyPatch, surprise: Exception
) -> None:
    def run(*_: object, **__: object) -> None:
        raise surprise

    monkeypatch.setattr("aispend.report.run.run_notebook", run)
    (built.library / "code.py").write_text("changed")
    said: list[str] = []
    assert sorted(build(built, say=said.append).failed) == REPORTS
    assert f"10_tiny.krw: {type(surprise).__name__}: {surprise}" in said


def test_a_picture_that_is_gone_goes_from_the_index(built: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    without = v4.new_notebook(cells=[v4.new_markdown_cell("Text")])
    monkeypatch.setattr("aispend.report.run.run_notebook", lambda *_, **__: without)
    (built.library / "code.py").write_text("changed")
    assert built.thumbnail("10_tiny.krw").exists()
    build(built, only=["10_tiny.krw"], say=SILENT)
    assert not built.thumbnail("10_tiny.krw").exists()
    assert built.page("index").read_text().count('class="picture"') == 2
    assert "krw" not in built.headlines.read_text()


def test_a_refused_spec_fails_and_the_others_stay(
    built: Project, add_spec: Callable[..., None], broken: Callable[[str], str], no_kernel: None
) -> None:
    before = built.page("10_tiny.krw").read_bytes()
    add_spec(built, "10_tiny.krw", broken("spec_unknown_key.yml"))
    add_spec(built, "10_tiny.usd", broken("spec_unknown_parameter.yml"))
    summary = build(built, say=SILENT)
    assert sorted(summary.failed) == ["10_tiny.krw", "10_tiny.usd"] and summary.current == ["10_tiny.eur"]
    assert built.page("10_tiny.krw").read_bytes() == before


def test_a_page_whose_spec_is_gone_is_removed(built: Project, no_kernel: None) -> None:
    (built.specs / "10_tiny.krw.yml").unlink()
    (built.html / "notes.txt").write_text("not ours")
    build(built, say=SILENT)
    assert not [name for name in pages(built) if "krw" in name] and "notes.txt" in pages(built)
    assert "krw" not in built.headlines.read_text() and "KRW" not in built.page("index").read_text()


def test_only_looks_at_the_named_reports(built: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    (built.library / "code.py").write_text("changed")
    monkeypatch.setattr("aispend.report.build._Builder.build", lambda *_: None)
    assert build(built, only=["10_tiny.krw"], say=SILENT).current == []
    assert built.page("index").read_text().count("<strong>Out of date.</strong>") == 3
    with pytest.raises(BadSpec, match="there is no report '10_tiny.kwr'; did you mean '10_tiny.krw'"):
        build(built, only=["10_tiny.kwr"], say=SILENT)


ELSEWHERE = """
import sys
from pathlib import Path
from aispend.report.build import build
from aispend.report.project import Project
root = Path(sys.argv[1])
sys.exit(bool(build(Project(root, library=root / "lib")).failed))
"""


ONE_BY_ONE = """
import os, sys
from pathlib import Path
from aispend.report.build import build
from aispend.report.project import Project
os.umask(0o077)
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
root = Path(sys.argv[1])
project = Project(root, library=root / "lib")
for name in ("10_tiny.usd", "10_tiny.krw", "10_tiny.eur"):
    assert build(project, only=[name]).built == [name]
"""


@pytest.mark.parametrize("program", [ELSEWHERE, ONE_BY_ONE])
def test_the_same_bytes_elsewhere(
    first_build: tuple[Project, Summary, list[str]], project: Project, tmp_path: Path, program: str
) -> None:
    """Another folder, clock, language, hash seed and home; the second also in another order, on one core, one at a time."""
    home = tmp_path / "home"
    home.mkdir()
    settings = {"TZ": "Asia/Seoul", "LC_ALL": "C", "PYTHONHASHSEED": "7", "MPLBACKEND": "pdf", "HOME": str(home)}
    settings["PYTHONUTF8"] = "1"  # else an installation in a folder with accents is not found in the C locale
    settings["MPLCONFIGDIR"] = str(tmp_path / "fonts")  # where matplotlib keeps what it knows of fonts, else at home
    subprocess.run([sys.executable, "-c", program, project.root], cwd=tmp_path, env=os.environ | settings, check=True)
    assert pages(project) == pages(first_build[0])
    assert project.headlines.read_bytes() == first_build[0].headlines.read_bytes()
    assert [path.name for path in home.rglob("*")] == []


KILLED = """
import os, sys
import nbformat
from pathlib import Path
import aispend.report.run
from aispend.report.build import build
from aispend.report.project import Project
root, write = Path(sys.argv[1]), int(sys.argv[2])
aispend.report.run.run_notebook = lambda path, *_, **__: nbformat.read(path, as_version=4)
replace, done = os.replace, []
def replace_or_die(*paths):
    done.append(paths)
    if len(done) == write:
        os.kill(os.getpid(), 9)
    replace(*paths)
os.replace = replace_or_die
build(Project(root, library=root / "lib"))
"""


@pytest.mark.parametrize("write", [1, 2, 4, 7, 8])
def test_a_kill_at_any_write_leaves_whole_files(built: Project, monkeypatch: pytest.MonkeyPatch, write: int) -> None:
    (built.library / "code.py").write_text("changed")
    before = pages(built)
    killed = subprocess.run([sys.executable, "-c", KILLED, built.root, str(write)], check=False, capture_output=True)
    assert killed.returncode == -9
    after = pages(built)
    assert any(name.endswith(".unfinished") for name in [*after, *map(str, built.root.glob("reports/.*"))])
    for name in before:
        if name.endswith(".html"):
            assert after[name].endswith(b"</html>\n")
    found = stale(built, monkeypatch)
    assert len(found) == 3 - (write - 1) // 2 if write < 7 else found == []
    assert not [name for name in pages(built) if name.endswith(".unfinished")]


def test_what_a_killed_build_left_goes_even_if_nothing_is_stale(built: Project, no_kernel: None) -> None:
    before = pages(built)
    for left in (".kernels/tmp1/kernel.json", ".sockets/pymp-1/listener-1", ".10_tiny.krw.html.unfinished", ".keys/.index.json.unfinished"):
        (built.html / left).parent.mkdir(parents=True, exist_ok=True)
        (built.html / left).write_bytes(b"left")
    (built.headlines.parent / ".headlines.json.unfinished").write_bytes(b"left")
    assert build(built, say=SILENT).current == REPORTS
    assert pages(built) == before and not [*built.headlines.parent.glob(".*")]
    assert not (built.html / ".kernels").exists() and not [*(built.html / ".sockets").iterdir()]


def test_two_builds_wait_for_each_other(built: Project) -> None:
    import fcntl

    with open(built.html / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        other = subprocess.Popen([sys.executable, "-u", "-c", ELSEWHERE, built.root], stdout=subprocess.PIPE, text=True)
        assert other.stdout is not None
        assert other.stdout.readline() == "another build is running; waiting for it\n"
        assert other.poll() is None
    assert other.wait(timeout=20) == 0
    other.stdout.close()


def test_a_full_disk_stops_the_build_and_harms_nothing(built: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    (built.specs / "10_tiny.krw.yml").write_text("notebook: 10_tiny\ntitle: Other\n")
    before = pages(built)
    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OSError, match="No space left"):
        build(built, say=SILENT)
    monkeypatch.undo()
    after = pages(built)
    assert after == before


def test_finding_nothing_to_do_is_quick(built: Project) -> None:
    """No papermill, nbconvert or pandas is imported to find that nothing is stale."""
    heavy = "'papermill', 'nbconvert', 'nbformat', 'pandas', 'jinja2', 'asyncio'"
    ask = ELSEWHERE.replace("sys.exit(bool(", "print(bool(") + f"print([m for m in ({heavy}) if m in sys.modules])"
    started = time.monotonic()
    done = subprocess.run([sys.executable, "-c", ask, built.root], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n[]\n"
    assert time.monotonic() - started < 2  # a machine in use; measured alone it is below 0.3 s
