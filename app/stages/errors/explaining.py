"""Which columns predictions are built from, and how steady that is."""

from __future__ import annotations

import numpy as np
import pandas as pd

from app.lab.shapley import Attribution, Importance, explain, importance
from app.record.chart import Axis, Chart, Series
from app.record.table import Column, Table
from app.stages.bench import Bench
from app.stages.errors.choices import Choices
from app.stages.errors.scene import Scene
from app.stages.part import Part

TOP = 10
SWARM = 150
DEPENDENCE = 2


def explaining(scene: Scene, choices: Choices, bench: Bench) -> Part:
    """Explain a sample of the rows."""
    n = len(scene.seen)
    picked = np.sort(bench.rng("explained").permutation(n)[: min(choices.explained_rows, n)])
    shown = scene.rows.iloc[picked].reset_index(drop=True)
    found = explain(scene.champion.fitted, shown, scene.background, scene.problem.inputs)
    ranks = importance(found, bench.rng("importance"))
    return Part(
        tables=(_importance_table(found, ranks),),
        charts=(
            importance_chart(found, ranks),
            beeswarm(found, shown, ranks),
            *dependence(found, shown, ranks),
        ),
        words={
            "explained": f"{len(picked):,} of them explained: {found.method}",
            "unit": found.unit,
        },
    )


def _importance_table(found: Attribution, ranks: tuple[Importance, ...]) -> Table:
    return Table(
        key="importance",
        title="Columns that predictions are built from",
        columns=(
            Column(key="rank", label="Rank", kind="integer"),
            Column(key="column", label="Column", kind="text"),
            Column(key="size", label="Mean absolute SHAP value", unit=found.unit),
            Column(key="low", label="from"),
            Column(key="high", label="to"),
        ),
        rows=tuple((r.rank, r.column, r.size.value, r.size.low, r.size.high) for r in ranks),
        note="Which columns a prediction is built from, not what changing them would do.",
    )


def _axis(found: Attribution, words: str) -> Axis:
    return Axis(label=words, unit="" if found.unit == "target" else found.unit)


def importance_chart(found: Attribution, ranks: tuple[Importance, ...]) -> Chart:
    """Draw the mean absolute SHAP values."""
    top = ranks[:TOP]
    return Chart(
        key="importance",
        title="What are predictions built from?",
        says=f"Mostly {top[0].column}. It is how the model sums up, not what causes what."
        if top and top[0].size.value > 0
        else "The chosen rung looks at no column.",
        x=_axis(found, "Mean absolute SHAP value"),
        y=Axis(label="", kind="category"),
        series=(
            Series(
                name="Importance",
                mark="bar",
                x=[r.size.value for r in top],
                y=[r.column for r in top],
                low=[r.size.low for r in top],
                high=[r.size.high for r in top],
            ),
        ),
        horizontal=True,
    )


def beeswarm(found: Attribution, rows: pd.DataFrame, ranks: tuple[Importance, ...]) -> Chart:
    """Draw a sample of contributions, colored by the value of the column."""
    top = [r for r in ranks[:TOP] if r.size.value > 0]
    some = np.arange(len(rows))[:: max(1, len(rows) // SWARM)]
    x: list[float] = []
    y: list[str] = []
    shade: list[float | None] = []
    for rank in top:
        place = found.columns.index(rank.column)
        x += [float(v) for v in found.values[some, place]]
        y += [rank.column] * len(some)
        shade += _shades(rows[rank.column].iloc[some])
    return Chart(
        key="beeswarm",
        title="How do values push predictions?",
        says="Each dot is a row: right pushes up, left down; orange is a high value, blue low.",
        x=_axis(found, "SHAP value"),
        y=Axis(label="", kind="category"),
        series=(Series(name="Rows", mark="point", x=x, y=y, shade=shade),),
        horizontal=True,
    )


def _shades(series: pd.Series) -> list[float | None]:
    if not pd.api.types.is_numeric_dtype(series):
        return [None] * len(series)
    values = series.to_numpy(dtype=float, na_value=np.nan)
    ranks = pd.Series(values).rank(pct=True).to_numpy()
    return [None if np.isnan(v) else float(v) for v in ranks]


def dependence(
    found: Attribution, rows: pd.DataFrame, ranks: tuple[Importance, ...]
) -> list[Chart]:
    """Draw contribution by value for the strongest numeric columns."""
    charts: list[Chart] = []
    for rank in ranks:
        series = rows[rank.column]
        if rank.size.value <= 0 or not pd.api.types.is_numeric_dtype(series):
            continue
        some = np.arange(len(rows))[:: max(1, len(rows) // (2 * SWARM))]
        charts.append(
            Chart(
                key=f"dependence_{len(charts) + 1}",
                title=f"How does {rank.column} push?",
                says="Each dot is a row: its value, and how far that moves its prediction.",
                x=Axis(label=rank.column),
                y=_axis(found, "SHAP value"),
                series=(
                    Series(
                        name="Rows",
                        mark="point",
                        x=series.iloc[some].to_numpy(dtype=float, na_value=np.nan),
                        y=found.values[some, found.columns.index(rank.column)],
                    ),
                ),
            )
        )
        if len(charts) == DEPENDENCE:
            break
    return charts
