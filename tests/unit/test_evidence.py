"""Facts with their best figure, what was known on a date, and citations."""

import pandas as pd
import pytest

from aispend.data import evidence
from aispend.data.evidence import cite, facts, figures, last_day
from aispend.errors import AiSpendError


def figure(figure_id: str, fact_id: str = "fund", **changes: object) -> dict[str, object]:
    plain = {
        "figure_id": figure_id, "fact_id": fact_id, "amount_text": "x", "language": "en", "printed_unit": None, "currency": "KRW",
        "amount": 100.0, "amount_low": None, "amount_high": None, "approximate": False, "per": None, "price_year": pd.NA,
        "intended_amount": None, "misprint": None, "pair_id": None, "rank": 1, "published_on": "2025-03-05", "source_id": "s",
        "supersedes": None, "publisher": "P", "url": "https://example.org", "source_published_on": None,
        "accessed_on": pd.Timestamp("2026-11-21"),
    }  # fmt: skip
    return plain | changes


def best(*rows: dict[str, object], as_of: str | None = None) -> pd.DataFrame:
    frame = pd.DataFrame(rows).astype({"price_year": "Int64", "amount": "float64", "amount_low": "float64", "amount_high": "float64"})
    return evidence._best_figures(evidence._usable(frame, as_of=as_of)).set_index("fact_id")


def test_the_first_rank_is_used_and_the_range_is_that_of_all_prints():
    row = best(figure("a", rank=2, amount=90.0), figure("b", rank=1, amount=100.0), figure("c", rank=3, amount=120.0)).loc["fund"]
    assert (row["figure_id"], row["amount"], row["low"], row["high"], row["figures"]) == ("b", 100, 90, 120, 3)


@pytest.mark.parametrize(
    ("changes", "value_is", "amount"),
    [
        ({}, "exact", 100),
        ({"approximate": True}, "about", 100),
        ({"amount": None, "amount_low": 91.0, "amount_high": 93.0}, "midpoint", 92),
        ({"amount": None, "amount_low": 34.0}, "at-least", 34),
        ({"amount": None, "amount_high": 30.0}, "at-most", 30),
    ],
)
def test_what_an_amount_is(changes: dict[str, object], value_is: str, amount: float):
    row = best(figure("a", **changes)).loc["fund"]
    assert (row["value_is"], row["amount"]) == (value_is, amount)


def test_a_misprint_or_a_superseded_figure_changes_no_fact():
    wrong = figure("b", rank=2, amount=1000.0, misprint="ten times too large", intended_amount=100.0)
    corrected = figure("c", rank=3, amount=700.0)
    row = best(figure("a"), wrong, corrected, figure("d", rank=4, supersedes="c")).loc["fund"]
    assert (row["low"], row["high"], row["figures"]) == (100, 100, 2)


def test_other_currencies_and_amounts_per_year_are_no_part_of_the_range():
    row = best(figure("a"), figure("b", rank=2, currency="USD", amount=7.0), figure("c", rank=3, per="year", amount=20.0)).loc["fund"]
    assert (row["low"], row["high"]) == (100, 100)


@pytest.mark.parametrize(
    ("published", "as_of", "known"),
    [
        ("2025-03-05", "2025-03-05", True), ("2025-03-05", "2025-03-04", False), ("2025-03", "2025-03-30", False),
        ("2025-03", "2025-03-31", True), ("2025-03", "2025-03", True), (None, "2026-11-20", False), (None, "2026-11-21", True),
        ("2026", "2026-11-21", True), ("2026", "2026-11-20", False),
    ],
)  # fmt: skip
def test_what_was_known_on_a_date(published: str | None, as_of: str, known: bool):
    assert (len(best(figure("a", published_on=published), as_of=as_of)) == 1) is known


def test_nothing_is_lost_as_of_the_day_everything_was_read():
    assert len(facts(as_of="2026-11-21")) == len(facts())


def test_fewer_facts_were_known_before_the_fund_was_enlarged():
    known = facts(as_of="2025-02-28")["fact_id"].tolist()
    assert "fund-34tn" in known
    assert "fund-50tn" not in known


def test_the_last_day_of_a_part_of_a_date():
    assert [str(last_day(text)) for text in ("2024", "2024-02", "2024-02-03")] == ["2024-12-31", "2024-02-29", "2024-02-03"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"actors": "google"}, "no actor 'google'.*alphabet"),
        ({"family": "spending"}, "no family 'spending'.*outlay"),
        ({"measure": "capex"}, "no measure 'capex'.*capital-expenditure"),
    ],
)
def test_an_unknown_name_is_refused_with_the_known_ones(arguments: dict[str, str], says: str):
    with pytest.raises(AiSpendError, match=says):
        facts(**arguments)


def test_an_unknown_fact_is_refused():
    with pytest.raises(AiSpendError, match="no fact 'fund-43tn'"):
        figures(of="fund-43tn")


def test_citations_name_each_source_once_with_its_address():
    of_fund = figures(of="fund-34tn")
    markdown = cite(of_fund).splitlines()
    assert len(markdown) == of_fund["source_id"].nunique()
    assert all(url in cite(of_fund) for url in of_fund["url"].dropna())
    assert cite(of_fund, style="bibtex").count("@misc{") == len(markdown)


def test_an_unknown_style_is_refused():
    with pytest.raises(AiSpendError, match="unknown citation style 'apa'"):
        cite(figures(of="fund-34tn"), style="apa")


@pytest.mark.parametrize("years", ["2025", (2026, 2024), [2024, 2025, 2026], 2025.5, (2025, "2026")])
def test_what_is_no_year_is_refused(years: object):
    with pytest.raises(AiSpendError, match="is no year and no pair of years; give 2025"):
        facts(years=years)


@pytest.mark.parametrize("day", ["yesterday", "01/02/2025", "2025-1-1", "2025-13-01", 2025])
def test_what_is_no_day_is_refused(day: object):
    with pytest.raises(AiSpendError, match="is no date; give a date or ISO text"):
        facts(as_of=day)
