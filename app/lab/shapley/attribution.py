"""How predictions are put together, column by column."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np


@dataclass(frozen=True)
class Attribution:
    """How each prediction is put together.

    Parameters
    ----------
    columns : tuple of str
        The user's columns.
    values : ndarray of float, shape (n, p)
        Contribution of each column to each row's output.
    base : float
        Output before any column is looked at; where rows start from bases of their own, their mean.
    unit : str
        ``"log-odds"``, ``"probability"``, ``"score"`` or ``"target"``.
    method : str
    bases : ndarray of float, shape (n,), optional
        Base of each row; of several classes each has its own. ``base`` for all when left out.
    error : ndarray of float, shape (n, p), optional
        Standard error of each value where columns were drawn at random; None where exact.
    classes : ndarray of int, shape (n,), optional
        Class whose output is explained; only for several classes.
    """

    columns: tuple[str, ...]
    values: np.ndarray
    base: float
    unit: str
    method: str
    bases: np.ndarray = field(default_factory=lambda: np.empty(0))
    error: np.ndarray | None = None
    classes: np.ndarray | None = None

    def __post_init__(self) -> None:
        if len(self.bases) != len(self.values):
            object.__setattr__(self, "bases", np.full(len(self.values), self.base))

    @property
    def output(self) -> np.ndarray:
        """What the model says of each row, in ``unit``, shape (n,): base and contributions."""
        return np.asarray(self.bases + self.values.sum(axis=1))

    @property
    def exact(self) -> bool:
        """Whether nothing was drawn at random."""
        return self.error is None

    @property
    def column_error(self) -> np.ndarray | None:
        """Most that the mean absolute values may be off by one standard error, shape (p,).

        The draws are the same for all rows, so the errors of the rows do not cancel.
        """
        if self.error is None or not len(self.error):
            return None
        return np.asarray(self.error.mean(axis=0))

    def rows(self, picked: np.ndarray) -> Attribution:
        """Return the attribution of some rows.

        Parameters
        ----------
        picked : ndarray of bool, shape (n,), or of int
        """
        bases = self.bases[picked]
        return replace(
            self,
            values=self.values[picked],
            base=float(bases.mean()) if len(bases) else self.base,
            bases=bases,
            error=None if self.error is None else self.error[picked],
            classes=None if self.classes is None else self.classes[picked],
        )

    def folded(self, columns: tuple[str, ...], sources: tuple[str, ...]) -> Attribution:
        """Return it with contributions added up by where they come from.

        Parameters
        ----------
        columns : tuple of str
            Of the result, in order; one that nothing comes from gets zero.
        sources : tuple of str
            Column of the result that each column of this one belongs to.

        Returns
        -------
        Attribution
            Errors are added as if they all went the same way.
        """
        place = np.array([columns.index(source) for source in sources], dtype=int)
        parts = np.zeros((len(sources), len(columns)))
        parts[np.arange(len(sources)), place] = 1.0
        error = None if self.error is None else self.error @ parts
        return replace(self, columns=columns, values=self.values @ parts, error=error)


def attribution(
    columns: tuple[str, ...],
    values: np.ndarray,
    bases: np.ndarray,
    unit: str,
    method: str,
    *,
    error: np.ndarray | None = None,
    classes: np.ndarray | None = None,
) -> Attribution:
    """Return an attribution whose rows have bases of their own.

    Parameters
    ----------
    columns, values, bases, unit, method, error, classes
        See `Attribution`.

    Returns
    -------
    Attribution
    """
    base = float(bases.mean()) if len(bases) else 0.0
    return Attribution(columns, values, base, unit, method, bases, error, classes)
