"""What follows from the explanations."""

from __future__ import annotations

from app.record.evidence import Evidence
from app.record.finding import Finding
from app.record.number import readable
from app.stages.errors.choices import Choices

HALF = 0.5
AGREES = 0.7


def findings(choices: Choices, evidence: Evidence) -> list[Finding]:
    """Judge how steady the ranking is, what dominates it, and which columns make the errors."""
    return [*_dominating(evidence), *_unsteady(evidence), *_loss(evidence)]


def _dominating(evidence: Evidence) -> list[Finding]:
    share, table = evidence.value("largest_share"), evidence.table("importance")
    if share is None or share <= HALF or table is None:
        return []
    column = table.records()[0]["column"]
    return [
        Finding(
            key="dominating_column",
            level="watch",
            title=f"Predictions rest mostly on {column}",
            detail=f"{share:.0%} of all mean absolute SHAP values are its own. Such a column is "
            "often a leak: known only afterwards, or made from the outcome.",
            because="largest_share",
            do=f"Check when {column} is written, and what the score is without it.",
        )
    ]


def _unsteady(evidence: Evidence) -> list[Finding]:
    agreement, chart = evidence.value("rank_agreement"), evidence.chart("stability")
    if agreement is None or chart is None:
        return []
    if agreement >= AGREES:
        return [
            Finding(
                key="ranking_steady",
                level="good",
                title="The ranking of the columns mostly holds when it is fitted again",
                detail=f"Kendall's tau between refits is {agreement:.2f}. {chart.says}",
                because="rank_agreement",
            )
        ]
    return [
        Finding(
            key="ranking_unsteady",
            level="watch",
            title="The ranking of the columns changes when it is fitted again",
            detail=f"Kendall's tau between refits is {agreement:.2f}. {chart.says}",
            because="rank_agreement",
            do="Do not tell a story about the order of these columns; speak of them together.",
        )
    ]


def _loss(evidence: Evidence) -> list[Finding]:
    table = evidence.table("loss_columns")
    if table is None or not table.rows:
        return []
    rows = table.records()
    found = []
    share = evidence.value("loss_first_share")
    if share is not None and share > HALF:
        found.append(
            Finding(
                key="one_column_errors",
                level="watch",
                title=f"Errors are built mostly from {rows[0]['column']}",
                detail=f"{share:.0%} of what makes losses larger is its own.",
                because="loss_first_share",
                do="Read rows in which it pushed the wrong way: is it wrong, late or missing there?",
            )
        )
    worse = [r for r in rows if isinstance(r["low"], float) and r["low"] > 0]
    if worse:
        first = max(worse, key=lambda r: float(r["net"] or 0))
        names = ", ".join(str(r["column"]) for r in worse[:5])
        low, high = (readable(float(first[key] or 0)) for key in ("low", "high"))
        found.append(
            Finding(
                key="columns_raise_loss",
                level="watch",
                title="On unseen rows the loss is larger with what some columns add",
                detail=f"{names}. The most: {first['column']}, by "
                f"{readable(float(first['net'] or 0))} (95 % interval {low} to {high}; not "
                "corrected for the number of columns).",
                because="mean_loss",
                do="Fit once without them and compare; a part of a loss is no proof.",
            )
        )
    return found
