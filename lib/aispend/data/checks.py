"""What must hold in data/: the contract, through frictionless, and the rules no schema can state.

Every problem names file, row, column and value and says what to do. `make data` prints them.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
from babel import Locale

from aispend.data import contract
from aispend.data.tables import read
from aispend.errors import AiSpendError
from aispend.money import Money, read_money

CENT = 0.0051  # Datasets print digits beyond the smallest coin; the tables keep hundredths.
LARGEST_EXACT = 2**53  # Above it a float64 no longer holds every whole won.


@dataclass(frozen=True)
class Problem:
    """One thing wrong in data/: where (file, row as in a text editor, key, column) and what to do."""

    file: str
    message: str
    row: int | None = None
    key: str = ""
    column: str = ""

    def __str__(self) -> str:
        place = [f"data/{self.file}"]
        place += [f"row {self.row}"] if self.row else []
        place += [self.key] if self.key else []
        place += [f"column {self.column}"] if self.column else []
        return f"{', '.join(place)}: {self.message}"


def problems(folder: Path = contract.FOLDER) -> list[Problem]:
    """Everything wrong with the tables in `folder`, an empty list if nothing is.

    The rules on content run only on tables that fit the contract, since they rely on it.

    >>> problems()
    []
    """
    found = [problem for table in contract.tables() for problem in _text_problems(folder, table)]
    found = found or [*_raw_problems(folder), *_contract_problems(folder)]
    if found:
        return found
    tables = {table: read(table, folder) for table in contract.tables()}
    return [problem for rule in RULES for problem in rule(tables)]


def _text_problems(folder: Path, table: str) -> Iterator[Problem]:
    path = folder / contract.resource(table)["path"]
    if not path.is_file():
        yield Problem(path.name, "the file is missing; the contract lists it")
        return
    raw = path.read_bytes()
    if raw.startswith(b"\xef\xbb\xbf"):
        yield Problem(path.name, "starts with a byte-order mark; save it as plain UTF-8", row=1)
    if b"\r" in raw:
        yield Problem(path.name, "has Windows line ends; save it with LF", row=raw[: raw.index(b"\r")].count(b"\n") + 1)
    if raw and not raw.endswith(b"\n"):
        yield Problem(path.name, "does not end with a line end; add one", row=raw.count(b"\n") + 1)
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        yield Problem(path.name, "is not UTF-8; save it as UTF-8", row=raw[: error.start].count(b"\n") + 1)


def _contract_problems(folder: Path) -> Iterator[Problem]:
    from frictionless import Package, system  # Half a second to import, and only this check needs it.

    # The raw files are left to _raw_problems: frictionless does not close a file that is no table.
    descriptor = contract.package() | {"resources": [contract.resource(table) for table in contract.tables()]}
    with system.use_context(trusted=True):
        report = Package.from_descriptor(descriptor, basepath=str(folder)).validate()
    for error in report.errors:
        yield Problem("datapackage.json", error.message)
    for task in report.tasks:
        for error in task.errors:
            described = error.to_dict()
            if error.type in ("extra-cell", "missing-cell"):
                yield Problem(Path(task.place).name, "has too many or too few fields; quote texts that hold a comma", row=described.get("rowNumber"))
                break
            cells = described.get("fieldCells") or described.get("cells", [])[:2]
            found = described.get("cell") or ", ".join(str(cell) for cell in cells) or "a blank cell"
            yield Problem(
                Path(task.place).name,
                f"{found!r} is refused: {error.note or error.message}; correct the row or, if the contract is wrong, data/datapackage.json",
                row=described.get("rowNumber"),
                column=described.get("fieldName") or ", ".join(described.get("fieldNames", [])[:1]),
            )


def _raw_problems(folder: Path) -> Iterator[Problem]:
    for raw in (resource for resource in contract.package()["resources"] if "schema" not in resource):
        if not (folder / raw["path"]).is_file():
            yield Problem(raw["path"], "the file is missing; restore it with git")
            continue
        found = "sha256:" + sha256((folder / raw["path"]).read_bytes()).hexdigest()
        if found != raw["hash"]:
            yield Problem(raw["path"], f"has the hash {found[:19]}..., the contract says {raw['hash'][:19]}...; restore the file with git, it is read-only")


Tables = dict[str, pd.DataFrame]


def _at(table: str, frame: pd.DataFrame, index: int, column: str, message: str) -> Problem:
    key = ", ".join(str(frame.at[index, part]) for part in contract.key(table))
    return Problem(f"{table}.csv", message, row=int(index) + 2, key=key, column=column)


def _sorted_by_key(tables: Tables) -> Iterator[Problem]:
    for table, frame in tables.items():
        rows = [tuple(str(value) for value in row) for row in frame[contract.key(table)].itertuples(index=False)]
        for index in range(1, len(rows)):
            if rows[index] < rows[index - 1]:
                yield _at(table, frame, index, contract.key(table)[0], f"comes after {', '.join(rows[index - 1])}; sort the file by key")
                break


def _words_equal_number(tables: Tables) -> Iterator[Problem]:
    frame = tables["figures"]
    for index, row in frame.iterrows():
        printed = row["amount_text"] if pd.isna(row["printed_unit"]) else f"{row['amount_text']} {row['printed_unit']}"
        try:
            money = read_money(printed, row["language"], currency=row["currency"])
        except AiSpendError as error:
            yield _at("figures", frame, index, "amount_text", f"{printed!r} ({row['language']}) cannot be read: {error}")
            continue
        yield from _differences(frame, index, row, money)


def _differences(frame: pd.DataFrame, index: int, row: pd.Series, money: Money) -> Iterator[Problem]:
    words = f"the words {row['amount_text']!r} ({row['language']}) say"
    if money.currency != row["currency"]:
        yield _at("figures", frame, index, "currency", f"{row['currency']}, but {words} {money.currency}; correct one of them")
    for column, read_value in (("amount", money.amount), ("amount_low", money.low), ("amount_high", money.high)):
        stated = row[column]
        if (read_value is None) != pd.isna(stated) or (read_value is not None and not np.isclose(float(read_value), stated, rtol=1e-12, atol=CENT)):
            shown = "blank" if pd.isna(stated) else f"{stated:.15g}"
            said = "nothing there" if read_value is None else f"{float(read_value):.15g}"
            yield _at("figures", frame, index, column, f"{shown}, but {words} {said}; correct the number or the words")
    if money.approximate != row["approximate"]:
        yield _at("figures", frame, index, "approximate", f"{str(row['approximate']).lower()}, but {words} {str(money.approximate).lower()}")


def _amounts_exact(tables: Tables) -> Iterator[Problem]:
    frame = tables["figures"]
    for column in ("amount", "amount_low", "amount_high", "intended_amount"):
        for index in frame.index[frame[column].abs() >= LARGEST_EXACT]:
            yield _at("figures", frame, index, column, f"{frame.at[index, column]:.15g} is too large to be held exactly; is it in major units?")


def _ranks(tables: Tables) -> Iterator[Problem]:
    frame = tables["figures"]
    for index in frame.index[frame.duplicated(["fact_id", "rank"])]:
        yield _at("figures", frame, index, "rank", f"{frame.at[index, 'rank']} is taken by another figure of {frame.at[index, 'fact_id']}; give each its own")
    best = frame[frame["rank"] == 1]
    for index in frame.index[~frame["fact_id"].isin(best["fact_id"]) & ~frame["fact_id"].duplicated()]:
        yield _at("figures", frame, index, "rank", f"no figure of {frame.at[index, 'fact_id']} has rank 1; say which one to use")
    for index in best.index[best["misprint"].notna()]:
        yield _at("figures", frame, index, "rank", "a misprint cannot be the figure to use; rank another one first")


def _misprints(tables: Tables) -> Iterator[Problem]:
    frame = tables["figures"]
    for index in frame.index[frame["misprint"].notna() != frame["intended_amount"].notna()]:
        yield _at("figures", frame, index, "misprint", "misprint and intended_amount belong together: fill both or neither")


def _no_orphans(tables: Tables) -> Iterator[Problem]:
    stated = set(tables["figures"]["fact_id"])
    facts = tables["facts"]
    for index in facts.index[~facts["fact_id"].isin(stated)]:
        yield _at("facts", facts, index, "fact_id", "no figure states this fact; add its row to figures.csv or remove the fact")
    cited = set().union(*(frame["source_id"] for table, frame in tables.items() if "source_id" in frame and table != "sources"))
    sources = tables["sources"]
    for index in sources.index[~sources["source_id"].isin(cited)]:
        yield _at("sources", sources, index, "source_id", "no row cites this source; remove it or cite it")


def _no_cycles(tables: Tables) -> Iterator[Problem]:
    for table, column in (("facts", "part_of"), ("facts", "replaces"), ("facts", "realises"), ("figures", "supersedes")):
        frame = tables[table]
        link = frame.set_index(contract.key(table)[0])[column].dropna().to_dict()
        for start in link:
            seen, current = [start], link[start]
            while current in link and current not in seen:
                seen.append(current)
                current = link[current]
            if current == start:
                index = frame.index[frame[contract.key(table)[0]] == start][0]
                yield _at(table, frame, index, column, f"runs in a circle: {' -> '.join([*seen, current])}; break it")


def _parts_within_whole(tables: Tables) -> Iterator[Problem]:
    facts = tables["facts"]
    figures = tables["figures"].assign(point=lambda frame: frame[["amount", "amount_low", "amount_high"]].max(axis=1))
    figures = figures[figures["misprint"].isna()]
    best = figures.sort_values("rank").drop_duplicates("fact_id").set_index("fact_id")
    largest = figures.groupby(["fact_id", "currency"])["point"].max()
    for index, part in facts[facts["part_of"].notna()].iterrows():
        stated = best.loc[part["fact_id"]]
        whole = largest.get((part["part_of"], stated["currency"]))
        open_ended = part["part_of"] in best.index and pd.isna(best.at[part["part_of"], "amount"]) and pd.isna(best.at[part["part_of"], "amount_high"])
        if whole is not None and not open_ended and pd.isna(stated["per"]) and stated["point"] > whole:
            yield _at("facts", facts, index, "part_of", f"{stated['point']:.15g} {stated['currency']} exceeds its whole {part['part_of']} of {whole:.15g}; correct the link or the amount")


def _periods(tables: Tables) -> Iterator[Problem]:
    facts = tables["facts"]
    for index in facts.index[facts["period_start"] > facts["period_end"]]:
        yield _at("facts", facts, index, "period_end", f"{facts.at[index, 'period_end']:%Y-%m-%d} lies before period_start; swap or correct them")
    for index in facts.index[facts["period_start"].isna() & facts["period_end"].notna() & (facts["measure"] == "budget")]:
        yield _at("facts", facts, index, "period_start", "a budget that ends must begin; give the first day or leave both blank")


def _sources_have_addresses(tables: Tables) -> Iterator[Problem]:
    sources = tables["sources"]
    for index in sources.index[sources["url"].isna() & (sources["kind"] != "brief")]:
        yield _at("sources", sources, index, "url", "is blank; only the two items that set the project off may lack an address")


def _pairs(tables: Tables) -> Iterator[Problem]:
    frame = tables["figures"]
    for pair, rows in frame[frame["pair_id"].notna()].groupby("pair_id"):
        if len(rows) != 2 or rows["currency"].nunique() != 2 or rows["source_id"].nunique() != 1 or rows["fact_id"].nunique() != 1:
            yield _at("figures", frame, rows.index[0], "pair_id", f"{pair!r} must join two figures of one fact and source in two currencies, not {len(rows)}: {', '.join(rows['figure_id'])}")


def _currencies(tables: Tables) -> Iterator[Problem]:
    known = set(Locale("en").currencies)
    for table, column in (("actors", "home_currency"), ("facts", "currency"), ("figures", "currency")):
        frame = tables[table]
        for index in frame.index[frame[column].notna() & ~frame[column].isin(known)]:
            yield _at(table, frame, index, column, f"{frame.at[index, column]!r} is no currency code of ISO 4217")


def _labels(tables: Tables) -> Iterator[Problem]:
    facts = tables["facts"]
    for index in facts.index[facts.duplicated(["actor_id", "label"])]:
        yield _at("facts", facts, index, "label", f"{facts.at[index, 'label']!r} is the label of another fact of {facts.at[index, 'actor_id']}; say what tells them apart")


def _colours(tables: Tables) -> Iterator[Problem]:
    actors = tables["actors"]
    for index in actors.index[actors["colour"].duplicated()]:
        yield _at("actors", actors, index, "colour", f"{actors.at[index, 'colour']} is another actor's; one colour means one actor")


def _rounds(tables: Tables) -> Iterator[Problem]:
    rounds, actors = tables["rounds"], set(tables["actors"]["actor_id"])
    planned = rounds.set_index("round_id")
    for index, row in rounds[rounds["remaining"].notna()].iterrows():
        named = row["remaining"].split("; ")
        unknown = [name for name in named if name not in actors]
        if unknown:
            yield _at("rounds", rounds, index, "remaining", f"{unknown[0]!r} is no actor; add it to actors.csv or correct the name")
        elif len(named) != row["teams"] or named != sorted(set(named)):
            yield _at("rounds", rounds, index, "remaining", f"{len(named)} names for {row['teams']} teams; name each once, in alphabetical order")
    for index, row in rounds[rounds["settles"].notna()].iterrows():
        if planned.at[row["settles"], "path"] != row["path"] or row["settles"] == row["round_id"]:
            yield _at("rounds", rounds, index, "settles", f"{row['settles']!r} is not another round of the path {row['path']!r}; a result settles the plan of its own path")
    yield from _order_of_rounds(rounds)


def _order_of_rounds(rounds: pd.DataFrame) -> Iterator[Problem]:
    counted = rounds[~rounds["round_id"].isin(rounds["settles"])].sort_values("date")
    for _, path in counted.groupby(["programme_id", "path"]):
        for (_, earlier), (index, later) in pairwise(path.iterrows()):
            if earlier["date"] == later["date"]:
                yield _at("rounds", rounds, index, "date", f"{later['date']} is also the date of {earlier['round_id']}; a path has one round at a time")
            more = int(later["teams"]) - int(earlier["teams"])
            if later["kind"] == "evaluation" and more > 0 or later["kind"] == "addition" and more < 0:
                yield _at("rounds", rounds, index, "teams", f"{later['teams']} teams after {earlier['teams']} ({earlier['round_id']}): an evaluation adds none and an addition removes none")


RULES: tuple[Callable[[Tables], Iterable[Problem]], ...] = (
    _sorted_by_key, _words_equal_number, _amounts_exact, _ranks, _misprints, _no_orphans, _no_cycles,
    _parts_within_whole, _periods, _sources_have_addresses, _pairs, _currencies, _labels, _colours,
    _rounds,
)
