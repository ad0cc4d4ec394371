"""Which columns make the errors, beside those that make the predictions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.lab.loss_attribution import (
    LossAttribution,
    LossPart,
    attribute_loss,
    default_loss,
    mean_loss_parts,
)
from app.lab.rungs import Fitted
from app.record.measure import Measure
from app.record.table import Cell, Column, Table
from app.stages.bench import Bench
from app.stages.errors.choices import Choices
from app.stages.errors.explained import MOST_COHORTS, Explained, explained
from app.stages.errors.list_gap import list_gap
from app.stages.errors.loss_pictures import cohort_picture, net_picture, shares_picture
from app.stages.errors.refitting import held_out
from app.stages.errors.scene import Scene
from app.stages.part import Part

LEAST_ROWS = 20
PICTURES = 2
SHOWN = 5
MOST_ROWS = 2000
LOSS_WORDS = {
    "log_loss": "log loss, in nats",
    "multi_log_loss": "log loss, in nats",
    "squared_error": "squared error",
    "absolute_error": "absolute error, in the unit of the target",
    "cost": "cost of the decision",
    "pair_loss": "loss over pairs of a list that stand in the wrong order, in nats",
}


@dataclass(frozen=True)
class LossTold:
    """Rows that the rung did not see, their explanation, and the loss by column."""

    told: Explained
    lost: LossAttribution
    parts: tuple[LossPart, ...]
    blocks: int

    @property
    def harm(self) -> float:
        """Sum over the columns of what made losses larger."""
        return sum(part.harm.value for part in self.parts)

    @property
    def push(self) -> float:
        """Sum over the columns of mean absolute contributions to the prediction."""
        return sum(rank.size.value for rank in self.told.ranks)


def loss_columns(scene: Scene, choices: Choices, bench: Bench) -> Part:
    """Split the loss on rows that a fresh fit has not seen."""
    apart = held_out(scene, bench)
    if apart is None:
        return Part(
            words={
                "loss_explained": "There are too few rows to leave some out: which columns make the "
                "errors cannot be said."
            }
        )
    fitted, away = apart
    most = min(MOST_ROWS, 2 * choices.explained_rows)
    told = explained(scene, fitted, away, most, bench, "held out")
    if not told.used:
        return Part(words={"loss_explained": "The chosen rung looks at no column."})
    lost = _attributed(scene, fitted, told)
    blocks = scene.blocks[told.at][told.sample]
    parts = mean_loss_parts(lost.rows(told.sample), bench.rng("loss parts"), blocks=blocks)
    found = LossTold(told, lost, parts, len(np.unique(blocks)))
    return _part(scene, found, fitted, bench)


def _attributed(scene: Scene, fitted: Fitted, told: Explained) -> LossAttribution:
    problem, queries = scene.problem, scene.queries
    return attribute_loss(
        fitted,
        told.rows,
        scene.background,
        problem.inputs,
        scene.y[told.at],
        default_loss(problem.form, queries is not None),
        found=told.found,
        queries=None if queries is None else queries[told.at],
    )


def _part(scene: Scene, found: LossTold, fitted: Fitted, bench: Bench) -> Part:
    cohorts = _cohorts(scene, found, bench)
    gap = list_gap(scene, found.told, bench)
    tables = [_table(found), *([_cohort_table(found, cohorts)] if cohorts else []), *gap.tables]
    worst = sorted(cohorts, key=lambda c: -c.excess)[:PICTURES]
    return Part(
        measures=tuple(_first(found)),
        tables=tuple(tables),
        charts=(
            shares_picture(found.told, found.parts, found.harm, found.push),
            net_picture(found.parts, found.lost, found.told.n, found.blocks),
            *(
                cohort_picture(c.name, c.inside, c.outside, found.lost, c.n, number, c.blocks)
                for number, c in enumerate(worst, 1)
            ),
            *gap.charts,
        ),
        words={
            "loss_explained": f"{found.told.n:,} rows that a fresh fit of the rung had not seen; "
            f"{LOSS_WORDS[found.lost.loss]}; {found.lost.method}"
        },
    )


def _first(found: LossTold) -> list[Measure]:
    if len([p for p in found.parts if p.harm.value > 0]) < 3 or found.harm <= 0:
        return []
    first = max(found.parts, key=lambda part: part.harm.value)
    return [
        Measure(
            key="loss_first_share",
            label=f"Share of {first.column} in what makes losses larger",
            value=first.harm.value / found.harm,
            unit="share",
            n=found.told.n,
        )
    ]


def _table(found: LossTold) -> Table:
    push = {rank.column: rank for rank in found.told.ranks}
    order = sorted(found.parts, key=lambda part: -part.harm.value)
    unit = found.lost.unit
    return Table(
        key="loss_columns",
        title="Columns that errors are built from, beside those of predictions",
        columns=(
            Column(key="rank", label="Rank in the errors", kind="integer"),
            Column(key="column", label="Column", kind="text"),
            Column(
                key="harm",
                label="Makes losses larger by, mean",
                unit=unit,
                help="Contributions that made a row's loss larger; the others count as zero.",
            ),
            Column(
                key="net",
                label="Net, mean",
                unit=unit,
                help="Above zero: over these rows the loss is larger with what the column adds.",
            ),
            Column(key="low", label="from"),
            Column(key="high", label="to"),
            Column(key="prediction_rank", label="Rank in the predictions", kind="integer"),
        ),
        rows=tuple(
            (
                number,
                part.column,
                part.harm.value,
                part.mean.value,
                part.mean.low,
                part.mean.high,
                push[part.column].rank,
            )
            for number, part in enumerate(order, 1)
            if part.harm.value > 0 or push[part.column].size.value > 0
        ),
        note=f"n = {found.told.n:,} rows that a fresh fit had not seen. Loss: "
        f"{LOSS_WORDS[found.lost.loss]}. A part of a loss is no cause: where a column is above "
        "zero, compare with a fit without it before you drop it.",
    )


@dataclass(frozen=True)
class CohortLoss:
    """What the columns add to the loss inside a cohort and outside."""

    name: str
    n: int
    excess: float
    inside: tuple[LossPart, ...]
    outside: tuple[LossPart, ...]
    blocks: tuple[int, int]


def _cohorts(scene: Scene, found: LossTold, bench: Bench) -> list[CohortLoss]:
    told, rng = found.told, bench.rng("loss of cohorts")
    blocks = scene.blocks[told.at]
    each = []
    for name, mask in list(scene.cohorts.items())[:MOST_COHORTS]:
        inside = mask[told.at]
        outside = told.sample & ~inside
        if min(int(inside.sum()), int(outside.sum())) < LEAST_ROWS:
            continue
        total = found.lost.total
        each.append(
            CohortLoss(
                name,
                int(inside.sum()),
                float(total[inside].mean() - total[outside].mean()),
                mean_loss_parts(found.lost, rng, inside, blocks),
                mean_loss_parts(found.lost, rng, outside, blocks),
                (len(np.unique(blocks[inside])), len(np.unique(blocks[outside]))),
            )
        )
    return each


def _cohort_table(found: LossTold, cohorts: list[CohortLoss]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for cohort in cohorts:
        elsewhere = {part.column: part for part in cohort.outside}
        for part in sorted(cohort.inside, key=lambda p: -p.mean.value)[:SHOWN]:
            if part.harm.value > 0:
                mean = part.mean
                other = elsewhere[part.column].mean.value
                rows.append(
                    (cohort.name, cohort.n, part.column, mean.value, mean.low, mean.high, other)
                )
    unit = found.lost.unit
    return Table(
        key="loss_cohorts",
        title="Columns that errors are built from, slice by slice",
        columns=(
            Column(key="cohort", label="Where", kind="text"),
            Column(key="n", label="Rows inside", kind="integer"),
            Column(key="column", label="Column", kind="text"),
            Column(key="net", label="Adds to the loss inside, mean", unit=unit),
            Column(key="low", label="from"),
            Column(key="high", label="to"),
            Column(key="outside", label="elsewhere", unit=unit),
        ),
        rows=tuple(rows),
        note="The five that add most; below zero, even these make the loss smaller.",
    )
