"""One slice that somebody defined: its loss, and which of two losses is lower there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from app.lab.estimate import Estimate
from app.lab.slices.proof import inside_out, paired


@dataclass(frozen=True)
class InSlice:
    """The loss of a slice that was defined before looking.

    Parameters
    ----------
    n : int
        Rows of the slice.
    loss, rest : float
        Mean loss inside and outside; NaN without rows.
    excess : Estimate
        Difference of the two; without an interval when there is not enough data.
    p_value : float
        Two-sided, not corrected; NaN when there is not enough data.
    """

    n: int
    loss: float
    rest: float
    excess: Estimate
    p_value: float


@dataclass(frozen=True)
class Comparison:
    """Two losses on the same rows of a slice.

    Parameters
    ----------
    n : int
        Rows of the slice.
    a, b : float
        Mean losses there; NaN without rows.
    difference : Estimate
        Mean of a less b; above zero, b is better here.
    p_value : float
        Two-sided, not corrected; NaN when there is not enough data.
    better : str
        ``"a"`` or ``"b"`` where the interval leaves out zero, else empty.
    """

    n: int
    a: float
    b: float
    difference: Estimate
    p_value: float
    better: Literal["a", "b", ""]


def measure_in(mask: np.ndarray, loss: np.ndarray, blocks: np.ndarray | None = None) -> InSlice:
    """Return how the loss of a slice differs from the rest.

    Parameters
    ----------
    mask : ndarray of bool, shape (n,)
    loss : ndarray of float, shape (n,)
    blocks : ndarray, shape (n,), optional
        Rows with one value (a day, a group) are alike; the interval is by block.

    Returns
    -------
    InSlice

    Raises
    ------
    ValueError
        If the lengths differ or a loss is not finite.
    """
    inside, values = _checked(mask, loss, blocks)
    gap = inside_out(inside, values, blocks)
    return InSlice(
        int(inside.sum()),
        _mean(values[inside]),
        _mean(values[~inside]),
        gap.estimate,
        gap.two_sided,
    )


def compare_in(
    mask: np.ndarray,
    loss_a: np.ndarray,
    loss_b: np.ndarray,
    blocks: np.ndarray | None = None,
) -> Comparison:
    """Compare two losses on the rows of a slice, row by row.

    Parameters
    ----------
    mask : ndarray of bool, shape (n,)
    loss_a, loss_b : ndarray of float, shape (n,)
        Such as those of a model and of a rule. Rows outside the slice say how much the difference
        may vary where all rows inside have the same.
    blocks : ndarray, shape (n,), optional
        Rows with one value (a day, a group) are alike; the interval is by block.

    Returns
    -------
    Comparison

    Raises
    ------
    ValueError
        If the lengths differ or a loss is not finite.
    """
    inside, a = _checked(mask, loss_a, blocks)
    _, b = _checked(mask, loss_b, blocks)
    apart = a - b
    spread = float(apart.var(ddof=1)) if len(apart) > 1 else 0.0
    gap = paired(apart[inside], spread, None if blocks is None else np.asarray(blocks)[inside])
    estimate = gap.estimate
    better: Literal["a", "b", ""] = ""
    if estimate.low is not None and estimate.high is not None:
        better = "b" if estimate.low > 0 else "a" if estimate.high < 0 else ""
    return Comparison(
        int(inside.sum()), _mean(a[inside]), _mean(b[inside]), estimate, gap.two_sided, better
    )


def _checked(
    mask: np.ndarray, loss: np.ndarray, blocks: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    inside, values = np.asarray(mask), np.asarray(loss, dtype=float)
    if inside.dtype != bool:
        raise ValueError(f"the mask holds {inside.dtype}; true or false for each row is needed")
    if inside.shape != values.shape or values.ndim != 1:
        raise ValueError(f"mask and loss have the shapes {inside.shape} and {values.shape}")
    if blocks is not None and len(blocks) != len(values):
        raise ValueError(f"blocks has {len(blocks):,} values; one for each of {len(values):,} rows")
    if not np.isfinite(values).all():
        raise ValueError("some losses are missing or infinite; leave these rows out first")
    return inside, values


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else float("nan")
