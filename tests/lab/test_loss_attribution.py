"""What a column made of the loss: sums exactly, and finds the column with the fault."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shap
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr
from sklearn.isotonic import IsotonicRegression

from app.lab.champion import decision_cost
from app.lab.cost import AsymmetricCosts, BinaryCosts, Costs, ListCosts, ReviewCosts
from app.lab.loss_attribution import (
    LOSSES,
    LossAttribution,
    attribute_loss,
    default_loss,
    mean_loss_parts,
)
from app.lab.loss_attribution.line import along_line, one_sided
from app.lab.loss_attribution.pairs import pair_parts
from app.lab.metrics import TINY, loss_of
from app.lab.recalibration import Calibrated, Isotonic, Map, Sigmoid
from app.lab.rungs import RUNGS, Fitted, Training
from app.lab.shapley import explain
from tests.lab.test_shapley import COLUMNS, _training

KEYS = ("boosting", "lightgbm", "linear", "shallow_tree", "user_rule", "constant", "own_estimator")
COSTS: dict[str, Costs] = {
    "binary": BinaryCosts(2.0, 5.0),
    "regression": AsymmetricCosts(1.0, 3.0),
    "multiclass": ReviewCosts(5.0, 1.0),
}


def _loss(fitted: Fitted, rows: pd.DataFrame, y: np.ndarray, loss: str) -> np.ndarray:
    told = fitted.predict(rows)
    if loss == "cost":
        return decision_cost(COSTS[fitted.form], y, told, 0.5)
    if loss == "squared_error":
        return np.asarray((told - y) ** 2)
    if loss == "absolute_error":
        return np.abs(told - y)
    return loss_of(fitted.form, y, told)


@pytest.mark.parametrize("loss", [key for key in LOSSES if key != "pair_loss"])
@pytest.mark.parametrize("key", KEYS)
def test_losses_add_up(key: str, loss: str) -> None:
    """Base loss plus contributions is the loss the app reports, for every loss and rung."""
    for form in LOSSES[loss]:
        training = _training(form)
        fitted = RUNGS[key].fit(training)
        rows, y = training.frame.head(80), training.y[:80]
        found = attribute_loss(
            fitted, rows, training.frame, COLUMNS, y, loss, costs=COSTS[form], threshold=0.5
        )
        assert found.values.shape == (80, 4)
        assert np.allclose(found.total, _loss(fitted, rows, y, loss), atol=1e-9)
        assert np.isfinite(found.values).all()


@pytest.mark.parametrize("key", ["lightgbm", "boosting"])
def test_lists_add_up(key: str) -> None:
    """An item's loss is the mean over its pairs, however its list is told."""
    training = _training("ranking")
    assert training.queries is not None
    fitted = RUNGS[key].fit(training)
    rows, y, queries = training.frame.head(120), training.y[:120], training.queries[:120]
    found = attribute_loss(
        fitted, rows, training.frame, COLUMNS, y, default_loss("regression", True), queries=queries
    )
    score = fitted.predict(rows)
    expected = np.zeros(120)
    for i in range(120):
        others = np.flatnonzero((queries == queries[i]) & (y != y[i]))
        gaps = np.sign(y[i] - y[others]) * (score[i] - score[others])
        expected[i] = np.logaddexp(0, -gaps).mean() if len(others) else 0.0
    assert np.allclose(found.total, expected, atol=1e-9)


def test_equal_scores_of_a_list() -> None:
    """Items of one score, of one grade and lists of one item are no trouble."""
    values = np.array([[1.0, -1.0], [0.5, -0.5], [2.0, 0.0], [3.0, 1.0]])
    parts, bases = pair_parts(values, np.array([1.0, 0.0, 1.0, 1.0]), np.array([0, 0, 0, 1]))
    assert np.isfinite(parts).all()
    assert bases[3] == 0
    assert np.allclose(parts[0], [-0.25, 0.25])


@pytest.mark.parametrize("mapped", [Sigmoid(0.6, 0.3), "isotonic"])
def test_behind_a_map_of_probabilities(mapped: Map | str) -> None:
    """The loss is that of the mapped probability, also where the map says 0 or 1."""
    training = _training("binary")
    plain = RUNGS["boosting"].fit(training)
    if isinstance(mapped, str):
        curve = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip")
        mapped = Isotonic(curve.fit(plain.predict(training.frame), training.y))
    fitted = replace(plain, predictor=Calibrated(plain.predictor, mapped))
    rows, y = training.frame.head(80), 1 - training.y[:80]
    found = attribute_loss(fitted, rows, training.frame, COLUMNS, y, "log_loss")
    assert np.allclose(found.total, loss_of("binary", y, fitted.predict(rows)), atol=1e-9)
    assert np.isfinite(found.values).all()


def test_certain_and_wrong() -> None:
    """A probability of exactly 0 for what happened costs much, and is shared without end or hole."""
    training = _training("binary", "DecisionTreeClassifier")
    fitted = RUNGS["own_estimator"].fit(training)
    rows, y = training.frame.head(50), 1 - training.y[:50]
    assert set(fitted.predict(rows)) <= {0.0, 1.0}
    found = attribute_loss(fitted, rows, training.frame, COLUMNS, y, "log_loss")
    assert np.allclose(found.total, -np.log(TINY), atol=1e-3)
    several = _training("multiclass", "DecisionTreeClassifier")
    fitted = RUNGS["own_estimator"].fit(several)
    y = (several.y[:50] + 1) % 3
    found = attribute_loss(fitted, rows, several.frame, COLUMNS, y, "multi_log_loss")
    assert np.allclose(found.total, -np.log(TINY))


def test_a_class_that_was_never_seen() -> None:
    """It costs the most whatever the row, so no column made it."""
    training = _training("multiclass")
    two = training.y < 2
    part = replace(
        training,
        frame=training.frame[two].reset_index(drop=True),
        y=training.y[two],
        _encoder=None,
        _matrix=None,
    )
    rows, y = training.frame.head(60), training.y[:60]
    for key in ("boosting", "lightgbm", "linear"):
        fitted = RUNGS[key].fit(part)
        found = attribute_loss(fitted, rows, part.frame, COLUMNS, y, "multi_log_loss")
        assert np.allclose(found.total, loss_of("multiclass", y, fitted.predict(rows)), atol=1e-9)
        assert (found.values[y == 2] == 0).all()


@given(st.integers(0, 10_000))
@settings(max_examples=50, deadline=None)
def test_any_way_adds_up(seed: int) -> None:
    """Straight or one-sided, with outputs at the base, far off, or pushes that cancel."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(8, 3)) * rng.choice([0, 1e-9, 1e-4, 1, 100], size=(8, 1))
    values[0] = [1.0, -1.0, 0.0]
    bases, sign = rng.normal(size=8), rng.choice([-1, 1], 8)

    def worth(output: np.ndarray) -> np.ndarray:
        return np.logaddexp(0, sign * output)

    change = worth(bases + values.sum(axis=1)) - worth(bases)
    parts = along_line(values, bases, worth)
    # A mean slope of the log loss is between -1 and 1.
    assert (np.abs(parts) <= np.abs(values) * (1 + 1e-6) + 1e-9).all()
    assert np.allclose(parts.sum(axis=1), change, atol=1e-12)
    moved = np.abs(values).sum(axis=1) > 0
    assert np.allclose(one_sided(values, change).sum(axis=1)[moved], change[moved], atol=1e-12)


def _faulty(fault: str) -> tuple[Training, pd.DataFrame, np.ndarray]:
    """Training rows, and later ones in which one good column went wrong."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(3000, 5)), columns=list("abcde"))
    score = 2 * frame["a"] + frame["b"] + 1.2 * frame["c"] + 0.6 * frame["d"]
    y = (score + rng.logistic(size=3000) > 0).to_numpy(dtype=float)
    later = frame.iloc[2000:].reset_index(drop=True)
    mixed = rng.permutation(later["b"].to_numpy())
    later["b"] = -later["b"] if fault == "sign" else mixed
    return Training(frame.head(2000), y[:2000], "binary"), later, y[2000:]


@pytest.mark.parametrize("fault", ["sign", "mixed"])
def test_the_planted_fault_is_found(fault: str) -> None:
    """The column that went wrong makes the errors, though others make the predictions.

    The ranking agrees with that of the shap package, which attributes the loss itself; but for a
    column that is mixed up: shap compares with predictions that are as mixed up as it is.
    """
    training, later, y = _faulty(fault)
    fitted = RUNGS["lightgbm"].fit(training)
    columns = tuple(training.frame.columns)
    found = attribute_loss(fitted, later, training.frame, columns, y, "log_loss")
    parts = mean_loss_parts(found, np.random.default_rng(0))
    assert parts[0].column == "b"
    assert parts[0].mean.low > 0
    assert parts[-1].column == "a"
    assert parts[-1].mean.high < 0
    predictions = np.abs(explain(fitted, later, training.frame, columns).values).mean(axis=0)
    assert columns[predictions.argmax()] == "a"
    if fault == "sign":
        theirs = _by_shap(fitted, training.frame, later.head(300), y[:300])
        ours = found.values[:300].mean(axis=0)
        assert theirs.argmax() == ours.argmax()
        assert spearmanr(theirs, ours).statistic > 0.85


def _by_shap(
    fitted: Fitted, background: pd.DataFrame, rows: pd.DataFrame, y: np.ndarray
) -> np.ndarray:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        explainer = shap.TreeExplainer(
            fitted.predictor.model.model,  # type: ignore[attr-defined]
            background.head(100).to_numpy(),
            feature_perturbation="interventional",
            model_output="log_loss",
        )
        return np.asarray(explainer.shap_values(rows.to_numpy(), y)).mean(axis=0)


def test_a_slice_has_causes_of_its_own() -> None:
    """Over the rows of a slice only those count; of no rows nothing is said."""
    values = np.zeros((40, 2))
    values[:20, 0], values[20:, 1] = 1.0, 1.0
    found = LossAttribution(("x", "y"), values, np.zeros(40), "log_loss", "nats", "by hand")
    rng = np.random.default_rng(0)
    first = mean_loss_parts(found, rng, np.arange(40) < 20)
    assert (first[0].column, first[0].mean.value, first[0].mean.n) == ("x", 1.0, 20)
    second = mean_loss_parts(found, rng, np.arange(40) >= 20, np.arange(40) // 2)
    assert (second[0].column, second[0].harm.value) == ("y", 1.0)
    assert mean_loss_parts(found, rng, np.zeros(40, dtype=bool))[0].mean.n == 0


def test_what_cannot_be_attributed() -> None:
    """Unknown losses, losses of another kind, lists without lists and costs of lists are named."""
    training = _training("ranking")
    rows, y = training.frame.head(5), training.y[:5]
    fitted = RUNGS["lightgbm"].fit(training)

    def attribute(loss: str, costs: Costs | None = None) -> None:
        attribute_loss(fitted, rows, training.frame, COLUMNS, y, loss, costs=costs)

    with pytest.raises(ValueError, match="loss is 'rmse'; allowed are log_loss"):
        attribute("rmse")
    with pytest.raises(ValueError, match="not for a regression prediction; take one of"):
        attribute("log_loss")
    with pytest.raises(ValueError, match="pair_loss needs queries"):
        attribute("pair_loss")
    with pytest.raises(ValueError, match="the cost of a single row is not known"):
        attribute("cost", ListCosts(1.0, 10, 1.0))
    with pytest.raises(ValueError, match="has no unit; take pair_loss"):
        attribute("absolute_error")
