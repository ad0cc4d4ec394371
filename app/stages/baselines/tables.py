"""The ladder as numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from app.lab.champion import decided, known_rows
from app.lab.cost import BinaryCosts, ReviewCosts, break_even_probability
from app.lab.intervals import corrected_resampled_t
from app.lab.proportion import wilson
from app.lab.rungs import RUNGS
from app.record.measure import Measure
from app.record.number import readable
from app.record.table import Cell, Column, Table

if TYPE_CHECKING:
    from app.lab.estimate import Estimate
    from app.stages.baselines.measurement import Climbed


def folded(found: Climbed, key: str) -> Estimate:
    """Return a rung's mean score over the folds with its corrected interval."""
    n_train = float(np.mean([len(f.train) for f in found.folds]))
    n_check = float(np.mean([len(f.validation) for f in found.folds]))
    return corrected_resampled_t(found.results[key].scores, n_train, n_check)[0]


def measures(found: Climbed, framing: Any) -> tuple[Measure, ...]:
    """Write down the numbers of the chosen rung, then those of every rung."""
    chosen, metric = found.chosen, found.metric
    money = found.money
    listed = [
        Measure.of(
            "saving_per_1000",
            f"Saving per 1,000 decisions against “{RUNGS[money.reference].title.lower()}”",
            money.saving[chosen],
            "currency",
        ),
        Measure.of(
            "chosen_test_score",
            f"{metric.title} of {RUNGS[chosen].title.lower()} on the test",
            found.scores[chosen][metric.key],
        ),
        Measure(
            key="chosen_latency_ms",
            label="One answer takes (median)",
            value=found.latency[chosen][0],
            unit="ms",
            n=40,
            timing=True,
        ),
    ]
    if found.gain is not None:
        reference = RUNGS[found.money.reference].title.lower()
        listed.append(
            Measure.of(
                "chosen_test_gain",
                f"Better than “{reference}” on the test ({metric.title})",
                found.gain,
            )
        )
    if isinstance(found.costs, BinaryCosts | ReviewCosts):
        listed.append(_threshold(found))
    if isinstance(found.costs, BinaryCosts):
        listed += _precision(found, found.costs)
    if isinstance(found.costs, ReviewCosts):
        listed += _answered(found)
    if framing.decisions_per_year > 0:
        listed.append(_yearly(found, framing))
    for key in found.fitted:
        listed += _of_rung(found, key)
    return tuple(listed)


def _threshold(found: Climbed) -> Measure:
    known = known_rows(found.results[found.chosen].predictions)
    value = found.money.thresholds[found.chosen]
    return Measure(
        key="threshold",
        label="Act from a predicted probability of"
        if isinstance(found.costs, BinaryCosts)
        else "Answer without a person from a probability of",
        value=value,
        unit="share",
        n=int(known.sum()),
        method="lowest cost on out-of-fold rows",
        note="Never act." if np.isinf(value) else "",
    )


def _precision(found: Climbed, costs: BinaryCosts) -> list[Measure]:
    """Write down how many alarms must be right, and how many are."""
    acts = found.predictions[found.chosen] >= found.money.thresholds[found.chosen]
    hits = found.problem.y[found.problem.split.test][acts]
    even = break_even_probability(costs)
    return [
        Measure(
            key="break_even_precision",
            label="Alarms that must be right for acting to pay (precision)",
            value=even if np.isfinite(even) else None,
            unit="share",
            method="closed form from the costs",
        ),
        Measure.of(
            "test_precision",
            "Alarms that were right on the test",
            wilson(hits.sum(), len(hits)),
            "share",
        ),
    ]


def _answered(found: Climbed) -> list[Measure]:
    """Write down how much it answers alone, and how rightly, on the test."""
    view = decided(found.problem.y[found.problem.split.test], found.predictions[found.chosen])
    answered = view.score >= found.money.thresholds[found.chosen]
    right = view.happened[answered]
    return [
        Measure.of(
            "coverage", "Answered without a person", wilson(answered.sum(), len(answered)), "share"
        ),
        Measure.of(
            "answered_accuracy", "Right among them", wilson(right.sum(), len(right)), "share"
        ),
    ]


def _yearly(found: Climbed, framing: Any) -> Measure:
    saving, scale = found.money.saving[found.chosen], framing.decisions_per_year / 1000
    runs = framing.service_per_year
    less = f", less {readable(runs)} for running it" if runs > 0 else ""
    return Measure(
        key="saving_per_year",
        label=f"Saving per year, if every year were like the test period{less}",
        value=saving.value * scale - runs,
        low=None if saving.low is None else saving.low * scale - runs,
        high=None if saving.high is None else saving.high * scale - runs,
        unit="currency",
        n=saving.n,
        method=saving.method,
    )


def _of_rung(found: Climbed, key: str) -> list[Measure]:
    title = RUNGS[key].title
    listed = [
        Measure.of(
            f"{key}_cv_{found.metric.key}",
            f"{title}: {found.metric.title} over {len(found.folds)} folds",
            folded(found, key),
        )
    ]
    for metric, score in found.scores[key].items():
        listed.append(
            Measure.of(
                f"{key}_test_{metric}", f"{title}: {found.titles[metric]} on the test", score
            )
        )
    cost = found.money.test[key]
    listed.append(
        Measure.of(f"{key}_cost_per_1000", f"{title}: cost of 1,000 decisions", cost, "currency")
    )
    return listed


COLUMNS = (
    Column(key="rung", label="Rung", kind="text"),
    Column(key="cv", label="Folds: score"),
    Column(key="cv_low", label="from"),
    Column(key="cv_high", label="to"),
    Column(key="gain", label="Gain over the way without a model"),
    Column(key="p", label="p (Holm)", help="Two-sided, corrected for the number of rungs."),
    Column(
        key="three_way",
        label="Better, the same, worse?",
        kind="text",
        help="Better or worse only when that is nearly certain, counted over all rungs. Otherwise "
        "practically the same, within your own idea of no difference, or so far: then the chance "
        "of the likelier side is shown.",
    ),
    Column(key="test", label="Test: score"),
    Column(key="test_low", label="from"),
    Column(key="test_high", label="to"),
    Column(key="cost", label="Cost per 1,000", kind="currency"),
    Column(key="saving", label="Saving", kind="currency"),
    Column(key="saving_low", label="from", kind="currency"),
    Column(key="saving_high", label="to", kind="currency"),
    Column(key="fit_s", label="Fit", unit="s", timing=True),
    Column(key="p50", label="One row, median", unit="ms", timing=True),
    Column(
        key="p99",
        label="One row, 99th",
        unit="ms",
        timing=True,
        help="Of 40 rows asked one by one: close to the slowest of them.",
    ),
    Column(key="size", label="Size", unit="kB"),
    Column(key="inputs", label="Inputs", kind="integer"),
    Column(key="readable", label="Can be checked", kind="text"),
    Column(key="monotone", label="Monotone", kind="flag"),
    Column(key="holes", label="Missing values", kind="text"),
    Column(key="does", label="What it does", kind="text"),
    Column(key="why", label="Why it is here", kind="text"),
)


def ladder_table(found: Climbed, framing: Any) -> Table:
    """Write down the ladder, lowest rung first."""
    return Table(
        key="ladder",
        title="The ladder",
        columns=COLUMNS,
        rows=tuple(_row(found, key) for key in found.results),
        note=f"Score: {found.metric.title}. Gain and saving against "
        f"“{RUNGS[found.money.reference].title.lower()}”, the cheapest way without a model on the "
        "validation rows.",
    )


def _row(found: Climbed, key: str) -> tuple[Cell, ...]:
    result = found.results[key]
    if result.failure:
        empty: tuple[Cell, ...] = (None,) * (len(COLUMNS) - 3)
        return (RUNGS[key].title, *empty, f"Failed: {result.failure}", RUNGS[key].why)
    cv, test = folded(found, key), found.scores[key][found.metric.key]
    gain = found.differences.get(key)
    cost, saving = found.money.test[key], found.money.saving[key]
    fitted = found.fitted[key]
    return (
        RUNGS[key].title,
        cv.value,
        cv.low,
        cv.high,
        gain.gain.value if gain else None,
        gain.p_value if gain else None,
        gain.three_way.words if gain else "",
        test.value,
        test.low,
        test.high,
        cost.value,
        saving.value,
        saving.low,
        saving.high,
        found.seconds[key],
        found.latency[key][0],
        found.latency[key][1],
        round(fitted.size_bytes / 1000, 1),
        len(fitted.inputs),
        RUNGS[key].readable,
        RUNGS[key].monotone,
        RUNGS[key].holes,
        fitted.description,
        RUNGS[key].why,
    )
