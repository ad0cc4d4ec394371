"""Where does the rule win? The saving when one cost is other than was said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from app.lab.champion import known_rows
from app.lab.cost import AsymmetricCosts, BinaryCosts, Costs, ReviewCosts
from app.lab.estimate import Estimate
from app.lab.intervals import bootstrap_mean
from app.lab.rungs import RUNGS
from app.record.chart import Axis, Chart, Guide, Role, Series
from app.record.table import Column, Table
from app.stages.baselines import money
from app.stages.bench import Bench
from app.stages.part import Part

if TYPE_CHECKING:
    from app.stages.baselines.measurement import Climbed

FACTORS = (0.25, 0.35, 0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0)
ROUNDS = 200
ROLES: tuple[Role, ...] = ("main", "second", "third")
Change = Callable[[Any, float], Costs]


def sensitivity(found: Climbed, framing: Any, bench: Bench) -> Part:
    """Recompute thresholds and saving with each cost from a quarter to four times."""
    model = money.best_model(found)
    if not model or found.stakes is not None:
        return Part()
    series, rows = [], []
    for (name, change), role in zip(_changes(found.costs), ROLES, strict=False):
        saved = [_saving(found, model, change(found.costs, f), bench) for f in FACTORS]
        series.append(
            Series(
                name=name,
                mark="line",
                x=FACTORS,
                y=[s.value for s, _ in saved],
                low=[s.low for s, _ in saved],
                high=[s.high for s, _ in saved],
                role=role,
            )
        )
        rows += [
            (name, f, RUNGS[reference].title, s.value, s.low, s.high)
            for f, (s, reference) in zip(FACTORS, saved, strict=True)
        ]
    if not series:
        return Part()
    words = _words(rows, RUNGS[model].title)
    chart = Chart(
        key="sensitivity",
        title="What if a cost is wrong?",
        says=words,
        x=Axis(label="The cost, as a multiple of what you said", kind="log"),
        y=Axis(label="Saving per 1,000 decisions on the test", unit=framing.currency),
        series=tuple(series),
        guides=(Guide(axis="y", at=0.0, label="no model wins below", role="watch"),),
    )
    table = Table(
        key="sensitivity",
        title="What if a cost is wrong?",
        columns=(
            Column(key="cost", label="Cost", kind="text"),
            Column(key="factor", label="Times"),
            Column(key="reference", label="Cheapest without a model", kind="text"),
            Column(key="saving", label="Saving of the model", kind="currency"),
            Column(key="low", label="from", kind="currency"),
            Column(key="high", label="to", kind="currency"),
        ),
        rows=tuple(rows),
        note="Thresholds are chosen anew on the validation rows for each cost; savings are on "
        "the test rows, the model as it is.",
    )
    return Part((), (table,), (chart,), {"sensitivity": words})


def _changes(costs: Costs) -> list[tuple[str, Change]]:
    if isinstance(costs, BinaryCosts):
        return [
            ("A false alarm", lambda c, f: replace(c, false_alarm=c.false_alarm * f)),
            ("A miss", lambda c, f: replace(c, miss=c.miss * f)),
        ]
    if isinstance(costs, ReviewCosts):
        return [
            ("A wrong answer", lambda c, f: replace(c, wrong=c.wrong * f)),
            ("A look by a person", lambda c, f: replace(c, review=c.review * f)),
        ]
    if isinstance(costs, AsymmetricCosts):
        return [
            ("A unit too high", lambda c, f: replace(c, over=c.over * f)),
            ("A unit too low", lambda c, f: replace(c, under=c.under * f)),
        ]
    # One cost of lists scales everything alike: the sign of the saving cannot change.
    return []


def _saving(found: Climbed, model: str, costs: Costs, bench: Bench) -> tuple[Estimate, str]:
    problem, test = found.problem, found.problem.split.test
    without = [key for key in money.WITHOUT_MODEL if key in found.fitted]
    threshold = {key: _threshold(found, key, costs) for key in (*without, model)}
    validation = {key: _validated(found, key, costs, threshold[key]) for key in without}
    reference = min(validation, key=lambda key: (validation[key], key))
    rows = {
        key: money.row_costs(
            problem, costs, found.stakes, found.predictions[key], test, threshold[key]
        )
        for key in (reference, model)
    }
    saved = 1000 * (rows[reference] - rows[model])
    estimate = bootstrap_mean(
        saved,
        rng=bench.rng("sensitivity"),
        blocks=problem.blocks[test],
        rounds=ROUNDS,
        name=problem.block_name,
    )
    return estimate, reference


def _threshold(found: Climbed, key: str, costs: Costs) -> float:
    prediction, y = found.results[key].predictions, found.problem.y
    return money.threshold_of(
        prediction, y, costs, found.capacity, found.stakes, found.threshold_by
    )


def _validated(found: Climbed, key: str, costs: Costs, threshold: float) -> float:
    prediction = found.results[key].predictions
    known = np.flatnonzero(known_rows(prediction))
    rows = money.row_costs(found.problem, costs, found.stakes, prediction[known], known, threshold)
    return float(rows.mean())


def _words(rows: list[tuple[Any, ...]], title: str) -> str:
    proven = [row for row in rows if row[4] is not None and row[4] > 0]
    lost = [row for row in rows if row[5] is not None and row[5] < 0]
    if len(proven) == len(rows):
        return f"{title} saves at every cost from a quarter to four times what you said."
    if not proven:
        return f"At no cost from a quarter to four times what you said is {title} proven to save."
    parts = []
    for name in dict.fromkeys(row[0] for row in rows):
        good = [row[1] for row in proven if row[0] == name]
        if good:
            parts.append(f"{name.lower()} at {min(good):g} to {max(good):g} times")
    words = f"{title} is proven to save with " + " and with ".join(parts) + " what you said"
    return words + (f"; it loses in {len(lost)} of {len(rows)} settings." if lost else ".")
