"""The data contract as a table to be edited: what training rows show, and what you know better."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app.record.evidence import Evidence
from app.stages.reproducibility import STAGE
from app.stages.reproducibility.choices import ColumnRule
from app.ui import desk, draw, memory
from app.ui.desk import Desk

KEY = STAGE.key
FREE = ("low", "high", "levels", "missing", "owner")
MISSING = {"": "as in training", "yes": "allowed", "no": "refused"}
HOW = (
    "Empty cells keep what the training rows show. A range is answered and flagged outside; a "
    "missing value is refused where it is not allowed. Separate allowed texts by |."
)


def show(now: Desk) -> None:
    """Draw the contract with the cells a person may fill in."""
    import pandas as pd

    with st.container(border=True):
        st.subheader("Columns of the contract", anchor=False)
        st.caption(HOW)
        derived = _derived(now.project.evidence.get(KEY))
        if not derived:
            st.markdown("Measure once: the contract is derived from the training rows first.")
            return
        rules = {rule.column: rule for rule in STAGE.chosen(now.project).contract}
        rows = [_row(record, rules.get(str(record["column"]))) for record in derived]
        name = _name(now, rules)
        st.data_editor(
            pd.DataFrame(rows),
            key=name,
            hide_index=True,
            disabled=["column", "shown"],
            column_config=_columns(),
            on_change=_save,
            args=(now.id, name, [str(record["column"]) for record in derived]),
            alt="Columns of the contract, with cells to change range, texts, missing and owner.",
        )
        if error := memory.recall(f"{KEY}:contract:error"):
            st.error(draw.plain(error))


def _name(now: Desk, rules: dict[str, ColumnRule]) -> str:
    """Name the widget after what it shows: what is saved starts a fresh one, without old edits."""
    from app.record.digest import digest

    return f"{now.id}:{KEY}:contract:{digest([rule.to_json() for rule in rules.values()])[:10]}"


def _derived(evidence: Evidence | None) -> list[dict[str, Any]]:
    table = evidence.table("contract") if evidence is not None else None
    return [dict(record) for record in table.records()] if table else []


def _row(record: dict[str, Any], rule: ColumnRule | None) -> dict[str, str]:
    rule = rule or ColumnRule(column=str(record["column"]))
    return {
        "column": str(record["column"]),
        "shown": _shown(record),
        "low": rule.low,
        "high": rule.high,
        "levels": " | ".join(rule.levels),
        "missing": MISSING[rule.missing],
        "owner": rule.owner,
    }


def _shown(record: dict[str, Any]) -> str:
    """Return in words what the contract says now."""
    parts = [str(record["kind"])]
    if record["low"] or record["high"]:
        parts.append(f"{record['low']} to {record['high']}")
    if record["levels"]:
        parts.append(str(record["levels"]))
    parts.append("may be missing" if record["missing"] else "never missing")
    return ", ".join(parts)


def _columns() -> dict[str, Any]:
    text = st.column_config.TextColumn
    return {
        "column": text("Column", pinned=True),
        "shown": text("As measured", width="medium", help="What held when it was last measured."),
        "low": text("From", max_chars=60, help="A number, or a date such as 2024-05-31."),
        "high": text("To", max_chars=60, help="A number, or a date such as 2024-05-31."),
        "levels": text("Allowed texts", help="All of them, separated by |."),
        "missing": st.column_config.SelectboxColumn(
            "Missing value", options=list(MISSING.values()), required=True
        ),
        "owner": text("Owner of the column", max_chars=200, help="Who mends it at its source."),
    }


def _save(project_id: str, name: str, columns: list[str]) -> None:
    now = desk.current()
    changes = (memory.recall(name) or {}).get("edited_rows", {})
    if now is None or now.id != project_id or not changes:
        return
    rules = {rule.column: rule for rule in STAGE.chosen(now.project).contract}
    try:
        for place, cells in changes.items():
            column = columns[int(place)]
            rules[column] = changed(rules.get(column) or ColumnRule(column=column), cells)
    except ValueError as error:
        memory.remember(f"{KEY}:contract:error", str(error))
        return
    memory.forget(f"{KEY}:contract:error")
    kept = [rules[column].to_json() for column in rules if not rules[column].empty]
    desk.save(now, now.project.answered(KEY, {"contract": kept}), "The data contract")


def changed(rule: ColumnRule, cells: dict[str, Any]) -> ColumnRule:
    """Return a rule with the cells that were edited, or say which cannot be taken."""
    found = rule.to_json()
    words = {shown: key for key, shown in MISSING.items()}
    for key, cell in cells.items():
        text = str(cell or "").strip()
        if key == "levels":
            found[key] = [part.strip() for part in text.split("|") if part.strip()]
        elif key == "missing":
            found[key] = words.get(text, "")
        elif key in FREE:
            found[key] = text
    if len(found["levels"]) > 250:
        raise ValueError(f"{rule.column}: at most 250 allowed texts can be listed")
    return ColumnRule.model_validate(found)
