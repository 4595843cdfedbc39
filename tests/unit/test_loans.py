"""The grant equivalent against the closed formulas of the OECD DAC, for the loan of its own example and others."""

import numpy as np
import pandas as pd
import pytest

from aispend.errors import AiSpendError
from aispend.loans import grant_equivalent


def by_the_formula(*, rate: float, market_rate: float, years: float, grace: float, payments: int) -> float:
    """The DAC's general formula for equal principal payments, in its own letters."""
    r, a, m, interval = rate, payments, years, grace
    d = (1 + market_rate) ** (1 / a) - 1
    repayment = m - interval
    nr, c1, c2 = a * repayment, (1 + market_rate) ** interval, (1 + market_rate) ** repayment
    zg = r * (1 - 1 / c1) / (a * d)
    zm = (1 / nr) * (1 / c1) * ((1 - 1 / c2) / d)
    zx = (r / (a * nr)) * (1 / c1) * (1 / c2 - 1 + d * nr) / (d * d)
    return 1 - zg - zm - zx


# First the DAC's example: ten years at 2.5 %, six-monthly instalments from the thirtieth month, discounted at 10 %.
@pytest.mark.parametrize(("rate", "market_rate", "years", "grace", "payments"), [(0.025, 0.10, 10, 2, 2), (0.0075, 0.05, 38, 6, 2), (0.0, 0.03, 5, 0, 1), (0.04, 0.09, 15, 2.5, 4), (0.08, 0.05, 3, 0, 12)])
def test_the_payments_discounted_one_by_one_agree_with_the_formula(rate: float, market_rate: float, years: float, grace: float, payments: int):
    terms = {"rate": rate, "market_rate": market_rate, "years": years, "grace": grace, "payments": payments}
    assert grant_equivalent(1.0, **terms) == pytest.approx(by_the_formula(**terms), abs=1e-12)


def test_a_loan_at_the_market_rate_is_no_gift_and_one_without_interest_for_ever_is_nearly_all_gift():
    assert grant_equivalent(1e12, rate=0.05, market_rate=0.05, years=20, grace=5, payments=1) == pytest.approx(0, abs=1)
    assert grant_equivalent(1.0, rate=0, market_rate=0.1, years=500, grace=499, payments=1) == pytest.approx(1, abs=1e-12)
    assert grant_equivalent(1.0, rate=0.2, market_rate=0.1, years=5) < 0


def test_a_series_stays_a_series():
    loans = pd.Series([1.0, 2.0], index=["a", "b"])
    pd.testing.assert_series_equal(grant_equivalent(loans, rate=0.0, market_rate=0.1, years=1, payments=1), loans * (1 - 1 / 1.1))


@pytest.mark.parametrize("terms", [{"rate": -0.01}, {"market_rate": np.nan}, {"market_rate": -0.5}, {"years": 0}, {"grace": 10}, {"grace": -1}, {"rate": np.inf}, {"rate": 2.5, "market_rate": 10.0}])
def test_terms_that_make_no_loan_are_refused(terms: dict):
    with pytest.raises(AiSpendError, match="no loan: rate="):
        grant_equivalent(1.0, **{"rate": 0.01, "market_rate": 0.05, "years": 10, **terms})


@pytest.mark.parametrize("terms", [{"rate": "0.01"}, {"market_rate": None}, {"years": "10"}, {"payments": True}])
def test_terms_that_are_no_numbers_are_refused_by_name(terms: dict):
    with pytest.raises(AiSpendError, match=f"{next(iter(terms))}=.* is no number"):
        grant_equivalent(1.0, **{"rate": 0.01, "market_rate": 0.05, "years": 10, **terms})


def test_half_an_interval_is_refused():
    with pytest.raises(AiSpendError, match="years must be a whole number of payment intervals"):
        grant_equivalent(1.0, rate=0.01, market_rate=0.05, years=10.3)


def test_the_market_rate_has_no_default():
    with pytest.raises(TypeError, match="market_rate"):
        grant_equivalent(1.0, rate=0.01, years=10)  # type: ignore[call-arg]
