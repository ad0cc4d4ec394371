"""What our detectors page for, how late, and how often for nothing; peers at default beside them.

Usage: python benchmarks/detection.py [--seeds N] [--evidently PYTHON] [--nannyml PYTHON].
Eleven kinds of change on day 20 of 40, 1,500 rows a day, 20 inputs and the prediction, after 28
quiet days; labels come five days late. PYTHON is an interpreter that has the peer, made with
`python -m venv DIR && DIR/bin/pip install evidently "pandas<3" pyarrow` (or nannyml); peers see the same rows.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from detection_streams import CHANGE, DAYS, INPUT_CHANGES, KINDS, dates, stream

from app.lab.watching import (
    Profile,
    compare_days,
    daily_tests,
    harmful_change,
    learn_shapes,
)

LABEL_DELAY = 5


def watched(frame, budget: float = 1.0):
    """Pages on the current days, and the look at the loss of matured labels."""
    before, now = frame[frame["day"] < 0], frame[frame["day"] >= 0]
    inputs = [c for c in frame.columns if c not in ("label", "day")]
    shapes = learn_shapes(before[inputs], before["day"].to_numpy())
    profiles = []
    for part in (before, now):
        days, place = np.unique(part["day"], return_inverse=True)
        profiles.append(Profile.of(part[inputs], shapes, place, tuple(dates(days))))
    return compare_days(daily_tests(*profiles), budget)


def harm_of(frame, since: int = 0):
    """Bets on the Brier loss, by the day on which labels came."""
    loss = ((frame["score"] - frame["label"]) ** 2).to_numpy()
    day = frame["day"].to_numpy()
    came = day + LABEL_DELAY
    known = (day >= since) & (came < DAYS)
    return harmful_change(
        loss[day < 0],
        loss[known],
        came[known],
        DAYS,
        of_reference=day[day < 0] - day.min(),
    )


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--seeds", type=int, default=10)
    words.add_argument("--evidently", default="")
    words.add_argument("--nannyml", default="")
    given = words.parse_args()
    start = time.perf_counter()
    quiet = [pages_of("quiet", seed, 0.0) for seed in range(3 * given.seeds)]
    season = [pages_of("quiet", seed, 0.6) for seed in range(given.seeds)]
    print(f"pages per 30 quiet days: {np.mean(quiet) * 30 / DAYS:.2f} ({len(quiet)} streams)")
    print(f"pages per 30 quiet days, weekday season: {np.mean(season) * 30 / DAYS:.2f}")
    print(f"{'':26}{'caught':>8}{'delay':>7}{'too soon':>9}  {'by labels':>10}  harm, on day 40")
    for kind in KINDS:
        tell(kind, given.seeds)
    print(f"{time.perf_counter() - start:.0f} s in all")
    for name in ("evidently", "nannyml"):
        if python := getattr(given, name):
            peer(name, python)


def pages_of(kind: str, seed: int, season: float) -> int:
    return watched(stream(kind, seed, season=season)).count


def tell(kind: str, seeds: int) -> None:
    """One line: how many streams were caught, the median delay, what labels say."""
    delays, early, by_labels, verdicts = [], 0, [], []
    for seed in range(seeds):
        frame = stream(kind, 100 + seed)
        pages = watched(frame)
        days = np.flatnonzero(pages.paged)
        early += int((days < CHANGE).any())
        late = days[days >= CHANGE]
        if len(late):
            delays.append(int(late[0]) - CHANGE)
        first = harm_of(frame).first_day
        if first is not None:
            by_labels.append(first - CHANGE - LABEL_DELAY)
        verdicts.append(harm_of(frame, CHANGE).verdict)
    delay = f"{np.median(delays):.0f}" if delays else "–"
    labels = f"{len(by_labels)}/{seeds}, {np.median(by_labels):.0f} d" if by_labels else "never"
    counted = ", ".join(f"{verdicts.count(v)} {v}" for v in dict.fromkeys(verdicts))
    mark = "" if kind not in INPUT_CHANGES or np.median(delays or [99]) <= 3 else "  LATE"
    print(
        f"{kind:26}{len(delays):>5}/{seeds}{delay:>7}{early:>9}  {labels:>10}  {counted}{mark}",
        flush=True,
    )


def peer(name: str, python: str) -> None:
    """The same quiet stream and a large shift, day by day, by the peer's default."""
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("quiet", "large covariate shift"):
            stream(kind, 100).to_parquet(Path(folder) / f"{kind}.parquet")
        done = subprocess.run(
            [python, str(ROOT / "benchmarks" / "detection_peer.py"), name, folder],
            capture_output=True,
            text=True,
            check=False,
        )
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if not lines:
        print(f"{name} failed: {done.stderr[-400:]}")
        return
    found = json.loads(lines[-1])
    print(f"{name}, default, any column: {found['quiet'] * 30 / DAYS:.1f} pages per 30 quiet days")


if __name__ == "__main__":
    main()
