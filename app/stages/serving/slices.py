"""Slices in which the rule or a person decides: what that costs there, against the model."""

from __future__ import annotations

import numpy as np

from app.lab.column_means import column_means
from app.record.table import Cell, Column, Table
from app.stages.bench import Bench
from app.stages.cohort import NamedCohort, everything, read_cohorts
from app.stages.part import Part
from app.stages.serving.setting import Setting
from app.stages.serving.standing import Standing

FEWEST = 30
STEP_OF = {"rule": "rule", "human": "person"}
WHO = {"rule": "The rule", "human": "A person"}


def slices(setting: Setting, standing: Standing, bench: Bench) -> Part:
    """Measure the slices with another decider; nothing where there are none, or lists are ranked."""
    notes = [note for note in setting.cohorts if note.fallback]
    if not notes:
        return Part()
    if setting.problem.queries is not None:
        return Part(words={"slices": "A list is decided as a whole: slices have no decider."})
    frame = everything(setting.problem, setting.table)
    named = read_cohorts(notes, frame, setting.problem.inputs)
    rows = tuple(
        _row(one, note.fallback, one.mask(frame)[standing.at], setting, standing, bench)
        for one, note in zip(named, notes, strict=True)
    )
    return Part(
        tables=(
            Table(
                key="slice_fallbacks",
                title="Slices that others decide",
                columns=(
                    Column(key="name", label="Slice", kind="text"),
                    Column(key="who", label="Who decides", kind="text"),
                    Column(key="n", label="n", kind="integer"),
                    Column(key="share", label="Of all rows", kind="share"),
                    Column(key="model", label="Model: cost per 1,000 there", kind="currency"),
                    Column(key="other", label="Who decides instead", kind="currency"),
                    Column(key="gain", label="Saved by it", kind="currency"),
                    Column(key="low", label="from", kind="currency"),
                    Column(key="high", label="to", kind="currency"),
                    Column(key="note", label="", kind="text"),
                ),
                rows=rows,
                note="On the rows of the fallback ladder. What a person costs is expected from your "
                "answers.",
            ),
        )
    )


def _row(
    one: NamedCohort,
    fallback: str,
    inside: np.ndarray,
    setting: Setting,
    standing: Standing,
    bench: Bench,
) -> tuple[Cell, ...]:
    n, step = int(inside.sum()), STEP_OF[fallback]
    head: tuple[Cell, ...] = (one.name, WHO[fallback], n, float(inside.mean()))
    nothing: tuple[Cell, ...] = (None,) * 5
    if not one.known:
        return (*head, *nothing, one.says)
    if step not in standing.costs:
        return (*head, *nothing, "This step does not stand on the fallback ladder.")
    if n < FEWEST:
        return (*head, *nothing, f"Not enough data: fewer than {FEWEST} rows.")
    model, other = standing.costs["full"][inside], standing.costs[step][inside]
    values = 1000 * np.column_stack([model, other, model - other])
    blocks = setting.problem.blocks[standing.at][inside]
    found = column_means(values, bench.rng(f"slice {one.name}"), blocks)
    return (*head, *(e.value for e in found), found[2].low, found[2].high, "")
