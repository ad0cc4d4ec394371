"""What each retraining policy would have cost, in numbers, a table and pictures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.lab.estimate import Estimate
from app.lab.intervals import bootstrap_mean
from app.lab.retraining import Replayed, World
from app.record.chart import Axis, Chart, Guide, Role, Series
from app.record.measure import Measure
from app.record.number import readable
from app.record.table import Column, Table
from app.stages.bench import Bench
from app.stages.part import Part
from app.stages.rollout.choices import Choices
from app.stages.rollout.scene import Scene
from app.stages.rollout.words import lasting

ROLES: dict[str, Role] = {
    "never": "muted",
    "month": "main",
    "quarter": "third",
    "drift": "watch",
    "quality": "good",
    "no_gate": "stop",
}
LEAST_ROWS = 20


@dataclass(frozen=True)
class Counted:
    """One policy, counted.

    Parameters
    ----------
    replayed : Replayed
    cost, saved : Estimate
        Per 1,000, and against never retraining.
    by_period : ndarray of float, shape (periods,)
        Cost per 1,000 in each period; NaN with too few rows.
    """

    replayed: Replayed
    cost: Estimate
    saved: Estimate
    by_period: np.ndarray


def told(
    choices: Choices,
    scene: Scene,
    unit: str,
    starts: np.ndarray,
    world: World,
    found: tuple[Replayed, ...],
    today: np.ndarray,
    bench: Bench,
) -> Part:
    """Write down what became of every policy."""
    period = np.searchsorted(starts, world.times[world.held], side="right") - 1
    names, unit = [_named(start, unit) for start in starts], _noun(unit)
    counted = [
        _counted(one, found[0].cost, period, len(starts), scene, world, bench) for one in found
    ]
    chosen = _chosen(choices, counted)
    never = counted[0]
    worse = _worse(chosen, never)
    return Part(
        _measures(scene, chosen, counted, worse, unit),
        (_table(choices, counted, never, unit, len(world.held), scene),),
        (
            _over_time(scene, counted, chosen, names, _means(today, period, len(starts)), unit),
            _against_never(scene, counted, chosen),
        ),
        {
            "retraining": _sentence(scene, chosen, counted, world, names, unit),
            "policy_chosen": chosen.replayed.policy.title,
            **_blind(chosen.replayed),
        },
    )


def _blind(one: Replayed) -> dict[str, str]:
    """Say how often the gate could not tell."""
    few = sum(event.against == "too few" for event in one.events)
    return {"gate_blind": f"{few} of {len(one.events)}"} if few else {}


def _named(start: np.datetime64, unit: str) -> str:
    return str(start)[: {"week": 10, "month": 7, "quarter": 7}.get(unit, 4)]


def _noun(unit: str) -> str:
    """Return what one step is called; steps of several years are periods."""
    return "period" if unit[0].isdigit() else unit


def _chosen(choices: Choices, counted: list[Counted]) -> Counted:
    """Return the policy that was chosen; where a quarter is no more than a month, that one."""
    by_key = {one.replayed.policy.key: one for one in counted}
    return by_key.get(choices.policy, by_key["month"])


def _counted(
    one: Replayed,
    never: np.ndarray,
    period: np.ndarray,
    periods: int,
    scene: Scene,
    world: World,
    bench: Bench,
) -> Counted:
    blocks, rng = scene.problem.blocks[world.held], bench.rng("rollout retraining")
    cost, saved = (
        bootstrap_mean(1000 * values, rng=rng, blocks=blocks, name=scene.block_name)
        for values in (one.cost, never - one.cost)
    )
    return Counted(one, cost, saved, _means(one.cost, period, periods))


def _means(cost: np.ndarray, period: np.ndarray, periods: int) -> np.ndarray:
    n = np.bincount(period, minlength=periods)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = 1000 * np.bincount(period, weights=cost, minlength=periods) / n
    return np.where(n >= LEAST_ROWS, mean, np.nan)


def _worse(one: Counted, never: Counted) -> int:
    with np.errstate(invalid="ignore"):
        return int((one.by_period > never.by_period + 1e-9).sum())


def _measures(
    scene: Scene, chosen: Counted, counted: list[Counted], worse: int, unit: str
) -> tuple[Measure, ...]:
    best = min(counted, key=lambda one: one.cost.value)
    return (
        Measure.of(
            "policy_saving",
            f"Your policy against never retraining, per 1,000 {scene.noun}",
            chosen.saved,
            "currency",
            note="Intervals of single policies, not corrected for their number.",
        ),
        Measure.of(
            "policy_cost",
            f"Cost under your policy, per 1,000 {scene.noun}",
            chosen.cost,
            "currency",
        ),
        Measure(
            key="retrained",
            label="New models under your policy",
            value=float(chosen.replayed.retrained),
            unit="models",
            n=len(chosen.by_period),
            note=f"{chosen.replayed.rejected} challengers were kept out.",
        ),
        Measure(
            key="worse_periods",
            label=f"{unit.capitalize()}s in which never retraining was cheaper",
            value=float(worse),
            unit=f"{unit}s",
            n=int(np.isfinite(chosen.by_period).sum()),
        ),
        Measure.of(
            "best_policy",
            f"The cheapest in the replay: {best.replayed.policy.title.lower()}, against never",
            best.saved,
            "currency",
        ),
    )


def _sentence(
    scene: Scene,
    chosen: Counted,
    counted: list[Counted],
    world: World,
    names: list[str],
    unit: str,
) -> str:
    best = min(counted, key=lambda one: one.cost.value)
    saved = chosen.saved
    span = (
        f" ({readable(saved.low)} to {readable(saved.high)})"
        if saved.low is not None and saved.high is not None
        else ""
    )
    title = chosen.replayed.policy.title.lower()
    mine = (
        "never retraining is your policy"
        if chosen.replayed.policy.trigger == "never"
        else f"“{title}” saves {readable(saved.value)} {scene.currency} per 1,000 against never "
        f"retraining{span}, with {chosen.replayed.retrained} new models"
    )
    return (
        f"{scene.names[1]} fitted again with what was known at the time, {names[0]} to {names[-1]}, "
        f"labels {_late(world.gap_days)}: {mine}; cheapest in the replay: "
        f"“{best.replayed.policy.title.lower()}”."
    )


def _late(days: float) -> str:
    return f"{lasting(days)} late" if days > 0 else "at once"


def _table(
    choices: Choices, counted: list[Counted], never: Counted, unit: str, n: int, scene: Scene
) -> Table:
    return Table(
        key="policies",
        title="Retraining policies, replayed",
        columns=(
            Column(key="policy", label="Policy", kind="text"),
            Column(key="cost", label="Cost per 1,000", kind="currency"),
            Column(key="saved", label="Saved against never", kind="currency"),
            Column(key="low", label="from", kind="currency"),
            Column(key="high", label="to", kind="currency"),
            Column(key="retrained", label="New models", kind="integer"),
            Column(key="rejected", label="Kept out", kind="integer"),
            Column(key="worse", label=f"{unit.capitalize()}s dearer than never", kind="integer"),
            Column(key="spent", label="Spent on retraining", kind="currency"),
            Column(key="why", label="Asked for by", kind="text"),
        ),
        rows=tuple(
            (
                one.replayed.policy.title,
                one.cost.value,
                one.saved.value,
                one.saved.low,
                one.saved.high,
                one.replayed.retrained,
                one.replayed.rejected,
                _worse(one, never),
                choices.retraining_cost * (one.replayed.retrained + one.replayed.rejected),
                _reasons(one.replayed),
            )
            for one in counted
        ),
        note=f"On {n:,} held-out rows. Each model learned from at most {choices.replay_rows:,} rows "
        "whose labels were known when it was trained, the first one, too. Per 1,000 "
        f"{scene.noun}; intervals of single policies.",
    )


def _reasons(one: Replayed) -> str:
    words = {"calendar": "calendar", "drift": "drift", "cost": "dearer decisions"}
    reasons = [words[name] for name in dict.fromkeys(e.why.split(" ")[0] for e in one.events)]
    few = sum(event.against == "too few" for event in one.events)
    if few:
        reasons.append(f"{few} windows too small to judge a challenger")
    return ", ".join(reasons)


def _over_time(
    scene: Scene,
    counted: list[Counted],
    chosen: Counted,
    names: list[str],
    today: np.ndarray,
    unit: str,
) -> Chart:
    shown = [one for one in counted if one is chosen or one.replayed.policy.key == "never"]
    shown += [one for one in counted if one.replayed.policy.key == "no_gate"]
    return Chart(
        key="retraining",
        title="What would each policy have cost?",
        says=f"Cost per 1,000 {scene.noun} in each {unit}; below the grey line retraining paid.",
        x=Axis(label=unit.capitalize(), kind="category", order=tuple(names)),
        y=Axis(label=f"Cost per 1,000 {scene.noun}", unit=scene.currency),
        series=(
            Series(
                name=f"Today: {scene.names[0].lower()}",
                mark="line",
                x=names,
                y=today,
                role="second",
                dashed=True,
            ),
            *(
                Series(
                    name=one.replayed.policy.title,
                    mark="line",
                    x=names,
                    y=one.by_period,
                    role=ROLES[one.replayed.policy.key],
                )
                for one in shown
            ),
        ),
    )


def _against_never(scene: Scene, counted: list[Counted], chosen: Counted) -> Chart:
    others = [one for one in counted if one.replayed.policy.key != "never"]
    names = [f"{one.replayed.policy.title} ({one.replayed.retrained} new)" for one in others]
    proven = sum(one.saved.low is not None and one.saved.low > 0 for one in others)
    return Chart(
        key="policies",
        title="Does retraining pay?",
        says=f"Saving against never retraining; {proven} of {len(others)} policies save with the "
        "whole interval. In brackets how many new models went live.",
        x=Axis(label=f"Saving per 1,000 {scene.noun}", unit=scene.currency),
        y=Axis(label="", kind="category", order=tuple(names)),
        series=(
            Series(
                name="Saving",
                mark="point",
                x=[one.saved.value for one in others],
                y=names,
                low=[one.saved.low for one in others],
                high=[one.saved.high for one in others],
            ),
        ),
        guides=(Guide(axis="x", at=0.0, label="never"),),
        horizontal=True,
    )
