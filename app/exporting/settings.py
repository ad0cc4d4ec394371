"""The settings of the repository, from the answers of the project."""

from __future__ import annotations

from typing import Any

from app.exporting.found import Found, metric_keys, quantile_of
from app.exporting.promised import costs_in_settings
from app.record.project import Project
from app.stages.road import BY_KEY
from app.starter.ladder import Step
from app.starter.names import slug

TOLERANCE = 1e-6
ROLES = (
    ("target", "task", "positive", "time", "group", "query", "top", "relevant_from")
    + ("horizon_days", "season_days", "label_delay_days", "known", "split", "test_from")
    + ("test_until", "test_share")
)


def settings_of(
    project: Project, found: Found, package: str, steps: tuple[Step, ...]
) -> dict[str, Any]:
    """Return what goes to config.toml."""
    serving = project.answers.get("serving", {})
    return {
        "name": project.name,
        "data": {"path": "data/table.parquet", **_data(project, found.problem.positive)},
        "contract": {"allow_missing": list(found.ladder.fragile)},
        "training": _training(project, found),
        "decision": decision_of(found),
        "serving": {
            "timeout_ms": float(BY_KEY["framing"].chosen(project).latency_ms),
            "max_rows": 10_000,
            "max_body_bytes": 8_000_000,
        },
        "log": {"path": "var/predictions.db", "keep_days": float(serving.get("keep_days", 400))},
        "monitoring": _monitoring(project),
        "costs": costs_in_settings(found.champion),
        "registry": {"folder": "models", "name": slug(package), "alias": "champion"},
        "fallback": {
            step.key: {
                "trigger": step.trigger,
                "owner": step.owner,
                "way_back": step.way_back,
                "expected_cost": step.cost,
            }
            for step in steps
        },
    }


def _data(project: Project, positive: str) -> dict[str, Any]:
    chosen = BY_KEY["data"].chosen(project)
    found = {role: getattr(chosen, role) for role in ROLES}
    known = {"task": chosen.task or "binary", "known": list(chosen.known)}
    # Written down where it was found in the rows: labels that come later are read by it.
    return {**found, **known, "positive": positive or chosen.positive}


def _training(project: Project, found: Found) -> dict[str, Any]:
    chosen = BY_KEY["baselines"].chosen(project)
    metric, also = metric_keys(project, found.problem)
    mapped = getattr(found.champion.fitted.predictor, "mapped", None)
    told = ("rule", "lean", "estimator", "estimator_params")
    return {
        "rung": found.champion.fitted.key,
        "rungs": list(found.ladder.rungs),
        "rule": found.ladder.rule,
        "fragile": list(found.ladder.fragile),
        "metric": metric,
        "also": also,
        "quantile": quantile_of(found.champion),
        "seed": project.seed,
        "folds": chosen.folds,
        "repeats": chosen.repeats,
        "most_rows": chosen.most_rows,
        "calibrate": "" if mapped is None else type(mapped).__name__.lower(),
        "tolerance": TOLERANCE,
        "options": {name: found.options[name] for name in told},
    }


def decision_of(found: Found) -> dict[str, Any]:
    """Return what is decided on an answer, and from which probability on, by rung."""
    champion = found.champion
    if not champion.has_threshold:
        return {"kind": "none"}
    if found.problem.form == "multiclass":
        kind, words = "review", ("answer", "ask a person")
    else:
        kind, words = "act", ("act", "wait")
    return {
        "kind": kind,
        "when_above": words[0],
        "when_below": words[1],
        "thresholds": found.ladder.thresholds,
    }


def _monitoring(project: Project) -> dict[str, Any]:
    given = project.answers.get("monitoring", {})
    return {
        "window_days": 1.0,
        "least_rows": 200,
        "drift": 0.2,
        "fallback_share": 0.01,
        "flagged_share": 0.1,
        # Five weeks are the fewest that tell anything of a forecast.
        "label_days": 84.0 if project.task == "forecasting" else 28.0,
        "least_labels": 100,
        "owner": str(given.get("owner") or ""),
        "first_move": str(given.get("first_move") or ""),
    }
