"""Rows R6 to R8: monitoring, operations and learning, reviewability."""

from __future__ import annotations

from app.review.item import HALF, Check, Fired, Item, Outcome, clear, measured, shown, unknown
from app.review.items.design import REVIEW, said
from app.review.rule import Place
from app.review.view import View
from app.stages.road import STAGES

LEAST_DAYS = 20
MANY_DRILLS = 3
UPSTREAM = (
    "unit_change",
    "null_flood",
    "dropped_join",
    "stale_source",
    "volume_drop",
    "new_category",
)
DEPUTY = ("deput", "backup", "back-up", ";", "/", "&", " and ", " or ")


def _quiet(*groups: str) -> Check:
    """Return a check that a monitor of a group is on, with a normal long enough to page by."""

    def check(view: View, fired: Fired) -> Outcome:
        on = [
            str(r["monitor"])
            for r in view.rows("monitoring.monitors")
            if r["on"] and r["group"] in groups
        ]
        days = view.value("monitoring.quiet_days_least") or 0.0
        if not on:
            return Outcome(0.0, f"No monitor is on: {', '.join(groups).lower()}.")
        words = f"On: {', '.join(on[:4])}; normal is learned from {days:,.0f} quiet days."
        return Outcome(1.0 if days >= LEAST_DAYS else HALF, words)

    return check


def _reference(view: View, fired: Fired) -> Outcome:
    if view.choices("monitoring").window_days == 0:
        return Outcome(HALF, "Compared with the training time: every season looks like drift.")
    return _quiet("Inputs")(view, fired)


def _live_contract(view: View, fired: Fired) -> Outcome:
    later = view.value("reproducibility.later_refused")
    if later is None:
        return Outcome(HALF, "There are no later rows to try the contract on.")
    return Outcome(1.0, "The contract was tried on rows that came later.")


def _upstream(view: View, fired: Fired) -> Outcome:
    rows = [r for r in view.rows("monitoring.catch_matrix") if r["key"] in UPSTREAM]
    caught = sum(bool(r["caught"]) for r in rows)
    if not rows:
        return Outcome(0.0, "No incident of a source was struck.")
    words = f"{caught} of {len(rows)} incidents of a source are noticed."
    return Outcome(1.0 if caught == len(rows) else HALF if caught else 0.0, words)


def _false_pages(view: View, fired: Fired) -> Outcome:
    known = view.value("monitoring.pages_quiet")
    words = "Owner, first step, and how often it pages for nothing."
    return Outcome(1.0 if known is not None else HALF, words)


def _noticed(view: View, fired: Fired) -> Outcome:
    share = view.value("monitoring.incidents_caught") or 0.0
    return Outcome(
        1.0 if share >= HALF else 0.0, f"{100 * share:.0f} % of the incidents are noticed."
    )


def _deputies(view: View, fired: Fired) -> Outcome:
    owners = ("serving.owner", "rollout.owner", "reproducibility.owner", "monitoring.owner")
    doubled = sum(any(word in view.said(o).casefold() for word in DEPUTY) for o in owners)
    words = f"{doubled} of {len(owners)} parts have an owner and a deputy."
    return Outcome(1.0 if doubled == len(owners) else HALF if doubled else 0.0, words)


def _runbook(view: View, fired: Fired) -> Outcome:
    walked, chosen = len(view.drills), view.choices("monitoring")
    written = bool(chosen.first_move.strip() and chosen.plan)
    if walked:
        words = "moves are written down" if written else "no move is written down"
        return Outcome(1.0 if written else HALF, f"Drills completed: {walked}; {words}.")
    silent = measured(view, "monitoring")
    if silent is not None:
        return silent
    return Outcome(HALF if written else 0.0, "No drill was walked; moves are written down or not.")


def _learning(view: View, fired: Fired) -> Outcome:
    walked = view.drills
    if not walked:
        return unknown("No drill was walked, so none was looked back on.")
    looked = len(set(walked) & set(view.choices("drills").post_mortems))
    share = 1.0 if looked >= MANY_DRILLS else HALF if looked else 0.0
    return Outcome(share, f"Post-mortems written: {looked} of {len(walked)} drills.")


def _verified(view: View, fired: Fired) -> Outcome:
    lacking = [stage.title for stage in STAGES if not view.fresh(stage.key)]
    if lacking:
        part = 1 - len(lacking) / len(STAGES)
        return Outcome(HALF if part >= HALF else 0.0, f"Not up to date: {', '.join(lacking)}.")
    return Outcome(1.0, "Every number was measured from what stands there today, and is dated.")


R6 = (
    Item(
        "R6.1",
        "Prediction log: inputs, score, decision, versions, fallback",
        "C",
        "auto",
        2,
        Place("serving", "keep_days"),
        shown("serving.log_row_bytes"),
    ),
    Item("R6.2", "Signals of the service’s health", "C", "att", 2, REVIEW),
    Item(
        "R6.3",
        "What must hold of inputs is checked on live rows",
        "C",
        "sim",
        2,
        Place("reproducibility", "contract"),
        shown("reproducibility.contract", also=_live_contract),
    ),
    Item(
        "R6.4",
        "Drift with the right reference and many tests corrected",
        "B",
        "sim",
        2,
        Place("monitoring", "window_days"),
        clear(needs=("monitoring",), also=_reference),
    ),
    Item(
        "R6.5",
        "Distribution and bias of predictions",
        "B",
        "sim",
        2,
        Place("monitoring"),
        shown("monitoring.monitors", also=_quiet("Predictions")),
    ),
    Item(
        "R6.6",
        "Quality with delayed labels, a proxy meanwhile",
        "B",
        "sim",
        2,
        Place("monitoring"),
        shown("monitoring.monitors", rules=("L20",), also=_quiet("Quality", "Business")),
    ),
    Item("R6.7", "Rows that are not acted upon, to learn the truth", "A", "att", 4, REVIEW),
    Item("R6.8", "Business outcome beside the technical metric", "B", "att", 2, REVIEW),
    Item(
        "R6.9",
        "Causes upstream: freshness, volume, schema, lineage",
        "B",
        "sim",
        2,
        Place("monitoring", "incidents"),
        clear(needs=("monitoring",), also=_upstream),
    ),
    Item(
        "R6.10",
        "Age of the model, stability of numbers, cost of computing",
        "B",
        "sim",
        2,
        Place("rollout", "policy"),
        shown("rollout.policies", "reproducibility.again", "serving.speed"),
    ),
    Item(
        "R6.11",
        "Every alarm: owner, first step, known rate of false pages",
        "B",
        "sim",
        1,
        Place("monitoring", "owner"),
        clear("L37", needs=("monitoring",), also=_false_pages),
    ),
    Item(
        "R6.12",
        "Slices are watched",
        "B",
        "sim",
        2,
        Place("errors", "cohorts"),
        shown("monitoring.cohort_watch"),
    ),
    Item(
        "R6.13",
        "A breach of a limit triggers something",
        "C",
        "sim",
        2,
        Place("monitoring"),
        clear(needs=("monitoring",), also=_noticed),
    ),
    Item(
        "R6.14",
        "Limits agree with what validation calls normal",
        "B",
        "auto",
        2,
        Place("monitoring"),
        clear("L38", needs=("monitoring", "rollout")),
    ),
    Item("R6.15", "Users can complain, and are heard", "C", "att", 2, REVIEW),
    Item("R6.16", "Cost, usage and return watched", "A", "att", 3, REVIEW),
)
R7 = (
    Item(
        "R7.1",
        "Owner and deputy for every part",
        "C",
        "auto",
        1,
        Place("serving", "owner"),
        clear("L45", also=_deputies),
    ),
    Item(
        "R7.2",
        "Table of outages, and a level of service agreed",
        "B",
        "auto",
        2,
        Place("serving"),
        shown("serving.outages", rules=("L51", "L54")),
    ),
    Item(
        "R7.3",
        "Runbook for each likely failure, exercised",
        "B",
        "sim",
        3,
        Place("monitoring", "plan"),
        _runbook,
    ),
    Item("R7.4", "Scale of severity, roles, templates for messages", "B", "att", 2, REVIEW),
    Item(
        "R7.5",
        "Retraining: trigger, approver, champion against challenger",
        "B",
        "auto",
        1,
        Place("rollout", "approver"),
        clear("L40", "L20", needs=("rollout",)),
    ),
    Item(
        "R7.6",
        "Looking back after incidents; actions followed up",
        "B",
        "sim",
        3,
        Place("monitoring", "plan"),
        _learning,
    ),
    Item(
        "R7.7",
        "Document checked against what is built, and dated",
        "C",
        "auto",
        2,
        Place("reproducibility"),
        clear("L50", also=_verified),
    ),
    Item("R7.8", "Catching up after an outage planned", "B", "att", 2, REVIEW),
    Item("R7.9", "A way to appeal", "A", "att", 3, REVIEW),
    Item("R7.10", "When it is switched off for good", "A", "att", 1, REVIEW),
)
R8 = (
    Item("R8.1", "README answers what a reviewer asks first", "C", "att", 2, REVIEW),
    Item("R8.2", "Instructions tried from a clean copy", "B", "att", 2, REVIEW),
    Item("R8.3", "Model card", "C", "att", 1, REVIEW),
    Item(
        "R8.4",
        "Limits, and the next decision",
        "C",
        "auto",
        1,
        Place("errors", "next_step"),
        clear("L04", also=said("framing.anti_goals", "errors.next_step")),
    ),
    Item("R8.5", "Borrowed ideas credited", "B", "att", 1, REVIEW),
    Item("R8.6", "Licence, tests and their state visible", "B", "att", 2, REVIEW),
)
ITEMS = (*R6, *R7, *R8)
