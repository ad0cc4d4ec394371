"""The workshop joins store, jobs and stages: where tables come from, and how a stage is measured.

Both doors, the browser and the command line, come through here, so that they measure alike.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from app.record.digest import digest
from app.record.evidence import Evidence, Stamp
from app.record.project import DataColumn, DataRef, Look, Project
from app.record.stage import Stage, digest_of
from app.stages.bench import Bench
from app.stages.road import BY_KEY, to_measure, with_needs
from app.store import artifacts, runs, samples
from app.store.files import home

if TYPE_CHECKING:
    import pandas

    from app.lab.problem import Problem

SAMPLE = 5000
PACKAGES = ("numpy", "pandas", "scikit-learn", "scipy", "shap", "duckdb")

Progress = Callable[[float, str], None]
Kept = Callable[[Project, str], None]


class MissingTable(LookupError):
    """The rows of a project are not on this machine."""


def now() -> str:
    """Return the time in UTC to the second, as ISO text."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def versions() -> dict[str, str]:
    """Return the versions of the packages that do the measuring."""
    return {name: version(name) for name in PACKAGES}


def table_of(project: Project) -> pandas.DataFrame:
    """Return the rows a project rests on.

    Raises
    ------
    MissingTable
        If the table was uploaded on another machine.
    """
    return _table(project.data.source, project.data.key, project.data.content_hash)


@lru_cache(maxsize=2)
def _table(source: str, key: str, content_hash: str) -> pandas.DataFrame:
    if source == "case":
        return samples.table(key)
    found = shelf().get_table(content_hash)
    if found is None:
        raise MissingTable(
            f"The table of this project (content hash {content_hash[:12]}…) is not on this "
            "machine. Bring the same file again, in the browser or with --data FILE."
        )
    return found


@lru_cache(maxsize=1)
def shelf() -> artifacts.Artifacts:
    """Return the store of tables and models on this machine."""
    return artifacts.Artifacts(home() / "artifacts")


@dataclass
class KeptThings:
    """The shelf as measurements see it: models and predictions under a digest."""

    store: artifacts.Artifacts

    def get(self, key: str) -> Any:
        """Return what is kept under a key, None when there is nothing."""
        return self.store.get_pickle(key)

    def put(self, key: str, thing: Any) -> None:
        """Keep a thing under a key."""
        self.store.put_pickle(key, thing)


def bench_of(
    project: Project,
    key: str,
    progress: Progress,
    clock: Callable[[], float] = time.perf_counter,
) -> Bench:
    """Return the bench at which one stage of a project is measured."""

    def remake(other: str) -> None:
        BY_KEY[other].measure(BY_KEY[other].chosen(project), project, bench)

    bench = Bench(
        load_table=lambda: table_of(project),
        seed=project.seed,
        clock=clock,
        progress=progress,
        shelf=KeptThings(shelf()),
        digests=lambda other: digest_of(project, other, BY_KEY),
        remake=remake,
        choices=lambda other: _chosen(project, key, other),
    )
    return bench


def measure_stage(
    project: Project,
    key: str,
    progress: Progress,
    clock: Callable[[], float] = time.perf_counter,
) -> Project:
    """Measure one stage whose needs are met, and return the project with its evidence."""
    stage, bench = BY_KEY[key], bench_of(project, key, progress, clock)
    started = clock()
    evidence = stage.measure(stage.chosen(project), project, bench)
    stamp = Stamp(measured_at=now(), seconds=round(clock() - started, 2), versions=versions())
    evidence = sealed(evidence, project, key, stamp)
    measured = project.measured(evidence)
    if stage.opens_test:
        measured = measured.looked(_look(project, key, stamp.measured_at))
    if key == "baselines":
        _track(measured, evidence)
    return measured


def _track(project: Project, evidence: Evidence) -> None:
    """Write every rung down as a run, under the name of the project."""
    if not runs.on():
        return
    from app.tracking import ladder_runs

    champion = shelf().get_pickle(f"{evidence.digest}-champion")
    runs.track(project.name, ladder_runs(project, evidence, champion))


def _chosen(project: Project, key: str, other: str) -> Any:
    """Return the choices of a needed stage, or of another only the single answers that are read."""
    read = [path.partition(".")[2] for path in BY_KEY[key].reads if path.startswith(f"{other}.")]
    if other in with_needs(key) or not read:
        return _needed(key, other).chosen(project)
    chosen = BY_KEY[other].chosen(project)
    return SimpleNamespace(**{question: getattr(chosen, question) for question in read})


def _needed(key: str, other: str) -> Stage:
    """Return a stage that another may look at: what it reads must be in its digest."""
    if other not in with_needs(key):
        raise LookupError(f"stage {key} looks at {other} without naming it in its needs")
    return BY_KEY[other]


def sealed(evidence: Evidence, project: Project, key: str, stamp: Stamp) -> Evidence:
    """Return evidence that carries what it was measured from, on every number."""
    measures = tuple(
        measure.model_copy(update={"seed": project.seed, "source": key})
        for measure in evidence.measures
    )
    return evidence.model_copy(
        update={
            "digest": digest_of(project, key, BY_KEY),
            "data_hash": project.data.content_hash if BY_KEY[key].uses_table else "",
            "seed": project.seed,
            "measures": measures,
            "stamp": stamp,
        }
    )


def _look(project: Project, key: str, at: str) -> Look:
    # Test rows seen under one split and one ladder are one look, whoever asks again.
    rung = digest_of(project, "baselines", BY_KEY)
    return Look(stage=key, digest=digest([key, rung]), at=at)


def measure_all(
    project: Project,
    progress: Progress,
    kept: Kept,
    key: str | None = None,
) -> Project:
    """Measure what is stale, in order, handing over the project after every stage."""
    keys = to_measure(project, key)
    for number, stage in enumerate(keys):
        title = BY_KEY[stage].title

        def part(fraction: float, words: str, number: int = number, title: str = title) -> None:
            progress((number + min(max(fraction, 0.0), 1.0)) / len(keys), f"{title}: {words}")

        part(0.0, "starting")
        project = measure_stage(project, stage, part)
        kept(project, stage)
    return project


def case_project(key: str, name: str | None = None, seed: int = 0) -> Project:
    """Return a filled, unmeasured project on a shipped case."""
    case = samples.case(key)
    columns = tuple(
        DataColumn(
            name=column.name,
            kind=column.kind,
            meaning=column.meaning,
            unit=column.unit,
            known=column.known,
        )
        for column in case.columns
    )
    data = DataRef(
        source="case",
        key=case.key,
        title=case.title,
        content_hash=case.content_hash,
        rows=case.rows,
        columns=columns,
    )
    answers = {stage: dict(given) for stage, given in case.answers.items()}
    told = [
        {"date": t.date, "title": t.title, "text": t.text, "move": t.move} for t in case.incidents
    ]
    # What really happened is marked on the timelines and kept beside what is injected.
    answers.setdefault("monitoring", {}).setdefault("events", told)
    return Project(name=name or case.title, data=data, seed=seed, answers=answers)


def upload_project(
    ref: DataRef, roles: Mapping[str, Any], name: str | None = None, seed: int = 0
) -> Project:
    """Return a project on the user's own table with the roles of its columns set."""
    return Project(name=name or ref.title, data=ref, seed=seed, answers={"data": dict(roles)})


def take_in(source: bytes | Path, filename: str) -> dict[str, Any]:
    """Take a file in: keep its table, and say what could be predicted from it."""
    from app.lab.profile import kind_of
    from app.store.intake import infer_task, read_table

    taken = read_table(source, filename)
    shelf().put_table(taken.frame)
    columns = tuple(
        DataColumn(name=str(name), kind=kind_of(taken.frame[name])) for name in taken.frame.columns
    )
    ref = DataRef(
        source="upload",
        key=taken.content_hash,
        title=Path(filename).name[:120],
        content_hash=taken.content_hash,
        rows=len(taken.frame),
        columns=columns,
        notes=taken.notes,
    )
    guesses = {str(name): infer_task(taken.frame[name]) for name in taken.frame.columns}
    return {
        "ref": ref.to_json(),
        "tasks": {name: {"task": task, "reason": why} for name, (task, why) in guesses.items()},
        "dates": [column.name for column in columns if column.kind == "date"],
    }


def try_rule(body: dict[str, Any], expression: str) -> dict[str, Any]:
    """Run a rule on a sample of the training rows and say what it does."""
    import numpy as np

    from app.lab.rule import apply_rule, apply_rule_text

    project = Project.model_validate(body)
    rows, _, problem, _ = _training_sample(project)
    task = problem.task
    if task == "multiclass":
        return _tried_classes(apply_rule_text(expression, rows))
    raw = apply_rule(expression, rows)
    known = raw[np.isfinite(raw)]
    missing = 1 - len(known) / len(raw)
    if len(known) and set(np.unique(known)) <= {0.0, 1.0}:
        says, value = "It acts on", f"{known.mean():.1%} of the rows"
    elif len(known):
        low, high = np.quantile(known, [0.05, 0.95])
        says, value = "Nine in ten answers lie in", f"{low:.4g} to {high:.4g}"
    else:
        says, value = "Answers", "none"
    return {"rows": len(rows), "says": says, "value": value, "missing": missing, "task": task}


def suggest_rule(body: dict[str, Any]) -> dict[str, Any]:
    """Find a starting rule in a sample of the training rows."""
    from app.lab.rule import suggest_rule as suggest

    rows, y, problem, some = _training_sample(Project.model_validate(body))
    lists = problem.queries_of(some)
    past = problem.past.get("seasonal_naive", "")
    return {"rule": suggest(rows, y, problem.task, problem.classes, lists, past)}


def _tried_classes(raw: Any) -> dict[str, Any]:
    from collections import Counter

    counts = Counter(str(answer) for answer in raw if answer is not None)
    top = ", ".join(f"{name} ({count / len(raw):.0%})" for name, count in counts.most_common(3))
    missing = 1 - sum(counts.values()) / len(raw)
    return {
        "rows": len(raw),
        "says": "It answers most often",
        "value": top or "nothing",
        "missing": missing,
        "task": "multiclass",
    }


def _training_sample(project: Project) -> tuple[pandas.DataFrame, Any, Problem, Any]:
    import numpy as np

    from app.stages.data.preparation import prepare

    table = table_of(project)
    rng = np.random.default_rng(project.seed)
    problem = prepare(BY_KEY["data"].chosen(project), table, rng)
    train = problem.split.train
    some = train[:: max(1, len(train) // SAMPLE)]
    if problem.queries is not None:
        # Lists are looked at whole.
        some = np.sort(train[np.argsort(problem.queries[train], kind="stable")][: 2 * SAMPLE])
    return problem.frame(table, some), problem.y[some], problem, some


def try_cohort(body: dict[str, Any], where: str) -> dict[str, Any]:
    """Read the conditions of a slice and count the training rows they select."""
    import numpy as np

    from app.lab.condition import Cohort, parse_conditions
    from app.stages.cohort import everything
    from app.stages.data.preparation import prepare

    project = Project.model_validate(body)
    table = table_of(project)
    problem = prepare(BY_KEY["data"].chosen(project), table, np.random.default_rng(project.seed))
    frame = everything(problem, table)
    cohort = Cohort("tried", parse_conditions(where, frame))
    rows = frame.iloc[problem.split.train]
    columns = dict.fromkeys(condition.column for condition in cohort.conditions)
    return {
        "rows": len(rows),
        "n": int(cohort.mask(rows).sum()),
        "words": cohort.words,
        "later": [name for name in columns if name not in problem.inputs],
    }
