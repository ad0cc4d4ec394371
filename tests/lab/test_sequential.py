"""Looking on the way: known tables, error kept under every look, intervals valid at all of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, optimize, stats

from app.lab.always_valid import mixture_ratio, p_value, reach
from app.lab.sequential import (
    boundaries,
    crossing,
    drift_for,
    inflation,
    peeking_error,
    spent,
)

LOOKS = {k: np.arange(1, k + 1) / k for k in (1, 2, 3, 4, 5)}


def _constant(looks: int, shape: str, alpha: float = 0.05) -> tuple[float, np.ndarray]:
    t = LOOKS[looks]
    rise = np.ones(looks) if shape == "pocock" else 1 / np.sqrt(t)
    found = optimize.brentq(lambda c: crossing(t, c * rise).total - alpha, 1.5, 3.5, xtol=1e-9)
    return found, found * rise


@pytest.mark.parametrize(
    ("looks", "error"), [(1, 0.05), (2, 0.083), (3, 0.107), (4, 0.126), (5, 0.142), (10, 0.193)]
)
def test_peeking_is_as_wrong_as_published(looks: int, error: float) -> None:
    """Repeated tests at 5 %, Armitage, McPherson & Rowe (1969), table 2."""
    assert peeking_error(looks, 0.05) == pytest.approx(error, abs=6e-4)


@pytest.mark.parametrize(
    ("looks", "pocock", "obrien"),
    [(2, 2.178, 1.977), (3, 2.289, 2.004), (4, 2.361, 2.024), (5, 2.413, 2.040)],
)
def test_constants_are_those_of_the_tables(looks: int, pocock: float, obrien: float) -> None:
    """Pocock and O'Brien–Fleming constants, Jennison & Turnbull (2000), tables 2.1 and 2.3."""
    assert _constant(looks, "pocock")[0] == pytest.approx(pocock, abs=6e-4)
    assert _constant(looks, "obrien")[0] == pytest.approx(obrien, abs=6e-4)


@pytest.mark.parametrize(
    ("looks", "pocock", "obrien"),
    [(2, 1.110, 1.008), (3, 1.166, 1.017), (4, 1.202, 1.024), (5, 1.229, 1.028)],
)
def test_inflation_is_that_of_the_tables(looks: int, pocock: float, obrien: float) -> None:
    """Maximal sample size at 80 % power, Jennison & Turnbull (2000), tables 2.2 and 2.4."""
    for shape, known in (("pocock", pocock), ("obrien", obrien)):
        bounds = _constant(looks, shape)[1]
        assert inflation(LOOKS[looks], bounds, 0.05, 0.8) == pytest.approx(known, abs=1.1e-3)


def test_spending_boundaries_are_those_of_the_package() -> None:
    """Lan–DeMets at five even looks, as printed by ldbounds: 4.877, 3.357, 2.680, 2.290, 2.031."""
    found = boundaries(LOOKS[5], 0.05)
    assert found == pytest.approx([4.8769, 3.3569, 2.6803, 2.2898, 2.0310], abs=2e-4)
    pocock = boundaries(LOOKS[5], 0.05, "pocock")
    assert pocock == pytest.approx([2.4380, 2.4268, 2.4101, 2.3966, 2.3859], abs=2e-3)


@given(
    st.lists(st.floats(0.05, 1.0), min_size=1, max_size=6, unique=True),
    st.sampled_from([0.01, 0.05, 0.2]),
    st.sampled_from(["obrien_fleming", "pocock"]),
)
def test_what_is_spent_is_what_is_promised(parts: list[float], alpha: float, kind: str) -> None:
    """At whatever moments it is looked at, the error up to each look is what was to be spent."""
    t = np.unique(np.round(np.sort(parts), 3))
    found = crossing(t, boundaries(t, alpha, kind))
    error = np.cumsum(found.above + found.below)
    assert error == pytest.approx(spent(kind, t, alpha), abs=2e-5)
    assert found.above == pytest.approx(found.below, abs=1e-9)


def test_two_looks_agree_with_the_double_integral() -> None:
    """An independent way to the same number: the bivariate normal of two looks."""
    t, bounds, drift = np.array([0.4, 1.0]), np.array([2.2, 2.1]), 1.7
    found = crossing(t, bounds, drift)
    first = stats.norm.sf(bounds[0] - drift * np.sqrt(t[0]))
    second = integrate.quad(
        lambda z: (
            stats.norm.pdf(z - drift * np.sqrt(t[0]))
            * stats.norm.sf(
                (bounds[1] - drift - np.sqrt(t[0]) * (z - drift * np.sqrt(t[0])))
                / np.sqrt(1 - t[0])
            )
        ),
        -bounds[0],
        bounds[0],
    )[0]
    assert found.above == pytest.approx([first, second], abs=1e-6)


def test_the_error_holds_in_simulation_and_the_power_is_reached() -> None:
    """Twenty thousand tests of random walks: 5 % false, and the power that was asked for."""
    rng = np.random.default_rng(3)
    t = LOOKS[4]
    bounds = boundaries(t, 0.05)
    steps = rng.normal(scale=np.sqrt(0.25), size=(20_000, 4))
    z = np.cumsum(steps, axis=1) / np.sqrt(t)
    assert (np.abs(z) >= bounds).any(axis=1).mean() == pytest.approx(0.05, abs=0.006)
    drift = drift_for(t, bounds, 0.8)
    moved = np.cumsum(steps + drift * 0.25, axis=1) / np.sqrt(t)
    assert (moved >= bounds).any(axis=1).mean() == pytest.approx(0.8, abs=0.012)


def test_looks_that_do_not_rise_are_refused() -> None:
    """With the looks in the message, and what is allowed."""
    with pytest.raises(ValueError, match=r"0\.5, 0\.5; give shares"):
        boundaries([0.5, 0.5], 0.05)
    with pytest.raises(ValueError, match=r"alpha is 1\.5"):
        boundaries([1.0], 1.5)


def test_always_valid_interval_holds_at_every_row() -> None:
    """Two thousand streams of a thousand rows, looked at after each: at most 5 % ever miss zero."""
    rng = np.random.default_rng(4)
    n = np.arange(1, 1001)
    mean = np.cumsum(rng.normal(size=(2000, 1000)), axis=1) / n
    width = reach(1 / n, mixture_ratio(0.05) / 300, 0.05)
    missed = (np.abs(mean) > width).any(axis=1).mean()
    usual = (np.abs(mean) > 1.96 / np.sqrt(n)).any(axis=1).mean()
    assert missed <= 0.05
    assert usual > 0.4


def test_the_interval_is_sharpest_where_it_was_asked_to_be() -> None:
    """No other mixing variance is narrower at the planned variance."""
    best = float(reach(np.array([1.0]), mixture_ratio(0.05), 0.05)[0])
    others = [
        float(reach(np.array([1.0]), mixing, 0.05)[0]) for mixing in np.geomspace(0.1, 1e3, 60)
    ]
    assert best <= min(others) + 1e-9
    ratio = mixture_ratio(0.05)
    assert ratio == pytest.approx(-2 * np.log(0.05) + np.log(1 + ratio), rel=1e-9)


@given(
    st.lists(st.floats(-3, 3), min_size=1, max_size=20),
    st.floats(0.05, 50),
)
def test_p_values_and_intervals_say_the_same(walk: list[float], mixing: float) -> None:
    """The always-valid p value is below alpha exactly when some interval so far excluded zero."""
    variance = 1 / np.arange(1, len(walk) + 1)
    estimate = np.array(walk)
    p = p_value(estimate, variance, mixing)
    assert (np.diff(p) <= 0).all()
    outside = np.abs(estimate) >= reach(variance, mixing, 0.05)
    ever = np.maximum.accumulate(outside)
    clear = np.abs(p - 0.05) > 1e-9
    assert ((p <= 0.05) == ever)[clear].all()
