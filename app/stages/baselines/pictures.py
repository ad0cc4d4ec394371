"""The ladder as pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from app.lab.champion import decided, known_rows
from app.lab.cost import BinaryCosts, ReviewCosts, break_even_probability, cost_curve
from app.lab.decision_curve import act_always, net_benefit
from app.lab.rungs import RUNGS
from app.record.chart import Axis, Chart, Guide, Role, Series
from app.record.number import readable
from app.stages.baselines.tables import folded

if TYPE_CHECKING:
    from app.stages.baselines.measurement import Climbed


# Guides closer than this would print their labels over one another.
NEAR = 0.05


def pictures(found: Climbed, framing: Any) -> tuple[Chart, ...]:
    """Draw quality, money, the folds and the cost by threshold."""
    charts = [_quality(found), _saving(found, framing), _folds(found)]
    if isinstance(found.costs, ReviewCosts):
        charts.append(_abstention(found))
    if isinstance(found.costs, BinaryCosts) and found.stakes is None:
        charts += [c for c in (_threshold(found, framing), _net_benefit(found)) if c is not None]
    return tuple(charts)


def _quality(found: Climbed) -> Chart:
    keys = list(found.fitted)
    cv = [folded(found, key) for key in keys]
    test = [found.scores[key][found.metric.key] for key in keys]
    titles = [RUNGS[key].title for key in keys]
    return Chart(
        key="ladder",
        title="How good is each rung?",
        says=f"{found.metric.title}: {found.metric.explanation} Taken on: "
        f"{RUNGS[found.chosen].title}.",
        x=Axis(label=found.metric.title),
        y=Axis(label="", kind="category"),
        series=(
            Series(
                name="Folds (mean)",
                mark="point",
                x=[e.value for e in cv],
                y=titles,
                low=[e.low for e in cv],
                high=[e.high for e in cv],
                role="muted",
            ),
            Series(
                name="Test, opened once",
                mark="point",
                x=[e.value for e in test],
                y=titles,
                low=[e.low for e in test],
                high=[e.high for e in test],
                role="main",
            ),
        ),
        horizontal=True,
    )


def _saving(found: Climbed, framing: Any) -> Chart:
    keys = list(found.fitted)
    savings = [found.money.saving[key] for key in keys]
    guides = [Guide(axis="x", at=0.0)]
    if framing.bar > 0:
        guides.append(Guide(axis="x", at=framing.bar, label="your bar", role="watch"))
    chosen = found.money.saving[found.chosen]
    return Chart(
        key="saving",
        title="What does each rung save?",
        says=f"{RUNGS[found.chosen].title} saves {readable(chosen.value)} {framing.currency} per 1,000 "
        f"decisions against “{RUNGS[found.money.reference].title.lower()}”.",
        x=Axis(label="Saving per 1,000 decisions on the test", unit=framing.currency),
        y=Axis(label="", kind="category"),
        series=(
            Series(
                name="Saving",
                mark="bar",
                x=[s.value for s in savings],
                y=[RUNGS[key].title for key in keys],
                low=[s.low for s in savings],
                high=[s.high for s in savings],
                role="second",
            ),
        ),
        guides=tuple(guides),
        horizontal=True,
    )


def _folds(found: Climbed) -> Chart:
    roles: dict[str, Role] = {found.chosen: "main", found.money.reference: "second"}
    names = [f"fold {i + 1}" for i in range(len(found.folds))]
    if found.problem.split.kind == "time" and found.problem.times is not None:
        times = found.problem.times
        names = [f"from {times[fold.validation].min()!s:.10}" for fold in found.folds]
    return Chart(
        key="folds",
        title="Is it steady over the folds?",
        says=f"One line a rung, {RUNGS[found.chosen].title.lower()} in color; folds that move "
        "together are harder or easier for everyone.",
        x=Axis(label="Fold", kind="category"),
        y=Axis(label=found.metric.title),
        series=tuple(
            Series(
                name=RUNGS[key].title,
                mark="line",
                x=names,
                y=found.results[key].scores,
                role=roles.get(key, "muted"),
            )
            for key in found.fitted
        ),
    )


def _abstention(found: Climbed) -> Chart:
    """Draw how right the answered cases are, by how many are answered."""
    keys = [key for key in dict.fromkeys((found.money.reference, found.chosen)) if key]
    y = found.problem.y[found.problem.split.test]
    series = []
    for key, role in zip(reversed(keys), ("main", "second"), strict=False):
        view = decided(y, found.predictions[key])
        order = np.argsort(-view.score, kind="stable")
        right = np.cumsum(view.happened[order]) / np.arange(1, len(y) + 1)
        # Rows of equal confidence are answered together or not at all.
        ends = np.flatnonzero(np.r_[np.diff(view.score[order]) != 0, True])
        ends = ends[ends >= min(20, len(y) - 1)]
        some = ends[np.unique(np.linspace(0, len(ends) - 1, 60).astype(int))]
        series.append(
            Series(
                name=RUNGS[key].title,
                mark="line" if len(some) > 1 else "point",
                x=(some + 1) / len(y),
                y=right[some],
                role=role,
            )
        )
    view = decided(y, found.predictions[found.chosen])
    answered = view.score >= found.money.thresholds[found.chosen]
    share = float(answered.mean())
    kept = float(view.happened[answered].mean()) if answered.any() else float("nan")
    return Chart(
        key="abstention",
        title="How much can it answer alone?",
        says=f"{RUNGS[found.chosen].title} answers {share:.0%} of the test rows, {kept:.0%} of them "
        "rightly; the rest goes to a person."
        if answered.any()
        else "With these costs a person looks at every case.",
        x=Axis(label="Answered without a person (coverage)", kind="share"),
        y=Axis(label="Right among them (accuracy)", kind="share"),
        series=tuple(series),
        guides=(Guide(axis="x", at=share, label="chosen", role="second"),) if share else (),
    )


def _threshold(found: Climbed, framing: Any) -> Chart | None:
    result = found.results[found.chosen]
    known = known_rows(result.predictions)
    costs = found.costs
    assert isinstance(costs, BinaryCosts)
    if np.ptp(result.predictions[known]) == 0:
        return None
    at = found.money.thresholds[found.chosen]
    guides = []
    if np.isfinite(at):
        guides.append(Guide(axis="x", at=at, label="chosen", role="second"))
    even = break_even_probability(costs)
    if np.isfinite(even) and not abs(even - at) < NEAR:
        guides.append(Guide(axis="x", at=even, label="break-even of the costs"))
    return Chart(
        key="cost_by_threshold",
        title="Where should it act?",
        says="Cost by threshold, on out-of-fold rows; the way without a model beside it.",
        x=Axis(label="Act from a probability of", kind="share"),
        y=Axis(label="Cost per 1,000 decisions", unit=framing.currency),
        series=tuple(_cost_lines(found, costs)),
        guides=tuple(guides),
    )


def _compared(found: Climbed) -> list[tuple[str, Role]]:
    """Return the rungs that stand beside the chosen one, which comes last."""
    roles: list[tuple[str, Role]] = []
    wanted: tuple[tuple[str, Role], ...] = (
        ("constant", "muted"),
        ("user_rule", "second"),
        (found.chosen, "main"),
    )
    for key, role in wanted:
        if key in found.fitted and key not in [k for k, _ in roles]:
            roles.append((key, role))
    return roles


def _cost_lines(found: Climbed, costs: BinaryCosts) -> list[Series]:
    lines = []
    for key, role in _compared(found):
        prediction = found.results[key].predictions
        known = known_rows(prediction)
        thresholds, cost = cost_curve(found.problem.y[known], prediction[known], costs)
        mark: Any = "line" if len(thresholds) > 1 else "point"
        lines.append(Series(name=RUNGS[key].title, mark=mark, x=thresholds, y=cost, role=role))
    return lines


def _net_benefit(found: Climbed) -> Chart | None:
    """Draw what acting brings for every price a mistake may have."""
    y = found.problem.y
    known = known_rows(found.results[found.chosen].predictions)
    rate = float(y[known].mean())
    thresholds = np.linspace(0.01, min(0.95, max(0.2, 4 * rate)), 60)
    series = [
        Series(
            name="Act on every case",
            mark="line",
            x=thresholds,
            y=np.maximum(act_always(y[known], thresholds), -0.25 * rate),
            role="muted",
            dashed=True,
        )
    ]
    for key, role in _compared(found):
        prediction = found.results[key].predictions
        mine = known & known_rows(prediction)
        if key == "constant" or not mine.any():
            continue
        benefit = net_benefit(y[mine], prediction[mine], thresholds)
        series.append(
            Series(
                name=RUNGS[key].title,
                mark="line",
                x=thresholds,
                y=np.maximum(benefit, -0.25 * rate),
                role=role,
            )
        )
    assert isinstance(found.costs, BinaryCosts)
    even = break_even_probability(found.costs)
    guides = [Guide(axis="y", at=0.0, label="do nothing")]
    if even < thresholds[-1]:
        guides.append(Guide(axis="x", at=even, label="your costs", role="second"))
    return Chart(
        key="net_benefit",
        title="Which way is best at which price?",
        says="Net benefit on out-of-fold rows: hits, less false alarms at their price. The highest "
        "line at your costs is the best way.",
        x=Axis(label="Acting would pay from a probability of", kind="share"),
        y=Axis(label="Net benefit per row, in hits"),
        series=tuple(series),
        guides=tuple(guides),
    )
