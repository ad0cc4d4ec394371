"""What an incident costs a minute under every move, measured on the struck stream."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy import stats

from app.incidents.incident import Incident
from app.incidents.moves import MOVES
from app.lab.champion import Champion
from app.stages.drills.ground import IDLE, NOTHING, Rate, Reply
from app.stages.production import Scene, Struck, refit, respond, untouched

DAY_MINUTES: Final = 1440.0
LEVEL: Final = 0.95
# Moves that change answers whatever the incident is.
REAL: Final = ("fall_back", "retrain", "change_threshold", "stop_automation")


@dataclass(frozen=True)
class Flow:
    """How many decisions the real service takes for each row of the simulated stream.

    Parameters
    ----------
    rows_a_day : float
        Rows a step of the stream.
    decisions_a_day : float
        Decisions a calendar day of the service.
    per_row : float
        Decisions a row: 1, or one list over its rows.
    """

    rows_a_day: float
    decisions_a_day: float
    per_row: float

    @property
    def a_minute(self) -> float:
        """By what money a step of the stream is multiplied to be money a minute."""
        shown = max(self.rows_a_day * self.per_row, 1e-9)
        return self.decisions_a_day / shown / DAY_MINUTES


def flow_of(scene: Scene, decisions_per_year: float) -> Flow:
    """Return how the stream and the service relate; unknown volume is the stream's own."""
    world = scene.live.world
    rows = world.n / max(1, world.days.count)
    lists = world.lists
    per_row = 1.0 if lists is None else len(np.unique(lists)) / max(1, world.n)
    own = rows * per_row / world.days.length
    return Flow(rows, decisions_per_year / 365 if decisions_per_year > 0 else own, per_row)


def rate_of(scene: Scene, struck: Struck, onset: int, flow: Flow) -> Rate:
    """Return the extra cost a minute of struck days over quiet ones, with a t interval by day."""
    extra = by_day(struck, scene)[onset:]
    if not len(extra):
        return NOTHING
    mean = float(extra.mean())
    half = 0.0
    if len(extra) > 1 and extra.std() > 0:
        error = float(extra.std(ddof=1)) / np.sqrt(len(extra))
        half = float(stats.t.ppf(0.5 + LEVEL / 2, len(extra) - 1)) * error
    a_minute = flow.a_minute
    # Alike to the last bit is nothing, not a rounding error.
    if abs(mean) < 1e-9:
        mean = half = 0.0
    return Rate(value=mean * a_minute, low=(mean - half) * a_minute, high=(mean + half) * a_minute)


def by_day(struck: Struck, scene: Scene) -> np.ndarray:
    """Return the extra cost of each day of the stream over the same quiet day."""
    quiet = scene.live
    count = quiet.world.days.count
    now = np.bincount(struck.world.days.of_row, weights=struck.cost, minlength=count)
    usual = np.bincount(quiet.world.days.of_row, weights=quiet.cost, minlength=count)
    return np.asarray(now - usual)[:count]


class Pricer:
    """Prices moves on one stream; what does not depend on the incident is measured once."""

    def __init__(self, scene: Scene, onset: int, flow: Flow) -> None:
        self.scene, self.onset, self.flow = scene, onset, flow
        self.quiet = replace(untouched(scene, np.random.default_rng(0)), onset_day=onset)
        self._known: dict[str, Rate] = {}

    def base(self, struck: Struck) -> Rate:
        """Return the harm a minute while nothing is done."""
        return rate_of(self.scene, struck, self.onset, self.flow)

    def replies(self, struck: Struck, incident: Incident, refit_day: float) -> tuple[Reply, ...]:
        """Measure every move: while the cause stands, and once it is gone."""
        base, fresh = self.base(struck), refit(self.scene, struck, refit_day)
        return tuple(self._reply(move, struck, incident, base, fresh) for move in MOVES)

    def _reply(
        self, move: str, struck: Struck, incident: Incident, base: Rate, fresh: Champion
    ) -> Reply:
        effect = incident.effect(move)
        if incident.harmless and effect == "ends":
            # There is nothing to end.
            effect = "nothing"
        acts = move in REAL or move == "quarantine" or effect in ("ends", "contains")
        return Reply(
            move=move,
            effect=effect,
            minutes=float(MOVES[move].minutes),
            reversible=MOVES[move].reversible,
            struck=self._under(struck, move, fresh) if acts and move != IDLE else base,
            after=self._after(move, fresh) if move in REAL and effect != "ends" else NOTHING,
        )

    def _after(self, move: str, fresh: Champion) -> Rate:
        """Return what a move costs on quiet days; only a new model depends on the incident."""
        if move == "retrain":
            return self._under(self.quiet, move, fresh)
        if move not in self._known:
            self._known[move] = self._under(self.quiet, move, fresh)
        return self._known[move]

    def _under(self, struck: Struck, move: str, fresh: Champion) -> Rate:
        scene, onset = self.scene, self.onset
        if move == "change_threshold":
            return self._with_threshold(struck)
        fitted = fresh if move == "retrain" else None
        found = respond(scene, struck, move, float(onset), fitted=fitted)
        return rate_of(scene, found, onset, self.flow)

    def _with_threshold(self, struck: Struck) -> Rate:
        """Set the threshold once some labels are in, and count the days from then on."""
        last = self.scene.live.world.days.count
        day = min(self.onset + max(1, (last - self.onset) // 2), last - 1)
        found = respond(self.scene, struck, "change_threshold", float(day))
        return rate_of(self.scene, found, day, self.flow)
