"""Each incident, striking the held-out days: what notices it, and what it costs until then."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from app.incidents import INCIDENTS, Incident
from app.lab.alerts import Calibration, Catch, catch
from app.lab.shapley import explain, importance
from app.lab.stream import Signals, Stream
from app.stages.bench import Bench
from app.stages.monitoring.choices import Choices
from app.stages.monitoring.replay import Live, Setting, cut_of, stream_of, watched_of

DRILL_DAYS = 60
EXPLAINED = 300


@dataclass(frozen=True)
class Outcome:
    """What became of one incident."""

    incident: Incident
    caught: Catch | None
    lost: float
    lost_in_all: float
    why_not: str = ""


def drill_of(
    choices: Choices, setting: Setting, clean: Live, normal: Calibration, bench: Bench
) -> list[Outcome]:
    """Let every chosen incident strike the same days."""
    days = clean.stream.days
    onset = min(choices.onset_day, days.count) - 1
    part = clean.cut(days.of_row < onset + DRILL_DAYS)
    quiet = watched_of(setting, part.stream)
    weights = _weights(setting, part.stream, bench)
    outcomes = []
    keys = [key for key in INCIDENTS if key in choices.incidents]
    for place, key in enumerate(keys):
        incident = INCIDENTS[key]
        bench.progress(0.35 + 0.6 * place / max(1, len(keys)), f"Striking: {incident.title}")
        outcomes.append(_strike(incident, setting, part, quiet, normal, onset, weights, bench))
    return outcomes


def _weights(setting: Setting, part: Stream, bench: Bench) -> dict[str, float]:
    rows = part.frame.iloc[:: max(1, len(part.frame) // EXPLAINED)].reset_index(drop=True)
    found = explain(setting.champion.fitted, rows, rows, setting.problem.inputs)
    return {r.column: r.size.value for r in importance(found, bench.rng("weights"))}


def _strike(
    incident: Incident,
    setting: Setting,
    live: Live,
    quiet: Signals,
    normal: Calibration,
    onset: int,
    weights: dict[str, float],
    bench: Bench,
) -> Outcome:
    part = live.stream
    why_not = incident.applies(part.frame)
    if not why_not and incident.redraws and setting.problem.queries is not None:
        why_not = "it draws rows anew, and a list comes whole"
    if why_not:
        return Outcome(incident, None, 0.0, 0.0, why_not)
    struck = part.days.of_row >= onset
    rng = bench.rng(f"incident {incident.key}")
    strike = incident.strike(part.frame, live.y, struck, weights, rng)
    prediction = live.prediction.copy()
    # Rows before the strike keep the prediction they had.
    prediction[struck] = setting.champion.fitted.predict(strike.rows[struck].reset_index(drop=True))
    at = live.at if strike.origin is None else live.at[strike.origin]
    stream = stream_of(setting, strike.rows, strike.seen_y, prediction, part.days, at)
    true_cost = setting.champion.cost(strike.y, prediction, at)
    caught = catch(quiet, watched_of(setting, _arrived(stream, strike.arrived)), normal, onset)
    extra = np.where(strike.arrived, true_cost - part.cost, 0.0)
    last = onset + caught.days_late if caught.days_late is not None else part.days.count
    before = struck & (part.days.of_row < last)
    return Outcome(incident, caught, float(extra[before].sum()), float(extra[struck].sum()))


def _arrived(stream: Stream, arrived: np.ndarray) -> Stream:
    if arrived.all():
        return stream
    cut = cut_of(stream, arrived)
    return replace(cut, days=replace(stream.days, of_row=cut.days.of_row))
