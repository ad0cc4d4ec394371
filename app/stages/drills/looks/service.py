"""The service: releases, settings, requests one by one, and where rows came from and went."""

from __future__ import annotations

import numpy as np

from app.record.chart import Axis, Chart, Series
from app.record.table import Column, Table
from app.stages.drills.archive import View
from app.stages.drills.looks.daily import by_day, daily_chart, line
from app.stages.drills.looks.people import line_table
from app.stages.part import Part

MOST_VERSIONS = 4
ROLES = ("main", "second", "third", "muted")


def releases(view: View, text: str) -> Part:
    """What was released when, by the notes, and which version answers, by the log."""
    notes = tuple(line for line in view.lines if line.source in ("release", "log"))
    version = view.log["version"].to_numpy(int)
    found = [int(v) for v in np.unique(version)][-MOST_VERSIONS:]
    shares = [
        line(f"version {v}", view, by_day(view, (version == v).astype(float)), ROLES[i])  # type: ignore[arg-type]
        for i, v in enumerate(found)
    ]
    chart = daily_chart(
        view,
        "versions",
        "Which version answered",
        "Share of the requests of a day that each version of the model answered.",
        "Share of requests",
        *shares,
        share=True,
    )
    return Part(
        charts=(chart,), tables=(line_table(view, "notes", "Release notes and logs", notes),)
    )


def settings(view: View, text: str) -> Part:
    """What is set, seen in what the service does, against what the record says."""
    log, recent = view.log, view.recent
    rows: list[tuple[object, ...]] = []
    versions = log["version"].to_numpy(int)
    usual = _mode(versions[view.before])
    rows.append(("Version that answers", usual, _mode(versions[recent])))
    acted, score = log["acted"].to_numpy(float), log["prediction"].to_numpy(float)
    charts: tuple[Chart, ...] = ()
    if np.isfinite(view.threshold):
        mine = (
            recent & np.isfinite(acted) & np.isfinite(score) & (log["answered_by"] == 0).to_numpy()
        )
        rows.append(
            ("Threshold for acting", _round(view.threshold), _lowest(score[mine], acted[mine]))
        )
        expected = (score >= view.threshold).astype(float)
        charts = (
            daily_chart(
                view,
                "acted",
                "Decisions, and what the recorded threshold would decide",
                "Where the two lines part, the service decides by another threshold.",
                "Share acted upon",
                line("acted upon", view, by_day(view, acted)),
                line("by the recorded threshold", view, by_day(view, expected), "muted"),
                share=True,
            ),
        )
    below = (log["answered_by"] != 0).to_numpy()
    rows.append(("Answered below the model", _share(below[view.before]), _share(below[recent])))
    table = Table(
        key="settings",
        title="Settings",
        columns=(
            Column(key="what", label="Setting", kind="text"),
            Column(key="recorded", label="Recorded, or usual", kind="number"),
            Column(key="running", label="Seen running", kind="number"),
        ),
        rows=tuple(rows),
        note="The threshold that runs is read off the lowest score that was acted upon.",
    )
    return Part(charts=charts, tables=(table,))


def _mode(values: np.ndarray) -> int | None:
    if not len(values):
        return None
    found, n = np.unique(values, return_counts=True)
    return int(found[n.argmax()])


def _lowest(score: np.ndarray, acted: np.ndarray) -> float | None:
    on = score[acted == 1]
    return _round(float(on.min())) if len(on) else None


def _round(value: float) -> float:
    return float(f"{value:.3g}")


def _share(values: np.ndarray) -> float | None:
    return _round(float(values.mean())) if len(values) else None


def traces(view: View, text: str) -> Part:
    """Requests by copy of the service: how long they take, how many fail, what they cost."""
    log, recent = view.log, view.recent & view.log["arrived"].to_numpy(bool)
    rows = []
    for replica in np.unique(log["replica"].to_numpy(int)):
        mine = recent & (log["replica"].to_numpy(int) == replica)
        times = log["latency_ms"].to_numpy(float)[mine]
        if not mine.any():
            continue
        rows.append(
            (
                f"copy {replica}",
                int(mine.sum()),
                ", ".join(str(v) for v in np.unique(log["version"].to_numpy(int)[mine])),
                _share((log["answered_by"].to_numpy(int) != 0)[mine]),
                _quantile(times, 0.5),
                _quantile(times, 0.99),
                _share(log["charge"].to_numpy(float)[mine]),
            )
        )
    table = Table(
        key="copies",
        title="Requests since yesterday, by copy of the service",
        columns=(
            Column(key="copy", label="Copy", kind="text"),
            Column(key="n", label="Requests", kind="integer"),
            Column(key="versions", label="Versions that answered", kind="text"),
            Column(key="failed", label="Not answered by the model", kind="share"),
            Column(key="p50", label="Median time", unit="ms", kind="number"),
            Column(key="p99", label="99th percentile", unit="ms", kind="number"),
            Column(key="charge", label="Charge a request", kind="currency"),
        ),
        rows=tuple(rows),
    )
    return Part(charts=(_times(view), _charges(view)), tables=(table,))


def _quantile(values: np.ndarray, at: float) -> float | None:
    return _round(float(np.quantile(values, at))) if len(values) else None


def _times(view: View) -> Chart:
    latency = view.log["latency_ms"].to_numpy(float)
    pairs = (("two weeks before", view.before, "muted"), ("since yesterday", view.recent, "main"))
    grid = np.linspace(0, 1, 41)
    return Chart(
        key="times",
        title="Time to answer",
        says="Share of the requests that are answered within so many milliseconds.",
        x=Axis(label="Time to answer", unit="ms", kind="log"),
        y=Axis(label="Share of requests", kind="share"),
        series=tuple(
            Series(
                name=name,
                mark="step",
                x=np.maximum(np.quantile(latency[rows], grid), 0.01),
                y=grid,
                role=role,
            )
            for name, rows, role in pairs
            if rows.any()
        ),
    )


def _charges(view: View) -> Chart:
    return daily_chart(
        view,
        "charges",
        "Charge a request",
        "What serving costs by day.",
        f"[{view.archive.scene.currency}]",
        line("charge", view, by_day(view, view.log["charge"].to_numpy(float)), "second"),
    )


def lineage(view: View, text: str) -> Part:
    """Rows at each step from the source to the label; requests that should have been deleted."""
    log = view.log
    steps = {
        "sent by the sources": np.ones(len(log), dtype=bool),
        "reached the service": log["arrived"].to_numpy(bool),
        "answered": log["arrived"].to_numpy(bool) & (log["answered_by"].to_numpy(int) >= 0),
        "label is in": np.isfinite(log["label"].to_numpy(float)),
    }
    pairs = (("usual day", view.before, "muted"), ("since yesterday", view.recent, "main"))
    series = []
    for name, rows, role in pairs:
        total = max(1, int(rows.sum()))
        series.append(
            Series(
                name=name,
                mark="bar",
                x=[float((mask & rows).sum()) / total for mask in steps.values()],
                y=tuple(steps),
                text=tuple(f"{int((mask & rows).sum()):,}" for mask in steps.values()),
                role=role,
            )
        )
    chart = Chart(
        key="steps",
        title="Rows at each step",
        says="Share of the rows sent that come through each step. Labels of new rows are not in yet.",
        x=Axis(label="Share of rows sent", kind="share"),
        y=Axis(label="Step", kind="category", order=tuple(steps)),
        series=tuple(series),
        horizontal=True,
    )
    erased = log["erased"].to_numpy(bool)
    words = (
        f"Rows of people who asked for deletion that are still read: {int((erased & view.recent).sum()):,} "
        f"since yesterday, {int((erased & view.before).sum()):,} in the two usual weeks."
    )
    return Part(charts=(chart,), words={"erased": words})
