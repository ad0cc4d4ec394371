"""What a warm worker does for the drill room: it stages a drill once, and takes the looks.

The page imports this module to name the functions, so everything heavy is loaded in the worker.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from app.record.project import Project
from app.record.stage import digest_of
from app.stages.road import BY_KEY, fresh
from app.workshop import MissingTable, bench_of, shelf

if TYPE_CHECKING:
    from app.stages.drills.scenario import Staged

LOADED = 3
RESTS_ON = "monitoring"
GONE = (
    "The world of this drill is not on this machine any more, and the project has changed since. "
    "What you did and the score are kept; start a new drill with the same code."
)


def world_of(project: Project) -> str:
    """Return the digest of all that the world of a drill is measured from."""
    return digest_of(project, RESTS_ON, BY_KEY)


def ready(project: Project) -> bool:
    """Say whether a drill can be staged: model and monitoring have been measured and are not stale."""
    return fresh(project, RESTS_ON)


def stage(body: dict[str, Any], world: str, code: str) -> Mapping[str, Any]:
    """Stage a drill, or find it on the shelf; returns its ground, or an ``error`` in plain words."""
    from app.stages.drills.looks.slices import columns_of
    from app.stages.drills.state import State

    try:
        staged = _staged(body, world, code)
    except LookupError as error:
        return {"error": str(error.args[0]) if error.args else GONE}
    view = _view(staged, State(staged.ground))
    columns = [str(c) for c in columns_of(view)]
    return {"ground": staged.ground.to_json(), "columns": columns}


def look(
    body: dict[str, Any],
    world: str,
    code: str,
    events: Sequence[Mapping[str, Any]],
    key: str,
    text: str,
) -> Mapping[str, Any]:
    """Take a look at where the events have led; returns charts, tables and words as plain data."""
    from app.stages.drills.event import Event
    from app.stages.drills.looks.asked import shown
    from app.stages.drills.state import replay

    try:
        staged = _staged(body, world, code)
    except LookupError as error:
        return {"error": str(error.args[0]) if error.args else GONE}
    state = replay(staged.ground, [Event.model_validate(event) for event in events])
    part = shown(_view(staged, state), key, text)
    return {
        "charts": [chart.to_json() for chart in part.charts],
        "tables": [table.to_json() for table in part.tables],
        "words": dict(part.words),
    }


def _view(staged: Staged, state: Any) -> Any:
    from app.stages.drills.archive import view_of

    return view_of(staged.archive, state)


def _staged(body: dict[str, Any], world: str, code: str) -> Staged:
    from app.stages.drills.code import read_code

    read = read_code(code)
    name = f"{world}-drill_{read.difficulty}_{read.seed}"
    try:
        return _kept(name)
    except (LookupError, ValueError):
        # Not there, or named in a file by something that is no digest.
        pass
    project = Project.model_validate(body)
    if world_of(project) != world:
        raise LookupError(GONE)
    try:
        made = _made(project, code)
    except MissingTable as error:
        raise LookupError(str(error)) from None
    shelf().put_pickle(name, made)
    return made


@lru_cache(maxsize=LOADED)
def _kept(name: str) -> Staged:
    found: Staged | None = shelf().get_pickle(name)
    if found is None:
        # An error is not remembered: the next asks again.
        raise LookupError(name)
    return found


def _made(project: Project, code: str) -> Staged:
    from app.jobs.progress import report
    from app.stages.drills.code import read_code
    from app.stages.drills.scenario import stage_drill

    report(0.05, "Setting the scene")
    bench = bench_of(project, "drills", report)
    watch = bench.fetch("monitoring", "watch")
    report(0.4, "Something happens in production")
    per_year = float(bench.choices("framing").decisions_per_year)
    return stage_drill(watch, read_code(code), per_year)
