"""The command line: `python -m aispend build`, `check-specs`, `data`, `export`, `pdf`, `rates` and `notebooks`."""

import argparse
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, TextIO

# JupyterLab's schema library compiles 35 grammars at import that nothing here uses, one second in
# every process (python-jsonschema/jsonschema#1428); it does without where the module is absent.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

from aispend.errors import AiSpendError


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 done, 1 something failed, 2 wrong usage."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return options.run(options)
    except (AiSpendError, OSError) as error:
        print(f"aispend: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("aispend: stopped; what was built stays", file=sys.stderr, flush=True)
        # Leaving the ordinary way would wait for cells that still run.
        os._exit(130)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="aispend", description="Published figures in, comparable figures out.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")

    build = commands.add_parser("build", help="build the reports that are stale")
    build.add_argument("--only", nargs="+", metavar="NAME", default=[], help="reports to build, e.g. 10_overview.krw")
    build.add_argument(
        "--check", action="store_true", help="leave reports/headlines.json alone and fail if it would change"
    )
    build.add_argument("--max-age", type=int, metavar="DAYS", help="fail if rates or sources end longer ago than this")
    build.add_argument("--scheduler", metavar="ADDRESS", help="run notebooks on a Dask cluster, e.g. tcp://host:8786")
    build.add_argument("--cell-timeout", type=float, metavar="SECONDS", help="how long a cell may take (120)")
    build.add_argument("--json", action="store_true", help="print one summary as JSON, and progress to standard error")
    build.set_defaults(run=_build)

    check = commands.add_parser("check-specs", help="check every report specification without building")
    check.set_defaults(run=_check_specs)

    data = commands.add_parser("data", help="check every table and regenerate the codebook")
    data.add_argument("--check", action="store_true", help="leave the codebook alone and say nothing if all is well")
    data.set_defaults(run=_data)

    export = commands.add_parser("export", help="write the tables for Excel, R and Stata")
    export.add_argument("--into", type=Path, metavar="FOLDER", help="folder to write into (reports/export/)")
    export.set_defaults(run=_export)

    rates = commands.add_parser("rates", help="compare the frozen exchange rates with live ones")
    rates.add_argument("--write", action="store_true", help="freeze the ECB's newer file, with its size, hash and last day")
    rates.set_defaults(run=_rates)

    pdf = commands.add_parser("pdf", help="make each built report's PDF and its charts' PNG")
    pdf.add_argument("--only", nargs="+", metavar="NAME", default=[], help="reports to make, e.g. 10_overview.krw")
    pdf.set_defaults(run=_pdf)

    notebooks = commands.add_parser("notebooks", help="run the committed notebooks again, in place")
    notebooks.set_defaults(run=_notebooks)
    return parser


def _build(options: argparse.Namespace) -> int:
    from aispend.report.build import Summary, build
    from aispend.report.freshness import data_until, too_old
    from aispend.report.project import this_project

    say, track = _progress(sys.stderr if options.json else sys.stdout)
    project, started = this_project(), time.monotonic()
    summary, problems = Summary(), []
    try:
        summary = build(
            project, only=options.only, check=options.check, scheduler=options.scheduler,
            cell_timeout=options.cell_timeout, say=say, track=track,
        )  # fmt: skip
        say(summary.line())
    except (AiSpendError, OSError) as error:
        problems.append(f"aispend: {error}")
    until = data_until(project)
    if options.max_age is not None:
        problems += too_old(until, options.max_age, today=date.today())
    if options.check:
        problems += _unreviewed(summary.differences)
    for line in problems:
        print(line, file=sys.stderr, flush=True)
    good = not (problems or summary.failed)
    if options.json:
        state = {"good": good, "problems": problems, "data_until": until, "seconds": round(time.monotonic() - started, 1)}
        print(json.dumps(state | summary.record(), default=str, ensure_ascii=False))
    return 0 if good else 1


def _unreviewed(differences: list[str]) -> list[str]:
    heading = "reports/headlines.json does not say what the reports say; review and commit what make reports writes:"
    return [heading, *(f"    {line}" for line in differences)] if differences else []


def _progress(stream: TextIO) -> tuple[Callable[[str], None], Callable[[Iterable[Any], int], Iterable[Any]]]:
    """How to say a line, and what goes round the reports: on a terminal a bar, in a log nothing."""
    if not (sys.stderr.isatty() and stream.isatty()):
        return partial(print, file=stream, flush=True), lambda done, total: done
    from tqdm import tqdm

    return partial(tqdm.write, file=stream), lambda done, total: tqdm(done, total=total, unit=" report", leave=False)


def _check_specs(options: argparse.Namespace) -> int:
    from aispend.report.plan import check_specs
    from aispend.report.project import this_project

    count, messages = check_specs(this_project())
    for message in messages:
        print(message, file=sys.stderr)
    _say(f"{count - len(messages)} of {count} report specifications are good")
    return 1 if messages else 0


def _data(options: argparse.Namespace) -> int:
    from aispend.data import contract
    from aispend.data.checks import problems
    from aispend.data.codebook import write_codebook
    from aispend.data.tables import load

    found = problems()
    for problem in found:
        print(problem, file=sys.stderr)
    if found:
        _say(f"{len(found)} problem{'s' if len(found) > 1 else ''} in data/; nothing was built or rewritten")
        return 1
    if options.check:
        return 0
    counts = ", ".join(f"{len(load(table))} {table}" for table in contract.tables())
    _say(f"data/ fits its contract: {counts}; codebook {'rewritten' if write_codebook() else 'up to date'}")
    return 0


def _export(options: argparse.Namespace) -> int:
    from aispend.export import export

    for path in export(options.into):
        _say(f"{path}: {path.stat().st_size / 1e6:.1f} MB")
    return 0


def _rates(options: argparse.Namespace) -> int:
    from aispend.live_rates import ask_live_rates

    failures = ask_live_rates(write=options.write, say=_say)
    for failure in failures:
        print(failure, file=sys.stderr)
    return 1 if failures else 0


def _pdf(options: argparse.Namespace) -> int:
    from aispend.report.printing import print_reports
    from aispend.report.project import this_project

    done = print_reports(this_project(), only=options.only, say=_say)
    _say(
        f"{len(done.made)} made, {len(done.current)} up to date, {len(done.failed)} failed"
        + (": " + ", ".join(sorted(done.failed)) if done.failed else "")
    )
    return 1 if done.failed else 0


def _notebooks(options: argparse.Namespace) -> int:
    from aispend.report.project import this_project
    from aispend.report.rerun import rerun_notebooks

    changed = rerun_notebooks(this_project(), say=_say)
    _say(f"{changed} changed; review with git diff and commit")
    return 0


def _say(line: str) -> None:
    # Flushed, so that progress shows where output goes to a file or a pipe.
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
