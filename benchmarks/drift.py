"""A drift report beside Evidently and NannyML: seconds, peak memory and agreement, in one run.

Usage: python benchmarks/drift.py [--evidently PYTHON] [--nannyml PYTHON] [--cases 50k,1m,30x50k]
PYTHON is an interpreter that has the peer, made with
`python -m venv DIR && DIR/bin/pip install evidently "pandas<3" pyarrow` (or nannyml). Everybody reads the same two
Parquet files, 20 mixed columns, in a process of its own; imports are not counted. Peers give one
statistic a column by their defaults; ours gives eight. Medians of --runs.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parent.parent
CASES = {
    "50k": (50_000, 50_000, 1),
    "1m": (1_000_000, 1_000_000, 1),
    "30x50k": (50_000, 50_000, 30),
}
GOALS = {"50k": (20, 5), "1m": (30, 7), "30x50k": (60, 5)}
PEERS = ("evidently", "nannyml")


def frame_of(rows: int, seed: int, shift: float = 0.0) -> pd.DataFrame:
    """Twelve numbers (some with holes, some skewed, two whole), eight categories."""
    rng = np.random.default_rng(seed)
    columns: dict[str, object] = {}
    for i in range(10):
        values = rng.normal(shift * (i == 0), 1, rows) if i % 2 else rng.gamma(2, 10, rows)
        columns[f"x{i}"] = np.where(rng.random(rows) < 0.02, np.nan, values) if i > 7 else values
    for i in range(2):
        columns[f"k{i}"] = rng.poisson(30 + 10 * i, rows)
    for i in range(8):
        levels = np.array([f"level {j}" for j in range(3 + 4 * i)])
        columns[f"c{i}"] = rng.choice(levels, rows)
    return pd.DataFrame(columns)


def opened(path: Path):
    """A file whose texts are read as the dictionaries they are stored as."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pq.read_schema(path)
    texts = [part.name for part in schema if part.type in (pa.string(), pa.large_string())]
    return pq.ParquetFile(path, read_dictionary=texts)


def ours(folder: Path, batches: int) -> dict[str, object]:
    """Read column by column, sort once, compare with each batch."""
    sys.path.insert(0, str(ROOT))
    from app.lab.watching.column_drift import column_drift, prepared

    small = np.arange(64.0)
    column_drift(prepared(pd.Series(small)), prepared(pd.Series(small)))
    start, busy = time.perf_counter(), time.process_time()
    before = opened(folder / "reference.parquet")
    now = [opened(folder / f"batch{i}.parquet") for i in range(batches)]
    found = {}
    for name in before.schema_arrow.names:
        reference = prepared(before.read([name], use_threads=False).column(0))
        drifts = [
            column_drift(reference, prepared(file.read([name], use_threads=False).column(0)))
            for file in now
        ]
        found[name] = {
            key: getattr(drifts[0], key)
            for key in ("kind", "jensen_shannon", "kolmogorov_smirnov", "wasserstein")
        } | {"normed_wasserstein": drifts[0].normed_wasserstein}
    seconds, busy = time.perf_counter() - start, time.process_time() - busy
    return {"seconds": seconds, "cpu": busy, "columns": found}


def alone(python: str, script: str, *words: str) -> dict[str, object]:
    """Run in a process of its own; it tells its seconds and its peak."""
    done = subprocess.run(
        [python, script, *words],
        env={**os.environ, "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode or not lines:
        raise SystemExit(f"{' '.join(words)} failed: {done.stderr[-800:]}")
    found: dict[str, object] = json.loads(lines[-1])
    return found


def peak_mb() -> float:
    """Peak memory of this process alone; ru_maxrss would begin with that of its parent."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def agreement(mine: dict, theirs: dict) -> tuple[float, int]:
    """Largest difference over the statistics that both define alike, and how many these are."""
    apart, n = 0.0, 0
    for name, found in theirs.items():
        for key, value in found.items():
            if key in mine[name] and value is not None:
                apart, n = max(apart, abs(mine[name][key] - value)), n + 1
    return apart, n


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--evidently", default="")
    words.add_argument("--nannyml", default="")
    words.add_argument("--cases", default=",".join(CASES))
    words.add_argument("--runs", type=int, default=3)
    words.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    given = words.parse_args()
    if given.one:
        found = ours(Path(given.one[0]), int(given.one[1]))
        found["mb"] = peak_mb()
        print(json.dumps(found))
        return
    for case in given.cases.split(","):
        with tempfile.TemporaryDirectory() as folder:
            compare(case, Path(folder), given)


def compare(case: str, folder: Path, given: argparse.Namespace) -> None:
    rows, each, batches = CASES[case]
    frame_of(rows, 0).to_parquet(folder / "reference.parquet")
    for i in range(batches):
        frame_of(each, 1 + i, 0.1).to_parquet(folder / f"batch{i}.parquet")
    print(f"\n{case}: {rows:,} reference rows, {batches} x {each:,} current rows, 20 columns")
    runs = [
        alone(sys.executable, __file__, "--one", str(folder), str(batches))
        for _ in range(given.runs)
    ]
    mine = sorted(runs, key=lambda run: run["seconds"])[len(runs) // 2]
    print(f"  ours      {mine['seconds']:8.3f} s {mine['mb']:7.0f} MB", flush=True)
    for place, peer in enumerate(PEERS):
        if not (python := getattr(given, peer)):
            continue
        script = str(ROOT / "benchmarks" / "drift_peer.py")
        found = alone(python, script, peer, str(folder), str(batches))
        ratio, memory = found["seconds"] / mine["seconds"], mine["mb"] / found["mb"]
        apart, n = agreement(mine["columns"], found["columns"])
        print(
            f"  {peer:9} {found['seconds']:8.3f} s {found['mb']:7.0f} MB: {ratio:.0f} times as long, "
            f"{found['cpu'] / mine['cpu']:.0f} times the processor (goal {GOALS[case][place]}), ours takes {memory:.2f} of its memory; "
            f"{n} statistics defined alike agree within {apart:.1e}",
            flush=True,
        )


if __name__ == "__main__":
    main()
