"""Quantities that a text may claim: how they are called, and where a project knows their number."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from app.record.measure import Measure
from app.review.view import View

Unit = Literal["share", "money", "score", "ms", "rows", "days"]


@dataclass(frozen=True)
class Known:
    """A number that the project knows: measured with an interval, or chosen."""

    label: str
    value: float
    low: float | None = None
    high: float | None = None
    stage: str = ""


@dataclass(frozen=True)
class Quantity:
    """What a text calls it, its unit, and every number it may mean; ``close`` is how far it may be off."""

    key: str
    called: str
    unit: Unit
    known: Callable[[View], list[Known]]
    close: float = 0.1
    sourced: bool = True


METRICS: Mapping[str, str] = {
    "average_precision": r"average precision|PR[- ]?AUC",
    "roc_auc": r"ROC[- ]?AUC|(?<!PR )(?<!PR-)\bAUC",
    "log_loss": r"log loss",
    "brier": r"brier(?: score)?",
    "accuracy": r"accuracy",
    "macro_f1": r"(?:macro[- ])?F1",
    "mae": r"mean absolute error|\bMAE\b",
    "rmse": r"root mean squared error|\bRMSE\b",
    "wape": r"\bWAPE\b",
    "r2": r"\bR²|\bR2\b",
    "mrr": r"mean reciprocal rank|\bMRR\b",
    "ndcg": r"nDCG(?:@\d+)?",
}
SHARES = ("accuracy", "macro_f1", "wape")


def _of(*paths: str) -> Callable[[View], list[Known]]:
    def known(view: View) -> list[Known]:
        found = ((path, view.measure(path)) for path in paths)
        return [_known(path.partition(".")[0], m) for path, m in found if m and m.value is not None]

    return known


def _known(stage: str, found: Measure) -> Known:
    assert found.value is not None
    return Known(found.label, found.value, found.low, found.high, stage)


def _score(metric: str) -> Callable[[View], list[Known]]:
    """Return the scores of a metric on the folds and on the test: of the rung that goes on first."""

    def known(view: View) -> list[Known]:
        evidence, rung = view.evidence("baselines"), view.word("baselines.chosen")
        if evidence is None:
            return []
        scored = [
            m
            for m in evidence.measures
            if (f"_test_{metric}" in m.key or f"_cv_{metric}" in m.key) and m.value is not None
        ]
        scored.sort(key=lambda m: (not m.key.startswith(f"{rung}_test_"), m.key))
        mine = _of("errors.answered_accuracy", "baselines.answered_accuracy")(view)
        return [_known("baselines", m) for m in scored] + (mine if metric == "accuracy" else [])

    return known


def _answer(*paths: str) -> Callable[[View], list[Known]]:
    def known(view: View) -> list[Known]:
        found = []
        for path in paths:
            stage, _, key = path.partition(".")
            chosen = view.choices(stage)
            question = chosen.question(key)
            if question.applies({}, view.task) and view.given(path):
                found.append(Known(question.label, float(getattr(chosen, key)), stage=stage))
        return found

    return known


def _rows(view: View) -> list[Known]:
    table = [Known("Rows of the table", float(view.project.data.rows))]
    parts = ("rows_used", "train_rows", "test_rows", "later_rows")
    used = _of(*(f"data.{part}" for part in parts))(view)
    looked = [
        Known(m.label, float(m.n), stage=key)
        for key in ("baselines", "errors", "serving", "rollout")
        if (e := view.evidence(key))
        for m in e.measures
        if m.n
    ]
    return [*table, *used, *looked] if used else []


SAVINGS = (
    "baselines.saving_per_1000",
    "baselines.saving_per_year",
    "serving.saving_left",
    "rollout.expected_saving",
    "rollout.policy_saving",
    "rollout.best_policy",
    "rollout.true_saving",
)
QUANTITIES: tuple[Quantity, ...] = (
    Quantity("saving", r"\bsav(?:es|ed|ings?)\b", "money", _of(*SAVINGS)),
    Quantity(
        "precision",
        r"(?<!average )\bprecision\b",
        "share",
        _of("baselines.test_precision", "errors.precision", "baselines.break_even_precision"),
    ),
    Quantity("recall", r"\brecall\b(?!@)", "share", _of("errors.recall", "baselines.test_recall")),
    *(
        Quantity(key, called, "share" if key in SHARES else "score", _score(key))
        for key, called in METRICS.items()
    ),
    Quantity("base_rate", r"base rate", "share", _of("data.base_rate", "data.test_base_rate")),
    Quantity("threshold", r"\bthreshold\b", "share", _of("baselines.threshold")),
    Quantity("coverage", r"\bcoverage\b", "share", _of("baselines.coverage")),
    Quantity(
        "latency",
        r"\blatency\b|\banswers? (?:takes?|in)\b",
        "ms",
        lambda view: [
            *_of(
                "serving.latency_p99",
                "serving.latency_p95",
                "serving.latency_p50",
                "serving.answer_ms",
                "baselines.chosen_latency_ms",
            )(view),
            *_answer("framing.latency_ms", "rollout.guard_latency_ms")(view),
        ],
        # Clock times differ from run to run.
        close=0.5,
    ),
    Quantity("rows", r"\b(?:rows|records|examples)\b", "rows", _rows, close=0.02, sourced=False),
    Quantity(
        "cost_false_alarm",
        r"false alarms? costs?|costs? of a false alarm",
        "money",
        _answer("framing.cost_false_alarm"),
        sourced=False,
    ),
    Quantity(
        "cost_miss",
        r"\bmiss(?:es)? costs?|costs? of a miss\b",
        "money",
        _answer("framing.cost_miss"),
        sourced=False,
    ),
    Quantity(
        "days_needed",
        r"\btest (?:takes|needs|lasts)\b",
        "days",
        lambda view: [
            *_of("rollout.days_needed", "rollout.planned_days")(view),
            *_answer("rollout.most_days")(view),
        ],
    ),
)
