"""The way of a row through a tree."""

from __future__ import annotations

import numpy as np
from numba import njit

LARGEST_CATEGORY = 2.0**31


@njit(cache=True, nogil=True)
def goes_left(value, node, threshold, missing_left, bits_at, bits):  # type: ignore[no-untyped-def]
    """Say whether a value goes left at a node."""
    if np.isnan(value):
        return missing_left[node]
    at = bits_at[node]
    if at < 0:
        return value <= threshold[node]
    if not -1.0 < value < LARGEST_CATEGORY:
        return False
    category = np.int64(value)
    word = category // 32
    if word >= bits[at]:
        return False
    return (bits[at + 1 + word] >> np.uint32(category % 32)) & np.uint32(1) == 1


@njit(cache=True, nogil=True)
def leaf_sums(  # type: ignore[no-untyped-def]
    rows, roots, value, feature, threshold, left, right, missing_left, bits_at, bits
):
    """Return the sum over trees of the leaf that each row falls into, shape (n,)."""
    found = np.zeros(len(rows))
    for root in roots:
        for i in range(len(rows)):
            node = root
            while feature[node] >= 0:
                asked = rows[i, feature[node]]
                if goes_left(asked, node, threshold, missing_left, bits_at, bits):
                    node = left[node]
                else:
                    node = right[node]
            found[i] += value[node]
    return found
