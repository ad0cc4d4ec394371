"""How much of the loss each column made, row by row and over rows."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from app.lab.column_means import column_means
from app.lab.estimate import Estimate
from app.lab.shapley import Attribution

UNITS = {"squared_error": "target²", "absolute_error": "target", "cost": "currency"}


@dataclass(frozen=True)
class LossAttribution:
    """How much of each row's loss each column made.

    Parameters
    ----------
    columns : tuple of str
    values : ndarray of float, shape (n, p)
        Above zero where a column made the loss larger than it is without looking at any column,
        below where it made it smaller.
    bases : ndarray of float, shape (n,)
        Loss of the base prediction.
    loss : str
        Key of the loss.
    unit : str
    method : str
    """

    columns: tuple[str, ...]
    values: np.ndarray
    bases: np.ndarray
    loss: str
    unit: str
    method: str

    @property
    def total(self) -> np.ndarray:
        """Loss of each row, shape (n,)."""
        return np.asarray(self.bases + self.values.sum(axis=1))

    def rows(self, picked: np.ndarray) -> LossAttribution:
        """Return the attribution of some rows.

        Parameters
        ----------
        picked : ndarray of bool, shape (n,), or of int
        """
        return replace(self, values=self.values[picked], bases=self.bases[picked])


@dataclass(frozen=True)
class LossPart:
    """What a column adds to the loss over some rows.

    Parameters
    ----------
    column : str
    mean : Estimate
        Mean contribution: above zero the rows are worse off for it.
    harm : Estimate
        Mean of the contributions that made a loss larger, the others counted as zero.
    rank : int
        By ``mean``, the most harmful first.
    """

    column: str
    mean: Estimate
    harm: Estimate
    rank: int


def named(found: Attribution, values: np.ndarray, bases: np.ndarray, loss: str) -> LossAttribution:
    """Return shares of a loss under the names of the columns.

    Parameters
    ----------
    found : Attribution
        That they come from.
    values : ndarray of float, shape (n, p)
    bases : ndarray of float, shape (n,)
    loss : str

    Returns
    -------
    LossAttribution
    """
    unit = UNITS.get(loss, "nats")
    return LossAttribution(
        found.columns, values, bases, loss, unit, f"{found.method}; rescaled to the loss"
    )


def mean_loss_parts(
    found: LossAttribution,
    rng: np.random.Generator,
    mask: np.ndarray | None = None,
    blocks: np.ndarray | None = None,
) -> tuple[LossPart, ...]:
    """Return what each column adds to the loss over all rows, or over those of a slice.

    Parameters
    ----------
    found : LossAttribution
    rng : Generator
    mask : ndarray of bool, shape (n,), optional
    blocks : ndarray of int, shape (n,), optional
        Rows of one block are drawn together.

    Returns
    -------
    tuple of LossPart
        Most harmful first.
    """
    part = found if mask is None else found.rows(mask)
    inside = blocks if blocks is None or mask is None else blocks[mask]
    means = part.values.mean(axis=0) if len(part.values) else np.zeros(len(found.columns))
    order = np.argsort(-means, kind="stable")
    # Means and harms are drawn together.
    both = np.hstack([part.values, np.maximum(part.values, 0.0)])
    each = column_means(both, rng, inside)
    return tuple(
        LossPart(found.columns[i], each[i], each[len(means) + i], rank)
        for rank, i in enumerate(order, start=1)
    )
