"""Laws of the funnel, for any rounds and any rule: no won is lost, none is made, and time and order tell nothing new."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from aispend.champions import champions
from aispend.tournament import ALLOCATIONS, Allocation, place_weights, stage_weights, stages

MANY = settings(max_examples=25, deadline=None)
START = date(2025, 8, 4)


@st.composite
def paths(draw: st.DrawFn) -> pd.DataFrame:
    """A selection and up to four later rounds, each of which adds teams or takes some away."""
    teams, day = draw(st.integers(1, 8)), START
    rows = [("r0", "selection", day, teams)]
    for number in range(draw(st.integers(0, 4))):
        day += timedelta(days=draw(st.integers(1, 300)))
        after = draw(st.integers(1, 9))
        rows.append((f"r{number + 1}", "evaluation" if after <= teams else "addition", day, after))
        teams = after
    frame = pd.DataFrame(rows, columns=["round_id", "kind", "date", "teams"])
    return frame.assign(date=frame["date"].astype(str), gpus=[draw(st.integers(1, 2000)) for _ in rows])


@st.composite
def plans(draw: st.DrawFn) -> pd.DataFrame:
    """Up to four scenarios of two parts each."""
    rows = []
    for number in range(draw(st.integers(1, 4))):
        common = {"scenario": f"s{number}", "currency": "KRW", "ends_on": (START + timedelta(days=draw(st.integers(0, 1500)))).isoformat(), "allocation": draw(st.sampled_from(sorted(ALLOCATIONS))), "discount_rate": draw(st.floats(0, 0.2))}
        for part in ("cash", "in kind"):
            amount = float(draw(st.integers(1, 2**45)))
            rows.append(common | {"part": part, "amount": amount, "low": amount * draw(st.floats(0.1, 1)), "high": amount * draw(st.floats(1, 5))})
    return pd.DataFrame(rows)


@MANY
@given(plans(), paths())
def test_no_won_is_lost_and_none_is_made(scenarios: pd.DataFrame, path: pd.DataFrame):
    given_away = champions(scenarios, path).groupby(["scenario", "part"])["amount"].sum()
    assert (given_away == scenarios.set_index(["scenario", "part"])["amount"]).all()


@MANY
@given(plans(), paths())
def test_every_stage_has_its_share_to_the_won(scenarios: pd.DataFrame, path: pd.DataFrame):
    result = champions(scenarios, path)
    for row in scenarios.itertuples():
        found = stages(path, ends_on=row.ends_on)
        weights = stage_weights(found, ALLOCATIONS[row.allocation], {stage.number: stage.days for stage in found})
        ends = np.rint(row.amount * np.cumsum([weights[stage.number] for stage in found]))
        own = result[(result["scenario"] == row.scenario) & (result["part"] == row.part)].groupby("stage")["amount"].sum()
        # The running sum may round the other way only where it lies on a half won.
        assert np.abs(own.reindex(range(1, len(found) + 1), fill_value=0).to_numpy() - np.diff(ends, prepend=0)).max() <= 1


@MANY
@given(plans(), paths())
def test_amounts_are_whole_not_negative_and_in_their_range(scenarios: pd.DataFrame, path: pd.DataFrame):
    result = champions(scenarios, path)
    assert (result["amount"] >= 0).all() and (result["amount"] == np.rint(result["amount"])).all()
    assert (result["low"] <= result["amount"] * (1 + 1e-12)).all() and (result["high"] >= result["amount"] * (1 - 1e-12)).all()
    assert (result["discounted"] <= result["amount"] * (1 + 1e-12)).all()


@MANY
@given(plans(), paths())
def test_the_rows_cover_the_programme_once(scenarios: pd.DataFrame, path: pd.DataFrame):
    result = champions(scenarios.drop_duplicates("scenario"), path)
    for name, rows in result[result["place"] == 1].groupby("scenario"):
        days = (rows["period_end"] - rows["period_start"]).dt.days + 1
        last = scenarios.loc[scenarios["scenario"] == name, "ends_on"].iloc[0]
        assert days.sum() == (date.fromisoformat(last) - START).days + 1
        assert (rows["period_start"].iloc[1:].to_numpy() > rows["period_end"].iloc[:-1].to_numpy()).all()


@MANY
@given(plans(), paths(), st.randoms(use_true_random=False))
def test_the_order_of_rows_tells_nothing(scenarios: pd.DataFrame, path: pd.DataFrame, chance):
    shuffled = scenarios.sample(frac=1, random_state=chance.randrange(2**31))
    key = ["scenario", "part", "place", "period_start", "stage"]
    one, other = (champions(frame, rows).sort_values(key, ignore_index=True) for frame, rows in ((scenarios, path), (shuffled, path.iloc[::-1])))
    pd.testing.assert_frame_equal(one, other)


@MANY
@given(plans(), paths())
def test_input_is_left_as_it_was(scenarios: pd.DataFrame, path: pd.DataFrame):
    before = scenarios.copy(), path.copy()
    champions(scenarios, path)
    pd.testing.assert_frame_equal(scenarios, before[0])
    pd.testing.assert_frame_equal(path, before[1])


@MANY
@given(paths(), st.integers(1, 2**40))
def test_who_survives_longer_never_has_less(path: pd.DataFrame, amount: int):
    scenarios = pd.DataFrame({"scenario": list(ALLOCATIONS), "allocation": list(ALLOCATIONS), "amount": float(amount), "currency": "KRW", "ends_on": "2028"})
    result = champions(scenarios, path)
    totals = result[result["place"] > 0].groupby(["scenario", "place"])["amount"].sum()
    cells = result.groupby(["scenario", "place"]).size().max()
    for _, places in totals.groupby("scenario"):
        # Each cell is rounded by less than a won either way.
        assert (places.diff().dropna() <= 2 * cells).all()


@given(st.integers(1, 12))
def test_weights_of_places_sum_to_one(teams: int):
    for places in ("equal", "ranked"):
        assert abs(sum(place_weights(Allocation(places=places), teams).values()) - 1) < 1e-12
