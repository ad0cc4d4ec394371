"""The A/B test played on the held-out rows, where the truth is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.lab.ab_trial import (
    Concluded,
    Paired,
    Watched,
    conclude,
    group_limits,
    once_limits,
    peeking_limits,
    play,
    valid_limits,
)
from app.lab.always_valid import mixture_ratio, reach
from app.lab.experiment import design_effect
from app.lab.intervals import bootstrap_mean
from app.lab.proportion import wilson
from app.record.chart import Chart
from app.record.measure import Measure
from app.record.table import Column, Table
from app.stages.bench import Bench
from app.stages.part import Part
from app.stages.rollout.choices import Choices
from app.stages.rollout.plan import Plan, units_of
from app.stages.rollout.scene import Scene
from app.stages.rollout.trial_charts import example_chart, length_chart, trial_charts

TESTS = 400
MOST_DECISIONS = 30_000
MOST_LOOKS = 60
LEAST_LOOKS = 5
WAYS = {
    "fixed": "Once, at the end",
    "peek": "Every day, usual test",
    "obrien_fleming": "Planned looks, O’Brien–Fleming",
    "always_valid": "Every day, always valid",
}


@dataclass(frozen=True)
class Played:
    """What each way of looking would have concluded.

    Parameters
    ----------
    pairs : Paired
    real, equal : dict of str to Concluded
        By way; ``equal`` has today's way in both arms.
    days : float
        Days of production that were played.
    mixing : float
    watched : Watched
        Of the real tests.
    """

    pairs: Paired
    real: dict[str, Concluded]
    equal: dict[str, Concluded]
    days: float
    mixing: float
    watched: Watched

    @property
    def looks_days(self) -> float:
        """Days of production between two looks."""
        return self.days / self.pairs.days


def played(choices: Choices, scene: Scene, plan: Plan, bench: Bench) -> Played | None:
    """Play the test many times; None where there are too few held-out units."""
    pairs, days = _pairs(scene, plan)
    if pairs is None:
        return None
    real, equal = play(pairs, choices.share, TESTS, bench.rng("rollout trial"))
    mixing = mixture_ratio(plan.alpha) * _planned_variance(choices, plan, pairs)
    return Played(
        pairs,
        _concluded(real, choices, plan.alpha, mixing),
        _concluded(equal, choices, plan.alpha, mixing),
        days,
        mixing,
        real,
    )


def _pairs(scene: Scene, plan: Plan) -> tuple[Paired | None, float]:
    """Lay the first held-out decisions out in days of production."""
    held = scene.held
    n = int(min(held.size, MOST_DECISIONS, max(1, round(scene.per_day * plan.days))))
    units = units_of(held, plan.unit)[:n]
    if len(np.unique(units)) < 20:
        return None, 0.0
    # Where production is busier than the held-out rows, a day of the test has fewer decisions.
    looks = int(np.clip(plan.days, LEAST_LOOKS, min(MOST_LOOKS, n)))
    day = np.arange(n) * looks // n
    days = min(float(plan.days), max(n / scene.per_day, 1.0))
    return Paired(held.cost_a[:n], held.cost_b[:n], units, day), days


def _planned_variance(choices: Choices, plan: Plan, pairs: Paired) -> float:
    """Return the variance that the estimate should have at the end, as known beforehand."""
    sizes = np.unique(pairs.unit, return_counts=True)[1].astype(float)
    size = float((sizes**2).sum() / sizes.sum())
    design = plan.design
    spread = design.variance_a / (1 - choices.share) + design.variance_b / choices.share
    floor = max(spread, 1e-12)
    return floor * design_effect(design.icc, size) / len(pairs.unit)


def _concluded(
    watched: Watched, choices: Choices, alpha: float, mixing: float
) -> dict[str, Concluded]:
    limits = {
        "fixed": once_limits(watched, alpha),
        "peek": peeking_limits(watched, alpha),
        "obrien_fleming": group_limits(watched, alpha, choices.looks),
        "always_valid": valid_limits(watched, alpha, mixing),
    }
    return {way: conclude(watched, limit, choices.sides == "one") for way, limit in limits.items()}


def trial(choices: Choices, scene: Scene, plan: Plan, bench: Bench) -> Part:
    """Say how often each way of looking would have been right, and fooled."""
    found = played(choices, scene, plan, bench)
    if found is None:
        return Part(words={"trial": "Too few held-out units to play the test (fewer than 20)."})
    rows = [_row(way, found) for way in WAYS]
    says = _sentence(found, scene, plan)
    chosen = found.real[choices.stopping]
    right = int((chosen.sign == np.sign(found.pairs.saving)).sum())
    false = {way: _false(found.equal[way]) for way in WAYS}
    return Part(
        (
            Measure.of(
                "right", "Played tests that end with the truth", wilson(right, TESTS), "share"
            ),
            Measure.of(
                "peek_error",
                "Equal arms called different: daily looks at the usual test",
                wilson(false["peek"], TESTS),
                "share",
            ),
            Measure.of(
                "chosen_error",
                "Equal arms called different: your way of looking",
                wilson(false[choices.stopping], TESTS),
                "share",
            ),
            Measure(
                key="true_saving",
                label=f"True saving on the played {scene.noun}, per 1,000",
                value=1000 * found.pairs.saving,
                unit="currency",
                n=len(found.pairs.unit),
            ),
            _days_saved(choices, found, bench),
        ),
        (_table(rows, scene),),
        (
            *trial_charts(WAYS, found.real, found.equal, found.pairs.saving, TESTS, choices.alpha),
            length_chart(WAYS, found.real, found.looks_days, found.days),
            _example(choices, scene, plan, found),
        ),
        {"trial": says},
    )


def _days_saved(choices: Choices, found: Played, bench: Bench) -> Measure:
    concluded = found.real[choices.stopping]
    saved = np.maximum(found.pairs.days - 1 - concluded.stopped, 0) * found.looks_days
    mean = bootstrap_mean(saved, rng=bench.rng("rollout saved"), name="played test")
    return Measure.of("days_saved", "Days saved by stopping early (mean)", mean, "days")


def _false(concluded: Concluded) -> int:
    return int((concluded.sign != 0).sum())


def _row(way: str, found: Played) -> tuple[object, ...]:
    real, equal = found.real[way], found.equal[way]
    truth = np.sign(found.pairs.saving)
    right = float((real.sign == truth).mean()) if truth else 0.0
    wrong = float((real.sign == -truth).mean()) if truth else float((real.sign != 0).mean())
    error = wilson(_false(equal), TESTS)
    stopped = (real.stopped + 1) * found.looks_days
    done = real.sign != 0
    return (
        WAYS[way],
        right,
        wrong,
        float((real.sign == 0).mean()),
        error.value,
        error.low,
        error.high,
        round(float(np.median(real.stopped[done] + 1)) / found.pairs.days * len(found.pairs.unit))
        if done.any()
        else None,
        float(np.median(stopped[done])) if done.any() else None,
        float(found.days - stopped.mean()),
    )


def _table(rows: list[tuple[object, ...]], scene: Scene) -> Table:
    return Table(
        key="trials",
        title="What the test would have concluded",
        columns=(
            Column(key="way", label="Looked at", kind="text"),
            Column(key="right", label="Right", kind="share"),
            Column(key="wrong", label="Wrong way round", kind="share"),
            Column(key="nothing", label="Nothing shown", kind="share"),
            Column(
                key="false",
                label="Fooled",
                kind="share",
                help="Today’s way in both arms, and the test calls them different all the same.",
            ),
            Column(key="low", label="from", kind="share"),
            Column(key="high", label="to", kind="share"),
            Column(
                key="decisions",
                label="Decisions until it ends",
                kind="integer",
                help="Median over the tests that conclude something.",
            ),
            Column(key="stopped", label="Ends after", unit="days"),
            Column(key="saved", label="Saved on average", unit="days"),
        ),
        rows=tuple(rows),
        note=f"{TESTS} tests, units drawn into arms anew each time, on held-out {scene.noun} of "
        "which both costs are known.",
    )


def _sentence(found: Played, scene: Scene, plan: Plan) -> str:
    n = len(found.pairs.unit)
    part = n / max(scene.per_day * plan.days, 1.0)
    peek, chosen = (100 * _false(found.equal[way]) / TESTS for way in ("peek", "always_valid"))
    return (
        f"Played {TESTS} times on the first {n:,} held-out {scene.noun}, "
        f"{100 * min(part, 1.0):.0f} % of the planned test, with {found.pairs.days} looks. With equal arms, "
        f"looking every day at the usual test is fooled in {peek:.0f} % of the tests, the "
        f"always-valid interval in {chosen:.1f} %."
    )


def _example(choices: Choices, scene: Scene, plan: Plan, found: Played) -> Chart:
    saving, variance = found.watched.saving[:, 0], found.watched.variance[:, 0]
    with np.errstate(invalid="ignore", divide="ignore"):
        wide = reach(np.where(variance > 0, variance, np.nan), found.mixing, plan.alpha)
    at = found.looks_days * np.arange(1, found.pairs.days + 1)
    stop = found.real["always_valid"]
    return example_chart(
        at,
        1000 * saving,
        1000 * wide,
        1000 * np.sqrt(variance),
        plan.alpha,
        1000 * found.pairs.saving,
        float(np.ceil(at[stop.stopped[0]])) if stop.sign[0] else None,
        scene.currency,
        scene.noun,
    )
