"""Prediction intervals that hold by construction, checked on rows they were not made from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Band:
    """How far the outcome lies below and above a prediction, with a given frequency.

    Parameters
    ----------
    below, above : float
        Added to a prediction (times its scale): the ends of the interval.
    level : float
        Share of outcomes inside, in (0, 1).
    n : int
        Rows it was made from.
    """

    below: float
    above: float
    level: float
    n: int

    def ends(
        self, prediction: np.ndarray, scale: np.ndarray | float = 1.0
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the ends of the interval of every prediction.

        Parameters
        ----------
        prediction : ndarray of float, shape (n,)
        scale : ndarray of float or float
            What the errors were divided by.

        Returns
        -------
        low, high : ndarray of float, shape (n,)
        """
        return prediction + self.below * scale, prediction + self.above * scale


def split_conformal(errors: np.ndarray, level: float) -> Band | None:
    """Return the band that holds a share of the errors on each side.

    Parameters
    ----------
    errors : ndarray of float, shape (n,)
        Outcome minus prediction on rows that the model was not fitted on.
    level : float
        In (0, 1).

    Returns
    -------
    Band or None
        None with too few rows for a band of that level.

    References
    ----------
    Vovk, Gammerman & Shafer (2005), https://doi.org/10.1007/b106715
    Romano, Patterson & Candès (2019), https://arxiv.org/abs/1905.03222
    """
    ordered = np.sort(errors[np.isfinite(errors)])
    n, tail = len(ordered), (1 - level) / 2
    # One more row than there is: the band must hold for the next one.
    rank = int(np.floor((n + 1) * tail))
    if rank < 1:
        return None
    return Band(float(ordered[rank - 1]), float(ordered[n - rank]), level, n)
