"""Quality estimated before labels are in, beside what it turned out to be; and where it fails."""

from __future__ import annotations

import numpy as np

from app.lab.monitors.rolling import means
from app.lab.monitors.view import View
from app.lab.stream import LEAST_TYPICAL
from app.record.chart import Axis, Chart, Guide, Series
from app.record.measure import Measure
from app.record.number import readable
from app.stages.monitoring.striking import Strikes
from app.stages.monitoring.timelines import axis_of, thinned
from app.stages.part import Part
from app.stages.production.engine import Struck
from app.stages.production.seen import Watch, view_of

Lines = tuple[np.ndarray, np.ndarray]


def estimates(watch: Watch, strikes: Strikes) -> Part:
    """Set estimated against realised loss, on quiet days and under a concept shift."""
    scene = watch.scene
    live = scene.live
    view = view_of(scene.form, live, live.world, live.answers)
    quiet = _lines(watch, view)
    gap = _gap(*quiet)
    if gap is None:
        return Part()
    charts = [_chart("estimated", "Can quality be known before labels?", watch, quiet, gap)]
    measures = [_measure("estimate_error", "Error of the estimated loss, quiet days", quiet)]
    words = {"estimate_assumes": ASSUMES}
    if strikes.concept is not None:
        told = _concept(watch, strikes.concept, strikes.onset)
        blind = _gap(*(part[strikes.onset :] for part in told))
        if blind is not None:
            charts.append(_blind(watch, told, strikes, blind))
            measures.append(
                _measure(
                    "estimate_error_concept",
                    "Error of the estimated loss, after a concept shift",
                    (told[0][strikes.onset :], told[1][strikes.onset :]),
                )
            )
    return Part(measures=tuple(measures), charts=tuple(charts), words=words)


ASSUMES = (
    "The estimate takes each answer to mean what such answers meant in the past. When the world "
    "changes what they mean, it does not move: only labels show that."
)


def _lines(watch: Watch, view: View) -> Lines:
    """Return estimated and realised loss, both by the day of the request."""
    days, width = view.world.days.count, watch.reference.label_width
    expected = watch.reference.expected_loss(view.score)
    return (
        means(expected, view.place, days, width, LEAST_TYPICAL),
        means(view.loss, view.place, days, width, LEAST_TYPICAL),
    )


def _concept(watch: Watch, struck: Struck, onset: int) -> Lines:
    scene = watch.scene.cut(struck.world.days.count)
    return _lines(watch, view_of(scene.form, scene.live, struck.world, struck.answers))


def _gap(estimated: np.ndarray, realised: np.ndarray) -> float | None:
    apart = np.abs(estimated - realised)
    known = apart[np.isfinite(apart)]
    return float(known.mean()) if len(known) else None


def _measure(key: str, label: str, lines: Lines) -> Measure:
    apart = np.abs(lines[0] - lines[1])
    known = apart[np.isfinite(apart)]
    low, high = np.quantile(known, [0.1, 0.9])
    return Measure(
        key=key,
        label=label,
        value=float(known.mean()),
        low=float(low),
        high=float(high),
        level=0.8,
        n=len(known),
        method="mean distance of estimated and realised loss; range of four in five windows",
    )


def _chart(key: str, title: str, watch: Watch, lines: Lines, gap: float) -> Chart:
    usual = float(np.nanmean(lines[1]))
    return Chart(
        key=key,
        title=title,
        says=f"Estimated and realised loss are {readable(gap)} apart on average, of "
        f"{readable(usual)}.",
        x=axis_of(watch.live),
        y=Axis(label="Mean loss"),
        series=_drawn(watch.live.days.names, lines),
    )


def _drawn(names: tuple[str, ...], lines: Lines) -> tuple[Series, ...]:
    kept = thinned(np.nan_to_num(lines[1]))
    drawn = (("Realised, once labels are in", lines[1]), ("Estimated at once", lines[0]))
    return tuple(
        Series(
            name=name,
            mark="line",
            x=[names[day] for day in kept],
            y=[float(f"{values[day]:.4g}") for day in kept],
            role="second" if place == 0 else "main",
            dashed=place == 1,
        )
        for place, (name, values) in enumerate(drawn)
    )


def _blind(watch: Watch, lines: Lines, strikes: Strikes, gap: float) -> Chart:
    names = watch.live.days.names
    return Chart(
        key="estimated_blind",
        title="Where the estimate is blind",
        says=f"After a concept shift estimated and realised loss are {readable(gap)} apart: the "
        "answers look as sure as ever.",
        x=axis_of(watch.live),
        y=Axis(label="Mean loss"),
        series=_drawn(names[: len(lines[0])], lines),
        guides=(Guide(axis="x", at=names[strikes.onset], label="the world changes", role="stop"),),
    )
