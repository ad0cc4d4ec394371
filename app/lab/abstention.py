"""What it costs, and how right it is, when only the surest rows are decided alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.lab.clustered import weighted
from app.lab.cost import BinaryCosts, break_even_probability
from app.lab.estimate import Estimate
from app.lab.outcomes import Outcomes

SHARES = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)


@dataclass(frozen=True)
class Abstaining:
    """Deciding a share of the rows alone, the surest first; the others go to a person.

    Parameters
    ----------
    coverage : float
        Share of the rows that are decided alone.
    from_sure : float
        How sure it is at least of these rows.
    right : Estimate
        Share of right decisions among them.
    cost : Estimate
        Of one of them, in currency.
    total : Estimate
        Of a decision over all rows, those of the person included; NaN without a price.
    worth : Estimate
        Of one of the others, had it been left to the model: what a look by a person may cost at
        most. NaN when none are left.
    """

    coverage: float
    from_sure: float
    right: Estimate
    cost: Estimate
    total: Estimate
    worth: Estimate


def sureness(outcomes: Outcomes, costs: object) -> np.ndarray:
    """Return how sure a decision is.

    Parameters
    ----------
    outcomes : Outcomes, n rows
        Binary or multiclass.
    costs : Costs
        With costs of a yes-or-no decision the distance of the probability from break-even counts,
        stretched on both sides so that 0 and 1 are equally sure.

    Returns
    -------
    ndarray of float, shape (n,)
        In [0, 1]; the probability of the likeliest class for several classes.
    """
    score = outcomes.score
    if outcomes.form != "binary":
        return score
    middle = break_even_probability(costs) if isinstance(costs, BinaryCosts) else 0.5
    middle = float(np.clip(middle, 1e-6, 1 - 1e-6))
    return np.where(score >= middle, (score - middle) / (1 - middle), (middle - score) / middle)


def risk_coverage(
    outcomes: Outcomes,
    sure: np.ndarray,
    right: np.ndarray,
    loss: np.ndarray,
    review: float | None = None,
    shares: tuple[float, ...] = SHARES,
) -> tuple[Abstaining, ...]:
    """Return how right and how costly it is, by how many rows are decided alone.

    Parameters
    ----------
    outcomes : Outcomes, n rows
    sure : ndarray of float, shape (n,)
    right : ndarray of float, shape (n,)
        1.0 where deciding alone is right.
    loss : ndarray of float, shape (n,)
        What deciding alone costs, in currency.
    review : float, optional
        What a look by a person costs, who is taken to be right.
    shares : tuple of float
        Coverages in (0, 1].

    Returns
    -------
    tuple of Abstaining
        Ascending coverage; rows that are equally sure are decided together, so that there may
        be fewer points than shares.

    References
    ----------
    El-Yaniv & Wiener (2010), https://jmlr.org/papers/v11/el-yaniv10a.html
    """
    n = outcomes.size
    if n == 0:
        return ()
    codes = np.unique(outcomes.blocks, return_inverse=True)[1]
    price = np.nan if review is None else review
    everyone, ones = np.ones(n, dtype=bool), np.ones(n)

    def mean(values: np.ndarray, rows: np.ndarray, share: bool = False) -> Estimate:
        return weighted(values, ones, rows, codes, share).estimate()

    ordered = np.sort(sure)[::-1]
    found = []
    for edge in sorted({float(ordered[max(0, round(s * n) - 1)]) for s in shares}, reverse=True):
        alone = sure >= edge
        found.append(
            Abstaining(
                float(alone.mean()),
                edge,
                mean(right, alone, share=True),
                mean(loss, alone),
                mean(np.where(alone, loss, price), everyone),
                mean(loss, ~alone),
            )
        )
    return tuple(found)
