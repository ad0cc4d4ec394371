"""Good projects with a flaw put in: the reviewer finds it, and little else."""

from __future__ import annotations

from app.record.project import Project
from app.review.catalogue import RULES
from app.review.flaw import with_flaw
from app.review.flaws import FLAWS
from app.review.reviewer import noted_of
from app.review.view import View
from tests.review.good import stamped

RECALL = 0.95
FALSE_ALARMS = 0.05
# What else is true once a flaw is in: the flaw itself brings it about.
FOLLOWS = {
    ("no_decision", "L49"): "what is left names nothing of the project",
    ("goal_elsewhere", "L49"): "a goal about something else names nothing of the project",
    ("free_mistakes", "L52"): "free misses are never worth an action",
    ("labels_too_late", "L14"): "the gap was made for a shorter delay",
    ("stale_batch", "L29"): "someone waits for the batch",
    ("waiting_for_batch", "L21"): "the feed must be fresher than the batch",
    ("no_reason", "L21"): "a part is made in a batch, the feed must be fresher",
    ("no_bar", "L41"): "the test knows no saving to show",
    ("no_page_owner", "L45"): "the alarms have no owner",
    ("sensitive_unruled", "L44"): "the column was never measured apart",
}


def test_flaws_are_found_and_little_else(good: dict[str, Project]) -> None:
    """At least 200 flawed projects: recall at least 95 %, at most 5 % of the rules cry wolf on any."""
    found, total, loudest = 0, 0, 0.0
    missed = []
    for task, project in good.items():
        for flaw in FLAWS:
            flawed = with_flaw(project, flaw)
            if flawed is None:
                continue
            total += 1
            fired = {one.rule.key for one in noted_of(View(stamped(flawed)))}
            found += flaw.rule in fired
            if flaw.rule not in fired:
                missed.append((task, flaw.key))
            false = {
                rule for rule in fired if rule != flaw.rule and (flaw.key, rule) not in FOLLOWS
            }
            loudest = max(loudest, len(false) / len(RULES))
    assert total >= 200
    assert found / total >= RECALL, missed
    assert loudest <= FALSE_ALARMS


def test_flaws_add_up(good: dict[str, Project]) -> None:
    """Several flaws in one project are all found: none hides another."""
    keys = (
        "no_anti_goals",
        "random_split",
        "no_fallback",
        "no_page_owner",
        "no_challenger",
        "chatbot",
    )
    project = good["binary"]
    for flaw in FLAWS:
        if flaw.key in keys:
            project = with_flaw(project, flaw) or project
    fired = {one.rule.key for one in noted_of(View(stamped(project)))}
    assert {flaw.rule for flaw in FLAWS if flaw.key in keys} <= fired


def test_flaws_have_names_of_their_own() -> None:
    """An exercise asks for a flaw by its title."""
    assert len({flaw.key for flaw in FLAWS}) == len({flaw.title for flaw in FLAWS}) == len(FLAWS)
