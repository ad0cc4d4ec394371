"""Of lists: why the wrong item stands on top."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.lab.at_once import at_once
from app.lab.estimate import Estimate
from app.lab.intervals import bootstrap_mean
from app.record.chart import Axis, Chart, Guide, Role, Series
from app.record.table import Column, Table
from app.stages.bench import Bench
from app.stages.errors.explained import Explained, column_unit, shap_axis, significant
from app.stages.errors.scene import Scene
from app.stages.part import Part

LEAST_LISTS = 10
TOP = 8


@dataclass(frozen=True)
class Gap:
    """By how much a column put the wrong item above the right one, over lists."""

    column: str
    size: float
    mean: Estimate


def list_gap(scene: Scene, told: Explained, bench: Bench) -> Part:
    """Split the lead of the item on top over the best item that should have stood there."""
    queries = scene.queries
    if queries is None:
        return Part()
    gaps, tops = _gaps(told, scene.y[told.at], queries[told.at])
    used = np.flatnonzero(np.abs(gaps).sum(axis=0) > 0)
    if len(gaps) < LEAST_LISTS or not len(used):
        return Part()
    rng, blocks = bench.rng("list gap"), scene.blocks[told.at][tops]
    name, count = scene.problem.block_name, len(np.unique(blocks))
    means = (bootstrap_mean(gaps[:, i], rng=rng, blocks=blocks, name=name) for i in used)
    found = [
        Gap(
            told.found.columns[i],
            float(np.abs(gaps[:, i]).mean()),
            at_once(mean, len(used), count),
        )
        for i, mean in zip(used, means, strict=True)
    ]
    found.sort(key=lambda gap: -gap.mean.value)
    return Part(tables=(_table(told, found, len(gaps)),), charts=(_chart(told, found, len(gaps)),))


def _gaps(told: Explained, y: np.ndarray, queries: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return, by list, contributions of the item on top minus those of the best, and its place."""
    drawn, scores = told.sample, told.found.output
    gaps, tops = [], []
    for query in np.unique(queries[drawn]):
        rows = np.flatnonzero((queries == query) & drawn)
        first = rows[np.argmax(scores[rows])]
        good = rows[y[rows] == y[rows].max()]
        if y[first] < y[good[0]]:
            right = good[np.argmax(scores[good])]
            gaps.append(told.found.values[first] - told.found.values[right])
            tops.append(int(first))
    shape = len(gaps), len(told.found.columns)
    return np.array(gaps).reshape(shape), np.array(tops, dtype=int)


def _unsure(gap: Gap) -> bool:
    """Say whether the interval holds zero, or there is none."""
    low, high = gap.mean.low, gap.mean.high
    return low is None or high is None or low <= 0 <= high


def _chart(told: Explained, found: list[Gap], lists: int) -> Chart:
    top = sorted(found, key=lambda gap: -abs(gap.mean.value))[:TOP]
    top.sort(key=lambda gap: -gap.mean.value)
    groups: tuple[tuple[str, list[Gap], Role], ...] = (
        ("Lifts the wrong item", [g for g in top if (g.mean.low or 0.0) > 0], "stop"),
        ("Cannot be told", [g for g in top if _unsure(g)], "muted"),
        ("Lifts the right item", [g for g in top if (g.mean.high or 0.0) < 0], "good"),
    )
    return Chart(
        key="explanation_lists",
        title="Why does the wrong item stand on top?",
        says=f"In {lists:,} lists that a fresh fit had not seen, an item stands above the best one. "
        f"{_built(top[0], len(found))}",
        x=shap_axis(told.found, "Lead of the wrong item over the right one, mean"),
        y=Axis(label="", kind="category", order=tuple(g.column for g in top)),
        series=tuple(
            Series(
                name=name,
                mark="point",
                x=[significant(g.mean.value) for g in some],
                y=[g.column for g in some],
                low=[g.mean.low for g in some],
                high=[g.mean.high for g in some],
                role=role,
            )
            for name, some, role in groups
            if some
        ),
        guides=(Guide(axis="x", at=0.0),),
        horizontal=True,
    )


def _built(first: Gap, columns: int) -> str:
    if _unsure(first) or first.mean.value <= 0:
        return f"What its lead is built from cannot be told for certain ({_level(columns)})."
    return f"Its lead is built mostly from {first.column} ({_level(columns)})."


def _level(columns: int) -> str:
    return f"95 % intervals over {columns} columns at once" if columns > 1 else "95 % intervals"


def _table(told: Explained, found: list[Gap], lists: int) -> Table:
    unit = column_unit(told.found)
    return Table(
        key="explanation_lists",
        title="What lifts the wrong item above the right one",
        columns=(
            Column(key="column", label="Column", kind="text"),
            Column(key="mean", label="Lead of the wrong item, mean", unit=unit),
            Column(key="low", label="from"),
            Column(key="high", label="to"),
            Column(key="size", label="Absolute difference, mean", unit=unit),
        ),
        rows=tuple((g.column, g.mean.value, g.mean.low, g.mean.high, g.size) for g in found),
        note=f"{lists:,} lists in which the item on top has a lower grade than the best one. SHAP "
        f"value of the item on top minus that of the best item; {_level(len(found))}; "
        "lists of one block (day, group) count as alike.",
    )
