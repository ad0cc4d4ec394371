"""Did a change do harm? A bet on the loss, once labels have come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special

from app.lab.estimate import Estimate
from app.lab.watching.e_values import sums

BETS = (0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 0.95)
LEAST_ROWS = 30
TOLERANCE = 0.05
Verdict = Literal["harmful", "harmless", "not yet known"]


@dataclass(frozen=True)
class Harm:
    """Whether the mean loss rose by more than is tolerated.

    Parameters
    ----------
    wealth : ndarray of float, shape (days,)
        log10 of the evidence after each day.
    limit : float
        log10 of the run length at which it pages.
    first_day : int or None
        First day that pages.
    reference, now : float
        Mean loss on the reference, and on all the days asked about.
    excess : Estimate
        Their difference with its interval, by whole days.
    tolerance : float
        Rise of the mean loss that is accepted.
    verdict : {"harmful", "harmless", "not yet known"}
        Harmful when it paged; harmless when the whole interval is within the tolerance.
    """

    wealth: np.ndarray
    limit: float
    first_day: int | None
    reference: float
    now: float
    excess: Estimate
    tolerance: float
    verdict: Verdict


def harmful_change(
    reference: np.ndarray,
    loss: np.ndarray,
    of_row: np.ndarray,
    days: int,
    tolerance: float | None = None,
    run_length: float = 100.0,
    of_reference: np.ndarray | None = None,
) -> Harm:
    """Bet against “the mean loss is at most that of the reference and the tolerance”.

    Parameters
    ----------
    reference : ndarray of float, shape (m,)
        Loss of each reference row; rows with an unknown loss (NaN) are left out, here and below.
    loss : ndarray of float, shape (n,)
        Loss of each row whose label has come.
    of_row : ndarray of int, shape (n,)
        Day of each row, from 0, in the order in which labels come.
    days : int
    tolerance : float, optional
        In the unit of the loss; five per cent of the reference loss, or two standard errors of it
        if they are more, when left out.
    run_length : float
        Least mean number of days to a false page.
    of_reference : ndarray of int, shape (m,), optional
        Day of each reference row. Where losses of one day go together, bets are made as much
        smaller as these days vary more than rows would alone.

    Returns
    -------
    Harm
        The mean run length to a false page is at least ``run_length`` if, given the past, rows
        have a mean loss within the tolerance. Losses beyond the largest of the reference
        (its 99.9 % quantile) count as that.

    References
    ----------
    Podkopaev & Ramdas (2022), https://arxiv.org/abs/2110.06177; Waudby-Smith & Ramdas
    (2024), https://doi.org/10.1093/jrsssb/qkad009
    """
    known = np.isfinite(loss)
    loss, of_row = loss[known], np.asarray(of_row)[known]
    past, groups = _known_pair(reference, of_reference)
    if len(past) < LEAST_ROWS:
        raise ValueError(
            f"the reference has {len(past)} rows with a loss; at least {LEAST_ROWS} are needed"
        )
    usual = float(past.mean())
    spread = _overdispersion(past, groups)
    error = float(past.std(ddof=1)) * float(np.sqrt(spread / len(past)))
    if tolerance is None:
        tolerance = max(TOLERANCE * abs(usual), 2 * error)
    low, high = float(past.min()), float(np.quantile(past, 0.999))
    log_e = _bets(np.clip(loss, low, high), of_row, days, usual + tolerance, low, high, spread)
    limit = float(np.log(run_length))
    total = sums(log_e, np.full(len(BETS), -np.log(len(BETS))), limit)[0]
    paged = np.flatnonzero(total >= limit)
    first = int(paged[0]) if len(paged) else None
    excess = _excess(past, groups, loss, of_row, spread)
    return Harm(
        np.maximum(total, 0.0) / np.log(10),
        limit / float(np.log(10)),
        first,
        usual,
        float(loss.mean()) if len(loss) else float("nan"),
        excess,
        tolerance,
        _verdict(first, excess, tolerance),
    )


def _known_pair(
    loss: np.ndarray, groups: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray | None]:
    known = np.isfinite(loss)
    return loss[known], None if groups is None else np.asarray(groups)[known]


def _overdispersion(loss: np.ndarray, groups: np.ndarray | None) -> float:
    """How much more the means of days vary than those of as many independent rows, at least 1."""
    if groups is None:
        return 1.0
    counts = np.bincount(groups)
    used = counts > 0
    if used.sum() < 8:
        return 1.0
    means = np.bincount(groups, weights=loss)[used] / counts[used]
    within = float(loss.var(ddof=1))
    if within == 0:
        return 1.0
    square = float((counts[used] * (means - loss.mean()) ** 2).sum()) / (int(used.sum()) - 1)
    return max(1.0, square / within)


def _bets(
    loss: np.ndarray,
    of_row: np.ndarray,
    days: int,
    bar: float,
    low: float,
    high: float,
    spread: float,
) -> np.ndarray:
    """Log winnings by day and size of the bet; a bet of 1 would stake all on a loss above the bar."""
    apart = loss - bar
    found = np.zeros((days, len(BETS)))
    if bar >= high or bar <= low:
        # No loss can be above the bar, or none below it: nothing to bet on.
        return found
    for place, part in enumerate(BETS):
        stake = part / (bar - low)
        each = np.log1p(stake * apart) / spread
        found[:, place] = np.bincount(of_row, weights=each, minlength=days)[:days]
    return found


def _excess(
    past: np.ndarray,
    groups: np.ndarray | None,
    loss: np.ndarray,
    of_row: np.ndarray,
    spread: float,
) -> Estimate:
    n = len(loss)
    if n < LEAST_ROWS:
        return Estimate(float("nan"), None, None, n)
    value = float(loss.mean() - past.mean())
    now_spread = max(spread, _overdispersion(loss, of_row))
    variance = float(past.var(ddof=1)) * spread / len(past)
    variance += float(loss.var(ddof=1)) * now_spread / n
    days = len(np.unique(of_row)) if now_spread > 1 else n
    reach = float(special.stdtrit(max(days - 1, 2), 0.975)) * float(np.sqrt(variance))
    return Estimate(value, value - reach, value + reach, n, 0.95, "t interval by day")


def _verdict(first: int | None, excess: Estimate, tolerance: float) -> Verdict:
    if first is not None:
        return "harmful"
    if excess.high is not None and excess.high <= tolerance:
        return "harmless"
    return "not yet known"
