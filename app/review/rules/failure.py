"""Rules about errors: where it fails, for whom, and what follows."""

from __future__ import annotations

from app.review.rule import Hit, Place, Rule
from app.review.view import View
from app.review.wording import mentions

LONGEST = 110
PEOPLE = (
    r"\b(?:fair\w*|unfair\w*|bias\w*|discriminat\w+|forgotten|minorit\w+|women|men|gender|race|ethnic\w*|"
    r"disab\w+|elderly|vulnerable|disadvantaged|who the \w+ is|small (?!number|share|amount)\w+s)\b"
)


def _no_slices(view: View) -> tuple[Hit, ...]:
    evidence = view.evidence("errors")
    if evidence is None:
        return (Hit("Only the average is known: errors were not analyzed."),)
    searched = evidence.table("slices") is not None or "slices" in evidence.words
    if searched or view.choices("errors").cohorts:
        return ()
    return (Hit("Errors were analyzed, and no slice was looked at."),)


def _proven(view: View) -> list[str]:
    found = [str(r["words"]) for r in view.rows("errors.slices") if r["confirmed"]]
    return found + [
        str(r["name"]) for r in view.rows("errors.rule_or_model") if r["better"] == "rule"
    ]


def _unanswered_slice(view: View) -> tuple[Hit, ...]:
    chosen, proven = view.choices("errors"), _proven(view)
    decided = chosen.next_step.strip() or any(c.fallback for c in chosen.cohorts) or chosen.actions
    if not proven or decided:
        return ()
    more = f", and {len(proven) - 1} more" if len(proven) > 1 else ""
    return (
        Hit(f"It costs more for certain where {shortened(proven[0])}{more}: nothing is decided."),
    )


def shortened(words: str) -> str:
    """Return words that fit on a line."""
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1].rstrip()}…"


def _no_counts(view: View) -> tuple[Hit, ...]:
    coded = sum(bool(note.cause) for note in view.choices("errors").notes)
    if coded:
        return ()
    return (Hit("No row was read and given a cause, so no cause has a count."),)


def _nobody_apart(view: View) -> tuple[Hit, ...]:
    told = ("framing.other_harm", "framing.who", "framing.goals", "framing.anti_goals")
    named = mentions(PEOPLE, (view.said(place) for place in told))
    chosen = view.choices("errors")
    if named and not chosen.sensitive and not chosen.cohorts:
        return (Hit(f"“{named[:140]}” No column and no slice is measured apart."),)
    evidence = view.evidence("errors")
    lacking = evidence is not None and evidence.table("fairness_gaps") is None
    if chosen.sensitive and lacking and not view.finding("errors.fair_*"):
        names = ", ".join(chosen.sensitive)
        return (Hit(f"{names} must not matter, and was never measured apart."),)
    return ()


RULES = (
    Rule(
        key="L26",
        title="Only an average",
        section="S19",
        severity="major",
        dimension="errors",
        question="For whom is it much worse than the average says?",
        why="A good average can hide a slice in which the model is useless.",
        fix="Measure Error analysis, and name the slices that matter to you.",
        place=Place("errors", "cohorts"),
        found=_no_slices,
        needs=("baselines",),
    ),
    Rule(
        key="L27",
        title="A weak slice without an answer",
        section="S19",
        severity="major",
        dimension="errors",
        question="Who decides in that slice from Monday on, and why is that good enough?",
        why="A known weakness without an action is a decision to leave it.",
        fix="Route it to the rule or a person, mend it, or accept it in writing.",
        place=Place("errors", "next_step"),
        found=_unanswered_slice,
        needs=("errors",),
    ),
    Rule(
        key="L28",
        title="Causes without counts",
        section="S19",
        severity="minor",
        dimension="errors",
        question="Of twenty errors you read, how many had the same cause?",
        why="Without counts the loudest error is mended first, not the commonest.",
        fix="Read rows from the queue and give each a cause.",
        place=Place("errors", "notes"),
        found=_no_counts,
        needs=("errors",),
    ),
    Rule(
        key="L44",
        title="People are named, and not measured apart",
        section="S20",
        severity="major",
        dimension="errors",
        question="How would you notice that one group pays for the average?",
        why="Fairness that nobody measures is a wish.",
        fix="Mark the column of the group, or name the slice, and measure again.",
        place=Place("errors", "sensitive"),
        found=_nobody_apart,
        needs=("errors",),
    ),
)
