"""The plan of the A/B test in numbers, tables and pictures."""

from __future__ import annotations

import numpy as np

from app.lab.estimate import Estimate
from app.lab.experiment import likeness
from app.record.chart import Axis, Chart, Guide, Series
from app.record.measure import Measure
from app.record.number import readable
from app.record.table import Column, Table
from app.stages.bench import Bench
from app.stages.part import Part
from app.stages.rollout.choices import STOPPING, Choices
from app.stages.rollout.plan import NOUNS, Plan, design_by, units_of
from app.stages.rollout.scene import Scene
from app.stages.rollout.words import lasting, per_1000

POINTS = 41


def planning(choices: Choices, scene: Scene, plan: Plan, bench: Bench) -> Part:
    """Write the plan down."""
    return Part(
        _measures(scene, plan),
        (_table(choices, scene, plan), _units(choices, scene, plan, bench)),
        (_power(choices, scene, plan), _by_day(choices, scene, plan)),
        {"plan": _sentence(choices, scene, plan)},
    )


def _measures(scene: Scene, plan: Plan) -> tuple[Measure, ...]:
    past = scene.past
    low, high = plan.span
    method = "interval from that of the variance"
    per = f"per 1,000 {scene.noun}"
    return (
        Measure.of("cost_today", f"Cost today, {per}", _thousand(plan.mean), "currency"),
        Measure.of(
            "expected_saving",
            f"Saving that the folds promise, {per}",
            _thousand(plan.saving),
            "currency",
        ),
        Measure(
            key="spread",
            label="Spread of the cost of one decision (standard deviation)",
            value=float(np.sqrt(plan.design.variance_a)),
            low=float(np.sqrt(plan.hopeful.variance_a)),
            high=float(np.sqrt(plan.cautious.variance_a)),
            unit="currency",
            n=past.size,
            method=f"bootstrap by {scene.block_name}",
        ),
        Measure.of(
            "icc",
            "How alike decisions of one unit are (intra-cluster correlation)",
            plan.alike.icc,
            note=f"{plan.alike.units:,} units, {readable(plan.alike.size)} decisions each "
            "(weighted mean).",
        ),
        Measure(
            key="design_effect",
            label="Decisions needed for one independent one (design effect)",
            value=_design_effect(plan),
            n=past.size,
            note="In the planned test.",
        ),
        Measure(
            key="detectable",
            label=f"Smallest saving the test can show, {per}",
            value=1000 * plan.detectable,
            low=None if low is None else 1000 * low,
            high=None if high is None else 1000 * high,
            unit="currency",
            n=round(scene.per_day * plan.days),
            method=method,
        ),
        *_days(scene, plan, method),
        Measure(
            key="effective_units",
            label="Units in the test, counted as equally large",
            value=float(plan.design.units(np.array(float(plan.days)))),
            n=round(scene.per_day * plan.days),
        ),
        *_chance(scene, plan),
    )


def _chance(scene: Scene, plan: Plan) -> tuple[Measure, ...]:
    """Return the chance to show what the folds promise, where they promise anything."""
    if plan.saving.value <= 0:
        return ()
    return (
        Measure(
            key="power",
            label="Chance to show what the folds promise",
            value=plan.power,
            unit="share",
            n=round(scene.per_day * plan.days),
        ),
    )


def _days(scene: Scene, plan: Plan, method: str) -> tuple[Measure, ...]:
    ends = [design.days_for(plan.effect) for design in (plan.hopeful, plan.cautious)]
    known = plan.needed is not None and None not in ends
    return (
        Measure(
            key="days_needed",
            label=f"Days until a saving of {per_1000(plan.effect, scene.currency)} per 1,000 shows",
            value=plan.needed,
            low=ends[0] if known else None,
            high=ends[1] if known else None,
            unit="days",
            n=None if plan.needed is None else round(scene.per_day * plan.needed),
            method=method,
            note="" if plan.needed is not None else "Ten years are not enough.",
        ),
        Measure(
            key="planned_days",
            label="Days the A/B test is planned for",
            value=float(plan.days),
            unit="days",
            n=round(scene.per_day * plan.days),
        ),
    )


def _thousand(one: Estimate) -> Estimate:
    ends = [None if end is None else 1000 * end for end in (one.low, one.high)]
    return Estimate(1000 * one.value, ends[0], ends[1], one.n, one.level, one.method)


def _design_effect(plan: Plan) -> float:
    size = float(plan.design.unit_size(np.array(float(plan.days))))
    return 1 + (size - 1) * max(plan.design.icc, 0.0)


def _sentence(choices: Choices, scene: Scene, plan: Plan) -> str:
    today, model = scene.names
    source = {"asked": "as asked", "bar": "your bar", "folds": "what the folds promise"}
    return (
        f"{model} against “{today.lower()}”, {100 * choices.share:.0f} % of "
        f"{readable(scene.per_day)} {scene.noun} a day, drawn by {NOUNS[plan.unit]}: to show a "
        f"saving of {per_1000(plan.effect, scene.currency)} per 1,000 ({source[plan.effect_from]}) "
        f"takes {lasting(plan.needed)}. Planned for {lasting(float(plan.days))}, it shows "
        f"{per_1000(plan.detectable, scene.currency)} or more."
    )


VOLUMES = {
    "framing": "decisions a year of the framing",
    "rows": "rows of the table, no number of decisions a year is given (Framing)",
    "pretended": "pretended: neither dates nor decisions a year are given (Framing)",
}


def _table(choices: Choices, scene: Scene, plan: Plan) -> Table:
    units = float(plan.design.units(np.array(float(plan.days))))
    per = plan.alike.icc
    rows = (
        ("Unit", NOUNS[plan.unit], plan.trouble or "drawn into an arm as a whole"),
        (
            "Units in the test",
            readable(units),
            f"of {readable(scene.per_day * plan.days)} decisions",
        ),
        ("Decisions a day", readable(scene.per_day), VOLUMES[scene.volume]),
        ("Share of the model", f"{100 * choices.share:.0f} %", ""),
        ("Alike within a unit", readable(per.value), "intra-cluster correlation of the cost"),
        ("Design effect", readable(_design_effect(plan)), "at the planned length"),
        ("Error promised", f"{100 * choices.alpha:.3g} %", f"{choices.sides}-sided"),
        ("Power promised", f"{100 * choices.power:.3g} %", ""),
        (
            "Looked at",
            STOPPING[choices.stopping],
            f"costs × {readable(plan.design.inflation)} rows",
        ),
        ("Labels come after", lasting(scene.delay_days), "the last decisions wait for theirs"),
    )
    return Table(
        key="ab_plan",
        title="The A/B test, worked out",
        columns=(
            Column(key="what", label="What", kind="text"),
            Column(key="value", label="Value", kind="text"),
            Column(key="note", label="Note", kind="text"),
        ),
        rows=rows,
        note=f"Mean, spread and likeness are measured on {scene.past.size:,} training "
        f"{scene.noun}, each answered by a fold that had not seen it.",
    )


def _units(choices: Choices, scene: Scene, plan: Plan, bench: Bench) -> Table:
    """Compare what could be drawn as a whole: the larger the unit, the longer it takes."""
    past = scene.past
    alone = "list" if scene.problem.queries is not None else "row"
    there = [alone]
    there += ["group"] if past.group is not None else []
    there += ["day"] if past.day is not None else []
    rows = []
    for unit in there:
        alike = likeness(past.cost_a, units_of(past, unit), bench.rng("rollout units"))
        design = design_by(unit, choices, scene, alike, plan.alpha, plan.design.inflation)
        shown = float(design.detectable(np.array(float(plan.days))))
        needed = design.days_for(plan.effect)
        late = unit == "group" and scene.group_late
        rows.append(
            (
                f"Whole {scene.group}" if unit == "group" else f"Each {NOUNS[unit]}",
                alike.units,
                alike.icc.value,
                alike.icc.low,
                alike.icc.high,
                1000 * shown if np.isfinite(shown) else None,
                None if needed is None else int(needed),
                "known only after the decision" if late else "yours" if unit == plan.unit else "",
            )
        )
    return Table(
        key="units",
        title="What could be drawn as a whole",
        columns=(
            Column(key="unit", label="Unit", kind="text"),
            Column(key="units", label="n (past)", kind="integer"),
            Column(
                key="icc",
                label="Alike within",
                help="Intra-cluster correlation of the cost of a decision.",
            ),
            Column(key="low", label="from"),
            Column(key="high", label="to"),
            Column(key="detectable", label="Smallest saving shown, per 1,000", kind="currency"),
            Column(key="needed", label="Days it would take", kind="integer"),
            Column(key="note", label="Note", kind="text"),
        ),
        rows=tuple(rows),
        note=f"In {plan.days} days. Empty: too few units, or not within ten years. Groups are "
        "taken to be as large a day in production as in the table.",
    )


def _power(choices: Choices, scene: Scene, plan: Plan) -> Chart:
    most = max(2 * abs(plan.saving.value), 1.3 * plan.effect, 1.3 * _finite(plan.detectable))
    effects = np.linspace(0, most, POINTS)
    weeks = sorted({max(1, plan.days // 2), plan.days, 2 * plan.days})
    roles = ("muted", "main", "second") if len(weeks) == 3 else ("main", "second")
    return Chart(
        key="power",
        title="What would the test show?",
        says=_promised(scene, plan),
        x=Axis(label=f"True saving per 1,000 {scene.noun}", unit=scene.currency),
        y=Axis(label="Shown in so many tests (power)", kind="share"),
        series=tuple(
            Series(
                name=f"{days} day{'' if days == 1 else 's'}",
                mark="line",
                x=1000 * effects,
                y=plan.design.power_at(effects, days),
                role=role,
            )
            for days, role in zip(weeks, roles, strict=False)
        ),
        guides=(
            Guide(axis="y", at=choices.power, label="promised"),
            Guide(axis="x", at=1000 * plan.effect, label="must show", role="watch"),
        ),
    )


def _promised(scene: Scene, plan: Plan) -> str:
    if plan.saving.value <= 0:
        return (
            "The folds promise no saving: what the test would show of a saving is what it would "
            "show of a model better than this one."
        )
    return (
        f"After {lasting(float(plan.days))} a saving of "
        f"{per_1000(plan.saving.value, scene.currency)} per 1,000, as the folds promise, is shown "
        f"in {100 * plan.power:.0f} of 100 tests."
    )


def _by_day(choices: Choices, scene: Scene, plan: Plan) -> Chart:
    last = max(2 * plan.days, 14, min(plan.needed or 0, 4 * plan.days))
    days = np.unique(np.round(np.linspace(1, last, POINTS)))
    found = 1000 * plan.design.detectable(days)
    guides = [Guide(axis="y", at=1000 * plan.effect, label="must show", role="watch")]
    if plan.saving.value > 0:
        guides.append(
            Guide(axis="y", at=1000 * plan.saving.value, label="folds promise", role="good")
        )
    guides.append(Guide(axis="x", at=float(plan.days), label="planned"))
    return Chart(
        key="detectable_by_day",
        title="What can be shown by when?",
        says=f"Smallest saving found in {100 * choices.power:.0f} of 100 tests; a saving of "
        f"{per_1000(plan.effect, scene.currency)} takes {lasting(plan.needed)}.",
        x=Axis(label="Length of the test", unit="days"),
        y=Axis(label=f"Smallest saving per 1,000 {scene.noun}", unit=scene.currency, kind="log"),
        series=(
            Series(
                name="Smallest saving shown",
                mark="line",
                x=days,
                y=found,
                low=1000 * plan.hopeful.detectable(days),
                high=1000 * plan.cautious.detectable(days),
            ),
        ),
        guides=tuple(guides),
    )


def _finite(value: float) -> float:
    return value if np.isfinite(value) else 0.0
