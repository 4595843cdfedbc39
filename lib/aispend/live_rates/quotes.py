"""The quotes in the ECB's file, and what makes a newer file fit to follow the frozen one."""

import csv
import io
import re
from collections.abc import Hashable, Iterable
from datetime import UTC, datetime
from zipfile import ZipFile

import numpy as np
import pandas as pd

from aispend.data import contract
from aispend.errors import AiSpendError, first_five
from aispend.live_rates.asking import LARGEST_FILE

TOLERANCE = 0.05  # The ECB corrects by a few units of the last digit; more than this is another series.
LARGEST_STEP = 2.0  # No currency has doubled from one fixing to the next since 1999; the Turkish lira of 2001 came to 1.7.
LARGEST_GAP = 7  # Fixings over which a step is looked at, so that a currency may come back after years at another rate.


def read_ecb_file(raw: bytes) -> pd.DataFrame:
    """The quotes in the bytes of eurofxref-hist.zip: units per euro, a row a fixing day, in order, a column a currency.

    Raises `AiSpendError` for anything that is not wholly such a file.

    >>> read_ecb_file((contract.FOLDER / "raw" / "eurofxref-hist.zip").read_bytes()).loc["2025-03-03", "KRW"]
    np.float64(1526.42)
    """
    text = _table(_unpacked(raw))
    days = pd.DatetimeIndex(pd.to_datetime(text.index, format="%Y-%m-%d", errors="coerce"), name="Date")
    wrong = text.index[days.isna() | days.duplicated()]
    if len(wrong):
        raise AiSpendError(f"no ECB file: not a day, or a day twice: {first_five(list(wrong))}")
    quotes = text.apply(pd.to_numeric, errors="coerce").astype(np.float64)
    exact = (quotes > 0) & (quotes < 1e7) & ((quotes * 1e6 - (quotes * 1e6).round()).abs() < 0.01)
    bad = ((text != "N/A") & ~exact).stack()
    if bad.any():
        cells = [f"{code} on {day} {text.at[day, code]!r}" for day, code in bad[bad].index]
        raise AiSpendError(f"no ECB file: neither N/A nor a positive number of at most six decimals: {first_five(cells)}")
    return quotes.set_index(days).sort_index()


def require_continuation(fresh: pd.DataFrame, frozen: pd.DataFrame) -> None:
    """Raises `AiSpendError` unless the fresh quotes hold all frozen ones, within 5 %, and go on plausibly from there."""
    last, today = fresh.index[-1].date(), datetime.now(UTC).date()
    if last < frozen.index[-1].date():
        raise AiSpendError(f"refused: it ends on {last}, the frozen file on {frozen.index[-1].date()}")
    if last > today:
        raise AiSpendError(f"refused: it ends on {last}, and today is {today}")
    found, old = stacked(fresh), stacked(frozen)
    gone = old.index.difference(found.index)
    if len(gone):
        raise AiSpendError(f"refused: it lacks quotes that the frozen file has: {first_five(_names(gone))}")
    require_close(found, old)
    steps = (fresh / fresh.ffill(limit=LARGEST_GAP).shift()).mask(frozen.reindex_like(fresh).notna())
    wild = stacked(steps.where((steps > LARGEST_STEP) | (steps < 1 / LARGEST_STEP)))
    if len(wild):
        raise AiSpendError(f"refused: over twice or under half the quote before: {first_five(_names(wild.index))}")


def require_close(found: pd.Series, old: pd.Series) -> None:
    """Raises `AiSpendError` if a quote is off by over 5 % from the frozen one of the same day and currency."""
    change = found.reindex(old.index) / old - 1
    far = change[change.abs() > TOLERANCE]
    if len(far):
        raise AiSpendError(f"refused: off by over {TOLERANCE:.0%} from the frozen rates: {changed(found, old[far.index])}")


def differences(fresh: pd.DataFrame, frozen: pd.DataFrame) -> list[str]:
    """What the fresh quotes have that the frozen ones have not, in plain lines.

    >>> old = pd.DataFrame({"USD": [1.1, 1.2]}, index=pd.to_datetime(["2026-01-01", "2026-01-02"]))
    >>> new = pd.DataFrame({"USD": [1.1, 1.21, 1.3]}, index=pd.to_datetime(["2026-01-01", "2026-01-02", "2026-01-05"]))
    >>> differences(new, old)
    ['new days: 2026-01-05', '1 of 2 quotes not the same: USD on 2026-01-02 is 1.21, frozen 1.2 (+0.833 %)']
    """
    days = fresh.index.difference(frozen.index).strftime("%Y-%m-%d")
    found, old = stacked(fresh), stacked(frozen)
    added = [key for key in found.index.difference(old.index) if key[0] in frozen.index]
    lines = [f"new days: {f'{len(days)}, {days[0]} to {days[-1]}' if len(days) > 1 else ''.join(days) or 'none'}", compared(found, old)]
    return lines + ([f"quoted now where there was no quote: {first_five(_names(added))}"] if added else [])


def compared(found: pd.Series, old: pd.Series) -> str:
    """How many quotes were compared, how many are not the same, and which."""
    same = np.isclose(found.reindex(old.index), old, rtol=1e-9, atol=0)
    if same.all():
        return f"all quotes the same ({len(old):,} compared)"
    return f"{(~same).sum():,} of {len(old):,} quotes not the same: {changed(found, old[~same])}"


def changed(found: pd.Series, old: pd.Series) -> str:
    """Quotes beside the frozen ones, the farthest first."""
    change = (found.reindex(old.index) / old - 1).sort_values(key=abs, ascending=False, kind="stable")
    first = [
        f"{name} is {found[key]:.10g}, frozen {old[key]:.10g} ({change[key] * 100:+.3g} %)"
        for key, name in zip(change.index[:5], _names(change.index[:5]), strict=True)
    ]
    return first_five(first, of=len(change))


def stacked(quotes: pd.DataFrame) -> pd.Series:
    """The quotes there are, by day and currency."""
    return quotes.stack().dropna()


def _names(keys: Iterable[tuple[Hashable, ...]]) -> list[str]:
    return [f"{code} on {day:%Y-%m-%d}" for day, code in keys]


def _unpacked(raw: bytes) -> str:
    try:
        with ZipFile(io.BytesIO(raw)) as archive:
            (member,) = archive.infolist()
            if member.file_size > LARGEST_FILE:
                raise ValueError(f"it unpacks to {member.file_size:,} bytes")
            return archive.read(member).decode("utf-8")
    except Exception as error:  # noqa: BLE001  Broken archives raise a dozen kinds of errors.
        raise AiSpendError(f"no whole zip file with one table ({len(raw):,} bytes): {error}") from error


def _table(content: str) -> pd.DataFrame:
    header, *rows = list(csv.reader(io.StringIO(content))) or [[]]
    codes = header[1:-1] if header[-1:] == [""] else header[1:]  # The ECB ends every line with a comma.
    if header[:1] != ["Date"] or not codes or len(set(codes)) < len(codes) or not all(re.fullmatch("[A-Z]{3}", code) for code in codes):
        raise AiSpendError(f"no ECB file: its columns are not Date and one code a currency: {first_five(header) or 'none'}")
    uneven = [f"{row[:1]} has {len(row)}" for row in rows if len(row) != len(header)]
    if uneven or not rows:
        raise AiSpendError(f"no ECB file: rows without the {len(header)} cells of its header: {first_five(uneven) or 'it has no row'}")
    return pd.DataFrame(rows, columns=header).set_index("Date")[codes]
