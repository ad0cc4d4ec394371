"""Copies of rows and twins of columns are found."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from app.lab.duplicates import duplicate_share, overlap, row_hashes, twin_columns, twins_across
from app.store import samples


def test_hotel_rates_have_13_9_percent_copies() -> None:
    """The known figure of the real table."""
    hashes = row_hashes(samples.table("hotel_rates"))
    assert duplicate_share(hashes).value == pytest.approx(0.139, abs=0.0005)


def test_every_row_of_a_set_of_copies_counts() -> None:
    """Three copies and one single row: three in four."""
    frame = pd.DataFrame({"a": [1, 1, 1, 2], "b": ["x", "x", "x", "x"]})
    hashes = row_hashes(frame)
    assert duplicate_share(hashes).value == 0.75
    assert twins_across(hashes, np.array([0, 3]), np.array([1, 2])).value == 1.0
    assert twins_across(hashes, np.array([3]), np.array([0, 1, 2])).value == 0.0


def test_overlap_leaves_missing_groups_out() -> None:
    """Rows without a group belong to no one."""
    groups = np.array([0, 0, 1, -1, 2])
    found = overlap(groups, np.array([0, 2]), np.array([1, 3, 4]))
    assert (found.value, found.n) == (0.5, 2)


def test_twins_are_found_and_look_alikes_are_not() -> None:
    """A one-to-one recoding is a twin; a finer column is none."""
    rng = np.random.default_rng(0)
    a = rng.integers(0, 30, 1000)
    frame = pd.DataFrame(
        {
            "a": a,
            "coded": [f"v{i}" for i in a],
            "coarse": a // 2,
            "other": rng.integers(0, 30, 1000),
        }
    )
    found = twin_columns(frame)
    assert [(t.first, t.second) for t in found] == [("a", "coded")]


def test_names_that_begin_alike_are_columns_of_their_own() -> None:
    """Two columns whose names share the first word can be twins."""
    codes = np.random.default_rng(1).integers(0, 20, 1000)
    frame = pd.DataFrame({"room type": codes, "room rate": codes * 3.5})
    assert [(t.first, t.second) for t in twin_columns(frame)] == [("room type", "room rate")]


def test_near_twins_are_told_with_their_share() -> None:
    """Half a percent of exceptions is still a twin, three percent is none."""
    rng = np.random.default_rng(2)
    a = rng.integers(0, 50, 10_000)
    near, far = a.copy(), a.copy()
    near[:50] = (near[:50] + 1) % 50
    far[:300] = (far[:300] + 1) % 50
    found = twin_columns(pd.DataFrame({"a": a, "near": near, "far": far}))
    assert [(t.first, t.second) for t in found] == [("a", "near")]
    assert found[0].share == pytest.approx(0.995)


def test_copies_agree_with_pandas() -> None:
    """Hashes find the same copies as a comparison of all values, holes and categories too."""
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(
        {
            "a": rng.choice([1.0, 2.0, np.nan], 300),
            "b": pd.Categorical(rng.choice(["x", "y"], 300)),
            "c": rng.integers(0, 20, 300),
        }
    )
    wanted = frame.duplicated(keep=False).mean()
    assert duplicate_share(row_hashes(frame)).value == pytest.approx(wanted)


def test_day_of_year_is_the_twin_of_last_years_rate() -> None:
    """The trap of the hotel case, inside its training rows."""
    table = samples.table("hotel_rates")
    train = table[table["arrival_date"] < "2016-12-01"]
    found = {(t.first, t.second) for t in twin_columns(train)}
    assert ("arrival_date (day of year)", "historical_adr") in found
