"""The audit: published figures checked against each other and against the exchange rates of their day.

It sees what was printed, never our reading of it: `misprint` and `intended_amount` are dropped first. It says which
numbers do not add up, and by how much, but not why. Method, tolerance and limits: METHODS.md, "Audit".
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from aispend.audit.consensus import couples, with_consensus
from aispend.audit.market import Floats, last_held_on, market, markets
from aispend.audit.prints import RUN_UP, WEAK, read_prints, rounded

TOLERANCE = 0.02  # Beyond rounding and the week's range; `honest_deviations` measures it, METHODS.md says how.
_MEDIAN_TO_SIGMA = 1.4826  # One over the upper quartile of the standard normal distribution.
_TELLING = 0.06  # A wider range of rates would fit too many numbers to tell anything.


def implied_rates(figures: pd.DataFrame) -> pd.DataFrame:
    """The exchange rate that two prints of one amount imply, beside the market's at the time of publication.

    `figures` is what `ai.figures()` returns, or rows of it. One row for each two figures printed together
    (`pairing` "printed together") and for each figure in a foreign currency against the one of its fact's figures in
    the fact's own currency that most sources support ("across publications"; `per` and `price_year` being equal).

    `rate` is in units of `quote` (the currency of `against_id`) per one `base` (that of `figure_id`); `rate_low` and
    `rate_high` follow from the rounding of both prints. `market_low` and `market_high` are the ECB's range from six
    days before `published_from` to `published_to`. `dating` says how well these are known: day, month, year, or
    undated (then the 300 days from the announcement on); `weak` marks the last two. `expected_low` and
    `expected_high` are what `figure_id` would be at the market, in `base`. `deviation` is how far `rate` lies outside
    the market's range, as a share of its nearer end; `beyond_rounding` is the gap that rounding leaves: the larger
    over the smaller of the two ends that face each other, less one. `verdict` is consistent (at most `TOLERANCE`
    beyond rounding), scale-error (so once `rate` is divided by ten to the `power_of_ten`), inconsistent, or unknown
    (no date or no rate). For the inconsistent, as information and not as the cause: `last_held_on`, the last day
    within 24 months before publication with such a rate; and `fits_via_usd`, whether a dollar figure printed for the
    same fact gives this one at the market of this publication (missing where there is no such figure, or the verdict
    is weak).

    Raises `AiSpendError` for missing columns, figures without a positive amount, facts that do not exist.

    >>> from aispend.data.evidence import figures
    >>> implied_rates(figures(of="ai-pledge-100tn"))[["base", "quote", "verdict", "power_of_ten"]]
      base quote      verdict  power_of_ten
    0  USD   KRW  scale-error            -1
    """
    prints = with_consensus(read_prints(figures), tolerance=TOLERANCE)
    figure, against, together = couples(prints)
    market_low, market_high = markets(figure["currency"], against["currency"], figure["start"], figure["end"])
    rate = against["point"].to_numpy() / figure["point"].to_numpy()
    rate_low, rate_high = _rates_within_rounding(figure, against, together)
    rows = pd.DataFrame({
        "pairing": np.where(together, "printed together", "across publications"), "fact_id": figure["fact_id"],
        "figure_id": figure["figure_id"], "against_id": against["figure_id"],
        "amount_text": figure["amount_text"], "against_text": against["amount_text"],
        "base": figure["currency"], "quote": against["currency"], "rate": rate, "rate_low": rate_low, "rate_high": rate_high,
        "published_from": _days(figure["start"] + RUN_UP, figure), "published_to": _days(figure["end"], figure),
        "dating": figure["dating"], "weak": figure["dating"].isin(WEAK),
        "market_low": market_low, "market_high": market_high,
        "expected_low": against["point"] / market_high, "expected_high": against["point"] / market_low,
        **_judged(rate, (rate_low, rate_high), (market_low, market_high), np.sqrt(market_low * market_high), tolerance=TOLERANCE),
    })  # fmt: skip
    return rows.assign(**_circumstances(rows, figure, prints))


def disagreements(figures: pd.DataFrame) -> pd.DataFrame:
    """The figures that contradict what most sources print for the same fact; an empty frame if none does.

    `figures` as for `implied_rates`; superseded ones are left out. Figures alike in `per` and `price_year` are
    compared in `currency`: the fact's own if one of them is printed in it, else that of the best rank; the others are
    converted at the market of their own publication. One row for each figure whose rounding (half a last digit down,
    a whole one up, for outlets also cut digits off) does not meet that of `against_id`, the figure that most sources
    support. A bound contradicts only what violates it, or what is the same number but for a power of ten.

    `value`, `against_value`: in `currency`; `deviation` of one from the other; `beyond_rounding`, `verdict`,
    `power_of_ten` and `weak` as for `implied_rates`. `fits_as`: a currency in which the number would fit, as
    information. `sources`, `against_sources`: how many sources support either; where these are equal, `undecided`:
    one of the two is wrong, which one the prints cannot tell, and `against_id` only has the better rank. `spread`:
    the largest over the smallest of the fact's `figures` compared.

    Raises `AiSpendError` as `implied_rates` does.

    >>> from aispend.data.evidence import figures
    >>> disagreements(figures(of="eu-investai-public"))[["verdict", "power_of_ten", "undecided"]]
           verdict  power_of_ten  undecided
    0  scale-error            -1       True
    """
    prints = read_prints(figures)
    if "supersedes" in prints:
        prints = prints[~prints["figure_id"].isin(prints["supersedes"].dropna())].reset_index(drop=True)
    prints = with_consensus(prints, tolerance=TOLERANCE)
    values = prints.groupby("group")["value"]
    prints = prints.assign(count=values.transform("count"), spread=values.transform("max") / values.transform("min"))
    against = prints.loc[prints["best"]].set_axis(prints.index)
    extent = (against["low"].to_numpy(), against["high"].to_numpy())
    judged = _judged(prints["value"].to_numpy(), (prints["low"].to_numpy(), prints["high"].to_numpy()), extent, against["value"].to_numpy(), tolerance=0.0)
    violated = (prints["lowest"] > against["highest"]) | (prints["highest"] < against["lowest"])
    apart = violated | (judged["verdict"] == "scale-error")
    currencies = sorted(prints["currency"].unique())
    return pd.DataFrame({
        "fact_id": prints["fact_id"], "figure_id": prints["figure_id"], "against_id": against["figure_id"],
        "amount_text": prints["amount_text"], "against_text": against["amount_text"],
        "currency": prints["common"], "value": prints["value"], "against_value": against["value"],
        **judged, "deviation": prints["value"] / against["value"] - 1, "weak": prints["weak"] | against["weak"],
        "sources": prints["support"], "against_sources": against["support"], "undecided": prints["support"] >= against["support"],
        "figures": prints["count"], "spread": prints["spread"],
        "fits_as": pd.array([_fits_as(*row, currencies) for row in zip(prints.itertuples(), against["value"], apart, strict=True)], "str"),
    })[apart].reset_index(drop=True)  # fmt: skip


def honest_deviations(figures: pd.DataFrame) -> pd.Series:
    """How far conversions printed on a known day lie from the middle of the week's market, as shares of it.

    `figures` as for `implied_rates`. Returns how many `pairs` there are, the `median` of the absolute deviations
    (rounding included) and `three_sigma`, three times the standard deviation that a normal distribution with this
    median has: the careless few cannot move it. `TOLERANCE` is `three_sigma` to the nearest per cent.

    >>> from aispend.data.evidence import figures
    >>> round(honest_deviations(figures())["three_sigma"], 2)
    np.float64(0.02)
    """
    rates = implied_rates(figures)
    rates = rates[(rates["pairing"] == "printed together") & (rates["dating"] == "day") & (rates["verdict"] != "unknown")]
    deviation = np.log(rates["rate"] / np.sqrt(rates["market_low"] * rates["market_high"])).abs()
    median = float(deviation.median())
    return pd.Series({"pairs": len(rates), "median": median, "three_sigma": 3 * _MEDIAN_TO_SIGMA * median})


def _rates_within_rounding(figure: pd.DataFrame, against: pd.DataFrame, together: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    low, high = rounded(figure)
    # "5 trillion won" is no rounding of 4.6: a sum in the fact's own currency is converted as it stands.
    against_low, against_high = rounded(against, digits=np.where(against["currency"] == against["home"], 2, 1))
    # Two floors printed together are one floor and its conversion; apart, a floor only says "not less".
    rate_low = np.where(~together & (figure["floor"] | against["ceiling"]), 0.0, against_low / high)
    return rate_low, np.where(~together & (figure["ceiling"] | against["floor"]), np.inf, against_high / low)


def _days(numbers: pd.Series, figure: pd.DataFrame) -> pd.api.extensions.ExtensionArray:
    return pd.to_datetime(numbers.where(figure["end"] >= figure["start"]), unit="D").array


def _judged(point: Floats, span: tuple[Floats, Floats], extent: tuple[Floats, Floats], middle: Floats, *, tolerance: float) -> dict[str, object]:
    """How far values with their rounding lie from a range, and what that is called."""
    power = np.rint(np.log10(point / middle))
    beyond, rescaled = _gap(*span, *extent), _gap(*(end / 10.0**power for end in span), *extent)
    verdicts = {"unknown": np.isnan(beyond), "consistent": beyond <= tolerance, "scale-error": (power != 0) & (rescaled <= tolerance)}
    verdict = np.select(list(verdicts.values()), list(verdicts), default="inconsistent")
    power = pd.array(np.where(verdict == "scale-error", power, np.nan), "Int64")
    return {"deviation": point / np.clip(point, *extent) - 1, "beyond_rounding": beyond, "verdict": verdict, "power_of_ten": power}


def _gap(low: Floats, high: Floats, other_low: Floats, other_high: Floats) -> Floats:
    """By what share of the other one range lies above or below another; 0 where they meet."""
    return np.maximum(np.maximum(low / other_high - 1, other_low / high - 1), 0.0)


def _circumstances(rows: pd.DataFrame, figure: pd.DataFrame, prints: pd.DataFrame) -> dict[str, object]:
    """What may help to find out how an inconsistent figure came about."""
    held = pd.Series(pd.NaT, index=rows.index, dtype="datetime64[s]")
    via_usd = pd.Series(pd.NA, index=rows.index, dtype="boolean")
    for row in rows[rows["verdict"] == "inconsistent"].itertuples():
        print_ = figure.iloc[row.Index]
        held[row.Index] = last_held_on(row.base, row.quote, row.rate_low, row.rate_high, print_["start"])
        dollars = prints[(prints["group"] == print_["group"]) & (prints["currency"] == "USD")]
        if len(dollars) and not row.weak and "USD" not in (row.base, row.quote):
            implied = [end / print_["point"] for end in rounded(dollars)]
            via_usd[row.Index] = bool((_gap(*implied, *market(row.base, "USD", print_["start"], print_["end"])) <= TOLERANCE).any())
    return {"last_held_on": held, "fits_via_usd": via_usd}


def _fits_as(figure: object, value: float, is_apart: bool, currencies: list[str]) -> str | None:
    """The currency in which a number apart would equal the value at the market of its publication; None without one."""
    for code in currencies if is_apart else []:
        low, high = market(code, figure.common, figure.start, figure.end)
        near = _gap(figure.point * low, figure.point * high, value, value) <= TOLERANCE
        if code != figure.currency and near and high <= low * (1 + _TELLING):
            return code
    return None
