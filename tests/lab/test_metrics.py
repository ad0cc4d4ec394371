"""Metrics are those of scikit-learn, and say so when there is not enough data."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sk

from app.lab.metrics import METRICS, loss_of, roc_auc

PEERS = {
    "average_precision": sk.average_precision_score,
    "roc_auc": sk.roc_auc_score,
    "log_loss": lambda y, p: sk.log_loss(y, p),
    "brier": sk.brier_score_loss,
    "mae": sk.mean_absolute_error,
    "rmse": sk.root_mean_squared_error,
    "r2": sk.r2_score,
    "bias": lambda y, p: float(np.mean(p) - np.mean(y)),
}


@pytest.mark.parametrize("key", METRICS)
@pytest.mark.parametrize("seed", range(3))
def test_every_metric_agrees_with_its_peer(key: str, seed: int) -> None:
    """Each entry of the catalog gives the number an independent library gives."""
    rng = np.random.default_rng(seed)
    if METRICS[key].task == "binary":
        y, p = (rng.random(300) < 0.3).astype(float), np.round(rng.random(300), 2).clip(0.01, 0.99)
    else:
        y, p = rng.normal(size=300), rng.normal(size=300)
    assert METRICS[key].score(y, p) == pytest.approx(PEERS[key](y, p))


@pytest.mark.parametrize("key", METRICS)
def test_every_metric_explains_itself(key: str) -> None:
    """The catalog has no half-made entry."""
    metric = METRICS[key]
    assert metric.key == key
    assert metric.explanation.endswith(".")
    assert metric.title


@pytest.mark.parametrize("key", ["average_precision", "roc_auc"])
def test_one_class_is_not_enough_data(key: str) -> None:
    """A ranking metric without both classes is NaN, never an exception."""
    assert np.isnan(METRICS[key].score(np.zeros(5), np.linspace(0, 1, 5)))


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=2, max_size=60))
def test_auc_counts_pairs(rows: list[tuple[bool, float]]) -> None:
    """AUC is the share of pairs in the right order, ties counted half."""
    y = np.array([float(a) for a, _ in rows])
    s = np.array([b for _, b in rows])
    if y.min() == y.max():
        return
    gaps = s[y == 1][:, None] - s[y == 0][None, :]
    assert roc_auc(y, s) == pytest.approx(((gaps > 0) + 0.5 * (gaps == 0)).mean())


def test_loss_by_row_averages_to_the_metric() -> None:
    """The rows' losses are what the metric is made of."""
    rng = np.random.default_rng(0)
    y, p = (rng.random(200) < 0.4).astype(float), rng.random(200)
    assert loss_of("binary", y, p).mean() == pytest.approx(METRICS["log_loss"].score(y, p))
    assert loss_of("regression", y, p).mean() == pytest.approx(METRICS["mae"].score(y, p))
