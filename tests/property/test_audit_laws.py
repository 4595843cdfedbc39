"""Laws of the audit, and how many planted misprints it finds, and how many honest figures it blames."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aispend.audit import disagreements, implied_rates
from aispend.audit.market import market
from aispend.data.evidence import figures
from aispend.data.tables import load
from aispend.rates import EPOCH

settings.register_profile("audit", max_examples=40, deadline=None)
AUDIT = settings.get_profile("audit")
HOME = {"KRW": "sovereign-model-2025", "USD": "deepseek-v3-training", "CNY": "china-chip-fund-3", "EUR": "eu-investai-public"}
BLANK = {
    "amount_low": np.nan, "amount_high": np.nan, "approximate": False, "pair_id": None, "per": None, "price_year": pd.NA, "source_id": "one",
}  # fmt: skip


def printed(amount: float, digits: int) -> tuple[float, str]:
    """An amount as an outlet rounds and writes it."""
    amount = float(f"{amount:.{digits - 1}e}")
    power = 3 * (int(np.log10(amount)) // 3)
    return amount, f"{amount / 10**power:.15g} e{power}".split(" e")[0]


@st.composite
def conversions(draw: st.DrawFn) -> pd.DataFrame:
    """A sum in its own currency, and its honest conversion at a rate of the week, printed together or apart."""
    home, foreign = draw(st.sampled_from([(a, b) for a in HOME for b in HOME if a != b]))
    day = draw(st.dates(date(2010, 1, 1), date(2026, 10, 29)))
    low, high = market(foreign, home, day.toordinal() - EPOCH - 6, day.toordinal() - EPOCH)
    amount, words = printed(draw(st.floats(1e6, 1e14)), draw(st.integers(2, 5)))
    converted, converted_words = printed(amount / draw(st.floats(low, high)), draw(st.integers(2, 5)))
    pair = draw(st.sampled_from(["pair", None]))
    shared = {**BLANK, "fact_id": HOME[home], "published_on": day.isoformat(), "pair_id": pair}
    return pd.DataFrame([
        {**shared, "figure_id": "own", "currency": home, "amount": amount, "amount_text": words, "rank": 1},
        {**shared, "figure_id": "foreign", "currency": foreign, "amount": converted, "amount_text": converted_words, "rank": 2, "source_id": "two"},
    ]).astype({"price_year": "Int64"})  # fmt: skip


@AUDIT
@given(conversions())
def test_an_honest_conversion_is_consistent(frame: pd.DataFrame):
    before = frame.copy(deep=True)
    assert implied_rates(frame)["verdict"].tolist() == ["consistent"]
    assert disagreements(frame).empty
    pd.testing.assert_frame_equal(frame, before)


@AUDIT
@given(conversions(), st.sampled_from([-3, -2, -1, 1, 2, 3]))
def test_a_power_of_ten_is_named(frame: pd.DataFrame, power: int):
    frame.loc[1, "amount"] *= 10.0**power
    assert implied_rates(frame)[["verdict", "power_of_ten"]].values.tolist() == [["scale-error", -power]]
    assert disagreements(frame)[["figure_id", "verdict", "power_of_ten", "undecided"]].values.tolist() == [["foreign", "scale-error", power, True]]


@AUDIT
@given(conversions(), st.floats(1.5, 6))
def test_what_is_far_off_but_no_power_of_ten_is_inconsistent_and_the_fault_is_symmetric(frame: pd.DataFrame, factor: float):
    frame.loc[1, "amount"] *= factor
    over = implied_rates(frame).iloc[0]
    assert over["verdict"] == "inconsistent"
    assert over["deviation"] < 0 < over["beyond_rounding"]
    assert over["last_held_on"] is pd.NaT or over["last_held_on"] < over["published_from"]


@AUDIT
@given(conversions(), st.integers(-3, 3))
def test_verdicts_do_not_depend_on_the_scale_of_both(frame: pd.DataFrame, power: int):
    columns = ["rate", "deviation", "beyond_rounding"]
    scaled = implied_rates(frame.assign(amount=frame["amount"] * 10.0**power))
    np.testing.assert_allclose(scaled[columns].to_numpy(), implied_rates(frame)[columns].to_numpy(), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_rows_is_irrelevant(seed: int):
    table = figures()
    shuffled = table.sample(frac=1, random_state=seed)
    for check in (implied_rates, disagreements):
        keys = ["figure_id", "against_id"]
        pd.testing.assert_frame_equal(*(check(frame).sort_values(keys).reset_index(drop=True) for frame in (shuffled, table)))


class Planting:
    """Misprints planted in a copy of the table: how many are found, how many rows blame figures that are sound.

    Only facts are used in which the audit finds nothing as they are, and in them only figures that have another to
    be compared with, one a fact.
    """

    def __init__(self) -> None:
        self.table = figures()
        self.before = self.flagged(self.table)
        rates = implied_rates(self.table)
        checked = rates[rates["verdict"] != "unknown"]
        several = self.table.groupby(["fact_id", "per", "price_year"], dropna=False)["figure_id"].transform("size") > 1
        touched = set().union(*(set(self.before[column]) for column in ("figure_id", "against_id")))
        suspect = set(self.table.loc[self.table["figure_id"].isin(touched), "fact_id"])
        self.sound = self.table[several & ~self.table["fact_id"].isin(suspect)]
        self.conversions = self.sound[self.sound["figure_id"].isin(checked["figure_id"]) & ~self.sound["figure_id"].isin(checked.loc[checked["weak"], "figure_id"])]

    @staticmethod
    def flagged(table: pd.DataFrame) -> pd.DataFrame:
        rates = implied_rates(table)
        odd = rates[rates["verdict"].isin(["scale-error", "inconsistent"])]
        return pd.concat([odd[["figure_id", "against_id", "pairing"]], disagreements(table)[["figure_id", "against_id"]].assign(pairing="")])

    def measured(self, pool: pd.DataFrame, *, factor: float = 1.0, currencies: dict[str, str] | None = None, trials: int = 4) -> tuple[float, float]:
        """Share of the planted misprints that some row names, and share of the new rows that name none."""
        planted = found = rows = false = 0
        for seed in range(trials):
            chosen = set(pool.sample(frac=1, random_state=seed).drop_duplicates("fact_id").head(20)["figure_id"])
            table = self.table.copy()
            hit = table["figure_id"].isin(chosen)
            table.loc[hit, ["amount", "amount_low", "amount_high"]] *= factor
            table["currency"] = table["currency"].mask(hit, table["currency"].replace(currencies or {}))
            after = self.flagged(table)
            new = after[~pd.MultiIndex.from_frame(after).isin(pd.MultiIndex.from_frame(self.before))]
            named = new["figure_id"].isin(chosen) | new["against_id"].isin(chosen)
            found += len(chosen & (set(new["figure_id"]) | set(new["against_id"])))
            planted, rows, false = planted + len(chosen), rows + len(new), false + int((~named).sum())
        return found / planted, false / max(rows, 1)


@pytest.fixture(scope="module")
def planting() -> Planting:
    return Planting()


@pytest.mark.parametrize("factor", [10, 0.1, 100, 0.01, 1000, 0.001])
def test_planted_powers_of_ten_are_found_and_hardly_anything_else_is_blamed(planting: Planting, factor: float):
    found, false = planting.measured(planting.sound, factor=factor)
    assert found >= 0.95
    assert false <= 0.03


@pytest.mark.parametrize(("factor", "least"), [(1.15, 0.9), (0.87, 0.9), (1.3, 0.99)])
def test_planted_stale_rates_are_found_where_the_rounding_allows(planting: Planting, factor: float, least: float):
    found, false = planting.measured(planting.conversions, factor=factor)
    assert found >= least
    assert false <= 0.03


def test_planted_wrong_currencies_are_found(planting: Planting):
    found, false = planting.measured(planting.sound, currencies={"USD": "CNY", "EUR": "KRW", "KRW": "USD", "CNY": "USD"})
    assert found >= 0.95
    assert false <= 0.03


def test_honest_conversions_and_honest_rounding_are_left_alone(planting: Planting):
    random = np.random.default_rng(0)
    home = planting.table["fact_id"].map(load("facts").set_index("fact_id")["currency"])
    table = planting.table.copy()
    rounded = planting.table["figure_id"].isin(planting.sound["figure_id"]) & table["amount"].notna() & (table["currency"] == home)
    for index in table.index[rounded & (random.random(len(table)) < 0.3)]:
        table.loc[index, ["amount", "amount_text"]] = printed(table.at[index, "amount"], int(random.integers(2, 4)))
    together = implied_rates(planting.table).query("pairing == 'printed together' and not weak and verdict == 'consistent'")
    amounts = planting.table.set_index("figure_id")[["amount", "amount_low", "amount_high"]].max(axis=1)
    for row in together.itertuples():
        index = table.index[table["figure_id"] == row.figure_id][0]
        converted = amounts[row.against_id] / random.uniform(row.market_low, row.market_high)
        table.loc[index, ["amount", "amount_text"]] = printed(converted, int(random.integers(2, 5)))
        table.loc[index, ["amount_low", "amount_high"]] = np.nan
    after = planting.flagged(table)
    new = after[~pd.MultiIndex.from_frame(after).isin(pd.MultiIndex.from_frame(planting.before))]
    assert len(together) > 50
    assert len(new) <= 2
