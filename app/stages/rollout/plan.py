"""The A/B test as planned: unit, what it can show, and how long it takes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from app.lab.always_valid import mixture_ratio, reach
from app.lab.estimate import Estimate
from app.lab.experiment import Design, Likeness, likeness
from app.lab.intervals import bootstrap_mean
from app.lab.sequential import boundaries, inflation
from app.stages.bench import Bench
from app.stages.rollout.choices import Choices
from app.stages.rollout.decisions import Decisions
from app.stages.rollout.scene import Scene

# So many equally large groups at least, or the errors of a test by group cannot be trusted.
LEAST_GROUPS = 40
WEEK = 7
# Of a test that is looked at every day the inflation is worked out for this many looks.
MANY_LOOKS = 12
NOUNS = {"row": "decision", "group": "group", "list": "list", "day": "day"}


@dataclass(frozen=True)
class Plan:
    """Everything the test rests on.

    Parameters
    ----------
    unit : str
        "row", "group", "list" or "day".
    trouble : str
        Why the unit that was asked for is not taken, empty when it is.
    alike : Likeness
        Of the costs of one unit, in the past.
    design : Design
    cautious, hopeful : Design
        With the variance at the ends of its interval.
    mean : Estimate
        Cost of a decision today, in currency.
    saving : Estimate
        What the folds promise, in currency per decision.
    effect : float
        Saving per decision that the test must be able to show.
    effect_from : str
        "asked", "bar" or "folds".
    needed : float or None
        Days; None when ten years are not enough.
    days : int
        Days it is planned for.
    alpha : float
        Two-sided error.
    """

    unit: str
    trouble: str
    alike: Likeness
    design: Design
    cautious: Design
    hopeful: Design
    mean: Estimate
    saving: Estimate
    effect: float
    effect_from: str
    needed: float | None
    days: int
    alpha: float

    @property
    def detectable(self) -> float:
        """Smallest saving per decision that the planned test can show."""
        return float(self.design.detectable(np.array(float(self.days))))

    @property
    def span(self) -> tuple[float | None, float | None]:
        """The same at the ends of the interval of the variance."""
        ends = [
            float(d.detectable(np.array(float(self.days)))) for d in (self.hopeful, self.cautious)
        ]
        return (ends[0], ends[1]) if np.isfinite(ends).all() else (None, None)

    @property
    def power(self) -> float:
        """Chance of the planned test to show what the folds promise."""
        return float(self.design.power_at(np.array(self.saving.value), self.days))


def plan_of(choices: Choices, bar: float, scene: Scene, bench: Bench) -> Plan:
    """Work the test out from the training rows, which no fold had seen when it answered them."""
    past, rng = scene.past, bench.rng("rollout plan")
    unit, trouble = _unit(choices.unit, scene)
    alike = likeness(past.cost_a, units_of(past, unit), rng)
    alpha = choices.alpha if choices.sides == "two" else 2 * choices.alpha
    mean, saving = (
        bootstrap_mean(values, rng=rng, blocks=past.block, name=scene.block_name)
        for values in (past.cost_a, past.saving)
    )
    design = design_by(unit, choices, scene, alike, alpha, _inflation(choices, alpha))
    cautious, hopeful = _ends(design, past, scene, rng)
    effect, source = _effect(choices, bar, saving)
    needed = design.days_for(effect)
    days = choices.most_days if needed is None else min(_weeks(needed), choices.most_days)
    return Plan(
        unit,
        trouble,
        alike,
        design,
        cautious,
        hopeful,
        mean,
        saving,
        effect,
        source,
        needed,
        days,
        alpha,
    )


def design_by(
    unit: str,
    choices: Choices,
    scene: Scene,
    alike: Likeness,
    alpha: float,
    inflated: float,
) -> Design:
    """Return the test with some unit, sized by production and spread like the past."""
    return Design(
        float(scene.past.cost_a.var(ddof=1)),
        float(scene.past.cost_b.var(ddof=1)),
        scene.per_day,
        choices.share,
        alpha,
        choices.power,
        alike.icc.value,
        alike.size / scene.span_days if unit == "group" else 0.0,
        max(1.0, scene.per_day) if unit == "day" else 1.0,
        inflated,
    )


def units_of(decisions: Decisions, unit: str) -> np.ndarray:
    """Return the unit of every decision."""
    if unit == "group" and decisions.group is not None:
        return decisions.group
    if unit == "day" and decisions.day is not None:
        return decisions.day.astype(np.int64)
    return np.arange(decisions.size)


def effective_units(units: np.ndarray) -> float:
    """Return how many equally large units would tell as much as these."""
    sizes = np.unique(units, return_counts=True)[1].astype(float)
    return float(sizes.sum() ** 2 / (sizes**2).sum())


def _unit(asked: str, scene: Scene) -> tuple[str, str]:
    """Return the unit that is drawn, and why it is not the one that was asked for."""
    alone = "list" if scene.problem.queries is not None else "row"
    groups = 0.0 if scene.past.group is None else effective_units(scene.past.group)
    if asked == "auto":
        whole = groups >= LEAST_GROUPS and alone == "row" and not scene.group_late
        return ("group" if whole else alone), ""
    troubles = {
        "group": "no column names what comes back (Data & labels)"
        if groups == 0
        else f"{scene.group} is known only after the decision"
        if scene.group_late
        else "",
        "day": "the rows have no dates" if scene.past.day is None else "",
        "list": "nothing is ranked here" if alone == "row" else "",
        "row": "items of one list cannot be decided in two ways" if alone == "list" else "",
    }
    return (alone, troubles[asked]) if troubles[asked] else (asked, "")


def _inflation(choices: Choices, alpha: float) -> float:
    """Return how many more decisions looking on the way costs at most."""
    if choices.stopping == "obrien_fleming":
        times = np.arange(1, choices.looks + 1) / choices.looks
        return max(1.0, inflation(times, boundaries(times, alpha), alpha, choices.power))
    if choices.stopping == "always_valid":
        times = np.arange(1, MANY_LOOKS + 1) / MANY_LOOKS
        bounds = reach(1 / times, mixture_ratio(alpha), alpha) * np.sqrt(times)
        return max(1.0, inflation(times, bounds, alpha, choices.power))
    return 1.0


def _ends(
    design: Design, past: Decisions, scene: Scene, rng: np.random.Generator
) -> tuple[Design, Design]:
    """Return the design with both variances at the upper and at the lower end of their interval."""
    found = []
    for costs in (past.cost_a, past.cost_b):
        squares = (costs - costs.mean()) ** 2
        found.append(bootstrap_mean(squares, rng=rng, blocks=past.block, name=scene.block_name))
    high, low = (
        [getattr(e, end) if getattr(e, end) is not None else e.value for e in found]
        for end in ("high", "low")
    )
    return (
        replace(
            design,
            variance_a=max(high[0], design.variance_a),
            variance_b=max(high[1], design.variance_b),
        ),
        replace(
            design,
            variance_a=min(low[0], design.variance_a),
            variance_b=min(low[1], design.variance_b),
        ),
    )


def _effect(choices: Choices, bar: float, saving: Estimate) -> tuple[float, str]:
    if choices.effect > 0:
        return choices.effect / 1000, "asked"
    if bar > 0:
        return bar / 1000, "bar"
    return abs(saving.value), "folds"


def _weeks(days: float) -> int:
    """Round up to whole weeks: every weekday then counts alike."""
    return int(np.ceil(days / WEEK) * WEEK)
