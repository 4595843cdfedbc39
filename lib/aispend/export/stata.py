"""The normalised facts as a Stata file with variable labels and value labels, written by pandas."""

from datetime import datetime
from io import BytesIO

import pandas as pd

from aispend.data import contract
from aispend.errors import AiSpendError
from aispend.export.table import Column

RELEASE = 118  # Stata 14 and later, the first format that holds UTF-8.
LONGEST_LABEL = 80
_LONG_TEXT = ("what", "excludes", "url")  # Stored as strL, once each, not padded to the longest.


def stata(frame: pd.DataFrame, columns: tuple[Column, ...]) -> bytes:
    """The frame as a .dta file; enumerations become numbers with value labels, days become Stata dates.

    A missing text is the empty text, as everywhere in Stata. The time stamp is that of the data contract.

    Raises `AiSpendError` for a label of more than 80 characters and for a value outside its enumeration.

    >>> len(stata(pd.DataFrame({"stage": ["spent"]}), (Column("stage", "Stage", values=("spent",)),))) > 0
    True
    """
    labels = {column.name: column.label for column in columns}
    for name, label in labels.items():
        if len(label) > LONGEST_LABEL:
            raise AiSpendError(f"the label of {name} has {len(label)} characters, Stata takes {LONGEST_LABEL}; shorten it: {label!r}")
    written = BytesIO()
    _typed(frame, columns).to_stata(
        written,
        write_index=False,
        version=RELEASE,
        time_stamp=datetime.fromisoformat(contract.package()["created"]).replace(tzinfo=None),
        data_label="Published figures on money for AI, one row a fact; CC BY 4.0",
        variable_labels=labels,
        convert_dates={name: "td" for name in frame if pd.api.types.is_datetime64_dtype(frame[name])},
        convert_strl=[name for name in _LONG_TEXT if name in frame],
    )
    return written.getvalue()


def _typed(frame: pd.DataFrame, columns: tuple[Column, ...]) -> pd.DataFrame:
    typed = {}
    for column in columns:
        values = frame[column.name]
        if column.values:
            unknown = values[values.notna() & ~values.isin(column.values)]
            if len(unknown):
                raise AiSpendError(f"column {column.name} holds {unknown.iloc[0]!r}, which is none of {', '.join(column.values)}")
            values = pd.Series(pd.Categorical(values, categories=column.values), index=values.index)
        elif isinstance(values.dtype, pd.StringDtype):
            values = values.astype("object").where(values.notna(), "")
        elif isinstance(values.dtype, pd.Int64Dtype):
            values = values.astype("float64")  # The only type whose missing values every version of pandas writes.
        typed[column.name] = values
    return pd.DataFrame(typed)
