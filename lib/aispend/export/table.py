"""The facts in four currencies and as shares of GDP, one row a fact, and what each column of that table is."""

from dataclasses import dataclass
from functools import cache

import pandas as pd

from aispend.data import contract
from aispend.data.evidence import facts
from aispend.normalise import normalise
from aispend.normalise.inputs import VALUE_IS

CURRENCIES = {"USD": "US dollars", "KRW": "won", "EUR": "euros", "CNY": "yuan"}


@dataclass(frozen=True)
class Column:
    """One column: its name, what it says in up to 80 characters with the unit, and the values it can take.

    `values` is empty where any value may stand. Names are at most 32 letters, digits and underscores, so that
    Stata takes them as they are.
    """

    name: str
    meaning: str
    unit: str = ""
    values: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """Meaning and unit in one line."""
        return f"{self.meaning} [{self.unit}]" if self.unit else self.meaning


def normalised_facts() -> pd.DataFrame:
    """All facts, one row each, with their value in four currencies, nominal, at market rates, and as share of GDP.

    The columns are those of `columns()`, in that order; an amount without a rate or a GDP is missing, and the
    column of its basis says why. Method: `normalise`.

    >>> frame = normalised_facts().set_index("fact_id")
    >>> f'{frame.at["ai-budget-2025", "value_krw"]:.3g} won, {frame.at["ai-budget-2025", "gdp_share"]:.3%} of GDP'
    '3.3e+12 won, 0.124% of GDP'
    """
    known = facts()
    in_currency = {code: normalise(known, currency=code, on_missing="keep") for code in CURRENCIES}
    of_gdp = normalise(known, currency="USD", per="gdp", on_missing="keep")
    home = ["home_value", "home_rate", "home_rate_on"]
    frame = known.assign(**{name: in_currency["USD"][name] for name in home})
    for code, converted in in_currency.items():
        frame = frame.assign(**{f"{name}_{code.lower()}": converted[source] for name, source in _CONVERTED.items()})
    frame = frame.assign(**{name: of_gdp[source] for name, source in _OF_GDP.items()})
    # A rate that was not needed has no date, and that is a missing value in every format.
    dates = ["home_rate_on", *(f"rate_on_{code.lower()}" for code in CURRENCIES)]
    frame[dates] = frame[dates].replace("", None)
    return frame[[column.name for column in columns()]]


_CONVERTED = {
    "value": "value", "value_low": "value_low", "value_high": "value_high",
    "rate": "target_rate", "rate_on": "target_rate_on", "basis": "basis",
}  # fmt: skip
_OF_GDP = {
    "gdp_share": "value", "gdp_share_low": "value_low", "gdp_share_high": "value_high",
    "gdp_basis": "basis", "gdp_held_from": "held_from", "vintage": "vintage",
}  # fmt: skip


@cache
def columns() -> tuple[Column, ...]:
    """The columns of the normalised facts, in order.

    >>> [column.label for column in columns() if column.name == "rate_eur"]
    ['Rate used for value_eur [EUR per unit of currency]']
    """
    home = (
        Column("home_value", "Amount in home currency", "units of currency"),
        Column("home_rate", "Rate from printed to home currency", "currency per printed_currency"),
        Column("home_rate_on", "Day or period of home_rate; blank where printed in home currency"),
    )
    converted = (column for code, name in CURRENCIES.items() for column in _converted(code, name))
    return (*_described(), *home, *converted, *_of_gdp())


def _described() -> tuple[Column, ...]:
    return (
        Column("fact_id", "Key of the fact"),
        Column("label", "What tells this fact from the actor's others"),
        Column("actor_id", "Key of the actor whose money it is"),
        Column("actor", "Name of the actor in English"),
        Column("programme_id", "Key of the programme it belongs to"),
        Column("family", "Family of measures; only one family shares an axis", values=tuple(dict.fromkeys(contract.families().values()))),
        Column("measure", "Kind of money", values=tuple(contract.families())),
        Column("stage", "How far the money has got", values=_enumerated("facts", "stage")),
        Column("instrument", "Form the money takes", values=_enumerated("facts", "instrument")),
        Column("period_start", "First day of the period covered"),
        Column("period_end", "Last day of the period covered, inclusive"),
        Column("announced_on", "When the amount became known first; YYYY, YYYY-MM or YYYY-MM-DD"),
        Column("currency", "Home currency: in which the money is spent", "ISO 4217"),
        Column("price_country", "Economy whose prices and GDP apply", "ISO 3166-1 alpha-3"),
        Column("ai_scope", "How much of the amount is for AI", values=_enumerated("facts", "ai_scope")),
        Column("what", "What the amount covers"),
        Column("excludes", "What the amount leaves out or cannot show"),
        Column("part_of", "Fact that this one is a part of"),
        Column("replaces", "Earlier plan that this one replaced"),
        Column("realises", "Forecast or plan whose outcome this one is"),
        Column("amount", "Amount, or its bound or midpoint", "units of printed_currency"),
        Column("low", "Lowest of the published figures", "units of printed_currency"),
        Column("high", "Highest of the published figures", "units of printed_currency"),
        Column("printed_currency", "Currency of the best figure", "ISO 4217"),
        Column("value_is", "What amount and values are", values=VALUE_IS),
        Column("per", "What the amount is per; blank where it is a total", values=_enumerated("figures", "per")),
        Column("price_year", "Year of constant prices; blank for current prices", "year"),
        Column("figure_id", "Key of the best figure"),
        Column("amount_text", "Best figure as printed"),
        Column("language", "Language of the best figure", values=_enumerated("figures", "language")),
        Column("published_on", "When the best figure was published; YYYY, YYYY-MM or YYYY-MM-DD"),
        Column("source_id", "Key of the best figure's source"),
        Column("publisher", "Publisher of the best figure"),
        Column("url", "Address of the best figure's source"),
        Column("figures", "How many published figures state the fact", "figures"),
    )


def _converted(code: str, name: str) -> tuple[Column, ...]:
    end = code.lower()
    return (
        Column(f"value_{end}", f"Value in {name}, nominal, at the market rate", code),
        Column(f"value_low_{end}", f"Lowest published figure in {name}", code),
        Column(f"value_high_{end}", f"Highest published figure in {name}", code),
        Column(f"rate_{end}", f"Rate used for value_{end}", f"{code} per unit of currency"),
        Column(f"rate_on_{end}", f"Day or period of rate_{end}; blank where nothing was converted"),
        Column(f"basis_{end}", f"Basis of value_{end}, or why there is none"),
    )


def _of_gdp() -> tuple[Column, ...]:
    return (
        Column("gdp_share", "Amount over nominal GDP of price_country, same years", "fraction of 1"),
        Column("gdp_share_low", "Lowest published figure over GDP", "fraction of 1"),
        Column("gdp_share_high", "Highest published figure over GDP", "fraction of 1"),
        Column("gdp_basis", "Basis of gdp_share, or why there is none"),
        Column("gdp_held_from", "Year whose GDP stands in where a later one is not known yet", "year"),
        Column("vintage", "Editions of the exchange rates and of the GDP series"),
    )


def _enumerated(table: str, name: str) -> tuple[str, ...]:
    (field,) = (field for field in contract.fields(table) if field["name"] == name)
    return tuple(field["constraints"]["enum"])
