"""normalise unchanged inside a Dask DataFrame's map_partitions, on two workers: the same frame as in one process."""

import os
from collections.abc import Callable, Iterator

import dask
import dask.dataframe as dd
import pandas as pd
import pytest
from distributed import Client, LocalCluster

from aispend import facts, normalise

KEYS = ["currency", "printed_currency", "price_country", "family", "measure", "announced_on"]
CHOICES: dict[str, dict[str, object]] = {
    "nominal dollars": {"currency": "USD"},
    "won of 2020": {"currency": "KRW", "prices": "constant", "price_year": 2020},
    "international dollars": {"currency": "USD", "conversion": "ppp"},
    "shares of GDP": {"currency": "USD", "per": "gdp"},
    "a row a year": {"currency": "EUR", "yearly": True},
}


@pytest.fixture(scope="module")
def workers() -> Iterator[Client]:
    # Else Dask turns all text into a type of its own before our function sees it.
    with dask.config.set({"dataframe.convert-string": False}):
        with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
            yield client


def in_parts(frame: pd.DataFrame, step: Callable[..., pd.DataFrame], **choices: object) -> pd.DataFrame:
    """The step on each of four parts of the frame, put together again."""
    parts = dd.from_pandas(frame, npartitions=4, sort=False)
    return parts.map_partitions(step, meta=step(frame.head(1), **choices), **choices).compute()


def with_sorted_categories(frame: pd.DataFrame) -> pd.DataFrame:
    """Dask joins the categories of the parts in the order in which they come, which says nothing."""
    columns = frame.select_dtypes("category")
    return frame.assign(**{name: column.cat.reorder_categories(sorted(column.cat.categories)) for name, column in columns.items()})


def of_all_rows(frame: pd.DataFrame, **choices: object) -> pd.DataFrame:
    """A step that is not pure by row: each value as a part of the sum."""
    done = normalise(frame, **choices)
    return done.assign(value=done["value"] / done["value"].sum())


def test_two_workers_are_two_other_processes(workers: Client) -> None:
    assert len({os.getpid(), *workers.run(os.getpid).values()}) == 3


@pytest.mark.usefixtures("workers")
@pytest.mark.parametrize("choices", CHOICES.values(), ids=list(CHOICES))
def test_the_parts_make_the_same_frame(choices: dict[str, object]) -> None:
    frame, choices = facts(), {"on_missing": "keep", **choices}
    found, expected = in_parts(frame, normalise, **choices), normalise(frame, **choices)
    if choices.get("yearly"):  # Rows multiply, and each part numbers its own from 0.
        found = found.reset_index(drop=True)
    pd.testing.assert_frame_equal(found, expected, check_exact=True)


@pytest.mark.usefixtures("workers")
def test_keys_that_are_categories_stay_categories() -> None:
    frame = facts().astype(dict.fromkeys(KEYS, "category"))
    choices: dict[str, object] = {"currency": "USD", "on_missing": "keep"}
    found, expected = in_parts(frame, normalise, **choices), normalise(frame, **choices)
    assert set(found.select_dtypes("category")) > {*KEYS, "basis"}
    pd.testing.assert_frame_equal(with_sorted_categories(found), with_sorted_categories(expected), check_exact=True)


@pytest.mark.usefixtures("workers")
def test_a_step_that_looks_at_other_rows_is_seen_to_differ() -> None:
    frame = facts()
    with pytest.raises(AssertionError, match='column name="value"'):
        pd.testing.assert_frame_equal(in_parts(frame, of_all_rows, currency="USD", on_missing="keep"), of_all_rows(frame, currency="USD", on_missing="keep"))
