"""Asking strangers' servers: a time-out for the whole answer, three tries with growing pauses, one plain reason."""

import os
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import date
from http.client import IncompleteRead
from threading import Thread
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

from currency_converter import ECB_URL
from forex_python.converter import CurrencyRates, RatesNotAvailableError
from requests import Response

from aispend.errors import AiSpendError, MissingRate, first_five

BASE = "EUR"
LARGEST_FILE = 50_000_000  # Bytes; the ECB's has under one million packed, two million unpacked.


@dataclass(frozen=True)
class Sources:
    """Whom to ask, and how long: seconds for one whole answer, tries, seconds of the first pause, which then doubles."""

    service: str = field(default_factory=lambda: os.environ.get("AISPEND_FOREX_URL", CurrencyRates()._source_url()))
    file: str = field(default_factory=lambda: os.environ.get("AISPEND_ECB_URL", ECB_URL))
    seconds: float = 20
    tries: int = 3
    pause: float = 1


class CheckedRates(CurrencyRates):
    """forex-python's client at a given address, with the check of date and base that it leaves out."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def _source_url(self) -> str:
        return self._url

    def _decode_rates(self, response: Response, use_decimal: bool = False, date_str: str | None = None) -> Any:
        answer = _json_object(response)
        for key, asked in (("date", date_str), ("base", BASE)):
            if answer.get(key) != asked:
                raise MissingRate(f"asked for {key} {asked}, answered for {key} {_shown(answer.get(key))}")
        return super()._decode_rates(response, use_decimal, date_str)


def service_rates(day: date, codes: list[str], sources: Sources) -> dict[str, float]:
    """Units per euro on a day from forex-python's service, for those of the currencies that it answers.

    Raises `MissingRate` where there is no answer, or one that is not wholly numbers for that day in euros.
    """
    rates = _answer(lambda: CheckedRates(sources.service).get_rates(BASE, day), sources)
    if not isinstance(rates, dict) or not set(codes) & set(rates):
        raise MissingRate(f"the answer for {day} holds no rates: {_shown(rates)}")
    found = {code: rates[code] for code in codes if code in rates}
    bad = [f"{code} {_shown(rate)}" for code, rate in found.items() if type(rate) not in (int, float) or not 0 < rate < 1e12]
    if bad:
        raise MissingRate(f"the answer for {day} holds what is no positive number: {first_five(bad)}")
    return {code: float(rate) for code, rate in found.items()}


def ecb_file(sources: Sources) -> bytes:
    """The bytes of the ECB's file of all daily rates. Raises `MissingRate` if they do not arrive whole."""
    return _answer(lambda: _download(sources.file), sources)


def _answer(ask: Callable[[], Any], sources: Sources) -> Any:
    for attempt in range(sources.tries):
        if attempt:
            time.sleep(sources.pause * 2 ** (attempt - 1))
        try:
            return _within(sources.seconds, ask)
        except AiSpendError:
            raise  # An answer did arrive, and asking again would bring the same.
        except TimeoutError:
            reason = f"no whole answer within {sources.seconds:g} s"
        except Exception as error:  # noqa: BLE001  Whatever a server makes the clients raise is one thing here: no answer.
            reason = _plain_reason(error)
    raise MissingRate(f"{reason} (tried {sources.tries} times)")


def _within(seconds: float, ask: Callable[[], Any]) -> Any:
    # forex-python sets no time-out, and the time-outs of sockets bound neither the look-up of a name nor an answer that
    # trickles; a thread that can be left behind bounds all of it without changing anything in another library.
    outcome: Future[Any] = Future()

    def run() -> None:
        try:
            outcome.set_result(ask())
        except BaseException as error:  # noqa: BLE001  Handed on to the one who waits.
            outcome.set_exception(error)

    Thread(target=run, daemon=True).start()
    return outcome.result(timeout=seconds)


def _download(url: str) -> bytes:
    try:
        with urlopen(url) as response:
            raw = response.read(LARGEST_FILE + 1)
            missing = int(response.headers.get("Content-Length") or 0) - len(raw)
    except HTTPError as error:
        error.close()
        raise
    if len(raw) > LARGEST_FILE:
        raise MissingRate(f"the answer is longer than {LARGEST_FILE:,} bytes")
    if missing > 0:
        raise IncompleteRead(raw, missing)
    return raw


def _json_object(response: Response) -> dict[str, Any]:
    if not response.content.strip():
        raise MissingRate("the answer is empty")
    try:
        answer = response.json()
    except (ValueError, RecursionError):
        kind = "an HTML page" if response.text.lstrip()[:1] == "<" else "no JSON"
        raise MissingRate(f"the answer is {kind}: {_shown(response.text)}") from None
    if not isinstance(answer, dict):
        raise MissingRate(f"the answer is no JSON object: {_shown(answer)}")
    return answer


def _plain_reason(error: BaseException) -> str:
    if isinstance(error, RatesNotAvailableError):
        return f"answered with an HTTP error; forex-python says: {error}"
    while inner := error.__cause__ or error.__context__:  # The clients wrap what the system said, up to four times.
        error = inner
    return " ".join(str(getattr(error, "strerror", None) or error or type(error).__name__).split())


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
