"""Is the problem framed well enough to start?"""

from __future__ import annotations

from app.record.evidence import Evidence
from app.record.finding import Finding, Level
from app.stages.framing.choices import Choices

MUST = {
    "decision": "Nobody has said which decision changes",
    "non_ml": "There is no way without machine learning to compare with",
}
SHOULD = {
    "actions": "The actions are not listed",
    "anti_goals": "Nothing is ruled out",
    "kill": "There is no point at which you would stop",
}


def judge(choices: Choices, evidence: Evidence) -> tuple[Finding, ...]:
    """Judge the framing by what is missing and what the costs imply."""
    return (*_missing(choices), *_costs(choices, evidence), *_bar(choices))


def _missing(choices: Choices) -> list[Finding]:
    found = []
    levels: tuple[tuple[dict[str, str], Level], ...] = ((MUST, "stop"), (SHOULD, "watch"))
    for names, level in levels:
        for key, title in names.items():
            if not str(getattr(choices, key)).strip():
                because = Choices.question(key).because
                found.append(
                    Finding(
                        key=f"no_{key}",
                        level=level,
                        title=title,
                        detail=because,
                        do=f"Answer: {Choices.question(key).label}",
                        question=key,
                    )
                )
    return found


def _costs(choices: Choices, evidence: Evidence) -> list[Finding]:
    break_even = evidence.measure("break_even_probability")
    if break_even is not None:
        if break_even.value is None or break_even.value >= 1:
            return [
                Finding(
                    key="acting_never_pays",
                    level="stop",
                    title="With these costs it never pays to act",
                    detail="Acting rightly costs as much as a miss, so no model can help.",
                    because="break_even_probability",
                    do="Check the three costs; if they are right, there is nothing to predict.",
                    question="cost_miss",
                )
            ]
        return [
            Finding(
                key="break_even",
                level="good",
                title=f"Acting pays from a probability of {break_even.value:.1%}",
                detail="The decision threshold follows from the costs, not from 50 %.",
                because="break_even_probability",
            )
        ]
    sure = evidence.measure("sure_enough")
    if sure is not None:
        if sure.value is None:
            return []
        return [
            Finding(
                key="sure_enough",
                level="good",
                title=f"Answering alone pays from a probability of {sure.value:.1%}",
                detail="Below it a person decides; both costs set the line.",
                because="sure_enough",
            )
        ]
    quantile = evidence.value("cost_quantile")
    if quantile is None:
        return []
    return [
        Finding(
            key="lean",
            level="good",
            title=f"The cheapest prediction is the {quantile:.0%} quantile",
            detail="Costs of too high and too low decide how a prediction should lean.",
            because="cost_quantile",
        )
    ]


def _bar(choices: Choices) -> list[Finding]:
    if choices.bar > 0:
        return []
    return [
        Finding(
            key="no_bar",
            level="watch",
            title="No bar is set: any saving would count as success",
            detail="A bar set after the results is not a bar.",
            do="Set what it must save per 1,000 decisions before you open Baselines.",
            question="bar",
        )
    ]
