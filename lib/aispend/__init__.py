"""Published figures in, comparable figures out, every step visible.

- Read and write money: `read_money`, `find_money`, `format_money`, `Money`.
- The evidence: `facts`, `figures`, `load` (any table), `cite`.
- Rates and prices: `rate`, `convert`, `fixing_date`, `deflate`.
- One basis, and its way: `normalise`, `explain`; `grant_equivalent` of a loan.
- Compare: `compare`, `ladder_steps`, `every_choice`.
- Check prints against each other: `implied_rates`, `disagreements`.
- Follow a budget through a tournament: `champions`, `every_scenario`, `one_change_at_a_time`.
- Show: `charts`, `sentences`, `wording`, `Exhibit`, `record`.

    >>> import aispend as ai
    >>> ai.facts(actors="deepseek", measure="training-run")["currency"].unique().tolist()
    ['USD']

Whatever is refused on purpose raises `AiSpendError`. Names are resolved on first use (PEP 562), so that importing
one part, such as `aispend.money`, does not load pandas or matplotlib.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

_HOME = {
    "Money": "money",
    "find_money": "money",
    "read_money": "money",
    "format_money": "money",
    "load": "data.tables",
    "facts": "data.evidence",
    "figures": "data.evidence",
    "cite": "data.evidence",
    "rate": "rates",
    "convert": "rates",
    "fixing_date": "rates",
    "deflate": "prices",
    "normalise": "normalise",
    "explain": "normalise",
    "compare": "compare",
    "largest_standing": "standing",
    "ladder_steps": "ladder",
    "every_choice": "ladder",
    "grant_equivalent": "loans",
    "champions": "champions",
    "every_scenario": "champions",
    "one_change_at_a_time": "champions",
    "implied_rates": "audit",
    "disagreements": "audit",
    "Exhibit": "exhibit",
    "record": "exhibit",
    "AiSpendError": "errors",
}
_ROOMS = ("charts", "sentences", "wording", "rates", "prices", "periods", "tournament", "errors", "money")

__all__ = [*_HOME, "charts", "sentences", "wording"]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    if name in _ROOMS:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"aispend has no name {name!r}; public names: {', '.join(sorted(__all__))}")


def __dir__() -> list[str]:
    return sorted(__all__)


class _PublicNames(ModuleType):
    """Keeps `aispend.normalise` the function: importing a submodule would bind the module of that name here."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name in _HOME and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _PublicNames
