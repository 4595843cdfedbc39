"""What a cheap loan is worth as a gift: the grant equivalent of the OECD's Development Assistance Committee."""

from numbers import Real
from typing import Any

import numpy as np

from aispend.errors import AiSpendError
from aispend.rates import multiplied


def grant_equivalent(amount: Any, *, rate: float, market_rate: float, years: float, grace: float = 0, payments: int = 2) -> Any:
    """The part of a loan that is a gift: its amount less the present value of all the borrower will pay.

    `amount` is a number, Series or array in any currency, and so is the result. `rate` is the loan's yearly interest
    and `market_rate` what the same borrower pays elsewhere, both as parts of one; the second has no default, because
    no one rate fits every borrower. The capital is repaid in equal parts, `payments` a year, until `years`, after
    `grace` years of interest alone (the DAC's own grace period runs to the first repayment, one interval longer). A
    loan dearer than the market has a negative grant equivalent.

    Raises `AiSpendError` for terms that do not make a loan. Source: OECD DAC, grant element with equal principal
    payments; the discount rate of one interval is (1 + market_rate)^(1 / payments) - 1.

    >>> round(grant_equivalent(1000.0, rate=0.025, market_rate=0.10, years=10, grace=2), 2)
    323.91
    >>> grant_equivalent(1000.0, rate=0.0, market_rate=0.0, years=10)
    0.0
    """
    terms = {"rate": rate, "market_rate": market_rate, "years": years, "grace": grace, "payments": payments}
    for name, term in terms.items():
        if isinstance(term, bool) or not isinstance(term, Real):
            raise AiSpendError(f"{name}={term!r} is no number")
    count, free = _whole(years * payments, "years"), _whole(grace * payments, "grace")
    # A rate of 100 % or more is a percentage that was not divided by a hundred.
    if not (0 <= rate < 1 and 0 <= market_rate < 1 and 0 <= free < count):
        raise AiSpendError(
            f"no loan: rate={rate}, market_rate={market_rate}, years={years}, grace={grace}; rates are parts of one, not "
            "below 0 and below 1 (0.03 for 3 %), and grace is shorter than years"
        )
    interval = np.arange(1, count + 1)
    repaid = np.where(interval > free, 1 / (count - free), 0.0)
    outstanding = 1 - np.append(0.0, repaid.cumsum()[:-1])
    paid = repaid + outstanding * rate / payments
    present = float((paid * (1 + market_rate) ** (-interval / payments)).sum())
    element = 0.0 if abs(1 - present) < 1e-12 else 1 - present
    return multiplied(amount, element)


def _whole(count: float, name: str) -> int:
    if not np.isfinite(count) or abs(count - round(count)) > 1e-9:
        raise AiSpendError(f"{name} must be a whole number of payment intervals, not {count}; say how many payments a year")
    return round(count)
