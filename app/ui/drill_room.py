"""The drill in hand: loaded from the project, saved at every event, staged by a worker."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from concurrent.futures import CancelledError
from concurrent.futures import TimeoutError as TooSlow
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from app.jobs import executor
from app.jobs.trouble import JobTrouble
from app.stages.drills import STAGE
from app.stages.drills.code import MOST_SEED, Code, code_of
from app.stages.drills.debrief import outcome_of
from app.stages.drills.drill import Drill
from app.stages.drills.event import MOST_EVENTS, Event
from app.stages.drills.ground import Ground
from app.stages.drills.state import State, replay
from app.ui import desk, memory
from app.ui.desk import Desk

PATIENCE_S = 4
LIMIT_S = 120
LOBBY = "lobby"
MOST_DRILLS = 200


@dataclass(frozen=True)
class Room:
    """A drill with all that its screen needs."""

    now: Desk
    drill: Drill
    ground: Ground
    columns: tuple[str, ...]

    @property
    def state(self) -> State:
        """Where it stands."""
        return replay(self.ground, self.drill.events)

    def name(self, what: str) -> str:
        """Return a name in the session that belongs to this drill."""
        return f"drill:{self.drill.id}:{what}"


def drills_of(now: Desk) -> tuple[Drill, ...]:
    """Return the drills of the project, the oldest first."""
    found: tuple[Drill, ...] = STAGE.chosen(now.project).drills
    return found


def chosen(now: Desk) -> Drill | None:
    """Return the drill on the screen: the one picked, else the last that still runs."""
    drills = drills_of(now)
    picked = memory.recall(f"drill:open:{now.id}")
    if picked == LOBBY:
        return None
    found = next((drill for drill in drills if drill.id == picked), None)
    if found is not None:
        return found
    return next((drill for drill in reversed(drills) if drill.status == "running"), None)


def go(project_id: str, drill: str = LOBBY) -> None:
    """Turn to a drill, or back to the lobby."""
    memory.remember(f"drill:open:{project_id}", drill)


def start(now: Desk, difficulty: str, code: Code | None = None) -> None:
    """Begin a drill: with the seed of a code, or a fresh one."""
    from app import drilling
    from app.workshop import now as moment

    read = code or code_of(now.project.data.title, difficulty, secrets.randbelow(MOST_SEED + 1))
    drill = Drill(
        id=secrets.token_hex(4),
        code=read.text,
        world=drilling.world_of(now.project),
        started_at=moment(),
    )
    go(now.id, drill.id)
    _put(now, (*drills_of(now), drill)[-MOST_DRILLS:], f"Drill {drill.code} begins")


def add(project_id: str, drill_id: str, *events: Event) -> None:
    """Write events into a drill; what closes it is scored at once."""
    now = desk.current()
    if now is None or now.id != project_id:
        return
    held = {drill.id: drill for drill in drills_of(now)}
    drill = held.get(drill_id)
    if drill is None or drill.outcome is not None:
        return
    # A drill that is full can still be closed.
    if len(drill.events) >= MOST_EVENTS and events[-1].kind not in ("wait", "close"):
        return
    room = opened(now, drill)
    if isinstance(room, Room):
        _write(now, held, _scored(room.ground, _merged(drill, events)), events)


def _merged(drill: Drill, events: tuple[Event, ...]) -> Drill:
    """Add events; waiting that follows on waiting is one longer wait."""
    last = drill.events[-1] if drill.events else None
    if len(events) == 1 and last is not None and last.kind == events[0].kind == "wait":
        longer = last.model_copy(update={"minutes": last.minutes + events[0].minutes})
        return drill.model_copy(update={"events": (*drill.events[:-1], longer)})
    return drill.but(*events)


def _scored(ground: Ground, drill: Drill) -> Drill:
    from app.workshop import now as moment

    if not replay(ground, drill.events).over:
        return drill
    outcome = outcome_of(ground, drill.events)
    return drill.model_copy(update={"outcome": outcome, "finished_at": moment()})


def _write(now: Desk, held: dict[str, Drill], drill: Drill, events: tuple[Event, ...]) -> None:
    # Also after a refresh the page stays with the drill that was just finished.
    go(now.id, drill.id)
    waits = all(event.kind == "wait" for event in events)
    drills = tuple((held | {drill.id: drill}).values())
    _put(now, drills, f"Drill: {events[-1].kind}", f"drill:{drill.id}:wait" if waits else None)


def _put(now: Desk, drills: tuple[Drill, ...], summary: str, coalesce: str | None = None) -> None:
    kept = [drill.to_json() for drill in drills]
    desk.save(now, now.project.answered(STAGE.key, {"drills": kept}), summary, coalesce)


def drop(project_id: str, drill_id: str) -> None:
    """Take a drill off the list."""
    now = desk.current()
    if now is not None and now.id == project_id:
        _put(now, tuple(d for d in drills_of(now) if d.id != drill_id), "Drill dropped")


def opened(now: Desk, drill: Drill) -> Room | Mapping[str, Any]:
    """Return the room of a drill, or why it is not ready: ``job`` while a worker stages it."""
    from app import drilling

    name = f"drill:staged:{drill.world}:{drill.code}"
    staged = memory.recall(name)
    if staged is None:
        body = now.project.to_json()
        staged = _ask(f"drill:{drill.id}", drilling.stage, (body, drill.world, drill.code))
        if "ground" not in staged:
            return staged
        memory.remember(name, staged)
    ground = Ground.model_validate(staged["ground"])
    return Room(now, drill, ground, tuple(staged["columns"]))


def looked(room: Room, place: int, key: str, text: str) -> Mapping[str, Any]:
    """Return what a look showed after so many events; the last one is remembered."""
    from app import drilling

    asked = [room.drill.id, place, key, text]
    name = f"drill:look:{room.now.id}"
    known = memory.recall(name)
    if known and known["asked"] == asked:
        found: Mapping[str, Any] = known["found"]
        return found
    events = [event.to_json() for event in room.drill.events[:place]]
    body = room.now.project.to_json()
    told = _ask(
        f"look:{room.drill.id}",
        drilling.look,
        (body, room.drill.world, room.drill.code, events, key, text),
    )
    if "job" not in told:
        memory.remember(name, {"asked": asked, "found": told})
    return told


def _ask(owner: str, question: Any, words: tuple[Any, ...]) -> Mapping[str, Any]:
    """Ask a worker; what takes longer goes on, and the next run asks the same job."""
    waiting = memory.forget(f"job:{owner}")
    job = executor().find(waiting) if waiting else None
    if job is None:
        job = executor().submit_with(question, words, owner=owner, time_limit_s=LIMIT_S)
    try:
        told: Mapping[str, Any] = job.result(timeout=PATIENCE_S)
        return told
    except TooSlow:
        memory.remember(f"job:{owner}", job.id)
        return {"job": job.id}
    except CancelledError:
        return {"error": "Cancelled."}
    except JobTrouble as trouble:
        return {"error": str(trouble)}


@st.fragment(run_every=0.7)
def wait(project_id: str, job_id: str) -> None:
    """Draw how far the worker is, and a button that stops it."""
    job = executor().find(job_id)
    if job is None or job.done():
        st.rerun(scope="app")
    with st.container(border=True):
        words = job.progress.words or "Waiting for a free worker"
        st.progress(min(max(job.progress.fraction, 0.0), 1.0), text=words)
        if st.button("Cancel", icon=":material/stop_circle:", key=f"drill:cancel:{job_id}"):
            job.cancel()
            go(project_id)
            st.rerun(scope="app")


def with_desk(room: Room) -> Room:
    """Return the room as it stands after an event that was just written."""
    now = desk.current()
    if now is None:
        return room
    drill = next((d for d in drills_of(now) if d.id == room.drill.id), room.drill)
    return replace(room, now=now, drill=drill)


def tick(project_id: str, drill_id: str, minutes: float) -> None:
    """Let time pass in a running drill."""
    now = desk.current()
    if now is None or now.id != project_id:
        return
    drill = next((d for d in drills_of(now) if d.id == drill_id), None)
    room = opened(now, drill) if drill is not None and drill.outcome is None else None
    if isinstance(room, Room):
        add(project_id, drill_id, Event(minute=room.state.minute, kind="wait", minutes=minutes))
