"""Would a group be served more cheaply by a threshold of its own?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from app.lab.clustered import FEWEST_COUNTED, Weighted, difference, weighted
from app.lab.cost import BinaryCosts, ReviewCosts, best_threshold, binary_cost
from app.lab.estimate import Estimate
from app.lab.intervals import holm
from app.lab.outcomes import Outcomes


@dataclass(frozen=True)
class GroupThreshold:
    """The cheapest threshold of one group, and what it would save there.

    Parameters
    ----------
    name : str
    n : int
    threshold : float
        Cheapest on all rows of the group; infinite for never acting, NaN when too small to say.
    cost : Estimate
        Of a decision at the common threshold.
    saving : Estimate
        Of a decision: common less own threshold, each half of the blocks judged by a threshold
        that was chosen on the other half.
    p_value : float
        Two-sided, corrected by Holm for the number of groups.
    """

    name: str
    n: int
    threshold: float
    cost: Estimate
    saving: Estimate
    p_value: float

    @property
    def proven(self) -> bool:
        """Whether the saving is above zero after correction."""
        return self.p_value < 0.05 and self.saving.value > 0


def own_thresholds(
    outcomes: Outcomes,
    groups: Mapping[str, np.ndarray],
    costs: BinaryCosts | ReviewCosts,
    common: float,
    rng: np.random.Generator,
    stakes: np.ndarray | None = None,
) -> tuple[GroupThreshold, ...]:
    """Return for every group its own cheapest threshold, and what that would save on unseen rows.

    A threshold chosen and judged on the same rows always looks better than the common one. Here
    the blocks are halved, and each half is judged by the threshold of the other.

    Parameters
    ----------
    outcomes : Outcomes, n rows
    groups : mapping of str to ndarray of bool, shape (n,)
    costs : BinaryCosts or ReviewCosts
    common : float
        The threshold in use.
    rng : Generator
        Halves the blocks.
    stakes : ndarray of float, shape (n,), optional
        What a miss of each row would cost, instead of the same for all.

    Returns
    -------
    tuple of GroupThreshold
        In the order of the groups.
    """
    plain = costs.as_binary() if isinstance(costs, ReviewCosts) else costs
    codes = np.unique(outcomes.blocks, return_inverse=True)[1]
    halves = rng.permutation(int(codes.max()) + 1 if len(codes) else 0)[codes] % 2 == 0
    found = [
        _of_group(name, mask, outcomes, plain, common, halves, codes, stakes)
        for name, mask in groups.items()
    ]
    corrected = holm([one.p_value for one in found])
    return tuple(replace(one, p_value=float(p)) for one, p in zip(found, corrected, strict=True))


def _of_group(
    name: str,
    mask: np.ndarray,
    outcomes: Outcomes,
    costs: BinaryCosts,
    common: float,
    halves: np.ndarray,
    codes: np.ndarray,
    stakes: np.ndarray | None,
) -> GroupThreshold:
    y, score = outcomes.happened, outcomes.score
    ones = np.ones(len(y))

    def chosen(rows: np.ndarray) -> float:
        return best_threshold(
            y[rows], score[rows], costs, miss=None if stakes is None else stakes[rows]
        ).value

    at_common = binary_cost(y, score >= common, costs, stakes)
    cost = weighted(at_common, ones, mask, codes, share=False)
    sides = (mask & halves, mask & ~halves)
    few = min(int(y[mask].sum()), int((1 - y[mask]).sum()))
    if cost.small or few < FEWEST_COUNTED or not all(side.any() for side in sides):
        why = cost.small or f"{few} rows of one outcome, fewer than {FEWEST_COUNTED}"
        nothing = replace(cost, small=why).estimate()
        return GroupThreshold(name, cost.n, float("nan"), cost.estimate(), nothing, float("nan"))
    other = np.full(len(y), common)
    other[sides[0]], other[sides[1]] = chosen(sides[1]), chosen(sides[0])
    saved = at_common - binary_cost(y, score >= other, costs, stakes)
    saving = weighted(saved, ones, mask, codes, share=False)
    none = Weighted(0.0, np.zeros_like(saving.pull), saving.n, saving.blocks, share=False)
    _, p = difference(saving, none)
    return GroupThreshold(name, cost.n, chosen(mask), cost.estimate(), saving.estimate(), p)
