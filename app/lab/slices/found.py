"""What a slice search found."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from app.lab.condition import Condition
from app.lab.condition.cohort import joined, mask_of
from app.lab.estimate import Estimate


@dataclass(frozen=True)
class Slice:
    """A part of the rows in which the loss is higher, described in the user's words.

    Parameters
    ----------
    conditions : tuple of Condition
        Joined by and.
    n : int
        Rows of the slice in the half it was proven on.
    loss, rest : float
        Mean loss in the slice and outside, on that half.
    excess : Estimate
        Difference of the two, with its interval, on that half.
    p_value : float
        One-sided test on that half, corrected for the slices tested (Holm).
    share : float
        Share of all rows that fall into it.
    confirmed : bool
        True when the corrected p value is below 0.03.
    unseen : ndarray of bool, shape (n of the frame,)
        Rows of the half it was proven on; its other numbers come from them only.
    """

    conditions: tuple[Condition, ...]
    n: int
    loss: float
    rest: float
    excess: Estimate
    p_value: float
    share: float
    confirmed: bool
    unseen: np.ndarray = field(repr=False, compare=False)

    @property
    def words(self) -> str:
        """The conditions as a person reads them."""
        return joined(self.conditions)

    def mask(self, frame: pd.DataFrame) -> np.ndarray:
        """Return which rows of a frame fall into the slice.

        Parameters
        ----------
        frame : DataFrame, n rows

        Returns
        -------
        ndarray of bool, shape (n,)
        """
        return mask_of(self.conditions, frame)

    @property
    def sure_total(self) -> float:
        """Total excess loss that is there even at the low end of the interval."""
        low = self.excess.low
        return (self.excess.value if low is None else low) * self.n


@dataclass(frozen=True)
class SliceSearch:
    """The outcome of a search.

    Parameters
    ----------
    slices : tuple of Slice
        Confirmed ones first, then by the total excess loss that is sure.
    searched : int
        Number of conditions and combinations that were scored.
    says : str
        One plain sentence, also when nothing was found.
    """

    slices: tuple[Slice, ...]
    searched: int
    says: str

    @property
    def confirmed(self) -> tuple[Slice, ...]:
        """The slices that hold up on the half that was not searched."""
        return tuple(s for s in self.slices if s.confirmed)

    def fair_rows(self, mask: np.ndarray, frame: pd.DataFrame, alike: float = 0.5) -> np.ndarray:
        """Return the rows that may speak for a slice.

        Parameters
        ----------
        mask : ndarray of bool, shape (n,)
            A slice that somebody defined, or one that was found.
        frame : DataFrame, n rows
            The one that was searched.
        alike : float
            From this Jaccard index on, it counts as a slice that was found.

        Returns
        -------
        ndarray of bool, shape (n,)
            The half that the slice was not found on; all rows for any other slice.
        """
        for found in self.slices:
            other = found.mask(frame)
            if (mask & other).sum() >= alike * max(1, int((mask | other).sum())):
                return found.unseen
        return np.ones(len(mask), dtype=bool)
