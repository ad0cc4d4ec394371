"""The nearest rows that the rung got right, beside each row of the queue."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from app.lab.neighbours import Ruler, nearest, ruler
from app.record.table import Column, Table
from app.stages.bench import Bench
from app.stages.errors.queue import Line
from app.stages.errors.scene import Scene
from app.stages.errors.wording import answer, outcome, shown_value

MOST_COMPARED = 20_000
EACH = 2
DIFFERENCES = 3
SAME, OTHER, NEAREST = "same outcome", "other outcome", "nearest"


@dataclass(frozen=True)
class _Compared:
    """Rows of the queue against right rows, with all distances."""

    scene: Scene
    pool: np.ndarray
    measured: Ruler
    distances: np.ndarray


def neighbours(
    scene: Scene, line: Line, importance: dict[str, float], bench: Bench
) -> tuple[Table, ...]:
    """Write down the nearest rows that the rung got right, and in what they differ."""
    pool = np.flatnonzero(line.right)
    if len(pool) > MOST_COMPARED:
        pool = np.sort(bench.rng("neighbours").choice(pool, MOST_COMPARED, replace=False))
    if not len(pool) or not len(line.queued):
        return ()
    inputs = list(scene.problem.inputs)
    measured = ruler(scene.rows[inputs], importance)
    distances = measured.distances(scene.rows.iloc[line.at], scene.rows.iloc[pool])
    compared = _Compared(scene, pool, measured, distances)
    rows = [
        row
        for kind, allowed in _groups(compared, line)
        for row in _found(compared, line, kind, allowed)
    ]
    places = {int(scene.numbers[at]): place for place, at in enumerate(line.at)}
    rows.sort(key=lambda row: places[row[0]])
    return (_table(rows),)


def _groups(compared: _Compared, line: Line) -> list[tuple[str, np.ndarray]]:
    mine, theirs = line.at[:, None], compared.pool[None, :]
    others = mine != theirs
    if compared.scene.problem.form == "regression":
        return [(NEAREST, others)]
    same = compared.scene.y[mine] == compared.scene.y[theirs]
    return [(SAME, others & same), (OTHER, others & ~same)]


def _found(
    compared: _Compared, line: Line, kind: str, allowed: np.ndarray
) -> list[tuple[int, str, int, str, str, float, str]]:
    scene = compared.scene
    found = []
    for place, near in enumerate(nearest(compared.distances, allowed, EACH)):
        for column in near:
            at = int(compared.pool[column])
            found.append(
                (
                    int(scene.numbers[line.at[place]]),
                    kind,
                    int(scene.numbers[at]),
                    outcome(scene.problem, scene.y[at]),
                    answer(scene.problem, scene.champion, scene.prediction[at : at + 1]),
                    round(float(compared.distances[place, column]), 4),
                    _differences(compared, int(line.at[place]), at),
                )
            )
    return found


def _differences(compared: _Compared, mine: int, other: int) -> str:
    """Return the columns that set two rows apart, the one that counts most first."""
    rows = compared.scene.rows
    one, two = rows.iloc[[mine]], rows.iloc[[other]]
    counts = {
        column: weight * float(compared.measured.apart(one, two, column)[0, 0])
        for column, weight in compared.measured.weights.items()
    }
    top = sorted((c for c in counts if counts[c] > 0), key=lambda c: -counts[c])[:DIFFERENCES]
    return "; ".join(f"{c}: {_cell(two, c)} (here {_cell(one, c)})" for c in top)


def _cell(row: pd.DataFrame, column: str) -> str:
    return shown_value(row[column].iloc[0])


def _table(rows: list[tuple[int, str, int, str, str, float, str]]) -> Table:
    return Table(
        key="neighbours",
        title="The nearest rows it got right",
        columns=(
            Column(key="row", label="Row", kind="integer"),
            Column(key="kind", label="Which", kind="text"),
            Column(key="neighbour", label="Nearest row", kind="integer"),
            Column(key="was", label="Was", kind="text"),
            Column(key="predicted", label="Predicted", kind="text"),
            Column(
                key="distance",
                label="Distance",
                kind="share",
                help="0 %: alike in every column that counts; each column counts as much as it "
                "matters to the predictions of these rows.",
            ),
            Column(key="differs", label="Differs most in", kind="text"),
        ),
        rows=tuple(rows),
        note="Among training rows that the rung got right out of fold (of numbers: the half it "
        "predicted best).",
    )
