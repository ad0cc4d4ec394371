"""The stream as pictures: which monitors spoke, how far each group of signals was from normal."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from app.lab.alerts import TINY, Calibration, distances
from app.lab.detection import Alert
from app.lab.monitors.catalogue import GROUPS, MONITORS
from app.lab.monitors.signals import Signals
from app.record.chart import Axis, Chart, Guide, Role, Series
from app.record.number import readable
from app.stages.monitoring.choices import EventNote
from app.stages.production.seen import Watch

FARTHEST = 4.0
MOST_POINTS = 190
LOUDEST = 12
ROOM = 0.6
ROLE_OF: dict[str, Role] = {"benign": "good", "watch": "watch", "page": "stop"}
ROLES: tuple[Role, ...] = ("main", "second", "third", "good", "watch", "muted")
TITLES = {
    "service": "Does the service answer as always?",
    "input": "Do the inputs look as always?",
    "prediction": "Do the predictions look as always?",
    "quality": "Is it still as good?",
    "business": "What does it cost?",
}


def axis_of(signals: Signals) -> Axis:
    """Return the axis of the days of a stream."""
    made_up = signals.days.names[0].startswith("day")
    return Axis(label=signals.days.step.capitalize(), kind="category" if made_up else "date")


def _inside(events: Sequence[EventNote], signals: Signals) -> list[tuple[str, EventNote]]:
    """Return the events of the stream with the step that had begun when they came."""
    names = signals.days.names
    return [
        (max(name for name in names if name <= event.date), event)
        for event in events
        if names[0][:4].isdigit() and names[0] <= event.date <= _end(names)
    ]


def marks(events: Sequence[EventNote], signals: Signals, named: bool = False) -> tuple[Guide, ...]:
    """Mark what really happened; words only where there is room to the right of the mark."""
    names = signals.days.names
    found = []
    for at, event in _inside(events, signals):
        room = names.index(at) < ROOM * len(names)
        label = event.title if named and room else ""
        found.append(Guide(axis="x", at=at, label=label, role="watch"))
    return tuple(found)


def _marked(events: Sequence[EventNote], signals: Signals) -> str:
    inside = _inside(events, signals)
    if not inside:
        return ""
    return " Marked: " + "; ".join(f"{event.title} ({event.date})" for _, event in inside) + "."


def _end(names: tuple[str, ...]) -> str:
    # The last step may have begun some weeks before its end.
    return names[-1] if len(names) < 2 else names[-1][:8] + "31"


def overview(watch: Watch, alerts: tuple[Alert, ...], events: Sequence[EventNote]) -> Chart:
    """Draw which monitors spoke on which days, and how grave it was."""
    signals = watch.live
    worst: dict[str, float] = {}
    for alert in alerts:
        worst[alert.monitor] = max(worst.get(alert.monitor, 0.0), alert.impact)
    loudest = sorted(worst, key=lambda key: -worst[key])[:LOUDEST]
    series = [_spoke(signals, alerts, loudest, grade) for grade in ("page", "watch", "benign")]
    counts = {grade: sum(a.severity == grade for a in alerts) for grade in ROLE_OF}
    return Chart(
        key="overview",
        title="What spoke, and how grave was it?",
        says=f"Alerts that page: {counts['page']}; worth watching: {counts['watch']}; benign, where "
        f"something moved that hardly matters: {counts['benign']}. Nothing was injected."
        + _marked(events, signals),
        x=axis_of(signals),
        y=Axis(label="", kind="category", order=tuple(MONITORS[key].title for key in loudest)),
        series=tuple(part for part in series if part.x),
        guides=marks(events, signals, named=True),
        horizontal=True,
    )


def _spoke(signals: Signals, alerts: tuple[Alert, ...], shown: list[str], grade: str) -> Series:
    x, y, text = [], [], []
    for alert in alerts:
        if alert.severity != grade or alert.monitor not in shown:
            continue
        # A stretch is drawn day by day, a long one not every day.
        for day in range(alert.first, alert.last + 1, 1 + (alert.last - alert.first) // 20):
            x.append(signals.days.names[day])
            y.append(MONITORS[alert.monitor].title)
            text.append(f"{alert.signal}: {readable(alert.impact)} a day at stake")
    names = {"page": "Pages", "watch": "Worth watching", "benign": "Benign"}
    return Series(name=names[grade], mark="point", x=x, y=y, text=text, role=ROLE_OF[grade])


def timelines(watch: Watch, events: Sequence[EventNote]) -> list[Chart]:
    """Draw one timeline for each group: every monitor that is on, in shares of its limit."""
    return [
        chart
        for group in GROUPS
        if (chart := _timeline(group, watch.live, watch.normal, events)) is not None
    ]


def _timeline(
    group: str, signals: Signals, normal: Calibration, events: Sequence[EventNote]
) -> Chart | None:
    keys = [key for key, monitor in MONITORS.items() if monitor.group == group]
    keys = [key for key in keys if key in normal.on and key in signals.values]
    lines = [line for key in keys if (line := _line(key, signals, normal)) is not None]
    if not keys:
        return None
    beyond = [line.name for line in lines if any(y is not None and float(y) > 1 for y in line.y)]
    days = signals.days
    says = (
        f"Beyond the limit at some time: {', '.join(beyond)}."
        if beyond
        else f"Nothing left its normal range in {days.count} {days.step}s."
    )
    if len(lines) == 1:
        says = f"{lines[0].name}. {says}"
    return Chart(
        key=f"timeline_{group}",
        title=TITLES[group],
        says=says if lines else "Too few quiet days to set a limit.",
        x=axis_of(signals),
        y=Axis(label="Distance from normal, 1 = limit"),
        series=tuple(line.model_copy(update={"role": ROLES[i % 6]}) for i, line in enumerate(lines))
        or (_empty(signals),),
        guides=(Guide(axis="y", at=1.0, label="limit", role="stop"), *marks(events, signals)),
    )


def _empty(signals: Signals) -> Series:
    names = signals.days.names
    return Series(name="Nothing to show", mark="line", x=names[:1], y=[None], role="muted")


def _line(key: str, signals: Signals, normal: Calibration) -> Series | None:
    limit = normal.limits.get(key, np.inf)
    apart = distances(signals, normal, key)
    if not np.isfinite(limit) or not apart:
        return None
    stack = np.array(list(apart.values()))
    filled = np.where(np.isfinite(stack), stack, -1.0)
    # A limit of zero belongs to what never moved: any move is far beyond it.
    worst, loudest = filled.max(axis=0) / max(limit, TINY), filled.argmax(axis=0)
    names = list(apart)
    kept = thinned(worst)
    return Series(
        name=MONITORS[key].title,
        mark="line",
        x=[signals.days.names[day] for day in kept],
        y=[None if worst[day] < 0 else round(min(float(worst[day]), FARTHEST), 2) for day in kept],
        text=[names[loudest[day]] for day in kept] if len(names) > 1 else (),
    )


def thinned(values: np.ndarray) -> list[int]:
    """Return which days are drawn: of a long stream the highest of every few."""
    step = -(-len(values) // MOST_POINTS)
    if step <= 1:
        return list(range(len(values)))
    starts = range(0, len(values), step)
    return [start + int(np.argmax(values[start : start + step])) for start in starts]


def money(watch: Watch, currency: str, events: Sequence[EventNote]) -> Chart:
    """Draw what each day really cost, whenever that became known."""
    world, days = watch.scene.live.world, watch.scene.live.world.days
    cost = watch.scene.live.cost
    total = np.bincount(days.of_row, weights=cost, minlength=days.count)
    counts = np.bincount(days.of_row[world.arrived], minlength=days.count)
    kept = thinned(total)
    mean = float(total.sum() / max(days.count, 1))
    return Chart(
        key="cost_per_day",
        title=f"What does a {days.step} cost?",
        says=f"{readable(mean)} {currency} on average, by what really happened."
        + _marked(events, watch.live),
        x=axis_of(watch.live),
        y=Axis(label=f"Cost of a {days.step}", unit=currency),
        series=(
            Series(
                name="Cost",
                mark="line",
                x=[days.names[day] for day in kept],
                y=[round(float(total[day]), 2) for day in kept],
                text=[f"{counts[day]:,} requests" for day in kept],
                role="second",
            ),
        ),
        guides=(
            Guide(axis="y", at=mean, label="mean", role="muted"),
            *marks(events, watch.live, named=True),
        ),
    )
