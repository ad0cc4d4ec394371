"""The settings of the repository, from the answers of the project."""

from __future__ import annotations

from typing import Any

from app.exporting.found import Found, metric_keys, quantile_of
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
        "data": {"path": "data/table.parquet", **_data(project)},
        "contract": {"allow_missing": list(found.fragile)},
        "training": _training(project, found),
        "decision": _decision(found),
        "serving": {
            "timeout_ms": float(BY_KEY["framing"].chosen(project).latency_ms),
            "max_rows": 10_000,
            "max_body_bytes": 8_000_000,
        },
        "log": {"path": "var/predictions.db", "keep_days": float(serving.get("keep_days", 400))},
        "monitoring": _monitoring(project),
        "registry": {"folder": "models", "name": slug(package), "alias": "champion"},
        "fallback": {
            step.key: {"trigger": step.trigger, "owner": step.owner, "way_back": step.way_back}
            for step in steps
        },
    }


def _data(project: Project) -> dict[str, Any]:
    chosen = BY_KEY["data"].chosen(project)
    found = {role: getattr(chosen, role) for role in ROLES}
    return {**found, "task": chosen.task or "binary", "known": list(chosen.known)}


def _training(project: Project, found: Found) -> dict[str, Any]:
    chosen = BY_KEY["baselines"].chosen(project)
    metric, also = metric_keys(project, found.problem)
    mapped = getattr(found.champion.fitted.predictor, "mapped", None)
    told = ("rule", "lean", "estimator", "estimator_params")
    return {
        "rung": found.champion.fitted.key,
        "rungs": list(found.rungs),
        "rule": found.rule,
        "fragile": list(found.fragile),
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


def _decision(found: Found) -> dict[str, Any]:
    champion = found.champion
    if not champion.has_threshold:
        return {"kind": "none"}
    if found.problem.form == "multiclass":
        kind, words = "review", ("answer", "ask a person")
    else:
        kind, words = "act", ("act", "wait")
    threshold = float(champion.threshold)
    return {"kind": kind, "threshold": threshold, "when_above": words[0], "when_below": words[1]}


def _monitoring(project: Project) -> dict[str, Any]:
    given = project.answers.get("monitoring", {})
    return {
        "window_days": 1.0,
        "least_rows": 200,
        "drift": 0.2,
        "fallback_share": 0.01,
        "flagged_share": 0.1,
        "owner": str(given.get("owner") or ""),
        "first_move": str(given.get("first_move") or ""),
    }
