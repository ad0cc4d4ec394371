"""What each monitor is worth: precision, delay, false pages; and which one to add first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.lab.alerts import MONTH
from app.lab.detection import Alert
from app.lab.estimate import Estimate
from app.lab.monitors.catalogue import GROUPS, MONITORS
from app.lab.proportion import wilson
from app.record.chart import Axis, Chart, Role, Series
from app.record.measure import Measure
from app.record.number import readable
from app.record.table import Cell, Column, Table
from app.stages.monitoring.alarms import pages_of
from app.stages.monitoring.striking import Strikes
from app.stages.part import Part
from app.stages.production.seen import Watch

MOST_OFFERED = 10


@dataclass(frozen=True)
class Worth:
    """One monitor, measured over all incidents and quiet days.

    Parameters
    ----------
    key : str
    on : bool
    caught : int
        Harmful incidents it notices by itself.
    late : tuple of int
        After how many days, for each of those.
    false_pages : float
        In 30 quiet days, measured on days its limit did not rest on.
    allowed : float
        Its part of the budget, in 30 days.
    precision : Estimate
        Share of its pages that are about something, over the incidents and as many quiet days.
    saves : float
        Money lost less if it were on as well (of those that are on: if it were off, lost more).
    first : tuple of str
        Incidents that it notices before the others that are on.
    """

    key: str
    on: bool
    caught: int
    late: tuple[int, ...]
    false_pages: float
    allowed: float
    precision: Estimate
    saves: float
    first: tuple[str, ...]

    @property
    def days_late(self) -> float | None:
        """Median days until it notices."""
        return float(np.median(self.late)) if self.late else None

    @property
    def price(self) -> float:
        """False pages it brings in 30 days: as measured, and no less than it is allowed."""
        return max(self.false_pages, self.allowed)


def worths_of(watch: Watch, strikes: Strikes, quiet: tuple[Alert, ...]) -> list[Worth]:
    """Measure every monitor that has signals here."""
    return [_worth(key, watch, strikes, quiet) for key in MONITORS if key in watch.live.values]


def _worth(key: str, watch: Watch, strikes: Strikes, quiet: tuple[Alert, ...]) -> Worth:
    normal = watch.normal
    on = normal.on
    late = [o.caught[key].days_late for o in strikes.harmful if key in o.caught]
    past = watch.past.days
    time = max(past.count * past.length / MONTH, 1e-9)
    false = pages_of(quiet, {key}) / time
    watched = len(strikes.harmful) * strikes.days * past.length / MONTH
    wrong = false * watched
    others, with_it = on - {key}, on | {key}
    saved = [o.lost(others) - o.lost(with_it) for o in strikes.harmful]
    return Worth(
        key,
        key in on,
        len(late),
        tuple(late),
        false,
        normal.part(key) * MONTH / past.length,
        wilson(len(late), max(len(late) + round(wrong), 1)),
        float(sum(saved)),
        tuple(
            o.incident.title
            for o in strikes.harmful
            if key in o.caught and _earlier(o.caught[key].days_late, o.late(others))
        ),
    )


def _earlier(late: int, others: int | None) -> bool:
    return others is None or late < others


def worth(
    watch: Watch, strikes: Strikes, quiet: tuple[Alert, ...], currency: str, step: str
) -> Part:
    """Write down what each monitor is worth, and offer the best one to add."""
    found = worths_of(watch, strikes, quiet)
    offered = sorted(
        (one for one in found if not one.on and one.first and one.saves > 0),
        key=lambda one: -one.saves / one.price,
    )[:MOST_OFFERED]
    charts = [_to_add(offered, currency)] if offered else []
    charts += [chart for chart in (_caught(found, strikes), _delay(found, step)) if chart]
    return Part(
        measures=_measures(offered, watch),
        tables=tuple(table for table in (_table(found, step), _offer(offered, step)) if table.rows),
        charts=tuple(charts),
        words=_words(offered, currency),
    )


def _words(offered: list[Worth], currency: str) -> dict[str, str]:
    if not offered:
        return {}
    best = offered[0]
    names = ", ".join(name.lower() for name in best.first[:3])
    more = f" and {len(best.first) - 3} more" if len(best.first) > 3 else ""
    return {
        "add": f"Switch on “{MONITORS[best.key].title}” next: over these incidents it saves "
        f"{readable(best.saves)} {currency} for {best.price:.2g} false pages in 30 days. It is "
        f"first to notice {names}{more}.",
        "add_key": best.key,
    }


def _measures(offered: list[Worth], watch: Watch) -> tuple[Measure, ...]:
    if not offered:
        return ()
    best = offered[0]
    return (
        Measure(
            key="saved_by_adding",
            label=f"Saved by adding “{MONITORS[best.key].title}”",
            value=best.saves,
            unit="currency",
            n=len(best.first),
            note="Over all incidents that it notices first, until somebody knows; n counts them.",
        ),
    )


def _table(found: list[Worth], step: str) -> Table:
    return Table(
        key="monitors",
        title="Each monitor, measured",
        columns=(
            Column(key="monitor", label="Monitor", kind="text"),
            Column(key="group", label="Group", kind="text"),
            Column(key="on", label="On?", kind="flag"),
            Column(key="caught", label="Incidents noticed", kind="integer"),
            Column(key="days_late", label="After (median)", unit=f"{step}s"),
            Column(key="false_pages", label="False pages", unit="in 30 quiet days"),
            Column(key="allowed", label="Allowed", unit="in 30 days"),
            Column(key="precision", label="Precision", kind="share"),
            Column(key="low", label="from", kind="share"),
            Column(key="high", label="to", kind="share"),
            Column(key="saves", label="Saves", kind="currency"),
            Column(key="first", label="First to notice", kind="integer"),
            Column(key="asks", label="Asks", kind="text"),
        ),
        rows=tuple(_row(one) for one in found),
        note="Alone, over all harmful incidents. Precision sets incidents noticed against the false "
        "pages expected in the same time. Saves: what would be lost more without it, or less with "
        "it. False pages are counted on quiet days whose limits rest on other days; benign alerts "
        "page nobody.",
    )


def _row(one: Worth) -> tuple[Cell, ...]:
    monitor = MONITORS[one.key]
    return (
        monitor.title,
        GROUPS[monitor.group],
        one.on,
        one.caught,
        one.days_late,
        one.false_pages,
        one.allowed,
        one.precision.value,
        one.precision.low,
        one.precision.high,
        one.saves,
        len(one.first),
        monitor.asks,
    )


def _offer(offered: list[Worth], step: str) -> Table:
    return Table(
        key="to_add",
        title="Which monitor to add next",
        columns=(
            Column(key="monitor", label="Monitor", kind="text"),
            Column(key="saves", label="Saves", kind="currency"),
            Column(key="false_pages", label="False pages", unit="in 30 days"),
            Column(key="per_page", label="Saved per false page", kind="currency"),
            Column(key="incidents", label="First to notice", kind="text"),
        ),
        rows=tuple(
            (
                MONITORS[one.key].title,
                one.saves,
                one.price,
                one.saves / one.price,
                ", ".join(one.first),
            )
            for one in offered
        ),
        note="Money lost less over all incidents, per false page a month that the monitor may bring.",
    )


def _caught(found: list[Worth], strikes: Strikes) -> Chart | None:
    ranked = sorted(found, key=lambda one: (-one.caught, one.key))
    if not strikes.harmful:
        return None
    best = ranked[0]
    blind = sum(one.caught == 0 for one in ranked)
    says = (
        f"No monitor notices all {len(strikes.harmful)}: the widest is “{MONITORS[best.key].title}” "
        f"with {best.caught}; {blind} notice none of these."
        if best.caught < len(strikes.harmful)
        else f"“{MONITORS[best.key].title}” notices all {best.caught}, but mind how late."
    )
    series = []
    parts: tuple[tuple[bool, str, Role], ...] = (
        (True, "Switched on", "main"),
        (False, "Off", "muted"),
    )
    for on, name, role in parts:
        part = [one for one in ranked if one.on == on]
        if part:
            series.append(
                Series(
                    name=name,
                    mark="point",
                    x=[float(one.caught) for one in part],
                    y=[MONITORS[one.key].title for one in part],
                    text=[_after(one.days_late) for one in part],
                    role=role,
                )
            )
    return Chart(
        key="monitors",
        title="How many incidents does each monitor notice alone?",
        says=says,
        x=Axis(label="Harmful incidents noticed"),
        y=Axis(label="", kind="category", order=tuple(MONITORS[one.key].title for one in ranked)),
        series=tuple(series),
        horizontal=True,
    )


def _after(days: float | None) -> str:
    return "none" if days is None else f"after {days:g} (median)"


def _delay(found: list[Worth], step: str) -> Chart | None:
    some = sorted((one for one in found if one.late), key=lambda one: np.median(one.late))
    if not some:
        return None
    series: list[Series] = []
    parts: tuple[tuple[bool, str, Role], ...] = (
        (True, "No false page on quiet days", "good"),
        (False, "Some false pages", "watch"),
    )
    for calm, name, role in parts:
        part = [one for one in some if (one.false_pages == 0) == calm]
        if part:
            ends = [np.quantile(one.late, [0.25, 0.75]) for one in part]
            series.append(
                Series(
                    name=name,
                    mark="point",
                    x=[float(np.median(one.late)) for one in part],
                    y=[MONITORS[one.key].title for one in part],
                    low=[float(low) for low, _ in ends],
                    high=[float(high) for _, high in ends],
                    text=[f"{one.false_pages:.2g} in 30 quiet days" for one in part],
                    role=role,
                )
            )
    loud = sum(one.false_pages > 0 for one in some)
    return Chart(
        key="monitor_delay",
        title="Late, or loud?",
        says=f"Median and middle half of the {step}s until each monitor notices what it notices; "
        f"{loud} of {len(some)} paged on quiet days whose limits rest on other days.",
        x=Axis(label="Until it notices", unit=f"{step}s"),
        y=Axis(label="", kind="category", order=tuple(MONITORS[one.key].title for one in some)),
        series=tuple(series),
        horizontal=True,
    )


def _to_add(offered: list[Worth], currency: str) -> Chart:
    return Chart(
        key="to_add",
        title="Which monitor to add next?",
        says=f"“{MONITORS[offered[0].key].title}” saves most for each false page it may bring.",
        x=Axis(label="Saved over these incidents per false page a month", unit=currency),
        y=Axis(label="", kind="category", order=tuple(MONITORS[one.key].title for one in offered)),
        series=(
            Series(
                name="Saved per false page",
                mark="bar",
                x=[round(one.saves / one.price, 2) for one in offered],
                y=[MONITORS[one.key].title for one in offered],
                text=[", ".join(one.first[:3]) for one in offered],
                role="good",
            ),
        ),
        horizontal=True,
    )
