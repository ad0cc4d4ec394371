"""Durations and money in words that fit a sentence."""

from __future__ import annotations

from app.record.evidence import Evidence
from app.record.number import readable


def lasting(days: float | None) -> str:
    """Return a number of days in the unit a person would use."""
    if days is None:
        return "more than ten years"
    if days > 730:
        return f"{readable(days / 365.25, 2)} years"
    if days > 180:
        return f"{readable(days / 30.4, 2)} months"
    return f"{readable(days)} day{'' if days == 1 else 's'}"


def money(evidence: Evidence, value: object) -> str:
    """Return an amount in the currency that the evidence counts in."""
    known = float(value) if isinstance(value, int | float) else None
    return f"{readable(known)} {evidence.words.get('currency', '')}".rstrip()


def per_1000(value: float | None, currency: str) -> str:
    """Return a cost of one decision as money per 1,000."""
    return "not enough data" if value is None else f"{readable(1000 * value)} {currency}"
