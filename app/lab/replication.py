"""The same fit once more: does it give the same answers, and how much hangs on its seed?"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Likeness:
    """Two sets of answers to the same rows, compared to the last bit.

    Parameters
    ----------
    n : int
        Rows compared.
    differing : int
        Rows whose answers differ in at least one bit.
    largest : float
        Largest absolute difference; NaN where only one of the two has an answer.
    """

    n: int
    differing: int
    largest: float

    @property
    def same(self) -> bool:
        """Whether every bit is the same."""
        return self.differing == 0


@dataclass(frozen=True)
class Spread:
    """What another seed does to a score.

    Parameters
    ----------
    low, high : float
        Worst and best score over the seeds.
    n : int
        Number of seeds.
    share : float or None
        Distance of the two as a share of the width of the score's own interval; None without one.
    """

    low: float
    high: float
    n: int
    share: float | None

    @property
    def width(self) -> float:
        """Distance of the two."""
        return self.high - self.low


def digest_of_answers(answers: np.ndarray) -> str:
    """Return a fingerprint of answers that changes with any bit of them.

    Parameters
    ----------
    answers : ndarray of float, shape (n,) or (n, k)

    Returns
    -------
    str
        32 hexadecimal digits; every NaN counts as the same.

    References
    ----------
    FIPS 180-4, https://doi.org/10.6028/NIST.FIPS.180-4
    """
    plain = np.ascontiguousarray(answers, dtype="<f8")
    plain = np.where(np.isnan(plain), np.nan, plain)
    found = hashlib.sha256(repr(plain.shape).encode())
    found.update(plain.tobytes())
    return found.hexdigest()[:32]


def likeness(one: np.ndarray, other: np.ndarray) -> Likeness:
    """Compare two sets of answers to the last bit.

    Parameters
    ----------
    one, other : ndarray of float, shape (n,) or (n, k)
        NaN where there is no answer; two of them are the same.

    Returns
    -------
    Likeness

    Raises
    ------
    ValueError
        If the shapes differ.
    """
    if one.shape != other.shape:
        raise ValueError(f"answers of shapes {one.shape} and {other.shape} cannot be compared")
    if not len(one):
        return Likeness(0, 0, 0.0)
    equal = (one == other) | (np.isnan(one) & np.isnan(other))
    rows = equal.reshape(len(one), -1).all(axis=1)
    # Infinite minus infinite is no number, and here no difference either.
    away = np.abs(np.subtract(one, other, where=~equal, out=np.zeros(one.shape)))
    return Likeness(len(one), int((~rows).sum()), float(away.max()))


def seed_spread(scores: Sequence[float], low: float | None, high: float | None) -> Spread:
    """Return how far scores of the same fit lie apart that differ in their seed alone.

    Parameters
    ----------
    scores : sequence of float
        Mean score over the same folds, one a seed.
    low, high : float or None
        The score's own interval over the folds.

    Returns
    -------
    Spread

    Raises
    ------
    ValueError
        If there is no score.

    References
    ----------
    Bouthillier et al. (2021), Accounting for variance in machine learning benchmarks,
    https://doi.org/10.48550/arXiv.2103.03098
    """
    known = [float(score) for score in scores if np.isfinite(score)]
    if not known:
        raise ValueError("there is no score to compare seeds by")
    width = None if low is None or high is None or high <= low else high - low
    share = None if width is None else (max(known) - min(known)) / width
    return Spread(min(known), max(known), len(known), share)
