"""Shadow: the model answers, today's way decides, and both are compared case by case."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from app.lab.estimate import Estimate
from app.lab.experiment import Design, likeness
from app.lab.intervals import bootstrap_mean
from app.record.chart import Axis, Chart, Guide, Series
from app.record.measure import Measure
from app.record.number import readable
from app.record.table import Column, Table
from app.stages.bench import Bench
from app.stages.part import Part
from app.stages.rollout.choices import Choices
from app.stages.rollout.decisions import NEAR
from app.stages.rollout.plan import Plan, units_of
from app.stages.rollout.scene import Scene
from app.stages.rollout.words import lasting, per_1000


def shadow(choices: Choices, scene: Scene, plan: Plan, bench: Bench) -> Part:
    """Say how often the two ways agree, what the others cost, and how long to watch."""
    past, rng = scene.past, bench.rng("rollout shadow")
    agree = bootstrap_mean(1.0 - past.differs, rng=rng, blocks=past.block, name=scene.block_name)
    design = paired_design(scene, plan, rng)
    needed = design.days_for(plan.effect)
    per_day = scene.per_day * float(past.differs.mean())
    waits = choices.read_disagreements / per_day if per_day > 0 else None
    return Part(
        (
            Measure.of("agreement", "Model and today’s way agree", agree, "share"),
            Measure(
                key="shadow_days_needed",
                label="Days of shadow that would show the same saving",
                value=needed,
                unit="days",
                n=None if needed is None else round(scene.per_day * needed),
                note="Only where acting does not change what happens: both answers are then known "
                "for every case, and compared in pairs.",
            ),
            Measure(
                key="disagreements_per_day",
                label="Cases a day in which they differ",
                value=per_day,
                unit="a day",
                n=past.size,
            ),
        ),
        (_table(scene),),
        (_chart(choices, scene, plan, design),),
        {"shadow": _sentence(scene, plan, agree, needed, waits, choices)},
    )


def paired_design(scene: Scene, plan: Plan, rng: np.random.Generator) -> Design:
    """Return the same plan where every decision is compared with itself."""
    past = scene.past
    alike = likeness(past.saving, units_of(past, plan.unit), rng)
    # The difference of each pair has one variance; a design adds up two arms of one half each.
    half = float(past.saving.var(ddof=1)) / 4
    return replace(
        plan.design,
        variance_a=half,
        variance_b=half,
        share_b=0.5,
        icc=alike.icc.value,
        inflation=1.0,
    )


def _sentence(
    scene: Scene,
    plan: Plan,
    agree: Estimate,
    needed: float | None,
    waits: float | None,
    choices: Choices,
) -> str:
    shows = (
        f"takes {lasting(needed)}, too"
        if needed is None
        else f"shows after {lasting(needed)} instead of {lasting(plan.needed)}"
    )
    words = (
        f"They agree in {100 * agree.value:.1f} % of {scene.past.size:,} cases. In shadow every "
        "case is compared with itself: where acting does not change the outcome, a saving of "
        f"{per_1000(plan.effect, scene.currency)} per 1,000 {shows}."
    )
    if waits is not None and choices.read_disagreements:
        words += (
            f" {choices.read_disagreements} disagreements to read come together in "
            f"{readable(waits, 2)} days."
        )
    return words


def _table(scene: Scene) -> Table:
    past = scene.past
    rows = []
    for name, mask in (("They agree", ~past.differs), ("They differ", past.differs)):
        some = mask.any()
        rows.append(
            (
                name,
                int(mask.sum()),
                float(mask.mean()),
                1000 * float(past.cost_a[mask].mean()) if some else None,
                1000 * float(past.cost_b[mask].mean()) if some else None,
                float((past.saving[mask] > 0).mean()) if some else None,
                float((past.saving[mask] < 0).mean()) if some else None,
            )
        )
    today, model = scene.names
    return Table(
        key="shadow",
        title="Where the two ways differ",
        columns=(
            Column(key="where", label="Cases", kind="text"),
            Column(key="n", label="n", kind="integer"),
            Column(key="share", label="Share", kind="share"),
            Column(key="today", label=f"Cost per 1,000: {today.lower()}", kind="currency"),
            Column(key="model", label=f"Cost per 1,000: {model.lower()}", kind="currency"),
            Column(key="better", label="Model cheaper", kind="share"),
            Column(key="worse", label="Model dearer", kind="share"),
        ),
        rows=tuple(rows),
        note=f"On training rows, each answered by a fold that had not seen it. {_meaning(scene)}",
    )


def _meaning(scene: Scene) -> str:
    """Say when two answers count as different."""
    if scene.problem.queries is not None:
        return "Lists differ when other items stand at their top."
    if scene.b.has_threshold:
        return "Cases differ when something else is done."
    return f"Numbers differ when they are {100 * NEAR:.0f} % of the target’s spread apart."


def _chart(choices: Choices, scene: Scene, plan: Plan, design: Design) -> Chart:
    last = max(choices.shadow_days * 2, 28)
    days = np.unique(np.round(np.linspace(1, last, 29)))
    found = 1000 * design.detectable(days)
    return Chart(
        key="shadow",
        title="What does the shadow show?",
        says="Smallest saving that pairs in shadow show by then, where acting does not change what "
        "happens; the A/B test beside it.",
        x=Axis(label="Length", unit="days"),
        y=Axis(label=f"Smallest saving per 1,000 {scene.noun}", unit=scene.currency, kind="log"),
        series=(
            Series(name="Shadow, in pairs", mark="line", x=days, y=_positive(found), role="second"),
            Series(
                name="A/B test",
                mark="line",
                x=days,
                y=_positive(1000 * plan.design.detectable(days)),
            ),
        ),
        guides=(Guide(axis="x", at=float(choices.shadow_days), label="planned"),),
    )


def _positive(values: np.ndarray) -> np.ndarray:
    """Leave out what has no place on a logarithmic axis."""
    return np.where(values > 0, values, np.nan)
