"""Time, memory and correctness of the slice search, beside sliceline in the same run.

Usage: python benchmarks/slices.py [ROWS ...] [--sliceline FOLDER]. FOLDER is where
`pip install --no-deps --target FOLDER sliceline` put it; without it, only our own search is timed.
Each run is a process of its own, so that peak memory is its own; it is that above the frame.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
SIZES = (10_000, 100_000, 1_000_000)
PEER_ROWS = 10_000
COLUMNS = 20
LEAST_SHARE = 0.01


def frame_of(rows: int, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Twenty mixed columns, a 0/1 error, and a planted slice of 4 % of the rows."""
    rng = np.random.default_rng(seed)
    columns: dict[str, np.ndarray] = {f"x{i}": rng.normal(size=rows) for i in range(12)}
    columns |= {f"k{i}": rng.integers(0, 30, rows) for i in range(3)}
    levels = np.array([f"L{i}" for i in range(8)])
    columns |= {f"c{i}": rng.choice(levels, rows) for i in range(COLUMNS - 15)}
    mask = (columns["x3"] > 0.47) & np.isin(columns["c1"], ["L2"])
    error = rng.random(rows) < 0.15 + 0.25 * mask
    return pd.DataFrame(columns), error.astype(float), mask


def ours(rows: int) -> dict[str, float]:
    """Search, three times; the fastest counts."""
    from app.lab.slices import search_slices

    search_slices(*frame_of(2000)[:2], np.random.default_rng(0))
    frame, error, mask = frame_of(rows)
    before, seconds = _now(), []
    for _ in range(3):
        start = time.perf_counter()
        found = search_slices(frame, error, np.random.default_rng(0))
        seconds.append(time.perf_counter() - start)
    told = found.slices[0].mask(frame) if found.slices else np.zeros(rows, dtype=bool)
    return {"seconds": min(seconds), "extra_mb": _peak() - before, "jaccard": _jaccard(told, mask)}


def peer(rows: int) -> dict[str, float]:
    """Search with sliceline: ten quantile bins a number, slices of at least 1 %, three levels."""
    from sliceline.slicefinder import Slicefinder

    frame, error, mask = frame_of(rows)
    binned = frame.copy()
    for name in frame.columns:
        if frame[name].nunique() > 10 and frame[name].dtype.kind in "fi":
            binned[name] = pd.qcut(frame[name], 10, labels=False, duplicates="drop").astype(str)
    before, start = _now(), time.perf_counter()
    finder = Slicefinder(alpha=0.95, k=5, max_l=3, min_sup=int(LEAST_SHARE * rows), verbose=False)
    finder.fit(binned.astype(str), error)
    seconds = time.perf_counter() - start
    told = np.ones(rows, dtype=bool)
    for name, value in zip(binned.columns, finder.top_slices_[0], strict=True):
        if value is not None:
            told &= (binned[name].astype(str) == str(value)).to_numpy()
    return {"seconds": seconds, "extra_mb": _peak() - before, "jaccard": _jaccard(told, mask)}


def _jaccard(a: np.ndarray, b: np.ndarray) -> float:
    return float((a & b).sum() / max(1, int((a | b).sum())))


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _now() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def _alone(who: str, rows: int, folder: str) -> dict[str, float]:
    path = os.pathsep.join(part for part in (str(ROOT), folder) if part)
    done = subprocess.run(
        [sys.executable, __file__, "--one", who, str(rows)],
        env={**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Print a table of our sizes and, with sliceline at hand, the ratio on 10,000 rows."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("rows", nargs="*", type=int)
    words.add_argument("--sliceline", metavar="FOLDER", default="")
    words.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    given = words.parse_args()
    if given.one:
        who, rows = given.one
        print(json.dumps({"ours": ours, "peer": peer}[who](int(rows))))
        return
    print(f"{'':10} {'rows':>9}  {'seconds':>8}  {'a million rows':>14}  {'extra MB':>8}  Jaccard")
    runs = [("ours", rows) for rows in given.rows or SIZES]
    if given.sliceline:
        runs = [("peer", PEER_ROWS), ("ours", PEER_ROWS), *runs]
    found = []
    for who, rows in runs:
        one = _alone(who, rows, given.sliceline)
        found.append(one)
        print(
            f"{'sliceline' if who == 'peer' else 'ours':10} {rows:>9,}  {one['seconds']:8.2f}  "
            f"{1e6 * one['seconds'] / rows:14.1f}  {one['extra_mb']:8.0f}  {one['jaccard']:.2f}",
            flush=True,
        )
    if given.sliceline:
        print(f"sliceline takes {found[0]['seconds'] / found[1]['seconds']:.0f} times as long")


if __name__ == "__main__":
    main()
