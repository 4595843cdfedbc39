"""Warm kernels: what a notebook does in one is what it does in an ordinary one, and nothing stays."""

import gc
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import nbclient
import nbformat
import psutil
import pytest
from jupyter_client import KernelManager
from jupyter_client.provisioning import KernelProvisionerFactory
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode, v4
from traitlets.config import Config

from aispend.report import kernel
from aispend.report.project import this_project
from aispend.report.run import run_notebook
from aispend.report.surroundings import same_surroundings

# The name that ipykernel gives a cell in a warning.
PROCESS_ID = re.compile(r"ipykernel_[0-9]+")
QUIET = {"transport_encryption": "auto"}
Run = Callable[..., NotebookNode]


class Client(nbclient.NotebookClient):
    """nbclient, remembering the process of every kernel it starts."""

    started: list[psutil.Process] = []  # noqa: RUF012

    async def async_start_new_kernel(self, **options: Any) -> None:
        # ipykernel leaves output of C code alone where it sees that pytest runs.
        env = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
        await super().async_start_new_kernel(env=env, **options)
        self.started.append(psutil.Process(self.km.provisioner.pid))


def notebook_of(*sources: str) -> NotebookNode:
    return v4.new_notebook(cells=[v4.new_code_cell(source) for source in sources])


def execute(*sources: str, timeout: float = 60, **options: Any) -> NotebookNode:
    """Run each source as a cell of one notebook in a kernel of its own."""
    notebook = notebook_of(*sources)
    config = Config({"KernelManager": QUIET, "NotebookClient": {"extra_arguments": ["--log-level=CRITICAL"]}})
    Client(notebook, timeout=timeout, config=config, **options).execute()
    return notebook


def text(cell: NotebookNode) -> str:
    return "".join(output.get("text", "") for output in cell.outputs)


def gone(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def wait_until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 15
    while not true():
        assert time.monotonic() < end, "waited 15 s in vain"
        time.sleep(0.02)


@pytest.fixture
def surroundings(tmp_path: Path) -> Iterator[Path]:
    Client.started.clear()
    with same_surroundings(tmp_path, tmp_path / ".kernels"):
        yield tmp_path
    wait_until(lambda: all(map(gone, Client.started)))


@pytest.fixture(params=["local-provisioner", kernel.NAME])
def kind(request: pytest.FixtureRequest, surroundings: Path, caplog: pytest.LogCaptureFixture) -> Iterator[str]:
    """The kind of kernel that notebooks get; a warm one that falls back to an ordinary one fails."""
    KernelProvisionerFactory.instance().default_provisioner_name = request.param
    yield request.param
    assert [record.message for record in caplog.records if record.name == kernel.__name__] == []


def test_it_is_installed_and_is_what_builds_use(surroundings: Path) -> None:
    assert KernelProvisionerFactory.instance().default_provisioner_name == kernel.NAME
    parents = {psutil.Process(int(text(execute("import os; print(os.getppid())").cells[0]))).pid for _ in range(2)}
    assert len(parents) == 1 and os.getpid() not in parents


def test_another_provisioner_can_be_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_DEFAULT_PROVISIONER_NAME", "local-provisioner")
    with kernel.warm_kernels():
        assert KernelProvisionerFactory.instance().default_provisioner_name != kernel.NAME


OUTPUTS = """\
import os, sys, subprocess, locale, signal, threading, time
print("text", flush=True); print("error", file=sys.stderr, flush=True)
os.system("echo from C"); subprocess.run(["echo", "from a program"])
---
import matplotlib.pyplot as plt
_ = plt.plot([1, 2, 3])
---
plt.rcParams["backend"], os.environ["MPLBACKEND"]
---
import pandas as pd
pd.DataFrame({"amount": [3.3]}, index=["Korea"])
---
from IPython.display import SVG, display
display(SVG("<svg xmlns='http://www.w3.org/2000/svg'/>")); 3;
---
import warnings; warnings.warn("careful")
---
[os.path.basename(sys.argv[0]), sys.argv[1], sys.path, os.getcwd(), os.getsid(0) == os.getpgid(0) == os.getpid()]
---
[{name for name in os.environ if not name.startswith("JPY_")} - {"PAGER", "CLICOLOR"}, time.tzname, hash("Korea"), locale.setlocale(locale.LC_CTYPE)]
---
[sys.stdin.read() if False else os.read(0, 9), signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM), signal.pthread_sigmask(0, [])]
---
import multiprocessing
[multiprocessing.get_start_method(), multiprocessing.current_process().daemon, __name__, sys.modules["__main__"].__dict__ is globals()]
"""


def test_the_same_outputs(surroundings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Streams, C code, programs, pictures, tables, and what a notebook can ask about its process."""
    monkeypatch.syspath_prepend("of the driver")
    found = {}
    for name in ("local-provisioner", kernel.NAME):
        KernelProvisionerFactory.instance().default_provisioner_name = name
        found[name] = [[dict(o) for o in cell.outputs] for cell in execute(*OUTPUTS.split("---\n")).cells]
    for ordinary, warm in zip(*found.values(), strict=True):
        assert PROCESS_ID.sub("", json.dumps(warm)) == PROCESS_ID.sub("", json.dumps(ordinary))
    whole = json.dumps(found[kernel.NAME])
    assert all(word in whole for word in ("from C", "from a program", "image/png", "error", "careful", "<table", "<svg", "UTC"))


STATE = """\
import locale, os, random, signal, sys, threading, warnings
import aispend, matplotlib, numpy, pandas
from aispend.data import contract, tables
print(sorted(name for name in globals() if "secret" in name), "secret" in sys.modules, "secret" in os.environ, "secret" in sys.path)
print(pandas.get_option("display.precision"), matplotlib.rcParams["font.size"], os.getcwd(), warnings.filters[:2], os.umask(0o22))
print(contract.package()["name"], tables.read("actors", contract.FOLDER).iloc[0, 0], len(aispend.facts()), hasattr(aispend, "secret"))
print(locale.setlocale(locale.LC_NUMERIC), signal.getsignal(signal.SIGUSR1), hasattr(pandas, "secret"), numpy.geterr()["divide"])
---
print(numpy.random.random(), random.random())
---
import types
secret = os.environ["secret"] = "x"
sys.modules["secret"] = types.ModuleType("secret"); sys.path.append("secret"); pandas.secret = 1
pandas.set_option("display.precision", 2); matplotlib.rcParams["font.size"] = 3; numpy.seterr(divide="raise")
numpy.random.seed(1); random.seed(1); os.chdir("/"); warnings.simplefilter("error"); os.umask(0o77)
locale.setlocale(locale.LC_NUMERIC, "C"); signal.signal(signal.SIGUSR1, signal.SIG_IGN)
contract.package()["name"] = tables.read("actors", contract.FOLDER).iloc[0, 0] = "secret"; aispend.secret = 1
aispend.data.evidence._stated = lambda *_: pandas.DataFrame()
"""


def test_no_state_reaches_the_next_kernel(kind: str) -> None:
    first, second = (execute(*STATE.split("---\n")).cells for _ in range(2))
    assert text(first[0]) == text(second[0]) and text(first[0]).startswith("[] False False False\n6 10.0 ")
    one, other = text(first[1]).split(), text(second[1]).split()
    assert one[0] != other[0] and one[1] != other[1]


def test_errors_time_outs_and_interrupts(kind: str) -> None:
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        execute("1 / 0")
    with pytest.raises(CellTimeoutError):
        execute("import time; time.sleep(30)", timeout=1)
    # With interrupt_on_timeout the cell is interrupted and the notebook goes on.
    cells = execute(
        "import time\ntry:\n    time.sleep(30)\nexcept KeyboardInterrupt:\n    print('interrupted')", "print('and on')",
        timeout=1, interrupt_on_timeout=True,
    ).cells  # fmt: skip
    assert (text(cells[0]), text(cells[1])) == ("interrupted\n", "and on\n")


@pytest.mark.parametrize("end", ["os.kill(os.getpid(), 9)", "os._exit(3)"])
def test_a_kernel_that_dies_is_noticed(kind: str, end: str) -> None:
    with pytest.raises(DeadKernelError):
        execute(f"import os; {end}")


def test_sys_exit_is_an_error_and_not_the_end(kind: str) -> None:
    cells = execute("import sys; sys.exit(3)", "print('here')", allow_errors=True).cells
    assert [o.ename for o in cells[0].outputs if o.output_type == "error"] == ["SystemExit"]
    assert text(cells[1]) == "here\n"


def test_restart(kind: str) -> None:
    manager = KernelManager(**QUIET)
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    pids = []
    for restarted in (False, True):
        if restarted:
            manager.restart_kernel(now=True)
        client.wait_for_ready(timeout=60)
        said: list[str] = []
        client.execute_interactive(
            "import os; print('a' in globals(), os.getpid()); a = 1", timeout=60,
            output_hook=lambda message, said=said: said.append(message["content"].get("text", "")),
        )  # fmt: skip
        known, pid = "".join(said).split()
        assert known == "False" and int(pid) == manager.provisioner.pid
        pids.append(pid)
    client.stop_channels()
    manager.shutdown_kernel()
    assert pids[0] != pids[1] and not manager.is_alive()


CHILDREN = """\
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
import os, subprocess
def negative(number):
    return -number
with ProcessPoolExecutor(2) as pool:
    print(list(pool.map(negative, [1, 2])))
with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
    print(list(pool.map(abs, [-1, -2])))
child = os.fork()
if child == 0:
    os._exit(7)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), subprocess.run(["false"]).returncode)
"""


def test_child_processes(kind: str) -> None:
    assert text(execute(CHILDREN).cells[0]) == "[-1, -2]\n[1, 2]\n7 1\n"


def test_a_kernel_that_ignores_the_end_is_ended(kind: str) -> None:
    execute(
        "import signal, subprocess\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n_ = subprocess.Popen(['sleep', '60'])",
        shutdown_kernel="immediate",
    )  # fmt: skip
    wait_until(lambda: all(map(gone, Client.started)))
    sleeping = [p for p in psutil.process_iter() if p.name() == "sleep" and p.pid != os.getpid()]
    assert not [p for p in sleeping if not gone(p) and os.getpgid(p.pid) in [k.pid for k in Client.started]]


def test_what_is_to_happen_at_the_end_happens(kind: str, surroundings: Path) -> None:
    execute("import atexit; _ = atexit.register(open, 'ended', 'w')")
    assert (surroundings / "ended").exists()


def test_errors_of_the_process_go_where_they_are_sent(kind: str) -> None:
    """nbval sends them nowhere; ipykernel leaves the descriptor alone where it sees that pytest runs."""
    manager = KernelManager(**QUIET)
    with open(os.devnull, "w") as nowhere:
        manager.start_kernel(stderr=nowhere)
    wait_until(lambda: os.readlink(f"/proc/{manager.provisioner.pid}/fd/2") == os.devnull)
    manager.shutdown_kernel(now=True)


def test_nothing_is_left(kind: str, surroundings: Path) -> None:
    execute("1")
    gc.collect()
    before = open_files()
    for _ in range(2):
        execute("import tempfile; kept = tempfile.TemporaryFile()")
    gc.collect()
    assert open_files() <= before
    assert [path for path in (surroundings / ".kernels").rglob("*.json")] == []
    wait_until(lambda: all(map(gone, Client.started)))


def test_the_server_does_not_grow_over_200_reports(surroundings: Path) -> None:
    path, sizes = surroundings / "tiny.ipynb", []
    nbformat.write(notebook_of("import aispend, os; frame = aispend.facts(); print(os.getppid())"), path)
    with ThreadPoolExecutor(6) as pool:
        for count in (20, 180):
            parents = {text(ran.cells[0]) for ran in pool.map(lambda _: run_notebook(path, {}), range(count))}
            server = psutil.Process(int(parents.pop()))
            wait_until(lambda server=server: not server.children())
            sizes.append((server.memory_info().rss, server.num_fds(), server.num_threads()))
    (early, *before), (late, *after) = sizes
    assert not parents and late - early < 2**18 and after == before


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


DRIVER = """
import logging, multiprocessing, os, signal, sys, time
from pathlib import Path
sys.modules.setdefault("rfc3987_syntax", None)
from jupyter_client import KernelManager
from aispend.report import kernel

def start(count, **options):
    managers = []
    for _ in range(count):
        manager = KernelManager(transport_encryption="auto")
        manager.start_kernel(extra_arguments=["--log-level=CRITICAL"], **options)
        client = manager.client()
        client.start_channels()
        client.wait_for_ready(timeout=60)
        # A program that outlives its kernel must not keep the server alive.
        client.execute("import os; os.system('setsid sleep 30 >/dev/null 2>&1 &')", reply=True, timeout=60)
        client.stop_channels()
        managers.append(manager)
    return managers

# Every fork would run this file if multiprocessing knew of it.
__file__ = "/no/such/file.py"

def main():
    {}

main()
"""


def drive(lines: str, **settings: str) -> subprocess.Popen[str]:
    """A process of its own that starts kernels; an error in it goes to its standard error."""
    program = DRIVER.format(lines.replace("\n", "\n    "))
    environment = os.environ | {"JUPYTER_DEFAULT_PROVISIONER_NAME": kernel.NAME} | settings
    return subprocess.Popen(
        [sys.executable, "-c", program], env=environment, text=True, start_new_session=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


@pytest.mark.parametrize("end", ["sys.exit()", "os._exit(3)", "os.kill(os.getpid(), 9)"])
def test_kernels_and_server_go_with_the_driver(end: str) -> None:
    driver = drive(
        "kernel._warm_process.start()\n"
        # Ctrl-C in a terminal, while the server still imports.
        "for child in __import__('psutil').Process().children(): child.send_signal(signal.SIGINT)\n"
        "managers = start(2)\n"
        "print(*(m.provisioner.pid for m in managers), multiprocessing.util.get_temp_dir(), flush=True)\n"
        f"sys.stdin.readline()\n{end}"
    )
    assert driver.stdout and driver.stderr
    *pids, folder = driver.stdout.readline().split()
    kernels = [psutil.Process(int(pid)) for pid in pids]
    server = kernels[0].parent()
    assert server and server.pid != driver.pid and Path(folder).exists()
    others = psutil.Process(driver.pid).children()
    _, said = driver.communicate("\n", timeout=15)
    assert said == ""
    wait_until(lambda: all(map(gone, [*kernels, server, *others])) and not Path(folder).exists())


DATA = """
from aispend import exhibit, load
from aispend.data.contract import package
print(len(load("actors")), package()["name"], exhibit._template.cache_info().currsize)
"""
ASK = """
for _ in range(2):
    manager, = start(1)
    client = manager.client()
    client.start_channels()
    client.execute_interactive(sys.stdin.readline().replace("; ", "\\n"), timeout=60)
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    sys.stdout.flush()
"""


def test_a_kernel_starts_with_the_data_in_memory_unless_they_have_changed(tmp_path: Path) -> None:
    project = this_project()
    for folder in (project.library.parent, project.data):
        shutil.copytree(folder, tmp_path / folder.name, ignore=shutil.ignore_patterns("__pycache__"))
    driver = drive(ASK, PYTHONPATH=str(tmp_path / "lib"))
    assert driver.stdin and driver.stdout and driver.stderr
    found = []
    actors, contract = tmp_path / "data/actors.csv", tmp_path / "data/datapackage.json"
    for _ in range(2):
        driver.stdin.write(DATA.strip().replace("\n", "; ") + "\n")
        driver.stdin.flush()
        found.append(driver.stdout.readline().split())
        actors.write_text("".join(actors.read_text(encoding="utf-8").splitlines(keepends=True)[:-1]), encoding="utf-8")
        contract.write_text(contract.read_text(encoding="utf-8").replace('"aispend"', '"changed"', 1), encoding="utf-8")
    _, said = driver.communicate(timeout=15)
    (before, *one), (after, *other) = found
    assert said == "" and one == ["aispend", "1"] and other == ["changed", "0"] and int(after) == int(before) - 1


THREAD = "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()"
# Only the server is started with -c and this name of the module that follows.
BROKEN = "import os, sys\nif 'forkserver' in str(sys.orig_argv):\n    os._exit(1)"
FALLBACKS = [
    ("this system has no fork server", "", "multiprocessing.get_all_start_methods = lambda: ['spawn']\nstart(2)"),
    ("a daemonic process may have no children", "", "worker = multiprocessing.Process(target=start, args=(2,), daemon=True)\nworker.start()\nworker.join()"),
    ("a library that is imported beforehand runs a thread", THREAD, "start(2)"),
    ("the warm process does not answer (unexpected EOF)", BROKEN, "start(2)"),
    ("PYTHONHASHSEED is not what it was when the first kernel started", "", "kernel._warm_process.start()\nos.environ['PYTHONHASHSEED'] = '7'\nstart(2)"),
    ("the kernel is to be started with independent", "", "for manager in start(2, independent=True): manager.shutdown_kernel(now=True)"),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "site", "lines"), FALLBACKS)
def test_where_it_cannot_fork_an_ordinary_kernel_starts(reason: str, site: str, lines: str, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(site)
    driver = drive(lines, PYTHONPATH=os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    _, said = driver.communicate(timeout=60)
    assert said == f"kernels start the ordinary way, which takes longer: {reason}\n"


@pytest.mark.parametrize("command", [["R", "-f", "x"], [sys.executable, "-O", "-m", "ipykernel_launcher"], [sys.executable, "-m", "other"]])
def test_another_kernel_is_not_forked(command: list[str]) -> None:
    assert kernel._kernel_arguments([sys.executable, "-m", "ipykernel_launcher", "-f", "x"]) == ["-f", "x"]
    with pytest.raises(kernel._CannotFork, match="not the ipykernel of this Python"):
        kernel._kernel_arguments(command)


def test_a_server_that_is_killed_takes_its_kernels_along_and_comes_back(surroundings: Path) -> None:
    with pytest.raises(DeadKernelError):
        execute("import os, time; os.kill(os.getppid(), 9); time.sleep(30)")
    assert text(execute("print('back')").cells[0]) == "back\n"
