"""The struck stream as it is kept for a drill, and what of it can be seen at a minute."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from app.incidents.incident import Line
from app.lab.champion import Champion
from app.stages.drills.ground import Ground
from app.stages.drills.state import Span, State
from app.stages.production import Scene, Struck, cost_rows, refit, respond

DAY_MINUTES = 1440.0
ENOUGH = 30
MOST_RECENT_DAYS = 6


@dataclass(frozen=True)
class Archive:
    """Everything the looks of one drill are taken from.

    Parameters
    ----------
    scene : Scene
        Quiet days around the onset.
    struck : Struck
    lines : tuple of Line
        What stands in logs, releases and the hallway: true traces, false trails, daily life.
    start_day : int
        Day of the cut scene on which the drill begins.
    start_minute : int
    label_delay : float
        Times the label delay of the data.
    group : str
        Where the cause lies, which decides who knows something.
    heard : str
        What the colleague knows who is responsible.
    """

    scene: Scene
    struck: Struck
    lines: tuple[Line, ...]
    start_day: int
    start_minute: int
    label_delay: float
    group: str
    heard: str

    def place(self, minute: float) -> float:
        """Return where a minute of the drill lies in the stream, in days from its first."""
        return self.start_day + (self.start_minute + minute) / DAY_MINUTES


@dataclass(frozen=True)
class View:
    """What can be seen at one minute: rows that came until then, labels that are in.

    Parameters
    ----------
    log : DataFrame, n rows
        One line a request, without its inputs.
    seen, sent, kept : DataFrame, n rows
        Inputs as the service saw them, as they were sent, as the sources' own archive has them.
    days : tuple of str
        Names of the days until now.
    now : float
        In days from the first of the stream.
    threshold : float
        NaN where none decides.
    ages : dict of str to ndarray of float, shape (all days,)
        Hours since each source last sent something new, as handled.
    """

    log: pd.DataFrame
    seen: pd.DataFrame
    sent: pd.DataFrame
    kept: pd.DataFrame
    days: tuple[str, ...]
    now: float
    lines: tuple[Line, ...]
    archive: Archive
    threshold: float
    ages: dict[str, np.ndarray]

    @property
    def recent(self) -> np.ndarray:
        """Rows since yesterday; with few a day since some days more, a week at most."""
        day = self.log["day"].to_numpy(int)
        for back in range(1, MOST_RECENT_DAYS + 1):
            found = day >= int(self.now) - back
            if found.sum() >= ENOUGH:
                break
        return np.asarray(found)

    @property
    def before(self) -> np.ndarray:
        """Rows of the two weeks that ended a week ago: long enough ago to be usual."""
        day = self.log["day"]
        found = np.asarray((day < int(self.now) - 7) & (day >= int(self.now) - 21))
        return found if found.any() else np.asarray(day < max(1, int(self.now) // 2))


def view_of(archive: Archive, state: State) -> View:
    """Return what can be seen where a drill stands."""
    now = archive.place(state.minute)
    handled = [(span, variant(archive, state.ground, span)) for span in _spans(state)]
    parts = [
        _part(archive, state, span, struck, first=number == 0)
        for number, (span, struck) in enumerate(handled)
    ]
    whole = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    whole = whole[whole["at"] <= now].sort_values(["at", "request"], kind="stable")
    whole = whole.reset_index(drop=True)
    late = whole["at"] + whole.pop("label_after") > now
    whole.loc[late, ["label", "cost"]] = np.nan
    model = archive.scene.live.model
    names = archive.scene.live.world.days.names
    return View(
        whole[[c for c in whole.columns if "|" not in c]],
        _inputs(whole, "seen"),
        _inputs(whole, "sent"),
        _inputs(whole, "kept"),
        names[: int(min(now, len(names) - 1)) + 1],
        now,
        tuple(line for line in archive.lines if line.day + line.minute / DAY_MINUTES <= now),
        archive,
        model.threshold if model.has_threshold else float("nan"),
        _ages(archive, handled),
    )


def _spans(state: State) -> tuple[Span, ...]:
    found = state.spans()
    return found or (Span(0.0, 0.0, "", False, state.ground.base),)


def _inputs(whole: pd.DataFrame, kind: str) -> pd.DataFrame:
    mine = [c for c in whole.columns if c.startswith(f"{kind}|")]
    return whole[mine].set_axis([c.split("|", 1)[1] for c in mine], axis=1)


def _ages(archive: Archive, handled: list[tuple[Span, Struck]]) -> dict[str, np.ndarray]:
    """Return the ages of the sources: of each stretch from the day of its start on."""
    found = {name: ages.copy() for name, ages in handled[0][1].world.feed_age_hours.items()}
    for span, struck in handled[1:]:
        first = int(archive.place(span.start))
        for name, ages in found.items():
            ages[first:] = struck.world.feed_age_hours.get(name, ages)[first:]
    return found


def _part(archive: Archive, state: State, span: Span, struck: Struck, first: bool) -> pd.DataFrame:
    """Return the requests of a stretch of equal handling; the first goes back to the beginning."""
    start = -np.inf if first else archive.place(span.start)
    end = archive.place(span.end) if span.end < state.minute else np.inf
    found = flat(archive, struck)
    return found[(found["at"] >= start) & (found["at"] < end)]


def variant(archive: Archive, ground: Ground, span: Span) -> Struck:
    """Return the struck days as if one handling had been in force since the onset."""
    scene, found, onset = archive.scene, archive.struck, float(archive.struck.onset_day)
    # A move that ends the cause: all of them give back quiet days, but for a new model.
    enders = [m for m in ground.enders if m == span.move] or list(ground.enders)
    if span.ended and enders:
        fitted = _refitted(archive) if enders[0] == "retrain" else None
        found = respond(scene, found, enders[0], onset, fitted=fitted)
    if span.move and not (span.ended and span.move in enders[:1]):
        fitted = _refitted(archive) if span.move == "retrain" else None
        at = archive.place(0.0) if span.move == "change_threshold" else onset
        found = respond(scene, found, span.move, at, fitted=fitted)
    return found


def _refitted(archive: Archive) -> Champion:
    return refit(archive.scene, archive.struck, archive.place(0.0))


def flat(archive: Archive, struck: Struck) -> pd.DataFrame:
    """Return one line a request: its log entry, and its inputs in three versions."""
    live, world, answers = archive.scene.live, struck.world, struck.answers
    person = (live.person_wrong, live.person_fee)
    prediction = answers.prediction
    log = {
        "request": np.arange(world.n),
        "day": world.days.of_row,
        "minute": world.minute,
        "at": world.days.of_row + world.minute / DAY_MINUTES,
        "arrived": world.arrived,
        "prediction": _score(prediction),
        "recomputed": _score(answers.recomputed),
        "acted": answers.acted,
        "answered_by": answers.rung,
        "version": answers.version,
        "replica": answers.replica,
        "latency_ms": answers.latency_ms,
        "charge": answers.charge,
        "waits_hours": answers.waits_hours,
        "label": world.label,
        "relabelled": world.y,
        "cost": cost_rows(live.levels, world, answers, person, recorded=True),
        "erased": world.erased,
        "label_after": world.label_days * archive.label_delay / world.days.length,
        "origin": world.origin,
    }
    if prediction.ndim == 2:
        log["answer"] = np.nan_to_num(prediction).argmax(axis=1).astype(float)
    if world.lists is not None:
        log["list"] = world.lists
    versions = {"seen": world.rows, "sent": world.sent, "kept": live.world.sent.take(world.origin)}
    inputs = {
        f"{kind}|{name}": frame[name].to_numpy()
        for kind, frame in versions.items()
        for name in frame.columns
    }
    return pd.DataFrame({**log, **inputs})


def _score(prediction: np.ndarray) -> np.ndarray:
    if prediction.ndim == 1:
        return prediction
    return np.where(np.isfinite(prediction).all(axis=1), prediction.max(axis=1), np.nan)
