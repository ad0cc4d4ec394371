"""What is tracked of a measured ladder: one run a rung."""

from __future__ import annotations

import json
import math
import pickle
from typing import Any

from app import __version__
from app.record.digest import digest
from app.record.evidence import Evidence
from app.record.project import Project
from app.stages.road import BY_KEY
from app.store.runs import Run, as_file

NUMBERS = (
    "cv",
    "cv_low",
    "cv_high",
    "gain",
    "p",
    "test",
    "test_low",
    "test_high",
    "cost",
    "saving",
    "saving_low",
    "saving_high",
    "fit_s",
    "p50",
    "p99",
    "size",
    "inputs",
)
SPLIT = ("target", "time", "group", "query", "split", "test_from", "test_until", "test_share")


def ladder_runs(project: Project, evidence: Evidence, champion: Any) -> list[Run]:
    """Return one run for every rung of a measured ladder.

    Parameters
    ----------
    project : Project
    evidence : Evidence
        Sealed evidence of the stage baselines.
    champion : object
        What goes on to the next stages; kept as an artifact of its run.
    """
    table = evidence.table("ladder")
    if table is None:
        return []
    folds = evidence.chart("folds")
    scores = {s.name: s.y for s in folds.series} if folds else {}
    shared = _params(project)
    tags = _tags(project, evidence)
    return [
        _run(record, shared, tags, scores.get(str(record["rung"]), ()), evidence, champion)
        for record in table.records()
    ]


def _params(project: Project) -> dict[str, str]:
    ladder = BY_KEY["baselines"].chosen(project)
    found = {"task": str(project.task), "seed": str(project.seed)}
    metric = getattr(ladder, f"metric_{project.task}", "")
    found |= {"metric": str(metric), "folds": str(getattr(ladder, "folds", ""))}
    return found | {"repeats": str(getattr(ladder, "repeats", ""))}


def _tags(project: Project, evidence: Evidence) -> dict[str, str]:
    data = BY_KEY["data"].chosen(project).to_json()
    return {
        "project": project.name,
        "data_digest": project.data.content_hash,
        "split_digest": digest({name: data.get(name) for name in SPLIT}),
        "inputs_digest": evidence.digest,
        "code_version": __version__,
        "environment": json.dumps(dict(evidence.stamp.versions), sort_keys=True),
        "measured_at": evidence.stamp.measured_at,
    }


def _run(
    record: dict[str, Any],
    shared: dict[str, str],
    tags: dict[str, str],
    scores: Any,
    evidence: Evidence,
    champion: Any,
) -> Run:
    name, does = str(record["rung"]), str(record["does"] or "")
    failed = does.startswith("Failed: ")
    numbers = {
        key: float(record[key])
        for key in NUMBERS
        if isinstance(record.get(key), int | float) and math.isfinite(float(record[key]))
    }
    files = {"rung.json": as_file(record), "environment.json": as_file(tags)}
    chosen = evidence.words.get("chosen_title") == name
    if chosen and champion is not None:
        files["model.pkl"] = pickle.dumps(champion, protocol=5)
    return Run(
        key=f"{evidence.digest}:{name}",
        name=name,
        params={**shared, "rung": name, "does": does, "chosen": str(chosen).lower()},
        tags=tags,
        metrics=numbers,
        steps={"fold_score": [float(s) for s in scores if isinstance(s, int | float)]},
        files=files,
        failure=does.removeprefix("Failed: ") if failed else "",
    )
