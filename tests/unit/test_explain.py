"""One number's whole way: every step that was taken is printed, and none that was not."""

import pandas as pd
import pytest

from aispend.errors import AiSpendError
from aispend.normalise import explain, normalise
from aispend.rates import rate

FACT = {
    "fact_id": "programme", "family": "outlay", "amount": 365e6, "low": 360e6, "high": 370e6, "figures": 3, "printed_currency": "EUR",
    "currency": "KRW", "price_country": "KOR", "period_start": pd.Timestamp("2025-01-01"), "period_end": pd.Timestamp("2025-12-31"),
    "announced_on": "2025-08-04", "value_is": "about", "amount_text": "365 millions d'euros", "language": "fr", "publisher": "theGeek",
    "published_on": "2025-08", "url": "https://example.org/a",
}  # fmt: skip


def way(changes: dict | None = None, **choices: object) -> list[str]:
    return explain(normalise(pd.DataFrame([{**FACT, **(changes or {})}]), **{"currency": "USD", **choices}), "programme").split("\n")


def test_every_step_is_printed():
    lines = way(prices="constant", price_year=2020)
    assert lines[0] == "words: “365 millions d'euros” (fr), theGeek, 2025-08, https://example.org/a"
    assert lines[1] == "printed: 365,000,000 EUR, range of 3 published figures 360,000,000 to 370,000,000"
    assert lines[2] == f"home: x {rate('EUR', 'KRW', 2025):.6g} KRW per EUR (2025) = {365e6 * rate('EUR', 'KRW', 2025):,.0f} KRW"
    assert lines[3].startswith("prices: / 1.15033, GDP deflator of KOR = ")
    assert lines[4] == f"conversion: x {rate('KRW', 'USD', 2020):.6g} USD per KRW (2020)"
    assert lines[5].startswith("result: 432,") and " USD (about, range " in lines[5]
    assert lines[5].endswith("USD, prices of 2020 by the GDP deflator of KOR, market rate, average of 2020; ECB 2026-10-30, World Bank 2026-07-01")
    assert len(lines) == 6


def test_a_range_within_one_print_is_not_called_several_figures():
    assert way({"figures": 1})[1] == "printed: 365,000,000 EUR, range 360,000,000 to 370,000,000"


def test_the_printed_steps_lead_to_the_printed_result():
    lines = way()
    number = lambda text: float(text.replace(",", ""))  # noqa: E731
    home = number(lines[1].split()[1]) * float(lines[2].split()[2])
    value = home * float(lines[3].split()[2])
    assert value == pytest.approx(number(lines[4].split()[1]), rel=1e-5)


def test_steps_that_were_not_taken_are_not_printed():
    lines = way({"printed_currency": "KRW", "low": None, "high": None}, currency="KRW")
    assert [line.split(":")[0] for line in lines] == ["words", "printed", "result"]


def test_shares_heads_and_held_years_say_of_what():
    future = {"printed_currency": "KRW", "period_start": pd.Timestamp("2026-01-01"), "period_end": pd.Timestamp("2026-12-31")}
    assert way(future, per="gdp")[2] == "conversion: / 2,663,342,600,624,124, GDP of KOR held from 2025"
    assert way(future, per="head")[2].endswith("/ 51,684,564, population of KOR held from 2025")
    assert "by purchasing power parity held from 2025 (2026)" in way(future, conversion="ppp")[2]
    assert "by purchasing power parity (2020)" in way(future, conversion="ppp", prices="constant", price_year=2020)[3]
    assert "by purchasing power parity (2025)" in way({"printed_currency": "KRW"}, conversion="ppp")[2]


def test_a_row_without_a_value_says_why():
    assert way({"amount": None, "low": None, "high": None}, on_missing="keep")[-1] == "result: no value: no amount"


def test_a_fact_that_is_not_there_once_is_refused():
    frame = normalise(pd.DataFrame([FACT, FACT]), currency="USD")
    with pytest.raises(AiSpendError, match="2 times, not once"):
        explain(frame, "programme")
    with pytest.raises(AiSpendError, match="0 times"):
        explain(frame, "other")
    with pytest.raises(AiSpendError, match="no column basis"):
        explain(pd.DataFrame([FACT]), "programme")
