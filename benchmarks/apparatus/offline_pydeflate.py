"""pydeflate fed with the repository's tables instead of a download, so that both computations start from the same numbers.

The tables are read here with pandas alone, and yearly rates are averaged from the daily ones, so that none of our code
stands on the peer's side. pydeflate has one method, the OECD DAC's: deflate with the prices of the row's country,
convert at the rate of the base year.
"""

from functools import cache
from pathlib import Path

import pandas as pd
from pydeflate.core.api import BaseDeflate, BaseExchange
from pydeflate.core.source import Source

DATA = Path(__file__).parents[2] / "data"
CURRENCY = {
    "CHN": "CNY", "DEU": "EUR", "EMU": "EUR", "FRA": "EUR", "GBR": "GBP", "JPN": "JPY", "KOR": "KRW", "USA": "USD",
}  # fmt: skip
# pydeflate names a currency by a country.
COUNTRY = {"CNY": "CHN", "EUR": "EMU", "GBP": "GBR", "JPY": "JPN", "KRW": "KOR", "USD": "USA"}
OWN = "LCU"
YEARS = range(2010, 2026)


@cache
def deflators() -> pd.Series:
    """GDP deflators of data/macro.csv, by country and year."""
    macro = pd.read_csv(DATA / "macro.csv")
    return macro[macro["indicator"] == "gdp-deflator"].set_index(["country", "year"])["value"]


@cache
def per_dollar() -> pd.DataFrame:
    """Currency units per dollar, by year and currency: the means of the ECB's daily quotes, one over the other."""
    daily = pd.read_csv(DATA / "raw/eurofxref-hist.zip", index_col="Date", parse_dates=True).assign(EUR=1.0)
    yearly = daily[list(COUNTRY)].groupby(daily.index.year).mean()
    return yearly.div(yearly["USD"], axis=0)


def source(prices: pd.Series | None = None) -> Source:
    """A source of these tables, with other deflators where `prices` is given."""
    prices = deflators() if prices is None else prices
    rows = [
        {
            "pydeflate_year": year, "pydeflate_entity_code": country, "pydeflate_iso3": country,
            "pydeflate_NGDP_D": prices[country, year], "pydeflate_EXCHANGE": per_dollar().at[year, currency],
        }
        for country, currency in CURRENCY.items() for year in YEARS
    ]  # fmt: skip
    return Source(name="repository", reader=lambda update: pd.DataFrame(rows))


def constant_prices(tables: Source, *, base_year: int, printed: str, target: str) -> BaseDeflate:
    """pydeflate's way from amounts in `printed` to `target` in prices of `base_year`; each is a country, or `OWN`."""
    return BaseDeflate(tables, tables, base_year, "NGDP_D", printed, target)


def market_rates(tables: Source, *, printed: str, target: str) -> BaseExchange:
    """pydeflate's way from amounts in `printed` to `target` at the rate of the row's own year."""
    return BaseExchange(tables, printed, target)
