"""What is asked about the ladder of baselines."""

from __future__ import annotations

from typing import ClassVar, Literal

from app.record.answers import Answers
from app.record.question import ask
from app.stages.rung_titles import RUNGS

USUAL = tuple(key for key in RUNGS if key not in ("xgboost", "catboost"))
Rung = Literal[
    "auto",
    "constant",
    "user_rule",
    "one_rule",
    "group_means",
    "last_value",
    "seasonal_naive",
    "moving_mean",
    "linear",
    "shallow_tree",
    "boosting",
    "lightgbm",
    "xgboost",
    "catboost",
    "own_estimator",
]


class Choices(Answers):
    """How the rungs are compared."""

    stage: ClassVar[str] = "baselines"

    rule: str = ask(
        "How is it decided today, as one expression?",
        because="The current process is the baseline that matters; it stands on the same ladder.",
        default="",
        kind="rule",
        example="recent_mean_dep_delay > 10",
        group="Your rule",
    )
    metric_binary: Literal["average_precision", "roc_auc", "log_loss", "brier"] = ask(
        "Which metric ranks the models?",
        because="One number must decide, or every model wins at something.",
        default="average_precision",
        options={
            "average_precision": "Average precision (rare positives)",
            "roc_auc": "ROC AUC (ranking)",
            "log_loss": "Log loss (probabilities)",
            "brier": "Brier score (probabilities)",
        },
        tasks=("binary",),
        group="The comparison",
    )
    metric_multiclass: Literal["accuracy", "macro_f1", "multi_log_loss"] = ask(
        "Which metric ranks the models?",
        because="One number must decide, or every model wins at something.",
        default="accuracy",
        options={
            "accuracy": "Accuracy (share of right answers)",
            "macro_f1": "Macro F1 (rare classes count as much)",
            "multi_log_loss": "Log loss (probabilities)",
        },
        tasks=("multiclass",),
        group="The comparison",
    )
    metric_forecasting: Literal["mae", "rmse", "wape", "quantile_loss"] = ask(
        "Which metric ranks the models?",
        because="One number must decide, or every model wins at something.",
        default="mae",
        options={
            "mae": "Mean absolute error",
            "rmse": "Root mean squared error",
            "wape": "Weighted absolute percentage error",
            "quantile_loss": "Quantile loss (by the costs of too high and too low)",
        },
        tasks=("forecasting",),
        group="The comparison",
    )
    metric_ranking: Literal["ndcg_3", "ndcg_5", "ndcg_10", "mrr", "recall_10"] = ask(
        "Which metric ranks the models?",
        because="One number must decide, or every model wins at something.",
        default="ndcg_10",
        options={
            "ndcg_3": "nDCG@3 (order of the first three)",
            "ndcg_5": "nDCG@5 (order of the first five)",
            "ndcg_10": "nDCG@10 (order of the first ten)",
            "mrr": "Mean reciprocal rank (place of the first good item)",
            "recall_10": "Recall@10 (good items among the first ten)",
        },
        tasks=("ranking",),
        group="The comparison",
    )
    metric_regression: Literal["mae", "rmse", "r2", "quantile_loss"] = ask(
        "Which metric ranks the models?",
        because="One number must decide, or every model wins at something.",
        default="mae",
        options={
            "mae": "Mean absolute error",
            "rmse": "Root mean squared error",
            "r2": "R² (share of variance)",
            "quantile_loss": "Quantile loss (by the costs of too high and too low)",
        },
        tasks=("regression",),
        group="The comparison",
    )
    folds: int = ask(
        "How many folds?",
        because="Fewer folds, noisier score; more folds, longer wait.",
        default=5,
        ge=2,
        le=10,
        unit="folds",
        group="The comparison",
    )
    rungs: tuple[str, ...] = ask(
        "Which rungs stand on the ladder?",
        because="Each rung must earn its place over the one below.",
        default=USUAL,
        kind="choices",
        options=RUNGS,
        group="The comparison",
    )
    estimator: str = ask(
        "Which estimator of scikit-learn stands on the ladder as well? (empty: none)",
        because="Your favorite has to earn its place like the others.",
        default="",
        kind="text",
        measured=True,
        example="RandomForestClassifier",
        group="The comparison",
    )
    estimator_params: str = ask(
        "With which parameters?",
        because="They are checked before anything runs.",
        default="",
        kind="text",
        measured=True,
        example='{"n_estimators": 200, "max_depth": 12}',
        group="The comparison",
    )
    same_within: float = ask(
        "How small a difference is no difference to you?",
        because="A gain that nobody would notice is not worth a model that somebody has to keep.",
        default=1.0,
        ge=0.0,
        le=50.0,
        unit="% of the score of the way without a model",
        group="The comparison",
    )
    most_rows: int = ask(
        "On how many training rows is the ladder climbed at most?",
        because="Beyond some size more rows cost time and change little. Rungs are then compared on "
        "rows drawn at random, whose intervals are wider, and fitted on all of them in the end.",
        default=50_000,
        ge=1_000,
        le=2_000_000,
        unit="rows",
        group="The comparison",
    )
    repeats: int = ask(
        "How often are the folds drawn anew?",
        because="Other folds, other scores. Folds by time are what they are and stand once.",
        default=1,
        ge=1,
        le=10,
        unit="times",
        group="The comparison",
    )
    threshold_by: Literal["both", "cost", "capacity"] = ask(
        "What decides where it acts?",
        because="Cost says where acting pays, capacity how often it is possible.",
        default="both",
        options={
            "both": "Lowest cost, within the capacity",
            "cost": "Lowest cost alone",
            "capacity": "As many as there is capacity for",
        },
        tasks=("binary",),
        group="The comparison",
    )
    calibrate: Literal["auto", "never"] = ask(
        "May probabilities be mapped to what they mean?",
        because="Costs and thresholds rest on probabilities; a map is used only where it pays.",
        default="auto",
        options={"auto": "Where it pays, proven on the test", "never": "Never"},
        tasks=("binary",),
        group="The comparison",
    )
    lean: Literal["mean", "median", "cost"] = ask(
        "What should boosting aim at?",
        because="The mean minimizes squares, the median absolute errors, the cost quantile money.",
        default="mean",
        options={"mean": "Mean", "median": "Median", "cost": "The cheapest quantile"},
        tasks=("regression", "forecasting"),
        group="The comparison",
    )
    chosen: Rung = ask(
        "Which rung goes on to error analysis and monitoring?",
        because="Take the simplest one that is as good as the best, unless you have a reason.",
        default="auto",
        options={"auto": "The simplest rung as good as the best", **RUNGS},
        group="The choice",
    )
    reason: str = ask(
        "Why this one?",
        because="A reviewer will ask, and you will have forgotten.",
        default="",
        kind="long_text",
        group="The choice",
    )
