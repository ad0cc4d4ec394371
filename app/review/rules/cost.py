"""Rules about what mistakes cost, and whether acting pays."""

from __future__ import annotations

from app.record.number import readable
from app.review.rule import Hit, Place, Rule
from app.review.view import View

COSTS = {
    "binary": ("cost_false_alarm", "cost_miss"),
    "multiclass": ("cost_wrong", "cost_review"),
    "regression": ("cost_over", "cost_under"),
    "forecasting": ("cost_over", "cost_under"),
    "ranking": ("cost_failed",),
}
DAYS_A_YEAR = 365.0


def _no_costs(view: View) -> tuple[Hit, ...]:
    keys = COSTS.get(view.task, COSTS["binary"])
    chosen = view.choices("framing")
    silent = [key for key in keys if not view.given(f"framing.{key}")]
    if silent and chosen.cost_column and "cost_miss" in silent:
        silent.remove("cost_miss")
    if silent:
        names = "; ".join(chosen.question(key).label for key in silent)
        return (Hit(f"Nobody has answered: {names}", Place("framing", silent[0])),)
    if all(getattr(chosen, key) == 0 for key in keys) and not chosen.cost_column:
        return (Hit("Every mistake is said to be free.", Place("framing", keys[0])),)
    return ()


def _break_even(view: View) -> float | None:
    """Return the precision from which acting pays, by the costs as they stand today."""
    chosen = view.choices("framing")
    gain = chosen.cost_miss - chosen.cost_hit
    if view.task != "binary" or chosen.cost_column:
        return None
    if gain <= 0:
        return 1.0
    return float(chosen.cost_false_alarm / (chosen.cost_false_alarm + gain))


def _never_pays(view: View) -> tuple[Hit, ...]:
    needed, reached = _break_even(view), view.measure("baselines.test_precision")
    if needed is None or reached is None or reached.value is None or reached.value >= needed:
        return ()
    return (
        Hit(
            f"Acting pays from a precision of {readable(100 * needed)} %; the test shows "
            f"{readable(100 * reached.value)} % (n = {reached.n or 0:,})."
        ),
    )


def acted(view: View) -> float | None:
    """Return the share of the decisions that somebody has to act on, as the errors show it."""
    for row in view.rows("errors.slice_metrics"):
        if row["name"] == "All rows" and isinstance(row.get("selection_rate"), float):
            return float(row["selection_rate"])  # type: ignore[arg-type]
    return None


def _too_many(view: View) -> tuple[Hit, ...]:
    framing, baselines = view.choices("framing"), view.choices("baselines")
    share = acted(view)
    binary = view.task == "binary" and baselines.threshold_by == "cost"
    if binary and framing.capacity_per_day > 0 and framing.decisions_per_year > 0 and share:
        a_day = share * framing.decisions_per_year / DAYS_A_YEAR
        if a_day > framing.capacity_per_day:
            words = f"{readable(a_day)} cases a day at the threshold, capacity for "
            return (Hit(words + f"{readable(framing.capacity_per_day)}."),)
    return _too_many_looks(view)


def _too_many_looks(view: View) -> tuple[Hit, ...]:
    framing, serving = view.choices("framing"), view.choices("serving")
    alone = view.value("baselines.coverage")
    if view.task != "multiclass" or alone is None or serving.person_per_hour <= 0:
        return ()
    an_hour = (1 - alone) * framing.decisions_per_year / DAYS_A_YEAR / serving.hours_per_day
    if an_hour <= serving.person_per_hour:
        return ()
    words = f"{readable(an_hour)} cases an hour go to a person, who can take "
    return (
        Hit(f"{words}{readable(serving.person_per_hour)}.", Place("serving", "person_per_hour")),
    )


RULES = (
    Rule(
        key="L03",
        title="Nobody has said what a mistake costs",
        section="S6",
        severity="veto",
        dimension="cost",
        question="Which of the two mistakes would you rather make, and how many times rather?",
        why="Without costs the threshold is an accident, and so is the choice of the model.",
        fix="Ask whoever pays for each mistake; a rough number in one currency is enough to start.",
        place=Place("framing", "cost_miss"),
        found=_no_costs,
    ),
    Rule(
        key="L42",
        title="More cases than people",
        section="S21",
        severity="veto",
        dimension="cost",
        question="What happens to the case that comes after the last one somebody has time for?",
        why="Alerts beyond the capacity are dropped, and nobody chooses which.",
        fix="Let the capacity decide the threshold as well, or find more people.",
        place=Place("baselines", "threshold_by"),
        found=_too_many,
        needs=("baselines", "errors"),
    ),
    Rule(
        key="L52",
        title="Acting does not pay at this precision",
        section="S9",
        severity="veto",
        dimension="cost",
        question="Of a hundred times that you act, how often must you be right to come out even?",
        why="Below the break-even precision every action loses money, on average.",
        fix="Check the costs; act less often, or on a better ranking; or leave it.",
        place=Place("framing", "cost_false_alarm"),
        found=_never_pays,
        needs=("baselines",),
    ),
)
