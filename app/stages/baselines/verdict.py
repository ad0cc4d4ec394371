"""One sentence: is a model worth it?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.lab.estimate import Estimate
from app.lab.rungs import RUNGS
from app.record.number import readable

if TYPE_CHECKING:
    from app.stages.baselines.measurement import Climbed

NO_MODEL = ("constant", "user_rule")


def verdict(found: Climbed, framing: Any) -> str:
    """Say in the cost currency whether the chosen rung is worth building."""
    saving = found.money.saving[found.chosen]
    title, reference = RUNGS[found.chosen].title, RUNGS[found.money.reference].title.lower()
    n = len(found.problem.split.test)
    if found.chosen in NO_MODEL:
        return (
            f"No model is needed so far: “{title}” is as good as anything on the ladder, within "
            "what the folds can tell."
        )
    span = _span(saving, framing.currency)
    rows = f"per 1,000 decisions on {n:,} test rows, against “{reference}”"
    if saving.low is None or saving.high is None:
        return f"Not enough data to say: {title} shows {span} {rows}, without an interval."
    if saving.low > framing.bar:
        bar = f" and clears the bar of {readable(framing.bar)}" if framing.bar > 0 else ""
        return f"Worth it: {title} saves {span} {rows}{bar}."
    if saving.high < 0:
        return f"Do not ship a model: {title} costs more, saving {span} {rows}."
    if saving.low > 0:
        return f"Not enough: {title} saves {span} {rows}, which may miss the bar of {readable(framing.bar)}."
    return f"Not proven: {title} saves {span} {rows}; the interval includes no gain at all."


def _span(saving: Estimate, currency: str) -> str:
    words = f"{readable(saving.value)} {currency}"
    if saving.low is None or saving.high is None:
        return words
    return f"{words} (95 % interval {readable(saving.low)} to {readable(saving.high)})"
