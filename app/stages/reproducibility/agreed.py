"""The data contract, and what a service that keeps it would refuse or flag."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from app.lab.contract import Column as InputColumn
from app.lab.contract import Contract, ContractError
from app.lab.proportion import wilson
from app.lab.schema_check import Breach, Checked, check
from app.record.chart import Axis, Chart, Series
from app.record.measure import Measure
from app.record.table import Cell, Column, Table
from app.stages.bench import Bench
from app.stages.contracting import project_contract
from app.stages.part import Part
from app.stages.reproducibility.choices import Choices, ColumnRule
from app.stages.reproducibility.scene import Scene

PARTS: Mapping[str, str] = {"train": "training rows", "test": "test rows", "later": "later rows"}
SAYS: Mapping[Breach, str] = {
    "absent": "the column is not there",
    "missing": "no value",
    "kind": "another kind of value",
    "unseen": "a text that is not on the list",
    "outside": "outside the range",
}
MOST_SHOWN = 12
LEVELS_SHOWN = 8


def agreed(choices: Choices, scene: Scene, bench: Bench) -> Part:
    """Derive the contract, apply what was changed by hand, and check every row under it."""
    rules = {rule.column: rule for rule in choices.known_rules}
    try:
        contract = project_contract(
            scene.project, scene.problem, scene.frame, tuple(rules.values())
        )
    except ContractError as error:
        raise ValueError(f"reproducibility.contract: {error}") from None
    bench.keep("reproducibility", "contract", contract.to_json())
    checked = {
        name: check(contract, scene.frame.iloc[getattr(scene.problem.split, name)])
        for name in PARTS
        if len(getattr(scene.problem.split, name))
    }
    lost = [name for name in rules if name not in contract.names]
    return Part(
        measures=(
            Measure(
                key="contract_columns",
                label="Columns under contract",
                value=len(contract.columns),
                unit="columns",
            ),
            *(m for name, found in checked.items() for m in _shares(name, found)),
        ),
        tables=(_columns(contract, scene, rules), _violations(checked)),
        charts=_chart(checked),
        words={"contract": _words(checked), "contract_lost": ", ".join(lost)},
    )


def _shares(part: str, found: Checked) -> tuple[Measure, ...]:
    n = len(found.refused)
    return (
        Measure.of(
            f"{part}_refused",
            f"{PARTS[part].capitalize()} that would be refused",
            wilson(int(found.refused.sum()), n),
            "share",
        ),
        Measure.of(
            f"{part}_flagged",
            f"{PARTS[part].capitalize()} answered with a flag",
            wilson(int(found.flagged.sum()), n),
            "share",
        ),
    )


def _columns(contract: Contract, scene: Scene, rules: Mapping[str, ColumnRule]) -> Table:
    used = set(scene.champion.fitted.inputs)
    return Table(
        key="contract",
        title="The data contract",
        columns=(
            Column(key="column", label="Column", kind="text"),
            Column(key="kind", label="Kind", kind="text"),
            Column(key="used", label="The model reads it", kind="flag"),
            Column(key="missing", label="May be missing", kind="flag"),
            Column(key="holes", label="Missing in training", kind="share"),
            Column(key="low", label="From", kind="text"),
            Column(key="high", label="To", kind="text"),
            Column(key="levels", label="Allowed texts", kind="text"),
            Column(key="changed", label="Changed by hand", kind="flag"),
            Column(key="unit", label="Unit", kind="text"),
            Column(key="meaning", label="Meaning", kind="text"),
        ),
        rows=tuple(_column(column, column.name in used, rules) for column in contract.columns),
        note=f"Derived from {contract.rows:,} training rows. A row without a value where there must "
        "be one, or with another kind of value, is refused; one outside the range or with a text "
        "that is not on the list is answered and flagged.",
    )


def _column(column: InputColumn, used: bool, rules: Mapping[str, ColumnRule]) -> tuple[Cell, ...]:
    rule = rules.get(column.name)
    changed = rule is not None and rule != ColumnRule(column=rule.column, owner=rule.owner)
    return (
        column.name,
        f"{column.kind}, made from the past of the target" if column.derived else column.kind,
        used,
        column.missing,
        column.missing_share,
        _end(column.low),
        _end(column.high),
        _levels(column),
        changed,
        column.unit,
        column.meaning,
    )


def _end(end: float | str | None) -> str:
    if end is None:
        return ""
    return f"{end:.6g}" if isinstance(end, float) else str(end)[:19]


def _levels(column: InputColumn) -> str:
    shown = ", ".join(level[:40] for level in column.levels[:LEVELS_SHOWN])
    more = column.all_levels - LEVELS_SHOWN
    return f"{shown} and {more:,} more" if more > 0 else shown


def _violations(checked: Mapping[str, Checked]) -> Table:
    counts: dict[tuple[str, Breach], dict[str, int]] = {}
    examples: dict[tuple[str, Breach], dict[str, None]] = {}
    for part, found in checked.items():
        for one in found.violations:
            key = (one.column, one.kind)
            counts.setdefault(key, {})[part] = one.rows
            examples.setdefault(key, {}).update(dict.fromkeys(one.examples))
    ordered = sorted(counts, key=lambda key: (-sum(counts[key].values()), key))
    refused = ("absent", "missing", "kind")
    return Table(
        key="violations",
        title="What breaks the contract",
        columns=(
            Column(key="column", label="Column", kind="text"),
            Column(key="what", label="What", kind="text"),
            Column(key="then", label="Then", kind="text"),
            *(Column(key=part, label=PARTS[part].capitalize(), kind="integer") for part in checked),
            Column(key="examples", label="Such as", kind="text"),
        ),
        rows=tuple(
            (
                key[0],
                SAYS[key[1]],
                "refused" if key[1] in refused else "answered and flagged",
                *(counts[key].get(part, 0) for part in checked),
                ", ".join(list(examples[key])[:3]),
            )
            for key in ordered
        ),
        note="Only the inputs of the test rows are looked at here, not their outcomes.",
    )


def _chart(checked: Mapping[str, Checked]) -> tuple[Chart, ...]:
    totals: dict[str, int] = {}
    for found in checked.values():
        for one in found.violations:
            totals[one.column] = totals.get(one.column, 0) + one.rows
    names = sorted(totals, key=lambda name: (-totals[name], name))[:MOST_SHOWN]
    if not names:
        return ()
    series = []
    roles = {"train": "muted", "test": "main", "later": "second"}
    for part, found in checked.items():
        rows = dict.fromkeys(names, 0)
        for one in found.violations:
            if one.column in rows:
                rows[one.column] += one.rows
        if any(rows.values()):
            series.append(
                Series(
                    name=PARTS[part].capitalize(),
                    mark="bar",
                    x=[rows[name] / max(len(found.refused), 1) for name in names],
                    y=names,
                    role=roles[part],
                )
            )
    return (
        Chart(
            key="contract_columns",
            title="Which columns break the contract?",
            says="Share of the rows of each part that would be refused or flagged for a column.",
            x=Axis(label="Rows refused or flagged", kind="share"),
            y=Axis(label="", kind="category", order=tuple(names)),
            series=tuple(series),
            horizontal=True,
        ),
    )


def _words(checked: Mapping[str, Checked]) -> str:
    found = checked.get("test")
    if found is None:
        return ""
    n, refused, flagged = (
        len(found.refused),
        int(np.sum(found.refused)),
        int(np.sum(found.flagged)),
    )
    return (
        f"Of {n:,} test rows a service would refuse {refused:,} and answer {flagged:,} with a flag."
    )
