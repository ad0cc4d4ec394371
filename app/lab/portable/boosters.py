"""Boosters of other packages, each in the format of its own package."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np


@dataclass(frozen=True)
class LightGBM:
    """A booster read from LightGBM's text.

    Parameters
    ----------
    booster : lightgbm.Booster
    classes : tuple of float
        Numbers of the classes, empty for a value.
    """

    booster: Any
    classes: tuple[float, ...] = ()

    @property
    def classes_(self) -> np.ndarray:
        """Numbers of the classes it knows."""
        return np.array(self.classes)

    def predict(self, matrix: np.ndarray) -> np.ndarray:
        """Return a number a row.

        Parameters
        ----------
        matrix : ndarray of float, shape (n, p)

        Returns
        -------
        ndarray of float, shape (n,)
        """
        return np.asarray(self.booster.predict(matrix, num_threads=1))

    def predict_proba(self, matrix: np.ndarray) -> np.ndarray:
        """Return a probability a class and row.

        Parameters
        ----------
        matrix : ndarray of float, shape (n, p)

        Returns
        -------
        ndarray of float, shape (n, number of classes)
        """
        found = self.predict(matrix)
        return found if found.ndim == 2 else np.column_stack([1 - found, found])


def lightgbm_text(model: Any) -> bytes:
    """Return a fitted LightGBM model as text.

    Parameters
    ----------
    model : LGBMModel

    Returns
    -------
    bytes
    """
    return str(model.booster_.model_to_string(num_iteration=-1)).encode()


def read_lightgbm(text: bytes, classes: tuple[float, ...]) -> LightGBM:
    """Read a booster from LightGBM's text.

    Parameters
    ----------
    text : bytes
    classes : tuple of float

    Returns
    -------
    LightGBM
    """
    from lightgbm import Booster

    return LightGBM(Booster(model_str=text.decode()), classes)


def xgboost_json(model: Any) -> bytes:
    """Return a fitted XGBoost model as JSON.

    Parameters
    ----------
    model : XGBModel

    Returns
    -------
    bytes
    """
    return bytes(model.get_booster().save_raw("json"))


def read_xgboost(data: bytes, classifies: bool) -> Any:
    """Read an XGBoost model from JSON.

    Parameters
    ----------
    data : bytes
    classifies : bool

    Returns
    -------
    XGBClassifier or XGBRegressor
    """
    import xgboost

    model: Any = xgboost.XGBClassifier() if classifies else xgboost.XGBRegressor()
    model.load_model(bytearray(data))
    model.set_params(n_jobs=1)
    return model


def catboost_binary(model: Any) -> bytes:
    """Return a fitted CatBoost model in CatBoost's own format.

    Parameters
    ----------
    model : CatBoost

    Returns
    -------
    bytes
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.cbm"
        model.save_model(str(path))
        return path.read_bytes()


def read_catboost(data: bytes, classifies: bool) -> Any:
    """Read a CatBoost model from its own format.

    Parameters
    ----------
    data : bytes
    classifies : bool

    Returns
    -------
    CatBoostClassifier or CatBoostRegressor
    """
    import catboost

    kind: Any = catboost.CatBoostClassifier if classifies else catboost.CatBoostRegressor
    return kind().load_model(blob=data)
