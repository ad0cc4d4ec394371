"""Are the gaps between groups proven, ruled out, or not to be told?"""

from __future__ import annotations

from app.record.evidence import Evidence
from app.record.finding import Finding, Level
from app.record.table import Cell
from app.stages.errors.choices import Choices

POINTS = "points"
# A proven gap is a stop when even the near end of its interval is this many points wide.
WIDE = 10.0


def findings(choices: Choices, evidence: Evidence) -> list[Finding]:
    """Judge the gaps of every sensitive column: proven, ruled out, or not to be told."""
    table = evidence.table("fairness_gaps")
    if table is None:
        return []
    found = []
    columns = dict.fromkeys(str(r["column"]) for r in table.records())
    for place, column in enumerate(columns, start=1):
        rows = [r for r in table.records() if r["column"] == column]
        told = _judged(f"fair_{place}", column, rows)
        because = f"fair_{place}_gap" if evidence.measure(f"fair_{place}_gap") else None
        found.append(told.model_copy(update={"because": because}))
    return found


def _judged(key: str, column: str, rows: list[dict[str, Cell]]) -> Finding:
    proven = [r for r in rows if r["proven"]]
    told = [r for r in rows if isinstance(r["gap"], float)]
    small = sorted({str(r["small"]) for r in rows if r["small"]})
    if proven:
        return _unlike(key, column, proven, small, len(told))
    if not told:
        return Finding(
            key=key,
            level="watch",
            title=f"Nothing can be said about {column}",
            detail="Fewer than two groups have enough rows: at least 30, 10 of which count.",
            do="Collect more rows of the small groups, or join groups that belong together.",
            question="sensitive",
        )
    widest = [r["high"] for r in told if r["unit"] == POINTS and isinstance(r["high"], float)]
    narrow = bool(widest) and max(widest) < WIDE and not small
    details = f"{len(told)} gaps were compared, corrected for their number."
    if widest:
        details += f" Gaps up to {max(widest):.0f} points cannot be ruled out."
    if small:
        details += f" Too few rows to say anything of: {'; '.join(small)}."
    return Finding(
        key=key,
        level="good" if narrow else "watch",
        title=f"No gap over {column} is proven"
        + ("" if narrow else ", which does not prove it fair"),
        detail=details,
        do="" if narrow else "Look at the intervals: they say how large a gap may still be.",
        question="sensitive",
    )


def _unlike(
    key: str, column: str, proven: list[dict[str, Cell]], small: list[str], compared: int
) -> Finding:
    wide = [
        r
        for r in proven
        if r["unit"] == POINTS and isinstance(r["low"], float) and r["low"] >= WIDE
    ]
    level: Level = "stop" if wide else "watch"
    told = "; ".join(
        f"{r['criterion']}: {r['told']} ({r['between']})" for r in (wide or proven)[:3]
    )
    more = len(proven) - len((wide or proven)[:3])
    details = f"Gaps that hold after correction. {told}."
    if more > 0:
        details += f" {more} more hold."
    if small:
        details += f" Too few rows to say anything of: {'; '.join(small)}."
    return Finding(
        key=key,
        level=level,
        title=f"Groups of {column} are not alike by {len(proven)} of {compared} meanings of alike",
        detail=details,
        do="Decide which of these gaps matters here and for whom, read rows of both groups, and write "
        "down what you accept. More rows, other inputs or another threshold can narrow it.",
        question="sensitive",
    )
