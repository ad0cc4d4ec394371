"""What is seen of answers, and of the labels that came in, every day."""

from __future__ import annotations

import numpy as np

from app.lab.monitors.reference import Reference
from app.lab.monitors.rolling import counts, full_sums, means
from app.lab.monitors.view import View
from app.lab.stream import LEAST_PER_DAY, LEAST_TYPICAL

Series = dict[str, dict[str, np.ndarray]]
ALIKE = 1e-6


def answer_signals(view: View, reference: Reference) -> Series:
    """Return the signals of what is answered, before any label.

    Parameters
    ----------
    view : View
    reference : Reference

    Returns
    -------
    dict
        Monitor, then signal name, to an ndarray of shape (days,).
    """
    answers, days, width = view.answers, view.world.days.count, reference.width
    place = view.place
    found: Series = {
        "mean_prediction": {
            "mean prediction": means(view.score, place, days, width, LEAST_TYPICAL)
        },
        "skew": {"differs from recomputed": means(_apart(view), place, days, width, 1)},
        "estimated": {
            "estimated loss": means(
                reference.expected_loss(view.score),
                place,
                days,
                reference.label_width,
                LEAST_TYPICAL,
            )
        },
    }
    if np.isfinite(answers.acted).any():
        found["acted"] = {
            "share acted upon": means(answers.acted, place, days, width, LEAST_TYPICAL)
        }
    return found


def _apart(view: View) -> np.ndarray:
    """Return 1.0 where the model answered otherwise than it says to what was sent."""
    served, again = view.answers.prediction, view.answers.recomputed
    alike = np.isclose(served, again, rtol=ALIKE, atol=ALIKE, equal_nan=True)
    alike = alike if alike.ndim == 1 else alike.all(axis=1)
    return np.where(view.answers.rung == 0, (~alike).astype(float), np.nan)


def apart_by(view: View, reference: Reference) -> np.ndarray:
    """Return how far served answers are from recomputed ones, in usual spreads of the answers."""
    again = view.answers.recomputed
    told = again if again.ndim == 1 else again.max(axis=1)
    gap = np.where(view.answers.rung == 0, np.abs(view.score - told), np.nan)
    far = np.minimum(gap / reference.score_spread, 1.0)
    return means(far, view.place, view.world.days.count, reference.width, 1)


def label_signals(view: View, reference: Reference) -> Series:
    """Return the signals of what labels say, on the day they came in.

    Parameters
    ----------
    view : View
    reference : Reference

    Returns
    -------
    dict
        Monitor, then signal name, to an ndarray of shape (days,).
    """
    days, width = view.world.days.count, reference.label_width
    known = view.known
    least = min(LEAST_PER_DAY, max(LEAST_TYPICAL, 2 * width))

    def mean(values: np.ndarray) -> np.ndarray:
        return means(values, known, days, width, least)

    gap = view.happened - view.score
    coming = np.log1p(full_sums(counts(known, days), width))
    # Before the first labels can be in there is nothing to miss.
    coming[: int(known.min()) + width if len(known) else days] = np.nan
    return {
        "labels": {"labels that came in": coming},
        "target": {"mean label": mean(view.world.label)},
        "loss": {"loss": mean(view.loss)},
        "calibration": {"observed minus promised": mean(gap)},
        "cost": {"cost per 1,000": 1000 * mean(view.cost)},
    }
