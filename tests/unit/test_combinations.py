"""Distinct combinations of rows, beside pandas' own grouping; and keys as categories, which take another way there."""

import numpy as np
import pandas as pd
import pytest

from aispend import normalise
from aispend.normalise.combinations import codes, distinct

DRAW = np.random.default_rng(5)


def column(kind: str, rows: int, values: int) -> pd.Series:
    drawn = pd.Series(DRAW.integers(0, values, rows))
    blank = DRAW.random(rows) < 0.1
    return {
        "numbers": drawn,
        "numbers, some blank": drawn.mask(blank),
        "integers, some blank": drawn.astype("Int64").mask(blank),
        "text, some blank": drawn.astype("str").mask(blank),
        "categories": drawn.astype("str").astype("category"),
        "categories, some blank": drawn.astype("str").mask(blank).astype("category"),
        "dates": pd.Timestamp("1969-12-30") + pd.to_timedelta(drawn, unit="D"),
        "dates, some blank": (pd.Timestamp("2020-01-01") + pd.to_timedelta(drawn, unit="D")).mask(blank),
        "dates to the second, some blank": (pd.Timestamp("2020-01-01") + pd.to_timedelta(drawn, unit="D")).mask(blank).astype("datetime64[s]"),
    }[kind]


KINDS = ("numbers", "numbers, some blank", "integers, some blank", "text, some blank", "categories", "categories, some blank", "dates", "dates, some blank", "dates to the second, some blank")


def check(columns: list[pd.Series], rows: int) -> None:
    combination, row = distinct([codes(column) for column in columns], rows)
    frame = pd.concat([column.rename(str(number)) for number, column in enumerate(columns)], axis=1)
    group = frame.groupby(list(frame), dropna=False, observed=True, sort=False).ngroup().to_numpy()
    assert len(row) == len(np.unique(group)) == len(set(zip(combination, group, strict=True)))
    assert combination[row].tolist() == list(range(len(row)))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("rows", "values"), [(1, 1), (7, 2), (5000, 3), (40_000, 3000)])
def test_rows_are_told_apart_as_pandas_does(kind: str, rows: int, values: int):
    check([column(kind, rows, values)], rows)
    check([column(kind, rows, values), column("categories", rows, 3), column(kind, rows, 2)], rows)


def test_more_combinations_than_an_integer_holds():
    check([column("numbers", 2000, 1500) for _ in range(9)], 2000)
    # 16 bits each: a number of 64 bits would hold the last four columns only.
    rest = (np.array([0, 0]), 1 << 16)
    combination, row = distinct([(np.array([0, 1]), 1 << 16), rest, rest, rest, rest], 2)
    assert combination.tolist() == row.tolist() == [0, 1]


def test_no_rows_and_no_columns():
    for columns, rows in (([], 0), ([], 3), ([codes(pd.Series([], dtype="str"))], 0), ([codes(pd.Series([], dtype="datetime64[us]"))], 0)):
        combination, row = distinct(columns, rows)
        assert combination.tolist() == [0] * rows and len(row) == min(rows, 1)


def test_times_of_one_day_are_one():
    numbers, _ = codes(pd.to_datetime(pd.Series(["1969-12-31 23:00", "1969-12-31 01:00", "1970-01-01 00:00"])))
    assert numbers.tolist() == [0, 0, 1]


@pytest.mark.parametrize("dates", ["2023-01-01", None])
def test_every_key_may_be_a_category(dates: str | None):
    frame = pd.DataFrame({
        "currency": ["KRW", "EUR", "KRW"], "price_country": ["KOR", "FRA", "KOR"], "family": "outlay", "amount": [1e12, 2e9, 3e12],
        "period_start": pd.to_datetime(["2022-01-01", "2024-01-01", dates]), "period_end": pd.to_datetime(["2024-12-31", "2024-12-31", dates]),
        "price_year": pd.array([pd.NA, 2015, pd.NA], "Int64"), "announced_on": ["2022-05-02", "2024", "2023-03"],
    })  # fmt: skip
    keys = frame.astype({name: "category" for name in frame if name != "amount"})
    for choices in ({"prices": "constant", "price_year": 2020}, {"prices": "constant", "price_year": 2020, "yearly": True}):
        plain, from_keys = normalise(frame, currency="USD", **choices), normalise(keys, currency="USD", **choices)
        added = [name for name in plain if name not in frame]
        pd.testing.assert_frame_equal(from_keys[added].astype(plain[added].dtypes), plain[added], check_exact=True)
