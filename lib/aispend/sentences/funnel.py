"""What the five-to-two funnel does with the money."""

from collections.abc import Sequence

from aispend.wording import capital, duration, listed, multiple, number, times


def finalist_money(low: str, high: str, base: str, *, scenarios: int, chosen: str) -> str:
    """The range of what a finalist can expect over all scenarios, and one of them.

    >>> finalist_money("KRW 38.7 bn", "KRW 268 bn", "KRW 57.1 bn", scenarios=160, chosen="the voted sum in equal shares to February 2027")
    'A finalist ends up with KRW 38.7 bn to KRW 268 bn, across 160 scenarios; with the voted sum in equal shares to February 2027 it is KRW 57.1 bn'
    """
    return f"A finalist ends up with {low} to {high}, across {scenarios} scenarios; with {chosen} it is {base}"


def matters_most(choices: Sequence[str], low: str, high: str) -> str:
    """Which of several choices moves a finalist's money most; `choices` come in that order.

    >>> matters_most(["which budget is meant", "the rule", "the end"], "KRW 51.7 bn", "KRW 142 bn")
    "Which budget is meant moves a finalist's money most, from KRW 51.7 bn to KRW 142 bn; then come the rule and the end"
    """
    return f"{capital(choices[0])} moves a finalist's money most, from {low} to {high}; then come {listed(list(choices[1:]))}"


def finalist_beside(run_ratio: float, days: float, *, run: str, spending: str) -> str:
    """A finalist's money as a multiple of a training run and as time of another's spending.

    >>> finalist_beside(7.4, 0.165, run="DeepSeek's published V3 run", spending="Alphabet's capital expenditure")
    "A finalist's money equals 7.4 times DeepSeek's published V3 run and about four hours of Alphabet's capital expenditure"
    """
    return f"A finalist's money equals {multiple(run_ratio)}{' of' if run_ratio < 1 else ''} {run} and {duration(days)} of {spending}"


def concentration(ratio: float, *, teams: int) -> str:
    """What the funnel gives a finalist over an even split without any cut.

    >>> concentration(1.336, teams=5)
    'By equal shares a finalist has 1.3 times what each of five teams would have had without a cut'
    """
    return f"By equal shares a finalist has {times(ratio)} what each of {number(teams)} teams would have had without a cut"


def teams_by_stage(counts: Sequence[int], planned: int) -> str:
    """How many teams there were and are to be, and of how many rounds no result is known.

    >>> teams_by_stage([5, 3, 4, 3, 2], 2)
    'From five teams to three, then to four, three and two; two of the rounds are plans without a result in the sources'
    >>> teams_by_stage([5, 4, 4, 2], 0), teams_by_stage([5, 5], 0)
    ('From five teams to four, then to two', 'Five teams all the way')
    """
    words = [number(count) for before, count in zip([None, *counts], counts, strict=False) if count != before]
    later = f", then to {listed(words[2:])}" if len(words) > 2 else ""
    plans = f"; {number(planned)} of the rounds {'are plans' if planned != 1 else 'is a plan'} without a result in the sources" if planned else ""
    return f"{capital(words[0])} teams all the way{plans}" if len(words) == 1 else f"From {words[0]} teams to {words[1]}{later}{plans}"


def budget_to_match(ratio: float, *, run: str, budget: str) -> str:
    """By how much a budget would have to differ for a finalist to pay for a run.

    >>> budget_to_match(4.5, run="the GPT-4.5 run", budget="The voted sum")
    'The voted sum would have to be 4.5 times as large for a finalist to match the GPT-4.5 run'
    >>> budget_to_match(0.7, run="the GPT-4 run", budget="The voted sum")
    'The voted sum gives a finalist at least what the GPT-4 run is estimated to have cost'
    """
    if ratio <= 1:
        return f"{budget} gives a finalist at least what {run} is estimated to have cost"
    return f"{budget} would have to be {times(ratio)} as large for a finalist to match {run}"


def gpu_time_in_kind(share: float, money: str) -> str:
    """How much of a finalist's share of the printed parts is no money at all.

    >>> gpu_time_in_kind(0.64, "KRW 58.3 bn")
    "By the parts printed for the first phase, 64 % of a finalist's KRW 58.3 bn is GPU time in kind, not cash"
    """
    return f"By the parts printed for the first phase, {100 * share:.0f} % of a finalist's {money} is GPU time in kind, not cash"
