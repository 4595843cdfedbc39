"""The command line: `python -m aispend build`, `check-specs`, `data`, `export`, `rates` and `notebooks`."""

import argparse
import os
import signal
import sys
from pathlib import Path

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

    notebooks = commands.add_parser("notebooks", help="run the committed notebooks again, in place")
    notebooks.set_defaults(run=_notebooks)
    return parser


def _build(options: argparse.Namespace) -> int:
    from aispend.report.build import build
    from aispend.report.project import this_project

    summary = build(this_project(), only=options.only, check=options.check, say=_say)
    _say(
        f"{len(summary.built)} built, {len(summary.current)} up to date, {len(summary.failed)} failed"
        + (": " + ", ".join(sorted(summary.failed)) if summary.failed else "")
    )
    if options.check and summary.differences:
        _say("reports/headlines.json does not say what the reports say:")
        for line in summary.differences:
            _say(f"    {line}")
    return 1 if summary.failed or (options.check and summary.differences) else 0


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
