"""Every dot a row: how the values of the columns push predictions."""

from __future__ import annotations

import numpy as np
import pandas as pd

from app.record.chart import Axis, Chart, Colors, Series
from app.stages.errors.explained import Explained, shap_axis, significant

TOP = 8
DOTS = 110


def beeswarm(told: Explained) -> list[Chart]:
    """Draw a sample of contributions, colored by the value of the column."""
    found, rows = told.drawn, told.drawn_rows
    top = told.used[:TOP]
    if not top:
        return []
    some = np.arange(len(rows))[:: max(1, -(-len(rows) // DOTS))]
    x: list[float] = []
    y: list[str] = []
    shade: list[float | None] = []
    for rank in top:
        place = found.columns.index(rank.column)
        x += [significant(v) for v in found.values[some, place]]
        y += [rank.column] * len(some)
        shade += shades(rows[rank.column].iloc[some])
    return [
        Chart(
            key="beeswarm",
            title="How do values push predictions?",
            says="Each dot is a row: right pushes the output up, left down. Grey is text or missing. "
            f"{len(some)} rows a column.",
            x=shap_axis(found, "SHAP value"),
            y=Axis(label="", kind="category"),
            series=(Series(name="", mark="point", x=x, y=y, shade=shade),),
            colors=Colors(label="value of the column"),
            horizontal=True,
        )
    ]


def ordered(series: pd.Series) -> np.ndarray | None:
    """Return a column's values as numbers, None where it is text."""
    if pd.api.types.is_datetime64_any_dtype(series):
        stamps = pd.to_datetime(series, utc=True)
        days = (stamps - pd.Timestamp("1970-01-01", tz="UTC")) / pd.Timedelta(days=1)
        return days.to_numpy(dtype=float, na_value=np.nan)
    if pd.api.types.is_numeric_dtype(series):
        return series.to_numpy(dtype=float, na_value=np.nan)
    return None


def shades(series: pd.Series) -> list[float | None]:
    """Return the share of rows with a smaller value, None for text and missing."""
    values = ordered(series)
    if values is None:
        return [None] * len(series)
    ranks = pd.Series(values).rank(method="average").to_numpy()
    low, high = (np.nanmin(ranks), np.nanmax(ranks)) if np.isfinite(ranks).any() else (0.0, 0.0)
    span = high - low
    return [
        None if np.isnan(v) else round(float((v - low) / span), 3) if span > 0 else 0.5
        for v in ranks
    ]
