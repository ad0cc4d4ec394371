"""What a live model answered, set beside the rows it was tested on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from app.lab.contract import Contract, frame_of, remarks
from app.lab.drift import Bins, codes_of, psi
from app.lab.estimate import Estimate
from app.lab.proportion import wilson

LEAST_ROWS = 200
SPANS = 24
LEAST_IN_SPAN = 10


@dataclass(frozen=True)
class Unusual:
    """Shares of rows in which a column is unusual, each in [0, 1].

    Parameters
    ----------
    missing : float
        No value.
    unseen : float
        A text that no training row held.
    outside : float
        A number or date beyond the training rows.
    expected_missing : float
        Share of training rows without a value.
    """

    missing: float
    unseen: float
    outside: float
    expected_missing: float

    @property
    def most(self) -> float:
        """The largest share that training rows do not explain."""
        return max(self.missing - self.expected_missing, self.unseen, self.outside)


@dataclass(frozen=True)
class Span:
    """Latency of the requests of one span of time, in milliseconds.

    Parameters
    ----------
    at : Timestamp
        Middle request.
    p50, p95 : float
    n : int
        Requests for one row.
    """

    at: pd.Timestamp
    p50: float
    p95: float
    n: int


@dataclass(frozen=True)
class ServedLook:
    """What a look at the log shows.

    Parameters
    ----------
    n : int
        Rows that were looked at.
    left_out : int
        Rows that lack a column of the contract.
    drift : mapping of str to float
        Population stability index by column, the largest first; empty below 200 rows.
    unusual : mapping of str to Unusual
        By column, where anything is; the most unusual first.
    flagged, fallback : Estimate
        Share of rows outside of what training held, and of answers not given by the model.
    by : mapping of str to int
        Answers by rung.
    spans : tuple of Span
        Latency over time.
    """

    n: int
    left_out: int
    drift: Mapping[str, float]
    unusual: Mapping[str, Unusual]
    flagged: Estimate
    fallback: Estimate
    by: Mapping[str, int]
    spans: tuple[Span, ...]

    @property
    def enough(self) -> bool:
        """Whether there are enough rows to speak of drift."""
        return self.n >= LEAST_ROWS


def look(
    contract: Contract,
    reference: Bins,
    rows: Sequence[Mapping[str, Any]],
    numbers: np.ndarray,
    log: pd.DataFrame,
    prediction: str,
    top: str = "model",
) -> ServedLook:
    """Set logged rows beside the held-out rows the model was tested on.

    Parameters
    ----------
    contract : Contract
        What rows must hold.
    reference : dict of str to ColumnBins
        Of the held-out rows, the prediction among them.
    rows : sequence of mapping, length n
        Plain values by column.
    numbers : ndarray of float, shape (n,)
        One number an answer.
    log : DataFrame, n rows
        With ``at`` (UTC), ``answered_by``, ``ms`` (of the request), ``asked`` (its rows).
    prediction : str
        Name of the prediction in ``reference``.
    top : str
        Rung that is the model itself.

    Returns
    -------
    ServedLook
    """
    names = set(contract.names)
    kept = [place for place, row in enumerate(rows) if names <= set(row)]
    whole = [rows[place] for place in kept]
    mine = log.iloc[kept]
    found, flagged = _unusual(contract, whole)
    n = len(kept)
    by = Counter(str(rung) for rung in mine["answered_by"])
    return ServedLook(
        n,
        len(rows) - n,
        _drift(contract, reference, whole, numbers[kept], prediction) if n >= LEAST_ROWS else {},
        found,
        wilson(flagged, n),
        wilson(n - by[top], n),
        dict(by.most_common()),
        spans_of(mine[mine["asked"] == 1]),
    )


def _drift(
    contract: Contract,
    reference: Bins,
    rows: Sequence[Mapping[str, Any]],
    numbers: np.ndarray,
    prediction: str,
) -> dict[str, float]:
    frame = frame_of(contract, rows)
    frame[prediction] = numbers
    found = {}
    for name, bins in reference.items():
        if name in frame.columns:
            actual = np.bincount(codes_of(bins, frame[name]), minlength=bins.size).astype(float)
            found[name] = float(psi(bins.reference[None], actual[None])[0])
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def _unusual(
    contract: Contract, rows: Sequence[Mapping[str, Any]]
) -> tuple[dict[str, Unusual], int]:
    """Return what is unusual by column, and in how many rows anything lies outside of training."""
    counts: Counter[tuple[str, str]] = Counter()
    flagged = 0
    for row in rows:
        said = remarks(contract, row)
        flagged += bool(said)
        counts.update((remark.column, remark.kind) for remark in said)
        counts.update((name, "missing") for name in contract.names if row[name] is None)
    n = max(1, len(rows))
    found = {
        column.name: Unusual(
            counts[column.name, "missing"] / n,
            counts[column.name, "unseen"] / n,
            counts[column.name, "outside"] / n,
            column.missing_share,
        )
        for column in contract.columns
    }
    seen = {name: one for name, one in found.items() if one.missing + one.unseen + one.outside > 0}
    return dict(sorted(seen.items(), key=lambda item: -item[1].most)), flagged


def spans_of(log: pd.DataFrame) -> tuple[Span, ...]:
    """Return latency over time, in spans of about as many requests each.

    Parameters
    ----------
    log : DataFrame
        With ``at`` and ``ms``, in the order of time.

    Returns
    -------
    tuple of Span, at most 24
        Each of 10 requests or more; empty when there are fewer.
    """
    spans = min(SPANS, len(log) // LEAST_IN_SPAN)
    if not spans:
        return ()
    found = []
    for part in np.array_split(np.arange(len(log)), spans):
        ms = log["ms"].to_numpy(dtype=float)[part]
        at = log["at"].iloc[part[len(part) // 2]]
        found.append(Span(at, float(np.median(ms)), float(np.quantile(ms, 0.95)), len(part)))
    return tuple(found)
