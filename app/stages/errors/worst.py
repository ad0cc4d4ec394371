"""The rows it got most wrong, in words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from app.lab.metrics import loss_of
from app.lab.problem import Problem
from app.lab.ranking import positions
from app.lab.rungs import Fitted
from app.lab.shapley import Attribution, Importance, explain
from app.record.table import Column, Table

WORST = 20
SHOWN_COLUMNS = 6


def shown_value(value: object) -> str:
    """Return a cell in words."""
    number = isinstance(value, float | np.floating)
    if value is None or value is pd.NaT or (number and np.isnan(value)):  # type: ignore[call-overload]
        return "missing"
    if isinstance(value, float | np.floating):
        return f"{float(value):.4g}"
    return str(value)[:60]


@dataclass(frozen=True)
class WorstRows:
    """The worst rows, worst first: number in the table, columns, outcome and prediction."""

    names: np.ndarray
    rows: pd.DataFrame
    was: list[str]
    said: list[str]
    about: Attribution


def worst_rows(
    problem: Problem,
    fitted: Fitted,
    seen: np.ndarray,
    rows: pd.DataFrame,
    prediction: np.ndarray,
    background: pd.DataFrame,
) -> WorstRows:
    """Find the rows with the highest loss and explain what the model says of them."""
    y, queries = problem.y[seen], problem.queries_of(seen)
    loss = loss_of(_loss_form(problem), y, prediction, queries)
    at = _places(loss, prediction, queries)
    picked = rows.iloc[at].reset_index(drop=True)
    was, said = _in_words(problem, y[at], prediction[at])
    about = explain(fitted, picked, background, problem.inputs)
    return WorstRows(problem.rows[seen[at]], picked, was, said, about)


def _loss_form(problem: Problem) -> str:
    return "ranking" if problem.queries is not None else problem.form


def _places(loss: np.ndarray, prediction: np.ndarray, queries: np.ndarray | None) -> np.ndarray:
    """Return the rows with the highest loss; of a list only the item it put first."""
    order = np.argsort(-loss, kind="stable")
    if queries is None:
        return order[:WORST]
    first = np.flatnonzero(positions(prediction, queries) == 0)
    # The loss of a list is spread over its rows: its sum is what the list lost.
    lost = np.bincount(np.unique(queries, return_inverse=True)[1], weights=loss)
    of_first = lost[np.unique(queries[first], return_inverse=True)[1]]
    return first[np.argsort(-of_first, kind="stable")][:WORST]


def _in_words(
    problem: Problem, y: np.ndarray, prediction: np.ndarray
) -> tuple[list[str], list[str]]:
    if problem.form != "multiclass":
        return [f"{v:.3g}" for v in y], [f"{v:.3g}" for v in prediction]
    top = prediction.argmax(axis=1)
    sure = prediction.max(axis=1)
    return (
        [problem.classes[int(v)] for v in y],
        [f"{problem.classes[int(c)]} ({p:.0%})" for c, p in zip(top, sure, strict=True)],
    )


def worst_table(worst: WorstRows, ranks: tuple[Importance, ...]) -> Table:
    """Write down the worst rows with the columns that matter most."""
    columns = [r.column for r in ranks[:SHOWN_COLUMNS]]
    return Table(
        key="worst_rows",
        title="The worst rows",
        columns=(
            Column(key="row", label="Row", kind="integer"),
            Column(key="actual", label="Was", kind="text"),
            Column(key="prediction", label="Predicted", kind="text"),
            *(Column(key=f"c_{c}", label=c, kind="text") for c in columns),
        ),
        rows=tuple(
            (
                int(worst.names[place]),
                worst.was[place],
                worst.said[place],
                *(shown_value(worst.rows[c].iloc[place]) for c in columns),
            )
            for place in range(len(worst.names))
        ),
        note="Row numbers count the rows of your table from 0.",
    )
