"""Live exchange rates beside the frozen ones: forex-python's service and the ECB's daily file, asked only on request.

No report reads anything from here. Only the ECB's own file is ever frozen. The service is a witness: while it is silent
the ECB's file can be frozen all the same; while it contradicts the frozen rates, nothing is.
"""

from collections.abc import Callable

import pandas as pd

from aispend.data import contract
from aispend.errors import AiSpendError, MissingRate
from aispend.live_rates.asking import Sources, ecb_file, service_rates
from aispend.live_rates.freezing import RESOURCE, freeze
from aispend.live_rates.quotes import compared, differences, read_ecb_file, require_close, require_continuation, stacked
from aispend.rates import all_quotes


def ask_live_rates(*, write: bool = False, sources: Sources | None = None, say: Callable[[str], None] = print) -> list[str]:
    """Compare both live sources with the frozen rates, and freeze the ECB's file if asked to; returns what failed.

    `say` gets what was found, line by line; the result is one line a failure. Raises `BrokenTable` if the frozen file
    is not the one in the contract, and OSError if data/ cannot be written; both files there then stay as they were.
    A process that has already read rates goes on with those.
    """
    sources = sources or Sources()
    all_quotes()  # Refuses a frozen file that is not the one in the contract.
    frozen = read_ecb_file((contract.FOLDER / contract.resource(RESOURCE)["path"]).read_bytes())
    failures = []
    try:
        say(f"forex-python's service ({sources.service}): {_service_compared(frozen, sources)}")
    except AiSpendError as error:
        failures.append(f"forex-python's service ({sources.service}): {error}")
        # A silent witness says nothing against the ECB's file; one that contradicts needs a person to look.
        write = write and isinstance(error, MissingRate)
    try:
        raw = ecb_file(sources)
        fresh = read_ecb_file(raw)
        require_continuation(fresh, frozen)
    except AiSpendError as error:
        say("data/ is unchanged")
        return [*failures, f"the ECB's file ({sources.file}): {error}"]
    for line in differences(fresh, frozen):
        say(f"the ECB's file ({sources.file}): {line}")
    say(freeze(raw, fresh.index[-1].date()) if write and not fresh.equals(frozen) else "data/ is unchanged")
    return failures


def _service_compared(frozen: pd.DataFrame, sources: Sources) -> str:
    day = frozen.index[-1]
    quotes = stacked(frozen.tail(1))
    rates = service_rates(day.date(), list(quotes.index.get_level_values(1)), sources)
    found = pd.Series({(day, code): rate for code, rate in rates.items()})
    require_close(found, quotes[found.index])
    silent = [code for _, code in quotes.index.difference(found.index)]
    return compared(found, quotes[found.index]) + (f"; no answer for {', '.join(silent)}" if silent else "")
