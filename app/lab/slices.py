"""Slices in which a model does worst: found on one half of the rows, proven on the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import stats

from app.lab.estimate import Estimate
from app.lab.intervals import holm

LEAST_ROWS = 30
LEAST_SHARE = 0.005
MOST_OVERLAP = 0.5
BEAM = 60
CUTS = 4
MOST_LEVELS = 15


@dataclass(frozen=True)
class Slice:
    """A part of the rows described in the user's words.

    Parameters
    ----------
    words : str
        Such as ``"origin is EWR and wx_wind_mph > 20"``.
    n : int
        Rows of the slice in the half it was proven on.
    loss, rest : float
        Mean loss in the slice and outside, on that half.
    excess : Estimate
        Difference of the two, with its interval.
    p_value : float
        One-sided Welch test on that half, corrected for the slices tested (Holm).
    share : float
        Share of all rows that fall into it.
    confirmed : bool
        True when the corrected p value is below 0.05.
    """

    words: str
    n: int
    loss: float
    rest: float
    excess: Estimate
    p_value: float
    share: float
    confirmed: bool


def find_slices(
    frame: pd.DataFrame,
    loss: np.ndarray,
    rng: np.random.Generator,
    blocks: np.ndarray | None = None,
    conditions: int = 2,
    most: int = 12,
) -> tuple[Slice, ...]:
    """Search for slices with a high loss on one half and test them on the other.

    Parameters
    ----------
    frame : DataFrame, n rows
    loss : ndarray of float, shape (n,)
    rng : Generator
    blocks : ndarray of int, shape (n,), optional
        Rows of one block (day, group) stay in one half.
    conditions : int
        At most this many conditions a slice, 1 or 2.
    most : int
        At most this many slices are tested.

    Returns
    -------
    tuple of Slice
        Proven ones first, then by the total excess loss that is sure. Effects come only from the unseen half.

    References
    ----------
    Chung et al. (2019), Slice Finder, https://doi.org/10.1109/ICDE.2019.00139
    """
    if len(loss) < 4 * LEAST_ROWS:
        return ()
    codes = np.arange(len(loss)) if blocks is None else np.unique(blocks, return_inverse=True)[1]
    first = (rng.random(int(codes.max()) + 1) < 0.5)[codes]
    if min(first.sum(), (~first).sum()) < 2 * LEAST_ROWS:
        return ()
    found = _search(_conditions(frame), loss, first, conditions)
    chosen = _distinct(found, most)
    return _prove(chosen, loss, ~first)


def _conditions(frame: pd.DataFrame) -> list[tuple[str, str, np.ndarray]]:
    found = []
    for column in frame.columns:
        name, series = str(column), frame[column]
        missing = series.isna().to_numpy()
        if missing.any():
            found.append((name, f"{name} is missing", missing))
        if pd.api.types.is_numeric_dtype(series) and series.nunique() > MOST_LEVELS:
            found += _numeric(name, series)
        elif not pd.api.types.is_datetime64_any_dtype(series):
            for level in series.value_counts().index[:MOST_LEVELS]:
                here = (series == level).fillna(False).to_numpy(dtype=bool)
                found.append((name, f"{name} is {level}", here))
    return found


def _numeric(name: str, series: pd.Series) -> list[tuple[str, str, np.ndarray]]:
    values = series.to_numpy(dtype=float, na_value=np.nan)
    finite = values[np.isfinite(values)]
    cuts = np.quantile(finite, np.linspace(0, 1, CUTS + 2)[1:-1]) if len(finite) else finite
    cuts = np.unique(cuts)
    found = []
    with np.errstate(invalid="ignore"):
        for cut in cuts:
            found.append((name, f"{name} > {cut:.4g}", values > cut))
            found.append((name, f"{name} ≤ {cut:.4g}", values <= cut))
    return found


def _search(
    singles: Sequence[tuple[str, str, np.ndarray]],
    loss: np.ndarray,
    half: np.ndarray,
    conditions: int,
) -> list[tuple[float, str, np.ndarray]]:
    least = max(LEAST_ROWS, int(LEAST_SHARE * half.sum()))
    scored = []
    for name, words, mask in singles:
        score = _score(mask[half], loss[half], least)
        if score is not None:
            scored.append((score, name, words, mask))
    scored.sort(key=lambda item: (-item[0], item[2]))
    found = [(score, words, mask) for score, _, words, mask in scored]
    if conditions > 1:
        for (s1, n1, w1, m1), (s2, n2, w2, m2) in combinations(scored[:BEAM], 2):
            if n1 == n2:
                continue
            both = m1 & m2
            score = _score(both[half], loss[half], least)
            if score is not None and score > max(s1, s2):
                found.append((score, f"{w1} and {w2}", both))
    return sorted(found, key=lambda item: (-item[0], item[1]))


def _score(mask: np.ndarray, loss: np.ndarray, least: int) -> float | None:
    """Pooled z of the difference in mean loss; None for too few rows or a lower loss."""
    n = int(mask.sum())
    if n < least or len(mask) - n < least:
        return None
    inside = float(loss[mask].mean())
    outside = float((loss.sum() - inside * n) / (len(loss) - n))
    spread = float(loss.std())
    if inside <= outside or spread == 0:
        return None
    return float((inside - outside) / (spread * np.sqrt(1 / n + 1 / (len(loss) - n))))


def _distinct(
    found: list[tuple[float, str, np.ndarray]], most: int
) -> list[tuple[float, str, np.ndarray]]:
    kept: list[tuple[float, str, np.ndarray]] = []
    for item in found:
        if len(kept) == most:
            break
        if all(_jaccard(item[2], other[2]) <= MOST_OVERLAP for other in kept):
            kept.append(item)
    return kept


def _jaccard(a: np.ndarray, b: np.ndarray) -> float:
    either = int((a | b).sum())
    return float((a & b).sum() / either) if either else 1.0


def _prove(
    chosen: list[tuple[float, str, np.ndarray]], loss: np.ndarray, half: np.ndarray
) -> tuple[Slice, ...]:
    tested = []
    for _, words, mask in chosen:
        inside, outside = loss[half & mask], loss[half & ~mask]
        if min(len(inside), len(outside)) < 5:
            continue
        tested.append((words, mask, inside, outside, _welch(inside, outside)))
    corrected = holm([p for *_, (_, p) in tested])
    slices = [
        Slice(
            words,
            len(inside),
            float(inside.mean()),
            float(outside.mean()),
            excess,
            float(p),
            float(mask.mean()),
            bool(p < 0.05),
        )
        for (words, mask, inside, outside, (excess, _)), p in zip(tested, corrected, strict=True)
    ]
    return tuple(sorted(slices, key=lambda s: (not s.confirmed, -_surely(s), s.words)))


def _surely(found: Slice) -> float:
    """Total excess loss that is there even at the low end of the interval."""
    low = found.excess.low
    return (found.excess.value if low is None else low) * found.n


def _welch(inside: np.ndarray, outside: np.ndarray) -> tuple[Estimate, float]:
    gap = float(inside.mean() - outside.mean())
    a, b = inside.var(ddof=1) / len(inside), outside.var(ddof=1) / len(outside)
    error = float(np.sqrt(a + b))
    if error == 0:
        return Estimate(gap, gap, gap, len(inside), 0.95, "Welch"), 0.0 if gap > 0 else 1.0
    freedom = (a + b) ** 2 / (a**2 / (len(inside) - 1) + b**2 / (len(outside) - 1))
    half = float(stats.t.ppf(0.975, freedom)) * error
    p = float(stats.t.sf(gap / error, freedom))
    method = "Welch interval on the unseen half"
    return Estimate(gap, gap - half, gap + half, len(inside), 0.95, method), p
