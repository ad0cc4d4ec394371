"""Seconds and peak memory of ``watch`` as the log grows: is it linear, and is memory bounded?

Usage: python benchmarks/watch_scale.py [ROWS ...] (default 1, 10 and 100 million). The current log is a
folder of Parquet files of a million rows each, 20 mixed columns and a time; ten files are made in
chunks, and beyond ten million rows the folder names the same ten again and again, by hard links.
The reference has a million rows. About 700 MB of disk. The times include starting Python.
More rows a day than the reference has is an alert of its own (volume), and rows that come ten times
over are no independent draws, so that the largest log pages, rightly.
"""

from __future__ import annotations

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
SIZES = (1_000_000, 10_000_000, 100_000_000)
FILE = 1_000_000
FILES = 10
LIMIT_MB = 500


def part(seed: int, start: str, days: int) -> pd.DataFrame:
    """A million rows: ten numbers, four counts, six categories and when."""
    rng = np.random.default_rng(seed)
    second = np.sort(rng.integers(0, days * 86_400, FILE))
    columns: dict[str, object] = {"at": np.datetime64(start) + second.astype("timedelta64[s]")}
    for i in range(10):
        values = rng.normal(size=FILE) if i % 2 else rng.gamma(2, 10, FILE)
        columns[f"x{i}"] = np.where(rng.random(FILE) < 0.02, np.nan, values.round(3))
    for i in range(4):
        columns[f"k{i}"] = rng.poisson(5 + 10 * i, FILE)
    for i in range(6):
        levels = np.array([f"level {j}" for j in range(3 + 6 * i)])
        columns[f"c{i}"] = rng.choice(levels, FILE)
    return pd.DataFrame(columns)


def made(folder: Path) -> list[Path]:
    """The reference, then ten different current files."""
    part(0, "2025-01-06", 28).to_parquet(folder / "reference.parquet", row_group_size=100_000)
    found = []
    for i in range(FILES):
        found.append(folder / f"made{i}.parquet")
        part(1 + i, "2025-02-03", 28).to_parquet(found[-1], row_group_size=100_000)
    return found


# Peak memory of the command alone; what a parent is told of a child begins with its own.
RUN = """
import sys
from app.cli import main
code = main(sys.argv[1:])
status = open("/proc/self/status").read()
print(status.split("VmHWM:")[1].split()[0], file=sys.stderr)
sys.exit(code)
"""


def watched(reference: Path, current: Path) -> dict[str, object]:
    """Run the command; its wall and processor seconds, peak memory, exit code and signals."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    words = ["watch", "--reference", reference, "--current", current, "--json"]
    before, start = os.times(), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", RUN, *map(str, words)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    seconds, after = time.perf_counter() - start, os.times()
    told = json.loads(done.stdout)
    busy = after.children_user + after.children_system
    return {
        "seconds": seconds,
        "cpu": busy - before.children_user - before.children_system,
        "mb": int(done.stderr.split()[-1]) / 1024,
        "code": done.returncode,
        "rows": told["current"]["rows"],
        "signals": sorted({alert["signal"] for alert in told["alerts"]}),
    }


def main() -> None:
    sizes = [int(word) for word in sys.argv[1:]] or list(SIZES)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = made(folder)
        print(
            f"{'rows':>12}  {'seconds':>8}  {'processor':>9}  {'µs a row':>8}  {'peak MB':>7}  exit"
        )
        for rows in sizes:
            current = folder / f"log{rows}"
            current.mkdir()
            for i in range(rows // FILE):
                os.link(files[i % FILES], current / f"part{i:04}.parquet")
            found = watched(folder / "reference.parquet", current)
            mark = "" if found["mb"] < LIMIT_MB else f"  more than {LIMIT_MB} MB"
            print(
                f"{found['rows']:>12,}  {found['seconds']:8.1f}  {found['cpu']:9.1f}  "
                f"{1e6 * found['seconds'] / found['rows']:8.2f}  {found['mb']:7.0f}  "
                f"{found['code']:>4} {', '.join(found['signals'])}{mark}",
                flush=True,
            )


if __name__ == "__main__":
    main()
