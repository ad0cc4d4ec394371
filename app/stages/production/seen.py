"""Production as its monitors see it, and what its alerts are weighed by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from app.incidents.incident import Line
from app.lab.alerts import Calibration, calibrate
from app.lab.champion import decided
from app.lab.condition import ConditionError
from app.lab.cost import AsymmetricCosts, ReviewCosts, binary_cost
from app.lab.detection import LIMITS, TESTS, Beyond, beyond
from app.lab.impact import Stakes
from app.lab.metrics import loss_of
from app.lab.monitors.cohorts import Watched, fit_widths
from app.lab.monitors.reference import Reference, learn_reference
from app.lab.monitors.signals import Signals
from app.lab.monitors.tested import profile_of, with_tests
from app.lab.monitors.view import View
from app.lab.monitors.watch import Counted, count_days
from app.lab.monitors.watch import watch as watch_days
from app.lab.watching.profile import Profile
from app.lab.world import Answers, World
from app.stages.cohort import NamedCohort
from app.stages.production.cost import cost_rows
from app.stages.production.engine import Struck, filled
from app.stages.production.scene import Scene
from app.stages.production.stretch import Stretch, known_of

# Where a model saves next to nothing, a twentieth of what a decision costs is still at stake.
LEAST_WORTH = 0.05


@dataclass(frozen=True)
class Watching:
    """How a project is watched.

    Parameters
    ----------
    on : tuple of str
        Monitors that are switched on.
    pages_per_month : float
    window_days : int
        0 to compare with all of the past.
    chunk : {"auto", "day", "week", "month"}
    detector : {"limits", "e_detector", "daily_tests"}
    watch_share, page_share : float
        Of the usual cost of a day.
    """

    on: tuple[str, ...]
    pages_per_month: float = 1.0
    window_days: int = 28
    chunk: str = "auto"
    detector: str = LIMITS
    watch_share: float = 0.02
    page_share: float = 0.1


@dataclass(frozen=True)
class Watch:
    """Everything that was learned on quiet days, ready to look at struck ones.

    Parameters
    ----------
    scene : Scene
    how : Watching
    reference : Reference
    cohorts : tuple of NamedCohort
    watched : tuple of Watched
    past, live : Signals
        Of the quiet days before the test, and of the held-out days as they were.
    counted : Counted
        Columns of the live days, so that what does not change is not counted again.
    normal : Calibration
    stakes : Stakes
    quiet : dict
        Where the live days are beyond what is normal by themselves.
    tested : Profile or None
        Quiet days that each day is tested against, where that is how it is watched.
    """

    scene: Scene
    how: Watching
    reference: Reference
    cohorts: tuple[NamedCohort, ...]
    watched: tuple[Watched, ...]
    past: Signals
    live: Signals
    counted: Counted
    normal: Calibration
    stakes: Stakes
    quiet: Beyond
    tested: Profile | None = None

    def signals_of(self, struck: Struck) -> Signals:
        """Return the signals of the live days as they are now."""
        view = view_of(
            self.scene.form,
            self.scene.live,
            struck.world,
            struck.answers,
            self.cohorts,
            struck.lines,
        )
        counted = count_days(view, self.reference, self.counted)
        return _tested(
            watch_days(view, self.reference, self.watched, counted), self.tested, counted
        )


def view_of(
    form: str,
    stretch: Stretch,
    world: World,
    answers: Answers,
    cohorts: tuple[NamedCohort, ...] = (),
    lines: tuple[Line, ...] = (),
) -> View:
    """Return production as it is recorded: answers, and what recorded labels say of them."""
    known = known_of(answers.prediction) & world.arrived
    there = np.isfinite(world.label)
    told, label = filled(answers.prediction), np.where(there, world.label, 0.0)
    queries = stretch.model.queries
    seen = decided(label, told)
    loss = loss_of(form, label, told, None if queries is None else queries[world.origin])
    both = known & there
    return View(
        world,
        answers,
        np.where(known, seen.score, np.nan),
        np.where(both, seen.happened, np.nan),
        np.where(both, loss, np.nan),
        cost_rows(
            stretch.levels,
            world,
            answers,
            (stretch.person_wrong, stretch.person_fee),
            recorded=True,
        ),
        {cohort.name: _members(cohort, world) for cohort in cohorts if cohort.known},
        *_written(lines, world.days.count),
    )


def _written(lines: tuple[Line, ...], days: int) -> tuple[np.ndarray, np.ndarray]:
    """Return complaints by day, and the newest version announced by then."""
    complaints, announced = np.zeros(days), np.zeros(days, dtype=int)
    for line in lines:
        if line.source == "complaint":
            complaints[line.day] += 1
        announced[line.day :] = np.maximum(announced[line.day :], line.version)
    return complaints, announced


def _members(cohort: NamedCohort, world: World) -> np.ndarray:
    try:
        return np.asarray(cohort.mask(world.rows) & world.arrived)
    except ConditionError:
        # An incident may leave a column that nothing can be compared with: then no row belongs.
        return np.zeros(world.n, dtype=bool)


def start_watching(scene: Scene, how: Watching, cohorts: tuple[NamedCohort, ...] = ()) -> Watch:
    """Learn what is normal, and set the limits."""
    known = tuple(cohort for cohort in cohorts if cohort.known)
    past, live = scene.past, scene.live
    before = view_of(scene.form, past, past.world, past.answers, known)
    days = past.world.days
    window = max(1, round(how.window_days / days.length)) if how.window_days else None
    reference = learn_reference(before, matters(scene.importance), window, how.chunk)
    watched = fit_widths(before)
    seen = count_days(before, reference)
    tested = profile_of(seen, days.names) if how.detector == TESTS else None
    quiet = _tested(watch_days(before, reference, watched, seen), tested, seen)
    normal = calibrate(quiet, how.pages_per_month, how.on)
    now = view_of(scene.form, live, live.world, live.answers, known)
    counted = count_days(now, reference)
    signals = _tested(watch_days(now, reference, watched, counted), tested, counted)
    return Watch(
        scene,
        how,
        reference,
        known,
        watched,
        quiet,
        signals,
        counted,
        normal,
        stakes_of(scene, how, before, now),
        beyond(signals, normal, how.detector),
        tested,
    )


def _tested(signals: Signals, past: Profile | None, counted: Counted) -> Signals:
    return signals if past is None else with_tests(signals, past, counted)


def stakes_of(scene: Scene, how: Watching, before: View, now: View) -> Stakes:
    """Return what a day of this production is worth, by its quiet past."""
    past = scene.past
    usual = float(past.cost.mean())
    below, nothing = _levels_below(past)
    days = scene.live.world.days
    return Stakes(
        scene.live.world.n / max(days.count * days.length, 1.0),
        max(nothing - usual, LEAST_WORTH * abs(usual)),
        max(below - usual, 0.0),
        usual,
        swing_of(past),
        float(np.nanmean(before.loss)) if np.isfinite(before.loss).any() else 0.0,
        matters(scene.importance),
        {name: float(mask.mean()) for name, mask in now.cohorts.items()},
        how.watch_share,
        how.page_share,
    )


def matters(importance: Mapping[str, float]) -> dict[str, float]:
    """Return the weight of each input: loss grows with the square of its part of an answer."""
    squares = {name: share**2 for name, share in importance.items()}
    whole = sum(squares.values())
    return {name: part / whole if whole > 0 else 0.0 for name, part in squares.items()}


def _levels_below(past: Stretch) -> tuple[float, float]:
    """Return the mean cost of the first fallback, and of the answer that looks at nothing."""
    costs = []
    for level in past.levels[1:]:
        if level.champion is None:
            continue
        told = level.champion.fitted.predict(past.world.rows)
        acts = level.champion.acts(told).astype(float)
        acted = acts if level.champion.has_threshold else np.full(len(told), np.nan)
        answers = past.answers.but(
            prediction=told, acted=acted, rung=np.zeros(past.world.n, dtype=int)
        )
        costs.append(float(cost_rows(past.levels, past.world, answers).mean()))
    if not costs:
        usual = float(past.cost.mean())
        return usual, usual
    return costs[0], costs[-1]


def swing_of(past: Stretch) -> float:
    """Return what the other decision would change on a request, on average."""
    costs = past.model.costs
    if isinstance(costs, AsymmetricCosts):
        return (costs.over + costs.under) / 2
    if not past.model.has_threshold:
        return float(past.cost.mean())
    plain = costs.as_binary() if isinstance(costs, ReviewCosts) else costs
    happened = decided(past.world.y, filled(past.answers.prediction)).happened
    stakes = past.model.stakes
    acted = binary_cost(happened, np.ones(len(happened), dtype=bool), plain, stakes)  # type: ignore[arg-type]
    waited = binary_cost(happened, np.zeros(len(happened), dtype=bool), plain, stakes)  # type: ignore[arg-type]
    return float(np.abs(acted - waited).mean())


def quiet_part(watch: Watch, days: int) -> Watch:
    """Return the same watch over the first live days only, with the limits it has."""
    scene = watch.scene.cut(days)
    if scene is watch.scene:
        return watch
    live = scene.live
    view = view_of(scene.form, live, live.world, live.answers, watch.cohorts)
    counted = count_days(view, watch.reference)
    signals = watch_days(view, watch.reference, watch.watched, counted)
    signals = _tested(signals, watch.tested, counted)
    return replace(
        watch,
        scene=scene,
        live=signals,
        counted=counted,
        quiet=beyond(signals, watch.normal, watch.how.detector),
    )
