"""Rules about going live: canary, test, way back, retraining."""

from __future__ import annotations

from app.record.number import readable
from app.review.rule import Hit, Place, Rule
from app.review.view import View
from app.stages.rollout.steps import read_steps

LARGE = 0.5


def launching(view: View) -> bool:
    """Say whether the project is about to decide about anyone."""
    return view.measured("rollout") or view.choices("reproducibility").approval == "approved"


def _no_way_back(view: View) -> tuple[Hit, ...]:
    if not launching(view):
        return ()
    hits = []
    for place in (Place("rollout", "way_back"), Place("reproducibility", "rollback")):
        if not view.said(str(place)):
            label = view.choices(place.stage).question(place.question).label
            hits.append(Hit(f"Nobody has answered: {label}", place))
    first = read_steps(view.choices("rollout").canary)[0]
    if first > LARGE:
        words = f"The first step of the canary takes {readable(100 * first)} % of the decisions."
        hits.append(Hit(words, Place("rollout", "canary")))
    return tuple(hits)


def _unwatched_retraining(view: View) -> tuple[Hit, ...]:
    chosen = view.choices("rollout")
    if chosen.policy == "never":
        return ()
    hits = []
    if not chosen.approver.strip():
        hits.append(
            Hit("A new model is trained, and nobody approves it.", Place("rollout", "approver"))
        )
    if not chosen.gate:
        words = "A new model goes live without first beating the old one."
        hits.append(Hit(words, Place("rollout", "gate")))
    return tuple(hits)


def _weak_test(view: View) -> tuple[Hit, ...]:
    chosen = view.choices("rollout")
    if chosen.stopping == "peek":
        return (Hit("The usual test is looked at every day.", Place("rollout", "stopping")),)
    if not view.measured("rollout") or "nothing" in view.evidence("rollout").words:  # type: ignore[union-attr]
        return ()
    if chosen.effect <= 0 and view.choices("framing").bar <= 0:
        words = "Nobody has said which saving the test must be able to show."
        return (Hit(words, Place("rollout", "effect")),)
    needed = view.measure("rollout.days_needed")
    if needed is None or (needed.value is not None and needed.value <= chosen.most_days):
        return ()
    if needed.value is None:
        return (Hit("No time is long enough to show the saving asked for, as things stand."),)
    words = f"To show the saving asked for takes {readable(needed.value)} days; "
    return (Hit(f"{words}{chosen.most_days} days are planned."),)


RULES = (
    Rule(
        key="L36",
        title="No way back",
        section="S26",
        severity="veto",
        dimension="serving",
        question="Somebody who has never seen this system is on call: what do they type to undo it?",
        why="Whatever goes live without a way back is an experiment on people.",
        fix="Write both ways back down, step by step; start the canary small.",
        place=Place("rollout", "way_back"),
        found=_no_way_back,
    ),
    Rule(
        key="L40",
        title="Retraining that nobody stops",
        section="S28",
        severity="major",
        dimension="training",
        question="A month of broken labels comes in. What keeps the model made from it out?",
        why="Automatic retraining puts one bad month of data into production the next.",
        fix="Name who approves, and let a new model beat the old one first.",
        place=Place("rollout", "gate"),
        found=_unwatched_retraining,
    ),
    Rule(
        key="L41",
        title="A test that cannot tell",
        section="S22",
        severity="major",
        dimension="serving",
        question="If the saving is real, how likely is it that this test says so in time?",
        why="A test too short or too small ends with “no difference found”, which is then read as “no "
        "difference”.",
        fix="Run longer, ask for a larger saving, or compare in shadow.",
        place=Place("rollout", "most_days"),
        found=_weak_test,
    ),
)
