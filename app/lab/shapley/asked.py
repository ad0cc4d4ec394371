"""Which output of a model is explained: of several classes, one a row."""

from __future__ import annotations

import numpy as np

About = int | np.ndarray | None


def classes_asked(about: About, told: np.ndarray) -> np.ndarray | None:
    """Return the class that is explained for each row, None where there is one output.

    Parameters
    ----------
    about : int, ndarray of int of shape (n,), or None
        Class or classes asked about; None for the most likely one.
    told : ndarray of float, shape (n,) or (n, k)
        What the model says of the rows.

    Returns
    -------
    ndarray of int, shape (n,), or None

    Raises
    ------
    ValueError
        If a class is asked about that there is not.
    """
    if told.ndim == 1:
        return None
    if about is None:
        return np.asarray(told.argmax(axis=1))
    found = np.broadcast_to(np.asarray(about, dtype=np.int64), (len(told),)).copy()
    if len(found) and (found.min() < 0 or found.max() >= told.shape[1]):
        raise ValueError(
            f"about names class {int(found[(found < 0) | (found >= told.shape[1])][0])}; classes are counted from 0 to {told.shape[1] - 1}"
        )
    return found


def answered(told: np.ndarray, asked: np.ndarray | None) -> np.ndarray:
    """Return one number a row: the prediction, or the probability of the class asked about.

    Parameters
    ----------
    told : ndarray of float, shape (n,) or (n, k)
    asked : ndarray of int, shape (n,), or None

    Returns
    -------
    ndarray of float, shape (n,)
    """
    if asked is None:
        return told
    return np.asarray(told[np.arange(len(told)), asked], dtype=float)
