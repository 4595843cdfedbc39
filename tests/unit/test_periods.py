"""Which years an amount belongs to, and which days its rate is taken from."""

import numpy as np
import pandas as pd
import pytest

from aispend import periods
from aispend.errors import AiSpendError
from aispend.normalise.labels import rate_dates
from aispend.periods import PERIOD, longer_than_a_year, majority_year, year_weights


def day(text: str) -> np.ndarray:
    return np.array([text], "datetime64[D]").astype(np.int64)


def parts(start: str, end: str, announced: str | None = None, *, splits: bool = True, financing: bool = False) -> periods.Parts:
    return periods.parts(
        day(start), day(end), pd.Series([announced], dtype="str"),
        splits=np.array([splits]), financing=np.array([financing]),
    )


def stretches(result: periods.Parts) -> list[str]:
    return [f"{first}/{last}" for first, last in zip(result.start.astype("datetime64[D]"), result.end.astype("datetime64[D]"), strict=True)]


def windows(result: periods.Parts) -> list[str]:
    return rate_dates(result).tolist()


@pytest.mark.parametrize(
    ("start", "end", "longer"),
    [
        ("2025-01-01", "2025-12-31", False), ("2024-01-01", "2024-12-31", False), ("2024-07-01", "2025-06-30", False),
        ("2024-02-29", "2025-02-28", False), ("2025-01-01", "2026-01-01", True), ("2024-02-29", "2025-03-01", True),
    ],
)
def test_twelve_months_are_not_longer_than_a_year(start: str, end: str, longer: bool):
    assert longer_than_a_year(day(start), day(end)).tolist() == [longer]


@pytest.mark.parametrize(
    ("start", "end", "year"),
    [("2025-01-01", "2025-12-31", 2025), ("2024-07-01", "2025-06-30", 2024), ("2024-10-01", "2025-09-30", 2025), ("2025-12-31", "2026-01-01", 2025)],
)
def test_a_fiscal_year_belongs_to_the_year_with_most_of_its_days(start: str, end: str, year: int):
    assert majority_year(day(start), day(end)).tolist() == [year]


def test_a_long_outlay_is_split_by_days():
    result = parts("2023-07-01", "2025-06-30")
    assert stretches(result) == ["2023-07-01/2023-12-31", "2024-01-01/2024-12-31", "2025-01-01/2025-06-30"]
    assert result.share.tolist() == pytest.approx([184 / 731, 366 / 731, 181 / 731])
    assert windows(result) == ["2023-07-01/2023-12-31", "2024", "2025-01-01/2025-06-30"]
    assert result.conversion_year.tolist() == [2023, 2024, 2025]


def test_a_fiscal_year_is_not_split_and_has_its_own_twelve_months():
    result = parts("2024-07-01", "2025-06-30")
    assert len(result.whole) == 1
    assert windows(result) == ["2024-07-01/2025-06-30"]
    assert result.rate_kind.tolist() == [PERIOD]


def test_financing_is_never_split_and_a_long_one_takes_the_rate_of_its_announcement():
    result = parts("2020-01-01", "2024-12-31", "2019-12-11", splits=False, financing=True)
    assert len(result.whole) == 1 and windows(result) == ["2019-12-11"]
    assert result.conversion_year.tolist() == [2019]
    assert windows(parts("2024-01-01", "2024-12-31", "2025-04", splits=False, financing=True)) == ["2024"]


@pytest.mark.parametrize(("announced", "text", "kind"), [("2025-09-01", "2025-09-01", "day"), ("2025-09", "2025-09", "month"), ("2025", "2025", "year")])
def test_an_unfinished_year_takes_the_rate_of_its_announcement(announced: str, text: str, kind: str):
    result = parts("2026-01-01", "2026-12-31", announced)
    assert windows(result) == [text]
    assert periods.RATE_KINDS[result.rate_kind[0]] == f"{kind} of announcement"


def test_only_the_years_outside_the_data_take_the_rate_of_the_announcement():
    assert windows(parts("2025-01-01", "2027-12-31", "2024-12-10")) == ["2025", "2024-12-10", "2024-12-10"]


def test_a_row_without_a_period_has_no_year():
    result = parts("NaT", "NaT", "2025-03-03")
    assert windows(result) == ["2025-03-03"] and result.year.tolist() == [0]
    assert windows(parts("2025-01-01", "NaT", "2025-03-03")) == ["2025-03-03"]
    assert windows(parts("NaT", "NaT")) == [""]


def test_an_announcement_that_is_no_date_is_refused():
    with pytest.raises(AiSpendError, match="'soon' is no date"):
        parts("2025-01-01", "2025-12-31", "soon")


def test_a_plan_counts_by_its_days_and_a_short_period_as_its_year():
    years = np.arange(2022, 2027)
    assert year_weights(parts("2023-07-01", "2025-12-31", splits=False), years)[0].tolist() == pytest.approx([0, 184 / 365, 1, 1, 0])
    assert year_weights(parts("2024-08-01", "2024-12-31"), years)[0].tolist() == [0, 0, 1, 0, 0]
    assert year_weights(parts("NaT", "NaT"), years)[0].tolist() == [0, 0, 0, 0, 0]
