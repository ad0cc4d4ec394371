"""All of it on one line of time: shadow, canary, A/B test, labels."""

from __future__ import annotations

import math

from app.record.chart import Axis, Chart, Series
from app.record.measure import Measure
from app.stages.part import Part
from app.stages.rollout.choices import Choices
from app.stages.rollout.plan import Plan
from app.stages.rollout.scene import Scene
from app.stages.rollout.steps import percent, read_steps
from app.stages.rollout.words import lasting

Phase = tuple[str, float, str]


def phases_of(choices: Choices, scene: Scene, plan: Plan) -> list[Phase]:
    """Return name, length in days and words of each phase in order."""
    wait = math.ceil(scene.delay_days)
    found: list[Phase] = [("Shadow", float(choices.shadow_days), "decides nothing")]
    for share in read_steps(choices.canary):
        name = f"Canary {percent(share)}"
        found.append((name, float(choices.canary_days), "may be taken back"))
    words = f"{100 * choices.share:.0f} % of the decisions"
    found.append(("A/B test", float(plan.days), words))
    if wait:
        found.append(("Waiting for labels", float(wait), "of the last decisions"))
    return found


def timeline(choices: Choices, scene: Scene, plan: Plan) -> Part:
    """Draw the phases one after the other."""
    phases = phases_of(choices, scene, plan)
    lengths = [length for _, length, _ in phases]
    total = sum(lengths)
    names = [name for name, _, _ in phases]
    return Part(
        (
            Measure(
                key="timeline_days",
                label="From the first shadow answer to the decision",
                value=total,
                unit="days",
                note="If nothing is taken back and the test runs to its planned end.",
            ),
        ),
        (),
        (
            Chart(
                key="timeline",
                title="The plan on one line",
                says=f"{lasting(total)} from the first shadow answer to the decision, if nothing is "
                "taken back.",
                x=Axis(label="Day", unit="days"),
                y=Axis(label="", kind="category", order=tuple(names)),
                series=(
                    Series(
                        name="",
                        mark="bar",
                        x=lengths,
                        y=names,
                        base=[sum(lengths[:place]) for place in range(len(lengths))],
                        text=[f"{length:g} days, {words}" for _, length, words in phases],
                    ),
                ),
                horizontal=True,
            ),
        ),
    )
