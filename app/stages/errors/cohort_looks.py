"""What the model looks at in one cohort that it does not look at elsewhere."""

from __future__ import annotations

import numpy as np

from app.lab.estimate import Estimate
from app.lab.shapley import CohortColumn, compare_cohorts
from app.record.chart import Axis, Chart, Series
from app.record.table import Cell, Column, Table
from app.stages.bench import Bench
from app.stages.errors.explained import MOST_COHORTS, Explained, column_unit, shap_axis, significant
from app.stages.errors.scene import Scene
from app.stages.part import Part

LEAST_ROWS = 20
PICTURES = 4
SHOWN = 5
ERROR = 0.05


def cohort_looks(scene: Scene, told: Explained, bench: Bench) -> Part:
    """Compare what predictions are built from inside each cohort and outside."""
    rng = bench.rng("cohort looks")
    compared = {}
    names = list(scene.cohorts)[:MOST_COHORTS]
    for name in names:
        inside = scene.cohorts[name][told.at]
        # Rows added for one cohort must not stand for the world outside of another.
        used = told.sample | inside
        if min(int(inside.sum()), int((used & ~inside).sum())) >= LEAST_ROWS and told.used:
            compared[name] = compare_cohorts(
                told.found.rows(used),
                inside[used],
                rng,
                scene.blocks[told.at][used],
                cohorts=len(names),
            )
    if not compared:
        return Part()
    charts = [
        _picture(told, name, columns, number)
        for number, (name, columns) in enumerate(list(compared.items())[:PICTURES], 1)
    ]
    return Part(tables=(_table(told, compared),), charts=tuple(charts))


def _differ(columns: tuple[CohortColumn, ...]) -> list[CohortColumn]:
    """Columns whose difference holds up after correction, the largest first."""
    return [c for c in columns if np.isfinite(c.p_value) and c.p_value < ERROR]


def _picture(told: Explained, name: str, columns: tuple[CohortColumn, ...], number: int) -> Chart:
    shown = [c for c in columns if c.inside.value > 0 or c.outside.value > 0][:SHOWN]
    differ = [c for c in _differ(columns) if c in shown]
    # That it looks at the columns which make the slice is no news.
    differ.sort(key=lambda c: c.column in name)
    n = columns[0].inside.n
    if differ:
        first = differ[0]
        way = "more" if first.difference.value > 0 else "less"
        says = f"Where {name} it builds {way} on {first.column} than elsewhere (n = {n:,} inside)."
    elif any(np.isfinite(c.p_value) for c in columns):
        says = f"No column is used differently for certain where {name} (n = {n:,} inside)."
    else:
        says = (
            f"Too few days, groups or lists to tell what is used differently where {name} "
            f"(n = {n:,} inside)."
        )
    return Chart(
        key=f"explanation_cohort_{number}",
        title=f"What does it look at where {name}?",
        says=says,
        x=shap_axis(told.found, "Mean absolute SHAP value"),
        y=Axis(label="", kind="category", order=tuple(c.column for c in shown)),
        series=(
            points("Inside", shown, [c.inside for c in shown], "second"),
            points("Elsewhere", shown, [c.outside for c in shown], "muted"),
        ),
        horizontal=True,
    )


def points(name: str, columns: list[CohortColumn], sizes: list[Estimate], role: str) -> Series:
    """Return one point a column, with its interval."""
    return Series(
        name=name,
        mark="point",
        x=[significant(size.value) for size in sizes],
        y=[c.column for c in columns],
        low=[size.low for size in sizes],
        high=[size.high for size in sizes],
        role=role,
    )


def _table(told: Explained, compared: dict[str, tuple[CohortColumn, ...]]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for name, columns in compared.items():
        for c in columns[:SHOWN]:
            if c.inside.value == 0 and c.outside.value == 0:
                continue
            gap = c.difference
            rows.append(
                (
                    name,
                    c.inside.n,
                    c.column,
                    c.inside.value,
                    c.outside.value,
                    gap.value,
                    gap.low,
                    gap.high,
                    c.p_value,
                )
            )
    unit = column_unit(told.found)
    return Table(
        key="explanation_cohorts",
        title="What it looks at in one slice more than elsewhere",
        columns=(
            Column(key="cohort", label="Where", kind="text"),
            Column(key="n", label="Rows inside", kind="integer"),
            Column(key="column", label="Column", kind="text"),
            Column(key="inside", label="Mean absolute SHAP value inside", unit=unit),
            Column(key="outside", label="elsewhere", unit=unit),
            Column(key="difference", label="Difference", unit=unit),
            Column(key="low", label="from"),
            Column(key="high", label="to"),
            Column(key="p", label="p (Holm)", help="Corrected for all columns and slices."),
        ),
        rows=tuple(rows),
        note="The largest differences only. A column that is used more there is where to look first; "
        "it is not the cause of what goes wrong there.",
    )
