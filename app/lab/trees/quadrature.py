"""Exact Shapley values of trees by Gauss-Legendre quadrature, a block of rows at a time.

For one leaf the worth of a set of known columns is a product over the columns of its path, so its
multilinear extension is a polynomial; Gauss-Legendre nodes integrate it exactly. One walk down a
tree carries the product, the way back sums it up, and a column that is asked about again replaces
what it contributed before (the terms telescope). The cost is edges times nodes a row, not leaves
times squared depth. A block of rows goes through each step together, which the compiler turns into
vector instructions.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numba import njit

from app.lab.trees.forest import Forest
from app.lab.trees.walk import goes_left

# Rows that go through a tree together: few for one row, many where there are many.
LEAST_WIDTH, MOST_WIDTH = 16, 256
# So many rows go through a tree before the next tree: its tables are used often, the rows stay near.
CHUNK = 512


def tree_contributions(forest: Forest, matrix: np.ndarray, output: int = 0) -> np.ndarray:
    """Split one raw output of each row into contributions of the columns.

    Parameters
    ----------
    forest : Forest
    matrix : ndarray of float, shape (n, p)
        NaN where missing.
    output : int
        Which output.

    Returns
    -------
    ndarray of float, shape (n, p)
        Path-dependent Shapley values; with `Forest.expected` they add up to the output.

    References
    ----------
    Lundberg et al. (2020), https://doi.org/10.1038/s42256-019-0138-9
    Owen (1972), multilinear extensions, https://doi.org/10.1287/mnsc.18.5.64
    """
    rows = forest.compared(matrix)
    columns = max(rows.shape[1], 1)
    found = np.zeros((len(rows), columns))
    if not len(rows):
        return found[:, : rows.shape[1]]
    trees = forest.trees_of(output)
    layout = forest.layout
    nodes, weights, sizes = _rules(max(1, (int(layout.distinct.max(initial=1)) + 1) // 2))
    width = min(MOST_WIDTH, max(LEAST_WIDTH, 1 << (len(rows) - 1).bit_length()))
    _contributions(
        rows,
        forest.roots[trees],
        layout.depths[trees],
        sizes[layout.distinct[trees]],
        forest.leaves_for(output),
        layout.share_left,
        layout.share_right,
        layout.earlier,
        layout.known,
        nodes,
        weights,
        width,
        found,
        *forest.nodes,
    )
    return found


@lru_cache(maxsize=32)
def _rules(most: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return nodes and weights on [0, 1] by their number, and the number for a path's columns."""
    nodes, weights = np.zeros((most + 1, most)), np.zeros((most + 1, most))
    for size in range(1, most + 1):
        at, weight = np.polynomial.legendre.leggauss(size)
        nodes[size, :size], weights[size, :size] = (at + 1) / 2, weight / 2
    return nodes, weights, np.maximum(1, (np.arange(2 * most + 1) + 1) // 2)


@njit(cache=True, nogil=True, error_model="numpy")
def _contributions(  # type: ignore[no-untyped-def]
    rows, roots, depths, sizes, value, share_left, share_right, earlier, known, nodes, weights,
    width, found, feature, threshold, left, right, missing_left, bits_at, bits,
):  # fmt: skip
    n, p = rows.shape
    deepest, most = depths.max() + 1, nodes.shape[1]
    product, summed = np.empty((deepest + 1, most, width)), np.empty((deepest + 1, most, width))
    lanes = np.empty((deepest + 1, 4, width))
    parts = np.empty((2, width))
    path, stage = np.empty(deepest + 1, np.int64), np.empty(deepest + 1, np.int64)
    blocks = CHUNK // width
    turned, pushed = np.zeros((blocks, p, width)), np.zeros((blocks, p, width))
    tables = np.empty((0, 2, 5, most))
    for start in range(0, n, CHUNK):
        stop = min(start + CHUNK, n)
        _turn(rows, start, stop, turned)
        pushed[:] = 0.0
        for tree in range(len(roots)):
            root = roots[tree]
            size = sizes[tree]
            last = _last(root, left, right)
            if len(tables) < last - root + 1:
                tables = np.empty((2 * (last - root + 1), 2, 5, most))
            _tabulate(root, last, left, right, share_left, share_right, known, value,
                      nodes[size], weights[size], size, tables)  # fmt: skip
            for block in range((stop - start + width - 1) // width):
                _through(root, size, turned[block], feature, threshold, left, right, missing_left,
                         bits_at, bits, earlier, tables, product, summed, lanes, parts, path,
                         stage, pushed[block])  # fmt: skip
        for i in range(start, stop):
            block, lane = (i - start) // width, (i - start) % width
            for j in range(p):
                found[i, j] = pushed[block, j, lane]


@njit(cache=True, nogil=True)
def _turn(rows, start, stop, turned):  # type: ignore[no-untyped-def]
    width = turned.shape[2]
    for i in range(start, stop):
        block, lane = (i - start) // width, (i - start) % width
        for j in range(rows.shape[1]):
            turned[block, j, lane] = rows[i, j]


@njit(cache=True, nogil=True)
def _last(root, left, right):  # type: ignore[no-untyped-def]
    """Return the last node of a tree: its nodes stand together."""
    last = root
    node = root
    while node <= last and node < len(left):
        last = max(last, left[node], right[node])
        node += 1
    return last


@njit(cache=True, nogil=True, error_model="numpy")
def _tabulate(  # type: ignore[no-untyped-def]
    root, last, left, right, share_left, share_right, known, value, nodes, weights, size, tables,
):  # fmt: skip
    """Write down, for each edge and node t, how the product changes and what is contributed.

    A column's factor is t one + (1 - t) zero: ``one`` says whether the row has met all its questions
    so far, ``zero`` is the share of training rows that did. Of each edge five numbers are kept: the
    new factor over the old one for a row that turned away just now, how much more it is for one that
    still meets all, and its value for one that had turned away before; then (one - zero) / factor,
    new minus old, for the first two in the same way (for the third it does not change).
    """
    for node in range(root, last + 1):
        if left[node] < 0:
            continue
        before = known[node]
        for side in range(2):
            child = left[node] if side == 0 else right[node]
            share = share_left[node] if side == 0 else share_right[node]
            after = before * share
            # A leaf's value is carried along with the last factor.
            scale = value[child] if left[child] < 0 else 1.0
            table = tables[node - root, side]
            for k in range(size):
                t = nodes[k]
                old = 1.0 / (t + (1 - t) * before)
                away = -1.0 / (1 - t)
                table[0, k] = scale * (1 - t) * after * old
                table[1, k] = scale * t * old
                table[2, k] = scale * share
                table[3, k] = weights[k] * (away - (1 - before) * old)
                table[4, k] = weights[k] * ((1 - after) / (t + (1 - t) * after) - away)


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})
def _through(  # type: ignore[no-untyped-def]
    root, size, turned, feature, threshold, left, right, missing_left, bits_at, bits, earlier,
    tables, product, summed, lanes, parts, path, stage, pushed,
):  # fmt: skip
    """Take a block of rows down one tree and back."""
    width = turned.shape[1]
    if left[root] < 0:
        return
    for k in range(size):
        for r in range(width):
            product[0, k, r] = 1.0
    depth, side = 0, 0
    path[0] = root
    _ask(root, 0, turned, feature, threshold, missing_left, bits_at, bits, earlier, lanes)
    while True:
        if side == 2:
            depth -= 1
            if depth < 0:
                return
            side = stage[depth]
            node = path[depth]
            _gather(tables[node - root, side], size, side, earlier[node] >= 0, lanes[depth],
                    summed[depth + 1], summed[depth], parts, pushed[feature[node]])  # fmt: skip
            side += 1
            continue
        node = path[depth]
        child = left[node] if side == 0 else right[node]
        table = tables[node - root, side]
        if left[child] < 0:
            _descend(table, size, side, earlier[node] >= 0, lanes[depth], product[depth],
                     product[depth + 1])  # fmt: skip
            _gather(table, size, side, earlier[node] >= 0, lanes[depth],
                    product[depth + 1], summed[depth], parts, pushed[feature[node]])  # fmt: skip
            side += 1
            continue
        _descend(table, size, side, earlier[node] >= 0, lanes[depth], product[depth],
                 product[depth + 1])  # fmt: skip
        stage[depth] = side
        depth += 1
        path[depth] = child
        _ask(child, depth, turned, feature, threshold, missing_left, bits_at, bits, earlier, lanes)
        side = 0


@njit(cache=True, nogil=True)
def _ask(  # type: ignore[no-untyped-def]
    node, depth, turned, feature, threshold, missing_left, bits_at, bits, earlier, lanes
):
    """Write down which rows of the block go left and right, and which met all questions so far."""
    width = turned.shape[1]
    values, lane = turned[feature[node]], lanes[depth]
    cut, missing = threshold[node], missing_left[node]
    if bits_at[node] >= 0:
        for r in range(width):
            lane[0, r] = goes_left(values[r], node, threshold, missing_left, bits_at, bits)
    elif missing:
        # Not greater is smaller, equal or missing.
        for r in range(width):
            lane[0, r] = 0.0 if values[r] > cut else 1.0
    else:
        for r in range(width):
            lane[0, r] = 1.0 if values[r] <= cut else 0.0
    for r in range(width):
        lane[1, r] = 1.0 - lane[0, r]
    if earlier[node] >= 0:
        for r in range(width):
            lane[2, r] = lanes[earlier[node], 3, r]
    else:
        for r in range(width):
            lane[2, r] = 1.0


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})
def _descend(table, size, side, again, lane, product, below):  # type: ignore[no-untyped-def]
    """Carry the product over an edge."""
    width = product.shape[1]
    here, met, now = lane[side], lane[2], lane[3]
    if again:
        for r in range(width):
            now[r] = met[r] * here[r]
        for k in range(size):
            before = table[2, k]
            away, more = table[0, k] - before, table[1, k]
            for r in range(width):
                below[k, r] = product[k, r] * (before + met[r] * away + now[r] * more)
    else:
        for r in range(width):
            now[r] = here[r]
        for k in range(size):
            away, more = table[0, k], table[1, k]
            for r in range(width):
                below[k, r] = product[k, r] * (away + here[r] * more)


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})
def _gather(table, size, side, again, lane, below, summed, parts, pushed):  # type: ignore[no-untyped-def]
    """Add up what comes back over an edge, and credit the column it asks about."""
    width = below.shape[1]
    here, met = lane[side], lane[2]
    away, more = parts[0], parts[1]
    for r in range(width):
        away[r] = 0.0
        more[r] = 0.0
    for k in range(size):
        first, second = table[3, k], table[4, k]
        if side == 0:
            for r in range(width):
                value = below[k, r]
                summed[k, r] = value
                away[r] += first * value
                more[r] += second * value
        else:
            for r in range(width):
                value = below[k, r]
                summed[k, r] += value
                away[r] += first * value
                more[r] += second * value
    if again:
        for r in range(width):
            pushed[r] += met[r] * (away[r] + here[r] * more[r])
    else:
        for r in range(width):
            pushed[r] += away[r] + here[r] * more[r]
