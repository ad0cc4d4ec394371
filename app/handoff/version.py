"""The version that is handed over: the model with all that stands in for it, and where it comes from."""

from __future__ import annotations

from typing import Any

from app import __version__
from app.handoff.obstacles import KEY, HandOffRefused
from app.record.project import Project
from app.stages.road import BY_KEY
from app.workshop import bench_of, shelf, table_of


def version_of_project(project: Project) -> dict[str, bytes]:
    """Return the whole fallback ladder as files without pickle, with its contract and its proof."""
    from app.lab.contract import Contract
    from app.lab.portable import UnportableModel, version_files
    from app.stages.serving.ladder_models import ladder_models

    baselines, made = project.evidence["baselines"], project.evidence[KEY]
    kept = shelf().get_pickle
    champion = kept(f"{baselines.digest}-champion")
    problem = kept(f"{project.evidence['data'].digest}-problem")
    contract = kept(f"{made.digest}-contract")
    if champion is None or problem is None or contract is None:
        raise HandOffRefused(
            ("The fitted model is not on this machine any more; measure Baselines again here.",)
        )
    inputs = problem.frame(table_of(project), problem.split.test)
    score = baselines.value("chosen_test_score")
    serving = BY_KEY["serving"].chosen(project)
    ladder = ladder_models(serving, project, bench_of(project, "serving", _silent))
    try:
        return version_files(
            ladder.fitted,
            Contract.from_json(contract),
            inputs,
            champion.fitted.predict(inputs),
            {} if score is None else {baselines.words["metric"]: score},
            {
                "version": made.words["version"],
                "thresholds": {key: repr(at) for key, at in ladder.thresholds.items()},
                "expected_cost_per_1000": {k: one.cost.value for k, one in ladder.rungs.items()},
                "fragile": list(ladder.fragile),
                **source(project),
            },
        )
    except UnportableModel as error:
        raise HandOffRefused((f"The model has no format without pickle: {error}",)) from None


def _silent(fraction: float, words: str) -> None:
    """Progress nobody listens to."""


def source(project: Project) -> dict[str, Any]:
    """Return what the version was made from."""
    made = project.evidence[KEY]
    return {
        "project": project.name,
        "task": project.task,
        "data": project.data.content_hash,
        "split": made.words["split_digest"],
        "inputs": project.evidence["baselines"].digest,
        "seed": project.seed,
        "code": __version__,
        "packages": dict(made.stamp.versions),
    }
