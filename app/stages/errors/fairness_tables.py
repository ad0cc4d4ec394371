"""Metrics by group and gaps between groups, as tables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from app.lab.group_metric import GroupMetric, metrics_for
from app.record.table import Cell, Column, Table
from app.stages.errors.group_look import Looked, scaled, told, unit_of
from app.stages.errors.parity import Criterion, criteria_for

TOO_FEW = "No number: fewer than 30 rows, fewer than 10 that count, or fewer than 5 days (groups)."


def gap_table(looked: Sequence[Looked], form: str, currency: str) -> Table:
    """Write down, for every meaning of alike, the gap between groups."""
    return Table(
        key="fairness_gaps",
        title="Are groups treated alike?",
        columns=(
            Column(key="column", label="Over", kind="text"),
            Column(
                key="criterion",
                label="Meaning of alike",
                kind="text",
                help=" ".join(f"{c.title}: {c.means}" for c in criteria_for(form)),
            ),
            Column(key="gap", label="Gap"),
            Column(key="low", label="from"),
            Column(key="high", label="to"),
            Column(key="unit", label="in", kind="text"),
            Column(
                key="ratio",
                label="Ratio",
                help="Lower over higher. Below 0.8 is what the four-fifths rule of hiring in the US "
                "looks at.",
            ),
            Column(key="between", label="Higher, then lower", kind="text"),
            Column(
                key="p",
                label="p (Holm)",
                help="Corrected for all pairs of groups, metrics and columns compared.",
            ),
            Column(key="proven", label="Proven?", kind="flag"),
            Column(key="small", label="Too few rows of", kind="text"),
            Column(key="told", label="In words", kind="text"),
        ),
        rows=tuple(
            _gap_row(one, criterion, currency) for one in looked for criterion in criteria_for(form)
        ),
        note="Out-of-fold rows. The widest gap that is proven, else the widest gap; intervals allow "
        "for the pairs of groups, p for all pairs, metrics and columns. Minus all others is in the "
        f"tables below. {TOO_FEW}",
    )


def _gap_row(one: Looked, criterion: Criterion, currency: str) -> tuple[Cell, ...]:
    gap = criterion.gap(one.found)
    small = one.left_out(criterion.metrics)
    if gap is None:
        unit = unit_of(criterion.metrics[0], currency)
        start = (one.column, criterion.title, None, None, None, unit, None)
        return (*start, "", None, False, small, "too few rows")
    apart = gap.difference
    return (
        one.column,
        criterion.title,
        *(scaled(v, gap.metric) for v in (apart.value, apart.low, apart.high)),
        unit_of(gap.metric, currency),
        gap.ratio.value if gap.ratio else None,
        f"{gap.high}, then {gap.low}",
        gap.p_value,
        gap.proven,
        small,
        told(apart, gap.metric, currency),
    )


def group_tables(one: Looked, form: str) -> list[Table]:
    """Write down every metric of every group: shares in one table, amounts in another."""
    metrics = metrics_for(form)
    shares = [m for m in metrics if m.share]
    amounts = [m for m in metrics if not m.share]
    tables = []
    for key, chosen, kind, words in (
        ("rates", shares, "share", "how often"),
        ("amounts", amounts, "number", "how much"),
    ):
        if chosen:
            tables.append(_group_table(one, f"fair_{one.place}_{key}", chosen, kind, words))
    return tables


def _group_table(
    one: Looked, key: str, metrics: Sequence[GroupMetric], kind: str, words: str
) -> Table:
    share = kind == "share"
    number = Column(key="value", label="Value", kind="share" if share else "number")
    return Table(
        key=key,
        title=f"Groups of {one.column}: {words}",
        columns=(
            Column(
                key="metric",
                label="What",
                kind="text",
                help=" ".join(f"{m.title}: {m.explanation}" for m in metrics),
            ),
            Column(key="group", label="Group", kind="text"),
            Column(key="n", label="n", kind="integer"),
            number,
            number.model_copy(update={"key": "low", "label": "from"}),
            number.model_copy(update={"key": "high", "label": "to"}),
            number.model_copy(update={"key": "rest", "label": "Minus all others"}),
            Column(key="p", label="p (Holm)"),
        ),
        rows=tuple(
            _group_row(one, metric, group.name, share)
            for metric in metrics
            for group in one.found.groups
        ),
        note=TOO_FEW,
    )


def _group_row(one: Looked, metric: GroupMetric, group: str, share: bool) -> tuple[Cell, ...]:
    found, rest = one.found.value(group, metric.key), one.found.against_rest(group, metric.key)
    per = 1.0 if share or metric.unit != "currency" else 1000.0
    apart = rest.difference.value if rest else float("nan")
    cells = [None if v is None or not np.isfinite(v) else v * per for v in (found.value, found.low)]
    cells += [None if v is None or not np.isfinite(v) else v * per for v in (found.high, apart)]
    title = metric.title if per == 1.0 else "Cost per 1,000 decisions"
    return (title, group, found.n, *cells, rest.p_value if rest else None)


def threshold_table(one: Looked) -> Table:
    """Write down what a threshold of its own would save each group."""
    return Table(
        key=f"fair_{one.place}_thresholds",
        title=f"Would a threshold of its own serve a group of {one.column} better?",
        columns=(
            Column(key="group", label="Group", kind="text"),
            Column(key="n", label="Rows", kind="integer"),
            Column(key="threshold", label="Its cheapest threshold"),
            Column(key="cost", label="Cost per 1,000 at the common one", kind="currency"),
            Column(key="saving", label="Its own would save", kind="currency"),
            Column(key="low", label="from", kind="currency"),
            Column(key="high", label="to", kind="currency"),
            Column(key="p", label="p (Holm)"),
            Column(key="proven", label="Proven?", kind="flag"),
        ),
        rows=tuple(
            (
                t.name,
                t.n,
                t.threshold,
                1000 * t.cost.value,
                1000 * t.saving.value,
                None if t.saving.low is None else 1000 * t.saving.low,
                None if t.saving.high is None else 1000 * t.saving.high,
                t.p_value,
                t.proven,
            )
            for t in one.thresholds
        ),
        note="This is a search: the savings are those of one half of the days (groups, rows) at the "
        "threshold of the other half. No threshold: never acting is cheapest, or too few rows. "
        "Different thresholds by group of people can be forbidden by law; ask before you do it.",
    )
