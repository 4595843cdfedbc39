"""What was printed: conversions, definitions, how well the figures are supported."""

import pandas as pd

from aispend.money import format_money, read_money
from aispend.wording import capital, number


def conversion_inside_market(implied: float, low: float, high: float, *, printed: str, unit: str, window: str) -> str:
    """A published conversion that the market of its day supports.

    >>> conversion_inside_market(200.04, 197.1, 203.6, printed="34 trillion won over 169.966 billion yuan", unit="won per yuan", window="February and March 2025")
    '34 trillion won over 169.966 billion yuan is 200.0 won per yuan; the market of February and March 2025 ranged from 197.1 to 203.6, so the two prints agree'
    """
    inside = low <= implied <= high
    verdict = "so the two prints agree" if inside else "so the two prints do not agree"
    return f"{printed} is {implied:,.1f} {unit}; the market of {window} ranged from {low:,.1f} to {high:,.1f}, {verdict}"


def conversion_beside_market(implied: float, market: float, *, printed: str, unit: str, window: str) -> str:
    """A published conversion and how far it lies from the market of its day.

    >>> conversion_beside_market(1452.05, 1618.0, printed="530 billion won over 365 million euros", unit="won per euro", window="August and September 2025")
    '530 billion won over 365 million euros is 1,452 won per euro, 10 % below the market rate of 1,618 in August and September 2025'
    """
    gap = implied / market - 1
    return f"{printed} is {implied:,.0f} {unit}, {abs(gap):.0%} {'below' if gap < 0 else 'above'} the market rate of {market:,.0f} in {window}".replace("%", " %")


def definitions_differ(low: str, high: str, *, count: int, what: str) -> str:
    """The same words with several published amounts behind them.

    >>> definitions_differ("KRW 1.8 tn", "KRW 5.7 tn", count=4, what="Korea's 2025 AI budget")
    "Four published definitions put Korea's 2025 AI budget anywhere from KRW 1.8 tn to KRW 5.7 tn"
    """
    return f"{capital(number(count))} published definitions put {what} anywhere from {low} to {high}"


def evidence(facts: int, figures: int, publications: int) -> str:
    """How much stands behind the numbers.

    >>> evidence(421, 711, 372)
    '711 published figures from 372 publications state 421 facts'
    """
    return f"{figures:,} published figures from {publications:,} publications state {facts:,} facts"


def primary_share(share: float, languages: int) -> str:
    """How much of the evidence comes from those who should know.

    >>> primary_share(0.21, 4)
    '21 % of the figures come from official documents, filings or the companies themselves; the rest, in four languages, from datasets, press and blogs'
    """
    return (
        f"{100 * share:.0f} % of the figures come from official documents, filings or the companies themselves; "
        f"the rest, in {number(languages)} languages, from datasets, press and blogs"
    )


def single_source_share(share: float) -> str:
    """How many facts stand on one publication alone.

    >>> single_source_share(0.71)
    '71 % of the facts stand on a single publication'
    """
    return f"{100 * share:.0f} % of the facts stand on a single publication"


def old_evidence(old: int, actors: int, *, months: int) -> str:
    """For how many actors the newest figure is old.

    >>> old_evidence(9, 30, months=12)
    'For nine of 30 actors the newest figure is more than 12 months old'
    """
    return f"For {number(old)} of {actors} actors the newest figure is more than {months} months old"


def conversions_agree(share: float, *, checked: int) -> str:
    """How many printed conversions fit the market of their day.

    >>> conversions_agree(0.905, checked=147)
    '90 % of 147 printed conversions fit the market of their day'
    """
    return f"{100 * share:.0f} % of {checked:,} printed conversions fit the market of their day"


def conversions_off(count: int) -> str:
    """How many do not.

    >>> conversions_off(14)
    '14 conversions do not fit the market of their day'
    """
    return f"{capital(number(count))} conversion{'s do' if count != 1 else ' does'} not fit the market of their day"


def contradictions(figures: int, facts: int) -> str:
    """How many figures contradict others of the same fact.

    >>> contradictions(26, 21)
    '26 figures on 21 facts contradict what others print for the same thing'
    """
    return f"{capital(number(figures))} figures on {number(facts)} facts contradict what others print for the same thing"


def careful_outlets(faultless: int, outlets: int) -> str:
    """How many outlets made no conversion that does not fit.

    >>> careful_outlets(9, 12)
    'Nine of twelve outlets with three or more conversions made none that does not fit'
    >>> careful_outlets(18, 18)
    'Every conversion of the 18 outlets with three or more fits the market of its day'
    """
    if faultless == outlets:
        return f"Every conversion of the {number(outlets)} outlets with three or more fits the market of its day"
    return f"{capital(number(faultless))} of {number(outlets)} outlets with three or more conversions made none that does not fit"


def in_english(print_: pd.Series) -> str:
    """A print, a row of `figures()`, as the sum it states in English.

    >>> in_english(pd.Series({"amount_text": "34 billions de won", "language": "fr", "currency": "KRW"}))
    '34 trillion South Korean won'
    """
    money = read_money(print_["amount_text"], print_["language"], currency=print_["currency"])
    return format_money(money, "en", digits=6, style="long")


def not_used(count: int) -> str:
    """How many prints no fact could take.

    >>> not_used(5)
    'Five prints were found that no fact could take'
    """
    return f"{capital(number(count))} print{'s were' if count != 1 else ' was'} found that no fact could take"
