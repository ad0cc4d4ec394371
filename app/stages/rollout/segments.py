"""Slices that are watched: does the planned test say anything about them?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from app.record.table import Column, Table
from app.stages.bench import Bench
from app.stages.cohort import NamedCohort, everything, read_cohorts
from app.stages.part import Part
from app.stages.rollout.plan import Plan
from app.stages.rollout.scene import Scene

LEAST = 30
FEW = "Not enough data in the planned time."
ALL = "Enough to show the saving asked for."
LARGE = "Only a larger saving shows in the planned time."


def segments(scene: Scene, plan: Plan, bench: Bench) -> Part:
    """Work the plan out for each slice that was named in the error analysis."""
    notes = tuple(bench.choices("errors").cohorts)
    if not notes:
        return Part()
    whole = everything(scene.problem, scene.table)
    named = read_cohorts(notes, whole, scene.problem.inputs)
    frame = whole.iloc[scene.past.at].reset_index(drop=True)
    rows = tuple(_row(cohort, cohort.mask(frame), scene, plan) for cohort in named)
    return Part(tables=(_table(rows, plan),), words=_words(rows))


def _row(cohort: NamedCohort, mask: np.ndarray, scene: Scene, plan: Plan) -> tuple[object, ...]:
    if cohort.cohort is None:
        return (cohort.name, None, None, None, None, None, False, cohort.trouble)
    share, n = float(mask.mean()), int(mask.sum())
    planned = round(scene.per_day * plan.days * share)
    if n < LEAST:
        return (cohort.name, n, share, planned, None, None, False, FEW)
    part = scene.past.part(mask)
    design = replace(
        plan.design,
        variance_a=float(part.cost_a.var(ddof=1)),
        variance_b=float(part.cost_b.var(ddof=1)),
        per_day=scene.per_day * share,
        size_per_day=plan.design.size_per_day * share,
        fixed_size=max(1.0, plan.design.fixed_size * share),
    )
    found = float(design.detectable(np.array(float(plan.days))))
    known = np.isfinite(found)
    enough = bool(known and found <= plan.effect)
    says = ALL if enough else LARGE if known else FEW
    needed = design.days_for(plan.effect)
    return (
        cohort.name,
        n,
        share,
        planned,
        1000 * found if known else None,
        None if needed is None else int(needed),
        enough,
        f"{says} {cohort.says}".strip(),
    )


def _table(rows: tuple[tuple[object, ...], ...], plan: Plan) -> Table:
    return Table(
        key="segments",
        title="Slices under watch in the test",
        columns=(
            Column(key="name", label="Slice", kind="text"),
            Column(key="n", label="n (past)", kind="integer"),
            Column(key="share", label="Share", kind="share"),
            Column(key="planned", label="Decisions in the test", kind="integer"),
            Column(key="detectable", label="Smallest saving shown, per 1,000", kind="currency"),
            Column(key="needed", label="Days it would take", kind="integer"),
            Column(key="enough", label="Enough?", kind="flag"),
            Column(key="note", label="Note", kind="text"),
        ),
        rows=rows,
        note=f"With the error of {100 * plan.alpha:.3g} % for each slice alone; looking at several, "
        "expect one in twenty to differ by chance.",
    )


def _words(rows: Iterable[tuple[object, ...]]) -> dict[str, str]:
    few = [str(row[0]) for row in rows if not row[6]]
    return {"segments_few": ", ".join(few)} if few else {}
