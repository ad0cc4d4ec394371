"""An ensemble of decision trees as plain arrays, whatever library it was grown by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from app.lab.trees.layout import Layout, lay_out
from app.lab.trees.walk import leaf_sums

LEAF = -1


class UnreadableModel(ValueError):
    """A model whose trees are not of a kind that is read here."""


@dataclass(frozen=True)
class Tree:
    """One tree as it is read, with node numbers of its own; node 0 is the root.

    Parameters
    ----------
    feature : ndarray of int, shape (nodes,)
        Column asked about, -1 for a leaf.
    threshold : ndarray of float, shape (nodes,)
        A row with a value up to it goes left.
    left, right : ndarray of int, shape (nodes,)
    missing_left : ndarray of bool, shape (nodes,)
        Where a row without a value goes.
    value : ndarray of float, shape (nodes, m)
        What a leaf adds to each output.
    cover : ndarray of float, shape (nodes,)
        Training rows (or their weight) that came by.
    categories : mapping of int to ndarray of int
        For a node that asks about categories: those that go left.
    """

    feature: np.ndarray
    threshold: np.ndarray
    left: np.ndarray
    right: np.ndarray
    missing_left: np.ndarray
    value: np.ndarray
    cover: np.ndarray
    categories: dict[int, np.ndarray] = field(default_factory=dict)


@dataclass(frozen=True)
class Forest:
    """All trees of an ensemble, one behind another.

    A tree adds its leaf to one output, or to all of them. Values are compared as
    ``value <= threshold``; a library that asks ``value < threshold`` is read with the next smaller
    threshold, which is the same question.

    Parameters
    ----------
    roots : ndarray of int, shape (trees,)
    outputs : ndarray of int, shape (trees,)
        Output that a tree adds to; -1 when it adds to each.
    feature, threshold, left, right, missing_left, value, cover : ndarray
        As in `Tree`, over all nodes.
    bits_at, bits : ndarray of int
        Place of a node's set of categories in ``bits``, -1 for none; first its number of words.
    base : ndarray of float, shape (outputs,)
        What is added to each output beside the trees.
    single : bool
        Whether the library compares in single precision.
    zero : float
        Values no further from 0 count as 0.
    unit : {"log-odds", "probability", "score", "target", "log of the target"}
    layout : Layout
        What the walk needs to know of the paths.
    """

    roots: np.ndarray
    outputs: np.ndarray
    feature: np.ndarray
    threshold: np.ndarray
    left: np.ndarray
    right: np.ndarray
    missing_left: np.ndarray
    value: np.ndarray
    cover: np.ndarray
    bits_at: np.ndarray
    bits: np.ndarray
    base: np.ndarray
    single: bool
    zero: float
    unit: str
    layout: Layout

    def trees_of(self, output: int) -> np.ndarray:
        """Return the trees that add to an output, shape (t,)."""
        return np.flatnonzero((self.outputs == output) | (self.outputs < 0))

    def leaves_for(self, output: int) -> np.ndarray:
        """Return what each node adds to an output, shape (nodes,)."""
        column = output if self.value.shape[1] > 1 else 0
        return np.ascontiguousarray(self.value[:, column])

    def compared(self, matrix: np.ndarray) -> np.ndarray:
        """Return the rows as the library compares them, shape (n, p).

        Parameters
        ----------
        matrix : ndarray of float, shape (n, p)
        """
        found = np.asarray(matrix, dtype=np.float64)
        if self.single:
            with np.errstate(over="ignore"):
                found = found.astype(np.float32).astype(np.float64)
        if self.zero:
            found = np.where(np.abs(found) <= self.zero, 0.0, found)
        # The kernels are compiled for arrays that may be written to.
        return np.require(found, requirements=["C", "W"])

    def expected(self, output: int) -> float:
        """Return the output of a row of which nothing is known."""
        trees = self.trees_of(output)
        means = self.layout.means(self.leaves_for(output))
        return float(self.base[output] + means[self.roots[trees]].sum())

    def predict(self, matrix: np.ndarray) -> np.ndarray:
        """Return the raw outputs of rows, shape (n, outputs).

        Parameters
        ----------
        matrix : ndarray of float, shape (n, p)
        """
        rows = self.compared(matrix)
        found = np.empty((len(rows), len(self.base)))
        for output, base in enumerate(self.base):
            roots = self.roots[self.trees_of(output)]
            found[:, output] = base + leaf_sums(rows, roots, self.leaves_for(output), *self.nodes)
        return found

    @property
    def nodes(self) -> tuple[np.ndarray, ...]:
        """What a row needs to find its way: the arrays in the order the kernels take them."""
        return (
            self.feature,
            self.threshold,
            self.left,
            self.right,
            self.missing_left,
            self.bits_at,
            self.bits,
        )


def grow(
    trees: Sequence[Tree],
    outputs: np.ndarray,
    base: np.ndarray,
    unit: str,
    *,
    single: bool = False,
    zero: float = 0.0,
) -> Forest:
    """Put trees one behind another.

    Parameters
    ----------
    trees : sequence of Tree
        At least one.
    outputs : ndarray of int, shape (trees,)
    base : ndarray of float, shape (outputs,)
    unit : str
    single, zero : bool, float
        See `Forest`.

    Returns
    -------
    Forest

    Raises
    ------
    UnreadableModel
        If there is no tree, a leaf is not a number, or the training rows of two branches do not
        add up to those of their node.
    """
    if not trees:
        raise UnreadableModel("the model has no trees")
    starts = np.cumsum([0, *(len(t.feature) for t in trees[:-1])])
    feature = np.concatenate([t.feature for t in trees]).astype(np.int32)
    inner = feature >= 0
    left, right = (
        np.concatenate([getattr(t, side) + s for t, s in zip(trees, starts, strict=True)])
        for side in ("left", "right")
    )
    cover = np.concatenate([t.cover for t in trees]).astype(np.float64)
    value = np.concatenate([t.value for t in trees]).astype(np.float64)
    _check(cover, left, right, inner, value)
    bits_at, bits = _category_bits(trees, starts, len(feature))
    left = np.where(inner, left, LEAF).astype(np.int32)
    right = np.where(inner, right, LEAF).astype(np.int32)
    return Forest(
        starts.astype(np.int64),
        np.asarray(outputs, dtype=np.int64),
        np.where(inner, feature, LEAF).astype(np.int32),
        np.concatenate([t.threshold for t in trees]).astype(np.float64),
        left,
        right,
        np.concatenate([t.missing_left for t in trees]).astype(np.bool_),
        value,
        cover,
        bits_at,
        bits,
        np.asarray(base, dtype=np.float64),
        single,
        zero,
        unit,
        lay_out(starts.astype(np.int64), feature, left, right, cover),
    )


def _check(
    cover: np.ndarray, left: np.ndarray, right: np.ndarray, inner: np.ndarray, value: np.ndarray
) -> None:
    if not np.isfinite(value[~inner]).all():
        raise UnreadableModel("a leaf holds no finite number")
    whole = cover[inner]
    parts = cover[left[inner]] + cover[right[inner]]
    if not (np.isfinite(cover).all() and (whole > 0).all()):
        raise UnreadableModel("a branch was never taken in training")
    # Hessians are stored in single precision.
    if not np.allclose(parts, whole, rtol=1e-3):
        raise UnreadableModel("training rows of two branches do not add up to those of their node")


def _category_bits(
    trees: Sequence[Tree], starts: np.ndarray, size: int
) -> tuple[np.ndarray, np.ndarray]:
    at = np.full(size, -1, dtype=np.int32)
    words: list[np.ndarray] = []
    length = 0
    for tree, start in zip(trees, starts, strict=True):
        for node, members in tree.categories.items():
            count = int(members.max(initial=0)) // 32 + 1
            found = np.zeros(count + 1, dtype=np.uint32)
            found[0] = count
            np.bitwise_or.at(
                found, 1 + members // 32, np.uint32(1) << (members % 32).astype(np.uint32)
            )
            at[start + node] = length
            words.append(found)
            length += len(found)
    return at, np.concatenate(words) if words else np.zeros(1, dtype=np.uint32)
