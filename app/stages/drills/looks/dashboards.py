"""The dashboards: what a plain monitor shows of every day until now."""

from __future__ import annotations

import numpy as np
import pandas as pd

from app.lab.drift import fit_bins, psi_by_day
from app.record.chart import Axis, Chart, Colors, Series
from app.stages.drills.archive import View
from app.stages.drills.looks.daily import by_day, counts, daily_chart, line
from app.stages.part import Part

MOST_COLUMNS = 12
SHOWN_DAYS = 21
STRONG_PSI = 0.5


def show(view: View, text: str) -> Part:
    """Volume, answers, decisions, cost on known labels, service, and drift by column."""
    charts = [_volume(view), _answers(view), _money(view), _service(view)]
    heat = _drift(view)
    ages = _ages(view)
    return Part(charts=tuple(c for c in (heat, *charts, ages) if c is not None))


def _volume(view: View) -> Chart:
    silent = view.log["answered_by"].to_numpy(int) != 0
    here = view.log["arrived"].to_numpy(bool)
    return daily_chart(
        view,
        "volume",
        "Requests a day",
        "All that arrived, and those the model itself did not answer.",
        "Requests",
        line("arrived", view, counts(view)),
        line("not answered by the model", view, counts(view, here & silent), "second"),
    )


def _answers(view: View) -> Chart:
    series = [line("mean prediction", view, by_day(view, view.log["prediction"].to_numpy(float)))]
    acted = view.log["acted"].to_numpy(float)
    label = view.log["label"].to_numpy(float)
    if np.isfinite(acted).any():
        series.append(line("share acted upon", view, by_day(view, acted), "second"))
    if not _classes(view):
        series.append(line("mean of the known labels", view, by_day(view, label), "third"))
    says = "What went out, and what the labels said where they are in."
    return daily_chart(view, "answers", "Predictions and decisions", says, "Mean of a day", *series)


def _classes(view: View) -> bool:
    return "answer" in view.log.columns


def _money(view: View) -> Chart:
    cost = 1000 * by_day(view, view.log["cost"].to_numpy(float))
    currency = view.archive.scene.currency
    return daily_chart(
        view,
        "cost",
        "Cost per 1,000 requests",
        "Counted on labels that are in; the line ends where none are known yet.",
        f"Cost [{currency}]",
        line("cost", view, cost, "second"),
    )


def _service(view: View) -> Chart:
    return daily_chart(
        view,
        "service",
        "Time to answer and waits",
        "Mean milliseconds to an answer; mean hours until a person looked, where one must.",
        "ms, hours",
        line("time to answer [ms]", view, by_day(view, view.log["latency_ms"].to_numpy(float))),
        line("wait [hours]", view, by_day(view, view.log["waits_hours"].to_numpy(float)), "third"),
    )


def _ages(view: View) -> Chart | None:
    ages = view.ages
    if not ages:
        return None
    count = len(view.days)
    shown = sorted(ages, key=lambda name: -float(np.nanmax(ages[name][:count], initial=0.0)))[:5]
    roles = ("main", "second", "third", "muted", "muted")
    return daily_chart(
        view,
        "ages",
        "Age of the newest value, by source",
        "Hours since each source last sent something new.",
        "Hours",
        *(line(n, view, ages[n][:count], r) for n, r in zip(shown, roles, strict=False)),  # type: ignore[arg-type]
    )


def drift_of(view: View) -> dict[str, np.ndarray]:
    """Return the drift of the most important columns by day, and how much is missing."""
    importance = view.archive.scene.importance
    names = sorted(view.seen.columns, key=lambda c: -importance.get(c, 0.0))[:MOST_COLUMNS]
    here = view.log["arrived"].to_numpy(bool)
    frame = view.seen.loc[here, names].reset_index(drop=True)
    days = view.log["day"].to_numpy(int)[here]
    before = frame[view.before[here]].reset_index(drop=True)
    return psi_by_day(fit_bins(before), frame, days, len(view.days)) if len(before) else {}


def _drift(view: View) -> Chart | None:
    found = drift_of(view)
    if not found:
        return None
    first = max(0, len(view.days) - SHOWN_DAYS)
    days = view.days[first:]
    names = list(found)
    shades = [
        float(np.clip(found[n][first + i] / STRONG_PSI, 0, 1))
        for n in names
        for i in range(len(days))
    ]
    values = [found[n][first + i] for n in names for i in range(len(days))]
    return Chart(
        key="drift",
        title="Drift of the inputs, day by day",
        says="Population stability index against the weeks before; the most important column on "
        "top. Large is far, and far is not yet harmful.",
        x=Axis(label="Day", kind="category"),
        y=Axis(label="Column", kind="category", order=tuple(names)),
        series=(
            Series(
                name="PSI",
                mark="heat",
                x=tuple(days) * len(names),
                y=tuple(n for n in names for _ in days),
                shade=tuple(None if pd.isna(v) else s for v, s in zip(values, shades, strict=True)),
                text=tuple("" if pd.isna(v) else f"{v:.1f}" for v in values),
            ),
        ),
        colors=Colors(label="PSI", low="0", high=f"{STRONG_PSI:g} and more"),
    )
