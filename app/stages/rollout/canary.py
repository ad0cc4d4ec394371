"""The canary: how much harm each step can notice, and what it would cost by then."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from app.lab.experiment import Design
from app.record.chart import Axis, Chart, Guide, Series
from app.record.measure import Measure
from app.record.number import readable
from app.record.table import Column, Table
from app.stages.part import Part
from app.stages.rollout.choices import Choices
from app.stages.rollout.plan import Plan
from app.stages.rollout.scene import Scene
from app.stages.rollout.steps import percent, read_steps
from app.stages.rollout.words import lasting


@dataclass(frozen=True)
class Step:
    """One step of the canary.

    Parameters
    ----------
    share : float
    decisions : float
        That the model makes during the step.
    detectable : float or None
        Smallest extra cost per decision that the step notices; None with too few units.
    needed : float or None
        Days until the wanted harm is noticed.
    exposed : float or None
        What that harm would have cost by then, in currency.
    """

    share: float
    decisions: float
    detectable: float | None
    needed: float | None
    exposed: float | None


def steps_of(choices: Choices, scene: Scene, plan: Plan) -> tuple[Step, ...]:
    """Work out every step: one-sided, and looked at once at its end."""
    harm = harm_of(choices, plan)
    found = []
    for share in read_steps(choices.canary):
        design = _design(choices, plan, share)
        seen = float(design.detectable(np.array(float(choices.canary_days))))
        needed = design.days_for(harm)
        made = share * scene.per_day
        found.append(
            Step(
                share,
                made * choices.canary_days,
                seen if np.isfinite(seen) else None,
                needed,
                None if needed is None else harm * made * needed,
            )
        )
    return tuple(found)


def harm_of(choices: Choices, plan: Plan) -> float:
    """Return the extra cost per decision that a step must notice."""
    return choices.canary_harm / 100 * abs(plan.mean.value)


def _design(choices: Choices, plan: Plan, share: float) -> Design:
    return replace(
        plan.design,
        share_b=share,
        alpha=2 * choices.alpha,
        power=choices.canary_sure,
        inflation=1.0,
    )


def canary(choices: Choices, scene: Scene, plan: Plan) -> Part:
    """Write the steps down."""
    steps = steps_of(choices, scene, plan)
    harm = harm_of(choices, plan)
    first = steps[0]
    return Part(
        (
            Measure(
                key="canary_detectable",
                label=f"Harm that the first step ({percent(first.share)}) notices, per 1,000",
                value=None if first.detectable is None else 1000 * first.detectable,
                unit="currency",
                n=round(first.decisions),
                note=f"In {100 * choices.canary_sure:.0f} of 100 canaries, one-sided at "
                f"{100 * choices.alpha:.3g} %.",
            ),
        ),
        (_table(choices, scene, steps, harm),),
        (_chart(choices, scene, steps, harm),),
        {"canary": _sentence(choices, scene, steps, harm)},
    )


def _sentence(choices: Choices, scene: Scene, steps: tuple[Step, ...], harm: float) -> str:
    blind = [s for s in steps if s.needed is None or s.needed > choices.canary_days]
    words = (
        f"A harm of {readable(1000 * harm)} {scene.currency} per 1,000 ({choices.canary_harm:g} % "
        "of today’s cost) "
    )
    if not blind:
        return words + f"is noticed in every step of {lasting(float(choices.canary_days))}."
    names = ", ".join(percent(s.share) for s in blind)
    return words + (
        f"is not surely noticed in {lasting(float(choices.canary_days))} at {names}: these steps "
        "show that the service runs, and only a larger harm."
    )


def _table(choices: Choices, scene: Scene, steps: tuple[Step, ...], harm: float) -> Table:
    return Table(
        key="canary",
        title="Steps of the canary",
        columns=(
            Column(key="share", label="Share", kind="share"),
            Column(key="days", label="Planned", unit="days", kind="integer"),
            Column(key="decisions", label="Decisions of the model", kind="integer"),
            Column(
                key="detectable",
                label="Harm noticed, per 1,000",
                kind="currency",
                help="Smallest extra cost that is noticed with the probability you asked for.",
            ),
            Column(key="needed", label="Days until your harm is noticed", kind="integer"),
            Column(key="decisions_needed", label="Decisions until then", kind="integer"),
            Column(key="exposed", label="It would have cost", kind="currency"),
        ),
        rows=tuple(
            (
                s.share,
                choices.canary_days,
                round(s.decisions),
                None if s.detectable is None else 1000 * s.detectable,
                None if s.needed is None else int(s.needed),
                None if s.needed is None else round(s.share * scene.per_day * s.needed),
                s.exposed,
            )
            for s in steps
        ),
        note=f"Your harm: {readable(1000 * harm)} {scene.currency} per 1,000, noticed with a "
        f"probability of {100 * choices.canary_sure:.0f} %. Empty: not within ten years, or too few "
        "units. The label delay comes on top.",
    )


def _chart(choices: Choices, scene: Scene, steps: tuple[Step, ...], harm: float) -> Chart:
    names = [percent(s.share) for s in steps]
    return Chart(
        key="canary",
        title="Which harm does each step notice?",
        says=f"After {lasting(float(choices.canary_days))} at each step; a bar beyond the line is "
        "blind for the harm you named.",
        x=Axis(label=f"Smallest harm noticed, per 1,000 {scene.noun}", unit=scene.currency),
        y=Axis(label="", kind="category", order=tuple(names)),
        series=(
            Series(
                name="Noticed harm",
                mark="bar",
                x=[None if s.detectable is None else 1000 * s.detectable for s in steps],
                y=names,
                text=["" if s.detectable is not None else "too few units" for s in steps],
                role="watch",
            ),
        ),
        guides=(Guide(axis="x", at=1000 * harm, label="your harm", role="stop"),),
        horizontal=True,
    )
