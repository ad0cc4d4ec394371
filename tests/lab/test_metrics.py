"""Metrics are those of scikit-learn, and say so when there is not enough data."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sk

from app.lab.metrics import METRICS, loss_of, quantile_loss, roc_auc, score_of

PEERS = {
    "average_precision": sk.average_precision_score,
    "roc_auc": sk.roc_auc_score,
    "log_loss": lambda y, p: sk.log_loss(y, p),
    "brier": sk.brier_score_loss,
    "mae": sk.mean_absolute_error,
    "rmse": sk.root_mean_squared_error,
    "r2": sk.r2_score,
    "bias": lambda y, p: float(np.mean(p) - np.mean(y)),
    "wape": lambda y, p: sk.mean_absolute_error(y, p) / np.abs(y).mean(),
    "accuracy": lambda y, p: sk.accuracy_score(y, p.argmax(axis=1)),
    "macro_f1": lambda y, p: sk.f1_score(y, p.argmax(axis=1), average="macro"),
    "multi_log_loss": lambda y, p: sk.log_loss(y, p),
    "ndcg_3": lambda y, p: sk.ndcg_score([np.exp2(y) - 1], [p], k=3),
    "ndcg_5": lambda y, p: sk.ndcg_score([np.exp2(y) - 1], [p], k=5),
    "ndcg_10": lambda y, p: sk.ndcg_score([np.exp2(y) - 1], [p], k=10),
    "mrr": lambda y, p: 1 / sk.coverage_error([np.arange(len(p)) == _first_good(y, p)], [p]),
    "recall_10": lambda y, p: (y[np.argsort(-p)][:10] >= 1).sum() / (y >= 1).sum(),
}


def _first_good(y: np.ndarray, p: np.ndarray) -> int:
    return int(max(np.flatnonzero(y >= 1), key=lambda i: p[i]))


def _drawn(form: str, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    if form == "binary":
        rare = (rng.random(300) < 0.3).astype(float)
        return rare, np.round(rng.random(300), 2).clip(0.01, 0.99)
    if form == "multiclass":
        return rng.integers(0, 5, 300).astype(float), rng.dirichlet(np.ones(5), 300)
    if form == "ranking":
        return rng.integers(0, 4, 40).astype(float), rng.normal(size=40)
    return rng.normal(size=300), rng.normal(size=300)


@pytest.mark.parametrize("key", METRICS)
@pytest.mark.parametrize("seed", range(3))
def test_every_metric_agrees_with_its_peer(key: str, seed: int) -> None:
    """Each entry of the catalog gives the number an independent library gives."""
    rng = np.random.default_rng(seed)
    y, p = _drawn(METRICS[key].form, rng)
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


@pytest.mark.parametrize("quantile", [0.1, 0.5, 0.75])
def test_quantile_loss_is_that_of_scikit_learn(quantile: float) -> None:
    """The metric made from the costs is the pinball loss."""
    rng = np.random.default_rng(1)
    y, p = rng.normal(size=200), rng.normal(size=200)
    peer = sk.mean_pinball_loss(y, p, alpha=quantile)
    assert quantile_loss(quantile).score(y, p) == pytest.approx(peer)


@pytest.mark.parametrize("key", [k for k, m in METRICS.items() if m.form == "ranking"])
def test_ranking_is_the_mean_over_lists(key: str) -> None:
    """Many lists score the mean of each alone; a list without a good item is left out of nDCG."""
    rng = np.random.default_rng(2)
    queries = np.repeat(np.arange(30), 12)[rng.permutation(360)]
    y, p = rng.integers(0, 3, 360).astype(float), rng.normal(size=360)
    y[queries == 4] = 0
    each = [PEERS[key](y[queries == q], p[queries == q]) for q in range(30) if q != 4]
    if key == "mrr":
        each.append(0.0)
    assert score_of(METRICS[key], y, p, queries) == pytest.approx(np.mean(each))


def test_loss_by_list_averages_to_what_ndcg_lacks() -> None:
    """The loss of lists, spread over their rows, has the mean of the lists."""
    rng = np.random.default_rng(3)
    queries = np.sort(rng.integers(0, 20, 300))
    y, p = rng.integers(0, 3, 300).astype(float), rng.normal(size=300)
    lacking = 1 - score_of(METRICS["ndcg_10"], y, p, queries)
    assert loss_of("ranking", y, p, queries).mean() == pytest.approx(lacking)


def test_loss_of_classes_averages_to_log_loss() -> None:
    """The rows' losses over several classes are what the metric is made of."""
    rng = np.random.default_rng(4)
    y, p = _drawn("multiclass", rng)
    assert loss_of("multiclass", y, p).mean() == pytest.approx(sk.log_loss(y, p))
