"""Metrics by group as dots with their intervals."""

from __future__ import annotations

from collections.abc import Sequence

from app.lab.disaggregation import too_small
from app.lab.group_metric import GROUP_METRICS
from app.record.chart import Axis, Chart, Role, Series
from app.record.number import readable
from app.stages.errors.group_look import Looked, told

LONG = 18
ROLES: tuple[Role, ...] = ("main", "second", "third", "watch")
# What is drawn, and the word it has in the names of the rows.
RATES = {
    "binary": {"recall": "caught", "false_alarm_rate": "false alarms", "selection_rate": "acted"},
    "multiclass": {"accuracy": "right", "selection_rate": "answered alone"},
    "ranking": {"recall": "good ones shown", "selection_rate": "shown"},
}
AMOUNTS = {
    "binary": ("cost",),
    "multiclass": ("cost",),
    "regression": ("absolute_error", "bias", "cost"),
    "ranking": ("ndcg", "cost"),
}
LABELS = {
    "cost": "Cost per 1,000 decisions",
    "absolute_error": "Mean absolute error",
    "bias": "Mean of prediction minus actual",
    "ndcg": "nDCG@10",
}
TITLES = {
    "cost": "What do mistakes cost by {}?",
    "absolute_error": "How far off is it by {}?",
    "bias": "Which way does it lean by {}?",
    "ndcg": "How well are lists ordered by {}?",
}


def charts_of(one: Looked, form: str, currency: str) -> list[Chart]:
    """Draw rates and amounts of every group of a column."""
    charts = [_rates(one, RATES[form], currency)] if form in RATES else []
    charts += [_amount(one, key, currency) for key in AMOUNTS[form]]
    return [chart for chart in charts if chart is not None]


def _rates(one: Looked, words: dict[str, str], currency: str) -> Chart | None:
    series = []
    for (metric, word), role in zip(words.items(), ROLES, strict=False):
        made = _dots(one, metric, f"{word.capitalize()}", f": {word}", role, 1.0)
        if made is not None:
            series.append(made)
    if not series:
        return None
    return Chart(
        key=f"fair_{one.place}_rates",
        title=f"Is it alike by {one.column}?",
        says=_says(one, tuple(words), currency),
        x=Axis(label="Share", kind="share"),
        y=Axis(label="", kind="category"),
        series=tuple(series),
        horizontal=True,
    )


def _amount(one: Looked, metric: str, currency: str) -> Chart | None:
    scale = 1000.0 if metric == "cost" else 1.0
    made = _dots(one, metric, LABELS[metric], "", "second", scale)
    if made is None:
        return None
    return Chart(
        key=f"fair_{one.place}_{metric}",
        title=TITLES[metric].format(one.column),
        says=_says(one, (metric,), currency),
        x=Axis(label=LABELS[metric], unit=currency if metric == "cost" else ""),
        y=Axis(label="", kind="category"),
        series=(made,),
        horizontal=True,
    )


def _dots(
    one: Looked, metric: str, name: str, suffix: str, role: Role, scale: float
) -> Series | None:
    groups = [(g.name, g.values[metric]) for g in one.found.groups]
    shown = [(group, e) for group, e in groups if not too_small(e)]
    if not shown:
        return None
    labels = _short([group for group, _ in shown])
    return Series(
        name=name,
        mark="point",
        x=[scale * e.value for _, e in shown],
        y=[f"{word}{suffix} (n = {e.n:,})" for word, (_, e) in zip(labels, shown, strict=True)],
        low=[None if e.low is None else scale * e.low for _, e in shown],
        high=[None if e.high is None else scale * e.high for _, e in shown],
        text=[f"{group}: {readable(scale * e.value)}, n = {e.n:,}" for group, e in shown],
        role=role,
    )


def _short(names: list[str]) -> list[str]:
    """Shorten long names so that n stays readable beside them, where they stay apart."""
    short = [name if len(name) <= LONG else f"{name[: LONG - 1]}…" for name in names]
    return short if len(set(short)) == len(names) else names


def _says(one: Looked, metrics: Sequence[str], currency: str) -> str:
    proven = [g for g in map(one.found.proven_gap, metrics) if g is not None]
    small = one.left_out(tuple(metrics))
    words = "No gap between groups is proven; the intervals say how large one may still be."
    if proven:
        top = proven[0]
        words = (
            f"{GROUP_METRICS[top.metric].title}: {top.high} lies "
            f"{told(top.difference, top.metric, currency)} above {top.low}; "
            "the gap holds after correction."
        )
    elif all(one.found.gap(metric) is None for metric in metrics):
        words = "Too few rows to compare groups."
    return f"{words} Too few rows of: {small}." if small else words
