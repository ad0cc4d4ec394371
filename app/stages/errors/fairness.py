"""Are groups of people treated alike? Metrics by group, and gaps that are proven or cannot be told."""

from __future__ import annotations

from app.lab.cost import BinaryCosts, ReviewCosts
from app.lab.disaggregation import disaggregate
from app.lab.group_threshold import GroupThreshold, own_thresholds
from app.lab.groups import groups_of
from app.lab.outcomes import Outcomes, outcomes_of
from app.record.measure import Measure
from app.record.table import Table
from app.stages.bench import Bench
from app.stages.errors.choices import Choices
from app.stages.errors.fairness_charts import charts_of
from app.stages.errors.fairness_tables import gap_table, group_tables, threshold_table
from app.stages.errors.group_look import Looked, in_unit, unit_of
from app.stages.errors.parity import criteria_for
from app.stages.errors.scene import Scene
from app.stages.part import Part

LEVELS_SHOWN = 6
NOT_MARKED = (
    "No column is marked as sensitive, so nothing is said about groups of people. Mark columns "
    "such as sex, age or region in the question “Over which columns must it treat people alike?”; "
    "they need not be inputs of the model."
)
CANNOT_ALL_HOLD = (
    "Which of these matters is a decision, not a measurement. Where base rates differ between groups "
    "they cannot all hold at once (Chouldechova 2017; Kleinberg et al. 2017)."
)


def fairness(scene: Scene, choices: Choices, bench: Bench) -> Part:
    """Tell the metrics group by group for every column that is marked as sensitive."""
    if not choices.sensitive:
        return Part(words={"fairness": NOT_MARKED})
    outcomes = outcomes_of(scene.problem, scene.champion, scene.seen)
    columns = _columns(choices, scene)
    looked = [
        _look_at(name, place, len(columns), scene, outcomes, bench)
        for place, name in enumerate(columns, start=1)
    ]
    tables: list[Table] = [gap_table(looked, outcomes.form, scene.currency)]
    charts = []
    for one in looked:
        tables += group_tables(one, outcomes.form)
        charts += charts_of(one, outcomes.form, scene.currency)
    tables += [threshold_table(one) for one in looked if one.thresholds]
    return Part(
        measures=tuple(m for one in looked for m in _surest(one, outcomes.form, scene.currency)),
        tables=tuple(tables),
        charts=tuple(charts),
        words={"fairness": CANNOT_ALL_HOLD, "fairness_columns": ", ".join(columns)},
    )


def _columns(choices: Choices, scene: Scene) -> list[str]:
    columns = list(dict.fromkeys(choices.sensitive))
    missing = [name for name in columns if name not in scene.table.columns]
    if missing:
        raise ValueError(
            f"errors.sensitive: the column {missing[0]!r} is not in the table; choose columns that "
            "are, or leave it out"
        )
    return columns


def _look_at(
    name: str, place: int, columns: int, scene: Scene, outcomes: Outcomes, bench: Bench
) -> Looked:
    groups = groups_of(scene.column(name), LEVELS_SHOWN)
    found = disaggregate(outcomes, groups, families=columns)
    costs = scene.champion.costs
    thresholds: tuple[GroupThreshold, ...] = ()
    if isinstance(costs, BinaryCosts | ReviewCosts) and len(groups) > 1:
        stakes = scene.champion.stakes
        thresholds = own_thresholds(
            outcomes,
            groups,
            costs,
            scene.champion.threshold,
            bench.rng(f"thresholds {name}"),
            None if stakes is None else stakes[scene.seen],
        )
    return Looked(name, place, groups, found, thresholds)


def _surest(one: Looked, form: str, currency: str) -> list[Measure]:
    """Measure the gap of a column that is least likely to be chance."""
    gaps = [(c, c.gap(one.found)) for c in criteria_for(form)]
    told = [(c, g) for c, g in gaps if g is not None and g.p_value == g.p_value]
    if not told:
        return []
    criterion, gap = min(told, key=lambda pair: pair[1].p_value)
    return [
        Measure.of(
            f"fair_{one.place}_gap",
            f"{criterion.title} over {one.column}: {gap.high} minus {gap.low}",
            in_unit(gap.difference, gap.metric),
            unit_of(gap.metric, currency),
            note="The gap that is least likely to be chance.",
        )
    ]
