"""Quiet days of a made-up service, as monitors see them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from app.lab.monitors.view import View
from app.lab.service_log import VERSION
from app.lab.stream import Days
from app.lab.world import Answers, World


def quiet_view(
    seed: int,
    n_days: int = 80,
    per_day: int = 120,
    weekly: float = 0.0,
    delay: float = 3.0,
    cohorts: int = 0,
) -> View:
    """Draw rows of which the model looks at b only; slices hold 3 to 40 % of the rows."""
    rng = np.random.default_rng(seed)
    day = np.repeat(np.arange(n_days), per_day)
    n = len(day)
    weekday = np.arange(n_days) % 7
    b = rng.normal(size=n)
    rows = pd.DataFrame(
        {
            "a": rng.normal(size=n) + weekly * (weekday[day] >= 5),
            "b": b,
            "kind": rng.choice(["x", "y"], n),
        }
    )
    rows.loc[rng.random(n) < 0.02, "a"] = np.nan
    p = 1 / (1 + np.exp(-b))
    y = (rng.random(n) < p).astype(float)
    acted = (p > 0.5).astype(float)
    days = Days(day, tuple(f"2025-{i}" for i in range(n_days)), weekday)
    world = World(
        rows,
        rows,
        y,
        y,
        np.full(n, delay),
        np.ones(n, dtype=bool),
        np.arange(n),
        days,
        np.sort(rng.integers(0, 1440, (n_days, per_day)), axis=1).ravel(),
        np.zeros(n, dtype=bool),
    )
    zeros = np.zeros(n)
    answers = Answers(
        p,
        acted,
        np.zeros(n, dtype=int),
        np.full(n, VERSION),
        rng.integers(0, 2, n),
        20 * np.exp(rng.normal(0, 0.35, n)),
        zeros + 1e-4,
        zeros,
        zeros,
        p,
    )
    cost = np.where(acted == 1, 1.0 - y, 4.0 * y)
    masks = {f"slice {k}": rng.random(n) < 0.03 + 0.37 * k / 20 for k in range(cohorts)}
    return View(world, answers, p, y, np.abs(y - p), cost, masks)
