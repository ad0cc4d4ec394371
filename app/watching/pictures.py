"""The pictures of a report: what moved, when, and how sure that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.record.chart import Axis, Chart, Colors, Guide, Series
from app.watching.shapes import shape_pictures

if TYPE_CHECKING:
    from app.watching.alert import Alert
    from app.watching.watch import Found

COLUMN_SIGNALS = ("distribution", "missing", "unseen", "outside", "infinite")
MOST_COLUMNS = 20
MOST_STEPS = 31
SURE = 12.0


def pictures(found: Found) -> tuple[Chart, ...]:
    """Return the pictures of a report."""
    charts = []
    if _ranked(found):
        charts.append(_impacts(found))
    charts += shape_pictures(found)
    if len(found.pages.days) > 1:
        charts += [_evidence(found), _heat(found)]
    return tuple(charts)


def _ranked(found: Found) -> list[Alert]:
    """Alerts of which the impact has one unit: a loss, an AUC and a volume have others."""
    ranked = [alert for alert in found.alerts if alert.signal in COLUMN_SIGNALS]
    return sorted(ranked, key=lambda alert: -alert.impact)


def _impacts(found: Found) -> Chart:
    shown = _ranked(found)[:MOST_COLUMNS]
    names = [f"{alert.column or 'all'}: {alert.signal}" for alert in shown]
    return Chart(
        key="watch_impact",
        title="What changed, by impact",
        says="Share of rows that moved, times the weight of the column.",
        x=Axis(label="Impact"),
        y=Axis(label="", kind="category"),
        horizontal=True,
        series=tuple(
            Series(
                name=f"{severity} severity",
                mark="bar",
                x=tuple(a.impact for a in shown if a.severity == severity),
                y=tuple(n for a, n in zip(shown, names, strict=True) if a.severity == severity),
                role=role,
            )
            for severity, role in (("high", "stop"), ("medium", "watch"), ("low", "muted"))
            if any(a.severity == severity for a in shown)
        ),
    )


def _evidence(found: Found) -> Chart:
    pages = found.pages
    return Chart(
        key="watch_evidence",
        title="Evidence of a change",
        says="Bets against “nothing changed” add up until they page; then they begin anew.",
        x=Axis(label=found.chunked.step.capitalize(), kind="date"),
        y=Axis(label="log10 of the winnings"),
        series=(
            Series(
                name="evidence",
                mark="line",
                x=pages.days,
                y=tuple(float(min(value, 99.0)) for value in pages.evidence),
            ),
        ),
        guides=(Guide(axis="y", at=float(pages.limit), label="pages", role="stop"),),
    )


def _heat(found: Found) -> Chart:
    """Draw the least p value of each column and step, the most unusual columns first."""
    tests = found.tests
    steps = range(max(0, len(tests.days) - MOST_STEPS), len(tests.days))
    worst: dict[str, np.ndarray] = {}
    for signal in tests.signals:
        name = signal.column or "all rows"
        sure = -np.log10(signal.p_value)
        worst[name] = np.maximum(worst.get(name, sure), sure)
    names = sorted(worst, key=lambda name: -float(worst[name][list(steps)].max()))[:MOST_COLUMNS]
    x, y, shade = [], [], []
    for name in names:
        for step in steps:
            x.append(tests.days[step])
            y.append(name)
            shade.append(min(1.0, float(worst[name][step]) / SURE))
    return Chart(
        key="watch_columns",
        title="Which columns, when",
        says="Dark cells are days that a quiet stream hardly ever has.",
        x=Axis(label=found.chunked.step.capitalize(), kind="category"),
        y=Axis(label="", kind="category"),
        series=(
            Series(
                name="how unusual",
                mark="heat",
                x=tuple(x),
                y=tuple(y),
                shade=tuple(shade),
                text=("",) * len(x),
            ),
        ),
        colors=Colors(label="How unusual", low="usual", high="p below 10⁻¹²"),
    )
