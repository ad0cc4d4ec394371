"""Counting a stream batch by batch, in memory that does not grow with the rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from app.lab.watching import counting
from app.lab.watching.profile import ALL, ColumnCounts, Profile, add_values, nothing
from app.lab.watching.shape import Shapes

FIRST = 32


class Tally:
    """Counts by chunk that grow as batches come.

    Parameters
    ----------
    shapes : dict of str to ColumnShape
    """

    def __init__(self, shapes: Shapes) -> None:
        self._places: dict[str, int] = {}
        self._rows = np.zeros(FIRST, dtype=np.int64)
        self._columns = {name: nothing(shape, FIRST) for name, shape in shapes.items()}

    def add(self, batch: Mapping[str, Any], of_row: np.ndarray, names: tuple[str, ...]) -> None:
        """Count a batch.

        Parameters
        ----------
        batch : mapping of str to Series or pyarrow.Array, n rows
            A column that is not there counts as missing.
        of_row : ndarray of int, shape (n,)
            Place in ``names`` of the chunk of each row.
        names : tuple of str
            Chunks of this batch; those known from before are gone on with.
        """
        for name in names:
            self._places.setdefault(name, len(self._places))
        self._make_room(len(self._places))
        table = np.array([self._places[name] for name in names], dtype=np.int64)
        place = table[of_row]
        rows = np.bincount(place, minlength=len(self._rows))
        self._rows += rows
        # One chunk needs no place a row.
        alone = len(names) == 1 and table[0] == 0
        for name, counts in self._columns.items():
            if name in batch:
                add_values(batch[name], counts, ALL if alone else place)
            else:
                counts.cells[:, -2] += rows

    def profile(self) -> Profile:
        """Return what was counted so far, chunks by name.

        Returns
        -------
        Profile
        """
        n = len(self._places)
        columns = {
            name: ColumnCounts(c.shape, c.cells[:n].copy(), c.moments[:n].copy())
            for name, c in self._columns.items()
        }
        return Profile(tuple(self._places), self._rows[:n].copy(), columns).in_order()

    def _make_room(self, chunks: int) -> None:
        more = len(self._rows)
        if chunks <= more:
            return
        more = max(more, chunks - len(self._rows))
        self._rows = np.concatenate([self._rows, np.zeros(more, dtype=np.int64)])
        for name, c in self._columns.items():
            cells = np.vstack([c.cells, np.zeros((more, c.shape.size), dtype=np.int64)])
            moments = np.vstack([c.moments, counting.empty_moments(more)])
            self._columns[name] = ColumnCounts(c.shape, cells, moments)
