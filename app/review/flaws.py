"""The flaws: at least one for each rule that looks at answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.record.project import Project
from app.review.flaw import Changes, Flaw, added, answer, for_task, put
from app.review.rules.metric import MINORITY

NUMBER = ("regression", "forecasting")
COST_KEYS: Mapping[str, tuple[str, ...]] = {
    "binary": ("cost_false_alarm", "cost_miss"),
    "multiclass": ("cost_wrong", "cost_review"),
    "regression": ("cost_over", "cost_under"),
    "forecasting": ("cost_over", "cost_under"),
    "ranking": ("cost_failed",),
}
GENERIC = "We leverage advanced machine learning to improve efficiency for key stakeholders."


def _free_mistakes(project: Project) -> Changes:
    return {f"framing.{key}": 0.0 for key in COST_KEYS[project.task or "binary"]}


def _enabled(project: Project) -> Changes:
    action = str(answer(project, "framing.actions")).split("·")[0].split(",")[0].strip()
    return {"framing.anti_goals": f"It does not {action[0].lower()}{action[1:]}."}


def _forbidden_column(project: Project) -> Changes | None:
    known = answer(project, "data.known")
    if not known:
        return None
    return {"framing.anti_goals": f"It must not look at {known[0]}, whatever the score."}


def _random_split(project: Project) -> Changes | None:
    return {"data.split": "random"} if answer(project, "data.time") else None


def _late_label(project: Project) -> Changes:
    return {"data.label": f"{answer(project, 'data.label')} The answer is known 400 days later."}


def _target_known(project: Project) -> Changes:
    return {"data.known": [*answer(project, "data.known"), answer(project, "data.target")]}


def _from_the_future(project: Project) -> Changes | None:
    late = [c.name for c in project.data.columns if c.known == "after"]
    return {"data.known": [*answer(project, "data.known"), late[0]]} if late else None


def _no_such_column(project: Project) -> Changes:
    return {"data.known": [*answer(project, "data.known"), "credit_score_v2"]}


def _empty_feed(project: Project) -> Changes:
    feeds = [*answer(project, "serving.dependencies"), {"name": "Another feed", "late": "Wait."}]
    return {"serving.dependencies": feeds}


def _silent_feed(project: Project) -> Changes:
    columns = answer(project, "data.known")[:1]
    feeds = [*answer(project, "serving.dependencies"), {"name": "Another feed", "columns": columns}]
    return {"serving.dependencies": feeds}


def _stale_batch(project: Project) -> Changes:
    columns = answer(project, "data.known")[:1]
    feed = {"name": "Fast feed", "columns": columns, "fresh_minutes": 5.0, "late": "Use the rule."}
    return {
        "serving.mode": "batch",
        "serving.mode_reason": answer(project, "serving.mode_reason") or "Known the day before.",
        "serving.every_minutes": 1440.0,
        "serving.dependencies": [*answer(project, "serving.dependencies"), feed],
    }


def _models_only(project: Project) -> Changes:
    return {"baselines.rungs": ["linear", "boosting", "lightgbm"], "baselines.rule": ""}


def _one_baseline(project: Project) -> Changes:
    return {"baselines.rungs": ["constant", "linear", "lightgbm"], "baselines.rule": ""}


def _half_agreed(lacking: str) -> Any:
    def make(project: Project) -> Changes:
        notes = [dict(note) for note in answer(project, "serving.fallbacks")]
        notes[0][lacking] = ""
        return {"serving.fallbacks": notes}

    return make


def _no_rule_below(project: Project) -> Changes:
    simplest = "rule" if answer(project, "baselines.rule") else "constant"
    return {"serving.steps": [s for s in answer(project, "serving.steps") if s != simplest]}


def _no_looks(project: Project) -> Changes | None:
    found = project.evidence.get("errors")
    slices = found.table("slices") if found else None
    if slices is None or not any(row["confirmed"] for row in slices.records()):
        return None
    return {"errors.next_step": "", "errors.actions": {}, "errors.cohorts": []}


def _roc(project: Project) -> Changes | None:
    found = project.evidence.get("data")
    rate = found.value("base_rate") if found else None
    rare = rate is not None and min(rate, 1 - rate) < MINORITY
    return {"baselines.metric_binary": "roc_auc"} if project.task == "binary" and rare else None


def _alone(project: Project) -> Changes:
    stages = ("serving", "rollout", "reproducibility", "monitoring")
    return {f"{stage}.owner": "Kim Larsen" for stage in stages}


def _loud_capacity(project: Project) -> Changes | None:
    if project.task != "binary":
        return None
    return {
        "baselines.threshold_by": "cost",
        "framing.capacity_per_day": 1.0,
        "framing.decisions_per_year": 5_000_000.0,
    }


FLAWS: tuple[Flaw, ...] = (
    Flaw("no_decision", "L01", "The decision is missing", put(framing__decision="")),
    Flaw("no_actions", "L01", "The actions are missing", put(framing__actions="")),
    Flaw("no_goals", "L02", "A model was chosen without a goal", put(framing__goals="")),
    Flaw("free_mistakes", "L03", "Mistakes are free", _free_mistakes),
    Flaw("no_anti_goals", "L04", "Nothing is ruled out", put(framing__anti_goals="")),
    Flaw("anti_goal_in_actions", "L05", "What is ruled out is an action", _enabled),
    Flaw("anti_goal_in_columns", "L05", "What is ruled out is an input", _forbidden_column),
    Flaw(
        "goal_elsewhere",
        "L06",
        "The goal is about something else",
        put(framing__goals="Double the newsletter subscriptions by winter."),
    ),
    Flaw("no_other_harm", "L07", "No other harm is named", put(framing__other_harm="")),
    Flaw(
        "guard_never_falls", "L07", "A guardrail that never falls", put(rollout__guard_cost=900.0)
    ),
    Flaw(
        "quality_unwatched",
        "L08",
        "No monitor of quality is on",
        put(monitoring__monitors=["volume", "missing", "psi"]),
    ),
    Flaw(
        "wrong_estimator",
        "L09",
        "A regressor for classes",
        for_task("binary", "multiclass", baselines__estimator="RandomForestRegressor"),
    ),
    Flaw(
        "wrong_classifier",
        "L09",
        "A classifier for numbers",
        for_task(*NUMBER, baselines__estimator="RandomForestClassifier"),
    ),
    Flaw(
        "roc_alone",
        "L11",
        "ROC AUC with rare positives",
        _roc,
    ),
    Flaw("random_split", "L13", "Shuffled in spite of a time", _random_split),
    Flaw("late_label", "L14", "The label comes later than the gap", _late_label),
    Flaw("target_known", "L16", "The target is among the inputs", _target_known),
    Flaw("from_the_future", "L16", "A column from after the decision", _from_the_future),
    Flaw("no_such_column", "L17", "A column without a source", _no_such_column),
    Flaw("empty_feed", "L17", "A feed that brings nothing", _empty_feed),
    Flaw(
        "scaled_first",
        "L18",
        "Scaled before the split",
        added("serving.mode_reason", "All columns were scaled before the split."),
    ),
    Flaw(
        "oversampled_first",
        "L18",
        "Oversampled before the split",
        added("errors.next_step", "Rare rows were oversampled on the whole dataset."),
    ),
    Flaw(
        "tuned_on_test",
        "L19",
        "Tuned on the test",
        added("baselines.reason", "The threshold was tuned on the test rows."),
    ),
    Flaw(
        "labels_too_late",
        "L20",
        "Labels slower than retraining",
        put(data__label_delay_days=200.0, rollout__policy="month"),
    ),
    Flaw("stale_batch", "L21", "Fresher than the batch", _stale_batch),
    Flaw("models_only", "L22", "No baseline", _models_only),
    Flaw("one_baseline", "L22", "One trivial baseline", _one_baseline),
    Flaw("no_bar", "L25", "Results without a bar", put(framing__bar=0.0)),
    Flaw("slice_unanswered", "L27", "A weak slice without an answer", _no_looks),
    Flaw("no_counts", "L28", "No row was read", put(errors__notes=[])),
    Flaw(
        "waiting_for_batch",
        "L29",
        "Someone waits for a batch",
        put(serving__mode="batch", serving__arrival="request"),
    ),
    Flaw(
        "slow_lookup",
        "L30",
        "Steps beyond the limit",
        put(serving__mode="online", serving__arrival="request", serving__lookup_ms=50_000.0),
    ),
    Flaw("silent_feed", "L32", "A feed without a plan", _silent_feed),
    Flaw("no_moves", "L32", "Incidents without a move", put(monitoring__plan={})),
    Flaw("no_fallback", "L33", "No fallback", put(serving__steps=[])),
    Flaw("rule_not_below", "L34", "The baseline is no fallback", _no_rule_below),
    Flaw("no_trigger", "L35", "A fallback without a trigger", _half_agreed("trigger")),
    Flaw("no_step_owner", "L35", "A fallback without an owner", _half_agreed("owner")),
    Flaw("never_tried", "L35", "A fallback never rehearsed", _half_agreed("rehearsed")),
    Flaw("no_way_back", "L36", "No way back in the rollout", put(rollout__way_back="")),
    Flaw("no_rollback", "L36", "No way back in the registry", put(reproducibility__rollback="")),
    Flaw("canary_at_once", "L36", "A canary of most decisions", put(rollout__canary="80, 95")),
    Flaw("no_page_owner", "L37", "Nobody is paged", put(monitoring__owner="")),
    Flaw("no_first_move", "L37", "No first step", put(monitoring__first_move="")),
    Flaw(
        "one_severity",
        "L37",
        "One severity only",
        put(monitoring__watch_share=0.1, monitoring__page_share=0.1),
    ),
    Flaw(
        "loose_latency",
        "L38",
        "A guardrail above the limit",
        put(rollout__guard_latency_ms=3_000_000.0),
    ),
    Flaw("training_reference", "L39", "Drift against training", put(monitoring__window_days=0)),
    Flaw(
        "no_approver",
        "L40",
        "Nobody approves a new model",
        put(rollout__policy="month", rollout__approver=""),
    ),
    Flaw(
        "no_challenger",
        "L40",
        "A new model without a contest",
        put(rollout__policy="month", rollout__gate=False),
    ),
    Flaw("peeking", "L41", "Peeking", put(rollout__stopping="peek")),
    Flaw("too_many_cases", "L42", "More alerts than people", _loud_capacity),
    Flaw(
        "sensitive_unruled",
        "L43",
        "Sensitive, and no rule for keeping",
        put(
            errors__sensitive=["place"],
            framing__other_harm="No answer: the rule decides, at place north too.",
        ),
    ),
    Flaw(
        "group_unmeasured",
        "L44",
        "A group that nobody measures",
        lambda project: {
            "framing.other_harm": f"{answer(project, 'framing.other_harm')} Women must not be forgotten.",
            "errors.sensitive": [],
            "errors.cohorts": [],
        },
    ),
    Flaw("team_owner", "L45", "A team as owner", put(serving__owner="The data team")),
    Flaw("no_owner", "L45", "No owner", put(rollout__owner="")),
    Flaw("one_for_all", "L45", "One person for everything", _alone),
    Flaw(
        "other_version",
        "L46",
        "Another version was approved",
        put(
            reproducibility__approval="approved",
            reproducibility__approved_version="000000000000",
            reproducibility__approver="Dana Ortiz",
            reproducibility__approved_on="2026-01-05",
        ),
    ),
    Flaw(
        "no_reason",
        "L47",
        "Chosen by hand without a reason",
        put(serving__mode="hybrid", serving__mode_reason=""),
    ),
    Flaw("no_non_ml", "L47", "No way without machine learning", put(framing__non_ml="")),
    Flaw(
        "assumed",
        "L48",
        "An assumption nobody tests",
        added("framing.other_harm", "We assume that people follow the advice."),
    ),
    Flaw("generic_harm", "L49", "A text of any project", put(framing__other_harm=GENERIC)),
    Flaw(
        "generic_kill",
        "L49",
        "A point to stop that says nothing",
        put(framing__kill="When the results are no longer good enough."),
    ),
    Flaw(
        "generic_move",
        "L49",
        "A first step of any project",
        put(monitoring__first_move="Look at the system and follow best practices."),
    ),
    Flaw(
        "wrong_saving",
        "L50",
        "A saving nobody measured",
        added("baselines.reason", "The model saves 987,654 USD per 1,000 decisions."),
    ),
    Flaw(
        "wrong_score",
        "L50",
        "A score nobody measured",
        added("serving.mode_reason", "On the test it reached a ROC AUC of 0.9991."),
    ),
    Flaw(
        "wrong_split",
        "L50",
        "A split that was not made",
        added("baselines.reason", "All scores are from a random split."),
    ),
    Flaw(
        "wrong_rows",
        "L50",
        "A number of rows that is not there",
        added("errors.next_step", "It was trained on 8,250,000 rows."),
    ),
    Flaw(
        "too_available",
        "L51",
        "Five nines and an hour back",
        lambda project: {
            "framing.other_harm": f"{answer(project, 'framing.other_harm')} It is up 99.999 % of the time.",
            "rollout.back_minutes": 60.0,
        },
    ),
    Flaw(
        "never_pays",
        "L52",
        "Costs at which acting never pays",
        for_task("binary", framing__cost_false_alarm=1_000_000.0),
    ),
    Flaw(
        "put_off",
        "L53",
        "Put off without a day",
        added("framing.other_harm", "Who pays for a van is to be decided."),
    ),
    Flaw(
        "office_hours",
        "L54",
        "Help in office hours only",
        put(
            serving__owner="Kim Larsen, office hours; deputy: Ada Obi", serving__hours_per_day=24.0
        ),
    ),
    Flaw(
        "chatbot",
        "L55",
        "A language model without a test",
        added("framing.actions", "· let an LLM write to the customer"),
    ),
)
