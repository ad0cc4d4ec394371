"""Calibration bins and confusion counts add up."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix, precision_score, recall_score

from app.lab.calibration import calibration_error, confusion, reliability


def test_a_calibrated_model_lies_on_the_line() -> None:
    """When probabilities are true, nearly every bin's interval holds its prediction."""
    rng = np.random.default_rng(0)
    p = rng.random(20_000)
    y = (rng.random(20_000) < p).astype(float)
    bins = reliability("binary", y, p)
    held = sum(b.observed.low <= b.predicted <= b.observed.high for b in bins)
    assert held >= 8
    assert calibration_error(bins) < 0.02
    assert sum(b.observed.n for b in bins) == 20_000


def test_an_overconfident_model_is_seen() -> None:
    """Doubled probabilities show as a large distance."""
    rng = np.random.default_rng(0)
    p = rng.random(5000) / 2
    y = (rng.random(5000) < p).astype(float)
    assert calibration_error(reliability("binary", y, 2 * p)) > 0.2


def test_confusion_is_scikit_learns() -> None:
    """Counts, precision and recall are those of an independent library."""
    rng = np.random.default_rng(1)
    y, act = (rng.random(500) < 0.3), (rng.random(500) < 0.4)
    found = confusion(y.astype(float), act)
    quiet, alarms, misses, hits = confusion_matrix(y, act).ravel()
    assert (found.hits, found.false_alarms, found.misses, found.correct_rejections) == (
        hits,
        alarms,
        misses,
        quiet,
    )
    assert found.precision.value == pytest.approx(precision_score(y, act))
    assert found.recall.value == pytest.approx(recall_score(y, act))


def test_no_rows_no_bins() -> None:
    """Nothing is drawn from nothing."""
    assert reliability("regression", np.empty(0), np.empty(0)) == ()
    assert np.isnan(calibration_error(()))
