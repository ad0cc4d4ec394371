"""Causes counted, and the upper bound of what removing each gains."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest

from app.lab.reading_queue import draw_by_weight
from app.lab.taxonomy import Coded, count_causes

KNOWN = {"": "not coded", "a": "A", "b": "B"}


def test_gains_rest_on_the_random_draw_only() -> None:
    """Twenty rows of one cause read for other reasons move its count, not its share."""
    drawn = [Coded("a", ("random",), 1)] * 3 + [Coded("b", ("random",), 1)] * 9
    picked = [Coded("a", ("sure_wrong", "label"))] * 20
    causes = {cause.key: cause for cause in count_causes([*drawn, *picked], KNOWN, 1000.0)}
    assert causes["a"].n == 23
    assert causes["a"].share.value == 3 / 12
    assert causes["a"].gain.value == 250.0
    assert causes["a"].by_reason == {"random": 3, "sure_wrong": 20, "label": 20}
    assert list(causes) == ["b", "a"]


def test_the_interval_is_wilsons() -> None:
    """The same as SciPy's, times the cost of all errors."""
    rows = [Coded("a", ("random",), 2)] * 4 + [Coded("b", ("random",), 1)] * 9
    cause = next(c for c in count_causes(rows, KNOWN, 500.0) if c.key == "a")
    other = binomtest(8, 17).proportion_ci(method="wilson")
    assert cause.gain.low == pytest.approx(500 * other.low)
    assert cause.gain.high == pytest.approx(500 * other.high)
    assert cause.gain.n == 17


def test_too_few_draws_give_no_gain() -> None:
    """Nine random draws are not enough data, however many rows were read besides."""
    rows = [Coded("a", ("random",), 1)] * 9 + [Coded("a", ("label",))] * 30
    (cause,) = count_causes(rows, KNOWN, 500.0)
    assert cause.n == 39
    assert cause.share is None
    assert cause.gain is None


def test_what_is_not_coded_or_not_known_does_not_count() -> None:
    """Empty causes and those of another version are left out."""
    rows = [Coded(""), Coded("gone"), Coded("a")]
    assert [(c.key, c.n) for c in count_causes(rows, KNOWN, None)] == [("a", 1)]
    assert count_causes([], KNOWN, 1.0) == ()


def test_the_interval_covers_the_true_share_of_the_cost() -> None:
    """Costs differ a thousandfold and follow the cause: still, 24 draws cover the truth at 95 %."""
    rng = np.random.default_rng(8)
    rows = 3000
    cause = rng.random(rows) < 0.3
    cost = rng.lognormal(0, 1.2, rows) * np.where(cause, 4.0, 1.0)
    truth = float(cost[cause].sum())
    inside = 0
    for seed in range(400):
        hits = draw_by_weight(cost, 24, np.random.default_rng(seed))
        coded = [
            Coded("a" if cause[at] else "b", ("random",), int(hits[at]))
            for at in np.flatnonzero(hits)
        ]
        found = next(c for c in count_causes(coded, KNOWN, float(cost.sum())) if c.key == "a")
        inside += found.gain.low <= truth <= found.gain.high
    assert inside / 400 >= 0.92
