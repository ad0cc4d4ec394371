"""Quality estimated without labels, and models that tell rows apart."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as sk

from app.lab.watching.class_quality import fit_class_quality
from app.lab.watching.domain import auc_interval, density_ratio, domain_auc, reconstruction_error
from app.lab.watching.expected_loss import fit_loss
from app.lab.watching.label_metric import METRICS, Costs, Rows, expected_metric
from app.lab.watching.quality import fit_quality

METRIC_KEYS = ("accuracy", "precision", "recall", "f1", "roc_auc", "brier", "expected_cost")


def _stream(n: int, seed: int, shift: float = 0.0) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Inputs, an overconfident score, and labels; the shift moves inputs, never labels given them."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "x": rng.normal(shift, 1, n),
            "z": rng.normal(size=n),
            "c": rng.choice(["a", "b"], n),
        }
    )
    log_odds = 0.9 * frame["x"] - 0.4 + 0.5 * (frame["c"] == "a")
    y = (rng.random(n) < 1 / (1 + np.exp(-log_odds))).astype(float)
    score = 1 / (1 + np.exp(-2.0 * log_odds))
    return frame, score.to_numpy(), y


@pytest.mark.parametrize("metric", [*METRIC_KEYS, "log_loss"])
def test_with_known_labels_metrics_are_the_usual_ones(metric: str) -> None:
    """At probabilities of 0 and 1 the expected metric is scikit-learn's, without spread."""
    _, score, y = _stream(300, 0)
    score = score.round(2)  # ties
    acted = score >= 0.4
    costs = Costs(0.5, 2.0, 7.0, 0.1)
    value, variance = expected_metric(metric, Rows(y, score, acted, costs))
    table = sk.confusion_matrix(y, acted).ravel() @ [0.1, 2.0, 7.0, 0.5] / len(y)
    expected = {
        "accuracy": lambda: sk.accuracy_score(y, acted),
        "precision": lambda: sk.precision_score(y, acted),
        "recall": lambda: sk.recall_score(y, acted),
        "f1": lambda: sk.f1_score(y, acted),
        "roc_auc": lambda: sk.roc_auc_score(y, score),
        "brier": lambda: sk.brier_score_loss(y, score),
        "log_loss": lambda: sk.log_loss(y, np.clip(score, 1e-15, 1 - 1e-15)),
        "expected_cost": lambda: table,
    }[metric]()
    assert value == pytest.approx(expected)
    assert variance == 0.0


def test_slopes_are_derivatives() -> None:
    """What a metric gains when one probability rises is what the delta method uses."""
    rng = np.random.default_rng(1)
    chance, score = rng.uniform(0.1, 0.9, 40), rng.random(40).round(1)
    for metric, function in METRICS.items():
        slope = function(Rows(chance, score, score >= 0.5, Costs()))[1]
        for i in (0, 17):
            ends = []
            for step in (-1e-6, 1e-6):
                moved = chance.copy()
                moved[i] += step
                ends.append(function(Rows(moved, score, score >= 0.5, Costs()))[0])
            assert slope[i] == pytest.approx((ends[1] - ends[0]) / 2e-6, abs=1e-6), metric


def test_estimates_follow_a_covariate_shift() -> None:
    """Each estimate is near what labels later show, within its interval, adapted or not."""
    frame, score, y = _stream(20_000, 2)
    model = fit_quality(y, score, 0.5, frame)
    now, asked, truth = _stream(8000, 3, shift=0.8)
    rows = Rows(truth, asked, asked >= 0.5, Costs())
    for adapted in (None, now):
        found = model.estimates(asked, METRIC_KEYS, adapted, np.random.default_rng(0))  # type: ignore[arg-type]
        for metric in METRIC_KEYS:
            real = expected_metric(metric, rows)[0]
            one = found[metric]
            assert one.value == pytest.approx(real, abs=0.03), (metric, adapted is None)
            assert one.low is not None
            assert one.high is not None
            assert one.low - 0.01 <= real <= one.high + 0.01, metric
    before = model.estimate(score, "accuracy").value
    assert abs(found["accuracy"].value - before) > 0.02


def test_concept_shift_is_not_seen_and_said_so() -> None:
    """Labels turn, the estimate stays: the docstring's assumption is the lesson."""
    frame, score, y = _stream(6000, 4)
    model = fit_quality(y, score, 0.5, frame)
    _, asked, truth = _stream(4000, 5)
    found = model.estimate(asked, "accuracy").value
    assert found - np.mean((asked >= 0.5) == 1 - truth) > 0.3
    assert "concept shift" in (type(model).estimate.__doc__ or "")
    with pytest.raises(ValueError, match="at least 50"):
        fit_quality(y[:20], score[:20])


def test_classes_are_estimated_too() -> None:
    """Accuracy, macro F1 and macro AUC of three classes are near what labels show."""
    rng = np.random.default_rng(6)

    def drawn(n: int, shift: float) -> tuple[np.ndarray, np.ndarray]:
        score = rng.normal(size=(n, 3)) + shift * np.array([1, 0, 0])
        p = np.exp(score) / np.exp(score).sum(axis=1, keepdims=True)
        y = (p.cumsum(axis=1) > rng.random((n, 1))).argmax(axis=1)
        sharp = p**2 / (p**2).sum(axis=1, keepdims=True)
        return y, sharp

    model = fit_class_quality(*drawn(8000, 0.0))
    y, prediction = drawn(4000, 0.7)
    picked = prediction.argmax(axis=1)
    real = {
        "accuracy": sk.accuracy_score(y, picked),
        "f1_macro": sk.f1_score(y, picked, average="macro"),
        "roc_auc_macro": sk.roc_auc_score(y, prediction, multi_class="ovr", average="macro"),
    }
    for metric, value in real.items():
        found = model.estimate(prediction, metric)  # type: ignore[arg-type]
        assert found.value == pytest.approx(value, abs=0.03), metric
        assert found.low is not None
        assert found.low < found.value


def test_the_loss_of_a_regression_is_estimated() -> None:
    """Where inputs move to where errors are large, the expected loss rises as the real one does."""
    rng = np.random.default_rng(7)

    def drawn(n: int, shift: float) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
        frame = pd.DataFrame({"x": rng.normal(shift, 1, n), "c": rng.choice(["a", "b"], n)})
        prediction = 2 * frame["x"].to_numpy()
        noise = rng.normal(0, np.where(frame["x"] > 0.5, 3.0, 1.0))
        return frame, prediction, np.abs(noise)

    frame, prediction, loss = drawn(8000, 0.0)
    loss[:100] = np.nan
    model = fit_loss(frame, prediction, loss, rng)
    quiet, moved = drawn(3000, 0.0), drawn(3000, 0.8)
    for part in (quiet, moved):
        found = model.estimate(part[0], part[1])
        assert found.value == pytest.approx(part[2].mean(), rel=0.07)
        assert found.low is not None
    assert model.estimate(moved[0], moved[1]).low > model.usual  # type: ignore[operator]
    with pytest.raises(ValueError, match="at least 100"):
        fit_loss(frame[:50], prediction[:50], loss[:50], rng)


def test_a_model_tells_rows_apart_only_when_they_differ() -> None:
    """Alike: the AUC's interval holds a half. A broken correlation: seen, by PCA as well."""
    rng = np.random.default_rng(8)
    x = rng.normal(size=(4000, 2))
    before = pd.DataFrame({"a": x[:, 0], "b": x[:, 0] + 0.3 * x[:, 1], "c": rng.normal(size=4000)})
    half = before.iloc[:2000], before.iloc[2000:]
    alike = domain_auc(*half, rng)
    assert alike.low is not None
    assert alike.low < 0.52
    broken = half[1].assign(b=rng.permutation(half[1]["b"]))
    apart = domain_auc(half[0], broken, rng)
    assert apart.low is not None
    assert apart.low > 0.7
    errors = reconstruction_error(half[0], broken)
    assert errors[1].mean() > 1.5 * errors[0].mean()
    with pytest.raises(ValueError, match="at least 40"):
        domain_auc(before.iloc[:9], before, rng)


def test_intervals_and_weights_are_known_ones() -> None:
    """The AUC is scikit-learn's; weights move the reference mean to the current one."""
    rng = np.random.default_rng(9)
    positive, negative = rng.normal(1, 1, 60).round(1), rng.normal(0, 1, 80).round(1)
    found = auc_interval(positive, negative)
    label = np.repeat([1, 0], [60, 80])
    assert found.value == pytest.approx(sk.roc_auc_score(label, np.r_[positive, negative]))
    before = pd.DataFrame({"x": rng.normal(size=4000)})
    weight = density_ratio(before, pd.DataFrame({"x": rng.normal(0.5, 1, 4000)}), rng)
    assert weight.mean() == pytest.approx(1.0)
    assert (weight * before["x"]).mean() == pytest.approx(0.5, abs=0.1)
