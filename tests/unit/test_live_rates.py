"""Live rates against a real server on this machine that misbehaves; what is refused, what is frozen, what stays."""

import io
import json
import os
import re
import socket
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest
from forex_python.converter import CurrencyRates
from hypothesis import given, settings
from hypothesis import strategies as st

from aispend import live_rates, rates
from aispend.data import contract
from aispend.errors import AiSpendError, BrokenTable
from aispend.live_rates import Sources, ask_live_rates, asking
from aispend.live_rates.quotes import read_ecb_file

REAL = contract.FOLDER
HEADER = "Date,USD,KRW,ISK,"
OLD = ["2025-10-30,1.1172,1491.76,N/A,", "2025-10-29,1.113,1488.4,135.8,", "2025-10-28,1.1101,1480,136,"]
NEW = ["2025-11-03,1.12,1490.5,136.1,", "2025-10-31,1.119,1492,N/A,"]
ANSWER = {"date": "2025-10-30", "base": "EUR", "rates": {"USD": 1.1172, "KRW": 1491.76, "JPY": "not asked for"}}


def zipped(*lines: str, header: str = HEADER, name: str = "eurofxref-hist.csv") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name), "\n".join([header, *lines, ""]))
    return packed.getvalue()


def two_tables() -> bytes:
    packed = io.BytesIO(zipped(*OLD))
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr("more.csv", "Date,USD\n")
    return packed.getvalue()


FROZEN, NEWER = zipped(*OLD), zipped(*NEW, *OLD)
Reply = Callable[[BaseHTTPRequestHandler], None]


def whole(body: bytes | str | dict, *, status: int = 200, kind: str = "application/json", length: int | None = None) -> Reply:
    """An answer sent at once; `length` is what the header claims."""
    if isinstance(body, dict):
        body = json.dumps(body)
    content = body.encode() if isinstance(body, str) else body

    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(content) if length is None else length))
        handler.end_headers()
        handler.wfile.write(content)

    return reply


class Server(ThreadingHTTPServer):
    """Answers /service/... and /file as told, and counts how often each was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.service: Reply = whole(ANSWER)
        self.file: Reply = whole(FROZEN)
        self.asked: list[str] = []
        self.over = threading.Event()

    def sources(self, **more: float) -> Sources:
        root = f"http://127.0.0.1:{self.server_port}"
        return Sources(**{"service": f"{root}/service/", "file": f"{root}/file", "seconds": 5, "tries": 2, "pause": 0.01, **more})

    def handle_error(self, request: object, client_address: object) -> None:
        """The one who asked may be gone; the default prints that."""


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        (self.server.service if self.path.startswith("/service/") else self.server.file)(self)

    def log_message(self, *_: object) -> None:
        pass


def hangs(handler: Handler) -> None:
    handler.server.over.wait(5)


def trickles(handler: Handler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(100):
        if handler.server.over.wait(0.03):
            return
        handler.wfile.write(b" ")
        handler.wfile.flush()


def hangs_up(handler: Handler) -> None:
    handler.close_connection = True


@pytest.fixture(autouse=True)
def only_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def connect_here(self: socket.socket, address: tuple[str, int]) -> None:
        assert address[0] == "127.0.0.1", address
        connect(self, address)

    def look_up_here(host: str, *more: object, **options: object) -> list:
        assert host == "127.0.0.1", host
        return look_up(host, *more, **options)

    monkeypatch.setattr(socket.socket, "connect", connect_here)
    monkeypatch.setattr(socket, "getaddrinfo", look_up_here)
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "*")


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield running
        running.over.set()
        running.shutdown()
        thread.join(5)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the real contract beside a small frozen file that fits it."""
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "eurofxref-hist.zip").write_bytes(FROZEN)
    text = (REAL / "datapackage.json").read_text(encoding="utf-8")
    entry = contract.resource("ecb-reference-rates")
    assert text.count(entry["hash"]) == text.count(f'"vintage": "{entry["vintage"]}"') == 1
    text = text.replace(entry["hash"], f"sha256:{sha256(FROZEN).hexdigest()}").replace(f'"bytes": {entry["bytes"]}', f'"bytes": {len(FROZEN)}')
    text = text.replace('"title": "Actors"', '"title": "Acteurs, 行为者"')
    (tmp_path / "datapackage.json").write_text(text.replace(entry["vintage"], "2025-10-30"), encoding="utf-8")
    monkeypatch.setattr(contract, "FOLDER", tmp_path)
    for cached in (contract.package, rates.all_quotes):
        cached.cache_clear()
    yield tmp_path
    for cached in (contract.package, rates.all_quotes):
        cached.cache_clear()


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def ask(server: Server, *, write: bool = True, **more: float) -> SimpleNamespace:
    said: list[str] = []
    failed = ask_live_rates(write=write, sources=server.sources(**more), say=said.append)
    assert not [line for line in said + failed if "\n" in line or "Traceback" in line or "object at 0x" in line]
    return SimpleNamespace(said=said, failed=failed)


# What is said when both answer.


def test_where_nothing_differs_nothing_is_written(server: Server, data: Path):
    before = contents(data)
    answer = ask(server)
    assert answer.failed == []
    assert [line.split("): ")[-1] for line in answer.said] == [
        "all quotes the same (2 compared)", "new days: none", "all quotes the same (8 compared)", "data/ is unchanged",
    ]
    assert contents(data) == before
    assert server.asked == ["/service/2025-10-30?base=EUR&rtype=fpy", "/file"]


def test_what_differs_is_named(server: Server, data: Path):
    server.service = whole({**ANSWER, "rates": {"USD": 1.1283}})
    server.file = whole(zipped(NEW[0], NEW[1], OLD[0].replace("N/A", "135.5"), OLD[1].replace("1488.4", "1490"), OLD[2]))
    before = contents(data)
    service, days, quotes, added, end = (line.split("): ", 1)[-1] for line in ask(server, write=False).said)
    assert service == "1 of 1 quotes not the same: USD on 2025-10-30 is 1.1283, frozen 1.1172 (+0.994 %); no answer for KRW"
    assert days == "new days: 2, 2025-10-31 to 2025-11-03"
    assert quotes == "1 of 8 quotes not the same: KRW on 2025-10-29 is 1490, frozen 1488.4 (+0.107 %)"
    assert added == "quoted now where there was no quote: ISK on 2025-10-30"
    assert end == "data/ is unchanged" and contents(data) == before


def test_a_newer_file_is_frozen_with_three_fields_of_the_contract(server: Server, data: Path):
    server.file = whole(NEWER)
    before = contents(data)
    answer = ask(server)
    assert answer.failed == [] and answer.said[-1].startswith(f"frozen: data/raw/eurofxref-hist.zip, {len(NEWER)} bytes, sha256:")
    after = contents(data)
    assert set(after) == set(before) and after["raw/eurofxref-hist.zip"] == NEWER
    old, new = (text["datapackage.json"].decode().splitlines(keepends=True) for text in (before, after))
    assert [line.strip() for was, line in zip(old, new, strict=True) if was != line] == [
        f'"bytes": {len(NEWER)},', f'"hash": "sha256:{sha256(NEWER).hexdigest()}",', '"vintage": "2025-11-03",',
    ]
    for cached in (contract.package, rates.all_quotes):
        cached.cache_clear()
    assert rates.rate("EUR", "KRW", "2025-11-03") == 1490.5
    assert ask(server).said[-1] == "data/ is unchanged"


# The service misbehaves.

WRONG_ANSWERS = {
    "HTTP error": (whole("down", status=504), "answered with an HTTP error.*Currency Rates Source Not Ready.*tried 2 times"),
    "hangs": (hangs, "no whole answer within 0.3 s .tried 2 times"),
    "trickles": (trickles, "no whole answer within 0.3 s .tried 2 times"),
    "hangs up": (hangs_up, "Remote end closed connection without response"),
    "half sent": (whole('{"date": "2025-10', length=400), "IncompleteRead.17 bytes read, 383 more expected"),
    "HTML": (whole("<!DOCTYPE html><title>Gateway</title>", kind="text/html"), "the answer is an HTML page: '<!DOCTYPE html>"),
    "bad JSON": (whole('{"date": "2025-10-30", "rates"'), "the answer is no JSON: '{\"date\""),
    "bottomless JSON": (whole("[" * 100_000), "the answer is no JSON: '\\[\\[\\["),
    "empty": (whole(""), "the answer is empty"),
    "a list": (whole("[]"), r"the answer is no JSON object: \[\]"),
    "no rates": (whole({**ANSWER, "rates": None}), "the answer for 2025-10-30 holds no rates: None"),
    "rates absent": (whole({"date": "2025-10-30", "base": "EUR"}), "the answer for 2025-10-30 holds no rates: {}"),
    "other currencies": (whole({**ANSWER, "rates": {"XAU": 1}}), "holds no rates: {'XAU': 1}"),
    "error document": (whole({"error": "no such day"}), "asked for date 2025-10-30, answered for date None"),
    "another day": (whole({**ANSWER, "date": "2025-11-21"}), "asked for date 2025-10-30, answered for date '2025-11-21'"),
    "another base": (whole({**ANSWER, "base": "USD"}), "asked for base EUR, answered for base 'USD'"),
    "text": (whole({**ANSWER, "rates": {"USD": "1.1172"}}), "what is no positive number: USD '1.1172'"),
    "null": (whole({**ANSWER, "rates": {"USD": 1.1172, "KRW": None}}), "what is no positive number: KRW None"),
    "true": (whole({**ANSWER, "rates": {"USD": True}}), "what is no positive number: USD True"),
    # Whether requests reads with simplejson or json decides which of the two says so.
    "NaN": (whole({**ANSWER, "rates": {"USD": float("nan")}}), "the answer is no JSON|what is no positive number: USD nan"),
    "infinite": (whole(json.dumps(ANSWER).replace("1.1172", "1e999")), "what is no positive number: USD inf"),
    "zero": (whole({**ANSWER, "rates": {"USD": 0, "KRW": -1491.76}}), "what is no positive number: USD 0, KRW -1491.76"),
    "far off": (whole({**ANSWER, "rates": {"USD": 1.1172, "KRW": 1570}}), r"off by over 5%.*KRW on 2025-10-30 is 1570, frozen 1491.76 \(\+5.24 %\)"),
}


def test_a_silent_service_does_not_stop_the_ecbs_file_and_a_contradicting_one_does(server: Server, data: Path):
    server.file = whole(NEWER)
    before = contents(data)
    server.service = whole({**ANSWER, "rates": {"KRW": 149.176}})
    answer = ask(server)
    assert len(answer.failed) == 1 and answer.said[-1] == "data/ is unchanged" and contents(data) == before
    server.service = whole("", status=503)
    answer = ask(server)
    assert len(answer.failed) == 1 and answer.said[-1].startswith("frozen") and contents(data) != before


# The file misbehaves.

WRONG_FILES = {
    "HTTP error": (whole("gone", status=404), "HTTP Error 404: Not Found .tried 2 times"),
    "hangs": (hangs, "no whole answer within 0.3 s .tried 2 times"),
    "trickles": (trickles, "no whole answer within 0.3 s .tried 2 times"),
    "hangs up": (hangs_up, "Remote end closed connection without response"),
    "half sent": (whole(NEWER[:100], length=len(NEWER)), "IncompleteRead.100 bytes read"),
    "half sent, said to be whole": (whole(NEWER[:100]), r"no whole zip file with one table \(100 bytes\)"),
    "a bit wrong": (whole(NEWER[:60] + bytes([NEWER[60] ^ 1]) + NEWER[61:]), "no whole zip file"),
    "empty": (whole(b""), r"no whole zip file with one table \(0 bytes\)"),
    "HTML": (whole("<html>", kind="text/html"), "no whole zip file"),
    "another table": (whole(zipped("2020,1", header="Year,Deflator")), "its columns are not Date and one code a currency: Year, Deflator"),
    "no dates": (whole(zipped(*OLD, header="Day,USD,KRW,ISK,")), "its columns are not"),
    "no codes": (whole(zipped(*OLD, header="Date,USD,KRW,Won,")), "its columns are not"),
    "dates alone": (whole(zipped("2025-10-31,", header="Date,")), "its columns are not"),
    "a column twice": (whole(zipped(*OLD, header="Date,USD,USD,ISK,")), "its columns are not"),
    "no table": (whole(zipped(header="")), "its columns are not"),
    "no row": (whole(zipped()), "it has no row"),
    "a row cut short": (whole(zipped(*NEW, *OLD[:2], "2025-10-28,1.11")), r"\['2025-10-28'\] has 2"),
    "no day": (whole(zipped(*OLD, "2025-02-30,1,1,1,")), "not a day, or a day twice: 2025-02-30"),
    "a day twice": (whole(zipped(*OLD, OLD[0])), "not a day, or a day twice: 2025-10-30"),
    "no number": (whole(zipped("2025-10-31,1.1,,1,", *OLD)), "KRW on 2025-10-31 ''"),
    "infinite": (whole(zipped("2025-10-31,inf,nan,1,", *OLD)), "USD on 2025-10-31 'inf', KRW on 2025-10-31 'nan'"),
    "negative": (whole(zipped("2025-10-31,-1.1,0,1,", *OLD)), "USD on 2025-10-31 '-1.1', KRW on 2025-10-31 '0'"),
    "too exact": (whole(zipped("2025-10-31,1.12345678,1490,1,", *OLD)), "USD on 2025-10-31 '1.12345678'"),
    "older": (whole(zipped(*OLD[1:])), "refused: it ends on 2025-10-29, the frozen file on 2025-10-30"),
    "not yet": (whole(zipped("2999-01-01,1,1,1,", *OLD)), "refused: it ends on 2999-01-01, and today is"),
    "a day lost": (whole(zipped(*NEW, OLD[0], OLD[2])), "lacks quotes that the frozen file has: ISK on 2025-10-29, KRW on 2025-10-29, USD on 2025-10-29"),
    "a quote lost": (whole(zipped(*NEW, OLD[0], OLD[1].replace("1488.4", "N/A"), OLD[2])), "lacks.*: KRW on 2025-10-29$"),
    "a currency lost": (whole(zipped(*(line.rsplit(",", 2)[0] for line in OLD), header="Date,USD,KRW")), "lacks.*: ISK on 2025-10-28, ISK on 2025-10-29$"),
    "far off": (whole(zipped(*NEW, OLD[0], OLD[1].replace("1.113", "1.23"), OLD[2])), r"off by over 5%.*: USD on 2025-10-29 is 1.23, frozen 1.113 \(\+10.5 %\)$"),
    "columns swapped": (whole(zipped(*NEW, *OLD, header="Date,KRW,USD,ISK,")), "off by over 5%"),
    "two tables": (whole(two_tables()), "no whole zip file with one table"),
    "too large a number": (whole(zipped("2025-10-31,1.1,14900000,1,", *OLD)), "KRW on 2025-10-31 '14900000'"),
    "a tenth where there was none": (whole(zipped(OLD[0].replace("N/A", "13.58"), *OLD[1:])), "over twice or under half the quote before: ISK on 2025-10-30$"),
    "a new day ten times as high": (whole(zipped("2025-10-31,11.19,1492,N/A,", *OLD)), "over twice or under half the quote before: USD on 2025-10-31$"),
}


WRONG = [(WRONG_ANSWERS, case) for case in WRONG_ANSWERS] + [(WRONG_FILES, case) for case in WRONG_FILES]


@pytest.mark.parametrize(("cases", "case"), WRONG, ids=[case for _, case in WRONG])
def test_a_source_that_misbehaves_is_one_line_and_changes_nothing(cases: dict[str, tuple[Reply, str]], case: str, server: Server, data: Path):
    answered, message = cases[case]
    if cases is WRONG_ANSWERS:
        server.service, name, path = answered, "forex-python's service", "/service/"
    else:
        server.file, name, path = answered, "the ECB's file", "/file"
    before = contents(data)
    answer = ask(server, seconds=0.3 if case in ("hangs", "trickles") else 5)
    (line,) = answer.failed
    assert line.startswith(f"{name} (http://127.0.0.1:") and re.search(message, line), line
    assert answer.said[-1] == "data/ is unchanged" and contents(data) == before
    assert sum(asked.startswith(path) for asked in server.asked) == (2 if "tried 2 times" in line else 1)


def test_a_longer_file_than_there_can_be_is_refused(server: Server, data: Path, monkeypatch: pytest.MonkeyPatch):
    server.file = whole(NEWER)
    monkeypatch.setattr(asking, "LARGEST_FILE", 50)
    assert ask(server).failed[0].endswith("the answer is longer than 50 bytes")
    monkeypatch.undo()
    monkeypatch.setattr("aispend.live_rates.quotes.LARGEST_FILE", 50)
    with pytest.raises(AiSpendError, match="no whole zip file.*it unpacks to"):
        read_ecb_file(NEWER)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_broken_bytes_give_the_frozen_quotes_or_our_own_error(draw: st.DataObject):
    place, byte = draw.draw(st.integers(0, len(FROZEN) - 1)), draw.draw(st.integers(0, 255))
    broken = FROZEN[:place] + bytes([byte]) + FROZEN[place + 1 :]
    try:
        quotes = read_ecb_file(broken)
    except AiSpendError:
        return
    assert quotes.equals(read_ecb_file(FROZEN))


# No network at all.


def test_without_network_each_source_is_one_line(server: Server, data: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # Bound and not listening: whoever connects is refused.
        root = f"http://127.0.0.1:{taken.getsockname()[1]}"
        before = contents(data)
        answer = ask(server, service=f"{root}/", file=f"{root}/file")
    assert [line.split("): ")[1] for line in answer.failed] == ["Connection refused (tried 2 times)"] * 2
    assert answer.said == ["data/ is unchanged"] and contents(data) == before


def test_a_name_that_is_not_found_or_not_answered(server: Server, data: Path, monkeypatch: pytest.MonkeyPatch):
    def unknown(*_: object, **__: object) -> list:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    def silent(*_: object, **__: object) -> list:
        server.over.wait(5)
        raise socket.gaierror(socket.EAI_AGAIN, "too late")

    for look_up, reason in ((unknown, "Name or service not known"), (silent, "no whole answer within 0.2 s")):
        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        answer = ask(server, service="http://rates.invalid/", file="http://rates.invalid/file", seconds=0.2)
        assert [line.split("): ")[1] for line in answer.failed] == [f"{reason} (tried 2 times)"] * 2


def test_an_address_that_is_none_is_a_clear_line(server: Server, data: Path):
    assert [line.split("): ")[1] for line in ask(server, service="nowhere/", file="nowhere").failed] == [
        "Invalid URL 'nowhere/2025-10-30': No scheme supplied. Perhaps you meant https://nowhere/2025-10-30? (tried 2 times)",
        "unknown url type: 'nowhere' (tried 2 times)",
    ]


def test_three_tries_with_growing_pauses_and_the_last_may_succeed(server: Server, data: Path, monkeypatch: pytest.MonkeyPatch):
    pauses: list[float] = []
    monkeypatch.setattr(asking, "time", SimpleNamespace(sleep=pauses.append))
    replies = [whole("", status=502), whole("", status=502), whole(FROZEN)]
    server.file = lambda handler: replies.pop(0)(handler)
    assert ask(server, tries=3, pause=1).failed == [] and pauses == [1, 2]
    assert Sources().tries == 3 and Sources().seconds <= 30 and Sources().pause >= 1


# The frozen file and the disk.


def test_a_frozen_file_that_does_not_fit_its_contract_is_not_compared(server: Server, data: Path):
    (data / "raw" / "eurofxref-hist.zip").write_bytes(NEWER)
    with pytest.raises(BrokenTable, match="has hash"):
        ask(server)
    assert server.asked == []


@pytest.mark.parametrize("fails_at", [1, 2])
def test_a_disk_that_fails_leaves_both_files_as_they_were(fails_at: int, server: Server, data: Path, monkeypatch: pytest.MonkeyPatch):
    server.file, before, replace, calls = whole(NEWER), contents(data), os.replace, []

    def replace_or_fail(source: Path, target: Path) -> None:
        calls.append(target)
        if len(calls) == fails_at:
            raise OSError(28, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(os, "replace", replace_or_fail)
    with pytest.raises(OSError, match="No space left"):
        ask(server)
    assert len(calls) == fails_at and contents(data) == before


def test_the_contract_is_formatted_as_it_is_written():
    text = (REAL / "datapackage.json").read_text(encoding="utf-8")
    assert json.dumps(json.loads(text), ensure_ascii=False, indent=2) + "\n" == text


def test_no_currency_ever_came_to_twice_its_quote_in_one_step():
    quotes = read_ecb_file((REAL / "raw" / "eurofxref-hist.zip").read_bytes())
    steps = (quotes / quotes.ffill(limit=live_rates.quotes.LARGEST_GAP).shift()).stack().dropna()
    assert len(steps) > 200_000 and 0.5 < steps.min() and steps.max() < live_rates.quotes.LARGEST_STEP


def test_addresses_come_from_the_libraries_or_the_environment(monkeypatch: pytest.MonkeyPatch):
    for name in ("AISPEND_FOREX_URL", "AISPEND_ECB_URL"):
        monkeypatch.delenv(name, raising=False)
    assert Sources().service == CurrencyRates()._source_url() and Sources().service.startswith("https://")
    assert Sources().file == "https://www.ecb.europa.eu/stats/eurofxref/eurofxref-hist.zip"
    monkeypatch.setenv("AISPEND_FOREX_URL", "http://127.0.0.1:1/")
    monkeypatch.setenv("AISPEND_ECB_URL", "http://127.0.0.1:1/file")
    assert (Sources().service, Sources().file) == ("http://127.0.0.1:1/", "http://127.0.0.1:1/file")


def test_a_hanging_server_holds_nobody_longer_than_told(server: Server, data: Path):
    server.service = server.file = hangs
    start = time.monotonic()
    assert len(ask(server, seconds=0.2, tries=3).failed) == 2
    assert time.monotonic() - start < 3
