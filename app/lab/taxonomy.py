"""Counting causes that a person gave to errors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.lab.estimate import Estimate
from app.lab.proportion import wilson


@dataclass(frozen=True)
class Cause:
    """One cause, how often it was given, and its share of the coded rows."""

    key: str
    n: int
    share: Estimate


def count_causes(causes: Iterable[str], known: Mapping[str, str]) -> tuple[Cause, ...]:
    """Count the causes given to rows.

    Parameters
    ----------
    causes : iterable of str
        One key a row; empty for a row that is not coded yet.
    known : mapping
        Keys that may be given.

    Returns
    -------
    tuple of Cause
        Most frequent first; rows that are not coded are left out of the shares.
    """
    given = Counter(cause for cause in causes if cause and cause in known)
    total = sum(given.values())
    return tuple(
        Cause(key, n, wilson(n, total))
        for key, n in sorted(given.items(), key=lambda item: (-item[1], item[0]))
    )
