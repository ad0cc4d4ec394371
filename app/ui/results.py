"""What a stage measured, on the screen: pictures first, then numbers, then tables."""

from __future__ import annotations

from collections.abc import Collection

import streamlit as st

from app.record.evidence import Evidence
from app.record.stage import Stage
from app.stages.road import BY_KEY, evidence_of, findings_of, fresh
from app.ui import chart, draw, shell
from app.ui.desk import Desk


def currency_of(now: Desk) -> str:
    """Return the currency in which the project counts."""
    return str(BY_KEY["framing"].chosen(now.project).currency or "")


def evidence(now: Desk, stage: Stage) -> Evidence | None:
    """Return a stage's evidence, or say what to do when there is none."""
    found = evidence_of(now.project, stage.key)
    if found is None:
        shell.unmeasured(stage.key)
        return None
    if not fresh(now.project, stage.key):
        st.warning(
            "Something these numbers rest on has changed since. Press **Measure again**.",
            title="Stale",
            icon=":material/update:",
        )
    return found


def judge(now: Desk, stage: Stage) -> None:
    """Draw the judgments of a stage."""
    draw.findings(findings_of(now.project, stage.key))


def headline(now: Desk, found: Evidence, keys: tuple[str, ...]) -> None:
    """Draw the numbers that matter most."""
    chosen = [m for m in (found.measure(key) for key in keys) if m is not None]
    draw.numbers(chosen, currency_of(now))


def charts(now: Desk, found: Evidence, but: Collection[str] = ()) -> None:
    """Draw the charts of a stage, two in a row where there is room."""
    shown = [c for c in found.charts if c.key not in but and not c.key.startswith("row_")]
    for start in range(0, len(shown), 2):
        columns = st.columns(2, gap="large")
        for column, item in zip(columns, shown[start : start + 2], strict=False):
            with column:
                chart.show(item, key=f"chart:{now.id}:{found.stage}:{item.key}")


def tables(now: Desk, found: Evidence, but: Collection[str] = ()) -> None:
    """Draw the tables of a stage, folded away."""
    for item in found.tables:
        if item.key not in but and item.rows:
            count = f"{len(item.rows)} row" + ("" if len(item.rows) == 1 else "s")
            with st.expander(f"{draw.plain(item.title)} ({count})"):
                draw.table(item, currency_of(now), key=f"table:{now.id}:{found.stage}:{item.key}")


def taken(found: Evidence) -> None:
    """Draw when and from what the evidence was measured."""
    stamp = found.stamp
    seconds = f" in {stamp.seconds:.1f} s" if stamp.seconds is not None else ""
    st.caption(
        f"Measured {stamp.measured_at}{seconds} · seed {found.seed} · inputs {found.digest[:10]}"
    )
