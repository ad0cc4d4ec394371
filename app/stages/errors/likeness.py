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
Row = tuple[int, str, int, str, str, float, str]


@dataclass(frozen=True)
class _Pair:
    """A row of the queue and a right row near it, as positions in the scene."""

    mine: int
    kind: str
    other: int
    distance: float


def neighbours(
    scene: Scene, line: Line, importance: dict[str, float], bench: Bench
) -> tuple[Table, ...]:
    """Write down the nearest rows that the rung got right, and in what they differ."""
    pool = np.flatnonzero(line.right)
    if len(pool) > MOST_COMPARED:
        pool = np.sort(bench.rng("neighbours").choice(pool, MOST_COMPARED, replace=False))
    if not len(pool) or not len(line.queued):
        return ()
    measured = ruler(scene.rows[list(scene.problem.inputs)], importance)
    pairs = _pairs(scene, line, pool, measured)
    differ = _differences(scene.rows, pairs, measured)
    return (_table([_row(scene, pair, words) for pair, words in zip(pairs, differ, strict=True)]),)


def _pairs(scene: Scene, line: Line, pool: np.ndarray, measured: Ruler) -> list[_Pair]:
    distances = measured.distances(scene.rows.iloc[line.at], scene.rows.iloc[pool])
    found: list[list[_Pair]] = [[] for _ in line.at]
    for kind, allowed in _groups(scene, line, pool):
        for place, near in enumerate(nearest(distances, allowed, EACH)):
            found[place] += [
                _Pair(int(line.at[place]), kind, int(pool[at]), float(distances[place, at]))
                for at in near
            ]
    return [pair for pairs in found for pair in pairs]


def _groups(scene: Scene, line: Line, pool: np.ndarray) -> list[tuple[str, np.ndarray]]:
    mine, theirs = line.at[:, None], pool[None, :]
    others = mine != theirs
    if scene.problem.form == "regression":
        return [(NEAREST, others)]
    same = scene.y[mine] == scene.y[theirs]
    return [(SAME, others & same), (OTHER, others & ~same)]


def _row(scene: Scene, pair: _Pair, differs: str) -> Row:
    at = pair.other
    return (
        int(scene.numbers[pair.mine]),
        pair.kind,
        int(scene.numbers[at]),
        outcome(scene.problem, scene.y[at]),
        answer(scene.problem, scene.champion, scene.prediction[at : at + 1]),
        round(pair.distance, 4),
        differs,
    )


def _differences(rows: pd.DataFrame, pairs: list[_Pair], measured: Ruler) -> list[str]:
    """Return the columns that set each pair apart, the one that counts most first."""
    mine, others = rows.iloc[[p.mine for p in pairs]], rows.iloc[[p.other for p in pairs]]
    columns = list(measured.weights)
    apart = np.column_stack(
        [measured.weights[c] * measured.apart(mine, others, c, paired=True) for c in columns]
    )
    words = {
        c: [
            f"{c}: {shown_value(there)} (here {shown_value(here)})"
            for here, there in zip(mine[c], others[c], strict=True)
        ]
        for c in columns
    }
    return [
        "; ".join(
            words[columns[c]][place]
            for c in np.argsort(-sizes, kind="stable")[:DIFFERENCES]
            if sizes[c] > 0
        )
        for place, sizes in enumerate(apart)
    ]


def _table(rows: list[Row]) -> Table:
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
