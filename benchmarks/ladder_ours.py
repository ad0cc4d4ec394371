"""Climb the whole ladder on train.parquet.

Usage: python ladder_ours.py FOLDER            scores the best rung on test.parquet
       python ladder_ours.py FOLDER MOST_ROWS  measures memory in a warm process instead

Prints one line of JSON. The frame is `train.parquet` as pandas counts it (`memory_usage(deep=True)`). The memory of the ladder is
the highest resident size while the stage is measured, less the resident size just before: the frame is loaded by then, and
a ladder on 2,000 rows has been climbed in the same process, so that libraries are there.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import resource
import sys
import time
from pathlib import Path

from app.jobs.process import environment

# As a worker of the app measures: one thread a library, none of them spinning in wait.
os.environ.update({**environment(1), **os.environ})

import pandas as pd
import pyarrow as pa

from app import workshop
from app.lab.metrics import roc_auc
from app.record.project import DataRef, Project

RULE = "sched_dep > 1700"
WARM_ROWS = 2_000


def climb(path: Path, more: dict[str, int]) -> tuple[Project, dict[str, float]]:
    """Take a file in and measure up to the ladder; seconds and megabytes of it."""
    taken = workshop.take_in(path, "train.parquet")
    ref = DataRef.model_validate(taken["ref"])
    known = [name for name in ref.names() if name != "late"]
    roles = {"target": "late", "task": "binary", "known": known, "split": "random"}
    project = workshop.upload_project(ref, {**roles, "test_share": 0.2})
    ladder = {"rule": RULE, "metric_binary": "roc_auc", **more}
    project = project.answered("baselines", ladder)
    found = {}
    for stage in ("framing", "data", "baselines"):
        before = _settled()
        started = time.perf_counter()
        project = workshop.measure_stage(project, stage, lambda fraction, words: None)
        found[f"{stage}_s"] = time.perf_counter() - started
        found[f"{stage}_mb"] = _peak() - before
    return project, {"ladder_s": found["baselines_s"], "ladder_mb": found["baselines_mb"]}


def _settled() -> float:
    """Give back what is free, start a new peak, and return the resident size in MB."""
    gc.collect()
    pa.default_memory_pool().release_unused()
    if not Path("/proc/self/clear_refs").exists():
        return _peak()
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


def _peak() -> float:
    """Return the highest resident size since the last start, in MB."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text(encoding="ascii").splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) * 1024 / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def _held_out(folder: Path, project: Project) -> dict[str, float]:
    from app.lab.rungs import RUNGS, Training

    train, test = (pd.read_parquet(folder / f"{name}.parquet") for name in ("train", "test"))
    rows = project.evidence["baselines"].table("ladder").records()
    best = max(rows, key=lambda row: row["cv"])["rung"]
    key = next(k for k, kind in RUNGS.items() if kind.title == best)
    y = train.pop("late").to_numpy(dtype=float)
    held = test.pop("late").to_numpy(dtype=float)
    fitted = RUNGS[key].fit(Training(train, y, "binary", 0, {"rule": RULE}))
    return {"auc": roc_auc(held, fitted.predict(test))}


def _warm(folder: Path) -> None:
    small = folder / "warm.parquet"
    pd.read_parquet(folder / "train.parquet").head(WARM_ROWS).to_parquet(small, index=False)
    climb(small, {})


def main(folder: Path, most_rows: int | None) -> None:
    """Climb, and print what it took."""
    if most_rows is not None:
        _warm(folder)
    project, found = climb(
        folder / "train.parquet", {} if most_rows is None else {"most_rows": most_rows}
    )
    table = workshop.table_of(project)
    found["rows"], found["frame_mb"] = len(table), table.memory_usage(deep=True).sum() / 1e6
    found["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    if most_rows is None:
        found |= _held_out(folder, project)
    print(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else None)
