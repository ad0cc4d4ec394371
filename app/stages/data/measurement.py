"""What the rows can tell: profile, target, leaks, copies, and an honest split."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from app.lab.duplicates import duplicate_share, overlap, row_hashes, twin_columns, twins_across
from app.lab.leakage import POWER_NAMES, ColumnPower, LeakAlarm, alarms, column_powers
from app.lab.problem import Problem
from app.lab.profile import profile, target_over_time
from app.lab.proportion import wilson
from app.lab.splits import random_split
from app.record.chart import Axis, Chart, Guide, Role, Series
from app.record.evidence import Evidence
from app.record.measure import Measure
from app.record.project import Project
from app.record.table import Column, Table
from app.stages.bench import Bench
from app.stages.data.choices import Choices
from app.stages.data.kinds import class_sizes, list_sizes
from app.stages.data.leak_effect import leak_effect
from app.stages.data.optimism import optimism
from app.stages.data.preparation import SPLIT_WORDS, prepare

MOST_POWERS = 15


def measure(choices: Choices, project: Project, bench: Bench) -> Evidence:
    """Profile the table, look for leaks and copies, and set the test rows apart."""
    bench.progress(0.02, "Reading the table")
    table = bench.table
    problem = prepare(choices, table, bench.rng("split"))
    bench.keep("data", "problem", problem)
    bench.progress(0.2, "Profiling columns")
    profiles = _profile_table(table)
    bench.progress(0.35, "Looking for copies")
    hashes = row_hashes(table)[problem.rows]
    bench.progress(0.5, "Trying each column alone")
    leaks = _leaks(choices, table, problem, bench)
    bench.progress(0.6, "Trying what each alarm would do, left in")
    effect = leak_effect(problem, table, leaks[2], bench)
    bench.progress(0.75, "Trying a random split for comparison")
    gap = optimism(problem, table, bench)
    words = _words(choices, problem)
    if gap is not None:
        words["optimism"] = gap.words
    return Evidence(
        stage="data",
        measures=(
            *_sizes(table, problem),
            *_target(table, problem),
            *_copies(table, problem, hashes, choices, bench),
            *(gap.measures if gap else ()),
        ),
        tables=(*leaks[0], *effect[0], profiles, _twins(choices, table, problem)),
        charts=(
            *_over_time(problem, choices),
            leaks[1],
            *effect[1],
            *_missing(table, choices),
            *((gap.chart,) if gap else ()),
        ),
        words=words,
    )


def _sizes(table: pd.DataFrame, problem: Problem) -> list[Measure]:
    split = problem.split
    lost = len(table) - len(problem.rows)
    missing = wilson(lost, len(table))
    counts = {
        "rows_used": ("Rows used", len(problem.rows)),
        "train_rows": ("Training rows", len(split.train)),
        "test_rows": ("Test rows", len(split.test)),
        "later_rows": ("Later rows, kept for monitoring", len(split.later)),
        "gap_rows": ("Rows in the label-delay gap, left out", len(split.dropped)),
    }
    return [
        *(
            Measure(key=key, label=label, value=value, unit="rows", n=len(table))
            for key, (label, value) in counts.items()
        ),
        Measure.of("target_missing", "Rows without a target or time", missing, "share"),
    ]


def _target(table: pd.DataFrame, problem: Problem) -> list[Measure]:
    y, split = problem.y, problem.split
    if problem.form == "multiclass":
        return class_sizes(problem)
    if problem.queries is not None:
        return list_sizes(problem)
    if problem.form == "binary":
        positives = float(y[split.train].sum())
        rate = wilson(float(y.sum()), len(y))
        test = wilson(float(y[split.test].sum()), len(split.test))
        return [
            Measure.of("base_rate", "How often it happens", rate, "share"),
            Measure.of("test_base_rate", "How often it happens in the test", test, "share"),
            Measure(
                key="train_positives",
                label="Positive training rows",
                value=positives,
                unit="rows",
                n=len(split.train),
            ),
        ]
    low, middle, high = np.quantile(y, [0.1, 0.5, 0.9])
    return [
        Measure(
            key="target_median",
            label="Median of the target",
            value=float(middle),
            unit="",
            low=float(low),
            high=float(high),
            level=0.8,
            n=len(y),
            method="middle 80 % of the rows, not an uncertainty",
        ),
        Measure(key="target_mean", label="Mean of the target", value=float(y.mean()), n=len(y)),
        Measure(
            key="target_spread", label="Standard deviation of the target", value=float(y.std())
        ),
    ]


def _copies(
    table: pd.DataFrame, problem: Problem, hashes: np.ndarray, choices: Choices, bench: Bench
) -> list[Measure]:
    split = problem.split
    shuffled = random_split(len(hashes), 0.3, bench.rng("shuffle"))
    found = [
        Measure.of("duplicate_share", "Rows with an exact copy", duplicate_share(hashes), "share"),
        Measure.of(
            "twin_share",
            "Test rows with a copy in training",
            twins_across(hashes, split.train, split.test),
            "share",
        ),
        Measure.of(
            "twin_share_random",
            "The same, were the split random",
            twins_across(hashes, shuffled.train, shuffled.test),
            "share",
        ),
    ]
    if choices.group and choices.group in table.columns:
        groups = pd.factorize(table[choices.group].iloc[problem.rows])[0]
        seen = overlap(groups, split.train, split.test)
        found.append(
            Measure.of("group_overlap", "Test rows of a group seen in training", seen, "share")
        )
    return found


def _leaks(
    choices: Choices, table: pd.DataFrame, problem: Problem, bench: Bench
) -> tuple[list[Table], Chart, tuple[LeakAlarm, ...]]:
    # Training rows only, in two random halves: the test rows stay closed.
    order = bench.rng("halves").permutation(problem.split.train)
    fit, check = order[: len(order) // 2], order[len(order) // 2 :]
    rest = [c for c in table.columns if c != choices.target]
    rows = table[rest].iloc[problem.rows].reset_index(drop=True)
    powers = column_powers(rows, problem.y, problem.form, fit, check)
    found = alarms(powers, problem.form, float(problem.y[problem.split.train].std()))
    used = set(problem.columns)
    flagged = {alarm.column for alarm in found}
    alarm_table = Table(
        key="leak_alarms",
        title="Leak alarms",
        columns=(
            Column(key="column", label="Column", kind="text"),
            Column(key="severity", label="Severity", kind="text"),
            Column(key="used", label="Known at the decision?", kind="flag"),
            Column(key="reason", label="Why", kind="text"),
        ),
        rows=tuple((a.column, a.severity, a.column in used, a.reason) for a in found),
    )
    name = POWER_NAMES[problem.form]
    power_table = Table(
        key="column_power",
        title="What each column tells alone",
        columns=(
            Column(key="column", label="Column", kind="text"),
            Column(key="power", label=name),
            Column(key="low", label="from"),
            Column(key="high", label="to"),
            Column(key="missing", label="Missing rows", kind="integer"),
            Column(key="used", label="Known at the decision?", kind="flag"),
        ),
        rows=tuple(
            (p.column, p.power.value, p.power.low, p.power.high, p.missing, p.column in used)
            for p in powers
        ),
        note=f"Fitted on {len(fit):,} training rows, scored on {len(check):,} others.",
    )
    return [alarm_table, power_table], _power_chart(powers, flagged, used, name), found


def _power_chart(
    powers: tuple[ColumnPower, ...], flagged: set[str], used: set[str], name: str
) -> Chart:
    shown = [p for p in powers if np.isfinite(p.power.value)][:MOST_POWERS]
    kinds: tuple[tuple[str, Role, Callable[[str], bool]], ...] = (
        ("Leak alarm, still in use", "stop", lambda c: c in flagged and c in used),
        ("Leak alarm, left out", "muted", lambda c: c in flagged and c not in used),
        ("Known at the decision", "main", lambda c: c not in flagged and c in used),
        ("Left out", "third", lambda c: c not in flagged and c not in used),
    )
    series = []
    for title, role, belongs in kinds:
        part = [p for p in shown if belongs(p.column)]
        if part:
            with_interval = all(p.power.low is not None for p in part)
            series.append(
                Series(
                    name=title,
                    mark="point",
                    x=[p.power.value for p in part],
                    y=[p.column for p in part],
                    low=[p.power.low for p in part] if with_interval else (),
                    high=[p.power.high for p in part] if with_interval else (),
                    role=role,
                )
            )
    left_in = sorted(flagged & used)
    says = (
        f"Suspicious and in use: {', '.join(left_in[:3])}."
        if left_in
        else "No column in use is suspiciously strong alone."
    )
    return Chart(
        key="column_power",
        title="What does each column tell alone?",
        says=says,
        x=Axis(label=f"{name} of the column alone"),
        y=Axis(label="", kind="category", order=tuple(p.column for p in shown)),
        series=tuple(series),
        guides=(Guide(axis="x", at=0.5, label="a coin"),) if name == "ROC AUC" else (),
        horizontal=True,
    )


def _profile_table(table: pd.DataFrame) -> Table:
    return Table(
        key="profile",
        title="The columns",
        columns=(
            Column(key="name", label="Column", kind="text"),
            Column(key="kind", label="Kind", kind="text"),
            Column(key="missing", label="Missing", kind="share"),
            Column(key="distinct", label="Distinct", kind="integer"),
            Column(key="infinite", label="Infinite", kind="integer"),
            Column(key="low", label="Smallest", kind="text"),
            Column(key="typical", label="Typical", kind="text"),
            Column(key="high", label="Largest", kind="text"),
        ),
        rows=tuple(
            (p.name, p.kind, p.missing, p.distinct, p.infinite, p.low, p.typical, p.high)
            for p in profile(table)
        ),
    )


def _twins(choices: Choices, table: pd.DataFrame, problem: Problem) -> Table:
    rest = [c for c in table.columns if c != choices.target]
    rows = table[rest].iloc[problem.rows[problem.split.train]]
    used = set(problem.columns)
    pairs = twin_columns(rows)
    return Table(
        key="twin_columns",
        title="Columns that determine one another in training",
        columns=(
            Column(key="first", label="Column", kind="text"),
            Column(key="second", label="Its twin", kind="text"),
            Column(key="share", label="Rows that agree", kind="share"),
            Column(key="distinct", label="Distinct values", kind="integer"),
            Column(key="used", label="Both in use?", kind="flag"),
        ),
        rows=tuple(
            (
                p.first,
                p.second,
                p.share,
                p.distinct,
                p.first.split(" (")[0] in used and p.second.split(" (")[0] in used,
            )
            for p in pairs
        ),
    )


def _over_time(problem: Problem, choices: Choices) -> list[Chart]:
    if problem.times is None:
        return []
    shown, what = problem.y, f"Mean of {choices.target}"
    if problem.form == "multiclass":
        top = int(np.bincount(problem.y[problem.split.train].astype(int)).argmax())
        shown, what = (problem.y == top).astype(float), f"Share of {problem.classes[top]}"
    elif problem.form == "binary":
        what = "Share that happened"
    unit, periods = target_over_time(problem.times, shown, problem.form)
    share = problem.form != "regression"
    guides: tuple[Guide, ...] = ()
    if problem.split.kind == "time":
        times, split = problem.times, problem.split
        guides = (
            Guide(
                axis="x",
                at=str(times[split.test].min())[:10],
                to=str(times[split.test].max())[:10],
                label="test",
                role="second",
            ),
        )
    return [
        Chart(
            key="target_over_time",
            title="The target over time",
            says=f"By {unit}, with 95 % intervals"
            + ("; the shaded part is the test." if guides else "."),
            x=Axis(label=unit.capitalize(), kind="date"),
            y=Axis(
                label=what,
                kind="share" if share else "number",
            ),
            series=(
                Series(
                    name=choices.target,
                    mark="line",
                    x=[p.start for p in periods],
                    y=[p.target.value for p in periods],
                    low=[p.target.low for p in periods],
                    high=[p.target.high for p in periods],
                ),
            ),
            guides=guides,
        )
    ]


def _missing(table: pd.DataFrame, choices: Choices) -> list[Chart]:
    shares = table.isna().mean()
    shares = shares[shares > 0].sort_values(ascending=False).head(MOST_POWERS)
    if not len(shares):
        return []
    return [
        Chart(
            key="missing",
            title="What is missing?",
            says=f"{shares.index[0]} is missing most often, in {shares.iloc[0]:.1%} of the rows.",
            x=Axis(label="Rows without a value", kind="share"),
            y=Axis(label="", kind="category"),
            series=(
                Series(
                    name="Missing",
                    mark="bar",
                    x=list(shares.to_numpy(dtype=float)),
                    y=[str(name) for name in shares.index],
                    role="third",
                ),
            ),
            horizontal=True,
        )
    ]


def _words(choices: Choices, problem: Problem) -> dict[str, str]:
    split = problem.split
    words = {
        "split": split.kind,
        "split_words": SPLIT_WORDS[split.kind],
        "split_sizes": f"{len(split.train):,} rows to learn from, {len(split.test):,} to test on"
        + (f", {len(split.later):,} after the test" if len(split.later) else "")
        + (f", {len(split.dropped):,} in the gap" if len(split.dropped) else "")
        + ".",
        "positive": problem.positive,
    }
    if problem.times is not None:
        words["has_time"] = "yes"
        test = problem.times[split.test]
        words["test_period"] = f"{test.min()!s:.10} to {test.max()!s:.10}"
    return words
