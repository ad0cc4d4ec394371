"""The rows most worth reading, each with how its prediction is put together."""

from __future__ import annotations

import numpy as np

from app.lab.shapley import importance
from app.record.chart import Axis, Chart, Series
from app.stages.bench import Bench
from app.stages.errors.choices import Choices
from app.stages.errors.scene import Scene
from app.stages.errors.worst import WorstRows, shown_value, worst_rows, worst_table
from app.stages.part import Part

WATERFALL = 8


def reading(scene: Scene, choices: Choices, bench: Bench) -> Part:
    """Line up the rows to read."""
    worst = worst_rows(
        scene.problem,
        scene.champion.fitted,
        scene.seen,
        scene.rows,
        scene.prediction,
        scene.background,
    )
    ranks = importance(worst.about, bench.rng("worst"))
    return Part(tables=(worst_table(worst, ranks),), charts=tuple(row_charts(worst)))


def row_charts(worst: WorstRows) -> list[Chart]:
    """Draw, for each of the worst rows, how its prediction is put together."""
    return [_waterfall(int(name), worst, i) for i, name in enumerate(worst.names)]


def _waterfall(name: int, worst: WorstRows, at: int) -> Chart:
    about, row = worst.about, worst.rows.iloc[at]
    values = about.values[at]
    order = np.argsort(-np.abs(values), kind="stable")
    top, rest = order[:WATERFALL], order[WATERFALL:]
    steps = [(f"{about.columns[i]} = {shown_value(row[about.columns[i]])}", values[i]) for i in top]
    if len(rest) and np.abs(values[rest]).sum() > 0:
        steps.append((f"{len(rest)} other columns", float(values[rest].sum())))
    starts = about.base + np.concatenate([[0.0], np.cumsum([s for _, s in steps])[:-1]])
    series = []
    for up, title, role in ((True, "Pushes up", "second"), (False, "Pushes down", "main")):
        part = [
            (words, float(size), float(start))
            for (words, size), start in zip(steps, starts, strict=True)
            if (size >= 0) == up
        ]
        if part:
            series.append(
                Series(
                    name=title,
                    mark="bar",
                    x=[size for _, size, _ in part],
                    y=[words for words, *_ in part],
                    base=[start for *_, start in part],
                    text=[f"{size:+.3g}" for _, size, _ in part],
                    role=role,
                )
            )
    return Chart(
        key=f"row_{name}",
        title=f"How row {name:,} got its prediction",
        says=f"Out of fold it was predicted {worst.said[at]}; it was {worst.was[at]}. The bars show the "
        f"final model, from {about.base:.3g} on.",
        x=Axis(label="Output", unit="" if about.unit == "target" else about.unit),
        y=Axis(label="", kind="category", order=tuple(words for words, _ in steps)),
        series=tuple(series),
        horizontal=True,
    )
