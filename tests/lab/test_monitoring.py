"""Drift, limits and alerts: quiet when all is well, loud when it is not."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lab.alerts import calibrate
from app.lab.detection import beyond, catch, raise_alerts, stretches
from app.lab.drift import codes_of, fit_bins, psi, psi_by_day
from app.lab.impact import Stakes, impact_of, severity_of
from app.lab.monitors.catalogue import MONITORS
from app.lab.monitors.domain import fit_discriminant
from app.lab.monitors.reference import Reference, learn_reference
from app.lab.monitors.signals import Signals
from app.lab.monitors.tested import profile_of, with_tests
from app.lab.monitors.view import View
from app.lab.monitors.watch import count_days, watch
from app.lab.rate import poisson_rate
from app.lab.stream import days_of, step_of
from app.lab.watching.profile import Profile
from app.lab.watching.shape import learn_shapes
from tests.lab.quiet_view import quiet_view

WEIGHTS = {"a": 0.2, "b": 0.7, "kind": 0.1}
STAKES = Stakes(120, 0.5, 0.2, 0.4, 1.0, 0.3, WEIGHTS)


def _signals(view: View, base: View, window: int | None = None) -> Signals:
    return watch(view, learn_reference(base, WEIGHTS, window))


def _struck(view: View, since: int, **changed: np.ndarray) -> View:
    """Return the view with some parts changed on the days since the strike."""
    late = view.world.days.of_row >= since
    parts = {name: np.where(late, new, getattr(view, name)) for name, new in changed.items()}
    return replace(view, **parts)


def _shifted(view: View, since: int, column: str, by: float) -> View:
    late = view.world.days.of_row >= since
    rows = view.world.rows.assign(**{column: view.world.rows[column] + by * late})
    return replace(view, world=view.world.but(rows=rows, sent=rows))


def test_psi_is_zero_on_average_without_drift() -> None:
    """What chance alone adds is taken off."""
    rng = np.random.default_rng(0)
    expected = rng.multinomial(2000, [0.1] * 10, size=400).astype(float)
    actual = rng.multinomial(300, [0.1] * 10, size=400).astype(float)
    assert abs(psi(expected, actual).mean()) < 0.004


def test_psi_is_the_textbook_sum_for_large_counts() -> None:
    """With many rows it is the usual formula."""
    p, q = np.array([0.2, 0.3, 0.5]), np.array([0.3, 0.3, 0.4])
    found = psi(1e8 * p[None, :], 1e8 * q[None, :])[0]
    assert found == pytest.approx(((q - p) * np.log(q / p)).sum(), rel=1e-4)


def test_bins_know_missing_unseen_and_beyond() -> None:
    """Holes, new values and values out of range each have their own place."""
    base = pd.DataFrame({"n": np.arange(1000.0), "c": ["u", "v"] * 500})
    bins = fit_bins(base)
    codes = codes_of(bins["n"], pd.Series([np.nan, -5.0, 2000.0, 500.0, 999.0]))
    assert codes[0] == bins["n"].size - 1
    assert codes[1] == 0
    assert codes[2] == len(bins["n"].edges)
    assert codes[4] == codes_of(bins["n"], pd.Series([998.0]))[0]
    codes = codes_of(bins["c"], pd.Series(["u", "zzz", None]))
    assert codes.tolist()[1:] == [bins["c"].size - 2, bins["c"].size - 1]


def test_quiet_days_stay_within_the_budget() -> None:
    """On new quiet days the pages are about what was allowed, over several seeds."""
    pages = []
    for seed in range(6):
        base = quiet_view(seed)
        normal = calibrate(_signals(base, base), pages_per_month=1.0)
        alerts = raise_alerts(_signals(quiet_view(seed + 50, n_days=60), base), normal, STAKES)
        pages.append(len({(a.monitor, a.first) for a in alerts}) / 2)
    assert np.mean(pages) <= 2.5


def test_evidence_that_adds_up_stays_within_the_budget_too() -> None:
    """The e-detector pages no more often on new quiet days, and still sees a shift within days."""
    pages, late = [], []
    for seed in range(4):
        base, quiet = quiet_view(seed), quiet_view(seed + 50, n_days=60)
        normal = calibrate(_signals(base, base), 1.0, {"psi", "loss", "mean_prediction"})
        alerts = raise_alerts(_signals(quiet, base), normal, STAKES, "e_detector")
        pages.append(len({(a.monitor, a.first) for a in alerts}) / 2)
        before = beyond(_signals(quiet, base), normal, "e_detector")
        shifted = _signals(_shifted(quiet, 20, "b", 1.5), base)
        found = catch(before, shifted, normal, STAKES, 20, "e_detector")
        late.append(found["psi"].days_late)
    assert np.mean(pages) <= 1.0
    assert max(late) <= 3


def test_daily_tests_share_the_budget_over_columns() -> None:
    """Tested by day and column, quiet days page within the budget, and a shift pages at once."""
    pages = []
    for seed in range(3):
        base, quiet = quiet_view(seed), quiet_view(seed + 50, n_days=60)
        reference = learn_reference(base, WEIGHTS, None)
        past = profile_of(count_days(base, reference), base.world.days.names)
        normal = calibrate(watch(base, reference), 1.0, {"psi", "missing", "unseen", "range"})

        def signals(view: View, reference: Reference = reference, past: Profile = past) -> Signals:
            return with_tests(watch(view, reference), past, count_days(view, reference))

        alerts = raise_alerts(signals(quiet), normal, STAKES, "daily_tests")
        pages.append(len({(a.monitor, a.first) for a in alerts}) / 2)
        before = beyond(signals(quiet), normal, "daily_tests")
        shifted = signals(_shifted(quiet, 20, "b", 1.5))
        assert catch(before, shifted, normal, STAKES, 20, "daily_tests")["psi"].days_late <= 1
    assert np.mean(pages) <= 1.5


def test_a_weekly_season_is_normal() -> None:
    """Weekends that always differ do not page."""
    base = quiet_view(1, weekly=0.8)
    normal = calibrate(_signals(base, base), 1.0)
    live = _signals(quiet_view(2, n_days=60, weekly=0.8), base)
    alerts = raise_alerts(live, normal, STAKES, monitors=("psi", "js", "ks", "wasserstein"))
    assert len({a.first for a in alerts}) <= 3


def test_a_shift_is_noticed_at_once_and_only_in_the_inputs() -> None:
    """A column the model ignores moves: inputs see it, quality does not, and it is benign."""
    base, quiet = quiet_view(1), quiet_view(2, n_days=60)
    normal = calibrate(_signals(base, base), 1.0)
    before = beyond(_signals(quiet, base), normal)
    small = replace(STAKES, importance={**WEIGHTS, "a": 0.001})
    found = catch(before, _signals(_shifted(quiet, 20, "a", 1.5), base), normal, small, 20)
    assert found["psi"].days_late <= 1
    assert found["psi"].severity == "benign"
    assert "loss" not in found
    assert catch(before, _signals(quiet, base), normal, small, 20) == {}


def test_labels_are_known_only_after_the_delay() -> None:
    """A quality alert is never earlier than the labels."""
    base, quiet = (quiet_view(seed, n_days=80, delay=9.0) for seed in (1, 2))
    normal = calibrate(_signals(base, base), 1.0)
    worse = _struck(quiet, 20, loss=quiet.loss + 0.5)
    before = beyond(_signals(quiet, base), normal)
    found = catch(before, _signals(worse, base), normal, STAKES, 20)
    assert set(found) == {"loss"}
    assert 9 <= found["loss"].days_late <= 16


def test_too_few_quiet_days_never_page() -> None:
    """Without enough days there is no limit, and it says how many there were."""
    base = quiet_view(1, n_days=12)
    normal = calibrate(_signals(base, base), 1.0)
    assert all(np.isinf(limit) for limit in normal.limits.values())
    assert normal.quiet_days["psi"] == 12
    assert raise_alerts(_signals(quiet_view(2), base), normal, STAKES) == ()


def test_more_monitors_share_one_budget() -> None:
    """Limits are wider the more monitors are on; one that is off is set as if it were added."""
    signals = _signals(quiet_view(1), quiet_view(1))
    few = calibrate(signals, 1.0, {"psi", "loss"})
    many = calibrate(signals, 1.0)
    assert many.limits["psi"] > few.limits["psi"]
    assert few.part("psi") == pytest.approx(1 / 60)
    assert few.part("cost") == pytest.approx(1 / 90)


def test_unchanged_columns_are_not_counted_again_and_come_to_the_same() -> None:
    """What is reused equals what is counted anew, for whatever column changed."""
    base = quiet_view(1, n_days=30)
    reference = learn_reference(base, WEIGHTS, 7)
    known = count_days(base, reference)
    struck = _shifted(base, 10, "a", 2.0)
    again = count_days(struck, reference, known)
    assert again.columns["b"] is known.columns["b"]
    fresh = count_days(struck, reference)
    for name, counts in fresh.columns.items():
        assert np.array_equal(again.columns[name].cells, counts.cells)


def test_columns_that_no_longer_move_together_are_told_apart() -> None:
    """The discriminant sees a broken pair that no single column shows, and is calm otherwise."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=6000)
    rows = pd.DataFrame({"x": x, "z": 0.9 * x + 0.45 * rng.normal(size=6000)})
    past, now = rows.iloc[:3000], rows.iloc[3000:].reset_index(drop=True)
    found = fit_discriminant(past, learn_shapes(past), {"x": 0.5, "z": 0.5})
    assert found is not None
    place = np.zeros(3000, dtype=int)
    broken = now.assign(z=rng.permutation(now["z"]))
    assert found.auc(now, place, 1, 1)[0] < 0.53
    assert found.auc(broken, place, 1, 1)[0] > 0.6


def test_an_alert_is_graded_by_what_it_costs() -> None:
    """Drift times importance times what the model is worth, in currency a day; never below least."""
    assert impact_of("psi", "b", 8.0, 0.1, 0.5, STAKES) == pytest.approx(120 * 0.5 * 0.7 * 0.5)
    assert impact_of("cost", "", 500.0, 400.0, None, STAKES) == pytest.approx(12.0)
    assert impact_of("volume", "", np.log(50), np.log(100), None, STAKES) == pytest.approx(30.0)
    assert severity_of("psi", 0.5, STAKES) == "benign"
    assert severity_of("psi", 1.0, STAKES) == "watch"
    assert severity_of("psi", 5.0, STAKES) == "page"
    assert severity_of("freshness", 0.0, STAKES) == "watch"


@given(st.lists(st.booleans(), max_size=40))
def test_stretches_hold_every_day_and_nothing_far_from_one(fired: list[bool]) -> None:
    """Each day beyond is in one stretch; a stretch begins and ends on such a day."""
    days = np.array(fired, dtype=bool)
    found = stretches(days)
    inside = np.zeros(len(days), dtype=bool)
    for first, last in found:
        assert days[first]
        assert days[last]
        inside[first : last + 1] = True
    assert (inside >= days).all()
    assert all(b[0] - a[1] > 2 for a, b in pairwise(found))


def test_a_rate_has_its_exact_interval() -> None:
    """Garwood's table: no event in one month excludes 3.69 a month; five give 1.62 to 11.67."""
    none, five = poisson_rate(0, 1.0, 30), poisson_rate(5, 1.0, 30)
    assert none.high == pytest.approx(3.689, abs=1e-3)
    assert (five.low, five.high) == (
        pytest.approx(1.623, abs=1e-3),
        pytest.approx(11.668, abs=1e-3),
    )


def test_every_monitor_says_what_it_asks_and_what_to_do() -> None:
    """The catalogue is complete: title, question, first step."""
    for key, monitor in MONITORS.items():
        assert key == monitor.key
        assert monitor.asks.endswith("?") or monitor.asks.endswith(".")
        assert monitor.first
    assert len({monitor.title for monitor in MONITORS.values()}) == len(MONITORS)


def test_days_follow_the_calendar_or_are_spread() -> None:
    """Dates keep their gaps; without dates the rows are spread evenly."""
    times = np.array(["2025-01-06", "2025-01-08", "2025-01-08"], dtype="datetime64[us]")
    days = days_of(times, 3, np.random.default_rng(0))
    assert days.of_row.tolist() == [0, 2, 2]
    assert days.weekday.tolist() == [0, 1, 2]
    spread = days_of(None, 3000, np.random.default_rng(0))
    counts = np.bincount(spread.of_row)
    assert counts.max() - counts.min() <= 1


def test_a_moving_window_forgives_slow_change() -> None:
    """Against the weeks before, a slow drift is small; against training it is large."""
    n_days = 100
    day = np.repeat(np.arange(n_days), 100)
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.normal(size=len(day)) + day * 0.02})
    bins = fit_bins(frame[day < 20])
    fixed = psi_by_day(bins, frame, day, n_days)["a"][-1]
    moving = psi_by_day(bins, frame, day, n_days, window=14)["a"][-1]
    assert moving < 0.3 * fixed


@pytest.mark.parametrize(
    ("times", "step"),
    [
        (pd.date_range("2025-01-01", periods=2000, freq="h"), "day"),
        (pd.date_range("2025-01-01", periods=400, freq="D"), "week"),
        (pd.date_range("2025-01-01", periods=300, freq="7D"), "month"),
        (np.repeat(pd.date_range("2000-01-01", periods=60, freq="30D"), 50), "month"),
    ],
)
def test_a_step_is_as_short_as_there_are_rows_for(times: pd.DatetimeIndex, step: str) -> None:
    """Many rows a day are watched by day; one a day by week; a field trip a month by month."""
    found = np.asarray(times, dtype="datetime64[us]")
    assert step_of(found) == step
    days = days_of(found, len(found), np.random.default_rng(0), step=step)
    assert days.of_row.max() == days.count - 1
    assert len(days.names) == len(days.weekday)
    assert (np.bincount(days.of_row) > 0).mean() > 0.5


def test_without_a_time_the_step_is_a_made_up_day() -> None:
    """Rows without a time are laid out in days."""
    assert step_of(None) == "day"
