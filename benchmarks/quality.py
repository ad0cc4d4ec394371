"""Quality estimated without labels, ours beside NannyML's, against what labels later show.

Usage: python benchmarks/quality.py [--nannyml PYTHON] [--seeds N]. Streams are those of
`detection.py`: a reference of 28 days, then 40 days with a change on day 20. Told is the mean
absolute error a day of ROC AUC and F1 over the days from the change on. Under concept shift every
estimate without labels must fail; it is told to show how far.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from sklearn.metrics import f1_score, roc_auc_score

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from detection_streams import BLIND, CHANGE, DAYS, stream

from app.lab.watching.label_metric import Costs, Rows, expected_metric
from app.lab.watching.quality import fit_quality

KINDS = (
    "quiet",
    "large covariate shift",
    "gradual covariate shift",
    BLIND,
    "unit change",
    "prior shift",
    "concept shift",
)
THRESHOLD = 0.5
METRICS = ("roc_auc", "f1")


def ours(frame, adapted: bool) -> dict[str, list[float]]:
    """Estimates of each day, by confidence alone, or adapted to the inputs of all days since."""
    inputs = [c for c in frame.columns if c not in ("score", "label", "day")]
    before, now = frame[frame["day"] < 0], frame[frame["day"] >= CHANGE]
    model = fit_quality(
        before["label"].to_numpy(float), before["score"].to_numpy(), THRESHOLD, before[inputs]
    )
    score, day = now["score"].to_numpy(), now["day"].to_numpy()
    more = (now[inputs], np.random.default_rng(0)) if adapted else (None, None)
    chance = model.chances(score, *more)[0]
    found: dict[str, list[float]] = {metric: [] for metric in METRICS}
    for one in range(CHANGE, DAYS):
        here = day == one
        rows = Rows(chance[here], score[here], score[here] >= THRESHOLD, Costs())
        for metric in METRICS:
            found[metric].append(expected_metric(metric, rows)[0])
    return found


def realised(frame) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {metric: [] for metric in METRICS}
    for day in range(CHANGE, DAYS):
        rows = frame[frame["day"] == day]
        found["roc_auc"].append(roc_auc_score(rows["label"], rows["score"]))
        found["f1"].append(f1_score(rows["label"], rows["score"] >= THRESHOLD))
    return found


def of_peer(python: str, frames: list) -> list[dict[str, list[float]]]:
    with tempfile.TemporaryDirectory() as folder:
        for i, frame in enumerate(frames):
            frame.to_parquet(Path(folder) / f"{i}.parquet")
        done = subprocess.run(
            [python, str(ROOT / "benchmarks" / "quality_peer.py"), folder, str(len(frames))],
            capture_output=True,
            text=True,
            check=False,
        )
    lines = [line for line in done.stdout.splitlines() if line.startswith("[")]
    if done.returncode or not lines:
        raise SystemExit(f"the peer failed: {done.stderr[-600:]}")
    return json.loads(lines[-1])


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--nannyml", default="")
    words.add_argument("--seeds", type=int, default=3)
    words.add_argument("--kinds", default="", help="with commas; all when left out")
    given = words.parse_args()
    print(f"{'':28}{'who':26}{'ROC AUC':>9}{'F1':>9}")
    for kind in given.kinds.split(",") if given.kinds else KINDS:
        frames = [stream(kind, 300 + seed) for seed in range(given.seeds)]
        real = [realised(frame) for frame in frames]
        told = {
            "ours, confidence": [ours(frame, False) for frame in frames],
            "ours, adapted to inputs": [ours(frame, True) for frame in frames],
        }
        if given.nannyml:
            told["NannyML CBPE"] = of_peer(given.nannyml, frames)
        for who, found in told.items():
            errors = [
                np.mean(
                    [
                        np.mean(np.abs(np.array(f[metric]) - np.array(r[metric])))
                        for f, r in zip(found, real, strict=True)
                    ]
                )
                for metric in METRICS
            ]
            print(f"{kind:28}{who:26}{errors[0]:9.4f}{errors[1]:9.4f}", flush=True)


if __name__ == "__main__":
    main()
