"""Two sorted samples walked through together, as compiled code."""

from __future__ import annotations

import numpy as np
from numba import njit


def merged_distances(a: np.ndarray, b: np.ndarray) -> tuple[float, float]:
    """Return the Kolmogorov-Smirnov statistic and the Wasserstein distance of sorted samples.

    Parameters
    ----------
    a, b : ndarray of float, shapes (n,) and (m,)
        Finite and rising.

    Returns
    -------
    tuple of float
        Both NaN where one of the samples is empty.
    """
    if not len(a) or not len(b):
        return float("nan"), float("nan")
    greatest, area = _walk(a, b)
    return float(greatest), float(area)


@njit(cache=True, nogil=True)
def _walk(a: np.ndarray, b: np.ndarray) -> tuple[float, float]:  # pragma: no cover - compiled
    n, m = len(a), len(b)
    i = j = 0
    greatest = area = 0.0
    before = min(a[0], b[0])
    apart = 0.0
    while i < n or j < m:
        here = a[i] if j >= m or (i < n and a[i] <= b[j]) else b[j]
        area += apart * (here - before)
        before = here
        while i < n and a[i] == here:
            i += 1
        while j < m and b[j] == here:
            j += 1
        apart = abs(i / n - j / m)
        greatest = max(greatest, apart)
    return greatest, area
