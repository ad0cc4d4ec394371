"""Rules about the decision, the goals, and what is ruled out."""

from __future__ import annotations

import re

from app.review.rule import Hit, Place, Rule
from app.review.view import View
from app.review.wording import sentences, stem, stems

ACTION_ENDS = re.compile(r"[·;\n]|,(?! )|\. ")
FORBIDDEN = re.compile(r"\b(?:not|never|no|nor)\b\s+", re.IGNORECASE)
USES = re.compile(r"\b(?:use|look at|know|see|consider|depend on|rely on)\b", re.IGNORECASE)
MOST = 40
MONEY = stems("save saving cost costs money cheaper euro dollar revenue margin waste")


def _no_decision(view: View) -> tuple[Hit, ...]:
    missing = {"decision": "No decision is named.", "actions": "No actions are listed."}
    return tuple(
        Hit(words, Place("framing", key))
        for key, words in missing.items()
        if not view.said(f"framing.{key}")
    )


def _model_before_goals(view: View) -> tuple[Hit, ...]:
    if view.said("framing.goals") or not view.measured("baselines"):
        return ()
    rung = view.word("baselines.chosen_title") or "a rung"
    return (Hit(f"“{rung}” goes on, and no goal is written down."),)


def _no_anti_goals(view: View) -> tuple[Hit, ...]:
    if not view.said("framing.goals") or view.said("framing.anti_goals"):
        return ()
    return (Hit("There are goals, and nothing is ruled out."),)


def _clauses(words: str) -> list[str]:
    """Return what is ruled out, clause by clause, without its “not”."""
    parts = (p for s in sentences(words) for p in re.split(r",|\band\b|\bor\b", s))
    found = [clause for part in parts if (clause := FORBIDDEN.split(part)[-1].strip(" ."))]
    return list(dict.fromkeys(found))[:MOST]


def _enabled_anti_goal(view: View) -> tuple[Hit, ...]:
    parts = (a.strip() for a in ACTION_ENDS.split(view.said("framing.actions")))
    actions = list(dict.fromkeys(part for part in parts if part))[:MOST]
    hits: list[Hit] = []
    for clause in _clauses(view.said("framing.anti_goals")):
        wanted = stems(clause)
        hits += [
            Hit(f"Ruled out: “{clause}”. Among the actions: “{action}”.")
            for action in actions
            if len(wanted) >= 2 and wanted <= stems(action) and not FORBIDDEN.search(action)
        ]
        if USES.search(clause):
            hits += _used(view, clause)
    return tuple(hits)


def _used(view: View, clause: str) -> list[Hit]:
    named = {stem(word) for word in re.findall(r"[^\W_]{3,}", USES.split(clause)[-1])}
    known = view.choices("data").known
    return [
        Hit(f"Ruled out: “{clause}”. Known to the model: {column}.", Place("data", "known"))
        for column in known
        if {stem(w) for w in re.findall(r"[^\W\d_]{3,}", column.replace("_", " "))} & named
    ]


def _goal_out_of_reach(view: View) -> tuple[Hit, ...]:
    goals = view.said("framing.goals")
    told = ("decision", "actions", "who", "non_ml", "other_harm")
    reach = stems(" ".join(view.said(f"framing.{key}") for key in told))
    reach |= stems(f"{view.said('data.label')} {view.choices('data').target}") | MONEY
    reach |= stems(" ".join(c.meaning for c in view.project.data.columns if c.known == "target"))
    if not goals or not stems(goals) or stems(goals) & reach:
        return ()
    return (Hit(f"“{goals[:120]}” shares no word with decision, label or costs."),)


RULES = (
    Rule(
        key="L01",
        title="No decision, or no actions",
        section="S3",
        severity="veto",
        dimension="framing",
        question="Who does what differently because of a prediction?",
        why="A prediction nobody acts on is worth nothing, however accurate.",
        fix="Write one sentence with who, what and when; list every action, doing nothing included.",
        place=Place("framing", "decision"),
        found=_no_decision,
    ),
    Rule(
        key="L02",
        title="A model before the goals",
        section="S5",
        severity="veto",
        dimension="framing",
        question="How will you know that this model was worth it, and who said so before it was chosen?",
        why="Goals written after the model fit the model, not the problem.",
        fix="Write down what should change, by how much, by when; then look at the ladder again.",
        place=Place("framing", "goals"),
        found=_model_before_goals,
        needs=("baselines",),
    ),
    Rule(
        key="L04",
        title="Goals without anti-goals",
        section="S5",
        severity="minor",
        dimension="framing",
        question="What would somebody ask this system to do next that it must not do?",
        why="What is not ruled out gets built by accident.",
        fix="Name two or three things that it does not do, near to what it does.",
        place=Place("framing", "anti_goals"),
        found=_no_anti_goals,
    ),
    Rule(
        key="L05",
        title="What is ruled out is possible",
        section="S5",
        severity="major",
        dimension="framing",
        question="Which of your actions or columns would let it do what you ruled out?",
        why="An anti-goal that an action contradicts protects nobody.",
        fix="Take the action or the column away, or say plainly that the anti-goal does not hold.",
        place=Place("framing", "anti_goals"),
        found=_enabled_anti_goal,
    ),
    Rule(
        key="L06",
        title="No measure leads to the goal",
        section="S11",
        severity="major",
        dimension="framing",
        question="If the metric doubled, would anybody who cares about the goal notice?",
        why="A model can win at its metric while the goal does not move.",
        fix="Say in the goal what happens to the thing that is predicted and acted on, in its words.",
        place=Place("framing", "goals"),
        found=_goal_out_of_reach,
        not_yet="There is no metric tree yet: judged by words shared with decision, label and costs.",
    ),
)
