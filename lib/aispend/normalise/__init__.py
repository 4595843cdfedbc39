"""One currency, one price basis: chains periods, rates and prices, and explains each step of a number's way.

Order of the steps: split over years, home currency, prices, conversion, per. See METHODS.md.
"""

import pandas as pd

from aispend.normalise.ai_share import AiShare, read_shares
from aispend.normalise.chain import Chain, summed
from aispend.normalise.explanation import explain
from aispend.normalise.inputs import Choices, Rows, read_amounts, read_cases
from aispend.normalise.result import Outcome

__all__ = ["explain", "normalise"]


def normalise(
    frame: pd.DataFrame,
    *,
    currency: str,
    prices: str = "nominal",
    price_year: int | None = None,
    conversion: str = "market",
    per: str | None = None,
    yearly: bool = False,
    ai_share: AiShare | None = None,
    on_missing: str = "raise",
) -> pd.DataFrame:
    """The frame with every amount in one currency and on one price basis, and with each step that led there.

    `frame` has one row a fact, as `facts()` returns: `amount` in major units of `printed_currency` (without such a
    column, of `currency`, the home currency), and as far as a step needs them low, high, price_country, period_start,
    period_end, announced_on, family or measure, price_year, value_is. It is not changed, and no row is lost. A period of
    which only one end is stated counts as unstated. Columns of an earlier normalising are replaced.

    `prices` is nominal or constant, in prices of `price_year` by the GDP deflator of `price_country`; `conversion` is
    market or ppp (international dollars where `currency` is USD); `per` is None, head, gdp or revenue (the last two
    as a fraction of 1, nominal, whatever the currency). `yearly` gives an outlay of more than twelve months a row for
    each calendar year, with its part of the amount and its days, a column `year` (blank for what is not split) and a
    new index; without it the sum is the same.

    `ai_share`, off by default, is an assumption of yours: (low, high) as parts of one for every row with ai_scope part
    or unknown, or such a pair for each of some fact_ids. There the value is at the middle of the range, value_low and
    value_high at its ends, value_is midpoint (a bound stays a bound), and the basis says "AI share 20-30 %"; a column
    ai_share is added first, and home_value = amount x ai_share x home_rate.

    Added, in this order: home_value, home_rate, home_rate_on, deflator, target_rate, target_rate_on, divisor (GDP,
    inhabitants or revenue; else 1), value, value_low, value_high, value_is, basis, held_from, vintage; before value
    also international_dollars where the conversion is ppp. In every row value = home_value / deflator x target_rate /
    divisor. The rate is the average over the exact period if that lies wholly inside the data, else that of
    announced_on; the columns that end in _on say which, and are blank where nothing was converted. A financing with
    a horizon of more than twelve months takes announced_on's in any case.

    Raises `MissingRate` and `MissingSeries` naming the rows, or with on_missing="keep" leaves value blank there
    and says why in basis; raises `AiSpendError`, naming the rows, for amounts that are text, dates, truth values or not
    finite, for negative zero, for periods that end before they start, dates that are none, and a long period of an
    unknown kind of money. Of these only an amount that is not known is let through by "keep"; a currency
    that the ECB quotes on no day, and a price year outside the data, are refused in any case.
    Method: OECD DAC and World Bank (deflate at home, convert at the rate of the price year).

    >>> budget = pd.DataFrame({"amount": [3.3e12], "currency": "KRW", "price_country": "KOR", "family": "outlay",
    ...     "period_start": pd.to_datetime(["2025-01-01"]), "period_end": pd.to_datetime(["2025-12-31"])})
    >>> f'{normalise(budget, currency="USD").at[0, "value"] / 1e9:.2f} billion dollars'
    '2.32 billion dollars'
    >>> f'{normalise(budget, currency="USD", per="gdp").at[0, "value"]:.3%}'
    '0.124%'
    """
    choices = Choices(currency, prices, price_year, conversion, per, yearly, on_missing)
    rows = Rows.of(frame, by_actor=per == "revenue")
    amounts = read_amounts(rows, keep=on_missing == "keep")
    chain = Chain(read_cases(rows, choices), choices)
    factors = chain.factors() if yearly else summed(chain.parts, chain.factors(), is_share=choices.is_share)
    outcome = Outcome(chain, amounts, factors, None if ai_share is None else read_shares(frame, ai_share))
    if on_missing == "raise":
        outcome.refuse_missing()
    return outcome.frame()
