"""A drill as it is kept in the project: its code, its events, and how it ended."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from app.record.record import Record
from app.stages.drills.event import Event
from app.stages.drills.score import Score

Status = Literal["running", "completed", "studied"]


class Moment(Record):
    """One entry of the timeline of a finished drill: what was done, and what was known by then.

    Parameters
    ----------
    minute : float
    clock : str
        Day and time of day in the drill.
    kind : str
        Kind of the event, or ``"onset"``, ``"works"``, ``"lifted"``, ``"ended"``.
    title, detail : str
    harm : float
        Currency lost by then since the drill began.
    """

    minute: float
    clock: str
    kind: str
    title: str
    detail: str = ""
    harm: float = 0.0


class Trail(Record):
    """A false trail that was planted: what it pointed at, and its words."""

    cause: str
    title: str
    words: str


class Outcome(Record):
    """A finished drill: all that a debrief or a post-mortem is written from.

    Parameters
    ----------
    incident, title, cause, remedy, symptom : str
        What was really wrong, and what mends it.
    check, check_words : str
        The look that tells it apart, and what it shows.
    harmless : bool
    score : Score
    timeline : tuple of Moment
    trails : tuple of Trail
    rate, rate_low, rate_high : float
        Currency a minute while nothing was done.
    before : float
        Currency lost before anybody looked.
    struck_days : float
        Days from the onset to the start of the drill.
    rows_a_day : float
        Decisions a day on the struck stream.
    n : int
        Struck rows that the harm was measured on.
    best_moves : tuple of str
        The oracle's plan.
    curves : dict of str to tuple
        Harm by minute: ``you``, ``oracle``, ``nothing``, as pairs (minute, currency).
    """

    incident: str
    title: str
    cause: str
    remedy: str
    symptom: str
    check: str
    check_words: str
    harmless: bool
    score: Score
    timeline: tuple[Moment, ...] = ()
    trails: tuple[Trail, ...] = ()
    rate: float = 0.0
    rate_low: float = 0.0
    rate_high: float = 0.0
    before: float = 0.0
    struck_days: float = 0.0
    rows_a_day: float = 0.0
    n: int = 0
    best_moves: tuple[str, ...] = ()
    curves: dict[str, tuple[tuple[float, float], ...]] = Field(default_factory=dict)


class Drill(Record):
    """One drill.

    Parameters
    ----------
    id : str
    code : str
        As it is shared.
    world : str
        Digest of all that the world of the drill was measured from.
    started_at, finished_at : str
        ISO time in UTC.
    events : tuple of Event
    outcome : Outcome or None
        None while it runs.
    """

    id: str
    code: str
    world: str
    started_at: str = ""
    finished_at: str = ""
    events: tuple[Event, ...] = ()
    outcome: Outcome | None = None

    @property
    def status(self) -> Status:
        """Running, completed, or studied where the cause was looked up."""
        if self.outcome is None:
            return "running"
        return "studied" if self.outcome.score.revealed else "completed"

    def but(self, *events: Event) -> Drill:
        """Return the drill with events added."""
        return self.model_copy(update={"events": (*self.events, *events)})
