"""Let one peer make its leaderboard on train.parquet and score its best on test.parquet.

Usage: python ladder_peer.py NAME FOLDER, in the environment of the peer. Prints one line of JSON.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score


def lazypredict(train: pd.DataFrame, y: Any, test: pd.DataFrame, held: Any) -> np.ndarray:
    """All of its classifiers; it scores on the held-out rows itself."""
    from lazypredict.Supervised import LazyClassifier

    found = LazyClassifier(verbose=0, ignore_warnings=True, predictions=False)
    table, _ = found.fit(_plain(train), _plain(test), y, held)
    score = table["ROC AUC"].max()
    return np.array([score])


def flaml(train: pd.DataFrame, y: Any, test: pd.DataFrame, held: Any) -> np.ndarray:
    """A budget of 60 seconds."""
    from flaml import AutoML

    found = AutoML()
    found.fit(
        _categories(train),
        y,
        task="classification",
        metric="roc_auc",
        time_budget=60,
        verbose=0,
        seed=0,
    )
    return found.predict_proba(_categories(test))[:, 1]


def mljar(train: pd.DataFrame, y: Any, test: pd.DataFrame, held: Any) -> np.ndarray:
    """Its mode Explain."""
    from supervised import AutoML

    found = AutoML(mode="Explain", eval_metric="auc", verbose=0, random_state=0)
    found.fit(train, y)
    return found.predict_proba(test)[:, 1]


def pycaret(train: pd.DataFrame, y: Any, test: pd.DataFrame, held: Any) -> np.ndarray:
    """Set up and compare models, five folds."""
    from pycaret.classification import ClassificationExperiment

    found = ClassificationExperiment(target="late", session_id=0, fold=5)
    found.fit(train.assign(late=np.asarray(y)))
    result = found.compare_models(sort="AUC")
    best = getattr(result, "best", result)
    told = np.asarray(best.predict_proba(test))
    return told[:, 1]


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.apply(lambda s: s if s.dtype.kind in "iuf" else s.astype(object))


def _categories(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.apply(lambda s: s if s.dtype.kind in "iuf" else s.astype(str).astype("category"))


def main(name: str, folder: Path) -> None:
    """Time the leaderboard and the score of its best model."""
    train, test = (pd.read_parquet(folder / f"{part}.parquet") for part in ("train", "test"))
    y, held = train.pop("late"), test.pop("late")
    call = {"mljar-supervised": mljar}.get(name) or globals()[name]
    started = time.perf_counter()
    told = call(train, y, test, held)
    seconds = time.perf_counter() - started
    auc = float(told[0]) if len(told) == 1 else roc_auc_score(held, told)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(json.dumps({"ladder_s": seconds, "peak_mb": peak, "auc": auc}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
