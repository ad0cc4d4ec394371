"""Which columns predictions are built from, and which of the ranks are steady."""

from __future__ import annotations

from app.lab.estimate import Estimate
from app.lab.rungs import RUNGS, Training
from app.lab.shapley import (
    Attribution,
    ColumnStability,
    Importance,
    RefitImportance,
    column_groups,
    group_attribution,
    importance,
    refit_importance,
)
from app.record.chart import Axis, Chart, Series
from app.record.measure import Measure
from app.record.table import Cell, Column, Table
from app.stages.bench import Bench
from app.stages.errors.explained import Explained, column_unit, shap_axis
from app.stages.errors.refitting import options_of
from app.stages.errors.scene import Scene
from app.stages.part import Part

TOP = 10
LOOKED_AT = 5
STEADY = 1
REFIT_ROWS = 5000
SAMPLING_ERRORS = 2.0
LONGEST_GROUP = 3
LONGEST_NAME = 40
NOTE = "Which columns a prediction is built from, not what changing them would do."


def importances(scene: Scene, told: Explained, refits: int, bench: Bench) -> Part:
    """Rank the columns, and see whether the ranks hold when the rung is fitted again."""
    steady = _refitted(scene, told, refits, bench)
    groups, together = _grouped(scene, told, bench)
    return Part(
        measures=(*_largest(told), *_agreement(steady)),
        tables=(_table(told, steady), *groups),
        charts=(importance_chart(told), *_rank_chart(steady), *together),
    )


def _refitted(scene: Scene, told: Explained, refits: int, bench: Bench) -> RefitImportance | None:
    kind = RUNGS[scene.key]
    if refits == 0 or not kind.learns or len(told.used) < 2:
        return None
    problem = scene.problem
    training = Training(
        scene.rows,
        scene.y,
        problem.form,
        bench.seed,
        options_of(scene, bench),
        problem.classes,
        scene.queries,
    )
    blocks = scene.blocks if scene.queries is None else scene.queries
    found = refit_importance(
        kind,
        training,
        problem.inputs,
        bench.rng("refits"),
        blocks,
        refits,
        LOOKED_AT,
        REFIT_ROWS,
    )
    return found if found.refits > 1 else None


def widened(rank: Importance, found: Attribution) -> Estimate:
    """Return a mean with room for the error of the draws, where columns were drawn at random."""
    error, size = found.column_error, rank.size
    if error is None or size.low is None or size.high is None:
        return size
    more = SAMPLING_ERRORS * float(error[found.columns.index(rank.column)])
    low = max(0.0, size.low - more)
    return Estimate(size.value, low, size.high + more, size.n, size.level, size.method)


def _largest(told: Explained) -> list[Measure]:
    total = sum(rank.size.value for rank in told.ranks)
    if len(told.used) < 3 or total <= 0:
        return []
    first = told.used[0]
    return [
        Measure(
            key="largest_share",
            label=f"Share of {first.column} in all mean absolute SHAP values",
            value=first.size.value / total,
            unit="share",
            n=told.n,
        )
    ]


def _agreement(steady: RefitImportance | None) -> list[Measure]:
    if steady is None:
        return []
    return [
        Measure(
            key="rank_agreement",
            label="Agreement of the ranking between refits (Kendall's tau)",
            value=steady.agreement,
            n=steady.refits,
            note=f"Mean over pairs of refits on {steady.rows:,} rows drawn anew with their "
            "block (day, group, list); 1 is the same order each time, 0 is chance.",
        )
    ]


def _table(told: Explained, steady: RefitImportance | None) -> Table:
    found = told.drawn
    error = found.column_error
    refitted = {c.column: c for c in steady.columns} if steady else {}
    columns = [
        Column(key="rank", label="Rank", kind="integer"),
        Column(key="column", label="Column", kind="text"),
        Column(key="size", label="Mean absolute SHAP value", unit=column_unit(found)),
        Column(key="low", label="from"),
        Column(key="high", label="to"),
    ]
    if error is not None:
        columns.append(Column(key="error", label="Sampling error"))
    if steady is not None:
        columns += [
            Column(key="best_rank", label="Best rank over refits", kind="integer"),
            Column(key="worst_rank", label="Worst rank over refits", kind="integer"),
            Column(key="share_top", label=f"Refits in the first {steady.top}", kind="share"),
        ]
    rows = []
    for rank in told.ranks:
        size = widened(rank, found)
        row: list[Cell] = [rank.rank, rank.column, size.value, size.low, size.high]
        if error is not None:
            row.append(float(error[found.columns.index(rank.column)]))
        if steady is not None:
            row += _refit_cells(refitted.get(rank.column))
        rows.append(tuple(row))
    more = (
        f" Refits: {steady.refits} fits on {steady.rows:,} rows drawn anew."
        if steady is not None
        else ""
    )
    return Table(
        key="importance",
        title="Columns that predictions are built from",
        columns=tuple(columns),
        rows=tuple(rows),
        note=f"{NOTE} n = {told.n:,} rows explained.{more}",
    )


def _refit_cells(column: ColumnStability | None) -> list[Cell]:
    return [None] * 3 if column is None else [column.low, column.high, column.share_top]


def importance_chart(told: Explained) -> Chart:
    """Draw the mean absolute SHAP values."""
    return _bars(
        told.drawn,
        told.used[:TOP] or told.ranks[:TOP],
        "importance",
        "What are predictions built from?",
        _says(told),
    )


def _says(told: Explained) -> str:
    if not told.used:
        return "The chosen rung looks at no column."
    first = ", then ".join(rank.column for rank in told.used[:2])
    return (
        f"Mostly {first}. It is how the model sums up, not what causes what (n = {told.n:,} rows)."
    )


def _bars(
    found: Attribution, ranks: tuple[Importance, ...], key: str, title: str, says: str
) -> Chart:
    sizes = [widened(rank, found) for rank in ranks]
    return Chart(
        key=key,
        title=title,
        says=says,
        x=shap_axis(found, "Mean absolute SHAP value"),
        y=Axis(label="", kind="category"),
        series=(
            Series(
                name="Importance",
                mark="bar",
                x=[size.value for size in sizes],
                y=[named(rank.column) for rank in ranks],
                low=[size.low for size in sizes],
                high=[size.high for size in sizes],
            ),
        ),
        horizontal=True,
    )


def _rank_chart(steady: RefitImportance | None) -> list[Chart]:
    if steady is None:
        return []
    shown = [c for c in steady.columns if c.size.value > 0][:TOP]
    still = [c for c in shown if c.high - c.low <= STEADY]
    moving = [c for c in shown if c.high - c.low > STEADY]
    marked = (
        ("Steady: moves by one rank at most", still, "main"),
        ("Moves with the rows it was fitted on", moving, "watch"),
    )
    return [
        Chart(
            key="stability",
            title="Which ranks hold when it is fitted again?",
            says=_steady_says(steady),
            x=Axis(label=f"Rank over {steady.refits} refits: median, best and worst"),
            y=Axis(label="", kind="category", order=tuple(c.column for c in shown)),
            series=tuple(
                Series(
                    name=name,
                    mark="point",
                    x=[c.rank for c in some],
                    y=[c.column for c in some],
                    low=[c.low for c in some],
                    high=[c.high for c in some],
                    role=role,
                )
                for name, some, role in marked
                if some
            ),
            horizontal=True,
        )
    ]


def _steady_says(steady: RefitImportance) -> str:
    top = [c for c in steady.columns if c.size.value > 0][:LOOKED_AT]
    runs: list[list[ColumnStability]] = [[top[0]]] if top else []
    for after in top[1:]:
        # With its neighbor alone, one column that jumps would tie together all the others.
        if runs[-1][0].high >= after.low:
            runs[-1].append(after)
        else:
            runs.append([after])
    mixed = [run for run in runs if len(run) > 1]
    if not mixed:
        return f"The first {len(top)} columns keep their order in all {steady.refits} refits."
    words = "; ".join(_listed([c.column for c in run]) for run in mixed)
    return (
        f"The order within these cannot be told: {words}. Their ranks overlap over "
        f"{steady.refits} refits on rows drawn anew."
    )


def _listed(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _grouped(scene: Scene, told: Explained, bench: Bench) -> tuple[list[Table], list[Chart]]:
    """Columns that say nearly the same share one contribution between them."""
    rows = told.drawn_rows
    groups = column_groups(rows, [rank.column for rank in told.used])
    if not any(len(group) > 1 for group in groups):
        return [], []
    found = group_attribution(told.drawn, groups)
    blocks = scene.blocks[told.at][told.sample]
    ranks = tuple(
        r for r in importance(found, bench.rng("group importance"), blocks) if r.size.value > 0
    )
    members = {" + ".join(group): group for group in groups}
    table = Table(
        key="column_groups",
        title="Columns that say nearly the same, taken together",
        columns=(
            Column(key="rank", label="Rank", kind="integer"),
            Column(key="group", label="Columns", kind="text"),
            Column(key="members", label="Number of columns", kind="integer"),
            Column(key="size", label="Mean absolute SHAP value", unit=column_unit(found)),
            Column(key="low", label="from"),
            Column(key="high", label="to"),
        ),
        rows=tuple(
            (
                r.rank,
                r.column,
                len(members.get(r.column, (r.column,))),
                (size := widened(r, found)).value,
                size.low,
                size.high,
            )
            for r in ranks
        ),
        note="Contributions of columns with an association of 0.8 or more are added up row by row: "
        "between such columns the split is arbitrary, their sum is not. "
        f"n = {told.n:,} rows.",
    )
    many = [r for r in ranks if len(members.get(r.column, ())) > 1]
    says = (
        f"Columns that go along with each other share one bar: {named(many[0].column)} come "
        f"{_th(many[0].rank)} together. How they share it between them is arbitrary."
    )
    title = "What are predictions built from, like columns together?"
    return [table], [_bars(found, ranks[:TOP], "importance_groups", title, says)]


def _th(rank: int) -> str:
    return {1: "first", 2: "second", 3: "third"}.get(rank, f"{rank}th")


def named(group: str) -> str:
    """Return the name of a group, short enough to stand beside its bar."""
    parts = group.split(" + ")
    if len(parts) > LONGEST_GROUP or len(group) > LONGEST_NAME:
        keep = 2 if len(" + ".join(parts[:2])) <= LONGEST_NAME else 1
        if len(parts) > keep:
            return f"{' + '.join(parts[:keep])} + {len(parts) - keep} more"
    return group
