"""Drift, limits and alerts: quiet when all is well, loud when it is not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from app.lab.alerts import calibrate, catch, raise_alerts
from app.lab.drift import codes_of, fit_bins, psi, psi_by_day
from app.lab.stream import Days, Stream, days_of, step_of, watch

COLUMNS = ("a", "b", "kind")


def _stream(
    seed: int,
    n_days: int = 80,
    per_day: int = 120,
    shift_from: int | None = None,
    weekly: float = 0.0,
) -> Stream:
    rng = np.random.default_rng(seed)
    day = np.repeat(np.arange(n_days), per_day)
    weekday = np.arange(n_days) % 7
    a = rng.normal(size=len(day)) + weekly * (weekday[day] >= 5)
    if shift_from is not None:
        a = a + 1.5 * (day >= shift_from)
    frame = pd.DataFrame(
        {"a": a, "b": rng.normal(size=len(day)), "kind": rng.choice(["x", "y"], len(day))}
    )
    p = 1 / (1 + np.exp(-frame["b"].to_numpy()))
    y = (rng.random(len(day)) < p).astype(float)
    days = Days(day, tuple(f"2025-{i}" for i in range(n_days)), weekday)
    return Stream(frame, p, (p > 0.5).astype(float), np.abs(y - p), np.abs(y - (p > 0.5)), y, days)


def _signals(stream: Stream, base: Stream, delay: float = 3.0, window: int | None = None):
    return watch(
        stream,
        fit_bins(base.frame),
        fit_bins(pd.DataFrame({"score": base.prediction})),
        delay,
        window,
    )


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
        base = _stream(seed)
        normal = calibrate(_signals(base, base), pages_per_month=1.0)
        alerts = raise_alerts(_signals(_stream(seed + 50, n_days=60), base), normal)
        pages.append(len({(a.group, a.first) for a in alerts}) / 2)
    assert np.mean(pages) <= 2.0


def test_a_weekly_season_is_normal() -> None:
    """Weekends that always differ do not page."""
    base = _stream(1, weekly=0.8)
    normal = calibrate(_signals(base, base), 1.0)
    alerts = raise_alerts(_signals(_stream(2, n_days=60, weekly=0.8), base), normal)
    assert len({(a.group, a.first) for a in alerts if a.group == "input"}) <= 3


def test_a_shift_is_noticed_at_once_and_only_in_the_inputs() -> None:
    """A column the model ignores moves: inputs see it, quality does not."""
    base, quiet = _stream(1), _stream(2, n_days=60)
    normal = calibrate(_signals(base, base), 1.0)
    struck = _stream(2, n_days=60, shift_from=20)
    found = catch(_signals(quiet, base), _signals(struck, base), normal, onset=20)
    assert found.group == "input"
    assert found.days_late is not None
    assert found.days_late <= 1
    assert "quality" not in found.by_group


def test_labels_are_known_only_after_the_delay() -> None:
    """A quality alert is never earlier than the labels."""
    base, quiet = _stream(1), _stream(2, n_days=60)
    normal = calibrate(_signals(base, base), 1.0)
    worse = Stream(
        quiet.frame,
        quiet.prediction,
        quiet.acted,
        quiet.loss + 0.5 * (quiet.days.of_row >= 20),
        quiet.cost,
        quiet.y,
        quiet.days,
    )
    found = catch(_signals(quiet, base, delay=9), _signals(worse, base, delay=9), normal, onset=20)
    assert found.group == "quality"
    assert found.days_late is not None
    assert found.days_late >= 9


def test_too_few_quiet_days_never_page() -> None:
    """Without enough days there is no limit, and it says how many there were."""
    base = _stream(1, n_days=12)
    normal = calibrate(_signals(base, base), 1.0)
    assert all(np.isinf(limit) for limit in normal.limits.values())
    assert normal.quiet_days["input"] == 12
    assert raise_alerts(_signals(_stream(2), base), normal) == ()


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
