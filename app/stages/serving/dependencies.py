"""What each dependency costs when it is late or gone, and who answers best then."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.lab.estimate import Estimate
from app.record.chart import Axis, Chart, Series
from app.record.measure import Measure
from app.record.number import readable
from app.record.table import Cell, Column, Table
from app.stages.bench import Bench
from app.stages.part import Part
from app.stages.serving.choices import Choices, Dependency
from app.stages.serving.ladder import means_of
from app.stages.serving.setting import Setting
from app.stages.serving.standing import Standing

WAYS = {
    "gone": "Full model, columns missing",
    "filled": "Full model, usual values instead",
    "reduced": "Reduced model",
    "rule": "Rule, its columns missing too",
    "constant": "Constant",
}
SHORT_WAYS = {
    "gone": "Model, missing",
    "filled": "Model, usual",
    "reduced": "Reduced",
    "rule": "Rule",
    "constant": "Constant",
}


@dataclass(frozen=True)
class Loss:
    """What the loss of one dependency costs per 1,000 decisions, by who answers then.

    Parameters
    ----------
    extra : dict of str to Estimate
        Beyond the full model with all columns.
    over_rule, over_reduced : Estimate or None
        The full model without the columns, beyond the rule and beyond the reduced model.
    single : bool
        Whether every step but the constant and a person reads it.
    """

    dependency: Dependency
    read: tuple[str, ...]
    extra: dict[str, Estimate]
    over_rule: Estimate | None
    over_reduced: Estimate | None
    single: bool

    @property
    def best(self) -> str:
        """Who answers at the lowest cost."""
        return min(self.extra, key=lambda way: (self.extra[way].value, list(WAYS).index(way)))


def dependencies(choices: Choices, setting: Setting, standing: Standing, bench: Bench) -> Part:
    """Measure what happens without each dependency."""
    unknown = [one.name for one in choices.dependencies if one not in setting.dependencies]
    words = {"strangers": ", ".join(unknown)} if unknown else {}
    if not standing.gone:
        return Part(words=words)
    losses = [_loss(one, setting, standing, bench) for one in setting.dependencies]
    words["dependencies"] = _says(losses, setting, standing)
    return Part(
        measures=(_worst(losses),),
        tables=(_table(losses),),
        charts=(_chart(losses, setting),),
        words=words,
    )


def _loss(one: Dependency, setting: Setting, standing: Standing, bench: Bench) -> Loss:
    name, full = one.name, standing.costs["full"]
    ways = {"gone": standing.gone[name], "filled": standing.filled[name]}
    spared = "reduced" in standing.costs and setting.spares(one)
    if spared:
        ways["reduced"] = standing.costs["reduced"]
    if "rule" in standing.costs:
        ways["rule"] = standing.rule_gone[name]
    if "constant" in standing.costs:
        ways["constant"] = standing.costs["constant"]
    wanted: dict[tuple[str, str], np.ndarray] = {
        (way, "extra"): cost - full for way, cost in ways.items()
    }
    for way in ("rule", "reduced"):
        if way in ways:
            wanted[way, "over"] = ways["gone"] - ways[way]
    compared = len(setting.dependencies)
    found = means_of(wanted, standing, setting, bench, f"without {name}", compared)
    read = setting.reads(setting.chosen, one)
    by_rule = bool(setting.rule) and bool(setting.reads(setting.rule, one))
    return Loss(
        one,
        read,
        {way: found[way, "extra"] for way in ways},
        found.get(("rule", "over")),
        found.get(("reduced", "over")),
        bool(read) and (by_rule or "rule" not in ways) and not spared,
    )


def _worst(losses: list[Loss]) -> Measure:
    worst = max(losses, key=lambda loss: loss.extra["gone"].value)
    return Measure.of(
        "worst_loss",
        f"Without “{worst.dependency.name}” the full model costs more, per 1,000 decisions",
        worst.extra["gone"],
        "currency",
    )


def _says(losses: list[Loss], setting: Setting, standing: Standing) -> str:
    worst = max(losses, key=lambda loss: loss.extra["gone"].value)
    found = worst.extra["gone"]
    return (
        f"Worst is the loss of “{worst.dependency.name}”: {readable(found.value)} "
        f"{setting.currency} more per 1,000 decisions when its columns are missing. Measured on "
        f"{len(standing.at):,} training rows, answered by models fitted without them, with these "
        "columns blanked."
    )


def _table(losses: list[Loss]) -> Table:
    return Table(
        key="dependencies",
        title="When a dependency is late or gone",
        columns=(
            Column(key="name", label="Dependency", kind="text"),
            Column(key="read", label="Columns the model reads", kind="text"),
            Column(key="fresh", label="Must be fresher than", unit="minutes"),
            *(
                Column(key=key, label=label, kind="currency")
                for key, label in (
                    ("gone", "Columns missing"),
                    ("gone_low", "from"),
                    ("gone_high", "to"),
                    ("filled", "Usual values instead"),
                    ("reduced", "Reduced model"),
                    ("rule", "Rule, its columns missing too"),
                    ("constant", "Constant"),
                    ("over_rule_low", "Beyond the rule: at least"),
                    ("over_reduced_low", "Beyond the reduced model: at least"),
                )
            ),
            Column(key="best", label="Answers best then", kind="text"),
            Column(
                key="single",
                label="Single point",
                kind="flag",
                help="The model reads it, so does the rule, and no reduced model does without it.",
            ),
            Column(key="n", label="n", kind="integer"),
        ),
        rows=tuple(_row(loss) for loss in losses),
        note="Cost per 1,000 decisions beyond the full model with all columns. Columns too old to be "
        "used count as gone. Intervals hold over all dependencies together.",
    )


def _row(loss: Loss) -> tuple[Cell, ...]:
    gone = loss.extra["gone"]
    ways = (loss.extra.get(way) for way in ("filled", "reduced", "rule", "constant"))
    over = (loss.over_rule, loss.over_reduced)
    return (
        loss.dependency.name,
        ", ".join(loss.read),
        loss.dependency.fresh_minutes or None,
        gone.value,
        gone.low,
        gone.high,
        *(found.value if found else None for found in ways),
        *(found.low if found else None for found in over),
        WAYS[loss.best],
        loss.single,
        gone.n,
    )


def _chart(losses: list[Loss], setting: Setting) -> Chart:
    cells = [(loss, way) for loss in losses for way in WAYS if way in loss.extra]
    most = max(abs(loss.extra[way].value) for loss, way in cells) or 1.0
    worst = max(losses, key=lambda loss: loss.extra["gone"].value)
    return Chart(
        key="dependency_loss",
        title="Who answers when columns are gone?",
        says=f"Extra cost of 1,000 decisions in {setting.currency}, beyond the full model with all "
        f"columns. Without “{worst.dependency.name}” the lowest is “{WAYS[worst.best].lower()}”; an "
        "empty cell reads the columns too.",
        x=Axis(label="Who answers", kind="category", order=tuple(SHORT_WAYS.values())),
        y=Axis(label="", kind="category", order=tuple(loss.dependency.name for loss in losses)),
        series=(
            Series(
                name=f"Extra cost in {setting.currency}",
                mark="heat",
                x=[SHORT_WAYS[way] for _, way in cells],
                y=[loss.dependency.name for loss, _ in cells],
                shade=[max(0.0, loss.extra[way].value) / most for loss, way in cells],
                text=[readable(loss.extra[way].value) for loss, way in cells],
            ),
        ),
    )
