"""Of several classes: what each one is told by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.lab.rungs import Fitted
from app.lab.shapley import Attribution, Importance, explain, importance
from app.record.chart import Axis, Chart, Series
from app.record.number import readable
from app.record.table import Column, Table
from app.stages.bench import Bench
from app.stages.errors.explained import Explained, column_unit
from app.stages.errors.scene import Scene
from app.stages.part import Part

MOST_CLASSES = 12
MOST_ROWS = 300
COLUMNS = 6
TOP = 5


@dataclass(frozen=True)
class ClassColumns:
    """What the output of one class is built from."""

    name: str
    n: int
    found: Attribution
    ranks: tuple[Importance, ...]


def class_columns(scene: Scene, fitted: Fitted, told: Explained, bench: Bench) -> Part:
    """Explain the output of each class on the same rows."""
    problem = scene.problem
    if problem.form != "multiclass" or not told.used:
        return Part()
    rows = told.drawn_rows.head(MOST_ROWS)
    counts = np.bincount(scene.y.astype(int), minlength=len(problem.classes))
    rng, blocks = bench.rng("class columns"), scene.blocks[told.at][told.sample][: len(rows)]
    each = []
    for number in np.argsort(-counts, kind="stable")[:MOST_CLASSES]:
        if counts[number] == 0:
            continue
        found = explain(fitted, rows, scene.background, problem.inputs, int(number))
        name = problem.classes[int(number)]
        each.append(ClassColumns(name, int(counts[number]), found, importance(found, rng, blocks)))
    return Part(tables=(_table(each, len(rows)),), charts=(_heat(each, told, len(rows)),))


def _heat(each: list[ClassColumns], told: Explained, n: int) -> Chart:
    total = {
        c: max(next(r.size.value for r in one.ranks if r.column == c) for one in each)
        for c in told.found.columns
    }
    columns = sorted(total, key=lambda c: -total[c])[:COLUMNS]
    most = max(total.values()) or 1.0
    cells = [
        (c, one.name, next(r.size.value for r in one.ranks if r.column == c))
        for one in each
        for c in columns
    ]
    rarest = min(each, key=lambda one: one.n)
    return Chart(
        key="columns_by_class",
        title="What is each class told by?",
        says=f"Dark: the column moves the output of that class much. {rarest.name}, the rarest here, is "
        f"told mostly by {rarest.ranks[0].column}. Mean absolute SHAP values over {n:,} rows.",
        x=Axis(label="", kind="category", order=tuple(columns)),
        y=Axis(label="", kind="category", order=tuple(one.name for one in each)),
        series=(
            Series(
                name="",
                mark="heat",
                x=[c for c, *_ in cells],
                y=[name for _, name, _ in cells],
                shade=[round(size / most, 3) for *_, size in cells],
                text=[readable(size, 2) for *_, size in cells],
            ),
        ),
    )


def _table(each: list[ClassColumns], n: int) -> Table:
    return Table(
        key="columns_by_class",
        title=f"What each class is told by: the first {TOP} columns",
        columns=(
            Column(key="name", label="Class", kind="text"),
            Column(key="rows", label="Rows of the class", kind="integer"),
            Column(key="rank", label="Rank", kind="integer"),
            Column(key="column", label="Column", kind="text"),
            Column(key="size", label="Mean absolute SHAP value", unit=column_unit(each[0].found)),
            Column(key="low", label="from"),
            Column(key="high", label="to"),
        ),
        rows=tuple(
            (one.name, one.n, r.rank, r.column, r.size.value, r.size.low, r.size.high)
            for one in each
            for r in one.ranks[:TOP]
            if r.size.value > 0
        ),
        note=f"Of the output of that class, on the same {n:,} rows for all classes, whatever is "
        "predicted for them.",
    )
