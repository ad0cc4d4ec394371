"""Month by month: does the frozen model stay ahead of the way without one?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from app.lab.champion import Decided, decided
from app.lab.cost import ReviewCosts
from app.lab.estimate import Estimate
from app.lab.intervals import bootstrap_mean
from app.lab.proportion import wilson
from app.lab.rungs import RUNGS
from app.record.chart import Axis, Chart, Guide, Series
from app.record.table import Column, Table
from app.stages.baselines import money
from app.stages.bench import Bench
from app.stages.part import Part

if TYPE_CHECKING:
    from app.stages.baselines.measurement import Climbed

LEAST_ROWS = 30
LEAST_PERIODS = 3
MOST_MONTHS = 36


def over_time(found: Climbed, framing: Any, frame: pd.DataFrame, bench: Bench) -> Part:
    """Count what the model saves in each month from the test on, model and thresholds frozen."""
    problem, model = found.problem, money.best_model(found)
    if problem.split.kind != "time" or problem.times is None or not model:
        return Part()
    held = np.sort(np.concatenate([problem.split.test, problem.split.later]))
    rows = frame.iloc[held].reset_index(drop=True)
    told = {key: found.fitted[key].predict(rows) for key in (found.money.reference, model)}
    limits = found.money.thresholds
    cost = {
        key: 1000
        * money.row_costs(problem, found.costs, found.stakes, prediction, held, limits[key])
        for key, prediction in told.items()
    }
    unit, starts = _periods(problem.times[held])
    names, sizes = np.unique(starts, return_counts=True)
    shown = [name for name, size in zip(names, sizes, strict=True) if size >= LEAST_ROWS]
    if len(shown) < LEAST_PERIODS:
        return Part()
    saved = cost[found.money.reference] - cost[model]
    estimates = []
    for name in shown:
        mine = starts == name
        estimates.append(
            bootstrap_mean(
                saved[mine],
                rng=bench.rng("months"),
                blocks=problem.blocks[held][mine],
                name=problem.block_name,
            )
        )
    months = [str(name)[:7] if unit == "month" else str(name)[:4] for name in shown]
    costs = [
        tuple(float(cost[key][starts == name].mean()) for key in (found.money.reference, model))
        for name in shown
    ]
    part = _told(found, framing, model, unit, months, estimates, costs)
    if not isinstance(found.costs, ReviewCosts):
        return part
    view = decided(problem.y[held], told[model])
    alone = _coverage(view, limits[model], starts, shown, months, unit)
    return Part((), part.tables, (*part.charts, alone), {**part.words, "alone": alone.says})


def _coverage(
    view: Decided,
    threshold: float,
    starts: np.ndarray,
    shown: list[Any],
    months: list[str],
    unit: str,
) -> Chart:
    """Draw how much it answers alone in each period, and how rightly."""
    answers = view.score >= threshold
    shares, rights = [], []
    for name in shown:
        mine = starts == name
        shares.append(wilson(float(answers[mine].sum()), int(mine.sum())))
        right = view.happened[mine & answers]
        rights.append(wilson(float(right.sum()), len(right)))
    return Chart(
        key="coverage_over_time",
        title="How much does it answer alone?",
        says=f"From {shares[0].value:.0%} in {months[0]} to {shares[-1].value:.0%} in "
        f"{months[-1]}; {rights[-1].value:.0%} of what it answers is right in the end. Where it "
        "grows unsure, something new has come.",
        x=Axis(label=unit.capitalize(), kind="category", order=tuple(months)),
        y=Axis(label="Share of the rows", kind="share"),
        series=tuple(
            Series(
                name=name,
                mark="line",
                x=months,
                y=[e.value for e in estimates],
                low=[e.low for e in estimates],
                high=[e.high for e in estimates],
                role=role,
            )
            for name, estimates, role in (
                ("Answered alone (coverage)", shares, "main"),
                ("Right among them", rights, "second"),
            )
        ),
    )


def _periods(times: np.ndarray) -> tuple[str, np.ndarray]:
    months = times.astype("datetime64[M]")
    if len(np.unique(months)) <= MOST_MONTHS:
        return "month", months
    return "year", times.astype("datetime64[Y]")


def _compared(
    title: str, reference: str, unit: str, months: list[str], saved: list[Estimate]
) -> tuple[str, list[str]]:
    """Say in which periods the way without a model was cheaper, and whether that is proven."""
    behind = [m for m, s in zip(months, saved, strict=True) if s.value < 0]
    proven = [m for m, s in zip(months, saved, strict=True) if s.high is not None and s.high < 0]
    words = f"Frozen from the test on, {title.lower()} is cheaper than “{reference.lower()}” in "
    words += f"{len(months) - len(behind)} of {len(months)} {unit}s"
    if not behind:
        return words + ".", behind
    words += f"; “{reference.lower()}” wins in {', '.join(behind)}"
    if proven == behind:
        return words + ", each with the whole interval.", behind
    return words + f" ({', '.join(proven) if proven else 'none'} with the whole interval).", behind


def _told(
    found: Climbed,
    framing: Any,
    model: str,
    unit: str,
    months: list[str],
    saved: list[Estimate],
    costs: list[tuple[float, ...]],
) -> Part:
    title, reference = RUNGS[model].title, RUNGS[found.money.reference].title
    words, behind = _compared(title, reference, unit, months, saved)
    chart = Chart(
        key="saving_over_time",
        title="Does it stay ahead?",
        says=words,
        x=Axis(label=unit.capitalize(), kind="category", order=tuple(months)),
        y=Axis(label="Saving per 1,000 decisions", unit=framing.currency),
        series=(
            Series(
                name=f"{title} against “{reference.lower()}”",
                mark="point",
                x=months,
                y=[s.value for s in saved],
                low=[s.low for s in saved],
                high=[s.high for s in saved],
            ),
        ),
        guides=(Guide(axis="y", at=0.0, label="no difference"),),
    )
    table = Table(
        key="over_time",
        title=f"{unit.capitalize()} by {unit}, frozen",
        columns=(
            Column(key="period", label=unit.capitalize(), kind="text"),
            Column(key="n", label="Rows", kind="integer"),
            Column(key="reference", label=f"Cost: {reference.lower()}", kind="currency"),
            Column(key="model", label=f"Cost: {title.lower()}", kind="currency"),
            Column(key="saving", label="Saving", kind="currency"),
            Column(key="low", label="from", kind="currency"),
            Column(key="high", label="to", kind="currency"),
        ),
        rows=tuple(
            (month, s.n, c[0], c[1], s.value, s.low, s.high)
            for month, s, c in zip(months, saved, costs, strict=True)
        ),
        note="Per 1,000 decisions; intervals of single periods, not corrected for their number. "
        "The periods after the test play production.",
    )
    found_words = {"over_time": words}
    if behind:
        found_words["behind"] = ", ".join(behind)
    return Part((), (table,), (chart,), found_words)
