"""How an incident comes to notice: an alert on the first signal out of bounds, or people talking."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from app.lab.drift import fit_bins, psi_by_day
from app.stages.drills.difficulty import Difficulty
from app.stages.production import Scene, Struck

# Beyond this many standard deviations from the days before, a signal alerts.
LIMIT = 5.0
LATEST = 6
DRIFT_COLUMNS = 12
HOURS = (8 * 60, 17 * 60)
NORMAL = 1.4826


@dataclass(frozen=True)
class Opening:
    """When and how the drill begins."""

    day: int
    minute: int
    source: str
    words: str


def opening_of(
    scene: Scene, struck: Struck, level: Difficulty, rng: np.random.Generator
) -> Opening:
    """Return the first thing that anybody notices."""
    onset, count = struck.onset_day, struck.world.days.count
    minute = int(rng.integers(*HOURS))
    source = str(rng.choice(level.opening))
    alert = first_alert(scene, struck)
    if alert is not None and source == "alert":
        # The day is judged when it is over.
        return Opening(min(alert[0] + 1, count - 1), minute, "alert", alert[1])
    if source == "alert":
        source = "complaint"
    day = min(onset + int(rng.integers(1, LATEST + 1)), count - 1)
    return Opening(day, minute, source, _said(struck, source))


def _said(struck: Struck, source: str) -> str:
    symptom = struck.incident.symptom if struck.incident is not None else "Nothing is known."
    if source == "complaint":
        return f"A complaint came in through the product team. What they see: {symptom}"
    return (
        "In the kitchen someone says the model has been odd this week. Nobody has a number, and "
        "no alert has fired. Is something wrong?"
    )


def signals_of(scene: Scene, struck: Struck) -> dict[str, np.ndarray]:
    """Return what a plain dashboard watches, one value a day."""
    world, answers = struck.world, struck.answers
    days, count = world.days.of_row, world.days.count
    here = world.arrived

    def mean(values: np.ndarray) -> np.ndarray:
        known = here & np.isfinite(values)
        total = np.bincount(days[known], weights=values[known], minlength=count)
        n = np.bincount(days[known], minlength=count)
        return np.where(n > 0, total / np.maximum(n, 1), np.nan)

    score = answers.prediction
    score = score if score.ndim == 1 else score.max(axis=1)
    found = {
        "requests a day": np.bincount(days[here], minlength=count).astype(float),
        "mean prediction": mean(score),
        "share without an answer of the model": mean((answers.rung != 0).astype(float)),
        "time to answer [ms]": mean(answers.latency_ms),
        "charge a request": mean(answers.charge),
        "hours until a person looks": mean(answers.waits_hours),
    }
    if np.isfinite(answers.acted).any():
        found["share acted upon"] = mean(answers.acted)
    return {**found, **_inputs(scene, struck)}


def _inputs(scene: Scene, struck: Struck) -> dict[str, np.ndarray]:
    world = struck.world
    rank = sorted(scene.importance, key=lambda c: -scene.importance[c])
    names = [c for c in rank if c in world.rows.columns][:DRIFT_COLUMNS]
    quiet = scene.live.world.rows[names]
    before = scene.live.world.days.of_row < struck.onset_day
    here = world.arrived
    rows = world.rows.loc[here, names].reset_index(drop=True)
    bins = fit_bins(quiet[before].reset_index(drop=True)) if before.any() else {}
    drift = psi_by_day(bins, rows, world.days.of_row[here], world.days.count)
    missing = pd.isna(rows).to_numpy()
    found = {f"drift of {name}": values for name, values in drift.items()}
    for place, name in enumerate(names):
        n = np.bincount(world.days.of_row[here], minlength=world.days.count)
        held = np.bincount(
            world.days.of_row[here], weights=missing[:, place], minlength=world.days.count
        )
        found[f"missing in {name}"] = np.where(n > 0, held / np.maximum(n, 1), np.nan)
    return found


def first_alert(scene: Scene, struck: Struck) -> tuple[int, str] | None:
    """Return the first day since the onset on which a signal is far from the days before it."""
    onset = struck.onset_day
    best: tuple[int, float, str] | None = None
    for name, values in signals_of(scene, struck).items():
        usual = values[:onset][np.isfinite(values[:onset])]
        if len(usual) < 3:
            continue
        center = float(np.median(usual))
        # Of few rows a day most days are alike: then the plain spread tells more.
        spread = max(float(np.std(usual)), NORMAL * float(np.median(np.abs(usual - center))))
        spread = max(spread, 0.02 * abs(center), 1e-6)
        for day in range(onset, min(onset + LATEST, len(values))):
            far = abs(values[day] - center) / spread if np.isfinite(values[day]) else 0.0
            if far > LIMIT and (best is None or (day, -far) < (best[0], -best[1])):
                words = (
                    f"Alert: {name} was {values[day]:.3g} yesterday; usual is {center:.3g} "
                    f"(limit: {LIMIT:g} standard deviations)."
                )
                best = (day, far, words)
    return None if best is None else (best[0], best[2])
