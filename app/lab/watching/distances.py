"""How far two samples are apart, each as the field defines it."""

from __future__ import annotations

from typing import Literal

import numpy as np
from scipy import special

from app.lab.watching.merging import merged_distances
from app.lab.watching.profile import ColumnCounts, Profile

Statistic = Literal[
    "psi",
    "jensen_shannon",
    "hellinger",
    "total_variation",
    "l_infinity",
    "kolmogorov_smirnov",
    "wasserstein",
    "normed_wasserstein",
]
EMPTY_SHARE = 1e-4


def shares(counts: np.ndarray) -> np.ndarray:
    """Return counts as shares.

    Parameters
    ----------
    counts : ndarray, shape (..., cells)

    Returns
    -------
    ndarray of float, shape (..., cells)
        NaN where nothing was counted.
    """
    total = counts.sum(axis=-1, keepdims=True)
    return np.asarray(counts / np.where(total > 0, total, np.nan))


def psi(reference: np.ndarray, current: np.ndarray, least: float = EMPTY_SHARE) -> np.ndarray:
    """Return the population stability index.

    Parameters
    ----------
    reference, current : ndarray, shape (..., cells)
        Counts or shares; NaN results where one side is empty.
    least : float
        An empty cell counts as this share, as the definition has no value for it.

    Returns
    -------
    ndarray of float, shape (...,)
        0 for equal shares, no upper end. Below 0.1 is called small and above 0.25 large by
        custom; `app.lab.drift.psi` takes out what chance adds.

    References
    ----------
    Siddiqi (2006), Credit Risk Scorecards, chapter 9; Yurdakul & Naranjo (2020),
    https://doi.org/10.21314/JRMV.2020.227
    """
    p, q = (np.maximum(shares(side), least) for side in (reference, current))
    return np.asarray(((q - p) * np.log(q / p)).sum(axis=-1))


def jensen_shannon(reference: np.ndarray, current: np.ndarray) -> np.ndarray:
    """Return the Jensen-Shannon distance: the root of the divergence, by the natural logarithm.

    Parameters
    ----------
    reference, current : ndarray, shape (..., cells)
        Counts or shares.

    Returns
    -------
    ndarray of float, shape (...,)
        In [0, 0.8326]; 0 for equal shares.

    References
    ----------
    Lin (1991), https://doi.org/10.1109/18.61115; Endres & Schindelin (2003),
    https://doi.org/10.1109/TIT.2003.813506
    """
    p, q = shares(reference), shares(current)
    middle = (p + q) / 2
    divergence = (special.rel_entr(p, middle) + special.rel_entr(q, middle)).sum(axis=-1) / 2
    return np.asarray(np.sqrt(np.maximum(divergence, 0.0)))


def hellinger(reference: np.ndarray, current: np.ndarray) -> np.ndarray:
    """Return the Hellinger distance.

    Parameters
    ----------
    reference, current : ndarray, shape (..., cells)
        Counts or shares.

    Returns
    -------
    ndarray of float, shape (...,)
        In [0, 1].

    References
    ----------
    Hellinger (1909), https://doi.org/10.1515/crll.1909.136.210
    """
    apart = np.sqrt(shares(reference)) - np.sqrt(shares(current))
    return np.asarray(np.sqrt((apart**2).sum(axis=-1) / 2))


def total_variation(reference: np.ndarray, current: np.ndarray) -> np.ndarray:
    """Return the total variation distance: the share of rows that would have to move.

    Parameters
    ----------
    reference, current : ndarray, shape (..., cells)
        Counts or shares.

    Returns
    -------
    ndarray of float, shape (...,)
        In [0, 1].

    References
    ----------
    Gibbs & Su (2002), https://doi.org/10.1111/j.1751-5823.2002.tb00178.x
    """
    return np.asarray(np.abs(shares(reference) - shares(current)).sum(axis=-1) / 2)


def l_infinity(reference: np.ndarray, current: np.ndarray) -> np.ndarray:
    """Return the largest change of the share of any cell.

    Parameters
    ----------
    reference, current : ndarray, shape (..., cells)
        Counts or shares.

    Returns
    -------
    ndarray of float, shape (...,)
        In [0, 1].

    References
    ----------
    Gibbs & Su (2002), https://doi.org/10.1111/j.1751-5823.2002.tb00178.x
    """
    return np.asarray(np.abs(shares(reference) - shares(current)).max(axis=-1))


def chi_squared(reference: np.ndarray, current: np.ndarray) -> tuple[float, int, float]:
    """Return Pearson's two-sample test of equal shares.

    Parameters
    ----------
    reference, current : ndarray, shape (cells,)
        Counts; cells that are empty on both sides are left out.

    Returns
    -------
    statistic : float
    freedom : int
        Degrees of freedom.
    p_value : float
        1 when there is nothing to compare.

    References
    ----------
    Pearson (1911), https://doi.org/10.2307/2331478
    """
    used = (reference + current) > 0
    table = np.array([reference[used], current[used]], dtype=float)
    totals = table.sum(axis=1, keepdims=True)
    freedom = int(used.sum()) - 1
    if freedom < 1 or not totals.all():
        return 0.0, 0, 1.0
    expected = totals * table.sum(axis=0) / table.sum()
    statistic = float(((table - expected) ** 2 / expected).sum())
    return statistic, freedom, float(special.chdtrc(freedom, statistic))


def kolmogorov_smirnov(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Return the exact two-sample statistic, and its asymptotic p value.

    Parameters
    ----------
    x, y : ndarray of float, shapes (n,) and (m,)
        Values; those that are not finite are left out.

    Returns
    -------
    statistic : float
        Largest difference of the two distribution functions, in [0, 1]; NaN without values.
    p_value : float

    References
    ----------
    Smirnov (1948), https://doi.org/10.1214/aoms/1177730256
    """
    a, b = in_order(x), in_order(y)
    statistic = merged_distances(a, b)[0]
    n = len(a) * len(b) / max(len(a) + len(b), 1)
    return statistic, float(special.kolmogorov(np.sqrt(n) * statistic)) if n else 1.0


def wasserstein(x: np.ndarray, y: np.ndarray) -> float:
    """Return the exact first Wasserstein (earth mover's) distance, in the unit of the values.

    Parameters
    ----------
    x, y : ndarray of float, shapes (n,) and (m,)
        Values; those that are not finite are left out.

    Returns
    -------
    float
        NaN without values.

    References
    ----------
    Ramdas, Garcia Trillos & Cuturi (2017), https://doi.org/10.3390/e19020047
    """
    return merged_distances(in_order(x), in_order(y))[1]


def normed_wasserstein(x: np.ndarray, y: np.ndarray) -> float:
    """Return the Wasserstein distance in standard deviations of the first sample.

    Parameters
    ----------
    x, y : ndarray of float, shapes (n,) and (m,)
        Reference and current values.

    Returns
    -------
    float
        Divided by at least 0.001, as is customary where a column stands still.
    """
    known = x[np.isfinite(x)]
    return wasserstein(x, y) / max(float(known.std()), 0.001) if len(known) else float("nan")


def in_order(values: np.ndarray) -> np.ndarray:
    """Return the finite values, rising.

    Parameters
    ----------
    values : ndarray of float, shape (n,)

    Returns
    -------
    ndarray of float
    """
    known = np.asarray(values, dtype=float)
    return np.sort(known[np.isfinite(known)])


def distances_by_chunk(
    reference: Profile, current: Profile, statistic: Statistic = "psi"
) -> dict[str, np.ndarray]:
    """Return how far each column of each chunk is from the reference, from the counts.

    Parameters
    ----------
    reference, current : Profile
        Of the same shapes; all chunks of the reference are taken together.
    statistic : str
        Of ordered values (Kolmogorov-Smirnov, Wasserstein) only numbers have one. From counts,
        KS is the largest difference at a bin's edge, so at most the exact one; Wasserstein moves
        shares between the middles of the bins.

    Returns
    -------
    dict of str to ndarray of float, shape (chunks,)
        NaN where there is nothing to compare.
    """
    whole = reference.total()
    return {
        name: _of_column(whole.columns[name], counts, statistic)
        for name, counts in current.columns.items()
        if counts.shape.kind == "number" or statistic in BY_CELLS
    }


BY_CELLS = {
    "psi": psi,
    "jensen_shannon": jensen_shannon,
    "hellinger": hellinger,
    "total_variation": total_variation,
    "l_infinity": l_infinity,
}


def _of_column(whole: ColumnCounts, counts: ColumnCounts, statistic: Statistic) -> np.ndarray:
    if statistic in BY_CELLS:
        return BY_CELLS[statistic](whole.cells, counts.cells)
    apart = np.abs(np.cumsum(shares(counts.known) - shares(whole.known), axis=1)[:, :-1])
    if statistic == "kolmogorov_smirnov":
        return np.asarray(apart.max(axis=1)) if apart.shape[1] else np.zeros(len(apart))
    steps = np.diff(_middles(whole))
    found = np.asarray((apart * steps).sum(axis=1))
    return found / max(float(whole.std[0]), 0.001) if statistic == "normed_wasserstein" else found


def _middles(whole: ColumnCounts) -> np.ndarray:
    """Return a value to stand for each bin: itself where they are few, else its middle."""
    shape = whole.shape
    if len(shape.values):
        return shape.values
    ends = np.r_[whole.least[0], shape.edges, whole.most[0]]
    return np.asarray((ends[:-1] + ends[1:]) / 2)
