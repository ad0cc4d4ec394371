"""The log query: a person's own SQL over what came in and what went out."""

from __future__ import annotations

import math
from typing import Final

import pandas as pd

from app.lab.log_query import QueryError, query_log
from app.record.table import Column, Table
from app.stages.drills.archive import View
from app.stages.part import Part

HIDDEN: Final = ("relabelled", "origin", "arrived", "erased", "recomputed")


def tables_of(view: View) -> dict[str, pd.DataFrame]:
    """Return the tables that can be read."""
    here = view.log["arrived"].to_numpy(bool)
    log = view.log.drop(columns=[c for c in HIDDEN if c in view.log.columns])
    clear = view.seen[[c for c in view.seen.columns if c not in log.columns]]
    request = log[["request"]]
    whole = {
        "predictions": pd.concat([log, clear], axis=1),
        "sent": pd.concat([request, view.sent], axis=1),
        "archive": pd.concat([request, view.kept], axis=1),
    }
    return {name: frame[here].reset_index(drop=True) for name, frame in whole.items()}


def show(view: View, text: str) -> Part:
    """Run the query; what is wrong with it is an answer, too, and took its time."""
    try:
        found = query_log(text, tables_of(view))
    except QueryError as error:
        return Part(words={"trouble": str(error)[:1].upper() + str(error)[1:] + "."})
    columns = tuple(
        Column(
            key=f"c{i}",
            label=str(name)[:60],
            kind="text" if found.iloc[:, i].dtype.kind not in "biuf" else "number",
        )
        for i, name in enumerate(found.columns)
    )
    cells = [[_cell(v) for v in row] for row in found.itertuples(index=False, name=None)]
    return Part(
        tables=(
            Table(
                key="answer",
                title=f"{len(found):,} rows",
                columns=columns,
                rows=tuple(map(tuple, cells)),
                note=" ".join(text.split())[:400],
            ),
        )
    )


def _cell(value: object) -> object:
    if value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return None
    return value if isinstance(value, bool | int | float | str) else _plain(value)


def _plain(value: object) -> object:
    item = getattr(value, "item", None)
    found = item() if callable(item) else str(value)
    return found if isinstance(found, bool | int | float | str) else str(found)
