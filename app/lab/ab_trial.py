"""Playing an A/B test on decisions of which both costs are known: what would have been concluded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import sparse, special

from app.lab.always_valid import reach
from app.lab.sequential import boundaries

CHUNK = 100
LEAST_UNITS = 30
FEWEST_UNITS = 6


@dataclass(frozen=True)
class Paired:
    """Decisions in time order, with what each way would have cost.

    Parameters
    ----------
    cost_a, cost_b : ndarray of float, shape (n,)
        Under the way of today, and under the model.
    unit : ndarray of int, shape (n,)
        What is drawn into an arm as a whole.
    day : ndarray of int, shape (n,)
        Look after which the decision is known, from 0, never falling.
    """

    cost_a: np.ndarray
    cost_b: np.ndarray
    unit: np.ndarray
    day: np.ndarray

    @property
    def saving(self) -> float:
        """What the model really saves, in currency per decision."""
        return float((self.cost_a - self.cost_b).mean())

    @property
    def days(self) -> int:
        """Number of looks."""
        return int(self.day[-1]) + 1


@dataclass(frozen=True)
class Watched:
    """Estimated saving and its variance after every look of many played tests.

    Parameters
    ----------
    saving, variance : ndarray of float, shape (looks, tests)
        NaN while an arm has too few units.
    share : ndarray of float, shape (looks,)
        Share of the decisions that are known by then.
    """

    saving: np.ndarray
    variance: np.ndarray
    share: np.ndarray

    @property
    def z(self) -> np.ndarray:
        """Saving in standard errors, shape (looks, tests); NaN where nothing can be said."""
        with np.errstate(invalid="ignore", divide="ignore"):
            found = self.saving / np.sqrt(self.variance)
        return np.where(self.variance > 0, found, np.nan)


def play(
    pairs: Paired, share_b: float, tests: int, rng: np.random.Generator
) -> tuple[Watched, Watched]:
    """Draw units into arms many times and watch each test, once as it is, once with two equal arms.

    Parameters
    ----------
    pairs : Paired
    share_b : float
        Chance of a unit to be decided by the model, in (0, 1).
    tests : int
    rng : Generator

    Returns
    -------
    real, equal : Watched
        ``equal`` plays the way of today in both arms, with the same draws.

    References
    ----------
    Variance of a ratio of sums over units (delta method): Deng, Knoblich & Lu (2018),
    https://doi.org/10.1145/3219819.3219919
    """
    sums = _UnitSums.of(pairs)
    real, equal = [], []
    for start in range(0, tests, CHUNK):
        drawn = rng.random((sums.units, min(CHUNK, tests - start))) < share_b
        b = sums.of_arm(drawn)
        a = {name: sums.total[name][:, None] - values for name, values in b.items()}
        low_a, low_b = _mean(a, "a"), _mean(b, "b")
        real.append((low_a[0] - low_b[0], low_a[1] + low_b[1]))
        low_b = _mean(b, "a")
        equal.append((low_a[0] - low_b[0], low_a[1] + low_b[1]))
    known = np.searchsorted(pairs.day, np.arange(pairs.days), side="right") / len(pairs.day)
    shares = np.maximum.accumulate(known)
    return _joined(real, shares), _joined(equal, shares)


def _joined(parts: list[tuple[np.ndarray, np.ndarray]], shares: np.ndarray) -> Watched:
    return Watched(
        np.concatenate([p[0] for p in parts], axis=1),
        np.concatenate([p[1] for p in parts], axis=1),
        shares,
    )


def _mean(arm: dict[str, np.ndarray], way: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean cost of an arm and its variance, robust to decisions of a unit being alike."""
    n, units = arm["n"], arm["units"]
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = arm[way] / n
        spread = arm[way + way] - 2 * mean * arm["n" + way] + mean**2 * arm["nn"]
        variance = np.maximum(spread, 0.0) / n**2 * units / (units - 1)
    # Early variances of few units are too small too often; a test that may look waits for some.
    enough = units >= np.minimum(LEAST_UNITS, np.maximum(units[-1] // 2, FEWEST_UNITS))
    return np.where(enough, mean, np.nan), np.where(enough, variance, np.nan)


@dataclass(frozen=True)
class _UnitSums:
    """Sums over units up to each look, as matrices that a draw of units is multiplied with."""

    names: tuple[str, ...]
    matrix: sparse.csr_matrix
    cumulated: bool
    looks: int
    units: int
    total: dict[str, np.ndarray]

    @classmethod
    def of(cls, pairs: Paired) -> _UnitSums:
        unit = np.unique(pairs.unit, return_inverse=True)[1]
        units, looks = int(unit.max()) + 1, pairs.days
        place = (pairs.day, unit)
        base = {
            "n": _summed(np.ones(len(unit)), place, (looks, units)),
            "a": _summed(pairs.cost_a, place, (looks, units)),
            "b": _summed(pairs.cost_b, place, (looks, units)),
        }
        # A unit seen on one day only keeps its sums: the days can be added up afterwards.
        once = base["n"].nnz == units
        if not once:
            base = {k: sparse.csr_matrix(np.cumsum(m.toarray(), axis=0)) for k, m in base.items()}
        n, a, b = base["n"], base["a"], base["b"]
        parts = {
            **base,
            "nn": n.multiply(n),
            "aa": a.multiply(a),
            "bb": b.multiply(b),
            "na": n.multiply(a),
            "nb": n.multiply(b),
            "units": (n > 0).astype(float),
        }
        names = tuple(parts)
        matrix = sparse.vstack([parts[name] for name in names]).tocsr()
        found = cls(names, matrix, once, looks, units, {})
        whole = found.of_arm(np.ones((units, 1)))
        return cls(names, matrix, once, looks, units, {k: v[:, 0] for k, v in whole.items()})

    def of_arm(self, drawn: np.ndarray) -> dict[str, np.ndarray]:
        """Return every sum of the drawn units up to each look, shape (looks, tests)."""
        sums = np.asarray(self.matrix @ drawn.astype(float))
        found = sums.reshape(len(self.names), self.looks, -1)
        if self.cumulated:
            found = np.cumsum(found, axis=1)
        return dict(zip(self.names, found, strict=True))


def _summed(
    values: np.ndarray, place: tuple[np.ndarray, np.ndarray], shape: tuple[int, int]
) -> sparse.csr_matrix:
    return sparse.coo_matrix((values, place), shape=shape).tocsr()


@dataclass(frozen=True)
class Concluded:
    """What a way of looking would have concluded in each played test.

    Parameters
    ----------
    sign : ndarray of int, shape (tests,)
        1 the model saves, -1 it costs more, 0 nothing was concluded.
    stopped : ndarray of int, shape (tests,)
        Look after which it was concluded; the last look when nothing was.
    """

    sign: np.ndarray
    stopped: np.ndarray


Bound = Callable[[Watched], np.ndarray]


def conclude(watched: Watched, limits: np.ndarray, one_way: bool = False) -> Concluded:
    """Stop each test where the saving first leaves its limits.

    Parameters
    ----------
    watched : Watched
    limits : ndarray of float, shape (looks,) or (looks, tests)
        In standard errors; infinite where nobody looks.
    one_way : bool
        Whether only a saving can be concluded, never a loss.

    Returns
    -------
    Concluded
    """
    z = watched.z
    wide = limits if limits.ndim == 2 else limits[:, None]
    over = np.isfinite(z) & ((z if one_way else np.abs(z)) >= wide)
    first = over.argmax(axis=0)
    hit = over.any(axis=0)
    tests = np.arange(z.shape[1])
    sign = np.where(hit, np.sign(z[first, tests]), 0).astype(int)
    return Concluded(sign, np.where(hit, first, len(z) - 1))


def once_limits(watched: Watched, alpha: float) -> np.ndarray:
    """Return the limits of a test that is looked at once, at its end.

    Parameters
    ----------
    watched : Watched
    alpha : float
        Two-sided error.

    Returns
    -------
    ndarray of float, shape (looks,)
    """
    limits = np.full(len(watched.share), np.inf)
    limits[-1] = -special.ndtri(alpha / 2)
    return limits


def peeking_limits(watched: Watched, alpha: float) -> np.ndarray:
    """Return the limits of someone who takes that same test at every look.

    Parameters
    ----------
    watched : Watched
    alpha : float

    Returns
    -------
    ndarray of float, shape (looks,)
    """
    return np.full(len(watched.share), -special.ndtri(alpha / 2))


def group_limits(watched: Watched, alpha: float, looks: int) -> np.ndarray:
    """Return O'Brien–Fleming limits at a few looks, by the share of decisions known at each.

    Parameters
    ----------
    watched : Watched
    alpha : float
    looks : int
        At least 1.

    Returns
    -------
    ndarray of float, shape (looks of the test,)
        Infinite between the planned looks.
    """
    days = len(watched.share)
    places = np.unique(np.ceil(np.arange(1, looks + 1) * days / looks).astype(int) - 1)
    shares = np.minimum(watched.share[places], 1.0)
    rising = np.r_[True, np.diff(shares) > 0]
    limits = np.full(days, np.inf)
    limits[places[rising]] = boundaries(shares[rising], alpha)
    return limits


def valid_limits(watched: Watched, alpha: float, mixing: float) -> np.ndarray:
    """Return always-valid limits at every look, by the variance seen in each test.

    Parameters
    ----------
    watched : Watched
    alpha : float
    mixing : float
        See `app.lab.always_valid.reach`.

    Returns
    -------
    ndarray of float, shape (looks, tests)
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        found = reach(watched.variance, mixing, alpha) / np.sqrt(watched.variance)
    return np.where(watched.variance > 0, found, np.inf)
