"""The rollback rehearsed: a canary with a planted harm, and when its guardrails take it back."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from app.lab.champion import Champion
from app.lab.experiment import design_effect
from app.lab.proportion import wilson
from app.lab.rehearsal import Guards, Rehearsed, Steps, rehearse
from app.record.chart import Axis, Chart, Guide, Series
from app.record.measure import Measure
from app.record.table import Column, Table
from app.stages.bench import Bench
from app.stages.part import Part
from app.stages.rollout.choices import Choices
from app.stages.rollout.decisions import acted, first_of, of_lists
from app.stages.rollout.guardrails import apart, usual_action
from app.stages.rollout.plan import Plan
from app.stages.rollout.scene import Scene
from app.stages.rollout.steps import percent, read_steps
from app.stages.rollout.words import per_1000

TESTS = 300
MOST_ROWS = 20_000
MINUTES = 24 * 60
NOTHING = "Nothing is wrong"

Planted = tuple[str, Champion, np.ndarray]


def rehearsal(choices: Choices, scene: Scene, plan: Plan, bench: Bench) -> Part:
    """Play the canary with each planted harm on held-out decisions."""
    at = _rows(scene)
    told = scene.b.fitted.predict(scene.frame, at)
    rng = bench.rng("rollout harm")
    steps, guards = _steps(choices, scene, plan), _guards(choices, scene, plan)
    today = _costs(scene, scene.a, scene.a.fitted.predict(scene.frame, at), at)
    rows, found = [], []
    for name, champion, answer in planted(scene, told, rng):
        cost = _costs(scene, champion, answer, at)
        seen = acted(scene.problem, champion, answer)
        queries = scene.problem.queries_of(at)
        seen = seen if queries is None else seen[first_of(queries)]
        one = rehearse(today, cost, seen, steps, guards, TESTS, rng)
        extra = float(cost.mean() - today.mean())
        rows.append(_row(choices, scene, name, one, extra))
        found.append((name, one))
    return Part(
        _measures(rows, found),
        (_table(choices, rows),),
        (_chart(choices, found, steps),),
        {"rehearsal": _sentence(choices, scene, rows, steps)},
    )


def _rows(scene: Scene) -> np.ndarray:
    """Return the first held-out rows, whole lists where there are lists."""
    decisions = scene.held.at[:MOST_ROWS]
    if scene.problem.queries is None:
        return decisions
    held = np.concatenate([scene.problem.split.test, scene.problem.split.later])
    some = np.unique(scene.problem.queries[decisions])
    return np.sort(held[np.isin(scene.problem.queries[held], some)])


def _costs(scene: Scene, champion: Champion, told: np.ndarray, at: np.ndarray) -> np.ndarray:
    cost = champion.cost(scene.problem.y[at], told, at)
    queries = scene.problem.queries_of(at)
    return cost if queries is None else of_lists(cost, queries)


def planted(scene: Scene, told: np.ndarray, rng: np.random.Generator) -> list[Planted]:
    """Return the harms: what is called how, and who answers what."""
    b = scene.b
    mixed = told[rng.permutation(len(told))]
    same = np.broadcast_to(told.mean(axis=0), told.shape).copy()
    found: list[Planted] = [(NOTHING, b, told), ("Answers of other cases", b, mixed)]
    if b.has_threshold:
        low = 0.0 if not np.isfinite(b.threshold) else b.threshold / 2
        found.append(("Threshold half of what it should be", replace(b, threshold=low), told))
    elif scene.problem.task == "ranking":
        found.append(("Order upside down", b, -told))
    else:
        found.append(("Answers a fifth too high", b, 1.2 * told))
    found.append(("Always the same answer", b, same))
    return found


def _steps(choices: Choices, scene: Scene, plan: Plan) -> Steps:
    size = plan.design.size_per_day * choices.canary_days
    return Steps(
        read_steps(choices.canary),
        choices.canary_days,
        scene.per_day,
        design_effect(plan.design.icc, size),
    )


def _guards(choices: Choices, scene: Scene, plan: Plan) -> Guards:
    usual = usual_action(scene)[1]
    return Guards(
        choices.guard_cost / 100 * abs(plan.mean.value),
        usual,
        float(np.nanvar(scene.past.acted_b)) if np.isfinite(usual) else 0.0,
        apart(choices, usual),
        choices.alpha,
        math.ceil(scene.delay_days),
    )


def _row(
    choices: Choices, scene: Scene, name: str, one: Rehearsed, extra: float
) -> tuple[object, ...]:
    caught = wilson(int(one.caught.sum()), TESTS)
    some = one.day[one.caught]
    share = read_steps(choices.canary)[-1]
    reaction = choices.back_minutes / MINUTES * scene.per_day * share
    # While somebody is on the way back the canary goes on deciding.
    exposed = one.exposed + np.where(one.caught, reaction, 0.0)
    by_cost = float(one.by_cost[one.caught].mean()) if one.caught.any() else None
    return (
        name,
        1000 * extra,
        caught.value,
        caught.low,
        caught.high,
        float(np.median(some)) if len(some) else None,
        float(np.quantile(some, 0.9)) if len(some) else None,
        by_cost,
        float(exposed.mean()),
        extra * float(exposed.mean()),
    )


def _measures(
    rows: list[tuple[object, ...]], found: list[tuple[str, Rehearsed]]
) -> tuple[Measure, ...]:
    caught = {name: int(one.caught.sum()) for name, one in found}
    harms = [row for row in rows if row[0] != NOTHING and float(str(row[1])) > 0]
    if not harms:
        harms = [row for row in rows if row[0] != NOTHING]
    worst = max(harms, key=lambda row: float(str(row[1])))
    return (
        Measure.of(
            "false_rollback",
            "A canary with nothing wrong is taken back",
            wilson(caught[NOTHING], TESTS),
            "share",
        ),
        Measure.of(
            "harm_caught",
            f"Taken back within the canary: {str(worst[0]).lower()}",
            wilson(caught[str(worst[0])], TESTS),
            "share",
        ),
        Measure(
            key="rollback_day",
            label=f"Day of the way back (median): {str(worst[0]).lower()}",
            value=worst[5],
            unit="days",
            n=TESTS,
            note="From the first decision of the canary; empty when it is never taken back.",
        ),
        Measure(
            key="rollback_cost",
            label=f"It would have cost (mean): {str(worst[0]).lower()}",
            value=worst[9],
            unit="currency",
            n=TESTS,
        ),
    )


def _table(choices: Choices, rows: list[tuple[object, ...]]) -> Table:
    return Table(
        key="rehearsal",
        title="The rollback, rehearsed",
        columns=(
            Column(key="harm", label="Planted", kind="text"),
            Column(key="extra", label="Dearer than today, per 1,000", kind="currency"),
            Column(key="caught", label="Taken back", kind="share"),
            Column(key="low", label="from", kind="share"),
            Column(key="high", label="to", kind="share"),
            Column(key="median", label="On day (median)"),
            Column(key="late", label="On day (9 of 10)"),
            Column(key="by_cost", label="By the cost", kind="share", help="Else by its actions."),
            Column(key="exposed", label="Decisions by then", kind="integer"),
            Column(key="cost", label="Cost by then", kind="currency"),
        ),
        rows=tuple((*row[:8], round(float(str(row[8]))), row[9]) for row in rows),
        note=f"{TESTS} canaries each, on decisions drawn from the held-out rows at the volume of "
        f"production. Where it is not taken back, cost and decisions are those of the whole canary. "
        f"The way back takes {choices.back_minutes:g} minutes more.",
    )


def _chart(choices: Choices, found: list[tuple[str, Rehearsed]], steps: Steps) -> Chart:
    days = np.arange(0, len(steps.of_day) + 1)
    roles = ("good", "stop", "watch", "second")
    starts = [choices.canary_days * place for place in range(len(steps.shares))]
    return Chart(
        key="rehearsal",
        title="When would it be taken back?",
        says="Share of rehearsed canaries that a guardrail has taken back by then; the green line, "
        "with nothing wrong, should stay at the bottom.",
        x=Axis(label="Day of the canary", unit="days"),
        y=Axis(label="Taken back", kind="share"),
        series=tuple(
            Series(
                name=name,
                mark="step",
                x=days,
                y=[float((one.day <= day).mean()) for day in days],
                role=role,
            )
            for (name, one), role in zip(found, roles, strict=False)
        ),
        guides=tuple(
            Guide(axis="x", at=float(start), label=percent(share))
            for start, share in zip(starts, steps.shares, strict=True)
        ),
    )


def _sentence(choices: Choices, scene: Scene, rows: list[tuple[object, ...]], steps: Steps) -> str:
    parts = []
    for row in rows:
        if row[0] == NOTHING:
            continue
        extra, caught = float(str(row[1])), float(str(row[2]))
        day = f", on day {row[5]:.0f}" if row[5] is not None else ""
        parts.append(
            f"“{str(row[0]).lower()}” ({per_1000(abs(extra) / 1000, scene.currency)} per 1,000 "
            f"{'dearer' if extra > 0 else 'cheaper'}) in "
            f"{100 * caught:.0f} of 100 canaries{day}"
        )
    return "Taken back: " + "; ".join(parts) + "."
