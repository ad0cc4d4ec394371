"""Rows as a matrix that a small boosting model takes, with the levels of the reference."""

from __future__ import annotations

import numpy as np
import pandas as pd

from app.lab.watching.profile import Profile
from app.lab.watching.shape import Shapes, learn_shapes
from app.lab.watching.values import as_levels, as_numbers, is_number, texts_as_numbers


def shapes_of(frame: pd.DataFrame) -> Shapes:
    """Return the shapes of the columns that vary.

    Parameters
    ----------
    frame : DataFrame

    Returns
    -------
    dict of str to ColumnShape
    """
    learned = learn_shapes(frame)
    counts = Profile.of(frame, learned)
    return {
        name: shape
        for name, shape in learned.items()
        if (counts.columns[name].cells[0] > 0).sum() > 1 or shape.bins > 1
    }


def matrix_of(frame: pd.DataFrame, shapes: Shapes) -> np.ndarray:
    """Return numbers as they are and categories as the place of their level.

    Parameters
    ----------
    frame : DataFrame, n rows
    shapes : dict of str to ColumnShape

    Returns
    -------
    ndarray of float, shape (n, columns)
        NaN where missing.
    """
    found = np.full((len(frame), len(shapes)), np.nan)
    for place, (name, shape) in enumerate(shapes.items()):
        if name not in frame:
            continue
        series = frame[name]
        if shape.kind == "number":
            values = as_numbers(series) if is_number(series) else texts_as_numbers(series)
            found[:, place] = np.where(np.isfinite(values), values, np.nan)
            continue
        codes, names = as_levels(series)
        own = {level: i for i, level in enumerate(shape.levels)}
        table = np.array([*(own.get(level, len(own)) for level in names), np.nan])
        found[:, place] = table[codes]
    return found


def category_mask(shapes: Shapes) -> np.ndarray:
    """Return which columns of the matrix hold levels.

    Parameters
    ----------
    shapes : dict of str to ColumnShape

    Returns
    -------
    ndarray of bool, shape (columns,)
    """
    return np.array([shape.kind == "category" for shape in shapes.values()], dtype=bool)
