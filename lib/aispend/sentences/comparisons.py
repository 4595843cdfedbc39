"""Sums of money beside each other."""

from collections.abc import Sequence

from aispend.wording import duration, listed, months, multiple, number, part, plain_name, qualifier, times, weight


def budget_against_spending(days: float, ratio_of_gdp: float, *, budget: str, spending: str) -> str:
    """The overview's headline: a budget as days of another's spending, and both as shares of their economies.

    >>> budget_against_spending(9.27, 0.4175, budget="Korea's 2025 AI budget", spending="Alphabet's capital expenditure")
    "At market exchange rates, Korea's 2025 AI budget equals about nine days of Alphabet's capital expenditure; weighed against its own economy it is two fifths as heavy"
    """
    return f"At market exchange rates, {budget} equals {duration(days)} of {spending}; weighed against its own economy it is {weight(ratio_of_gdp)}"


def larger_in_money_than_in_weight(ratio: float, ratio_of_gdp: float, *, larger: str, smaller: str, what: str) -> str:
    """One source, one definition, two economies: how the gap shrinks when each is set against its GDP.

    >>> larger_in_money_than_in_weight(82.02, 5.0, larger="American", smaller="Korean", what="private AI investment of 2024")
    'American private AI investment of 2024 was 82 times the Korean in money and five times as a share of GDP'
    """
    return f"{larger} {what} was {times(ratio)} the {smaller} in money and {times(ratio_of_gdp)} as a share of GDP"


def programme_beside_runs(days: float, share_of_runs: float, *, programme: str, spending: str, runs: str) -> str:
    """A programme's year of money beside another's spending and beside the price of its models.

    >>> programme_beside_runs(0.5617, 0.281, programme="The programme's 2025 money", spending="Alphabet's capital expenditure", runs="the estimated cost of the final training runs of all OpenAI models of 2024")
    "The programme's 2025 money is about 13.5 hours of Alphabet's capital expenditure, yet over a quarter of the estimated cost of the final training runs of all OpenAI models of 2024"
    """
    beside = part(share_of_runs) if share_of_runs < 1 else times(share_of_runs)
    return f"{programme} is {duration(days)} of {spending}, yet {beside} of {runs}"


def share_beside_share(first_share: float, second_share: float, *, first: str, second: str, second_economy: str) -> str:
    """Two amounts as shares of their own economies.

    >>> share_beside_share(0.001239, 0.002972, first="Korea's 2025 AI budget", second="Alphabet's capital expenditure", second_economy="American")
    "Korea's 2025 AI budget was 0.12 % of Korean GDP, Alphabet's capital expenditure 0.30 % of American GDP"
    """
    return f"{first} was {100 * first_share:#.2g} % of Korean GDP, {second} {100 * second_share:#.2g} % of {second_economy} GDP"


def fund_against_spending(whole: float, comparable: float, *, fund: str, kept: str, spending: str) -> str:
    """A sum over many years and purposes beside one year of another's spending, and what is left when like meets like.

    >>> fund_against_spending(1.26, 0.046, fund="The 150-trillion fund", kept="its AI money of one year", spending="Alphabet's capital expenditure")
    "The 150-trillion fund is 1.3 times a year of Alphabet's capital expenditure; its AI money of one year is 4.6 % of it"
    """
    beside = part(comparable) if comparable < 1 else times(comparable)
    first = f"is {times(whole)}" if whole >= 1 else f"is {part(whole)} of"
    return f"{fund} {first} a year of {spending}; {kept} is {beside} of it"


def money_beside_peer(days: float, ratio: float, *, money: str, spending: str) -> str:
    """A sum of money as days of another's spending or, where the other is no spending over time, as a multiple.

    >>> money_beside_peer(0.5617, 0.0015, money="The programme's 2025 money", spending="Alphabet's capital expenditure")
    "The programme's 2025 money equals about 13.5 hours of Alphabet's capital expenditure"
    >>> money_beside_peer(float("nan"), 25.2, money="The programme's 2025 money", spending="DeepSeek's V3 training run")
    "The programme's 2025 money equals 25 times DeepSeek's V3 training run"
    """
    if days == days:
        return f"{money} equals {duration(days)} of {spending}"
    return f"{money} equals {times(ratio) if ratio >= 1 else part(ratio) + ' of'} {spending}"


def kinds_of_money(family: str, *, who: Sequence[str]) -> str:
    """What a picture of one family of money shows, for a reader who does not know the word.

    >>> kinds_of_money("outlay", who=["South Korea (public)", "OpenAI"])
    'Money spent, voted or estimated: Korea and OpenAI'
    """
    words = {
        "outlay": "Money spent, voted or estimated",
        "financing": "Money to be lent, guaranteed or raised, which is not spending",
        "unit-cost": "The price of a single training run",
        "context": "For context: no AI spending",
    }
    return f"{words[family]}: {listed([plain_name(name) for name in who])}"


def shares_of_gdp(shares: Sequence[tuple[str, str, float]], *, peer: str) -> str:
    """The heaviest of several amounts beside Korea's heaviest, each a share of its own country's GDP.

    `shares` are (actor, label, share); without one of the peer the sentence says that none is published.

    >>> shares_of_gdp([("South Korea (public)", "AI budget 2025", 0.00124), ("Alphabet (Google)", "capital expenditure, 2025", 0.00297)], peer="Alphabet (Google)")
    "Alphabet (capital expenditure, 2025): 0.30 % of its country's GDP; Korea (AI budget 2025): 0.12 %"
    >>> shares_of_gdp([("South Korea (public)", "AI budget 2025", 0.00124)], peer="DeepSeek")
    "DeepSeek publishes no yearly spending to set against its country's GDP; Korea (AI budget 2025): 0.12 %"
    """
    _, korean, korean_share = max((row for row in shares if row[0] != peer), key=lambda row: row[2])
    others = [row for row in shares if row[0] == peer]
    if not others:
        return f"{peer} publishes no yearly spending to set against its country's GDP; Korea ({korean}): {100 * korean_share:#.2g} %"
    _, label, share = max(others, key=lambda row: row[2])
    return f"{plain_name(peer)} ({label}): {100 * share:#.2g} % of its country's GDP; Korea ({korean}): {100 * korean_share:#.2g} %"


def money_over_run(ratio: float, *, money: str, run: str) -> str:
    """A sum of money beside the dearest of several training runs.

    >>> money_over_run(25.2, money="The programme's money of 2025", run="DeepSeek's V3, published training run")
    "The programme's money of 2025 is 25 times the dearest run here, DeepSeek's V3, published training run"
    """
    return f"{money} is {times(ratio) if ratio >= 1 else part(ratio) + ' of'} the dearest run here, {run}"


def growth(ratio: float, *, later: str, earlier: str) -> str:
    """How an amount compares with that of an earlier year, both in home currency.

    >>> growth(3.0, later="Korea's AI budget of 2026", earlier="the main budget of 2025, before two supplementary budgets")
    "Korea's AI budget of 2026 is three times the main budget of 2025, before two supplementary budgets"
    """
    return f"{later} is {times(ratio) if ratio >= 1 else part(ratio) + ' of'} {earlier}"


def programme_money(family: str, amounts: Sequence[str], *, name: str) -> str:
    """What a picture of one family of a programme's money shows; `amounts` from the smallest to the largest.

    >>> programme_money("financing", ["KRW 30 bn", "KRW 6 tn", "KRW 150 tn"], name="National Growth Fund")
    'National Growth Fund: three sums to be lent, guaranteed or raised, from KRW 30 bn to KRW 150 tn'
    >>> programme_money("outlay", ["KRW 179 bn"], name="Second supplementary budget 2025")
    'Second supplementary budget 2025: KRW 179 bn spent, voted or planned'
    """
    words = {"outlay": "spent, voted or planned", "financing": "to be lent, guaranteed or raised", "unit-cost": "for a training run", "context": "for context, no spending"}
    if len(amounts) == 1:
        return f"{name}: {amounts[0]} {words[family]}"
    return f"{name}: {number(len(amounts))} sums {words[family]}, from {amounts[0]} to {amounts[-1]}"


def sum_of_record(name: str, *, label: str, amount: str, value_is: str, stage: str, family: str, measure: str) -> str:
    """The largest sum of a programme that still stands, and what kind of money it is.

    >>> sum_of_record("National Growth Fund", label="150-trillion-won growth fund", amount="KRW 150 tn", value_is="exact", stage="announced", family="financing", measure="fund")
    'National Growth Fund: KRW 150 tn announced as financing, not as spending (150-trillion-won growth fund)'
    >>> sum_of_record("AI in daily life", label="AI in daily life 2024, voted", amount="KRW 710 bn", value_is="about", stage="appropriated", family="outlay", measure="budget")
    'AI in daily life: about KRW 710 bn voted (AI in daily life 2024)'
    """
    stages = {"requested": "asked for", "appropriated": "voted", "guided": "planned by the firm"}
    kinds = {"financing": " as financing, not as spending", "context": ", which is no spending"}
    word = stages.get(stage, stage)
    kind = " as private investment" if measure == "private-investment" else kinds.get(family, "")
    return f"{name}: {qualifier(value_is)}{amount} {word}{kind} ({label.removesuffix(f', {word}')})"


def picture_moved(days_then: float, days_now: float, *, then: str, budget: str, spending: str) -> str:
    """The same comparison with what was known at an earlier date and with what is known now.

    >>> picture_moved(6.0, 9.27, then="2025-02-28", budget="Korea's 2025 AI budget", spending="Alphabet's capital expenditure")
    "By what was known in February 2025, Korea's 2025 AI budget equalled about six days of Alphabet's capital expenditure; today's figures say about nine days"
    """
    return f"By what was known in {months(then, then)}, {budget} equalled {duration(days_then)} of {spending}; today's figures say {duration(days_now)}"


def unlike_stages(korean: Sequence[str], peer: str, *, undated: Sequence[str]) -> str:
    """In what a Korean sum and a peer's differ besides their size.

    >>> unlike_stages(["appropriated", "announced"], "spent", undated=["five-team programme, international press"])
    "The Korean sums are appropriated or announced, the peer's is spent. No period is published for: five-team programme, international press."
    """
    missing = f" No period is published for: {'; '.join(undated)}." if len(undated) else ""
    return f"The Korean sums are {' or '.join(korean)}, the peer's is {peer}.{missing}"


def under_every_choice(ranges: Sequence[tuple[str, float, float]], *, peer: str) -> str:
    """Which of several sums stay above or below a peer's, whatever is chosen; `ranges` are (sum, lowest, highest ratio).

    >>> under_every_choice([("the growth fund", 0.05, 19.0), ("the AI budget", 0.02, 0.42)], peer="Alphabet's capital expenditure")
    "Under every choice the AI budget stays below Alphabet's capital expenditure; for the growth fund (5 % to 19 times it) the choice decides"
    """
    below, above = [name for name, _, high in ranges if high < 1], [name for name, low, _ in ranges if low > 1]
    firm = [f"{listed(names)} {'stays' if len(names) == 1 else 'stay'} {where}" for names, where in ((below, "below"), (above, "above")) if names]
    undecided = [f"{name} ({multiple(low)} to {multiple(high)} it)" for name, low, high in ranges if low <= 1 <= high]
    first = f"Under every choice {' and '.join(firm)} {peer}" if firm else f"No conclusion about {peer} survives every choice"
    return f"{first}; for {listed(undecided)} the choice decides" if undecided else first
