"""Exact Shapley values beside the shap package and LightGBM's own, in one run.

Usage: python benchmarks/shapley.py [ROWS]. Rows of twenty columns (10,000 unless told), with missing values; every model has the
size that its library is mostly run with. All of them use one thread: shap has no other way, LightGBM is told so, our kernels have
no threads. The slow ones are asked about fewer rows, and so is the comparison of values. Times are the best of three.
"""

from __future__ import annotations

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"

import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import lightgbm as lgb
import numpy as np
import pandas as pd
import shap
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier

from app.lab.encoding import Encoder
from app.lab.loss_attribution import attribute_loss
from app.lab.rungs.rung import EncodedModel, Fitted
from app.lab.shapley import explain
from app.lab.trees.reading import Reading, read_model

COLUMNS = 20
ROUNDS = 3
COLD = """
import sys, time; sys.path.insert(0, {root!r}); start = time.perf_counter()
import app.lab.trees.warmth; print(time.perf_counter() - start)
"""


def main(rows: int) -> None:
    """Print rows per second, ratios and differences."""
    warnings.simplefilter("ignore")
    x, y = _data(rows)
    print(f"{rows:,} rows x {COLUMNS} columns, one thread each, best of {ROUNDS}")
    print(f"{'model':34}{'ours rows/s':>12}{'peer':>26}{'rows/s':>9}{'ratio':>8}{'max diff':>10}")
    for title, model, peer_rows in _models(x, y):
        _compare(title, model, x, peer_rows)
    _losses(x, y)
    _one_row(x, y)
    _cold()


def _data(rows: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(rows, COLUMNS))
    score = x[:, :5].sum(axis=1) + x[:, 0] * x[:, 1] + np.sin(3 * x[:, 5])
    y = (score + rng.normal(size=rows) > 0).astype(int)
    x[rng.random(x.shape) < 0.03] = np.nan
    return x, y


def _models(x: np.ndarray, y: np.ndarray) -> list[tuple[str, Any, int]]:
    boosted = lgb.LGBMClassifier(n_estimators=200, num_leaves=31, n_jobs=1, verbose=-1)
    histogram = HistGradientBoostingClassifier(max_iter=200, early_stopping=False)
    return [
        ("LightGBM, 200 x 31 leaves", boosted.fit(x, y), 2000),
        ("HistGradientBoosting, 200 x 31", histogram.fit(x, y), 2000),
        ("RandomForest, 100, leaves of 5", _forest(x, y, 5), 60),
        ("RandomForest, 100, grown out", _forest(x, y, 1), 30),
    ]


def _forest(x: np.ndarray, y: np.ndarray, leaf: int) -> RandomForestClassifier:
    made = RandomForestClassifier(n_estimators=100, min_samples_leaf=leaf, random_state=0)
    return made.fit(x, y)


def _compare(title: str, model: Any, x: np.ndarray, peer_rows: int) -> None:
    reading = read_model(model)
    assert reading is not None
    output = len(reading.forest.base) - 1
    ours, values = _rate(lambda: reading.contributions(x, output), len(x))
    some = x[:peer_rows]
    explainer = shap.TreeExplainer(model, feature_perturbation="tree_path_dependent")
    peers: dict[str, Callable[[], Any]] = {
        "shap.TreeExplainer": lambda: explainer.shap_values(some, check_additivity=False)
    }
    if isinstance(model, lgb.LGBMClassifier):
        booster = model.booster_
        peers["LightGBM pred_contrib"] = lambda: booster.predict(some, pred_contrib=True)[:, :-1]
    for name, call in peers.items():
        theirs, told = _rate(call, len(some))
        told = np.asarray(told)
        told = told[:, :, 1] if told.ndim == 3 else told
        off = np.abs(told - values[: len(some)]).max()
        print(f"{title:34}{ours:12,.0f}{name:>26}{theirs:9,.0f}{ours / theirs:7.1f}x{off:10.1e}")


def _rate(call: Callable[[], Any], rows: int) -> tuple[float, Any]:
    best, found = np.inf, None
    for _ in range(ROUNDS):
        start = time.perf_counter()
        found = call()
        best = min(best, time.perf_counter() - start)
    return rows / best, found


def _fitted(x: np.ndarray, y: np.ndarray) -> tuple[Fitted, pd.DataFrame]:
    frame = pd.DataFrame(x, columns=[f"c{i}" for i in range(x.shape[1])])
    model = lgb.LGBMClassifier(n_estimators=200, num_leaves=31, n_jobs=1, verbose=-1).fit(x, y)
    encoded = EncodedModel(Encoder().fit(frame), model, "binary")
    return Fitted("lightgbm", "binary", encoded, tuple(frame.columns), ""), frame


def _losses(x: np.ndarray, y: np.ndarray) -> None:
    fitted, frame = _fitted(x, y)
    columns = tuple(frame.columns)
    plain, _ = _rate(lambda: explain(fitted, frame, frame.head(9), columns), len(x))
    loss, _ = _rate(
        lambda: attribute_loss(fitted, frame, frame.head(9), columns, y, "log_loss"), len(x)
    )
    some = x[:60]
    model = fitted.predictor.model  # type: ignore[attr-defined]
    explainer = shap.TreeExplainer(
        model, np.nan_to_num(x[:100]), "log_loss", feature_perturbation="interventional"
    )
    theirs, _ = _rate(lambda: explainer.shap_values(np.nan_to_num(some), y[:60]), len(some))
    print(
        f"\nexplain, table to values: {plain:,.0f} rows/s; log loss attributed: {loss:,.0f} rows/s"
    )
    print(
        f"  {plain / loss:.2f} x the time of the values; shap's log_loss {theirs:,.0f} rows/s ({loss / theirs:.0f} x)"
    )


def _one_row(x: np.ndarray, y: np.ndarray) -> None:
    fitted, frame = _fitted(x, y)
    columns, row = tuple(frame.columns), frame.head(1)
    reading: Reading | None = read_model(fitted.predictor.model)  # type: ignore[attr-defined]
    assert reading is not None
    alone = 1000 / _rate(lambda: reading.contributions(x[:1]), 1)[0]
    whole = 1000 / _rate(lambda: explain(fitted, row, frame.head(9), columns), 1)[0]
    print(
        f"\none row of LightGBM: {alone:.1f} ms for its values, {whole:.1f} ms from table to attribution"
    )


def _cold() -> None:
    """Say how long a process takes that has loaded nothing: first of all, and ever after."""
    command = [sys.executable, "-c", COLD.format(root=str(ROOT))]
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "NUMBA_CACHE_DIR": folder}
        for words in ("first on a machine", "every later one"):
            done = subprocess.run(
                command, capture_output=True, text=True, check=True, env=environment
            )
            seconds = float(done.stdout)
            print(f"new process, from nothing loaded to first values, {words}: {seconds:.2f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
