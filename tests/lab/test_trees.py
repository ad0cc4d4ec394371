"""Trees are read as their libraries mean them, and explained exactly."""

from __future__ import annotations

import warnings
from functools import lru_cache
from itertools import combinations
from math import factorial
from typing import Any

import lightgbm as lgb
import numpy as np
import pytest
import shap
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import ensemble, tree

from app.lab.trees.forest import Forest, Tree, UnreadableModel, grow
from app.lab.trees.histogram import read_histogram
from app.lab.trees.lightgbm_text import read_lightgbm
from app.lab.trees.quadrature import tree_contributions
from app.lab.trees.reading import READERS, Reading, read_model
from app.lab.trees.sklearn_trees import read_average

ROWS = 900
KINDS = ("binary", "multiclass", "regression")
SKLEARN = ("DecisionTree", "ExtraTree", "RandomForest", "ExtraTrees", "HistGradientBoosting")


@lru_cache(maxsize=2)
def _rows(holes: bool = True) -> np.ndarray:
    """Rows with ties, categories in column 4, a column without use in 5, and holes."""
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(ROWS, 6))
    rows[:, 1] = np.round(rows[:, 1], 1)
    rows[:, 5] = 1.0
    if holes:
        rows[rng.random(rows.shape) < 0.1] = np.nan
    rows[:, 4] = rng.integers(0, 12, ROWS)
    return rows


def _target(kind: str) -> np.ndarray:
    rows = np.nan_to_num(_rows())
    score = rows[:, 0] + rows[:, 1] * rows[:, 2] + (rows[:, 4] % 3 == 1)
    score = score + np.random.default_rng(2).normal(scale=0.3, size=ROWS)
    if kind == "regression":
        return np.asarray(score)
    return np.digitize(score, [0.0] if kind == "binary" else [-0.4, 0.8])


def _made(name: str, kind: str) -> Any:
    module = tree if hasattr(tree, f"{name}Classifier") else ensemble
    made = getattr(module, f"{name}{'Regressor' if kind == 'regression' else 'Classifier'}")
    sizes = {"DecisionTree": {}, "ExtraTree": {}, "HistGradientBoosting": {"max_iter": 15}}
    return made(random_state=0, **sizes.get(name, {"n_estimators": 8}))


def _told(model: Any, rows: np.ndarray) -> np.ndarray:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="X does not have valid feature names")
        told = READERS[type(model).__name__].outputs(model, rows)
    return told.reshape(len(rows), -1)


def _read(model: Any) -> Reading:
    found = read_model(model)
    assert found is not None
    return found


def _check(model: Any, rows: np.ndarray, peer: bool = True, close: float = 1e-9) -> None:
    """Contributions of every output add up to the model's, and agree with the shap package."""
    found, told = _read(model), _told(model, rows)
    for output in range(told.shape[1]):
        parts = found.contributions(rows, output)
        base = found.forest.expected(output)
        assert np.allclose(parts.sum(axis=1) + base, told[:, output], atol=close)
    if peer:
        _compare(model, found, rows, close)


def _compare(model: Any, found: Reading, rows: np.ndarray, close: float) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        explainer = shap.TreeExplainer(model, feature_perturbation="tree_path_dependent")
        values = np.asarray(explainer.shap_values(rows, check_additivity=False))
    values = values if values.ndim == 3 else values[:, :, None]
    for output, base in enumerate(np.ravel(explainer.expected_value)):
        ours = found.contributions(rows, output)
        assert np.abs(ours - values[:, :, output]).max() < max(1e-6, close)
        assert found.forest.expected(output) == pytest.approx(base, abs=max(1e-6, close))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", SKLEARN)
def test_scikit_learn(name: str, kind: str) -> None:
    """Trees, forests and histogram boosting, with missing values, agree with model and shap."""
    model = _made(name, kind).fit(_rows(), _target(kind))
    _check(model, _rows()[:80])


@pytest.mark.parametrize("kind", KINDS)
def test_gradient_boosting(kind: str) -> None:
    """Gradient boosting agrees; of several classes shap knows nothing."""
    rows = _rows(holes=False)
    model = _made("GradientBoosting", kind).fit(rows, _target(kind))
    _check(model, rows[:80], peer=kind != "multiclass")


@pytest.mark.parametrize("kind", KINDS)
def test_categories_of_histogram_boosting(kind: str) -> None:
    """Columns of categories keep their place, and categories never seen count as missing."""
    model = _made("HistGradientBoosting", kind).set_params(categorical_features=[4])
    model.fit(_rows(), _target(kind))
    rows = _rows()[:80].copy()
    rows[:4, 4] = [99.0, np.nan, 11.0, 0.0]
    # What shap says of categories does not add up.
    _check(model, rows, peer=False)
    assert np.abs(_read(model).contributions(rows)[:, 4]).max() > 0.1


@pytest.mark.parametrize("holes", [True, False])
@pytest.mark.parametrize("by_category", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_lightgbm(kind: str, by_category: bool, holes: bool) -> None:
    """LightGBM agrees with its own contributions, with and without categories and holes."""
    made = lgb.LGBMRegressor if kind == "regression" else lgb.LGBMClassifier
    model = made(n_estimators=15, verbose=-1, n_jobs=1)
    model.fit(_rows(holes), _target(kind), categorical_feature=[4] if by_category else "auto")
    rows = _rows()[:80].copy()
    rows[:5, 4] = [99.0, np.nan, -1.0, 11.0, 1e12]
    rows[5:8, 0] = [np.inf, -np.inf, 1e-36]
    _check(model, rows)


def test_lightgbm_of_lists() -> None:
    """A ranker's score is explained."""
    model = lgb.LGBMRanker(n_estimators=10, verbose=-1, n_jobs=1)
    model.fit(_rows(), _target("multiclass"), group=[10] * (ROWS // 10))
    _check(model, _rows()[:80])
    assert _read(model).forest.unit == "score"


@pytest.mark.parametrize("name", ["xgboost", "catboost"])
def test_other_packages(name: str) -> None:
    """XGBoost, where it is installed, agrees as far as single precision goes; CatBoost has its own.

    A package that is not there is not asked.
    """
    try:
        module = __import__(name)
    except ImportError:
        return
    for kind in KINDS:
        target = _target(kind)
        if name == "xgboost":
            made = module.XGBRegressor if kind == "regression" else module.XGBClassifier
            _check(made(n_estimators=15, n_jobs=1).fit(_rows(), target), _rows()[:80], close=2e-5)
        else:
            made = module.CatBoostRegressor if kind == "regression" else module.CatBoostClassifier
            model = made(iterations=5, verbose=False, allow_writing_files=False)
            assert read_model(model.fit(_rows(), target)) is None


def test_what_is_not_read() -> None:
    """Averaged LightGBM, a model whose answers the trees do not give, and other kinds are left."""
    averaged = lgb.LGBMClassifier(
        n_estimators=5,
        verbose=-1,
        n_jobs=1,
        boosting_type="rf",
        bagging_freq=1,
        bagging_fraction=0.5,
    ).fit(_rows(), _target("binary"))
    with pytest.raises(UnreadableModel, match="averages its trees"):
        read_lightgbm(averaged)
    assert read_model(averaged) is None
    linear = lgb.LGBMRegressor(n_estimators=3, verbose=-1, n_jobs=1, linear_tree=True)
    assert read_model(linear.fit(_rows(False), _target("regression"))) is None
    first = _made("DecisionTree", "regression")
    started = ensemble.GradientBoostingRegressor(n_estimators=3, init=first)
    assert read_model(started.fit(_rows(False), _target("regression"))) is None
    assert read_model(ensemble.AdaBoostRegressor(n_estimators=3)) is None
    changed = _made("HistGradientBoosting", "regression").fit(_rows(), _target("regression"))
    changed.__class__ = type("HistGradientBoostingRegressor", (_Off,), {})
    assert read_model(changed) is None


class _Off(ensemble.HistGradientBoostingRegressor):  # type: ignore[misc]
    """A model that says something else than its trees do."""

    def predict(self, X: np.ndarray) -> np.ndarray:
        return np.asarray(super().predict(X) + 1)


@pytest.mark.parametrize("name", ["DecisionTree", "HistGradientBoosting"])
def test_a_tree_that_asks_nothing(name: str) -> None:
    """Trees of one leaf have a base and no contributions; no rows have none either."""
    model = _made(name, "binary").set_params(min_samples_leaf=ROWS).fit(_rows(), _target("binary"))
    _check(model, _rows()[:5])
    assert (_read(model).contributions(_rows()[:5]) == 0).all()
    assert _read(model).contributions(_rows()[:0]).shape == (0, 6)


@pytest.mark.parametrize("n", [1, 15, 16, 17, 255, 256, 257, 513])
def test_blocks_do_not_matter(n: int) -> None:
    """A row is explained alike alone and among any number of others."""
    forest = read_histogram(_made("HistGradientBoosting", "binary").fit(_rows(), _target("binary")))
    whole = tree_contributions(forest, _rows())
    some = np.asfortranarray(_rows()[ROWS - n :])
    some.setflags(write=False)
    part = tree_contributions(forest, some)
    assert np.allclose(part, whole[ROWS - n :], atol=1e-12)


def _by_definition(forest: Forest, row: np.ndarray) -> np.ndarray:
    """Shapley's formula over all subsets, the unknown columns averaged by cover."""
    p = len(row)

    def worth(node: int, known: tuple[int, ...]) -> float:
        column = int(forest.feature[node])
        if column < 0:
            return float(forest.value[node, 0])
        left, right = int(forest.left[node]), int(forest.right[node])
        if column in known:
            value = row[column]
            goes_left = (
                forest.missing_left[node] if np.isnan(value) else value <= forest.threshold[node]
            )
            return worth(left if goes_left else right, known)
        share = forest.cover[left] / (forest.cover[left] + forest.cover[right])
        return float(share * worth(left, known) + (1 - share) * worth(right, known))

    found = np.zeros(p)
    for column in range(p):
        others = [c for c in range(p) if c != column]
        for size in range(p):
            weight = factorial(size) * factorial(p - size - 1) / factorial(p)
            for subset in combinations(others, size):
                for root in forest.roots:
                    gain = worth(int(root), (*subset, column)) - worth(int(root), subset)
                    found[column] += weight * gain
    return found


@given(st.integers(0, 10_000), st.integers(1, 4), st.integers(1, 6))
@settings(max_examples=40, deadline=None)
def test_the_definition(seed: int, columns: int, depth: int) -> None:
    """Any tree, columns asked again and again, missing and infinite values: Shapley's own formula."""
    rng = np.random.default_rng(seed)
    forest = grow(
        [_random_tree(rng, columns, depth) for _ in range(2)], np.zeros(2, int), [0.5], ""
    )
    rows = rng.choice([-1.0, -0.5, 0.0, 0.5, 1.0, np.nan, np.inf, -np.inf], size=(3, columns))
    found = tree_contributions(forest, rows)
    for row, parts in zip(rows, found, strict=True):
        assert np.allclose(parts, _by_definition(forest, row), atol=1e-10)
    assert np.allclose(found.sum(axis=1) + forest.expected(0), forest.predict(rows)[:, 0])


def _random_tree(rng: np.random.Generator, columns: int, depth: int) -> Tree:
    nodes: list[tuple[int, float, int, int, bool, float, float]] = []

    def add(left_depth: int, cover: float) -> int:
        place = len(nodes)
        nodes.append((-1, 0.0, 0, 0, False, float(rng.normal()), cover))
        if left_depth and rng.random() < 0.8:
            share = rng.uniform(0.05, 0.95)
            left = add(left_depth - 1, cover * share)
            right = add(left_depth - 1, cover * (1 - share))
            cut = float(rng.choice([-1.0, -0.5, 0.0, 0.5, 1.0]))
            missing = bool(rng.random() < 0.5)
            nodes[place] = (int(rng.integers(columns)), cut, left, right, missing, 0.0, cover)
        return place

    add(depth, 100.0)
    feature, threshold, left, right, missing, value, cover = (
        np.array(x) for x in zip(*nodes, strict=True)
    )
    return Tree(feature, threshold, left, right, missing, value[:, None], cover)


def test_a_tree_that_does_not_add_up_is_refused() -> None:
    """No trees, branches with more rows than their node, and leaves without a number are named."""
    rng = np.random.default_rng(0)
    good = _random_tree(rng, 2, 3)
    with pytest.raises(UnreadableModel, match="no trees"):
        grow([], np.zeros(0, int), np.zeros(1), "")
    with pytest.raises(UnreadableModel, match="add up"):
        grow([_with(good, cover=good.cover + 50)], np.zeros(1, int), np.zeros(1), "")
    with pytest.raises(UnreadableModel, match="no finite number"):
        grow([_with(good, value=good.value * np.nan)], np.zeros(1, int), np.zeros(1), "")


def _with(made: Tree, **changes: np.ndarray) -> Tree:
    return Tree(**{**made.__dict__, **changes})


def test_a_branch_that_nobody_took() -> None:
    """A branch without training rows counts nothing until a row goes there; sums stay exact."""
    made = Tree(
        np.array([0, -1, 1, -1, -1]),
        np.array([0.0, 0, 0.0, 0, 0]),
        np.array([1, 0, 3, 0, 0]),
        np.array([2, 0, 4, 0, 0]),
        np.zeros(5, dtype=bool),
        np.array([[0.0], [1.0], [0.0], [2.0], [7.0]]),
        np.array([10.0, 4, 6, 6, 0]),
    )
    forest = grow([made], np.zeros(1, int), np.zeros(1), "")
    rows = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0]])
    parts = tree_contributions(forest, rows)
    assert forest.expected(0) == pytest.approx(1.6)
    assert np.allclose(parts.sum(axis=1) + 1.6, [7.0, 2.0, 1.0])


def test_single_precision() -> None:
    """Scikit-learn compares in single precision: a value that rounds onto a threshold goes left."""
    rows = np.array([[0.0], [0.0], [1.0], [1.0]])
    model = tree.DecisionTreeRegressor().fit(rows, [0.0, 0.0, 1.0, 1.0])
    above = np.array([[np.nextafter(0.5, 1)], [0.5], [0.5 + 1e-6], [1e300]])
    forest = read_average(model, [model])
    assert list(forest.predict(above)[:, 0]) == [0.0, 0.0, 1.0, 1.0]
