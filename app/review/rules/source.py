"""Rules about where columns come from, how fresh they are, and whose they are."""

from __future__ import annotations

import re

from app.record.number import readable
from app.review.rule import Hit, Place, Rule
from app.review.view import View

CADENCE = {"month": 30.4, "quarter": 91.3}
KEPT = re.compile(
    r"\b(?:retention|retain\w*|delet\w+|eras\w+|anonymi[sz]\w+|pseudonymi[sz]\w+|access (?:is|only|right)\w*)",
    re.IGNORECASE,
)
# Columns that point at one person, whatever the project is about.
PERSONAL = re.compile(
    r"^(?:.*_)?(?:ssn|social_security\w*|e?mail|phone\w*|passport\w*|birth_?dat\w*|date_of_birth|iban|"
    r"first_name|last_name|surname|home_address)(?:_.*)?$",
    re.IGNORECASE,
)


def _no_source(view: View) -> tuple[Hit, ...]:
    data, names = view.choices("data"), set(view.project.data.names())
    # A forecast makes columns from the past of its target.
    strange = [c for c in data.known if c not in names]
    hits = [Hit(f"{column} is known at the decision, and in no table.") for column in strange]
    for one in view.choices("serving").dependencies:
        gone = [c for c in one.columns if c not in names and not c.startswith(f"{data.target}_")]
        if gone:
            words = f"“{one.name}” brings {', '.join(gone)}, which the table does not hold."
            hits.append(Hit(words, Place("serving", "dependencies")))
        elif not one.columns:
            words = f"“{one.name}” brings no column."
            hits.append(Hit(words, Place("serving", "dependencies")))
    return tuple(hits)


def _late_labels(view: View) -> tuple[Hit, ...]:
    delay = view.choices("data").label_delay_days
    window = view.choices("monitoring").window_days
    cadence = CADENCE.get(view.choices("rollout").policy)
    hits = []
    if cadence is not None and delay > cadence:
        words = f"Labels take {readable(delay)} days, a new model is trained every {cadence:.0f}."
        hits.append(Hit(words, Place("rollout", "policy")))
    if 0 < window < delay:
        words = f"Labels take {readable(delay)} days, alarms compare with the {window} days before."
        hits.append(Hit(words, Place("monitoring", "window_days")))
    return tuple(hits)


def _refresh(view: View) -> tuple[Hit, ...]:
    serving = view.choices("serving")
    mode = serving.mode if serving.mode != "auto" else view.word("serving.mode")
    if mode not in ("batch", "hybrid"):
        return ()
    return tuple(
        Hit(
            f"“{one.name}” must be fresher than {readable(one.fresh_minutes)} minutes, answers are made "
            f"every {readable(serving.every_minutes)}."
        )
        for one in serving.dependencies
        if 0 < one.fresh_minutes < serving.every_minutes
    )


def _sensitive(view: View) -> tuple[Hit, ...]:
    marked = list(view.choices("errors").sensitive)
    marked += [c for c in view.choices("data").known if PERSONAL.match(c) and c not in marked]
    kept = view.review.attached.get("R2.10")
    if not marked or KEPT.search(view.everything) or (kept is not None and kept.says_something):
        return ()
    return (Hit(f"{', '.join(marked[:5])}: nobody says who may read it and when it is deleted."),)


RULES = (
    Rule(
        key="L17",
        title="A column without a source",
        section="S14",
        severity="major",
        dimension="data",
        question="Which table or feed would this value come from tomorrow morning?",
        why="A feature that nobody delivers is a feature the model does not have.",
        fix="Name the feed and the columns it brings, or take the column out.",
        place=Place("data", "known"),
        found=_no_source,
    ),
    Rule(
        key="L20",
        title="Labels come later than what needs them",
        section="S13",
        severity="major",
        dimension="data",
        question="When the next model is trained, which of its labels will have come in?",
        why="A retraining or an alarm faster than its labels works on guesses.",
        fix="Retrain and compare more slowly than labels come in, or label a sample at once.",
        place=Place("data", "label_delay_days"),
        found=_late_labels,
        not_yet="A proxy that stands in for late labels cannot be named yet.",
    ),
    Rule(
        key="L21",
        title="Fresher than it is made",
        section="S12",
        severity="major",
        dimension="data",
        question="How old is the oldest value in an answer at the moment it is used?",
        why="A column that must be an hour fresh is stale in an answer made last night.",
        fix="Run the batch more often, ask less freshness, or answer when asked.",
        place=Place("serving", "every_minutes"),
        found=_refresh,
    ),
    Rule(
        key="L43",
        title="Personal columns without rules for them",
        section="S31",
        severity="veto",
        dimension="data",
        question="If somebody asks tomorrow to be forgotten, what exactly do you delete?",
        why="Who may read it, how long it is kept and how it is deleted must be known before.",
        fix="Write it under other harms, or attach the data sheet to readiness row R2.10.",
        place=Place("framing", "other_harm"),
        found=_sensitive,
        not_yet="Data classes have no field yet: judged by columns marked as sensitive or named like a person, texts, and "
        "what is attached to R2.10.",
    ),
)
