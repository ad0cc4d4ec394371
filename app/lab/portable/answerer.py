"""Answers of a fitted rung to plain rows, by the short way where it is proven."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from app.lab.contract import Contract, frame_of
from app.lab.portable.row import one_row
from app.lab.rungs.rung import Fitted

Row = Mapping[str, Any]
# Up to so many rows one after the other are quicker than a table.
FEW = 8


class Answerer:
    """A fitted rung behind its contract.

    Parameters
    ----------
    fitted : Fitted
    contract : Contract
        Of at least the columns the rung reads.
    proof : sequence of mapping
        Rows on which the short way must give the bits of the long one; without any, and at the
        first that differs, only the long way is used.
    """

    def __init__(self, fitted: Fitted, contract: Contract, proof: Sequence[Row] = ()) -> None:
        self.fitted = fitted
        self.contract = contract.part(read_by(fitted, contract.names))
        self._short = self._proven(proof)

    def _proven(self, proof: Sequence[Row]) -> Any:
        short = one_row(self.fitted.predictor, self.contract) if proof else None
        if short is None:
            return None
        long = self.table(proof)
        same = all(
            short(row)[0].tobytes() == long[place].tobytes() for place, row in enumerate(proof)
        )
        return short if same else None

    @property
    def is_short(self) -> bool:
        """Whether single rows take the short way."""
        return self._short is not None

    def table(self, rows: Sequence[Row]) -> np.ndarray:
        """Return the answers by way of a table.

        Parameters
        ----------
        rows : sequence of mapping

        Returns
        -------
        ndarray of float, shape (n,) or (n, k)
        """
        return self.fitted.predict(frame_of(self.contract, rows))

    def __call__(self, rows: Sequence[Row]) -> np.ndarray:
        """Return the answer to every row.

        Parameters
        ----------
        rows : sequence of mapping
            Plain values by column that the contract has nothing against.

        Returns
        -------
        ndarray of float, shape (n,) or (n, k)
        """
        if self._short is None or not 0 < len(rows) <= FEW:
            return self.table(rows)
        return np.concatenate([self._short(row) for row in rows])


def read_by(fitted: Fitted, known: Sequence[str]) -> tuple[str, ...]:
    """Return the columns a rung reads: its encoder's may be more than it uses.

    Parameters
    ----------
    fitted : Fitted
    known : sequence of str
        Columns there are.

    Returns
    -------
    tuple of str
        Those of ``known`` first, in their order.
    """
    wanted = set(fitted.inputs)
    waiting: list[Any] = [fitted.predictor]
    while waiting:
        part = waiting.pop()
        waiting += [getattr(part, name) for name in ("inner", "design") if hasattr(part, name)]
        if hasattr(part, "encoder"):
            wanted |= set(part.encoder.sources)
        if hasattr(part, "level"):
            wanted.add(part.level)
    return (*(name for name in known if name in wanted), *sorted(wanted - set(known)))
