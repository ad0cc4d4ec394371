"""A report as JSON, and as lines for a terminal."""

from __future__ import annotations

from typing import Any

from app.review.item import LEVEL_WORDS
from app.review.readiness import Readiness, Row
from app.review.reviewer import Noted, Report
from app.review.sections import SECTIONS


def to_json(report: Report) -> dict[str, Any]:
    """Return a report as plain JSON data."""
    gate = report.gate
    return {
        "verdict": gate.verdict,
        "because": gate.because,
        "stage": gate.step,
        "next_stage": gate.following,
        "variants": list(gate.variants),
        "vetoes": list(dict.fromkeys(one.rule.key for one in report.vetoes)),
        "findings": [_finding(one) for one in report.noted],
        "conditions": [
            {"rule": c.rule, "what": c.words, "owner": c.owner, "evidence": c.evidence}
            for c in gate.conditions
        ],
        "open": [rule.key for rule in report.open],
        "rubric": {
            "average": round(report.average, 2),
            "letter": report.letter,
            "dimensions": [
                {"key": g.dimension, "title": g.title, "level": g.level, "weakest": g.weakest}
                for g in report.grades
            ],
        },
        "readiness": _readiness(report.readiness),
    }


def _finding(one: Noted) -> dict[str, Any]:
    return {
        "rule": one.rule.key,
        "title": one.rule.title,
        "section": one.rule.section,
        "severity": one.severity,
        "says": one.says,
        "question": one.rule.question,
        "why": one.rule.why,
        "fix": one.rule.fix,
        "stage": one.place.stage,
        "answer": one.place.question,
    }


def _readiness(found: Readiness) -> dict[str, Any]:
    return {
        "minimum": round(found.minimum, 3),
        "level": found.level,
        "lowest": [section.key for section in found.lowest],
        "cheapest": _row(found.cheapest) if found.cheapest else None,
        "sections": {
            s.key: {"title": s.title, "score": None if s.score is None else round(s.score, 3)}
            for s in found.sections
        },
        "items": [_row(row) for row in found.rows],
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        "id": row.item.key,
        "title": row.item.title,
        "level": row.item.level,
        "evidence": row.item.kind,
        "state": row.outcome.state,
        "score": row.outcome.score if row.applies else None,
        "says": row.outcome.says,
    }


def lines(report: Report, fixes: bool = False) -> list[str]:
    """Return a report as lines; fixes only when asked for."""
    gate, ready = report.gate, report.readiness
    found = [
        f"{gate.words} (from {gate.step} to {gate.following}). {gate.because}",
        *(f"  {words}" for words in gate.variants),
        f"Rubric {report.average:.1f} of 3 ({report.letter}); a good average does not lift a veto.",
    ]
    for one in report.noted:
        section = f"{one.rule.section} {SECTIONS[one.rule.section]}"
        found += [
            "",
            f"[{one.severity}] {one.rule.key} {one.rule.title} ({section})",
            f"  {one.says}",
            f"  ? {one.rule.question}",
            f"  at {one.place}",
        ]
        found += [f"  fix: {one.rule.fix}"] if fixes else []
    if report.open:
        keys = ", ".join(rule.key for rule in report.open)
        found += ["", f"Open until more is measured: {keys}"]
    return [*found, "", *_ready(ready)]


def _ready(ready: Readiness) -> list[str]:
    lowest = ", ".join(f"{s.key} {s.title}" for s in ready.lowest)
    level = LEVEL_WORDS[ready.level] if ready.level else "none yet"
    found = [
        f"Readiness {ready.minimum:.0%}, the lowest of eight sections: {lowest}. Level: {level}."
    ]
    if ready.cheapest is not None:
        item = ready.cheapest.item
        found.append(f"Cheapest next: {item.key} {item.title}. {ready.cheapest.outcome.says}")
    return found
