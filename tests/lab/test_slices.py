"""Planted slices are found and proven; noise is not."""

from __future__ import annotations

import numpy as np
import pandas as pd

from app.lab.slices import find_slices


def _frame(rng: np.random.Generator, n: int = 4000) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "place": rng.choice(["north", "south", "east", "west"], n),
            "size": rng.normal(size=n),
            "age": np.where(rng.random(n) < 0.1, np.nan, rng.uniform(0, 90, n)),
        }
    )


def test_a_planted_slice_is_found_with_its_size() -> None:
    """A costly corner comes out first, with an interval that holds about the truth."""
    rng = np.random.default_rng(0)
    frame = _frame(rng)
    planted = ((frame["place"] == "north") & (frame["size"] > 0.3)).to_numpy()
    loss = rng.exponential(size=len(frame)) + 4.0 * planted
    found = find_slices(frame, loss, np.random.default_rng(1))
    best = found[0]
    assert "place is north" in best.words
    assert "size >" in best.words
    assert best.confirmed
    assert best.excess.low - 0.5 < 4.0 < best.excess.high + 0.5


def test_a_hole_can_be_a_slice() -> None:
    """Rows without a value are searched too."""
    rng = np.random.default_rng(3)
    frame = _frame(rng)
    loss = rng.exponential(size=len(frame)) + 2 * frame["age"].isna().to_numpy()
    assert "age is missing" in find_slices(frame, loss, np.random.default_rng(1))[0].words


def test_noise_is_hardly_ever_proven() -> None:
    """Without any slice, at most one run in ten proves one."""
    proven = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        frame = _frame(rng, 1500)
        found = find_slices(frame, rng.exponential(size=1500), np.random.default_rng(seed))
        proven += any(s.confirmed for s in found)
    assert proven <= 2


def test_too_few_rows_say_nothing() -> None:
    """A hundred rows are not enough to search and prove."""
    rng = np.random.default_rng(0)
    assert find_slices(_frame(rng, 100), rng.random(100), rng) == ()
