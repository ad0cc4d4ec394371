"""Threshold, right and wrong, and calibration inside each slice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np

from app.lab.cost import BinaryCosts, ReviewCosts
from app.lab.disaggregation import Disaggregation, disaggregate, group_calibration
from app.lab.group_metric import GroupMetric, metrics_for
from app.lab.group_threshold import GroupThreshold, own_thresholds
from app.lab.outcomes import Outcomes, outcomes_of
from app.record.chart import Axis, Chart, Role, Series
from app.record.table import Column, Table
from app.stages.errors.scene import Scene
from app.stages.part import Part

DRAWN = 2
KINDS: Mapping[str, Literal["share", "currency", "number"]] = {
    "share": "share",
    "currency": "currency",
}
ALL = "All rows"
LINES: tuple[Role, ...] = ("second", "third")


def slice_metrics(scene: Scene, masks: Mapping[str, np.ndarray], rng: np.random.Generator) -> Part:
    """Tell how it decides, whether its numbers hold, and which threshold would serve each slice."""
    outcomes = outcomes_of(scene.problem, scene.champion, scene.seen)
    found = disaggregate(outcomes, masks)
    thresholds = _thresholds(scene, outcomes, masks, rng)
    return Part(
        tables=(_table(outcomes, masks, found), *_threshold_tables(thresholds, scene)),
        charts=tuple(_calibration(outcomes, masks)),
        words=_threshold_words(thresholds),
    )


def _table(outcomes: Outcomes, masks: Mapping[str, np.ndarray], found: Disaggregation) -> Table:
    metrics = metrics_for(outcomes.form)
    every = disaggregate(outcomes, {ALL: np.ones(outcomes.size, dtype=bool)})
    rows = [(ALL, outcomes.size, *_cells(every, ALL, metrics), "")]
    rows += [
        (name, int(mask.sum()), *_cells(found, name, metrics), _differs(found, name, metrics))
        for name, mask in masks.items()
    ]
    return Table(
        key="slice_metrics",
        title="Inside each slice",
        columns=(
            Column(key="name", label="Slice", kind="text"),
            Column(key="n", label="n", kind="integer"),
            *(_column(metric) for metric in metrics),
            Column(key="differs", label="Differs from the rest for certain in", kind="text"),
        ),
        rows=tuple(rows),
        note="At the threshold in use. Empty where n is too small to say. What differs is corrected "
        "for all slices and metrics (Holm).",
    )


def _column(metric: GroupMetric) -> Column:
    per = metric.key == "cost"
    label = "Cost per 1,000" if per else metric.title
    return Column(
        key=metric.key, label=label, kind=KINDS.get(metric.unit, "number"), help=metric.explanation
    )


def _cells(
    found: Disaggregation, name: str, metrics: tuple[GroupMetric, ...]
) -> tuple[float | None, ...]:
    values = [found.value(name, m.key).value * (1000 if m.key == "cost" else 1) for m in metrics]
    return tuple(float(v) if np.isfinite(v) else None for v in values)


def _differs(found: Disaggregation, name: str, metrics: tuple[GroupMetric, ...]) -> str:
    apart = [(m.title, found.against_rest(name, m.key)) for m in metrics]
    return ", ".join(
        f"{title} ({'higher' if one.difference.value > 0 else 'lower'})"
        for title, one in apart
        if one is not None and one.proven
    )


def _thresholds(
    scene: Scene, outcomes: Outcomes, masks: Mapping[str, np.ndarray], rng: np.random.Generator
) -> tuple[GroupThreshold, ...]:
    costs = scene.champion.costs
    if not isinstance(costs, BinaryCosts | ReviewCosts):
        return ()
    stakes = scene.champion.stakes
    mine = None if stakes is None else stakes[scene.seen]
    return own_thresholds(outcomes, masks, costs, scene.champion.threshold, rng, mine)


def _threshold_tables(found: tuple[GroupThreshold, ...], scene: Scene) -> tuple[Table, ...]:
    if not found:
        return ()
    rows = tuple(
        (
            one.name,
            one.n,
            one.threshold,
            1000 * one.saving.value,
            None if one.saving.low is None else 1000 * one.saving.low,
            None if one.saving.high is None else 1000 * one.saving.high,
            one.p_value,
            one.proven,
        )
        for one in found
    )
    return (
        Table(
            key="slice_thresholds",
            title="A threshold of its own for each slice?",
            columns=(
                Column(key="name", label="Slice", kind="text"),
                Column(key="n", label="n", kind="integer"),
                Column(
                    key="threshold",
                    label="Cheapest threshold there",
                    help="Empty where acting never pays there, or n is too small to say.",
                ),
                Column(key="saving", label="Saved per 1,000 there", kind="currency"),
                Column(key="low", label="from", kind="currency"),
                Column(key="high", label="to", kind="currency"),
                Column(key="p", label="p (Holm)"),
                Column(key="proven", label="Saves for certain?", kind="flag"),
            ),
            rows=rows,
            note=f"The threshold in use is {scene.champion.threshold:.3g}. The saving is judged on "
            "rows on which the threshold was not chosen: each half by the other.",
        ),
    )


def _threshold_words(found: tuple[GroupThreshold, ...]) -> dict[str, str]:
    if not found:
        return {}
    sure = [one.name for one in found if one.proven]
    if sure:
        return {
            "slice_thresholds": "A threshold of its own would save in: " + "; ".join(sure) + "."
        }
    return {
        "slice_thresholds": f"In no slice (of {len(found)}) does a threshold of its own save for "
        "certain: leave one for all."
    }


def _calibration(outcomes: Outcomes, masks: Mapping[str, np.ndarray]) -> list[Chart]:
    bins = {name: group_calibration(outcomes, mask) for name, mask in masks.items()}
    drawn = [name for name in bins if len(bins[name]) > 1][:DRAWN]
    if not drawn:
        return []
    every = group_calibration(outcomes, np.ones(outcomes.size, dtype=bool), 10)
    lines = [(ALL, every, "muted"), *((n, bins[n], r) for n, r in zip(drawn, LINES, strict=False))]
    share = outcomes.form != "regression"
    kind: Literal["share", "number"] = "share" if share else "number"
    return [
        Chart(
            key="slice_calibration",
            title="Do the numbers mean the same there?",
            says="Below the dotted line it happens less than predicted, above it more. Drawn: "
            + "; ".join(drawn)
            + ".",
            x=Axis(label="Predicted", kind=kind),
            y=Axis(label="What happened", kind=kind),
            series=tuple(
                Series(
                    name=name,
                    mark="point",
                    x=[b.predicted for b in found],
                    y=[b.observed.value for b in found],
                    low=[b.observed.low for b in found],
                    high=[b.observed.high for b in found],
                    role=role,
                )
                for name, found, role in lines
            ),
            diagonal=True,
        )
    ]
