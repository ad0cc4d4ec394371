"""From shadow to everybody, worked out and rehearsed."""

from __future__ import annotations

from app.record.evidence import Evidence
from app.record.project import Project
from app.stages.bench import Bench
from app.stages.part import Part, joined
from app.stages.rollout.canary import canary
from app.stages.rollout.choices import Choices
from app.stages.rollout.guardrails import guardrails
from app.stages.rollout.plan import plan_of
from app.stages.rollout.planning import planning
from app.stages.rollout.rehearsal import rehearsal
from app.stages.rollout.renewal import renewal
from app.stages.rollout.scene import Scene, scene_of
from app.stages.rollout.segments import segments
from app.stages.rollout.shadow import shadow
from app.stages.rollout.timeline import timeline
from app.stages.rollout.trial import trial


def measure(choices: Choices, project: Project, bench: Bench) -> Evidence:
    """Plan the rollout, play it on the held-out rows, and replay the retraining."""
    bench.progress(0.05, "Both answers for every row")
    scene = scene_of(project, bench)
    if scene is None:
        only = "Only one rung stands on the ladder: there is nothing to roll out against it."
        return joined("rollout", (Part(words={"nothing": only}),))
    framing = bench.choices("framing")
    plan = plan_of(choices, framing.bar, scene, bench)
    bench.progress(0.2, "Planning the test")
    parts = [
        timeline(choices, scene, plan),
        planning(choices, scene, plan, bench),
        shadow(choices, scene, plan, bench),
        canary(choices, scene, plan),
        guardrails(choices, scene, plan, framing.latency_ms),
        segments(scene, plan, bench),
    ]
    bench.progress(0.3, "Playing the test on the held-out rows")
    parts.append(trial(choices, scene, plan, bench))
    bench.progress(0.4, "Rehearsing the way back")
    parts.append(rehearsal(choices, scene, plan, bench))
    parts.append(renewal(choices, scene, bench))
    parts.append(_facts(scene, plan.unit, plan.effect_from, plan.trouble))
    return joined("rollout", parts)


def _facts(scene: Scene, unit: str, source: str, trouble: str) -> Part:
    """Return what the judgment needs to know in words."""
    words = {
        "unit": unit,
        "effect_from": source,
        "today": scene.names[0],
        "model": scene.names[1],
        "recommended": "yes" if scene.recommended else "",
        "volume": scene.volume,
        "currency": scene.currency,
        "group": scene.group,
        "group_late": "yes" if scene.group_late else "",
    }
    if trouble:
        words["unit_trouble"] = trouble
    return Part(words=words)
