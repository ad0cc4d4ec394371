"""The whole road on flight disruption, headless: time and memory from `new` to `write`.

Usage: python benchmarks/road.py
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Run the commands as a script would and print what they took."""
    folder = Path(tempfile.mkdtemp())
    project, document = folder / "p.json", folder / "d.html"
    environment = {**os.environ, "GROUNDWORK_HOME": str(folder), "GROUNDWORK_NO_VENV": "1"}
    started = time.perf_counter()
    for words in (
        ["new", "bench", "--case", "flight_disruption", "-o", str(project)],
        ["measure", str(project)],
        ["write", str(project), "--to", "html", "-o", str(document)],
    ):
        begun = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "app", *words],
            cwd=ROOT,
            env=environment,
            check=True,
            stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        print(f"{words[0]:8} {time.perf_counter() - begun:6.1f} s")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000
    print(
        f"{'all':8} {time.perf_counter() - started:6.1f} s (goal 60)   peak {peak:.0f} MB (goal 1,500)"
    )


if __name__ == "__main__":
    main()
