"""What the repository says about itself, from the answers and measurements of the project."""

from __future__ import annotations

import math
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from app.exporting.found import Found, metric_keys
from app.exporting.settings import TOLERANCE
from app.record.number import readable
from app.record.project import Project
from app.record.task import SHORT
from app.stages.road import BY_KEY, findings_of
from app.stages.rung_titles import RUNGS
from app.starter.ladder import Step
from app.starter.names import slug
from app.store import samples

if TYPE_CHECKING:
    from app.lab.estimate import Estimate

MLFLOW = "3.17.2"


def words_of(
    project: Project,
    found: Found,
    package: str,
    steps: tuple[Step, ...],
    example: str,
    no_data_reason: str,
) -> dict[str, Any]:
    """Return everything the templates may say; texts of people are escaped there."""
    return {
        "slug": slug(package),
        "python": ".".join(platform.python_version_tuple()[:2]),
        "python_full": platform.python_version(),
        "mlflow": _mlflow(),
        "ladder": steps,
        "example": example,
        "has_data": not no_data_reason,
        "no_data_reason": no_data_reason,
        "reload_seconds": 2,
        "tolerance": f"{TOLERANCE:g}",
        **_answers(project),
        **_model(project, found),
        **_rows(project, found),
    }


def _mlflow() -> str:
    try:
        return version("mlflow-skinny")
    except PackageNotFoundError:
        return MLFLOW


def _answers(project: Project) -> dict[str, Any]:
    framing = BY_KEY["framing"].chosen(project)
    given = project.answers
    case = samples.case(project.data.key) if project.data.source == "case" else None
    return {
        "name": project.name,
        "sentence": case.sentence if case else framing.decision or project.name,
        "decision": framing.decision,
        "who": framing.who,
        "anti_goals": framing.anti_goals,
        "harm": framing.other_harm,
        "owner": str(given.get("serving", {}).get("owner") or ""),
        "monitoring_owner": str(given.get("monitoring", {}).get("owner") or ""),
        "first_move": str(given.get("monitoring", {}).get("first_move") or ""),
        "keep_days": f"{float(given.get('serving', {}).get('keep_days', 400)):g}",
        "licence": case.licence if case else "",
        "source": case.source if case else "",
        "own_data": case is None,
    }


def _model(project: Project, found: Found) -> dict[str, Any]:
    evidence = project.evidence["baselines"]
    return {
        "model_title": RUNGS[found.champion.fitted.key],
        "model_does": found.champion.fitted.description,
        "verdict": evidence.words.get("verdict", ""),
        "measured_at": evidence.stamp.measured_at,
        "seed": project.seed,
        "scores": _scores(project, found),
        "threshold_words": _threshold(found),
        "miss_by_row": found.champion.stakes is not None,
        "gaps": _gaps(project),
    }


def _scores(project: Project, found: Found) -> list[dict[str, str]]:
    from app.lab.metrics import METRICS

    decides = metric_keys(project, found.problem)[0]
    rows = []
    for key, value in found.metrics.items():
        title = METRICS[key].title if key in METRICS else "Quantile loss"
        rows.append(
            {
                "title": title + (", which decides" if key == decides else ""),
                "value": readable(value, 6),
            }
        )
    return rows


def _threshold(found: Found) -> str:
    if not found.champion.has_threshold:
        return "The number itself is used; no threshold decides."
    at = f"{found.champion.threshold:.4g}"
    if found.problem.form == "multiclass":
        return f"It answers alone from a probability of {at} on; below, a person is asked."
    return (
        f"From a probability of {at} on; chosen by costs on rows that each model had not seen. "
        "Every rung of the fallback ladder has a threshold of its own, chosen the same way."
    )


def decides_of(found: Found) -> dict[str, str]:
    """Return from which probability on each rung acts, in words; nothing where none decides."""
    return {
        key: f"from {at:.4g} on" if math.isfinite(at) else "never acts"
        for key, at in found.ladder.thresholds.items()
    }


def costs_of(project: Project, found: Found) -> dict[str, str]:
    """Return what 1,000 decisions of each rung are expected to cost, in words."""
    currency = BY_KEY["framing"].chosen(project).currency
    return {key: _cost(one.cost, currency) for key, one in found.ladder.rungs.items()}


def _cost(cost: Estimate, currency: str) -> str:
    span = ""
    if cost.low is not None and cost.high is not None:
        span = f" ({readable(cost.low)} to {readable(cost.high)})"
    return f"{readable(cost.value)}{span} {currency}, n = {cost.n:,}"


def _gaps(project: Project) -> list[str]:
    """Return what the stages found that a reviewer should know, the gravest first."""
    found = [f for key in BY_KEY for f in findings_of(project, key)]
    return [f.title for level in ("stop", "watch") for f in found if f.level == level][:12]


def _rows(project: Project, found: Found) -> dict[str, Any]:
    split = found.problem.split
    chosen = BY_KEY["data"].chosen(project)
    columns = [
        {
            "name": column.name,
            "kind": column.kind,
            "unit": column.unit,
            "meaning": column.meaning,
            "seen": _seen(column),
        }
        for column in found.contract.columns
    ]
    wanted = (*chosen.known, chosen.target, chosen.time, chosen.group, chosen.query)
    return {
        "task": found.problem.task,
        "task_words": SHORT[found.problem.task],
        "target": chosen.target,
        "time": chosen.time,
        "columns": columns,
        "table_columns": tuple(dict.fromkeys(name for name in wanted if name)),
        "train_rows": f"{len(split.train):,}",
        "test_rows": f"{len(split.test):,}",
        "all_rows": f"{project.data.rows:,}",
        "split_words": project.evidence["data"].words.get("split_words", split.kind),
        "data_title": project.data.title,
        "data_hash": project.data.content_hash,
        "data_path": "data/table.parquet",
        "golden": min(60, len(found.test)),
    }


def _seen(column: Any) -> str:
    if column.levels:
        more = column.all_levels - 3
        return ", ".join(column.levels[:3]) + (f" and {more} more" if more > 0 else "")
    if column.low is None:
        return ""
    if isinstance(column.low, str):
        return f"{column.low[:10]} to {str(column.high)[:10]}"
    return f"{readable(column.low, 4)} to {readable(column.high, 4)}"
