"""What a drill teaches the project: each lesson is one change of answers, shown before it is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from app.incidents import INCIDENTS
from app.incidents.looks import LOOKS
from app.incidents.moves import MOVES
from app.lab.monitors.catalogue import MONITORS
from app.record.project import Project
from app.review.answers import Attached, attached, review_of
from app.review.readiness import BY_KEY as ITEMS
from app.stages.drills import STAGE as DRILLS
from app.stages.drills.drill import Drill, Outcome
from app.stages.drills.postmortem import Decision
from app.stages.road import BY_KEY

Kind = Literal["alert", "runbook", "fallback", "readiness", "decision"]

KINDS: Mapping[Kind, str] = {
    "alert": "An alert",
    "runbook": "A step of the runbook",
    "fallback": "A fallback that was rehearsed",
    "readiness": "Evidence of readiness",
    "decision": "A decision record",
}
COUNTED_ROW, TOLD_ROW = "R7.3", "R7.4"
STEPS: Mapping[str, str] = {"fall_back": "rule", "quarantine": "rule", "stop_automation": "person"}


@dataclass(frozen=True)
class Lesson:
    """One change that a drill proposes.

    Parameters
    ----------
    key : str
        Names the same change of the same drill for ever.
    kind : Kind
    title : str
    stage : str
        Whose answers change.
    before, after : str
        In words, as it is and as it will be.
    answers : mapping
        The answers as they will be.
    done : bool
        Whether they already are.
    """

    key: str
    kind: Kind
    title: str
    stage: str
    before: str
    after: str
    answers: Mapping[str, Any]
    done: bool


def lessons_of(project: Project, drill: Drill, today: date) -> tuple[Lesson, ...]:
    """Return what a finished drill proposes to change, in the order of the road."""
    outcome = drill.outcome
    if outcome is None:
        return ()
    found = (
        *_fallback(project, outcome, today, drill),
        *_alert(project, outcome),
        _runbook(project, outcome),
        *_readiness(project, outcome, today, drill),
        _decision(project, outcome, today, drill),
    )
    return tuple(lesson for lesson in found if lesson is not None)


def learned(project: Project, lesson: Lesson) -> Project:
    """Return the project with one lesson taken in."""
    return project.answered(lesson.stage, dict(lesson.answers))


def _alert(project: Project, outcome: Outcome) -> tuple[Lesson, ...]:
    """Propose the monitor that would have seen it, where none that is on does."""
    chosen = BY_KEY["monitoring"].chosen(project)
    evidence = project.evidence.get("monitoring")
    table = None if evidence is None else evidence.table("catch_matrix")
    rows = [] if table is None else table.records()
    row = next((r for r in rows if r["key"] == outcome.incident and r.get("struck")), None)
    if row is None or not row.get("only"):
        return ()
    first = str(row.get("only") or "").split(", ")[0]
    key = next((k for k, monitor in MONITORS.items() if monitor.title == first), None)
    if key is None:
        return ()
    on = key in chosen.monitors
    return (
        Lesson(
            f"alert:{key}",
            "alert",
            f"Switch on “{first}”",
            "monitoring",
            f"{len(chosen.monitors)} monitors are on, and none of them sees “{outcome.title}”.",
            f"“{first}” is on as well: {MONITORS[key].asks}",
            {"monitors": [*chosen.monitors, *(() if on else (key,))]},
            on,
        ),
    )


def _runbook(project: Project, outcome: Outcome) -> Lesson:
    """Propose the look that tells this incident apart, and the move that mends it."""
    chosen = BY_KEY["monitoring"].chosen(project)
    look = LOOKS[outcome.check].title if outcome.check in LOOKS else outcome.check
    best = ", then ".join(MOVES[m].title.lower() for m in outcome.best_moves if m in MOVES)
    does = best or "leave it alone"
    step = (
        f"{outcome.symptom.rstrip('.')}: {look.lower()} first ({_small(outcome.check_words)}). "
        f"If it is “{outcome.title.lower()}”: {does}."
    )
    before = chosen.first_move.strip()
    done = step in before
    text = before if done else f"{before}\n{step}".strip()
    plan = {**dict(chosen.plan), outcome.incident: _move_of(outcome)}
    return Lesson(
        f"runbook:{outcome.incident}",
        "runbook",
        f"Write down what to do when {_small(outcome.symptom)}",
        "monitoring",
        before or "The person on call has no first step in writing.",
        text,
        {"first_move": text, "plan": plan},
        done,
    )


def _small(words: str) -> str:
    found = words.strip().rstrip(".")
    return found[:1].lower() + found[1:]


def _move_of(outcome: Outcome) -> str:
    known = INCIDENTS.get(outcome.incident)
    right = () if known is None else known.fixes or known.contains
    return right[0] if right else "leave_alone"


def _fallback(project: Project, outcome: Outcome, today: date, drill: Drill) -> tuple[Lesson, ...]:
    """Note a step of the fallback ladder as rehearsed, where the drill really went down it."""
    worked = {moment.title for moment in outcome.timeline if moment.kind == "works"}
    step = next(
        (STEPS[move] for move in STEPS if f"{MOVES[move].title} is at work" in worked), None
    )
    if step is None or outcome.score.revealed:
        return ()
    chosen = BY_KEY["serving"].chosen(project)
    words = f"{today.isoformat()}, drill {drill.code}"
    notes = [note.model_dump(mode="json") for note in chosen.fallbacks]
    if not any(note["step"] == step for note in notes):
        notes.append({"step": step})
    was = next(note.get("rehearsed", "") for note in notes if note["step"] == step)
    for note in notes:
        if note["step"] == step:
            note["rehearsed"] = words
    steps = [*chosen.steps, *(() if step in chosen.steps else (step,))]
    return (
        Lesson(
            f"fallback:{step}",
            "fallback",
            f"The step “{step}” was rehearsed",
            "serving",
            was or "Never rehearsed.",
            words,
            {"fallbacks": notes, "steps": steps},
            drill.code in was,
        ),
    )


def _readiness(project: Project, outcome: Outcome, today: date, drill: Drill) -> tuple[Lesson, ...]:
    """Say which rows of readiness the drill shows: what a machine counts, and what is attached."""
    words = f"Drill {drill.code} on {drill.finished_at[:10]}: score {outcome.score.total:.0%}"
    counted = Lesson(
        f"readiness:{COUNTED_ROW}",
        "readiness",
        f"{COUNTED_ROW} · {ITEMS[COUNTED_ROW].title}",
        "review",
        words,
        "It counts by itself: nobody ticks what a machine can see.",
        {},
        True,
    )
    if not any(event.kind == "message" for event in drill.events):
        return (counted,)
    held = review_of(project).attached
    what = Attached(how="documented", text=f"{words}, messages sent.", by="drill", on=today)
    changed = attached(project, TOLD_ROW, what)
    told = Lesson(
        f"readiness:{TOLD_ROW}",
        "readiness",
        f"{TOLD_ROW} · {ITEMS[TOLD_ROW].title}",
        "review",
        held[TOLD_ROW].text if TOLD_ROW in held else "Nothing is attached.",
        what.text,
        {"attached": changed.answers["review"]["attached"]},
        TOLD_ROW in held and drill.code in held[TOLD_ROW].text,
    )
    return (counted, told)


def _decision(project: Project, outcome: Outcome, today: date, drill: Drill) -> Lesson:
    """Propose an entry of the decision log: what is done next time, and what is not."""
    log = DRILLS.chosen(project).decisions
    taken = dict.fromkeys(e.key for e in drill.events if e.kind == "act" and e.key in MOVES)
    best = tuple(m for m in outcome.best_moves if m in MOVES)
    others = [MOVES[m].title for m in taken if m not in best]
    known = INCIDENTS.get(outcome.incident)
    if known is not None and known.wrong_move in MOVES and known.wrong_move not in taken:
        others.append(MOVES[known.wrong_move].title)
    score = outcome.score
    does = ", then ".join(MOVES[m].title.lower() for m in best) or "leave it alone"
    entry = Decision(
        title=f"{outcome.title}: {does}",
        context=f"{outcome.symptom} {outcome.cause}",
        choice=f"{does[:1].upper()}{does[1:]}. {outcome.remedy}",
        rejected=f"{', '.join(others)}: not part of what loses least here." if others else "",
        consequence=(
            f"Drill {drill.code} lost {score.harm:,.0f} to its horizon; these moves lose "
            f"{score.harm_oracle:,.0f}, doing nothing {score.harm_nothing:,.0f}."
        ),
        on=today,
        drill=drill.code,
    )
    done = any(one.drill == drill.code for one in log)
    kept = [one.to_json() for one in log]
    return Lesson(
        f"decision:{drill.code}",
        "decision",
        "Put it into the decision log",
        "drills",
        f"{len(log)} decisions are on record.",
        entry.title,
        {"decisions": kept if done else [*kept, entry.to_json()]},
        done,
    )
