"""Production, simulated: traffic, incidents that strike it, and what moves do."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from app.incidents import INCIDENTS
from app.lab.detection import beyond, catch
from app.lab.monitors.catalogue import MONITORS
from app.lab.traffic import a_year, as_it_happened
from app.record.project import Project
from app.stages.production.engine import Struck, context_of, simulate, untouched
from app.stages.production.response import refit, respond, times_of
from app.stages.production.seen import Watch
from app.workshop import KeptThings, shelf
from tests.conftest import PROJECTS

ONSET = 8


def _watch(project: Project) -> Watch:
    found = KeptThings(shelf()).get(f"{project.evidence['monitoring'].digest}-watch")
    assert isinstance(found, Watch)
    return found


def _strike(watch: Watch, key: str, severity: float = 0.5) -> Struck:
    return simulate(watch.scene, INCIDENTS[key], ONSET, severity, np.random.default_rng(0))


@pytest.fixture(scope="module")
def watch(binary_project: Project) -> Watch:
    """What the monitoring stage kept of a yes-or-no project."""
    return _watch(binary_project)


@pytest.mark.parametrize("fixture", PROJECTS)
def test_every_incident_is_caught_by_some_monitor_and_missed_by_another(
    fixture: str, request: pytest.FixtureRequest
) -> None:
    """Over all incidents and all kinds of projects: nothing sees everything, nothing goes unseen."""
    watch = _watch(request.getfixturevalue(fixture))
    struck = 0
    for key, incident in INCIDENTS.items():
        context = context_of(watch.scene, 0.5, np.random.default_rng(0))
        if incident.why_not(watch.scene.live.world, context):
            continue
        # Six rows a day hide what is usual: these are grave.
        signals = watch.signals_of(_strike(watch, key, 0.8))
        found = catch(watch.quiet, signals, watch.normal, watch.stakes, ONSET)
        assert found, f"nothing notices {key}"
        assert len(found) < len(watch.live.values), f"everything notices {key}"
        struck += 1
    assert struck >= len(INCIDENTS) - 2


def test_a_strike_repeats_by_seed_and_leaves_the_past_alone(watch: Watch) -> None:
    """Twice the same seed is the same world; no row before the onset differs in anything."""
    quiet = watch.scene.live
    before = quiet.world.days.of_row < ONSET
    for key in ("unit_change", "prior_shift", "lost_replicas", "label_bug"):
        one, two = _strike(watch, key), _strike(watch, key)
        pd.testing.assert_frame_equal(one.world.rows, two.world.rows)
        assert np.array_equal(one.cost, two.cost)
        assert np.array_equal(one.answers.prediction, two.answers.prediction, equal_nan=True)
        assert np.array_equal(one.cost[before], quiet.cost[before])
        assert np.array_equal(one.answers.rung[before], quiet.answers.rung[before])


def test_signals_before_the_strike_are_those_of_the_quiet_days(watch: Watch) -> None:
    """What is reused and what is counted anew agree to the last bit up to the onset."""
    signals = watch.signals_of(_strike(watch, "null_flood"))
    for monitor, named in watch.live.values.items():
        for name, values in named.items():
            now = signals.values[monitor][name]
            assert np.array_equal(now[:ONSET], values[:ONSET], equal_nan=True), (monitor, name)


def test_concept_shift_shows_in_labels_only(watch: Watch) -> None:
    """No monitor of inputs, predictions or service sees it; the estimate is blind as well."""
    signals = watch.signals_of(_strike(watch, "concept_shift"))
    found = catch(watch.quiet, signals, watch.normal, watch.stakes, ONSET)
    assert "loss" in found
    assert {MONITORS[key].labels for key in found} == {True}


def test_mending_the_source_ends_the_harm_and_waiting_does_not(watch: Watch) -> None:
    """From the minute on at which it works the right move brings the quiet costs back."""
    struck, quiet = _strike(watch, "null_flood"), watch.scene.live
    mended = respond(watch.scene, struck, "fix_data", ONSET + 5.0)
    late = times_of(struck.world) >= ONSET + 5.0
    assert np.array_equal(mended.cost[late], quiet.cost[late])
    assert np.array_equal(mended.cost[~late], struck.cost[~late])
    for idle in ("leave_alone", "talk", "roll_back"):
        assert np.array_equal(respond(watch.scene, struck, idle, ONSET).cost, struck.cost)


def test_falling_back_uses_the_rung_below_with_its_own_threshold(watch: Watch) -> None:
    """Each level answers what it answers: the rule's costs are the rule's, on quiet days as well."""
    quiet = untouched(watch.scene, np.random.default_rng(0))
    rule = watch.scene.live.levels[1].champion
    assert rule is not None
    fallen = respond(watch.scene, quiet, "fall_back", 0.0, level=1)
    told = rule.fitted.predict(quiet.world.rows)
    assert np.array_equal(fallen.answers.prediction, told)
    assert np.array_equal(fallen.answers.acted, rule.acts(told).astype(float))
    assert set(fallen.answers.rung.tolist()) == {1}
    person = respond(watch.scene, quiet, "fall_back", 0.0, level=3)
    assert set(person.answers.rung.tolist()) == {3}


def test_retraining_learns_from_labels_that_are_in_and_no_others(watch: Watch) -> None:
    """After a concept shift a refit on matured labels loses less; before any are in it is the same."""
    struck = _strike(watch, "concept_shift")
    last = watch.scene.live.world.days.count
    early = refit(watch.scene, struck, 0.0)
    assert early is watch.scene.live.model
    fresh = refit(watch.scene, struck, last)
    learned = respond(watch.scene, struck, "retrain", ONSET, fitted=fresh)
    since = struck.world.days.of_row >= ONSET
    assert learned.cost[since].sum() < struck.cost[since].sum()


def test_what_the_model_does_not_answer_the_ladder_does(watch: Watch) -> None:
    """Lost copies: their share is answered a level below, nobody is left without."""
    struck = _strike(watch, "lost_replicas")
    since = struck.world.days.of_row >= ONSET
    assert (struck.answers.rung[since] > 0).mean() > 0.2
    assert (struck.answers.rung >= 0).all()


def test_a_year_keeps_weekdays_and_whole_lists() -> None:
    """A year is drawn by weekday and month; lists come whole, and anew each time."""
    rng = np.random.default_rng(0)
    times = np.asarray(pd.date_range("2025-01-01", periods=4000, freq="h"), dtype="datetime64[us]")
    keep = (times.astype("datetime64[D]").astype(int) + 3) % 7 < 5
    times = times[keep]
    found = a_year(times, len(times), rng)
    assert found.days.count == 365
    weekday = found.days.weekday[found.days.of_row]
    own = (times.astype("datetime64[D]").astype(int) + 3) % 7
    assert (weekday == own[found.rows])[weekday < 5].all()
    counts = np.bincount(found.days.of_row, minlength=365)
    assert counts[found.days.weekday < 5].std() / counts[found.days.weekday < 5].mean() > 0.1
    lists = np.repeat(np.arange(100), 6)
    drawn = a_year(None, 600, rng, lists)
    sizes = np.bincount(drawn.draw)
    assert set(sizes[sizes > 0].tolist()) == {6}
    for one in np.unique(drawn.draw)[:20]:
        assert len(set(lists[drawn.rows[drawn.draw == one]].tolist())) == 1
        assert len(set(drawn.days.of_row[drawn.draw == one].tolist())) == 1
    assert len(as_it_happened(None, 600, rng, queries=lists).rows) == 600


def test_evidence_that_adds_up_is_quiet_where_limits_are(watch: Watch) -> None:
    """On the quiet live days the e-detector is beyond normal on no more days than limits are."""
    limits = beyond(watch.live, watch.normal)
    evidence = beyond(watch.live, watch.normal, "e_detector")
    count = {
        name: sum(int(v.sum()) for named in found.values() for v in named.values())
        for name, found in (("limits", limits), ("evidence", evidence))
    }
    assert count["evidence"] <= count["limits"] + 5
