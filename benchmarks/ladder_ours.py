"""Climb the whole ladder on train.parquet and score the best rung on test.parquet.

Usage: python ladder_ours.py FOLDER [MOST_ROWS]. Prints one line of JSON.
"""

from __future__ import annotations

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

from app import workshop
from app.lab.metrics import roc_auc
from app.record.project import DataRef

RULE = "sched_dep > 1700"


def main(folder: Path, more: dict[str, int]) -> None:
    """Take the file in, measure up to the ladder, and look at the held-out rows."""
    taken = workshop.take_in(folder / "train.parquet", "train.parquet")
    ref = DataRef.model_validate(taken["ref"])
    known = [name for name in ref.names() if name != "late"]
    roles = {"target": "late", "task": "binary", "known": known, "split": "random"}
    project = workshop.upload_project(ref, {**roles, "test_share": 0.2})
    ladder = {"rule": RULE, "metric_binary": "roc_auc", **more}
    project = project.answered("baselines", ladder)
    steps, start = {}, _peak()
    for stage in ("framing", "data", "baselines"):
        started = time.perf_counter()
        project = workshop.measure_stage(project, stage, lambda fraction, words: None)
        steps[stage] = time.perf_counter() - started
    peak = _peak()
    print(
        json.dumps(
            {
                **_held_out(folder, project),
                "ladder_s": steps["baselines"],
                "data_s": steps["data"],
                "peak_mb": peak,
                "start_mb": start,
            }
        )
    )


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def _held_out(folder: Path, project: object) -> dict[str, float]:
    from app.lab.rungs import RUNGS, Training

    train, test = (pd.read_parquet(folder / f"{name}.parquet") for name in ("train", "test"))
    rows = project.evidence["baselines"].table("ladder").records()
    best = max(rows, key=lambda row: row["cv"])["rung"]
    key = next(k for k, kind in RUNGS.items() if kind.title == best)
    y = train.pop("late").to_numpy(dtype=float)
    held = test.pop("late").to_numpy(dtype=float)
    fitted = RUNGS[key].fit(Training(train, y, "binary", 0, {"rule": RULE}))
    return {
        "auc": roc_auc(held, fitted.predict(test)),
        "frame_mb": train.memory_usage(deep=True).sum() / 1e6,
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]), {"most_rows": int(sys.argv[2])} if len(sys.argv) > 2 else {})
