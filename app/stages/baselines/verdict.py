"""One sentence: is a model worth it?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from app.lab.estimate import Estimate
from app.lab.rungs import RUNGS
from app.record.number import readable
from app.stages.baselines.money import WITHOUT_MODEL, best_model

if TYPE_CHECKING:
    from app.stages.baselines.measurement import Climbed

Kind = Literal["worth_it", "no_model", "worse", "below_bar", "not_proven", "unknown"]


def verdict(found: Climbed, framing: Any) -> tuple[Kind, str]:
    """Say in the cost currency whether the chosen rung is worth building."""
    if found.chosen in WITHOUT_MODEL:
        return "no_model", _without(found, framing)
    saving = found.money.saving[found.chosen]
    title = RUNGS[found.chosen].title
    span, rows = _span(saving, framing.currency), _rows(found)
    if saving.low is None or saving.high is None:
        return (
            "unknown",
            f"Not enough data to say: {title} shows {span} {rows}, without an interval.",
        )
    if saving.low > framing.bar:
        bar = f" and clears the bar of {readable(framing.bar)}" if framing.bar > 0 else ""
        return "worth_it", f"Worth it: {title} saves {span} {rows}{bar}."
    if saving.high < 0:
        return "worse", f"Do not ship a model: {title} costs more, saving {span} {rows}."
    if saving.low > 0:
        return (
            "below_bar",
            f"Not enough: {title} saves {span} {rows}, which may miss the bar of "
            f"{readable(framing.bar)}.",
        )
    return (
        "not_proven",
        f"Not proven: {title} saves {span} {rows}; the interval includes no gain at all.",
    )


def _without(found: Climbed, framing: Any) -> str:
    """Say that no model is needed, and what the best one would have brought."""
    says = (
        f"Do not ship a model: “{RUNGS[found.chosen].title}” is as good as anything on the ladder, "
        "within what the folds can tell."
    )
    best = best_model(found)
    if not best:
        return says
    span = _span(found.money.saving[best], framing.currency)
    return f"{says} The best model, {RUNGS[best].title}, saves {span} {_rows(found)}."


def _rows(found: Climbed) -> str:
    reference = RUNGS[found.money.reference].title.lower()
    test = found.problem.split.test
    lists = found.problem.queries_of(test)
    if lists is not None:
        many = f"per 1,000 lists on {len(np.unique(lists)):,} test lists"
    else:
        many = f"per 1,000 decisions on {len(test):,} test rows"
    return f"{many}, against “{reference}”"


def _span(saving: Estimate, currency: str) -> str:
    words = f"{readable(saving.value)} {currency}"
    if saving.low is None or saving.high is None:
        return words
    return f"{words} (95 % interval {readable(saving.low)} to {readable(saving.high)})"
