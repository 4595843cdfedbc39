"""A frame as a table in words."""

import pandas as pd

from aispend.charts import captions
from aispend.data.tables import load
from aispend.errors import AiSpendError
from aispend.exhibit import Exhibit
from aispend.wording import capital


def table(frame: pd.DataFrame, *, title: str | None = None, note: str = "") -> Exhibit:
    """The frame as a table in words: a normalised one with units and sources, any other column by column.

    Raises `AiSpendError` for a frame without rows.

    >>> print(table(pd.DataFrame({"team_name": ["Upstage"], "share": [0.25]}), title="One team"))
    One team
    <BLANKLINE>
    Team name | Share
    Upstage | 0.2500
    """
    if frame.empty:
        raise AiSpendError("table: the frame has no rows, so there is nothing to show; widen the selection")
    if {"actor", "value", "basis"} <= set(frame):
        captions.check(frame, "table", ("value",))
        return Exhibit(title or captions.span_words(frame), captions.subtitle(frame), None, captions.data_table(frame),
                       captions.sources(frame), captions.notes(frame, note), "")
    shown = frame.drop(columns=["url"], errors="ignore").reset_index(drop=True)
    if "publisher" in shown and shown["publisher"].nunique() <= 1:
        shown = shown.drop(columns=["publisher"])  # The source line says it once.
    if "actor_id" in shown:
        names = load("actors").set_index("actor_id")["name_en"]
        shown["actor_id"] = shown["actor_id"].map(names).fillna(shown["actor_id"])
    shown = shown.rename(columns={"actor_id": "who"}).rename(columns=lambda name: capital(str(name).replace("_", " ")))
    return Exhibit(title or f"{len(frame)} entries", "", None, shown, captions.sources(frame), note, "")
