"""Facts with the figure that states each best, figures with their sources, and citations."""

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from aispend.data import contract
from aispend.data.tables import load, state
from aispend.errors import AiSpendError

_LATEX = re.compile(r"[&%_#$]")
_ISO = re.compile(r"\d{4}(-\d\d){0,2}")
# Only figures alike in these say the same amount.
_SAME = ["currency", "per", "price_year"]
_FROM_FIGURE = ["per", "price_year", "figure_id", "amount_text", "language", "published_on", "source_id"]


def last_day(partial: str) -> date:
    """The last day that YYYY, YYYY-MM or YYYY-MM-DD can mean.

    >>> last_day("2025-02")
    datetime.date(2025, 2, 28)
    """
    return pd.Period(partial, freq={4: "Y", 7: "M", 10: "D"}[len(partial)]).end_time.date()


def facts(
    *,
    actors: Iterable[str] | str | None = None,
    family: str | None = None,
    measure: str | None = None,
    years: int | tuple[int, int] | None = None,
    as_of: str | date | None = None,
) -> pd.DataFrame:
    """Facts, one row each, with the amount of the best published figure in major currency units.

    `actors` are actor ids, `family` and `measure` as in the codebook; `years` is a calendar year or a pair,
    first and last, in which the fact's period lies; `as_of` (an ISO date) uses only what was published by
    the end of that day. `low` and `high` are the range of the fact's published figures in the same currency,
    never called uncertainty; figures marked as misprints or superseded are not used. `value_is` says what the
    amount is: exact, about, midpoint (of a printed range), at-least or at-most.

    Raises `AiSpendError` for an actor, family or measure that does not exist, or what is no year or no ISO date.

    >>> facts(actors="alphabet", measure="capital-expenditure", years=2024)["fact_id"].tolist()[:1]
    ['alphabet-capex-2024']
    """
    frame = _stated(as_of, *map(state, ("facts", "figures", "sources", "actors")))
    return frame[_selected(frame, actors=actors, family=family, measure=measure, years=years)].reset_index(drop=True)


@lru_cache(maxsize=8)
def _stated(as_of: str | date | None, *_: tuple[Path, int]) -> pd.DataFrame:
    """All facts with their best figures; what follows `as_of` says which state of the tables they come from."""
    frame = load("facts")
    frame["family"] = frame["measure"].map(contract.families())
    frame = frame.merge(_best_figures(_usable(figures(), as_of=as_of)), on="fact_id", how="inner", validate="one_to_one")
    frame["actor"] = frame["actor_id"].map(load("actors").set_index("actor_id")["name_en"])
    first = ["fact_id", "label", "actor_id", "actor", "programme_id", "family"]
    return frame[first + [column for column in frame if column not in first]]


def figures(*, of: str | Iterable[str] | None = None) -> pd.DataFrame:
    """Published figures, one row each, with publisher, title, url and kind of their source.

    `of` is a fact id or several; without it all figures are returned. Amounts are what the words say, in
    major units of the printed currency, misprints included.

    Raises `AiSpendError` for a fact that does not exist.

    >>> "34 billions de won" in figures(of="fund-34tn")["amount_text"].tolist()
    True
    """
    frame = load("figures")
    if of is not None:
        wanted = _listed(of)
        _refuse_unknown("fact", wanted, load("facts")["fact_id"])
        frame = frame[frame["fact_id"].isin(wanted)]
    sources = load("sources")[["source_id", "publisher", "title", "kind", "url", "published_on", "accessed_on"]]
    frame = frame.merge(
        sources.rename(columns={"published_on": "source_published_on"}), on="source_id", how="left", validate="many_to_one"
    )
    return frame.reset_index(drop=True)


def cite(frame: pd.DataFrame, *, style: str = "markdown") -> str:
    """The sources of a frame that has a `source_id` column, once each, in order of publisher.

    `style` is markdown (a list with links) or bibtex.

    >>> print(cite(facts(actors="deepseek", measure="training-run").head(0)))
    <BLANKLINE>
    """
    if "source_id" not in frame:
        raise AiSpendError("cite needs a frame with a source_id column, such as facts() or figures() return")
    sources = load("sources")
    sources = sources[sources["source_id"].isin(frame["source_id"])].sort_values(["publisher", "source_id"])
    writers = {"markdown": _markdown_entry, "bibtex": _bibtex_entry}
    if style not in writers:
        raise AiSpendError(f"unknown citation style {style!r}; use one of {', '.join(writers)}")
    return "\n".join(writers[style](row) for row in sources.fillna("").to_dict("records"))


def _selected(
    frame: pd.DataFrame,
    *,
    actors: Iterable[str] | str | None,
    family: str | None,
    measure: str | None,
    years: int | tuple[int, int] | None,
) -> pd.Series:
    chosen = pd.Series(True, index=frame.index)
    if actors is not None:
        wanted = _listed(actors)
        _refuse_unknown("actor", wanted, load("actors")["actor_id"])
        chosen &= frame["actor_id"].isin(wanted)
    if family is not None:
        _refuse_unknown("family", [family], contract.families().values())
        chosen &= frame["family"] == family
    if measure is not None:
        _refuse_unknown("measure", [measure], contract.families())
        chosen &= frame["measure"] == measure
    if years is not None:
        first, last = _span(years)
        chosen &= (frame["period_start"].dt.year >= first) & (frame["period_end"].dt.year <= last)
    return chosen


def _span(years: int | tuple[int, int]) -> tuple[int, int]:
    span = years if isinstance(years, tuple | list) else (years, years)
    if len(span) != 2 or not all(isinstance(year, int) for year in span) or span[0] > span[1]:
        raise AiSpendError(f"years={years!r} is no year and no pair of years; give 2025, or the first and the last, such as (2024, 2026)")
    return span[0], span[1]


def _day(as_of: str | date) -> date:
    if isinstance(as_of, date):
        return as_of
    try:
        if _ISO.fullmatch(as_of):
            return last_day(as_of)
    except (TypeError, ValueError):
        pass
    raise AiSpendError(f"as_of={as_of!r} is no date; give a date or ISO text such as '2025', '2025-03' or '2025-03-03'")


def _usable(frame: pd.DataFrame, *, as_of: str | date | None) -> pd.DataFrame:
    if as_of is not None:
        day = _day(as_of)
        # A print was known by the last day its date can mean, and at the latest on the day it was read.
        printed = frame["published_on"].fillna(frame["source_published_on"]).fillna("9999").map(last_day)
        frame = frame[np.minimum(printed, frame["accessed_on"].dt.date) <= day]
    return frame[frame["misprint"].isna() & ~frame["figure_id"].isin(frame["supersedes"].dropna())]


def _best_figures(frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame.sort_values(["fact_id", "rank"]).assign(
        floor=frame[["amount", "amount_low", "amount_high"]].min(axis=1),
        ceiling=frame[["amount", "amount_low", "amount_high"]].max(axis=1),
    )
    best = frame.drop_duplicates("fact_id").set_index("fact_id")
    alike = frame[np.logical_and.reduce([_equal_or_both_blank(frame[column], frame["fact_id"].map(best[column])) for column in _SAME])]
    ranges = alike.groupby("fact_id").agg(low=("floor", "min"), high=("ceiling", "max"))
    stated = best[_FROM_FIGURE + ["publisher", "url"]].assign(
        amount=best["amount"].fillna(best[["amount_low", "amount_high"]].mean(axis=1)),
        low=ranges["low"],
        high=ranges["high"],
        printed_currency=best["currency"],
        value_is=_value_is(best),
        figures=frame.groupby("fact_id").size(),
    )
    return stated.reset_index()


def _equal_or_both_blank(left: pd.Series, right: pd.Series) -> pd.Series:
    return (left.eq(right) | (left.isna() & right.isna())).fillna(False).astype(bool)


def _value_is(best: pd.DataFrame) -> np.ndarray:
    bounded, low, high = best["amount"].isna(), best["amount_low"].notna(), best["amount_high"].notna()
    return np.select(
        [bounded & low & high, bounded & low, bounded & high, best["approximate"]],
        ["midpoint", "at-least", "at-most", "about"],
        default="exact",
    )


def _listed(values: str | Iterable[str]) -> list[str]:
    return [values] if isinstance(values, str) else list(values)


def _refuse_unknown(kind: str, wanted: Iterable[str], known: Iterable[str]) -> None:
    known = sorted(set(known))
    unknown = [value for value in wanted if value not in known]
    if unknown:
        shown = known if len(known) < 30 else [*known[:30], "..."]
        raise AiSpendError(f"no {kind} {unknown[0]!r} in data/; there are: {', '.join(shown)}")


def _markdown_entry(row: dict[str, object]) -> str:
    title = f"*{row['title']}*" if row["title"] else "untitled page"
    linked = f"[{title}]({row['url']})" if row["url"] else title
    dated = f", {row['published_on']}" if row["published_on"] else ", undated"
    return f"- {row['publisher']}: {linked}{dated}, read {row['accessed_on']:%Y-%m-%d}."


def _bibtex_entry(row: dict[str, object]) -> str:
    entries = {
        "author": f"{{{row['publisher']}}}",
        "title": row["title"] or "Untitled page",
        "year": str(row["published_on"])[:4],
        "url": row["url"],
        "urldate": f"{row['accessed_on']:%Y-%m-%d}",
    }
    escaped = {name: value if name == "url" else _LATEX.sub(r"\\\g<0>", str(value)) for name, value in entries.items() if value}
    body = ",\n".join(f"  {name} = {{{value}}}" for name, value in escaped.items())
    return f"@misc{{{row['source_id']},\n{body}\n}}"
