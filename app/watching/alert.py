"""What a page says: column, signal, value against threshold, and how much it matters."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from app.lab.estimate import Estimate
from app.lab.watching import Change, Pages
from app.lab.watching.signal import TITLES
from app.watching.quality import Quality

Severity = Literal["high", "medium", "low"]
# Moved rows, times the weight of the column over the mean weight.
HIGH, MEDIUM = 0.25, 0.05
# Models of two parts of a quiet log may differ by this without a reason to call anybody.
APART = 0.05


@dataclass(frozen=True)
class Alert:
    """One reason to call somebody."""

    column: str
    signal: str
    value: float
    threshold: float
    severity: Severity
    impact: float
    usual: float
    first: str
    last: str
    size: float
    p_value: float | None
    words: str

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


def alerts_of(
    pages: Pages, weights: dict[str, float], quality: Quality | None, label: str
) -> list[Alert]:
    """Return the alerts, what matters most first."""
    mean = sum(weights.values()) / max(len(weights), 1) or 1.0
    verdict = quality.harm.verdict if quality and quality.harm else "not yet known"
    found = [_of_change(change, pages, weights, mean, verdict) for change in pages.changes]
    harm = _harm(quality, pages, label)
    order = {"high": 0, "medium": 1, "low": 2}
    return [*harm, *sorted(found, key=lambda a: (order[a.severity], -a.impact))]


def _of_change(
    change: Change, pages: Pages, weights: dict[str, float], mean: float, verdict: str
) -> Alert:
    weight = weights.get(change.column, mean if not change.column else 0.0)
    matters = change.size * weight / mean
    severity: Severity = "high" if matters >= HIGH else "medium" if matters >= MEDIUM else "low"
    # Labels have shown that the model bears it: worth a look, not a night.
    if verdict == "harmless" and change.signal != "volume":
        severity = "low"
    return Alert(
        change.column,
        change.signal,
        change.value,
        change.threshold,
        severity,
        change.size * weight,
        change.usual,
        pages.days[change.first],
        pages.days[change.last],
        change.size,
        change.p_value,
        _words(change),
    )


def _words(change: Change) -> str:
    what = change.words[0].upper() + change.words[1:]
    if change.signal == "distribution":
        return (
            f"{what} is {change.value:.3g} times as far off as quiet days are "
            f"(limit {change.threshold:.3g}); {change.size:.1%} of the rows moved."
        )
    if change.signal == "volume":
        return f"{what} is {change.value:,.0f}, usually {change.usual:,.0f}."
    return (
        f"{what}: {change.value:.3%} of the rows, usually {change.usual:.3%} "
        f"(limit {change.threshold:.3%})."
    )


def _harm(quality: Quality | None, pages: Pages, label: str) -> list[Alert]:
    harm = quality.harm if quality else None
    if quality is None or harm is None or harm.first_day is None:
        return []
    threshold = harm.reference + harm.tolerance
    return [
        Alert(
            label,
            "loss",
            harm.now,
            threshold,
            "high",
            harm.excess.value,
            harm.reference,
            pages.days[harm.first_day],
            pages.days[-1],
            1.0,
            None,
            f"The mean loss ({quality.loss}) is {harm.now:.3g}, on the reference "
            f"{harm.reference:.3g}; more than {threshold:.3g} is harm. n = {quality.labels:,} "
            "labelled rows.",
        )
    ]


def together_alert(now: Estimate, quiet: Estimate | None, days: tuple[str, ...]) -> list[Alert]:
    """Return an alert where a model tells current from reference rows better than it should."""
    bar = max(0.5 + APART, (quiet.high or 0.5) + APART / 2 if quiet else 0.0)
    if now.low is None or now.low <= bar:
        return []
    size = max(0.0, 2 * now.value - 1)
    severity: Severity = "high" if size >= HIGH else "medium" if size >= MEDIUM else "low"
    return [
        Alert(
            "",
            "multivariate",
            now.value,
            bar,
            severity,
            size,
            quiet.value if quiet else 0.5,
            days[0],
            days[-1],
            size,
            None,
            f"A model tells current from reference rows with an AUC of {now.value:.3f} "
            f"({now.low:.3f} to {now.high:.3f}); up to {bar:.3f} is usual.",
        )
    ]


SIGNALS = (*TITLES, "multivariate", "loss")
