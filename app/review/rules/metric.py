"""Rules about metrics: which one decides, what guards it, and what it rests on."""

from __future__ import annotations

from app.record.number import readable
from app.review.rule import Hit, Place, Rule
from app.review.view import View

MINORITY = 0.2
LOOSE = {"guard_cost": 100.0, "guard_actions": 100.0, "guard_missing": 50.0}
QUALITY = {"loss", "calibration", "cost"}


def _no_guardrail(view: View) -> tuple[Hit, ...]:
    chosen = view.choices("rollout")
    hits = [
        Hit(
            f"{chosen.question(key).label} {readable(getattr(chosen, key))} "
            f"{chosen.question(key).unit}: it will never fall.",
            Place("rollout", key),
        )
        for key, loose in LOOSE.items()
        if getattr(chosen, key) >= loose
    ]
    if not view.said("framing.other_harm"):
        hits.append(Hit("No harm besides the two mistakes is named, so nothing guards against it."))
    return tuple(hits)


def _not_watched(view: View) -> tuple[Hit, ...]:
    on, few = set(view.choices("monitoring").monitors), view.finding("monitoring.few_quiet_days")
    if on & QUALITY and few is None:
        return ()
    metric = view.word("baselines.metric") or "The metric of the ladder"
    if few is not None:
        return (Hit(f"{metric} decides offline. {few.title}."),)
    return (Hit(f"{metric} decides offline; no monitor of loss, calibration or cost is on."),)


def _wrong_loss(view: View) -> tuple[Hit, ...]:
    chosen = view.choices("baselines")
    name, number = chosen.estimator, view.task in ("regression", "forecasting")
    if number and name.endswith(("Classifier", "LogisticRegression")):
        return (
            Hit(f"{name} learns classes; a number is predicted.", Place("baselines", "estimator")),
        )
    if view.task in ("binary", "multiclass") and name.endswith("Regressor"):
        return (
            Hit(f"{name} learns numbers; a class is predicted.", Place("baselines", "estimator")),
        )
    metric = getattr(chosen, f"metric_{view.task}", "")
    if number and metric in ("rmse", "r2") and chosen.lean in ("median", "cost"):
        return (Hit(f"{metric.upper()} is judged, boosting aims at the {chosen.lean}."),)
    if metric == "quantile_loss" and chosen.lean != "cost" and _leans(view):
        return (Hit(f"Quantile loss is judged, boosting aims at the {chosen.lean}."),)
    return ()


def _leans(view: View) -> bool:
    framing = view.choices("framing")
    return bool(framing.cost_over != framing.cost_under)


def _minority(view: View) -> tuple[float, int] | None:
    """Return the share of the smallest class and the number of classes."""
    rate = view.value("data.base_rate")
    if rate is not None:
        return min(rate, 1 - rate), 2
    largest, classes = view.value("data.largest_class"), view.value("data.classes")
    if largest is None or not classes or classes < 2:
        return None
    # The classes besides the largest share the rest; their mean stands for the smallest.
    return (1 - largest) / (classes - 1), int(classes)


def _accuracy(view: View) -> tuple[Hit, ...]:
    found = _minority(view)
    if view.task != "multiclass" or found is None:
        return ()
    share, classes = found
    if view.choices("baselines").metric_multiclass != "accuracy" or share >= 2 * MINORITY / classes:
        return ()
    words = f"Accuracy decides over {classes} classes; beside the largest they have "
    return (Hit(f"{words}{readable(100 * share)} % of the rows each, on average."),)


def _imbalance(view: View) -> tuple[Hit, ...]:
    found, chosen = _minority(view), view.choices("baselines")
    if view.task != "binary" or found is None or found[0] >= MINORITY:
        return ()
    by_cost = chosen.threshold_by in ("both", "cost") and chosen.metric_binary != "roc_auc"
    if chosen.metric_binary == "average_precision" or by_cost:
        return ()
    words = f"{readable(100 * found[0])} % positives, ranked by {chosen.metric_binary}"
    return (Hit(words.replace("_", " ") + "."),)


def _uncalibrated(view: View) -> tuple[Hit, ...]:
    chosen = view.choices("baselines")
    if view.task != "binary" or chosen.threshold_by == "capacity":
        return ()
    off = view.finding("errors.not_calibrated")
    if off is not None and chosen.calibrate == "never":
        return (Hit(off.detail),)
    evidence = view.evidence("errors")
    if evidence is not None and evidence.chart("calibration") is None:
        return (Hit("The threshold follows from costs, and nobody looked at calibration."),)
    return ()


RULES = (
    Rule(
        key="L07",
        title="Nothing guards the metric",
        section="S11",
        severity="major",
        dimension="metrics",
        question="How could the metric get better while somebody is worse off?",
        why="A metric alone is gamed; a guardrail says what must not get worse.",
        fix="Name the other harms, and set limits for them that could really fall.",
        place=Place("framing", "other_harm"),
        found=_no_guardrail,
        not_yet="There is no metric tree yet: judged by other harms and the rollout's guardrails.",
    ),
    Rule(
        key="L08",
        title="What is judged offline is not watched",
        section="S11",
        severity="major",
        dimension="metrics",
        question="Which number in production would tell you that the offline number no longer holds?",
        why="A metric that nobody watches is a promise that nobody keeps.",
        fix="Switch on the loss on labels or the cost of decisions, and bring a past long enough.",
        place=Place("monitoring", "monitors"),
        found=_not_watched,
        needs=("monitoring",),
        not_yet="Monitors follow loss, calibration and cost, not the metric of the ladder by its name.",
    ),
    Rule(
        key="L09",
        title="Learned for one thing, judged by another",
        section="S11",
        severity="veto",
        dimension="metrics",
        question="What is the best constant answer under your loss, and is it the one you want?",
        why="The mean minimizes squares, the median absolute errors: a model hits what it aims at.",
        fix="Let the aim follow from the metric or the costs, and the estimator from the task.",
        place=Place("baselines", "lean"),
        found=_wrong_loss,
    ),
    Rule(
        key="L10",
        title="Accuracy with rare classes",
        section="S11",
        severity="major",
        dimension="metrics",
        question="How accurate is always naming the commonest class?",
        why="Accuracy rewards forgetting the rare classes, which often matter most.",
        fix="Let macro F1 or log loss decide, or say why the rare classes may be forgotten.",
        place=Place("baselines", "metric_multiclass"),
        found=_accuracy,
        needs=("data",),
        not_yet="Shares of single classes are not recorded: the mean share beside the largest stands "
        "for the smallest.",
    ),
    Rule(
        key="L11",
        title="Rare positives, and no metric that sees them",
        section="S11",
        severity="major",
        dimension="metrics",
        question="If positives were ten times rarer, would your metric notice?",
        why="ROC AUC does not change with the base rate; the number of false alarms does.",
        fix="Rank by average precision, or decide by expected cost.",
        place=Place("baselines", "metric_binary"),
        found=_imbalance,
        needs=("data",),
    ),
    Rule(
        key="L12",
        title="Probabilities that nobody calibrated",
        section="S18",
        severity="major",
        dimension="metrics",
        question="Of a hundred cases at 30 %, how many happen?",
        why="Costs times probabilities are money only if the probabilities mean what they say.",
        fix="Allow calibration in Baselines, or set the threshold by capacity.",
        place=Place("baselines", "calibrate"),
        found=_uncalibrated,
        needs=("errors",),
    ),
)
