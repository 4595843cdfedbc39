"""One number's whole way, in words: as printed, home currency, prices, conversion, result."""

import pandas as pd

from aispend.errors import AiSpendError, first_five


def explain(frame: pd.DataFrame, fact_id: str) -> str:
    """One number's whole way from the words as printed to the value, in three to six lines (one more for an AI share).

    `frame` is what `normalise` returned, with a column fact_id; words and publisher are shown where it has them.

    Raises `AiSpendError` for a fact that is not in the frame, or is in it more than once (yearly rows).

    >>> from aispend.normalise import normalise
    >>> fund = pd.DataFrame({"fact_id": ["fund"], "amount": [34e12], "currency": ["KRW"], "announced_on": ["2025-03-03"]})
    >>> print(explain(normalise(fund, currency="CNY"), "fund"))
    printed: 34,000,000,000,000 KRW
    conversion: x 0.00499745 CNY per KRW (2025-03-03)
    result: 169,913,130,069 CNY (exact); CNY, nominal, market rate, day of announcement; ECB 2026-10-30
    """
    row = _row(frame, fact_id)
    printed = row.get("printed_currency", row["currency"])
    steps = [_words(row), _printed(row, printed), _share(row), _home(row, printed), _prices(row), _conversion(row), _result(row)]
    return "\n".join(step for step in steps if step)


def _row(frame: pd.DataFrame, fact_id: str) -> pd.Series:
    missing = [column for column in ("fact_id", "basis") if column not in frame]
    if missing:
        raise AiSpendError(f"the frame has no column {missing[0]}; explain takes a frame that normalise returned, with fact ids")
    found = frame[frame["fact_id"] == fact_id]
    if len(found) != 1:
        raise AiSpendError(f"{fact_id!r} is in the frame {len(found)} times, not once; choose one of its fact ids ({first_five(list(frame['fact_id']))}), or one year")
    return found.iloc[0]


def _words(row: pd.Series) -> str:
    if not _stated(row, "amount_text"):
        return ""
    where = [str(row[column]) for column in ("publisher", "published_on", "url") if _stated(row, column)]
    language = f" ({row['language']})" if _stated(row, "language") else ""
    return f"words: \N{LEFT DOUBLE QUOTATION MARK}{row['amount_text']}\N{RIGHT DOUBLE QUOTATION MARK}{language}, {', '.join(where)}".rstrip(", ")


def _printed(row: pd.Series, printed: str) -> str:
    per = f" per {row['per']}" if _stated(row, "per") else ""
    span = ""
    if _stated(row, "low") and _stated(row, "high") and row["low"] < row["high"]:
        several = f" of {row['figures']} published figures" if _stated(row, "figures") and row["figures"] > 1 else ""
        span = f", range{several} {_number(row['low'])} to {_number(row['high'])}"
    return f"printed: {_number(row['amount'])} {printed}{per}{span}"


def _share(row: pd.Series) -> str:
    if not _stated(row, "ai_share") or row["ai_share"] == 1:
        return ""
    return f"AI share: x {row['ai_share']:.6g}, assumed ({str(row['basis']).rsplit(', ', 1)[-1]})"


def _home(row: pd.Series, printed: str) -> str:
    if printed == row["currency"]:
        return ""
    return f"home: x {row['home_rate']:.6g} {row['currency']} per {printed} ({row['home_rate_on']}) = {_number(row['home_value'])} {row['currency']}"


def _prices(row: pd.Series) -> str:
    if row["deflator"] == 1:
        return ""
    real = _number(row["home_value"] / row["deflator"])
    return f"prices: / {row['deflator']:.6g}, GDP deflator of {row['price_country']}{_held(row)} = {real} {row['currency']}"


def _conversion(row: pd.Series) -> str:
    unit, _, how = [*str(row["basis"]).split(", ", 2), "", ""][:3]
    steps = []
    if row["target_rate_on"]:
        # With constant prices the parity is the price year's, which is never held.
        parity = f" by purchasing power parity{_held(row) if how.endswith('GDP') else ''}" if "purchasing power" in how else ""
        steps.append(f"x {row['target_rate']:.6g} {unit.split(' per ')[0]} per {row['currency']}{parity} ({row['target_rate_on']})")
    if row["divisor"] != 1:
        what = unit.removeprefix("share of ") if unit.startswith("share of ") else f"population of {row['price_country']}"
        steps.append(f"/ {_number(row['divisor'])}, {what}{_held(row)}")
    return "conversion: " + ", ".join(steps) if steps else ""


def _held(row: pd.Series) -> str:
    return f" held from {row['held_from']}" if _stated(row, "held_from") else ""


def _result(row: pd.Series) -> str:
    if pd.isna(row["value"]):
        return f"result: {row['basis']}"
    unit = str(row["basis"]).split(", ", 1)[0]
    span = f", range {_number(row['value_low'])} to {_number(row['value_high'])}" if row["value_low"] < row["value_high"] else ""
    return f"result: {_number(row['value'])} {unit} ({row['value_is']}{span}); {row['basis']}; {row['vintage']}"


def _stated(row: pd.Series, column: str) -> bool:
    return column in row and not pd.isna(row[column]) and row[column] != ""


def _number(value: float) -> str:
    if pd.isna(value):
        return "unknown"
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:.6g}"
