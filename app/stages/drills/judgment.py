"""Was a drill walked, how well, and which reflex is dangerous here?"""

from __future__ import annotations

from app.record.evidence import Evidence
from app.record.finding import Finding
from app.stages.drills.choices import Choices
from app.stages.drills.drill import Drill

GOOD, WEAK = 0.7, 0.5


def judge(choices: Choices, evidence: Evidence) -> tuple[Finding, ...]:
    """Judge the practice and the reflexes."""
    return (*_walked(choices), *_reflex(evidence), *_looking(evidence), *_habit(choices))


def _walked(choices: Choices) -> list[Finding]:
    done = [drill for drill in choices.drills if drill.status == "completed"]
    if not done:
        studied = any(drill.status == "studied" for drill in choices.drills)
        return [
            Finding(
                key="no_drill",
                level="watch",
                title="Nobody has walked a drill to its end",
                detail="A drill whose cause was looked up counts as studied." if studied else "",
                do="Start one above: an easy one takes ten minutes.",
                question="drills",
            )
        ]
    last = done[-1]
    total = last.outcome.score.total if last.outcome else 0.0
    if total < WEAK:
        return [_bad(last, total)]
    level = "good" if total >= GOOD else "watch"
    return [
        Finding(
            key="walked",
            level=level,
            title=f"{len(done)} drill{'s' if len(done) > 1 else ''} walked; the last scored {total:.0%}",
            detail=_weakest(last),
            do="" if level == "good" else "Walk another one with what was weakest in mind.",
            question="drills",
        )
    ]


def _weakest(drill: Drill) -> str:
    if drill.outcome is None:
        return ""
    weak = sorted(drill.outcome.score.marks, key=lambda mark: mark.score)[:2]
    return "Weakest: " + "; ".join(f"{m.title.lower()} ({m.score:.0%})" for m in weak) + "."


def _bad(drill: Drill, total: float) -> Finding:
    return Finding(
        key="bad_drill",
        level="watch",
        title=f"The last drill scored {total:.0%}",
        detail=_weakest(drill),
        do="Read its debrief, then walk the same kind again.",
        question="drills",
    )


def _reflex(evidence: Evidence) -> list[Finding]:
    extra, words = evidence.value("dearest_reflex"), evidence.words.get("dearest", "")
    if not extra or not words:
        return []
    return [
        Finding(
            key="dangerous_reflex",
            level="watch",
            title=f"Dangerous here: {words}",
            detail="It costs more than doing nothing.",
            because="dearest_reflex",
            do="Write into the runbook what must be seen before this move is made.",
        )
    ]


def _looking(evidence: Evidence) -> list[Finding]:
    measure = evidence.measure("score_look_then_act")
    reflexes = [
        evidence.value(f"score_{key}") or 0.0
        for key in ("do_nothing", "always_retrain", "always_roll_back", "always_fall_back")
    ]
    # Beyond what the few incidents leave open, not by its mean alone.
    if measure is None or measure.low is None or measure.low <= max(reflexes):
        return []
    return [
        Finding(
            key="looking_pays",
            level="good",
            title=f"Looking before acting scores {measure.value or 0:.0%}, the best reflex "
            f"{max(reflexes):.0%}",
            because="score_look_then_act",
        )
    ]


def _habit(choices: Choices) -> list[Finding]:
    if choices.on_call.strip():
        return []
    return [
        Finding(
            key="no_habit",
            level="watch",
            title="Nobody has said who practises, and how often",
            do="Name the people and the rhythm.",
            question="on_call",
        )
    ]
