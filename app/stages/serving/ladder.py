"""The fallback ladder: what each step costs more than the full model, and whether it is in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from app.lab.column_means import column_means
from app.lab.estimate import Estimate
from app.lab.many_means import joint_means
from app.record.chart import Axis, Chart, Guide, Series
from app.record.measure import Measure
from app.record.number import readable
from app.record.table import Cell, Column, Table
from app.stages.bench import Bench
from app.stages.part import Part
from app.stages.rung_titles import RUNGS
from app.stages.serving.catalogue import SHORT
from app.stages.serving.choices import Choices
from app.stages.serving.setting import Setting
from app.stages.serving.standing import Standing


@dataclass(frozen=True)
class Rung:
    """One step: its cost of 1,000 decisions, and how it stands to others.

    Parameters
    ----------
    cost : Estimate
    extra : Estimate
        Beyond the full model.
    above : Estimate or None
        Beyond the step above.
    idle : Estimate or None
        Beyond doing nothing.
    """

    cost: Estimate
    extra: Estimate
    above: Estimate | None
    idle: Estimate | None


@dataclass(frozen=True)
class Ladder:
    """All steps by key, and doing nothing."""

    steps: Mapping[str, Rung]
    idle: Estimate | None
    idle_extra: Estimate | None


def ladder_of(standing: Standing, setting: Setting, bench: Bench) -> Ladder:
    """Measure every step on the same rows, in pairs."""
    costs, idle = standing.costs, standing.idle
    keys, full = list(costs), costs["full"]
    wanted: dict[tuple[str, str], np.ndarray] = {}
    for place, key in enumerate(keys):
        wanted[key, "cost"] = costs[key]
        wanted[key, "extra"] = costs[key] - full
        if place:
            wanted[key, "above"] = costs[key] - costs[keys[place - 1]]
        if idle is not None:
            wanted[key, "idle"] = costs[key] - idle
    if idle is not None:
        wanted["idle", "cost"], wanted["idle", "extra"] = idle, idle - full
    found = means_of(wanted, standing, setting, bench, "fallbacks", max(1, len(keys) - 1))
    return Ladder(
        {
            key: Rung(
                found[key, "cost"],
                found[key, "extra"],
                found.get((key, "above")),
                found.get((key, "idle")),
            )
            for key in keys
        },
        found.get(("idle", "cost")),
        found.get(("idle", "extra")),
    )


def means_of(
    wanted: Mapping[tuple[str, str], np.ndarray],
    standing: Standing,
    setting: Setting,
    bench: Bench,
    name: str,
    compared: int,
) -> dict[tuple[str, str], Estimate]:
    """Return the mean of each vector of costs over 1,000 decisions, drawn together."""
    problem, at = setting.problem, standing.at
    values = 1000 * np.column_stack(list(wanted.values()))
    blocks, named = problem.blocks[at], problem.block_name
    joint = joint_means(values, bench.rng(name), blocks, named, compared)
    # A cost is never below zero, nor is the percentile of its resamples.
    plain = column_means(values, bench.rng(name), blocks, named)
    lists = problem.queries_of(at)
    n = len(at) if lists is None else len(np.unique(lists))
    return {
        key: replace(alone if key[1] == "cost" else together, n=n)
        for key, alone, together in zip(wanted, plain, joint, strict=True)
    }


def ladder(choices: Choices, setting: Setting, standing: Standing, found: Ladder) -> Part:
    """Write the ladder down."""
    words = {"ladder": _says(found, setting)}
    if standing.trouble:
        words["no_reduced"] = f"There is no reduced model: {standing.trouble}."
    elif "reduced" in choices.steps and "reduced" not in found.steps:
        words["no_reduced"] = (
            "There is no reduced model: no dependency is named that it does without."
        )
    return Part(
        measures=tuple(_measures(found)),
        tables=(_table(choices, setting, found),),
        charts=(_chart(found, setting),),
        words=words,
    )


def _says(found: Ladder, setting: Setting) -> str:
    below = [key for key in found.steps if key != "full"]
    if not below:
        return "Nothing stands below the full model."
    first = found.steps[below[0]].extra
    return (
        f"Without “{RUNGS[setting.chosen]}”, the step “{SHORT[below[0]]}” costs "
        f"{readable(first.value)} {setting.currency} more per 1,000 decisions"
        f"{_span(first)}, n = {first.n:,}."
    )


def _span(found: Estimate) -> str:
    if found.low is None or found.high is None:
        return ""
    return f" (95 % interval {readable(found.low)} to {readable(found.high)})"


def _measures(found: Ladder) -> list[Measure]:
    listed = [
        Measure.of(f"cost_{key}", f"{SHORT[key]}: cost of 1,000 decisions", step.cost, "currency")
        for key, step in found.steps.items()
    ]
    listed += [
        Measure.of(
            f"extra_{key}",
            f"{SHORT[key]}: cost of 1,000 decisions beyond the full model",
            step.extra,
            "currency",
        )
        for key, step in found.steps.items()
        if key != "full"
    ]
    if found.idle is not None:
        listed.append(
            Measure.of(
                "cost_idle", "Doing nothing: cost of 1,000 decisions", found.idle, "currency"
            )
        )
    return listed


COLUMNS = (
    Column(key="key", label="Key", kind="text"),
    Column(key="step", label="Step", kind="text"),
    Column(key="does", label="Who answers", kind="text"),
    Column(key="basis", label="Basis", kind="text"),
    Column(key="cost", label="Cost per 1,000", kind="currency"),
    Column(key="low", label="from", kind="currency"),
    Column(key="high", label="to", kind="currency"),
    Column(key="extra", label="Beyond the full model", kind="currency"),
    Column(key="extra_low", label="from", kind="currency"),
    Column(key="extra_high", label="to", kind="currency"),
    Column(key="above_high", label="Beyond the step above: at most", kind="currency"),
    Column(key="idle_low", label="Beyond doing nothing: at least", kind="currency"),
    Column(key="n", label="n", kind="integer"),
)


def _table(choices: Choices, setting: Setting, found: Ladder) -> Table:
    return Table(
        key="fallbacks",
        title="The fallback ladder",
        columns=COLUMNS,
        rows=tuple(_row(key, step, choices, setting) for key, step in found.steps.items()),
        note="All steps on the same training rows, each answered by a fold that had not seen it; "
        "thresholds were chosen on such rows too, so every step looks a little too good. What a "
        "person costs is expected from your answers, not measured. Intervals of differences hold over all steps.",
    )


def _row(key: str, step: Rung, choices: Choices, setting: Setting) -> tuple[Cell, ...]:
    does = {
        "full": RUNGS[setting.chosen],
        "reduced": f"{RUNGS[setting.chosen]}, without {', '.join(setting.fragile)}",
        "rule": RUNGS.get(setting.rule, ""),
        "constant": setting.rungs["constant"].fitted.description
        if "constant" in setting.rungs
        else "",
        "person": f"wrong in {readable(100 * choices.person_wrong)} % of the cases",
    }
    return (
        key,
        SHORT[key],
        does[key],
        "assumed" if key == "person" else "measured",
        step.cost.value,
        step.cost.low,
        step.cost.high,
        step.extra.value,
        step.extra.low,
        step.extra.high,
        step.above.high if step.above else None,
        step.idle.low if step.idle else None,
        step.cost.n,
    )


def _chart(found: Ladder, setting: Setting) -> Chart:
    keys = list(found.steps)
    measured = [key for key in keys if key != "person"]
    names = tuple(SHORT[key] for key in keys)
    series = [_points("Measured, out of fold", measured, found)]
    if "person" in keys:
        series.append(_points("Expected from your answers", ["person"], found))
    guides: tuple[Guide, ...] = ()
    if found.idle is not None:
        guides = (Guide(axis="x", at=found.idle.value, label="doing nothing", role="stop"),)
    return Chart(
        key="fallback_ladder",
        title="What does each step down cost?",
        says=_says(found, setting),
        x=Axis(label="Cost of 1,000 decisions", unit=setting.currency),
        y=Axis(label="", kind="category", order=names),
        series=tuple(series),
        guides=guides,
        horizontal=True,
    )


def _points(name: str, keys: list[str], found: Ladder) -> Series:
    costs = [found.steps[key].cost for key in keys]
    return Series(
        name=name,
        mark="point",
        x=[c.value for c in costs],
        y=[SHORT[key] for key in keys],
        low=[c.low for c in costs],
        high=[c.high for c in costs],
        role="main" if name.startswith("Measured") else "muted",
    )
