"""What nearly every report does first, done once before kernels are forked: tables, rates, fonts, templates.

A kernel starts with what came of it in the library's caches, as long as data/ is as it was then.
"""

import gc
import os
import sys
import warnings
from contextlib import suppress

import aispend
from aispend.data import contract

# Of each file in data/: when it was changed, its size, and which file it is.
_State = dict[str, tuple[int, int, int]]


def _state() -> _State:
    found = {}
    for folder in (contract.FOLDER, contract.FOLDER / "raw"):
        with suppress(OSError):
            for file in os.scandir(folder):
                known = file.stat()
                found[file.path] = known.st_mtime_ns, known.st_size, known.st_ino
    return found


def _rehearse() -> None:
    # Where the data are broken, a kernel says so itself; what warns once must warn there and not here.
    with suppress(Exception), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        facts = aispend.facts(actors="korea", measure="budget")
        some = aispend.normalise(facts[facts["per"].isna()].head(5), currency="USD")
        aispend.charts.dots(some).html  # noqa: B018 (it is framed on first use)


_before = _state()
_rehearse()
# A kernel keeps its collector off all that is there by now: nothing of it should be waste.
gc.collect()


def forget_old_data() -> None:
    """Empty the library's caches if a file in data/ is not what it was at the rehearsal."""
    if _state() != _before:
        for name, module in [*sys.modules.items()]:
            if name.startswith("aispend."):
                for member in [*vars(module).values()]:
                    if hasattr(member, "cache_clear"):
                        member.cache_clear()
