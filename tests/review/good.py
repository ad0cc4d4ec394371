"""Projects without a flaw: everything answered as a careful person would, evidence kept as measured."""

from __future__ import annotations

from typing import Any

from app.incidents import INCIDENTS
from app.record.digest import digest
from app.record.project import Look, Project
from app.record.stage import digest_of
from app.stages.road import BY_KEY, STAGES

TODAY = "2026-01-20"
OWNER = "Kim Larsen, depot lead; deputy: Ada Obi"
COSTS: dict[str, dict[str, float]] = {
    "binary": {"cost_false_alarm": 10.0, "cost_miss": 60.0, "cost_hit": 5.0},
    "multiclass": {"cost_wrong": 20.0, "cost_review": 2.0},
    "regression": {"cost_over": 1.0, "cost_under": 3.0},
    "forecasting": {"cost_over": 1.0, "cost_under": 3.0},
    "ranking": {"cost_failed": 4.0},
}
# The same road for all; only what the table calls things differs.
WORDS: dict[str, dict[str, Any]] = {
    "framing": {
        "decision": "At six each morning the depot at a place sends a second van, by the signal, or not.",
        "actions": "Send a second van · ask the depot lead · do nothing",
        "who": "The depot lead acts; drivers and shops are affected.",
        "moment": "At six in the morning",
        "other_harm": "Without an answer the signal rule of the depot decides. A late answer is worth nothing.",
        "goals": "A third fewer shops without a delivery by noon, with no more vans than today.",
        "anti_goals": "It does not set prices and does not rank drivers.",
        "non_ml": "Send the van when the signal of the place is above 1.",
        "bar": 10.0,
        "decisions_per_year": 36_500.0,
        "kill": "If the signal rule is as cheap in two months in a row.",
        "latency_ms": 2_000.0,
    },
    "data": {
        "label": "A shop got nothing by noon; set by the depot lead the same day.",
        "label_delay_days": 0.0,
    },
    "baselines": {
        "reason": "The simplest rung that holds in every place; the signal rule stays below it.",
    },
    "errors": {
        "next_step": "Read the rows of the north again, then ask the depot for the missing holes.",
        "notes": [{"row": 3, "cause": "signal_missing", "comment": "A holiday in the north."}],
        "actions": {"signal_missing": "new_feature"},
    },
    "serving": {
        "owner": OWNER,
        "arrival": "request",
        "mode": "auto",
        "mode_reason": "Shops of a place are asked for at six; online because the signal comes at 5:55.",
        "people_per_year": 2_000.0,
        "fallbacks": [
            {
                "step": step,
                "trigger": "No signal for 10 minutes.",
                "owner": OWNER,
                "way_back": "By itself.",
                "rehearsed": "2026-01-12",
            }
            for step in ("reduced", "rule", "constant", "person")
        ],
        "dependencies": [
            {
                "name": "Signal feed",
                "columns": ["signal"],
                "fresh_minutes": 60.0,
                "late": "Use the rule after 10 minutes.",
                "owner": OWNER,
            },
        ],
    },
    "rollout": {
        "owner": OWNER,
        "way_back": "Set the switch of the depot to the signal rule, and tell the lead.",
        "back_minutes": 15.0,
        "approver": "Dana Ortiz",
        "most_days": 1000,
        "stop_if": "If the saving ends below the bar of 10 after eight weeks.",
    },
    "reproducibility": {
        "owner": OWNER,
        "rollback": "Move the alias back to the version before and watch the signal board for a minute.",
        "approval": "in_review",
    },
    "monitoring": {
        "owner": OWNER,
        "runbook": "docs/runbook.md",
        "first_move": "Compare the signal of the place with last week before touching the model.",
    },
}
MENDED: dict[str, dict[str, float]] = {
    "rollout.days_needed": {"value": 40.0, "low": 35.0, "high": 48.0},
    "baselines.saving_per_1000": {"value": 90.0, "low": 12.0, "high": 170.0},
    "baselines.chosen_test_gain": {"value": 0.2, "low": 0.1, "high": 0.3},
}


def filled(project: Project) -> Project:
    """The project with every question answered well; its evidence stands as if measured from that."""
    task = project.task or "binary"
    for stage, answers in WORDS.items():
        project = project.answered(stage, answers)
    project = project.answered("framing", COSTS[task])
    plan = {key: (one.fixes or ("leave_alone",))[0] for key, one in INCIDENTS.items()}
    project = project.answered("monitoring", {"plan": plan})
    for path, change in MENDED.items():
        project = measuring(project, path, **change)
    return stamped(project)


def measuring(project: Project, path: str, **change: Any) -> Project:
    """The project with a measure changed, where it is there: 900 rows cannot show everything."""
    stage, _, key = path.partition(".")
    found = project.evidence[stage]
    measures = tuple(m.model_copy(update=change) if m.key == key else m for m in found.measures)
    return project.measured(found.model_copy(update={"measures": measures}))


def stamped(project: Project) -> Project:
    """The project with its evidence and looks taken from its answers as they stand."""
    for stage in STAGES:
        found = project.evidence.get(stage.key)
        if found is not None:
            fresh = digest_of(project, stage.key, BY_KEY)
            project = project.measured(found.model_copy(update={"digest": fresh}))
    rung = digest_of(project, "baselines", BY_KEY)
    look = Look(stage="baselines", digest=digest(["baselines", rung]), at=TODAY)
    return project.model_copy(update={"looks": (look,)})
