"""From answers and table to the problem all later stages share."""

from __future__ import annotations

import difflib

import numpy as np
import pandas as pd

from app.lab.problem import Problem, binary_target, number_target
from app.lab.splits import (
    Split,
    as_times,
    default_test_from,
    group_split,
    random_split,
    time_split,
)
from app.stages.data.choices import Choices

LEAST_ROWS = 50
SPLIT_WORDS = {
    "time": "by time: the past to learn from, what came after to test on",
    "group": "by group: no group on both sides",
    "random": "at random",
}


def prepare(choices: Choices, table: pd.DataFrame, rng: np.random.Generator) -> Problem:
    """Return the rows that can be used, their target and the split.

    Raises
    ------
    ValueError
        With the answer that does not fit the table.
    """
    for role in ("target", "time", "group"):
        _check_column(role, getattr(choices, role), table)
    if not choices.target:
        raise ValueError("no target is chosen; say which column is predicted (Data & labels)")
    task = choices.task or "binary"
    y, positive = _target(choices, table, task)
    times = as_times(table[choices.time]) if choices.time else None
    usable = np.isfinite(y) if times is None else np.isfinite(y) & ~np.isnat(times)
    rows = np.flatnonzero(usable)
    if len(rows) < LEAST_ROWS:
        raise ValueError(
            f"only {len(rows)} rows have a target{' and a time' if choices.time else ''}; "
            f"at least {LEAST_ROWS} are needed to measure anything"
        )
    times = None if times is None else times[rows]
    groups = _groups(choices, table, rows)
    split = _split(choices, len(rows), times, groups, rng)
    blocks, name = _blocks(times, groups, len(rows))
    problem = Problem(
        task, rows, y[rows], _known(choices, table), split, times, blocks, name, positive
    )
    _check_classes(problem)
    return problem


def _check_column(role: str, name: str, table: pd.DataFrame) -> None:
    if name and name not in table.columns:
        near = difflib.get_close_matches(name, [str(c) for c in table.columns], n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise ValueError(f"the {role} column {name!r} is not in the table{hint}")


def _target(choices: Choices, table: pd.DataFrame, task: str) -> tuple[np.ndarray, str]:
    if task == "binary":
        return binary_target(table[choices.target], choices.positive.strip())
    return number_target(table[choices.target]), ""


def _groups(choices: Choices, table: pd.DataFrame, rows: np.ndarray) -> np.ndarray | None:
    if not choices.group:
        return None
    codes = pd.factorize(table[choices.group].iloc[rows])[0].astype(np.int64)
    # A row without a group is a group of its own.
    alone = codes < 0
    codes[alone] = codes.max() + 1 + np.arange(int(alone.sum()))
    return codes


def _known(choices: Choices, table: pd.DataFrame) -> tuple[str, ...]:
    known = tuple(c for c in choices.known if c in table.columns and c != choices.target)
    known = tuple(c for c in known if not table[c].isna().all())
    if not known:
        raise ValueError(
            "no column is marked as known at the decision; choose at least one that has values"
        )
    return known


def _split(
    choices: Choices,
    n: int,
    times: np.ndarray | None,
    groups: np.ndarray | None,
    rng: np.random.Generator,
) -> Split:
    kind = choices.split or ("time" if times is not None else "random")
    if kind == "time":
        if times is None:
            raise ValueError("a split by time needs a time column; choose one, or another split")
        start = (
            np.datetime64(choices.test_from)
            if choices.test_from
            else default_test_from(times, choices.test_share)
        )
        end = np.datetime64(choices.test_until) if choices.test_until else None
        return time_split(times, start, end, choices.label_delay_days)
    if kind == "group":
        if groups is None:
            raise ValueError("a split by group needs a group column; choose one, or another split")
        return group_split(groups, choices.test_share, rng)
    return random_split(n, choices.test_share, rng)


def _blocks(times: np.ndarray | None, groups: np.ndarray | None, n: int) -> tuple[np.ndarray, str]:
    if times is not None:
        return times.astype("datetime64[D]").astype(np.int64), "day"
    if groups is not None:
        return groups, "group"
    return np.arange(n), "row"


def _check_classes(problem: Problem) -> None:
    if problem.task != "binary":
        return
    for name, part in (("training", problem.split.train), ("test", problem.split.test)):
        positives = int(problem.y[part].sum())
        if positives < 2 or len(part) - positives < 2:
            raise ValueError(
                f"the {name} part has {positives} positive and {len(part) - positives} negative "
                "rows; at least 2 of each are needed. Move the split or choose another one."
            )
