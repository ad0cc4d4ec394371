"""Does retraining pay, and who says yes to a new model?"""

from __future__ import annotations

from app.record.evidence import Evidence
from app.record.finding import Finding
from app.record.table import Cell
from app.stages.rollout.choices import Choices
from app.stages.rollout.words import money


def renewal_findings(choices: Choices, evidence: Evidence) -> list[Finding]:
    """Judge the retraining policy by its replay."""
    found = _policy(choices, evidence)
    if choices.policy != "never":
        if not choices.approver.strip():
            found.append(
                Finding(
                    key="no_approver",
                    level="watch",
                    title="Nobody approves a new model",
                    detail=Choices.question("approver").because,
                    do="Name who says yes.",
                    question="approver",
                )
            )
        if not choices.gate:
            found.append(
                Finding(
                    key="no_gate",
                    level="watch",
                    title="A new model replaces the old one unseen",
                    detail=Choices.question("gate").because,
                    do="Let it beat the old one on the last window first.",
                    question="gate",
                )
            )
        if choices.gate and evidence.words.get("gate_blind"):
            found.append(
                Finding(
                    key="gate_blind",
                    level="watch",
                    title="The gate often has too few rows to tell",
                    detail=f"At {evidence.words['gate_blind']} gates the last window had fewer than "
                    "20 judged rows: the champion stayed, whatever the challenger was worth.",
                    do="Make the window longer.",
                    question="window_days",
                )
            )
    return found


def _policy(choices: Choices, evidence: Evidence) -> list[Finding]:
    saved = evidence.measure("policy_saving")
    table = evidence.table("policies")
    if saved is None or saved.value is None or table is None:
        return []
    rows = {str(r["policy"]): r for r in table.records()}
    mine = rows.get(evidence.words.get("policy_chosen", ""))
    found = []
    if choices.policy == "never":
        found += _missed(evidence, rows)
    elif saved.high is not None and saved.high < 0:
        found.append(
            Finding(
                key="policy_costs",
                level="stop",
                title="Your retraining policy costs more than never retraining",
                detail=f"{money(evidence, -saved.value)} more per 1,000 in the replay, with the whole "
                "interval.",
                because="policy_saving",
                do="Keep the first model until something proves better.",
                question="policy",
            )
        )
    elif saved.low is not None and saved.low > 0:
        found.append(
            Finding(
                key="policy_pays",
                level="good",
                title=f"Your retraining policy saves {money(evidence, saved.value)} per 1,000",
                detail="Against never retraining, with the whole interval.",
                because="policy_saving",
            )
        )
    elif saved.value != 0 or (mine and mine["retrained"]):
        found.append(
            Finding(
                key="policy_not_proven",
                level="watch",
                title="It is not proven that your retraining policy pays",
                detail=f"{money(evidence, saved.value)} per 1,000 against never retraining; the interval "
                "includes zero.",
                because="policy_saving",
                do="Retrain less often, or accept the work as insurance and say so.",
                question="policy",
            )
        )
    return found + _gate(choices, evidence, rows, mine)


def _missed(evidence: Evidence, rows: dict[str, dict[str, Cell]]) -> list[Finding]:
    proven = [r for r in rows.values() if r["low"] is not None and float(r["low"]) > 0]
    if not proven:
        return []
    best = max(proven, key=lambda r: float(r["saved"] or 0))
    return [
        Finding(
            key="never_costs",
            level="watch",
            title="Retraining would have paid",
            detail=f"“{str(best['policy']).lower()}” saved {money(evidence, float(best['saved'] or 0))} per "
            "1,000 in the replay, with the whole interval.",
            because="best_policy",
            do="Choose a policy, or say why not.",
            question="policy",
        )
    ]


def _gate(
    choices: Choices,
    evidence: Evidence,
    rows: dict[str, dict[str, Cell]],
    mine: dict[str, Cell] | None,
) -> list[Finding]:
    without = next((r for name, r in rows.items() if name.endswith("without a gate")), None)
    if not choices.gate or without is None or mine is None or choices.policy == "never":
        return []
    low, high, saved = without["low"], mine["high"], mine["saved"]
    if low is None or high is None or saved is None or float(low) <= float(saved):
        return []
    return [
        Finding(
            key="gate_costs",
            level="watch",
            title="In the replay the gate cost more than it saved",
            detail=f"“{str(without['policy']).lower()}” saved "
            f"{money(evidence, float(without['saved'] or 0))} per 1,000, your policy "
            f"{money(evidence, float(saved))}: a model that must not learn from the last window is older.",
            because="policy_saving",
            do="Shorten the window or the margin; keep the gate if one bad month would be worse.",
            question="window_days",
        )
    ]
