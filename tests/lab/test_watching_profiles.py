"""Profiles add up, distances are as the field defines them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.spatial import distance

from app.lab.watching import Profile, distances, distances_by_chunk, learn_shapes
from app.lab.watching.column_drift import column_drift, prepared
from app.lab.watching.shape import SPECIAL
from app.lab.watching.tally import Tally

DAYS = ("2025-01-06", "2025-01-07", "2025-01-08")


def _frame(n: int, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "wide": np.where(rng.random(n) < 0.1, np.nan, rng.normal(5, 2, n)),
            "few": rng.integers(0, 4, n),
            "flag": rng.random(n) < 0.3,
            "word": pd.Series(rng.choice(["a", "b", "c", None], n), dtype=object),
            "kind": pd.Categorical(rng.choice(["x", "y"], n)),
            "when": pd.Timestamp("2025-01-01"),
        }
    )


REFERENCE = _frame(4000)
SHAPES = learn_shapes(REFERENCE)


def _same(a: Profile, b: Profile) -> None:
    assert a.names == b.names
    assert (a.rows == b.rows).all()
    for name, counts in a.columns.items():
        assert (counts.cells == b.columns[name].cells).all(), name
        np.testing.assert_allclose(counts.moments, b.columns[name].moments, rtol=1e-9, atol=1e-9)


@given(st.lists(st.integers(0, 120), min_size=1, max_size=4), st.integers(0, 99))
@settings(max_examples=8)
def test_profiles_add_up(sizes: list[int], seed: int) -> None:
    """Merged parts, and a stream counted batch by batch, are the profile of all rows together."""
    rng = np.random.default_rng(seed)
    frames = [_frame(n, seed + i) for i, n in enumerate(sizes)]
    days = [rng.integers(0, 3, n) for n in sizes]
    whole = Profile.of(pd.concat(frames), SHAPES, np.concatenate(days), DAYS)
    parts = [Profile.of(f, SHAPES, d, DAYS) for f, d in zip(frames, days, strict=True)]
    merged, tally = parts[0], Tally(SHAPES)
    for part in parts[1:]:
        merged = merged.merge(part)
    for frame, day in zip(frames, days, strict=True):
        tally.add({str(c): frame[c] for c in frame.columns}, day, DAYS)
    _same(merged, whole)
    _same(tally.profile(), whole)
    _same(whole.renamed(("w",) * 3), whole.total("w"))


def test_counts_are_right() -> None:
    """Each cell, the moments and the special cells are what numpy counts."""
    frame = pd.concat(
        [
            REFERENCE,
            pd.DataFrame({"wide": [np.inf, 1e9], "few": [7, 0], "word": ["new", "a"]}),
        ],
        ignore_index=True,
    )
    found = Profile.of(frame, SHAPES)
    wide = found.columns["wide"]
    known = frame["wide"][np.isfinite(frame["wide"])]
    edges = np.r_[-np.inf, wide.shape.edges, np.inf]
    expected = np.histogram(-known, -edges[::-1])[0][::-1]  # closed above, like the cells
    assert (wide.known[0] == expected).all()
    assert wide.infinite[0] == 1
    assert wide.missing[0] == frame["wide"].isna().sum()
    assert wide.mean[0] == pytest.approx(known.mean())
    assert wide.std[0] == pytest.approx(known.std(ddof=0))
    assert (wide.least[0], wide.most[0]) == (known.min(), 1e9)
    assert found.columns["few"].unseen[0] == 1
    assert found.columns["word"].unseen[0] == 1
    assert found.columns["flag"].missing[0] == 2
    assert "when" not in found.columns
    for counts in found.columns.values():
        assert counts.cells.sum() == len(frame)
        assert counts.shape.labels[-3:] == SPECIAL
        assert len(counts.shape.labels) == counts.shape.size


def test_a_column_counts_alike_wherever_it_comes_from() -> None:
    """Text, object, category and Arrow give the same cells; numbers as text are read."""
    text = REFERENCE["word"]
    forms = [text, text.astype("string"), text.astype("category"), pa.array(text)]
    cells = [Profile.of({"word": f}, SHAPES).columns["word"].cells for f in forms]
    assert all((c == cells[0]).all() for c in cells)
    written = REFERENCE["few"].astype(str).where(np.arange(len(REFERENCE)) > 4, "seven")
    read = Profile.of({"few": written}, SHAPES).columns["few"]
    assert (read.unseen[0], read.missing[0]) == (5, 0)
    gone = Profile.of({"word": text}, SHAPES).columns["wide"]
    assert gone.missing[0] == len(text)


def test_shapes_need_rows() -> None:
    """No rows and odd numbers of bins are refused in words."""
    with pytest.raises(ValueError, match="no rows"):
        learn_shapes(REFERENCE.iloc[:0])
    with pytest.raises(ValueError, match="bins is 99"):
        learn_shapes(REFERENCE, bins=99)


counts = st.lists(st.integers(0, 50), min_size=3, max_size=3).filter(lambda c: sum(c) > 0)


@given(counts, counts)
@settings(max_examples=40)
def test_distances_are_those_of_the_field(a: list[int], b: list[int]) -> None:
    """SciPy agrees where it has the distance; all are 0 for equal shares and never negative."""
    p, q = np.array(a), np.array(b)
    js = distance.jensenshannon(p, q)
    # The root of a rounding error is not small.
    assert float(distances.jensen_shannon(p, q)) ** 2 == pytest.approx(js**2, abs=1e-12)
    tv = distance.cityblock(p / p.sum(), q / q.sum()) / 2
    assert float(distances.total_variation(p, q)) == pytest.approx(tv, abs=1e-12)
    h = np.sqrt(max(0.0, 1 - np.sqrt(p / p.sum() * q / q.sum()).sum()))
    assert float(distances.hellinger(p, q)) ** 2 == pytest.approx(h**2, abs=1e-9)
    assert float(distances.l_infinity(p, q)) <= tv + 1e-12
    assert float(distances.psi(p, q)) >= 0
    assert float(distances.psi(p, 3 * p)) == pytest.approx(0, abs=1e-12)
    used = (p + q) > 0
    if used.sum() > 1:
        told = stats.chi2_contingency(np.array([p, q])[:, used], correction=False)
        assert distances.chi_squared(p, q)[0] == pytest.approx(told.statistic, abs=1e-9)
        assert distances.chi_squared(p, q)[2] == pytest.approx(told.pvalue, abs=1e-9)


floats = st.lists(st.integers(-20, 20).map(lambda i: i / 4), min_size=1, max_size=40)


@given(floats, floats)
@settings(max_examples=40)
def test_exact_distances_of_values(x: list[float], y: list[float]) -> None:
    """Kolmogorov-Smirnov by its definition and Wasserstein as SciPy has it, ties and all."""
    a, b = np.array(x), np.array(y)
    grid = np.r_[a, b]
    apart = np.abs((a[:, None] <= grid).mean(axis=0) - (b[:, None] <= grid).mean(axis=0))
    assert distances.kolmogorov_smirnov(a, b)[0] == pytest.approx(apart.max())
    assert distances.wasserstein(a, b) == pytest.approx(stats.wasserstein_distance(a, b))
    assert distances.wasserstein(a[::-1], b) == distances.wasserstein(b, a)
    drift = column_drift(prepared(pd.Series(a), "number"), prepared(pd.Series(b), "number"))
    assert drift.wasserstein == distances.wasserstein(a, b)


def test_a_report_of_a_column() -> None:
    """Holes and infinities are left out; categories are aligned by name; kinds must agree."""
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=500), np.r_[rng.normal(1, 1, 300), np.nan, np.inf, -np.inf]
    found = column_drift(prepared(pd.Series(x)), prepared(pd.Series(y)))
    known = y[np.isfinite(y)]
    assert found.wasserstein == pytest.approx(stats.wasserstein_distance(x, known))
    assert found.normed_wasserstein == pytest.approx(found.wasserstein / x.std())
    assert found.missing == (0.0, pytest.approx(3 / 303))
    told = column_drift(prepared(pd.Series(["a", "b", "a"])), prepared(pd.Series(["c", None])))
    assert told.total_variation == 1.0
    assert told.missing == (0.0, 0.5)
    with pytest.raises(ValueError, match="vice versa"):
        column_drift(prepared(pd.Series(x)), prepared(pd.Series(["a"])))


def test_distances_by_chunk_grow_with_the_shift() -> None:
    """From counts, each distance rises as a number moves away, and is near the exact one."""
    rng = np.random.default_rng(3)
    base = pd.DataFrame({"x": rng.normal(size=20_000)})
    shapes = learn_shapes(base)
    days = np.repeat(np.arange(4), 5000)
    moved = pd.DataFrame({"x": rng.normal(size=20_000) + 0.4 * days})
    reference = Profile.of(base, shapes)
    current = Profile.of(moved, shapes, days, (*DAYS, "2025-01-09"))
    for statistic in (*distances.BY_CELLS, "kolmogorov_smirnov", "wasserstein"):
        found = distances_by_chunk(reference, current, statistic)["x"]  # type: ignore[arg-type]
        assert (np.diff(found) > 0).all(), statistic
    exact = stats.ks_2samp(base["x"], moved["x"][days == 2], method="asymp").statistic
    assert distances.kolmogorov_smirnov(base["x"].to_numpy(), moved["x"][days == 2].to_numpy())[
        0
    ] == pytest.approx(exact)
    told = distances_by_chunk(reference, current, "kolmogorov_smirnov")["x"][2]
    assert exact - 0.03 < told <= exact
