"""By slice: cost, volume and answers group by group, now and as usual."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from app.lab.intervals import bootstrap_mean
from app.record.chart import Axis, Chart, Series
from app.stages.drills.archive import View
from app.stages.part import Part

MOST_GROUPS = 8
LEAST = 5
QUARTERS = (0.25, 0.5, 0.75)


def columns_of(view: View) -> tuple[str, ...]:
    """Return the columns that rows can be parted by, most important first."""
    importance = view.archive.scene.importance
    names = [c for c in view.seen.columns if view.seen[c].nunique() > 1]
    return tuple(sorted(names, key=lambda c: -importance.get(c, 0.0)))


def show(view: View, text: str) -> Part:
    """Groups of one column: what they cost on known labels, how many there are, what they get."""
    names = columns_of(view)
    column = text if text in names else _first(view, names)
    if not column:
        return Part(words={"trouble": "No column parts the rows."})
    groups = _groups(view, column)
    order = list(pd.Series(groups[view.recent | view.before]).value_counts().index)[:MOST_GROUPS]
    log = view.log
    known = np.isfinite(log["cost"].to_numpy(float))
    newest = int(log["day"][known].max()) if known.any() else 0
    matured = known & (log["day"].to_numpy(int) >= newest - 3)
    currency = view.archive.scene.currency
    return Part(
        charts=(
            _bars(
                view,
                "slice_cost",
                f"Cost per 1,000 by {column}",
                "On labels that are in; 95 % intervals.",
                f"Cost [{currency}]",
                groups,
                order,
                1000 * log["cost"].to_numpy(float),
                (view.before, matured),
            ),
            _bars(
                view,
                "slice_answers",
                f"Mean prediction by {column}",
                "What each group is answered; 95 % intervals.",
                "Mean prediction",
                groups,
                order,
                log["prediction"].to_numpy(float),
                (view.before, view.recent),
            ),
            _shares(view, column, groups, order),
        )
    )


def _first(view: View, names: tuple[str, ...]) -> str:
    texts = [
        n for n in names if view.seen[n].dtype.kind not in "biuf" and view.seen[n].nunique() <= 12
    ]
    return texts[0] if texts else (names[0] if names else "")


def _groups(view: View, column: str) -> np.ndarray:
    series = view.seen[column]
    if series.dtype.kind in "biuf" and series.nunique() > 12:
        usual = series[view.before].to_numpy(float, na_value=np.nan)
        known = usual[np.isfinite(usual)]
        cuts = np.unique(np.quantile(known, QUARTERS)) if len(known) else np.empty(0)
        values = series.to_numpy(float, na_value=np.nan)
        places = np.digitize(values, cuts)
        ends = [f"{c:.3g}" for c in cuts]
        names = [f"to {ends[0]}" if ends else "all"]
        names += [f"{a} to {b}" for a, b in pairwise(ends)]
        names += [f"from {ends[-1]}"] if ends else []
        found = np.asarray([names[p] for p in places], dtype=object)
        return np.where(np.isnan(values), "missing", found)
    return np.where(pd.isna(series), "missing", series.astype(str))


def _bars(
    view: View,
    key: str,
    title: str,
    says: str,
    label: str,
    groups: np.ndarray,
    order: list[str],
    values: np.ndarray,
    windows: tuple[np.ndarray, np.ndarray],
) -> Chart:
    rng = np.random.default_rng(0)
    series = []
    for name, rows, role in zip(("usual", "now"), windows, ("muted", "main"), strict=True):
        found = []
        for group in order:
            mine = values[rows & (groups == group) & np.isfinite(values)]
            found.append(bootstrap_mean(mine, rng=rng) if len(mine) >= LEAST else None)
        series.append(
            Series(
                name=name,
                mark="bar",
                x=[None if f is None else f.value for f in found],
                y=tuple(order),
                low=tuple(None if f is None else f.low for f in found),
                high=tuple(None if f is None else f.high for f in found),
                text=tuple("too few" if f is None else f"n = {f.n}" for f in found),
                role=role,
            )
        )
    return Chart(
        key=key,
        title=title,
        says=says,
        x=Axis(label=label),
        y=Axis(label="Group", kind="category", order=tuple(order)),
        series=tuple(series),
        horizontal=True,
    )


def _shares(view: View, column: str, groups: np.ndarray, order: list[str]) -> Chart:
    here = view.log["arrived"].to_numpy(bool)
    series = []
    for name, rows, role in (("usual", view.before, "muted"), ("now", view.recent, "main")):
        mine = groups[rows & here]
        share = [float((mine == g).mean()) if len(mine) else None for g in order]
        series.append(Series(name=name, mark="bar", x=share, y=tuple(order), role=role))
    return Chart(
        key="slice_share",
        title=f"Share of the requests by {column}",
        says="Who comes, now and usually.",
        x=Axis(label="Share of requests", kind="share"),
        y=Axis(label="Group", kind="category", order=tuple(order)),
        series=tuple(series),
        horizontal=True,
    )
