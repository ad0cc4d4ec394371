"""Each incident, striking the held-out days: what notices it, and what it costs until then."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from app.incidents import INCIDENTS, Incident
from app.lab.detection import Beyond, Caught, catch
from app.lab.impact import SEVERITIES, Severity
from app.lab.monitors.signals import Signals
from app.stages.bench import Bench
from app.stages.monitoring.choices import Choices
from app.stages.production.engine import Struck, context_of, simulate
from app.stages.production.seen import Watch, quiet_part

STRIKE_DAYS = 60


@dataclass(frozen=True)
class Outcome:
    """What became of one incident.

    Parameters
    ----------
    caught : mapping of str to Caught
        By monitor, those that are off included.
    by_day : ndarray of float, shape (days since the strike,)
        Extra cost of each day, in currency.
    why_not : str
        Why it could not strike; empty when it did.
    """

    incident: Incident
    caught: Mapping[str, Caught]
    by_day: np.ndarray
    why_not: str = ""

    def first(self, on: Collection[str]) -> tuple[str, Caught] | None:
        """Return the monitor that notices first, and how."""
        seen = [(key, caught) for key, caught in self.caught.items() if key in on]
        return min(seen, key=lambda item: (item[1].days_late, item[0]), default=None)

    def late(self, on: Collection[str]) -> int | None:
        """Return after how many days some monitors notice; None if never."""
        found = self.first(on)
        return found[1].days_late if found else None

    def lost(self, on: Collection[str]) -> float:
        """Return what it costs until some monitors notice, or in all."""
        late = self.late(on)
        # A day is judged when it is over: the day of the alert is lost as well.
        return float(self.by_day[: len(self.by_day) if late is None else late + 1].sum())

    def said(self, on: Collection[str]) -> Severity | None:
        """Return the gravest word of some monitors; None where none spoke."""
        words = [caught.severity for key, caught in self.caught.items() if key in on]
        return max(words, key=SEVERITIES.index, default=None)

    @property
    def tried(self) -> bool:
        """Whether it could strike."""
        return not self.why_not


@dataclass(frozen=True)
class Strikes:
    """All incidents on the same days.

    Parameters
    ----------
    outcomes : tuple of Outcome
    onset : int
        Day of the strike.
    days : int
        Days that are watched after it.
    concept : Struck or None
        The world after a concept shift, to show what estimates cannot see.
    """

    outcomes: tuple[Outcome, ...]
    onset: int
    days: int
    concept: Struck | None

    @property
    def tried(self) -> tuple[Outcome, ...]:
        """Those that could strike."""
        return tuple(o for o in self.outcomes if o.tried)

    @property
    def harmful(self) -> tuple[Outcome, ...]:
        """Those in which there is something to mend."""
        return tuple(o for o in self.tried if not o.incident.harmless)


def strikes_of(choices: Choices, whole: Watch, bench: Bench) -> Strikes:
    """Let every chosen incident strike the same days."""
    onset = min(choices.onset_day, whole.scene.live.world.days.count) - 1
    part = quiet_part(whole, onset + STRIKE_DAYS)
    keys = [key for key in INCIDENTS if key in choices.incidents]
    outcomes, concept = [], None
    for place, key in enumerate(keys):
        incident = INCIDENTS[key]
        bench.progress(0.3 + 0.6 * place / max(1, len(keys)), f"Striking: {incident.title}")
        outcome, struck = _strike(choices, incident, part, onset, bench)
        outcomes.append(outcome)
        concept = struck if key == "concept_shift" else concept
    days = part.scene.live.world.days.count - onset
    return Strikes(tuple(outcomes), onset, days, concept)


def _strike(
    choices: Choices, incident: Incident, watch: Watch, onset: int, bench: Bench
) -> tuple[Outcome, Struck | None]:
    scene = watch.scene
    rng = bench.rng(f"incident {incident.key}")
    context = context_of(scene, choices.severity, rng)
    why_not = incident.why_not(scene.live.world, context)
    if why_not:
        return Outcome(incident, {}, np.zeros(0), why_not), None
    struck = simulate(scene, incident, onset, choices.severity, rng, choices.onset)
    caught = noticed(watch, watch.signals_of(struck), onset)
    # In the same place: where rows are drawn anew the business pays for what comes now.
    extra = struck.cost - scene.live.cost
    days = scene.live.world.days
    by_day = np.bincount(days.of_row, weights=extra, minlength=days.count)[onset:]
    return Outcome(incident, caught, by_day), struck


def noticed(watch: Watch, signals: Signals, onset: int) -> dict[str, Caught]:
    """Return which monitors notice, and when."""
    quiet: Beyond = watch.quiet
    return catch(quiet, signals, watch.normal, watch.stakes, onset, watch.how.detector)
