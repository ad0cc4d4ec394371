"""Counting causes that a person gave to errors, and what removing each could gain at most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.lab.estimate import Estimate
from app.lab.proportion import wilson

ENOUGH_DRAWS = 10


@dataclass(frozen=True)
class Coded:
    """A row of the queue to which a person gave a cause.

    Parameters
    ----------
    cause : str
        Key of the cause.
    reasons : tuple of str
        Why the row was read.
    draws : int
        How often the random draw hit it; 0 when it was read for other reasons only.
    """

    cause: str
    reasons: tuple[str, ...] = ()
    draws: int = 0


@dataclass(frozen=True)
class Cause:
    """One cause: how often it was given, and its share of all that the errors cost.

    Parameters
    ----------
    key : str
    n : int
        Rows that were given this cause.
    by_reason : dict of str to int
        The same by why the row was read; a row with two reasons counts in both.
    share : Estimate or None
        Share of the cost of all errors, from the random draw only; None with fewer than ten draws
        coded.
    gain : Estimate or None
        The share times the cost of all errors: removing the cause can gain at most this.
    """

    key: str
    n: int
    by_reason: dict[str, int]
    share: Estimate | None
    gain: Estimate | None


def count_causes(
    coded: Iterable[Coded], known: Mapping[str, str], error_cost: float | None
) -> tuple[Cause, ...]:
    """Count the causes given to rows.

    Parameters
    ----------
    coded : iterable of Coded
    known : mapping
        Causes that may be given, by key; others are left out, as is the empty one.
    error_cost : float or None
        Cost of all errors, for instance of 1,000 decisions; held fixed.

    Returns
    -------
    tuple of Cause
        The largest possible gain first, then the most frequent.

    References
    ----------
    Wilson (1927), https://doi.org/10.1080/01621459.1927.10502953
    """
    rows = [row for row in coded if row.cause and row.cause in known]
    drawn = sum(row.draws for row in rows)
    counts = Counter(row.cause for row in rows)
    causes = [_cause(key, [r for r in rows if r.cause == key], drawn, error_cost) for key in counts]
    return tuple(sorted(causes, key=lambda c: (-_size(c), -c.n, c.key)))


def _size(cause: Cause) -> float:
    return cause.gain.value if cause.gain is not None else 0.0


def _cause(key: str, rows: list[Coded], drawn: int, error_cost: float | None) -> Cause:
    by_reason = dict(Counter(reason for row in rows for reason in row.reasons))
    if drawn < ENOUGH_DRAWS:
        return Cause(key, len(rows), by_reason, None, None)
    share = wilson(sum(row.draws for row in rows), drawn)
    return Cause(key, len(rows), by_reason, share, _times(share, error_cost))


def _times(share: Estimate, total: float | None) -> Estimate | None:
    if total is None:
        return None
    low, high = (None if end is None else end * total for end in (share.low, share.high))
    method = f"{share.method} interval of the share, cost of all errors held fixed"
    return Estimate(share.value * total, low, high, share.n, share.level, method)
