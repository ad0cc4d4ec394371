"""What a live model is made of: the files of the exported version, and what its service is set to.

It is made in a worker and kept on the shelf, so that the server reads it in a moment. While the
project is as it was measured, it holds the same models, thresholds and contract as an exported
repository; they are made by the same code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.exporting.found import NEEDED, Found, found_of, kept_of
from app.exporting.settings import decision_of
from app.jobs.progress import report
from app.record.digest import digest
from app.record.project import Project
from app.stages.road import BY_KEY, fresh
from app.store.projects import open_store
from app.workshop import shelf, table_of

if TYPE_CHECKING:
    from app.lab.rungs import Fitted

FORMAT = 1
# Rows to try, and to make load with.
MOST_ROWS = 500
AGAIN = "Measure Baselines again on this machine."


class NotServed(LookupError):
    """Why a project has no live model, and what to do."""


@dataclass(frozen=True)
class Kit:
    """A live model that is not running.

    Parameters
    ----------
    key : str
        Digest of all it was made from.
    version : str
        Digest of the measured ladder, and the rung.
    files : mapping of str to bytes
        As in an exported repository; rungs that have a safe format.
    fitted : mapping of str to Fitted
        Rungs that have none; they never leave this machine.
    order : tuple of str
        Rungs from the top.
    decision : mapping
        As in an exported repository.
    allow_missing : tuple of str
        Columns that may be missing though training never missed them.
    timeout_ms : float
        How long one answer may take.
    rows : tuple of dict
        Held-out rows that pass the contract.
    """

    key: str
    version: str
    files: Mapping[str, bytes]
    fitted: Mapping[str, Fitted]
    order: tuple[str, ...]
    decision: Mapping[str, Any]
    allow_missing: tuple[str, ...]
    timeout_ms: float
    rows: tuple[dict[str, Any], ...] = field(default=(), repr=False)


def is_stale(project: Project) -> bool:
    """Say whether the model was measured from other answers or rows than today's."""
    return not all(fresh(project, key) for key in NEEDED)


def kit_key(project: Project) -> str:
    """Return the digest of all that the live model of a project is made from."""
    serving, made = (BY_KEY[key].chosen(project) for key in ("serving", "reproducibility"))
    return digest(
        {
            "format": FORMAT,
            "measured": [project.evidence[key].digest for key in NEEDED],
            "steps": list(serving.steps),
            "dependencies": [one.to_json() for one in serving.dependencies],
            "contract": [rule.to_json() for rule in made.known_rules],
            "timeout_ms": BY_KEY["framing"].chosen(project).latency_ms,
        }
    )


def unmeasured(project: Project) -> tuple[str, ...]:
    """Return the titles of the stages that must be measured before anything can be served."""
    return tuple(BY_KEY[key].title for key in NEEDED if project.evidence.get(key) is None)


def kit_of(project: Project) -> Kit | None:
    """Return the kit of a measured project from the shelf, None when it must be made.

    A stale project goes on with whatever was made when it was fresh.
    """
    found = shelf().get_pickle(_name(project))
    if not isinstance(found, Kit):
        return None
    return found if is_stale(project) or found.key == kit_key(project) else None


def _name(project: Project) -> str:
    return f"{project.evidence['baselines'].digest}-live"


def make_kit(url: str, project_id: str) -> str:
    """Make the kit of a stored project and put it on the shelf: what a worker does.

    Raises
    ------
    NotServed
        If there is nothing to make it from, with what to do.
    """
    entry = open_store(url).load(project_id)
    project = Project.model_validate(entry.body).renamed(entry.name)
    if missing := unmeasured(project):
        raise NotServed(f"Measure {' and '.join(missing)} first.")
    if kit_of(project) is None:
        shelf().put_pickle(_name(project), _made(project, report))
    return kit_key(project)


def _made(project: Project, progress: Callable[[float, str], None]) -> Kit:
    progress(0.1, "Taking the model from the shelf")
    found = _as_measured(project) if is_stale(project) else found_of(project, progress)
    progress(0.8, "Writing the model down")
    files, fitted = _files(project, found)
    evidence = project.evidence["baselines"]
    return Kit(
        kit_key(project),
        f"{evidence.digest[:12]}-{found.champion.fitted.key}",
        files,
        fitted,
        tuple(found.ladder.fitted),
        decision_of(found),
        tuple(found.ladder.fragile),
        float(BY_KEY["framing"].chosen(project).latency_ms),
        _rows(found, project.seed),
    )


def _as_measured(project: Project) -> Found:
    """Return model and constant as they were measured, for a stale project."""
    from app.lab.estimate import Estimate
    from app.stages.contracting import project_contract
    from app.stages.serving.ladder_models import LadderModel, LadderModels

    base = project.evidence["baselines"]
    problem, champion = kept_of(project)
    rungs = shelf().get_pickle(f"{base.digest}-rungs")
    if (
        problem is None
        or champion is None
        or rungs is None
        or base.data_hash != project.data.content_hash
    ):
        raise NotServed(f"The project has changed and the fitted model is gone. {AGAIN}")
    frame = problem.frame(table_of(project))
    test = problem.frame(table_of(project), problem.split.test)
    unknown = Estimate(float("nan"), None, None, 0, 0.95, "")
    kept = {"model": champion, "constant": rungs["constant"]}
    models = {key: LadderModel(one.fitted, one.threshold, unknown) for key, one in kept.items()}
    rules = BY_KEY["reproducibility"].chosen(project).known_rules
    contract = project_contract(project, problem, frame, rules)
    ladder = LadderModels(models, "constant", ())
    prediction = champion.fitted.predict(test)
    return Found(
        problem=problem,
        champion=champion,
        ladder=ladder,
        test=test,
        prediction=prediction,
        contract=contract,
        metrics={},
        promised={},
        options={},
    )


def _files(project: Project, found: Found) -> tuple[dict[str, bytes], dict[str, Fitted]]:
    """Return the files of the version, and the rungs that cannot be written as files."""
    from app.lab.portable import UnportableModel, portable, version_files

    safe, others = {}, {}
    for key, fitted in found.ladder.fitted.items():
        try:
            portable(fitted)
            safe[key] = fitted
        except (UnportableModel, ImportError):
            others[key] = fitted
    about = {"digest": project.evidence["baselines"].digest, "seed": project.seed}
    files = version_files(safe, found.contract, found.test, found.prediction, found.metrics, about)
    return files, others


def _rows(found: Found, seed: int) -> tuple[dict[str, Any], ...]:
    """Return some held-out rows as plain values, drawn by the seed."""
    import numpy as np

    from app.lab.contract import refusals, rows_of

    n = len(found.test)
    some = np.sort(np.random.default_rng(seed).permutation(n)[: 2 * MOST_ROWS])
    rows = rows_of(found.contract, found.test.iloc[some])
    return tuple(row for row in rows if not refusals(found.contract, row))[:MOST_ROWS]
