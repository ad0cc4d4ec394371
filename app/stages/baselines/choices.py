"""What is asked about the ladder of baselines."""

from __future__ import annotations

from typing import ClassVar, Literal

from app.record.answers import Answers
from app.record.question import ask

RUNGS = {
    "constant": "Constant: always the same answer",
    "user_rule": "Your own rule",
    "one_rule": "Best single column",
    "linear": "Linear model",
    "shallow_tree": "Shallow tree",
    "boosting": "Gradient boosting",
}


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
    metric_regression: Literal["mae", "rmse", "r2"] = ask(
        "Which metric ranks the models?",
        because="One number must decide, or every model wins at something.",
        default="mae",
        options={
            "mae": "Mean absolute error",
            "rmse": "Root mean squared error",
            "r2": "R² (share of variance)",
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
        default=tuple(RUNGS),
        kind="choices",
        options=RUNGS,
        group="The comparison",
    )
    lean: Literal["mean", "median", "cost"] = ask(
        "What should boosting aim at?",
        because="The mean minimizes squares, the median absolute errors, the cost quantile money.",
        default="mean",
        options={"mean": "Mean", "median": "Median", "cost": "The cheapest quantile"},
        tasks=("regression",),
        group="The comparison",
    )
    chosen: Literal[
        "auto", "constant", "user_rule", "one_rule", "linear", "shallow_tree", "boosting"
    ] = ask(
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
