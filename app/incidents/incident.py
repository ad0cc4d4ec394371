"""What an incident is: how it strikes, what it leaves behind, and what tells it from others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from app.incidents.moves import Effect

if TYPE_CHECKING:
    from app.lab.world import Answers, World

# Strength by row: 0 before the onset, 1 fully struck, between while the onset ramps.
Strength = np.ndarray
Acts = Callable[[np.ndarray], np.ndarray]
Source = Literal["release", "log", "rumour", "calendar", "complaint"]
Group = Literal["data", "world", "labels", "model", "service", "people"]


def _never(prediction: np.ndarray) -> np.ndarray:
    return np.zeros(len(prediction), dtype=bool)


@dataclass(frozen=True)
class Context:
    """What an incident may know of the stream it strikes.

    Parameters
    ----------
    rng : Generator
    importance : mapping of str to float
        By column; any scale.
    form : {"binary", "multiclass", "regression", "ranking"}
    severity : float
        In (0, 1]; 0.5 is usual.
    acts : callable
        Takes predictions, returns where the standing threshold acts.
    has_threshold : bool
    classes : int
        Number of classes of a multiclass target.
    money : float
        Usual cost of a row in currency; fees are measured in it.
    prediction : ndarray of float, shape (rows of the quiet world,) or (…, k), optional
        What the quiet service answered.
    loss : ndarray of float, shape (rows of the quiet world,), optional
        By the quiet answers.
    """

    rng: np.random.Generator
    importance: Mapping[str, float]
    form: str
    severity: float = 0.5
    acts: Acts = _never
    has_threshold: bool = False
    classes: int = 0
    money: float = 1.0
    prediction: np.ndarray | None = None
    loss: np.ndarray | None = None

    def quiet_score(self, world: World) -> np.ndarray:
        """Return one number a row that the quiet service answered; zeros where unknown."""
        if self.prediction is None:
            return np.zeros(world.n)
        found = self.prediction if self.prediction.ndim == 1 else self.prediction.max(axis=1)
        return np.asarray(np.nan_to_num(found)[world.origin])

    def quiet_loss(self, world: World) -> np.ndarray:
        """Return the loss of each row by the quiet answers; zeros where unknown."""
        if self.loss is None:
            return np.zeros(world.n)
        return np.asarray(np.nan_to_num(self.loss)[world.origin])

    def struck(self, strength: Strength, share: float = 1.0) -> np.ndarray:
        """Draw which rows are struck: a share of them, as far as the onset has come.

        The draw uses one number a row whatever the share, so a graver incident strikes the same
        rows and more.
        """
        drawn: np.ndarray = self.rng.random(len(strength)) < np.clip(strength * share, 0.0, 1.0)
        return drawn & (strength > 0)


@dataclass(frozen=True)
class Line:
    """A line that somebody wrote: in a log, in release notes, in the hallway.

    Parameters
    ----------
    day, minute : int
        Of the world.
    source : {"release", "log", "rumour", "calendar", "complaint"}
    words : str
    suggests : str
        Key of the incident it makes one think of; empty for everyday lines.
    version : int
        Model version that it announces; 0 where it announces none.
    """

    day: int
    minute: int
    source: Source
    words: str
    suggests: str = ""
    version: int = 0


@dataclass(frozen=True)
class Trace:
    """A line to be planted; its words name the columns, values and versions of the stream.

    Parameters
    ----------
    source : {"release", "log", "rumour", "calendar", "complaint"}
    words : str
        With fields of `app.incidents.names.names_of` in braces.
    minute : int
        Of the day, 0 to 1439.
    day : int
        After the onset; negative before it.
    announces : bool
        Whether the line announces the next version of the model.
    """

    source: Source
    words: str
    minute: int = 540
    day: int = 0
    announces: bool = False


@dataclass(frozen=True)
class Decoy:
    """An innocent line that makes one think of another incident."""

    key: str
    trace: Trace


@dataclass(frozen=True)
class Seen:
    """What a look can reach of a stretch of production.

    Parameters
    ----------
    world : World
    answers : Answers
    onset_day : int
    form : {"binary", "multiclass", "regression", "ranking"}
    lines : tuple of Line
    """

    world: World
    answers: Answers
    onset_day: int
    form: str
    lines: tuple[Line, ...] = ()

    @property
    def after(self) -> np.ndarray:
        """Rows that arrived since the onset."""
        found: np.ndarray = self.world.arrived & (self.world.days.of_row >= self.onset_day)
        return found


@dataclass(frozen=True)
class Check:
    """The look that tells an incident from those it is taken for.

    Parameters
    ----------
    look : str
        Key of ``LOOKS``.
    words : str
        What it shows.
    discriminates : callable
        Takes the stretch as it usually is and as it is now; returns whether this incident shows.
    """

    look: str
    words: str
    discriminates: Callable[[Seen, Seen], bool]


StrikesInputs = Callable[["World", Strength, Context], "World"]
StrikesAnswers = Callable[["World", "Answers", Strength, Context], "tuple[World, Answers]"]


def anything(world: World, context: Context) -> str:
    """Say that every stream can be struck."""
    return ""


@dataclass(frozen=True)
class Incident:
    """One production incident.

    Parameters
    ----------
    key, title : str
    group : {"data", "world", "labels", "model", "service", "people"}
        Where its cause lies.
    symptom, cause, remedy : str
        What is seen, why, what to do.
    mends : mapping of str to str
        What each move of ``MOVES`` does to it, the best first; moves left out do nothing.
    wrong_move : str
        The tempting one.
    check : Check
    decoys : tuple of Decoy
    traces : tuple of Trace
        True lines in logs and release notes.
    strike_inputs : callable, optional
        World, strength and context to a world, before the model answers.
    strike_answers : callable, optional
        World, answers, strength and context to world and answers, after it.
    why_not : callable
        World and context to the reason why it cannot strike; empty when it can.
    harmless : bool
        Whether there is nothing to mend.
    """

    key: str
    title: str
    group: Group
    symptom: str
    cause: str
    remedy: str
    mends: Mapping[str, Effect]
    wrong_move: str
    check: Check
    decoys: tuple[Decoy, ...]
    traces: tuple[Trace, ...] = ()
    strike_inputs: StrikesInputs | None = None
    strike_answers: StrikesAnswers | None = None
    why_not: Callable[[World, Context], str] = field(default=anything)
    harmless: bool = False

    @property
    def contains(self) -> tuple[str, ...]:
        """Moves that stop the harm while the cause stands, the best first."""
        return tuple(move for move, effect in self.mends.items() if effect == "contains")

    @property
    def fixes(self) -> tuple[str, ...]:
        """Moves that end the cause, the best first."""
        return tuple(move for move, effect in self.mends.items() if effect == "ends")

    def effect(self, move: str) -> Effect:
        """Return what a move does to this incident."""
        return self.mends.get(move, "nothing")
