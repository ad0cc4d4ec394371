"""The drift report of a peer at its defaults; run by `drift.py` with the peer's interpreter."""

from __future__ import annotations

import json
import math
import sys
import time
import warnings
from pathlib import Path

import pandas as pd

warnings.simplefilter("ignore")
LOG_2 = math.log(2)


def evidently(folder: Path, batches: int) -> dict[str, object]:
    """One DataDriftPreset a batch."""
    from evidently import Report
    from evidently.presets import DataDriftPreset

    start, busy = time.perf_counter(), time.process_time()
    reference = pd.read_parquet(folder / "reference.parquet")
    first = None
    for i in range(batches):
        current = pd.read_parquet(folder / f"batch{i}.parquet")
        told = Report([DataDriftPreset()]).run(current, reference).dict()
        first = first or told
    seconds, busy = time.perf_counter() - start, time.process_time() - busy
    columns: dict[str, dict[str, float]] = {}
    for metric in first["metrics"]:
        params = metric.get("config", {})
        column, method = params.get("column"), str(params.get("method", ""))
        if not column:
            continue
        if method.startswith("Wasserstein"):
            columns[column] = {"normed_wasserstein": float(metric["value"])}
        elif method.startswith("Jensen") and column.startswith("c"):
            columns[column] = {"jensen_shannon": float(metric["value"])}
    return {"seconds": seconds, "cpu": busy, "columns": columns}


def nannyml(folder: Path, batches: int) -> dict[str, object]:
    """The univariate calculator, a chunk a batch."""
    import nannyml as nml

    start, busy = time.perf_counter(), time.process_time()
    reference = pd.read_parquet(folder / "reference.parquet")
    parts = [pd.read_parquet(folder / f"batch{i}.parquet") for i in range(batches)]
    current = parts[0] if batches == 1 else pd.concat(parts, ignore_index=True)
    names = list(reference.columns)
    calculator = nml.UnivariateDriftCalculator(
        column_names=names,
        treat_as_categorical=[n for n in names if n.startswith("c")],
        chunk_size=len(parts[0]),
    )
    found = calculator.fit(reference).calculate(current)
    frame = found.filter(period="analysis").to_df()
    seconds, busy = time.perf_counter() - start, time.process_time() - busy
    # Numbers are put into bins by another rule than ours; categories are alike, by the logarithm
    # to base 2 where ours is the natural one.
    columns = {
        n: {"jensen_shannon": float(frame[n, "jensen_shannon", "value"].iloc[0] * LOG_2**0.5)}
        for n in names
        if n.startswith("c")
    }
    return {"seconds": seconds, "cpu": busy, "columns": columns}


if __name__ == "__main__":
    who, folder, batches = sys.argv[1:4]
    told = {"evidently": evidently, "nannyml": nannyml}[who](Path(folder), int(batches))
    status = Path("/proc/self/status").read_text()
    told["mb"] = int(status.split("VmHWM:")[1].split()[0]) / 1024
    print(json.dumps(told))
