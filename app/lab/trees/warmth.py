"""Importing this module makes the compiled parts ready, while nobody waits for them.

Compiled code is kept beside the source, or in the user's cache where that cannot be written: the
first process ever takes seconds, every later one a moment.
"""

from __future__ import annotations

import numpy as np

from app.lab.trees.forest import Tree, grow
from app.lab.trees.quadrature import tree_contributions

_STUMP = Tree(
    np.array([0, -1, -1]),
    np.zeros(3),
    np.array([1, 0, 0]),
    np.array([2, 0, 0]),
    np.zeros(3, dtype=bool),
    np.array([[0.0], [-1.0], [1.0]]),
    np.array([2.0, 1.0, 1.0]),
)
_FOREST = grow([_STUMP], np.zeros(1, dtype=np.int64), np.zeros(1), "target")
READY = bool(
    np.allclose(tree_contributions(_FOREST, np.ones((1, 1))), 1.0)
    and np.allclose(_FOREST.predict(np.ones((1, 1))), 1.0)
)
