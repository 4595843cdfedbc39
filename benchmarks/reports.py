"""Building the reports: this engine beside a shell loop of papermill and nbconvert, and beside its floor.

Run by `make bench`, or with `--reports 12` for a quick look. It works on a copy of the project and prints
what was measured: wall clock and CPU seconds, which a busy machine changes less. The script ends with an
error where a claim does not hold.

The loop runs once, over all specs, in as many parts as there are turns; after each part the engine builds
all of them, so that whatever else the machine does slows both. Of the engine's turns the median counts.
The floor is the CPU time of what cannot be left out, the cells (with all imports done, in a process of
their own each) and the conversion to pages, divided by the cores.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from statistics import median

import yaml
from apparatus.claims import claim, verdict
from apparatus.suite import PYTHON

ROOT = Path(__file__).resolve().parents[1]
CORES = len(os.sched_getaffinity(0))
BUILD = [PYTHON, "-m", "aispend", "build"]
# What `make reports` runs.
REPORTS = [[PYTHON, "-m", "aispend", "data", "--check"], BUILD]
NBVAL = [PYTHON, "-m", "pytest", "--nbval", "notebooks", "--config-file", "tests/nbval.ini", "--rootdir", ".", "-q"]
# As `make test` runs it.
WARM_NBVAL = [*NBVAL, "--numprocesses", "2", "--dist", "loadscope"]


def copy_of_project(folder: Path, reports: int) -> list[Path]:
    """Copy what a build needs, with the first specs of evenly many notebooks; returns those specs."""
    for name in ("lib", "data", "notebooks", "tests/nbval.ini", "reports/template", "reports/specs", "reports/headlines.json", "uv.lock"):
        source, target = ROOT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    specs = sorted((folder / "reports/specs").glob("*.yml"))
    kept = specs[:: max(1, len(specs) // reports)][:reports] if reports else specs
    for spec in {*specs} - {*kept}:
        spec.unlink()
    return kept


def measured(commands: list[list[str]], folder: Path, **settings: str) -> tuple[float, float]:
    """Wall clock and CPU seconds of commands run one after the other, with all they leave running."""
    environment = os.environ | {"PYTHONPATH": str(folder / "lib"), "LC_ALL": "C.UTF-8", "TZ": "UTC", "PYTHONHASHSEED": "0"} | settings
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    started, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    for command in commands:
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"{' '.join(command)}\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    wall = time.monotonic() - started
    with suppress(ChildProcessError):
        while os.wait():
            pass
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def loop_commands(folder: Path, specs: list[Path]) -> list[list[str]]:
    commands = []
    for spec in specs:
        content = yaml.safe_load(spec.read_text(encoding="utf-8"))
        parameters, executed = folder / f"loop/{spec.stem}.yaml", folder / f"loop/{spec.stem}.ipynb"
        parameters.parent.mkdir(exist_ok=True)
        parameters.write_text(yaml.safe_dump(content.get("parameters") or {}, allow_unicode=True), encoding="utf-8")
        notebook = folder / f"notebooks/{content['notebook']}.ipynb"
        commands.append([PYTHON, "-m", "papermill", str(notebook), str(executed), "-f", str(parameters)])
        commands.append([PYTHON, "-m", "jupyter", "nbconvert", "--to", "html", "--no-input", str(executed)])
    return commands


FLOOR = """
import gc, os, sys, time
from pathlib import Path
sys.modules.setdefault("rfc3987_syntax", None)
import nbformat
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from papermill import execute_notebook
import aispend.report.warm
from aispend.report import build, page, plan
from aispend.report.project import this_project

project = this_project()
work, declared = plan.make_plan(project), plan.declared_parameters(project)
exporter, origin = page.PageExporter(project), page.Origin(**build._origin(project))
cells = pages = 0.0
gc.collect()
gc.freeze()
for number, name in enumerate(sys.argv[1:]):
    spec = work.specs[name]
    notebook = nbformat.read(project.notebooks / f"{spec.notebook}.ipynb", 4)
    ready = execute_notebook(notebook, None, parameters=spec.parameters, kernel_name="python3", language="python", prepare_only=True)
    child = os.fork()
    if child == 0:
        shell = InteractiveShell.instance()
        with capture_output():
            good = all(shell.run_cell(cell.source).success for cell in ready.cells if cell.cell_type == "code")
        os._exit(not good)
    _, status, used = os.wait4(child, 0)
    assert status == 0, f"{name} failed"
    cells += used.ru_utime + used.ru_stime
    executed = nbformat.read(Path("loop") / f"{name}.ipynb", 4)
    for _ in range(2 if number == 0 else 1):  # the first conversion of a process imports what it needs
        before = time.process_time()
        exporter.page(spec, executed, declared(spec.notebook), origin)
        took = time.process_time() - before
    pages += took
print(cells, pages)
"""


def floor(folder: Path, specs: list[Path]) -> tuple[float, float]:
    """CPU seconds of all cells and of all conversions; needs the executed notebooks of the loop."""
    names = [spec.stem for spec in specs]
    environment = os.environ | {"PYTHONPATH": str(folder / "lib"), "OPENBLAS_NUM_THREADS": "1", "MPLBACKEND": "svg"}
    done = subprocess.run([PYTHON, "-c", FLOOR, *names], cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr[-3000:])
    cells, pages = map(float, done.stdout.split()[-2:])
    return cells, pages


def reports(folder: Path, specs: list[Path], turns: int) -> None:
    loops, builds, idle, floors = [], [], [], []
    for turn in range(turns):
        part = specs[turn::turns]
        loops.append(measured(loop_commands(folder, part), folder))
        shutil.rmtree(folder / "reports/html", ignore_errors=True)
        builds.append(measured(REPORTS, folder))
        idle += [measured([BUILD], folder)[0] for _ in range(3)]
        floors.append(floor(folder, part))
    (loop, loop_cpu), (cells, pages) = (map(sum, zip(*parts, strict=True)) for parts in (loops, floors))
    engine, engine_cpu = map(median, zip(*builds, strict=True))
    least = (cells + pages) / CORES
    print(f"{len(specs)} reports, {CORES} cores, load {os.getloadavg()[0]:.1f}, {turns} turns")
    print(f"  loop    {loop:6.1f} s, {loop_cpu:6.1f} CPU s")
    print(f"  engine  {engine:6.1f} s, {engine_cpu:6.1f} CPU s")
    print(f"  floor   {least:6.1f} s: cells {cells:.1f} CPU s and pages {pages:.1f} CPU s on {CORES} cores")
    claim("a clean build is 8 times as fast as the loop", loop / engine >= 8, f"{loop / engine:.1f} times, {loop_cpu / engine_cpu:.1f} times less CPU")
    claim("a clean build is within 2.2 times its floor", engine / least <= 2.2, f"{engine / least:.2f} times, in CPU {engine_cpu / (cells + pages):.2f}")
    claim("with nothing to do it takes under 0.3 s", median(idle) < 0.3, f"{median(idle):.2f} s")


def nbval(folder: Path, turns: int) -> None:
    warm = {"JUPYTER_DEFAULT_PROVISIONER_NAME": "aispend-warm"}
    plain, engine = zip(*[(measured([NBVAL], folder), measured([WARM_NBVAL], folder, **warm)) for _ in range(turns)], strict=True)
    (one, one_cpu), (other, other_cpu) = (map(median, zip(*m, strict=True)) for m in (plain, engine))
    print(f"nbval of {len(list((folder / 'notebooks').glob('*.ipynb')))} notebooks")
    print(f"  plain   {one:6.1f} s, {one_cpu:6.1f} CPU s")
    print(f"  engine  {other:6.1f} s, {other_cpu:6.1f} CPU s")
    claim("nbval as make test runs it is 1.6 times as fast as plain nbval", one / other >= 1.6, f"{one / other:.2f} times, {one_cpu / other_cpu:.2f} times less CPU")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=0, help="how many reports to build (all)")
    parser.add_argument("--turns", type=int, default=3, help="how often loop and engine take turns (3)")
    options = parser.parse_args()
    # PR_SET_CHILD_SUBREAPER: the warm process outlives the driver by a moment; waiting for it counts its CPU time.
    ctypes.CDLL(None).prctl(36, 1)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        specs = copy_of_project(Path(folder), options.reports)
        reports(Path(folder), specs, options.turns)
        nbval(Path(folder), options.turns)
    return verdict()


if __name__ == "__main__":
    sys.exit(main())
