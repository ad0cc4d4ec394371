"""Nearest rows in columns of any type."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors

from app.lab.neighbours import Ruler, nearest, ruler


def _frame(seed: int, rows: int = 25) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "number": np.where(rng.random(rows) < 0.2, np.nan, rng.normal(size=rows)),
            "whole": rng.integers(0, 9, rows),
            "place": pd.Categorical(rng.choice(["a", "b", None], rows)),
            "text": rng.choice(["x", "y", None], rows).astype(object),
            "flag": rng.random(rows) < 0.5,
            "when": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 99, rows), "D"),
            "empty": np.nan,
        }
    )


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_distances_are_a_ruler(seed: int) -> None:
    """Nothing to itself, the same both ways, between 0 and 1, whatever the types and holes."""
    frame = _frame(seed)
    distances = ruler(frame, {}).distances(frame, frame)
    assert np.abs(np.diag(distances)).max() == 0
    np.testing.assert_allclose(distances, distances.T)
    assert distances.min() >= 0
    assert distances.max() <= 1 + 1e-12


def test_gower_by_hand() -> None:
    """A quarter of the range in one column, another text in the second, each counting half."""
    frame = pd.DataFrame({"n": [0.0, 1.0, 4.0], "t": ["a", "b", "a"]})
    measured = Ruler({"n": 0.5, "t": 0.5}, {"n": 4.0})
    found = measured.distances(frame.iloc[[0]], frame)
    assert found[0].tolist() == pytest.approx([0.0, 0.125 + 0.5, 0.5])


def test_missing_is_far_from_known_and_like_missing() -> None:
    """Two holes are alike; a hole and a value are wholly different."""
    frame = pd.DataFrame({"n": [np.nan, np.nan, 1.0]})
    found = Ruler({"n": 1.0}, {"n": 1.0}).distances(frame.iloc[[0]], frame)
    assert found[0].tolist() == [0.0, 0.0, 1.0]


def test_a_column_that_does_not_matter_does_not_count() -> None:
    """Weighted by importance, a wild column without any keeps out."""
    frame = pd.DataFrame({"matters": [0.0, 0.1, 5.0], "noise": [0.0, 900.0, 0.0]})
    measured = ruler(frame, {"matters": 2.0, "noise": 0.0})
    assert set(measured.weights) == {"matters"}
    assert measured.distances(frame.iloc[[0]], frame)[0].argsort(kind="stable")[1] == 1


def test_nearest_agrees_with_scikit_learn() -> None:
    """On numbers alone the neighbours are those of an independent search."""
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(rng.uniform(size=(200, 3)), columns=list("abc"))
    measured = Ruler(dict.fromkeys("abc", 1 / 3), dict.fromkeys("abc", 1.0))
    distances = measured.distances(frame.iloc[:20], frame)
    mine = nearest(distances, np.ones((20, 200), dtype=bool), 4)
    other = NearestNeighbors(n_neighbors=4, metric="manhattan").fit(frame)
    np.testing.assert_array_equal(np.vstack(mine), other.kneighbors(frame.iloc[:20])[1])


def test_only_allowed_rows_are_neighbours() -> None:
    """Fewer than asked for when fewer are allowed; none when none is."""
    distances = np.array([[0.1, 0.2, 0.3], [0.3, 0.2, 0.1]])
    allowed = np.array([[False, True, False], [False, False, False]])
    found = nearest(distances, allowed, 2)
    assert [list(row) for row in found] == [[1], []]
    assert nearest(np.zeros((1, 0)), np.zeros((1, 0), dtype=bool), 3)[0].size == 0
