"""Guardrails: what is usual, where it is stopped, and how soon that would show."""

from __future__ import annotations

import numpy as np

from app.record.number import readable
from app.record.table import Column, Table
from app.stages.part import Part
from app.stages.rollout.choices import Choices
from app.stages.rollout.plan import Plan
from app.stages.rollout.scene import Scene
from app.stages.rollout.words import lasting


def usual_action(scene: Scene) -> tuple[str, float]:
    """Return what of the model’s answers is watched before any label, and its usual value."""
    acted = scene.past.acted_b
    if scene.problem.task == "ranking" or not np.isfinite(acted).any():
        return "", float("nan")
    if not scene.b.has_threshold:
        return "Mean answer", float(acted.mean())
    alone = scene.problem.task == "multiclass"
    return "Answered alone" if alone else "Share of actions", float(acted.mean())


def guardrails(choices: Choices, scene: Scene, plan: Plan, latency_ms: float) -> Part:
    """Write the guardrails down."""
    today = plan.mean.value
    limit = today + choices.guard_cost / 100 * abs(today)
    currency = scene.currency
    rows: list[tuple[str, str, str, str]] = [
        (
            f"Cost per 1,000 {scene.noun}",
            f"{readable(1000 * today)} {currency} today",
            f"above {readable(1000 * limit)} {currency}, and surely above today",
            f"{lasting(scene.delay_days)} after the decision, with the label"
            if scene.delay_days
            else "with the decision",
        )
    ]
    name, usual = usual_action(scene)
    if name:
        low, high = usual - apart(choices, usual), usual + apart(choices, usual)
        shown = _share if scene.b.has_threshold else readable
        rows.append(
            (
                name,
                f"{shown(usual)} in the folds",
                f"outside {shown(low)} to {shown(high)}",
                "at once",
            )
        )
    slow = choices.guard_latency_ms or latency_ms
    rows += [
        ("Latency, p99", "measured under Serving", f"above {readable(slow)} ms", "at once"),
        (
            "Missing or fallback answers",
            "none expected",
            f"above {choices.guard_missing:g} % of the decisions",
            "at once",
        ),
    ]
    return Part(
        tables=(
            Table(
                key="guardrails",
                title="Guardrails",
                columns=(
                    Column(key="what", label="What", kind="text"),
                    Column(key="usual", label="Usual", kind="text"),
                    Column(key="limit", label="Taken back when", kind="text"),
                    Column(key="known", label="Known", kind="text"),
                ),
                rows=tuple(rows),
                note="Each is looked at every day with an interval that is made for it, so that "
                "looking often does not take a good model back.",
            ),
        )
    )


def apart(choices: Choices, usual: float) -> float:
    """Return how far the share of actions may be away from what is usual."""
    return choices.guard_actions / 100 * abs(usual)


def _share(value: float) -> str:
    return f"{100 * value:.3g} %"
