"""How long a review of a fully measured project takes, and what finding flaws costs.

Usage: python benchmarks/review.py project.json [project.json …]. Each project is reviewed 20 times; the first review of the
process, with every module loaded for the first time, is given apart. Then every flaw that makes sense is put in and looked for.
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from app.record.project_file import read
from app.review.flaw import with_flaw
from app.review.flaws import FLAWS
from app.review.reviewer import noted_of, review
from app.review.view import View


def timed(project: object) -> float:
    started = time.perf_counter()
    review(project)  # type: ignore[arg-type]
    return time.perf_counter() - started


def flaws(project: object) -> tuple[int, int]:
    """Return how many flaws make sense, and how many are found."""
    made = [(f, with_flaw(project, f)) for f in FLAWS]  # type: ignore[arg-type]
    looked = [(f, {n.rule.key for n in noted_of(View(p))}) for f, p in made if p is not None]
    return len(looked), sum(flaw.rule in fired for flaw, fired in looked)


def main(paths: list[str]) -> None:
    if not paths:
        print("give one or more measured project files")
        return
    projects = [read(Path(path).read_text(encoding="utf-8")) for path in paths]
    print(f"first review of the process: {1000 * timed(projects[0]):.0f} ms")
    for path, project in zip(paths, projects, strict=True):
        times = [1000 * timed(project) for _ in range(20)]
        count, found = flaws(project)
        print(
            f"{Path(path).stem}: {len(project.evidence)} stages measured, median "
            f"{statistics.median(times):.0f} ms, worst {max(times):.0f} ms; {found} of {count} flaws found"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
