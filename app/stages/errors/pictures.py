"""Errors as pictures."""

from __future__ import annotations

import numpy as np
import pandas as pd

from app.lab.calibration import Bin, confusion
from app.lab.champion import Champion, decided
from app.lab.cost import ReviewCosts
from app.lab.shapley import Attribution, Importance
from app.lab.slices import Slice
from app.record.chart import Axis, Chart, Role, Series
from app.stages.errors.worst import WorstRows, shown_value

TOP = 10
SWARM = 150
WATERFALL = 8
DEPENDENCE = 2


def _axis(found: Attribution, words: str) -> Axis:
    return Axis(label=words, unit="" if found.unit == "target" else found.unit)


def importance_chart(found: Attribution, ranks: tuple[Importance, ...]) -> Chart:
    """Draw the mean absolute SHAP values."""
    top = ranks[:TOP]
    return Chart(
        key="importance",
        title="What are predictions built from?",
        says=f"Mostly {top[0].column}. It is how the model sums up, not what causes what."
        if top and top[0].size.value > 0
        else "The chosen rung looks at no column.",
        x=_axis(found, "Mean absolute SHAP value"),
        y=Axis(label="", kind="category"),
        series=(
            Series(
                name="Importance",
                mark="bar",
                x=[r.size.value for r in top],
                y=[r.column for r in top],
                low=[r.size.low for r in top],
                high=[r.size.high for r in top],
            ),
        ),
        horizontal=True,
    )


def beeswarm(found: Attribution, rows: pd.DataFrame, ranks: tuple[Importance, ...]) -> Chart:
    """Draw a sample of contributions, colored by the value of the column."""
    top = [r for r in ranks[:TOP] if r.size.value > 0]
    some = np.arange(len(rows))[:: max(1, len(rows) // SWARM)]
    x: list[float] = []
    y: list[str] = []
    shade: list[float | None] = []
    for rank in top:
        place = found.columns.index(rank.column)
        x += [float(v) for v in found.values[some, place]]
        y += [rank.column] * len(some)
        shade += _shades(rows[rank.column].iloc[some])
    return Chart(
        key="beeswarm",
        title="How do values push predictions?",
        says="Each dot is a row: right pushes up, left down; orange is a high value, blue low.",
        x=_axis(found, "SHAP value"),
        y=Axis(label="", kind="category"),
        series=(Series(name="Rows", mark="point", x=x, y=y, shade=shade),),
        horizontal=True,
    )


def _shades(series: pd.Series) -> list[float | None]:
    if not pd.api.types.is_numeric_dtype(series):
        return [None] * len(series)
    values = series.to_numpy(dtype=float, na_value=np.nan)
    ranks = pd.Series(values).rank(pct=True).to_numpy()
    return [None if np.isnan(v) else float(v) for v in ranks]


def slice_chart(slices: tuple[Slice, ...], currency: str) -> list[Chart]:
    """Draw the extra cost of the worst slices."""
    if not slices:
        return []
    shown = slices[:TOP]
    proven = sum(s.confirmed for s in slices)
    series = []
    for confirmed, name, role in ((True, "Proven", "stop"), (False, "Not proven", "muted")):
        part = [s for s in shown if s.confirmed == confirmed]
        if part:
            series.append(
                Series(
                    name=name,
                    mark="point",
                    x=[1000 * s.excess.value for s in part],
                    y=[f"{s.words} (n = {s.n})" for s in part],
                    low=[_scaled(s.excess.low) for s in part],
                    high=[_scaled(s.excess.high) for s in part],
                    role=role,
                )
            )
    return [
        Chart(
            key="slices",
            title="Where does it cost most?",
            says=f"{proven} of {len(slices)} slices hold up on the half that was not searched.",
            x=Axis(label="Extra cost per 1,000 decisions", unit=currency),
            y=Axis(
                label="",
                kind="category",
                order=tuple(f"{s.words} (n = {s.n})" for s in shown),
            ),
            series=tuple(series),
            horizontal=True,
        )
    ]


def _scaled(value: float | None) -> float | None:
    return None if value is None else 1000 * value


def calibration_chart(form: str, bins: tuple[Bin, ...]) -> list[Chart]:
    """Draw what happened against what was predicted."""
    if not bins:
        return []
    share = form != "regression"
    kind = "share" if share else "number"
    chart = Chart(
        key="calibration",
        title="Do the numbers mean what they say?",
        says="On the dotted line, a prediction comes true as often as it says."
        if share
        else "On the dotted line, predictions are right on average.",
        x=Axis(label="Predicted", kind=kind),
        y=Axis(label="What happened", kind=kind),
        series=(
            Series(
                name="Rows of similar prediction",
                mark="point",
                x=[b.predicted for b in bins],
                y=[b.observed.value for b in bins],
                low=[b.observed.low for b in bins],
                high=[b.observed.high for b in bins],
            ),
        ),
        diagonal=True,
    )
    return [chart]


def confusion_chart(champion: Champion, y: np.ndarray, prediction: np.ndarray) -> list[Chart]:
    """Draw right and wrong decisions at the chosen threshold."""
    if not champion.has_threshold:
        return []
    alone = isinstance(champion.costs, ReviewCosts)
    found = confusion(decided(y, prediction).happened, champion.acts(prediction))
    names = ["Acted, it happened", "Acted for nothing", "Missed", "Rightly left alone"]
    if alone:
        names = ["Answered rightly", "Answered wrongly", "To a person, was right"]
        names.append("To a person, was wrong")
    counts = [found.hits, found.false_alarms, found.misses, found.correct_rejections]
    total = max(1, sum(counts))
    roles: tuple[Role, ...] = ("good", "watch", "stop", "muted")
    if alone:
        roles = ("good", "stop", "watch", "muted")
    return [
        Chart(
            key="confusion",
            title="What does the threshold do?",
            says=f"{found.hits + found.false_alarms:,} of {total:,} rows answered without a "
            f"person, {found.false_alarms:,} of them wrongly."
            if alone
            else f"{found.hits + found.false_alarms:,} alarms on {total:,} rows; "
            f"{found.misses:,} cases missed.",
            x=Axis(label="Rows", kind="number"),
            y=Axis(label="", kind="category"),
            series=tuple(
                Series(
                    name="",
                    mark="bar",
                    x=[float(count)],
                    y=[name],
                    text=[f"{count:,} rows ({count / total:.1%})"],
                    role=role,
                )
                for name, count, role in zip(names, counts, roles, strict=True)
            ),
            horizontal=True,
        )
    ]


def dependence(
    found: Attribution, rows: pd.DataFrame, ranks: tuple[Importance, ...]
) -> list[Chart]:
    """Draw contribution by value for the strongest numeric columns."""
    charts: list[Chart] = []
    for rank in ranks:
        series = rows[rank.column]
        if rank.size.value <= 0 or not pd.api.types.is_numeric_dtype(series):
            continue
        some = np.arange(len(rows))[:: max(1, len(rows) // (2 * SWARM))]
        charts.append(
            Chart(
                key=f"dependence_{len(charts) + 1}",
                title=f"How does {rank.column} push?",
                says="Each dot is a row: its value, and how far that moves its prediction.",
                x=Axis(label=rank.column),
                y=_axis(found, "SHAP value"),
                series=(
                    Series(
                        name="Rows",
                        mark="point",
                        x=series.iloc[some].to_numpy(dtype=float, na_value=np.nan),
                        y=found.values[some, found.columns.index(rank.column)],
                    ),
                ),
            )
        )
        if len(charts) == DEPENDENCE:
            break
    return charts


def row_charts(worst: WorstRows) -> list[Chart]:
    """Draw, for each of the worst rows, how its prediction is put together."""
    return [_waterfall(int(name), worst, i) for i, name in enumerate(worst.names)]


def _waterfall(name: int, worst: WorstRows, at: int) -> Chart:
    about, row = worst.about, worst.rows.iloc[at]
    values = about.values[at]
    order = np.argsort(-np.abs(values), kind="stable")
    top, rest = order[:WATERFALL], order[WATERFALL:]
    steps = [(f"{about.columns[i]} = {shown_value(row[about.columns[i]])}", values[i]) for i in top]
    if len(rest) and np.abs(values[rest]).sum() > 0:
        steps.append((f"{len(rest)} other columns", float(values[rest].sum())))
    starts = about.base + np.concatenate([[0.0], np.cumsum([s for _, s in steps])[:-1]])
    series = []
    for up, title, role in ((True, "Pushes up", "second"), (False, "Pushes down", "main")):
        part = [
            (words, float(size), float(start))
            for (words, size), start in zip(steps, starts, strict=True)
            if (size >= 0) == up
        ]
        if part:
            series.append(
                Series(
                    name=title,
                    mark="bar",
                    x=[size for _, size, _ in part],
                    y=[words for words, *_ in part],
                    base=[start for *_, start in part],
                    text=[f"{size:+.3g}" for _, size, _ in part],
                    role=role,
                )
            )
    return Chart(
        key=f"row_{name}",
        title=f"How row {name:,} got its prediction",
        says=f"Out of fold it was predicted {worst.said[at]}; it was {worst.was[at]}. The bars show the "
        f"final model, from {about.base:.3g} on.",
        x=_axis(about, "Output"),
        y=Axis(label="", kind="category", order=tuple(words for words, _ in steps)),
        series=tuple(series),
        horizontal=True,
    )
