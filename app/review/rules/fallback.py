"""Rules about what happens when the model is not there."""

from __future__ import annotations

from app.review.rule import Hit, Place, Rule
from app.review.view import View


def _open_risks(view: View) -> tuple[Hit, ...]:
    hits = []
    silent = [one.name for one in view.choices("serving").dependencies if not one.late.strip()]
    if silent:
        words = f"Nobody has said what is done when it is late: {', '.join(silent)}."
        hits.append(Hit(words, Place("serving", "dependencies")))
    monitoring = view.choices("monitoring")
    unplanned = [key for key in monitoring.incidents if not monitoring.plan.get(key)]
    if unplanned and view.measured("monitoring"):
        names = ", ".join(unplanned[:4]).replace("_", " ")
        more = f" and {len(unplanned) - 4} more" if len(unplanned) > 4 else ""
        words = f"Incidents are expected, and no move is planned: {names}{more}."
        hits.append(Hit(words, Place("monitoring", "plan")))
    return tuple(hits)


def _no_way_down(view: View) -> tuple[Hit, ...]:
    if not view.choices("serving").steps:
        return (Hit("Nothing stands below the full model."),)
    worse = view.finding("serving.worse_than_nothing*")
    return (Hit(worse.title + "."),) if worse is not None else ()


def _no_baseline_below(view: View) -> tuple[Hit, ...]:
    steps = view.choices("serving").steps
    simplest = "rule" if view.said("baselines.rule") else "constant"
    if not steps or simplest in steps:
        return ()
    return (Hit(f"The {simplest} stands on the ladder of baselines, and not below the model."),)


def _half_agreed(view: View) -> tuple[Hit, ...]:
    chosen, hits = view.choices("serving"), []
    for step in chosen.steps:
        note = chosen.note(step)
        fields = {"trigger": "trigger", "owner": "owner", "rehearsed": "day of a rehearsal"}
        lacking = [
            words
            for field, words in fields.items()
            if note is None or not str(getattr(note, field)).strip()
        ]
        if lacking:
            hits.append(Hit(f"“{step.capitalize()}” has no {' and no '.join(lacking)}."))
    return tuple(hits)


RULES = (
    Rule(
        key="L32",
        title="A risk that nobody answers",
        section="S33",
        severity="major",
        dimension="cost",
        question="For each thing you expect to break: what shows it, and what do you do?",
        why="A risk on a list is not yet a risk that somebody watches.",
        fix="Say what is done when each feed is late, and plan a move for each incident.",
        place=Place("serving", "dependencies"),
        found=_open_risks,
        not_yet="There is no risk register yet: judged by dependencies and incidents.",
    ),
    Rule(
        key="L33",
        title="No way down",
        section="S25",
        severity="veto",
        dimension="serving",
        question="The model is gone for an hour. Who decides, by what?",
        why="The worst moment to invent a fallback is the one in which it is needed.",
        fix="Choose at least one step below the model that is better than doing nothing.",
        place=Place("serving", "steps"),
        found=_no_way_down,
    ),
    Rule(
        key="L34",
        title="The simplest way is not a fallback",
        section="S25",
        severity="minor",
        dimension="serving",
        question="Which answer would be there even if every feed and every model were gone?",
        why="The baseline is measured already, cheap, and understood by those who act.",
        fix="Add it to the fallback ladder.",
        place=Place("serving", "steps"),
        found=_no_baseline_below,
    ),
    Rule(
        key="L35",
        title="A fallback that is half agreed",
        section="S25",
        severity="major",
        dimension="serving",
        question="What exactly is seen, by whom, when it is time to switch, and when was it last tried?",
        why="A step nobody triggers, owns or has tried is a hope.",
        fix="Give each step a trigger, an owner and the day on which it was rehearsed.",
        place=Place("serving", "fallbacks"),
        found=_half_agreed,
    ),
)
