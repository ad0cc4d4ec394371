"""How often a peer pages at its defaults, any column, a day a run; run by `detection.py`."""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path

import pandas as pd

warnings.simplefilter("ignore")


def evidently(before: pd.DataFrame, now: pd.DataFrame, days: pd.Series) -> int:
    """Days on which any column of a DataDriftPreset drifts."""
    from evidently import Report
    from evidently.presets import DataDriftPreset

    paged = 0
    for day in sorted(days.unique()):
        told = Report([DataDriftPreset()]).run(now[days == day], before).dict()
        counts = next(m for m in told["metrics"] if "DriftedColumnsCount" in m["metric_name"])
        paged += counts["value"]["count"] > 0
    return int(paged)


def nannyml(before: pd.DataFrame, now: pd.DataFrame, days: pd.Series) -> int:
    """Days on which any column of the univariate calculator alerts."""
    import nannyml as nml

    names = list(before.columns)
    start = pd.Timestamp("2025-02-03")
    calculator = nml.UnivariateDriftCalculator(
        column_names=names,
        treat_as_categorical=[n for n in names if n.startswith("c")],
        timestamp_column_name="at",
        chunk_period="D",
    )
    past = before.assign(at=start - pd.to_timedelta(1 + (before.index % 28), "D"))
    told = calculator.fit(past).calculate(now.assign(at=start + pd.to_timedelta(days, "D")))
    frame = told.filter(period="analysis").to_df()
    alerts = frame.xs("alert", axis=1, level=-1)
    return int(alerts.any(axis=1).sum())


if __name__ == "__main__":
    who, folder = sys.argv[1:3]
    found = {}
    for path in sorted(Path(folder).glob("*.parquet")):
        frame = pd.read_parquet(path).drop(columns="label")
        day = frame.pop("day")
        before, now = frame[day < 0].reset_index(drop=True), frame[day >= 0].reset_index(drop=True)
        days = day[day >= 0].reset_index(drop=True)
        found[path.stem] = {"evidently": evidently, "nannyml": nannyml}[who](before, now, days)
    print(json.dumps(found))
