"""Rows themselves: read some, answer them again, label them again."""

from __future__ import annotations

import numpy as np
import pandas as pd

from app.lab.proportion import wilson
from app.record.chart import Axis, Chart, Series
from app.record.table import Column, Table
from app.stages.drills.archive import View
from app.stages.drills.looks.daily import by_day, daily_chart, line
from app.stages.part import Part

SAMPLE = 10
AUDITED = 200
MOST_COLUMNS = 10
RELATIVE, ABSOLUTE = 1e-6, 1e-9


def show(view: View, text: str) -> Part:
    """Ten rows of today, and ten of usual days."""
    pairs = (("now", "The latest rows", view.recent), ("usual", "Rows of usual days", view.before))
    return Part(tables=tuple(_rows(view, key, title, rows) for key, title, rows in pairs))


def _rows(view: View, key: str, title: str, rows: np.ndarray) -> Table:
    at = np.flatnonzero(rows & view.log["arrived"].to_numpy(bool))
    at = at[np.unique(np.linspace(0, max(0, len(at) - 1), SAMPLE).astype(int))] if len(at) else at
    importance = view.archive.scene.importance
    names = sorted(view.seen.columns, key=lambda c: -importance.get(c, 0.0))[:MOST_COLUMNS]
    cells = []
    for i in at:
        entry = view.log.iloc[i]
        told = (entry["prediction"], entry["label"], entry["answered_by"])
        inputs = (_plain(view.seen[name].iloc[i]) for name in names)
        cells.append((view.days[int(entry["day"])], *map(_plain, told), *inputs))
    columns = (
        Column(key="day", label="Day", kind="text"),
        Column(key="prediction", label="Prediction", kind="number"),
        Column(key="label", label="Label, if in", kind="number"),
        Column(key="by", label="Answered by level", kind="integer"),
        *(Column(key=f"c{i}", label=str(n), kind=_kind(view.seen[n])) for i, n in enumerate(names)),
    )
    return Table(key=key, title=title, columns=columns, rows=tuple(cells))


def _kind(series: pd.Series) -> str:
    return "number" if series.dtype.kind in "biuf" else "text"


def _plain(value: object) -> object:
    if value is None or value is pd.NaT or (isinstance(value, float) and not np.isfinite(value)):
        return None
    if isinstance(value, float | np.floating):
        return float(f"{value:.4g}")
    return value if isinstance(value, int | str) else str(value)


def _apart(one: pd.Series, other: pd.Series) -> np.ndarray:
    both = (pd.isna(one) & pd.isna(other)).to_numpy()
    if one.dtype.kind in "biuf" and other.dtype.kind in "biuf":
        a, b = one.to_numpy(float, na_value=np.nan), other.to_numpy(float, na_value=np.nan)
        return np.asarray(~np.isclose(a, b, rtol=RELATIVE, atol=ABSOLUTE) & ~both)
    return np.asarray((one.astype(object).to_numpy() != other.astype(object).to_numpy()) & ~both)


def parity(view: View, text: str) -> Part:
    """Answers again, apart from the service, to what was sent; and inputs sent against seen."""
    log = view.log
    mine = (log["answered_by"] == 0).to_numpy()
    differs = mine & _apart(log["prediction"], log["recomputed"])
    share = by_day(view, differs.astype(float), mine)
    chart = daily_chart(
        view,
        "parity",
        "Answers that the model alone does not give",
        "Share of the model's answers that differ when the same rows are answered apart.",
        "Share of answers",
        line("differ", view, share, "stop"),
        share=True,
    )
    return Part(charts=(chart, *_service_inputs(view)))


def _service_inputs(view: View) -> tuple[Chart, ...]:
    """Return how often each column was seen otherwise than sent, or sent otherwise than kept."""
    recent = view.recent & view.log["arrived"].to_numpy(bool)
    found = {
        name: (
            float(_apart(view.seen[name], view.sent[name])[recent].mean()),
            float(_apart(view.sent[name], view.kept[name])[recent].mean()),
        )
        for name in view.seen.columns
        if recent.any()
    }
    shown = sorted(found, key=lambda name: -max(found[name]))[:MOST_COLUMNS]
    if not shown:
        return ()
    chart = Chart(
        key="inputs",
        title="Inputs on their way, since yesterday",
        says="Share of the rows in which a column changed: in the service, or before it was sent.",
        x=Axis(label="Share of rows", kind="share"),
        y=Axis(label="Column", kind="category", order=tuple(shown)),
        series=(
            Series(
                name="seen by the service otherwise than sent",
                mark="bar",
                x=[found[n][0] for n in shown],
                y=tuple(shown),
                role="stop",
            ),
            Series(
                name="sent otherwise than in the source's archive",
                mark="bar",
                x=[found[n][1] for n in shown],
                y=tuple(shown),
                role="second",
            ),
        ),
        horizontal=True,
    )
    return (chart,)


def audit(view: View, text: str) -> Part:
    """A sample of labelled rows, labelled again by a person who does not see the label."""
    log = view.log
    known = np.isfinite(log["label"].to_numpy(float))
    newest = int(log["day"][known].max()) if known.any() else 0
    pairs = (
        ("usual days", known & (log["day"].to_numpy(int) < newest - 7)),
        ("the newest labels", known & (log["day"].to_numpy(int) >= newest - 3)),
    )
    names, values, lows, highs, texts = [], [], [], [], []
    for name, rows in pairs:
        at = np.flatnonzero(rows)
        at = (
            at[np.unique(np.linspace(0, max(0, len(at) - 1), AUDITED).astype(int))]
            if len(at)
            else at
        )
        wrong = (
            int(_apart(log["label"].iloc[at], log["relabelled"].iloc[at]).sum()) if len(at) else 0
        )
        found = wilson(wrong, len(at))
        names.append(name)
        values.append(None if not len(at) else found.value)
        lows.append(found.low)
        highs.append(found.high)
        texts.append(f"{wrong} of {len(at)}")
    chart = Chart(
        key="audit",
        title="Labels that a second person does not give",
        says="Up to 200 rows whose label is in, labelled again; 95 % intervals.",
        x=Axis(label="Share of labels", kind="share"),
        y=Axis(label="Rows of", kind="category", order=tuple(names)),
        series=(
            Series(
                name="differ",
                mark="bar",
                x=values,
                y=tuple(names),
                low=tuple(lows),
                high=tuple(highs),
                text=tuple(texts),
                role="stop",
            ),
        ),
        horizontal=True,
    )
    return Part(charts=(chart,))
