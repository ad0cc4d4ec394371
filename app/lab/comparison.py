"""Better, practically the same, or worse: a comparison with a region of equivalence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

SURE = 0.95
WORDS = {"better": "better", "same": "practically the same", "worse": "worse"}


@dataclass(frozen=True)
class ThreeWay:
    """How probable it is that a difference is worse, practically the same, or better.

    Parameters
    ----------
    worse, same, better : float
        Probabilities, adding up to 1; NaN when there is not enough data.
    region : float
        Differences up to this size count as practically the same.
    """

    worse: float
    same: float
    better: float
    region: float

    @property
    def verdict(self) -> str:
        """The most probable of the three: better, same or worse; empty without data."""
        chances = {"same": self.same, "better": self.better, "worse": self.worse}
        if not all(np.isfinite(list(chances.values()))):
            return ""
        return max(chances, key=lambda name: chances[name])

    @property
    def sure(self) -> bool:
        """Whether the verdict holds with 95 %."""
        return max(self.worse, self.same, self.better) >= SURE

    @property
    def words(self) -> str:
        """The verdict with its probability."""
        if not self.verdict:
            return "not enough data"
        chance = max(self.worse, self.same, self.better)
        shown = f"{chance:.0%}" if chance < 0.995 else "over 99 %"
        return f"{WORDS[self.verdict]} ({shown})"


def correlated_bayes_t(
    differences: np.ndarray, n_train: float, n_test: float, region: float
) -> ThreeWay:
    """Return how probable a mean difference is below, inside and above a region around zero.

    The posterior of the mean of fold differences is a Student t, widened because folds share
    training rows: their correlation is the share of validation rows.

    Parameters
    ----------
    differences : ndarray of float, shape (k,)
        One difference of scores a fold; above zero is better.
    n_train, n_test : float
        Mean number of training and validation rows of a fold.
    region : float
        Half the width of the region of practical equivalence, at least 0.

    Returns
    -------
    ThreeWay
        NaN with fewer than two folds.

    References
    ----------
    Corani & Benavoli (2015), https://doi.org/10.1007/s10994-015-5486-z
    Benavoli et al. (2017), https://jmlr.org/papers/v18/16-305.html
    """
    d = np.asarray(differences, dtype=float)
    d = d[np.isfinite(d)]
    k = len(d)
    if k < 2:
        nan = float("nan")
        return ThreeWay(nan, nan, nan, region)
    mean, shared = float(d.mean()), n_test / (n_train + n_test)
    scale = float(np.sqrt((1 / k + shared / (1 - shared)) * d.var(ddof=1)))
    if scale == 0:
        return ThreeWay(
            float(mean < -region), float(abs(mean) <= region), float(mean > region), region
        )
    posterior = stats.t(k - 1, loc=mean, scale=scale)
    worse, better = float(posterior.cdf(-region)), float(posterior.sf(region))
    return ThreeWay(worse, max(0.0, 1 - worse - better), better, region)
