"""What is lost when the model, or a column it looks at, is not there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from app.lab.blanking import blanked, with_usual
from app.lab.champion import decided, known_rows
from app.lab.cost import (
    AsymmetricCosts,
    BinaryCosts,
    Costs,
    ListCosts,
    ReviewCosts,
    best_threshold,
    binary_cost,
)
from app.lab.problem import Problem
from app.lab.ranking import spread
from app.lab.rungs import Fitted, RungKind, Training, fit_rung
from app.lab.splits import Fold


@dataclass(frozen=True)
class Refit:
    """Answers to rows that no fold had seen, with columns there and gone.

    Parameters
    ----------
    at : ndarray of int, shape (n,)
        Positions among the kept rows.
    whole : ndarray of float, shape (n,) or (n, k)
        With all columns.
    blank, usual : dict of str to ndarray
        With the columns of one dependency missing, or filled with what is usual.
    reduced : ndarray or None
        By a model that never had the fragile columns; None where it cannot be fitted.
    trouble : str
        Why there is no reduced model.
    """

    at: np.ndarray
    whole: np.ndarray
    blank: Mapping[str, np.ndarray] = field(default_factory=dict)
    usual: Mapping[str, np.ndarray] = field(default_factory=dict)
    reduced: np.ndarray | None = None
    trouble: str = ""


def refit(
    kind: RungKind,
    frame: pd.DataFrame,
    problem: Problem,
    folds: Sequence[Fold],
    seed: int,
    options: Mapping[str, Any],
    losses: Mapping[str, tuple[str, ...]],
    fragile: tuple[str, ...] = (),
) -> Refit:
    """Fit a rung on folds and ask it about rows it has not seen, columns there and gone.

    Parameters
    ----------
    kind : RungKind
    frame : DataFrame
        Inputs of all the kept rows.
    problem : Problem
    folds : sequence of Fold
    seed : int
    options : mapping
        See `Training`.
    losses : mapping of str to tuple of str
        Columns that go together, by the name of what brings them.
    fragile : tuple of str
        Columns that the reduced model must do without; empty for no reduced model.

    Returns
    -------
    Refit
    """
    whole: list[np.ndarray] = []
    blank: dict[str, list[np.ndarray]] = {name: [] for name in losses}
    usual: dict[str, list[np.ndarray]] = {name: [] for name in losses}
    for fold in folds:
        fitted = _fit(kind, frame, problem, fold.train, seed, options)
        rows = frame.iloc[fold.validation].reset_index(drop=True)
        before = frame.iloc[fold.train]
        whole.append(fitted.predict(rows))
        for name, columns in losses.items():
            blank[name].append(fitted.predict(blanked(rows, columns)))
            usual[name].append(fitted.predict(with_usual(rows, columns, before)))
    reduced, trouble = _reduced(kind, frame, problem, folds, seed, options, fragile)
    return Refit(
        np.concatenate([fold.validation for fold in folds]),
        np.concatenate(whole),
        {name: np.concatenate(told) for name, told in blank.items()},
        {name: np.concatenate(told) for name, told in usual.items()},
        reduced,
        trouble,
    )


def _fit(
    kind: RungKind,
    frame: pd.DataFrame,
    problem: Problem,
    rows: np.ndarray,
    seed: int,
    options: Mapping[str, Any],
) -> Fitted:
    training = Training(
        frame,
        problem.y[rows],
        problem.form,
        seed,
        options,
        problem.classes,
        problem.queries_of(rows),
        rows,
    )
    return fit_rung(kind, training)


def _reduced(
    kind: RungKind,
    frame: pd.DataFrame,
    problem: Problem,
    folds: Sequence[Fold],
    seed: int,
    options: Mapping[str, Any],
    fragile: tuple[str, ...],
) -> tuple[np.ndarray | None, str]:
    if not fragile:
        return None, ""
    robust = frame.drop(columns=[name for name in fragile if name in frame.columns])
    if not len(robust.columns):
        return None, "no column is left without them"
    options = without(options, fragile)
    try:
        told = [
            _fit(kind, robust, problem, fold.train, seed, options).predict(
                robust.iloc[fold.validation].reset_index(drop=True)
            )
            for fold in folds
        ]
    except (ValueError, np.linalg.LinAlgError) as error:
        # Such as a rule whose columns are gone.
        return None, str(error)
    return np.concatenate(told), ""


def without(options: Mapping[str, Any], fragile: Sequence[str]) -> dict[str, Any]:
    """Return the options of a rung that must do without some columns made from the past.

    Parameters
    ----------
    options : mapping
        See `Training`.
    fragile : sequence of str
        Columns that are not there.

    Returns
    -------
    dict
        Without the recent level there is nothing to learn a ratio to.
    """
    past = {role: name for role, name in options.get("past", {}).items() if name not in fragile}
    level = str(options.get("level", ""))
    return {
        **options,
        "level": "" if level in fragile else level,
        "past": past,
        "past_columns": tuple(n for n in options.get("past_columns", ()) if n not in fragile),
    }


def threshold_within(
    costs: Costs,
    y: np.ndarray,
    prediction: np.ndarray,
    share: float | None = None,
    stakes: np.ndarray | None = None,
) -> float:
    """Return the threshold with the lowest cost on some rows, NaN where none decides.

    Parameters
    ----------
    costs : Costs
    y : ndarray of float, shape (n,)
    prediction : ndarray of float, shape (n,) or (n, k)
    share : float, optional
        At most this share of the rows may be acted upon.
    stakes : ndarray of float, shape (n,), optional
        What a miss of each row would cost.

    Returns
    -------
    float
    """
    plain = costs.as_binary() if isinstance(costs, ReviewCosts) else costs
    known = known_rows(prediction)
    if not isinstance(plain, BinaryCosts) or not known.any():
        return float("nan")
    view = decided(y[known], prediction[known])
    miss = None if stakes is None else stakes[known]
    return best_threshold(view.happened, view.score, plain, share, miss).value


def person_cost(
    costs: Costs,
    y: np.ndarray,
    wrong: float,
    fee: float,
    queries: np.ndarray | None = None,
    stakes: np.ndarray | None = None,
) -> np.ndarray:
    """Return what each decision is expected to cost when a person makes it.

    Parameters
    ----------
    costs : Costs
    y : ndarray of float, shape (n,)
    wrong : float
        Share of cases that a person gets wrong; for numbers, how far off as a share of the
        number, too high as often as too low.
    fee : float
        What one look costs; for several classes the framing's cost of a review is taken.
    queries : ndarray of int, shape (n,), optional
    stakes : ndarray of float, shape (n,), optional
        What a miss of each row would cost.

    Returns
    -------
    ndarray of float, shape (n,)
        Expected, not measured: it rests on ``wrong``.
    """
    if isinstance(costs, BinaryCosts):
        right = binary_cost(y, y == 1, costs, stakes)
        return fee + (1 - wrong) * right + wrong * binary_cost(y, y != 1, costs, stakes)
    if isinstance(costs, ReviewCosts):
        return np.full(len(y), costs.review + wrong * costs.wrong)
    if isinstance(costs, AsymmetricCosts):
        return np.asarray(fee + wrong * np.abs(y) * (costs.over + costs.under) / 2)
    return _person_lists(costs, y, wrong, fee, queries)


def _person_lists(
    costs: ListCosts, y: np.ndarray, wrong: float, fee: float, queries: np.ndarray | None
) -> np.ndarray:
    if queries is None:
        raise ValueError("the cost of lists needs the query of every row")
    codes = np.unique(queries, return_inverse=True)[1]
    some = np.bincount(codes, weights=y >= costs.relevant_from) > 0
    return spread(fee + costs.failed * np.where(some, wrong, 1.0), queries)


def idle_cost(costs: Costs, y: np.ndarray, stakes: np.ndarray | None = None) -> np.ndarray | None:
    """Return what each decision costs when nobody does anything.

    Parameters
    ----------
    costs : Costs
    y : ndarray of float, shape (n,)
    stakes : ndarray of float, shape (n,), optional

    Returns
    -------
    ndarray of float, shape (n,), or None
        Only a yes-or-no decision can be left undone.
    """
    if not isinstance(costs, BinaryCosts):
        return None
    return binary_cost(y, np.zeros(len(y), dtype=bool), costs, stakes)
