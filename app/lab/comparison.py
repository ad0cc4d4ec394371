"""Better, practically the same, or worse: a comparison with a region of equivalence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

# How often something may be called better or worse where nothing is, over all that is compared.
FALSE_CLAIMS = 0.05
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
    level : float
        Probability, between 0.5 and 1, from which a difference is claimed.
    """

    worse: float
    same: float
    better: float
    region: float
    level: float = 1 - FALSE_CLAIMS

    @property
    def verdict(self) -> str:
        """Better or worse when that is nearly certain, same otherwise; empty without data."""
        if not np.isfinite([self.worse, self.same, self.better]).all():
            return ""
        if self.better >= self.level:
            return "better"
        return "worse" if self.worse >= self.level else "same"

    @property
    def sure(self) -> bool:
        """Whether the verdict is itself nearly certain, and not the want of a certain other."""
        return max(self.worse, self.same, self.better) >= self.level

    @property
    def words(self) -> str:
        """The verdict with its probability, or with that of the likelier difference."""
        if not self.verdict:
            return "not enough data"
        if self.sure:
            return f"{WORDS[self.verdict]} ({_shown(getattr(self, self.verdict))})"
        likelier = "better" if self.better >= self.worse else "worse"
        return f"{WORDS['same']} so far ({likelier}: {_shown(getattr(self, likelier))})"


def _shown(chance: float) -> str:
    return f"{100 * chance:.0f} %" if chance < 0.995 else "over 99 %"


def correlated_bayes_t(
    differences: np.ndarray, n_train: float, n_test: float, region: float, compared: int = 1
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
    compared : int
        How many differences are looked at together, at least 1: the more there are, the more
        certain each must be, so that all of them together keep to one false claim in twenty.

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
    k, level = len(d), 1 - FALSE_CLAIMS / max(1, compared)
    if k < 2:
        nan = float("nan")
        return ThreeWay(nan, nan, nan, region, level)
    mean, shared = float(d.mean()), n_test / (n_train + n_test)
    scale = float(np.sqrt((1 / k + shared / (1 - shared)) * d.var(ddof=1)))
    if scale == 0:
        return ThreeWay(
            float(mean < -region),
            float(abs(mean) <= region),
            float(mean > region),
            region,
            level,
        )
    posterior = stats.t(k - 1, loc=mean, scale=scale)
    worse, better = float(posterior.cdf(-region)), float(posterior.sf(region))
    return ThreeWay(worse, max(0.0, 1 - worse - better), better, region, level)
