"""The worst lists, and what stood above their answer, as a table."""

from __future__ import annotations

import numpy as np
import pandas as pd

from app.lab.list_quality import Lists
from app.lab.ranking import positions
from app.record.table import Cell, Column, Table
from app.stages.bench import Bench
from app.stages.errors.scene import Scene

WORST = 15
DESCRIBED = 3
ABOVE = 2


def worst_lists(scene: Scene, found: Lists, bench: Bench) -> Table:
    """Write down the lists with the worst order: where the answer stood, and what above it."""
    answered = np.flatnonzero(found.answered)
    order = answered[np.lexsort((-found.first_good[answered], found.ndcg[answered]))][:WORST]
    queries = scene.queries
    assert queries is not None
    place = positions(scene.prediction, queries)
    name = scene.column(bench.choices("data").query)
    rows = []
    for one in order:
        items = np.flatnonzero(queries == found.names[one])
        items = items[np.argsort(place[items], kind="stable")]
        rows.append(_row(scene, found, int(one), items, name, _described(scene, items)))
    return Table(
        key="worst_lists",
        title="The worst lists",
        columns=(
            Column(key="query", label="List", kind="text"),
            Column(key="ndcg", label="nDCG@10"),
            Column(key="items", label="Items", kind="integer"),
            Column(key="good", label="Good ones", kind="integer"),
            Column(key="place", label="First good one at place", kind="integer"),
            Column(key="answer", label="The good one", kind="text"),
            Column(key="answer_score", label="Its score"),
            *_above_columns(),
            Column(key="row", label="Row of the good one", kind="integer"),
        ),
        rows=tuple(rows),
        note="Out-of-fold lists that hold a good item, worst first. Row numbers count the rows of your "
        "table from 0.",
    )


def _above_columns() -> list[Column]:
    return [
        column
        for i in range(1, ABOVE + 1)
        for column in (
            Column(key=f"above_{i}", label=f"Stood at place {i}", kind="text"),
            Column(key=f"above_{i}_score", label="Its score"),
        )
    ]


def _row(
    scene: Scene, found: Lists, one: int, items: np.ndarray, name: pd.Series, columns: list[str]
) -> tuple[Cell, ...]:
    good = items[scene.y[items] >= scene.problem.relevant_from]
    first = int(good[0])
    above: list[Cell] = []
    for i in range(ABOVE):
        there = i < len(items)
        above.append(_item(scene, int(items[i]), columns) if there else "")
        above.append(float(scene.prediction[items[i]]) if there else None)
    return (
        str(name.iloc[first])[:60],
        float(found.ndcg[one]),
        len(items),
        len(good),
        int(found.first_good[one]),
        _item(scene, first, columns),
        float(scene.prediction[first]),
        *above,
        int(scene.numbers[first]),
    )


def _item(scene: Scene, at: int, columns: list[str]) -> str:
    words = [f"{name} {scene.rows[name].iloc[at]}" for name in columns]
    return ", ".join([*words, f"grade {scene.y[at]:g}"])[:120]


def _described(scene: Scene, items: np.ndarray) -> list[str]:
    """Return the columns that tell the items of a list apart: texts first, then whole numbers."""
    rows = scene.rows.iloc[items]
    differ = [str(name) for name in rows.columns if rows[name].nunique() > 1]
    texts = [name for name in differ if not pd.api.types.is_numeric_dtype(rows[name])]
    whole = [name for name in differ if pd.api.types.is_integer_dtype(rows[name])]
    whole.sort(key=lambda name: -rows[name].nunique())
    rest = [name for name in differ if name not in texts and name not in whole]
    return [*texts, *whole, *rest][:DESCRIBED]
