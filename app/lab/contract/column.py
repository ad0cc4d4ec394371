"""One column of the contract, as the training rows show it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

Kind = Literal["number", "whole", "flag", "text", "date"]
KINDS = ("number", "whole", "flag", "text", "date")
MOST_LEVELS = 250


@dataclass(frozen=True)
class Column:
    """What a column holds among the training rows, and what a new row may hold.

    Parameters
    ----------
    name : str
    kind : {"number", "whole", "flag", "text", "date"}
    dtype : str
        Kind of values in training, as pandas names it; ``"text"`` for texts and categories.
    missing : bool
        Whether a value may be missing.
    low, high : float or str or None
        Smallest and largest value in training; dates as ISO texts. Values outside are answered
        and flagged.
    levels : tuple of str
        Texts in training, the most frequent first, at most 250; others are answered and flagged.
    all_levels : int
        How many different texts there were.
    missing_share : float
        Share of training rows without a value, in [0, 1].
    unit, meaning : str
    derived : bool
        Whether it is made from the past of the target and not asked of the user's table.
    """

    name: str
    kind: Kind
    dtype: str
    missing: bool
    low: float | str | None = None
    high: float | str | None = None
    levels: tuple[str, ...] = ()
    all_levels: int = 0
    missing_share: float = 0.0
    unit: str = ""
    meaning: str = ""
    derived: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return plain data.

        Returns
        -------
        dict
        """
        return {**asdict(self), "levels": list(self.levels)}


def column_of(
    series: pd.Series, unit: str = "", meaning: str = "", derived: bool = False
) -> Column:
    """Return what a column holds.

    Parameters
    ----------
    series : Series
        Training rows only.
    unit, meaning : str
    derived : bool

    Returns
    -------
    Column
        ``missing`` is allowed where training rows miss a value.
    """
    kind, found = _kind(series), _seen(series)
    holes = float(series.isna().mean()) if len(series) else 0.0
    return Column(
        str(series.name),
        kind,
        "text" if kind == "text" else str(series.dtype),
        holes > 0,
        missing_share=holes,
        unit=unit,
        meaning=meaning,
        derived=derived,
        **found,
    )


def _kind(series: pd.Series) -> Kind:
    if pd.api.types.is_bool_dtype(series):
        return "flag"
    if pd.api.types.is_datetime64_any_dtype(series):
        return "date"
    if pd.api.types.is_numeric_dtype(series):
        return "whole" if pd.api.types.is_integer_dtype(series) else "number"
    return "text"


def _seen(series: pd.Series) -> dict[str, Any]:
    known, kind = series.dropna(), _kind(series)
    if kind == "flag" or not len(known):
        return {}
    if kind == "date":
        return {"low": known.min().isoformat(), "high": known.max().isoformat()}
    if kind == "text":
        counts = known.astype(str).value_counts()
        counts = counts[counts > 0]
        levels = tuple(str(level) for level in counts.index[:MOST_LEVELS])
        return {"levels": levels, "all_levels": len(counts)}
    numbers = known.to_numpy(dtype=float)
    numbers = numbers[np.isfinite(numbers)]
    if not len(numbers):
        return {}
    return {"low": float(numbers.min()), "high": float(numbers.max())}
