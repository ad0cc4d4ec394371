"""Are the alarms quiet when nothing is wrong, and can their limits be set at all?"""

from __future__ import annotations

from app.record.evidence import Evidence
from app.record.finding import Finding
from app.stages.monitoring.choices import Choices

LEAST_DAYS = 20


def noise(choices: Choices, evidence: Evidence) -> list[Finding]:
    """Judge how many pages nobody needs."""
    return [
        *_none_on(choices),
        *_few_days(evidence),
        *_over_budget(choices, evidence),
        *_restless(choices, evidence),
    ]


def _none_on(choices: Choices) -> list[Finding]:
    if choices.monitors:
        return []
    return [
        Finding(
            key="none_on",
            level="stop",
            title="No monitor is switched on",
            detail="Nobody will know before a user complains.",
            do="Switch on at least one of each group.",
            question="monitors",
        )
    ]


def _few_days(evidence: Evidence) -> list[Finding]:
    step, least = evidence.words.get("step", "day"), evidence.value("quiet_days_least")
    if least is None or least >= LEAST_DAYS:
        return []
    return [
        Finding(
            key="few_quiet_days",
            level="watch",
            title=f"Not enough quiet {step}s to set every limit",
            detail=f"Some monitors have only {least:g} {step}s; below {LEAST_DAYS} they never page.",
            because="quiet_days_least",
            do="Bring a longer past before the test.",
        )
    ]


def _over_budget(choices: Choices, evidence: Evidence) -> list[Finding]:
    measure = evidence.measure("pages_quiet")
    if measure is None or measure.value is None or measure.low is None:
        return []
    if measure.low > choices.pages_per_month:
        return [
            Finding(
                key="over_budget",
                level="watch",
                title=f"{measure.value:.2g} pages in 30 quiet days, beyond the budget",
                detail=f"Allowed are {choices.pages_per_month:g}. Quiet days differ from one another "
                "more than the others could tell.",
                because="pages_quiet",
                do="Take more days together, or bring a longer past.",
                question="chunk",
            )
        ]
    if measure.value <= choices.pages_per_month:
        sure = measure.high is not None and measure.high <= choices.pages_per_month
        return [
            Finding(
                key="within_budget",
                level="good",
                title=f"{measure.value:.2g} pages in 30 quiet days, within the budget",
                detail=""
                if sure or measure.high is None
                else f"Too few quiet days to be sure: it may be up to {measure.high:.2g}.",
                because="pages_quiet",
            )
        ]
    return []


def _restless(choices: Choices, evidence: Evidence) -> list[Finding]:
    live, quiet = evidence.value("pages_live"), choices.pages_per_month
    if live is None or live <= 3 * quiet:
        return []
    return [
        Finding(
            key="noisy",
            level="watch",
            title=f"The stream itself pages {live:.1f} times in 30 days",
            detail=f"The budget is {quiet:g}. Nothing was injected: seasons and the world move "
            "the inputs. A page that nobody needs trains people to ignore pages.",
            because="pages_live",
            do="Compare with the weeks before instead of the training time, or page from a higher "
            "harm on.",
            question="window_days",
        )
    ]
