"""The runs of the ladder: one a rung, as it is tracked."""

from __future__ import annotations

from app.record.measure import Measure
from app.record.table import Cell, Column, Table
from app.stages.part import Part
from app.stages.reproducibility.scene import Scene

COLUMNS = (
    Column(key="rung", label="Run", kind="text", help="One rung of the ladder, fitted once."),
    Column(key="state", label="State", kind="text"),
    Column(key="cv", label="Folds: score"),
    Column(key="cv_low", label="from"),
    Column(key="cv_high", label="to"),
    Column(key="test", label="Test: score"),
    Column(key="test_low", label="from"),
    Column(key="test_high", label="to"),
    Column(key="cost", label="Cost per 1,000", kind="currency"),
    Column(key="fit_s", label="Fit", unit="s", timing=True),
    Column(key="size", label="Size", unit="kB"),
    Column(key="goes_on", label="Goes on", kind="flag"),
    Column(key="params", label="Parameters", kind="text"),
    Column(key="key", label="Key", kind="text", help="The tag groundwork.key of the tracked run."),
    Column(key="note", label="What it does, or why it failed", kind="text"),
)


def runs(scene: Scene) -> Part:
    """Write down the runs of the ladder from what was measured of it."""
    ladder = scene.ladder.table("ladder")
    records = ladder.records() if ladder else []
    chosen = scene.ladder.words.get("chosen_title", "")
    failed = sum(_failed(record) for record in records)
    rows = tuple(_row(scene, record, str(record["rung"]) == chosen) for record in records)
    return Part(
        measures=(
            Measure(key="runs", label="Runs of this ladder", value=len(records), unit="runs"),
            Measure(key="runs_failed", label="Of them failed", value=failed, unit="runs"),
        ),
        tables=(
            Table(
                key="runs",
                title="The runs",
                columns=COLUMNS,
                rows=rows,
                note=f"Score: {scene.ladder.words.get('metric', '')}. All runs share the table, the "
                f"split and the inputs {scene.ladder.digest}.",
            ),
        ),
    )


def _failed(record: dict[str, Cell]) -> bool:
    return str(record["does"] or "").startswith("Failed: ")


def _row(scene: Scene, record: dict[str, Cell], chosen: bool) -> tuple[Cell, ...]:
    kept = {column.key: record.get(column.key) for column in COLUMNS}
    kept |= {
        "state": "failed" if _failed(record) else "finished",
        "goes_on": chosen,
        "params": _params(scene),
        "key": f"{scene.ladder.digest[:12]}…:{record['rung']}",
        "note": str(record["does"] or "").removeprefix("Failed: "),
    }
    return tuple(kept[column.key] for column in COLUMNS)


def _params(scene: Scene) -> str:
    choices = scene.baselines
    parts = {
        "seed": scene.project.seed,
        "metric": getattr(choices, f"metric_{scene.problem.task}"),
        "folds": choices.folds,
        "repeats": choices.repeats,
        "at most": f"{choices.most_rows:,} rows",
    }
    if scene.problem.form == "regression":
        parts["aims at"] = choices.lean
    return ", ".join(f"{name} {value}" for name, value in parts.items())
