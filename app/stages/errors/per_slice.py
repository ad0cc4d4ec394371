"""Inside each slice: model against rule, and what the decisions, numbers and threshold are worth there."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from app.lab.slices import Comparison, SliceSearch, compare_in
from app.record.chart import Axis, Chart, Role, Series
from app.record.table import Column, Table
from app.stages.errors.cohorts import SURE, corrected
from app.stages.errors.scene import Scene
from app.stages.errors.slice_metrics import slice_metrics
from app.stages.part import Part
from app.stages.rung_titles import RUNGS

MOST = 24
RULE = "user_rule"
TITLES: Mapping[str, str] = {RULE: "your rule"}
ROLES: Mapping[str, Role] = {"rule": "stop", "model": "good", "": "muted"}

Told = tuple[str, str, Comparison]


def per_slice(scene: Scene, found: SliceSearch, rng: np.random.Generator) -> Part:
    """Look into each of the scene's slices: the user's and the proven ones."""
    masks = dict(list(scene.cohorts.items())[:MOST])
    if not masks:
        return Part()
    fair = {name: found.fair_rows(mask, scene.rows) for name, mask in masks.items()}
    compared = _compared(scene, masks, fair)
    metrics = slice_metrics(scene, {name: masks[name] & fair[name] for name in masks}, rng)
    return Part(
        (*compared.measures, *metrics.measures),
        (*compared.tables, *metrics.tables),
        (*compared.charts, *metrics.charts),
        {**compared.words, **metrics.words},
    )


def rules_of(scene: Scene) -> tuple[str, ...]:
    """Return the rungs that stand for going without the model: the reference and the user's rule."""
    found = dict.fromkeys(key for key in (RULE, scene.reference) if key in scene.rungs)
    return tuple(key for key in found if key != scene.key)


def rule_title(key: str) -> str:
    """Return what a rung is called beside the model."""
    return TITLES.get(key, RUNGS.get(key, key).lower())


def _compared(
    scene: Scene, masks: Mapping[str, np.ndarray], fair: Mapping[str, np.ndarray]
) -> Part:
    rules = rules_of(scene)
    if not rules:
        same = rule_title(scene.key)
        return Part(
            words={"rule_or_model": f"What is looked at is {same} itself: nothing to compare."}
        )
    told: list[Told] = []
    for key in rules:
        _, cost = scene.answered(key)
        known = np.isfinite(cost)
        for name, mask in masks.items():
            told.append((name, key, _inside(scene, cost, mask, fair[name] & known)))
    sure = corrected([one.p_value for *_, one in told])
    shares = {name: float(mask.mean()) for name, mask in masks.items()}
    rows = tuple(
        _row(name, key, one, p, shares[name])
        for (name, key, one), p in zip(told, sure, strict=True)
    )
    table = _table(rows)
    return Part(
        tables=(table,),
        charts=tuple(_charts(table, scene.currency)),
        words={"rule_or_model": _sentence(table)},
    )


def _inside(scene: Scene, cost: np.ndarray, mask: np.ndarray, told: np.ndarray) -> Comparison:
    return compare_in(mask[told], scene.cost[told], cost[told], scene.blocks[told])


def _row(name: str, key: str, one: Comparison, p: float | None, share: float) -> tuple[object, ...]:
    gap = one.difference
    proven = p is not None and p < SURE and gap.low is not None
    better = "" if not proven else "rule" if gap.value > 0 else "model"
    scaled = [None if v is None else 1000 * v for v in (one.a, one.b, gap.value, gap.low, gap.high)]
    return (name, rule_title(key), key, one.n, *scaled, p, better, 1000 * share * gap.value)


def _table(rows: tuple[tuple[object, ...], ...]) -> Table:
    return Table(
        key="rule_or_model",
        title="Rule or model, slice by slice",
        columns=(
            Column(key="name", label="Slice", kind="text"),
            Column(key="against", label="Against", kind="text"),
            Column(key="rung", label="Rung", kind="text"),
            Column(key="n", label="n", kind="integer"),
            Column(key="model", label="Model, cost per 1,000", kind="currency"),
            Column(key="rule", label="Rule, cost per 1,000", kind="currency"),
            Column(
                key="difference",
                label="Model minus rule",
                kind="currency",
                help="Above zero the rule is cheaper. The same rows, decided twice.",
            ),
            Column(key="low", label="from", kind="currency"),
            Column(key="high", label="to", kind="currency"),
            Column(key="p", label="p (Holm)"),
            Column(key="better", label="Better for certain", kind="text"),
            Column(
                key="saves",
                label="Rule there, saved per 1,000 of all decisions",
                kind="currency",
                help="Share of the rows times the difference.",
            ),
        ),
        rows=rows,
        note="Paired by row, on rows that neither had learned from; p values are corrected for all "
        "slices and rules. A slice that was searched for is compared on the unseen half only: it "
        "was picked because the model did badly on the other.",
    )


def _sentence(table: Table) -> str:
    rows = table.records()
    rule = list(dict.fromkeys(str(r["name"]) for r in rows if r["better"] == "rule"))
    model = list(dict.fromkeys(str(r["name"]) for r in rows if r["better"] == "model"))
    if rule:
        return "Here the rule is better: " + "; ".join(rule) + "."
    count = len({r["name"] for r in rows})
    if model:
        return f"The rule is better in no slice, the model in {len(model)} of {count}."
    return f"In no slice (of {count}) is rule or model better for certain."


def _charts(table: Table, currency: str) -> list[Chart]:
    rows = [r for r in table.records() if r["low"] is not None]
    if not rows:
        return []
    several = len({r["rung"] for r in rows}) > 1
    names = [f"{r['name']} ({r['against']})" if several else str(r["name"]) for r in rows]
    series = []
    for better, words in (
        ("rule", "The rule is better"),
        ("model", "The model is better"),
        ("", "Not certain"),
    ):
        part = [(r, name) for r, name in zip(rows, names, strict=True) if r["better"] == better]
        if part:
            series.append(
                Series(
                    name=words,
                    mark="point",
                    x=[r["difference"] for r, _ in part],
                    y=[name for _, name in part],
                    low=[r["low"] for r, _ in part],
                    high=[r["high"] for r, _ in part],
                    role=ROLES[better],
                )
            )
    return [
        Chart(
            key="rule_or_model",
            title="Rule or model?",
            says=_sentence(table) + " Right of zero the rule is cheaper.",
            x=Axis(label="Model minus rule, per 1,000", unit=currency),
            y=Axis(label="", kind="category", order=tuple(names)),
            series=tuple(series),
            horizontal=True,
        )
    ]
