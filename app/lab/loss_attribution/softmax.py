"""The log loss over several classes, shared among columns along the straight way."""

from __future__ import annotations

import numpy as np

from app.lab.loss_attribution.line import one_sided, rounded_off
from app.lab.metrics import TINY

NODES = 16
MOST_LOSS = -np.log(TINY)
SAME = 1e-4


def softmax(outputs: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Return probabilities over the classes that were seen in training, 0 for others.

    Parameters
    ----------
    outputs : ndarray of float, shape (n, k)
    seen : ndarray of bool, shape (k,)

    Returns
    -------
    ndarray of float, shape (n, k)
    """
    scaled = outputs * _scale(outputs, seen)
    known = np.where(seen, scaled, -np.inf)
    top = known.max(axis=1, initial=-1e300, keepdims=True)
    shares = np.exp(known - top)
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def _scale(outputs: np.ndarray, seen: np.ndarray) -> float:
    # Two classes that share one output are spoken of as plus and minus that.
    shared = seen.sum() == 2 and np.all(outputs[:, seen].sum(axis=1) == 0)
    return 0.5 if shared else 1.0


def softmax_parts(
    values: np.ndarray, bases: np.ndarray, y: np.ndarray, told: np.ndarray, seen: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Share the change of the log loss from the base to the row's outputs.

    Parameters
    ----------
    values : ndarray of float, shape (k, n, p)
        Contributions to the output of each class.
    bases : ndarray of float, shape (n, k)
    y : ndarray of int, shape (n,)
        Class of each row.
    told : ndarray of float, shape (n, k)
        The model's own probabilities.
    seen : ndarray of bool, shape (k,)
        Classes that were among the training rows.

    Returns
    -------
    values : ndarray of float, shape (n, p)
    bases : ndarray of float, shape (n,)
        Loss of the base.
    """
    outputs = bases + values.sum(axis=2).T
    start = _loss(softmax(bases, seen), y)
    change = _loss(told, y) - start
    if not np.allclose(softmax(outputs, seen), told, atol=SAME):
        # Its probabilities are no softmax of its outputs: only the true class speaks.
        own = values[y, np.arange(len(y))] if len(y) else values[0]
        return one_sided(own, change), start
    parts = np.einsum("nk,knp->np", _slopes(outputs, bases, y, seen), values)
    # A class that was never seen costs the same whatever the row.
    parts[~seen[y]] = 0.0
    return rounded_off(parts, change), start


def _slopes(outputs: np.ndarray, bases: np.ndarray, y: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Return the mean slope of the loss by each output between base and row, shape (n, k)."""
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    found = np.zeros(outputs.shape)
    for node, weight in zip((nodes + 1) / 2, weights / 2, strict=True):
        found += weight * softmax(bases + node * (outputs - bases), seen)
    found[np.arange(len(y)), y] -= 1.0
    return found * _scale(outputs, seen)


def _loss(probabilities: np.ndarray, y: np.ndarray) -> np.ndarray:
    true = probabilities[np.arange(len(y)), y]
    return np.asarray(np.minimum(-np.log(np.clip(true, TINY, 1.0)), MOST_LOSS))
