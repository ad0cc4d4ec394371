"""What an incident is, and the moves that are open in one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

ACTIONS: Mapping[str, str] = {
    "retrain": "Fit the model again on newer rows; takes days and needs labels that are right.",
    "roll_back": "Put the last good version back; quick, and undoes a bad release only.",
    "fix_data": "Mend the source or quarantine its rows; the model itself is fine.",
    "fall_back": "Use the rule or the constant until the cause is found.",
    "change_threshold": "Act on fewer or more cases; the ranking is still good.",
    "leave_alone": "Watch, and do nothing: nothing that matters has changed.",
}


@dataclass(frozen=True)
class Strike:
    """Rows as an incident leaves them.

    Parameters
    ----------
    rows : DataFrame, n rows
        Inputs as the service sees them.
    y : ndarray of float, shape (n,)
        What really happens.
    seen_y : ndarray of float, shape (n,)
        The label as it is recorded; differs from ``y`` when labels are at fault.
    arrived : ndarray of bool, shape (n,)
        False for rows that never reach the service.
    origin : ndarray of int, shape (n,), optional
        Which row each one was before, where the strike draws rows anew.
    """

    rows: pd.DataFrame
    y: np.ndarray
    seen_y: np.ndarray
    arrived: np.ndarray
    origin: np.ndarray | None = None


Strikes = Callable[
    ["pd.DataFrame", np.ndarray, np.ndarray, Mapping[str, float], np.random.Generator], Strike
]


@dataclass(frozen=True)
class Incident:
    """One production incident.

    Parameters
    ----------
    key, title : str
    symptom, cause, decoy, remedy : str
        What is seen, why, what it is easily taken for, what to do.
    right_action : str
        Key of ``ACTIONS``.
    strike : callable
        Takes rows, target, mask of struck rows, importance by column and a generator.
    applies : callable
        Takes rows; returns why it cannot strike them, empty when it can.
    redraws : bool
        Whether it draws rows anew, which would tear lists apart.
    """

    key: str
    title: str
    symptom: str
    cause: str
    decoy: str
    remedy: str
    right_action: str
    strike: Strikes
    applies: Callable[[pd.DataFrame], str] = lambda rows: ""
    redraws: bool = False


def untouched(rows: pd.DataFrame, y: np.ndarray) -> Strike:
    """Return the rows as they are.

    Parameters
    ----------
    rows : DataFrame, n rows
    y : ndarray of float, shape (n,)

    Returns
    -------
    Strike
    """
    return Strike(rows, y, y, np.ones(len(rows), dtype=bool))


def is_code(y: np.ndarray) -> bool:
    """Say whether a target is a number of a class or a grade, not an amount.

    Parameters
    ----------
    y : ndarray of float, shape (n,)

    Returns
    -------
    bool
        True for at most fifty whole numbers from 0 on.
    """
    values = np.unique(y)
    return len(values) <= 50 and bool((values == np.rint(values)).all()) and values.min() >= 0


def ranked(rows: pd.DataFrame, importance: Mapping[str, float], numeric: bool) -> list[str]:
    """Return the columns of one kind, most important first.

    Parameters
    ----------
    rows : DataFrame
    importance : mapping of str to float
    numeric : bool
        Numbers with more than two values, or else texts and categories; flags are neither.

    Returns
    -------
    list of str
    """
    found = [str(c) for c in rows.columns if _is_number(rows[c]) == numeric and _varies(rows[c])]
    if not numeric:
        found = [c for c in found if rows[c].dtype.kind != "M" and not is_numeric(rows[c])]
    return sorted(found, key=lambda c: (-importance.get(c, 0.0), c))


def is_numeric(series: pd.Series) -> bool:
    """Say whether a column holds numbers or booleans.

    Parameters
    ----------
    series : Series

    Returns
    -------
    bool
    """
    # Late: the catalogue of incidents is read at start-up, long before a frame is.
    from pandas.api import types

    return bool(types.is_numeric_dtype(series))


def _is_number(series: pd.Series) -> bool:
    return is_numeric(series) and series.nunique() > 2


def _varies(series: pd.Series) -> bool:
    return bool(series.nunique() > 1)


def needs_number(rows: pd.DataFrame) -> str:
    """Say why an incident on a number cannot strike these rows.

    Parameters
    ----------
    rows : DataFrame

    Returns
    -------
    str
        Empty when it can.
    """
    return "" if ranked(rows, {}, numeric=True) else "there is no numeric column"


def needs_category(rows: pd.DataFrame) -> str:
    """Say why an incident on a category cannot strike these rows.

    Parameters
    ----------
    rows : DataFrame

    Returns
    -------
    str
        Empty when it can.
    """
    return "" if ranked(rows, {}, numeric=False) else "there is no text column"


def changed(
    rows: pd.DataFrame, column: str, struck: np.ndarray, values: np.ndarray
) -> pd.DataFrame:
    """Return a copy of the rows with one column changed where struck.

    Parameters
    ----------
    rows : DataFrame, n rows
    column : str
    struck : ndarray of bool, shape (n,)
    values : ndarray, shape (n,)
        New values; only those of struck rows are taken.

    Returns
    -------
    DataFrame
        Rows that are not struck keep their values exactly.
    """
    series = rows[column]
    new = series.astype(float if is_numeric(series) else object).copy()
    new.iloc[np.flatnonzero(struck)] = values[struck]
    return rows.assign(**{column: new})
