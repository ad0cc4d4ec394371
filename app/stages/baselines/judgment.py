"""Is a model worth it, and does it fit the limits?"""

from __future__ import annotations

from app.record.evidence import Evidence
from app.record.finding import Finding, Level
from app.stages.baselines.choices import Choices
from app.stages.rung_titles import RUNGS

FAR = 0.05


def judge(choices: Choices, evidence: Evidence) -> tuple[Finding, ...]:
    """Judge the ladder by money, steadiness and the choice made."""
    found = [_money(evidence)]
    if not choices.rule.strip():
        found.append(
            Finding(
                key="no_rule",
                level="watch",
                title="Your own rule is not on the ladder",
                detail="A model that beats a constant may still lose to how it is done today.",
                do="Write today's rule as one expression.",
                question="rule",
            )
        )
    if "failures" in evidence.words:
        found.append(
            Finding(
                key="failed_rungs",
                level="stop",
                title="A rung could not be fitted",
                detail=evidence.words["failures"],
                do="Mend it or take it off the ladder.",
                question="rule",
            )
        )
    if "absent" in evidence.words:
        found.append(
            Finding(
                key="absent_rungs",
                level="watch",
                title=f"Not installed: {evidence.words['absent']}",
                detail="These rungs were asked for and could not be fitted on this machine.",
                do=f"pip install {evidence.words['absent'].lower().replace(',', '')}, or take them "
                "off the ladder.",
                question="rungs",
            )
        )
    found += _choice(choices, evidence)
    found += _test_agrees(evidence)
    return tuple(found)


def _money(evidence: Evidence) -> Finding:
    words, kind = evidence.words.get("verdict", ""), evidence.words.get("verdict_kind", "")
    level: Level = "watch"
    if kind in ("worth_it", "no_model"):
        level = "good"
    elif kind == "worse":
        level = "stop"
    return Finding(
        key="verdict",
        level=level,
        title=words.split(":")[0],
        detail=words.partition(": ")[2],
        because="saving_per_1000",
        do="" if level == "good" else "Look at the errors, or ship the simpler way.",
    )


def _choice(choices: Choices, evidence: Evidence) -> list[Finding]:
    simplest = evidence.words.get("simplest", "")
    chosen = evidence.words.get("chosen", "")
    if choices.chosen not in ("auto", chosen):
        return [
            Finding(
                key="choice_not_there",
                level="watch",
                title=f"“{RUNGS[choices.chosen]}” is not on this ladder",
                detail=f"{evidence.words.get('chosen_title', '')} goes on instead: the simplest rung "
                "as good as the best.",
                do="Put it on the ladder, or choose one that stands there.",
                question="chosen",
            )
        ]
    if choices.chosen == "auto" or chosen == simplest:
        return [
            Finding(
                key="simplest",
                level="good",
                title=f"{evidence.words.get('chosen_title', '')} goes on",
                detail="It is the lowest rung within one standard error of the best.",
            )
        ]
    order = list(RUNGS)
    if simplest in order and order.index(chosen) > order.index(simplest):
        return [
            Finding(
                key="not_simplest",
                level="watch",
                title="A simpler rung is as good",
                detail=f"{RUNGS[simplest]} is within one standard error of the best.",
                do="Say why you take the more complex one." if not choices.reason.strip() else "",
                question="reason",
            )
        ]
    return []


def _test_agrees(evidence: Evidence) -> list[Finding]:
    chosen = evidence.words.get("chosen", "")
    cv = next((m for m in evidence.measures if m.key.startswith(f"{chosen}_cv_")), None)
    test = evidence.measure("chosen_test_score")
    if cv is None or test is None or None in (cv.low, cv.high, test.value, test.low, test.high):
        return []
    apart = test.low > cv.high or test.high < cv.low  # type: ignore[operator]
    if not apart:
        return []
    return [
        Finding(
            key="test_apart",
            level="watch",
            title="The test says something else than the folds",
            detail="Their intervals do not overlap: the test period differs from the training "
            "period.",
            because="chosen_test_score",
            do="Look at the target over time before you trust either.",
        )
    ]
