"""What the quadrature needs to know of every path, found once for each ensemble."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

# A branch that no training row took still needs a share above zero to divide by.
LEAST_SHARE = 1e-12


@dataclass(frozen=True)
class Layout:
    """Shares of the branches, and repeated questions.

    Parameters
    ----------
    order : ndarray of int, shape (nodes,)
        Nodes, each before its children.
    left, right : ndarray of int, shape (nodes,)
    share_left, share_right : ndarray of float, shape (nodes,)
        Share of a node's training rows that went there, above 0.
    earlier : ndarray of int, shape (nodes,)
        Depth of the last node above that asks about the same column, -1 for none.
    known : ndarray of float, shape (nodes,)
        Product of the shares of that column's branches above; 1 for none.
    depths, distinct : ndarray of int, shape (trees,)
        Longest path, and the most different columns on a path.
    """

    order: np.ndarray
    left: np.ndarray
    right: np.ndarray
    share_left: np.ndarray
    share_right: np.ndarray
    earlier: np.ndarray
    known: np.ndarray
    depths: np.ndarray
    distinct: np.ndarray

    def means(self, value: np.ndarray) -> np.ndarray:
        """Return the mean value below each node over the training rows.

        Parameters
        ----------
        value : ndarray of float, shape (nodes,)

        Returns
        -------
        ndarray of float, shape (nodes,)
        """
        return np.asarray(
            _means(self.order, self.left, self.right, self.share_left, self.share_right, value)
        )


def lay_out(
    roots: np.ndarray, feature: np.ndarray, left: np.ndarray, right: np.ndarray, cover: np.ndarray
) -> Layout:
    """Walk all trees once.

    Parameters
    ----------
    roots : ndarray of int64, shape (trees,)
    feature, left, right : ndarray of int, shape (nodes,)
    cover : ndarray of float, shape (nodes,)
        Above 0 at every node with children.

    Returns
    -------
    Layout
    """
    inner = feature >= 0
    both = np.where(inner, cover[left] + cover[right], 1.0)
    shares = [
        np.clip(np.where(inner, cover[side] / both, 1.0), LEAST_SHARE, 1.0)
        for side in (left, right)
    ]
    to_left, to_right = (np.where(inner, side, -1).astype(np.int32) for side in (left, right))
    share_left, share_right = shares
    order, earlier, known, depths, distinct = _paths(
        roots, feature.astype(np.int32), to_left, to_right, share_left, share_right
    )
    return Layout(
        order, to_left, to_right, share_left, share_right, earlier, known, depths, distinct
    )


@njit(cache=True, nogil=True)
def _paths(roots, feature, left, right, share_left, share_right):  # type: ignore[no-untyped-def]
    nodes, trees = len(feature), len(roots)
    order = np.empty(nodes, np.int32)
    earlier = np.full(nodes, -1, np.int32)
    known = np.ones(nodes)
    depths, distinct = np.zeros(trees, np.int32), np.zeros(trees, np.int32)
    depth_of, parent = np.zeros(nodes, np.int32), np.full(nodes, -1, np.int32)
    stack = np.empty(nodes + 1, np.int32)
    count = 0
    for tree in range(trees):
        stack[0], size = roots[tree], 1
        while size > 0:
            size -= 1
            node = stack[size]
            order[count] = node
            count += 1
            if feature[node] < 0:
                _measure(node, tree, feature, parent, earlier, depth_of, depths, distinct)
                continue
            _look_up(node, feature, parent, left, share_left, share_right, depth_of, earlier, known)
            for child in (left[node], right[node]):
                parent[child] = node
                depth_of[child] = depth_of[node] + 1
                stack[size] = child
                size += 1
    return order[:count], earlier, known, depths, distinct


@njit(cache=True, nogil=True)
def _measure(node, tree, feature, parent, earlier, depth_of, depths, distinct):  # type: ignore[no-untyped-def]
    depths[tree] = max(depths[tree], depth_of[node])
    different = 0
    above = parent[node]
    while above >= 0:
        different += earlier[above] < 0
        above = parent[above]
    distinct[tree] = max(distinct[tree], different)


@njit(cache=True, nogil=True)
def _look_up(node, feature, parent, left, share_left, share_right, depth_of, earlier, known):  # type: ignore[no-untyped-def]
    below, above = node, parent[node]
    while above >= 0:
        if feature[above] == feature[node]:
            share = share_left[above] if left[above] == below else share_right[above]
            earlier[node] = depth_of[above]
            known[node] = known[above] * share
            return
        below, above = above, parent[above]


@njit(cache=True, nogil=True)
def _means(order, left, right, share_left, share_right, value):  # type: ignore[no-untyped-def]
    found = value.copy()
    for place in range(len(order) - 1, -1, -1):
        node = order[place]
        if left[node] >= 0:
            down = share_left[node] * found[left[node]]
            found[node] = down + share_right[node] * found[right[node]]
    return found
