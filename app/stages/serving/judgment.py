"""Is it fast enough, does it carry the load, and is there a way down?"""

from __future__ import annotations

from app.record.evidence import Evidence
from app.record.finding import Finding
from app.record.number import readable
from app.stages.serving.catalogue import MODES
from app.stages.serving.choices import Choices
from app.stages.serving.fallback_judgment import fallbacks

TIGHT = 0.2
APART = 0.2


def judge(choices: Choices, evidence: Evidence) -> tuple[Finding, ...]:
    """Judge the way, the time, the load, the cost, the people, and the fallbacks."""
    return (
        *_way(choices, evidence),
        *_time(evidence),
        *_load(choices, evidence),
        *_cost(choices, evidence),
        *_owner(choices),
        *fallbacks(choices, evidence),
    )


def _way(choices: Choices, evidence: Evidence) -> list[Finding]:
    mode, advised = evidence.words.get("mode", ""), evidence.words.get("advised", "")
    if mode == advised:
        title = f"{MODES[mode].split(':')[0]} fits"
        return [
            Finding(key="way", level="good", title=title, detail=evidence.words.get("advice", ""))
        ]
    return [
        Finding(
            key="other_way",
            level="watch",
            title=f"Your answers point to {MODES[advised].split(':')[0].lower()}, not to {mode}",
            detail=evidence.words.get("advice", ""),
            do="" if choices.mode_reason.strip() else "Say why you serve it another way.",
            question="mode_reason",
        )
    ]


def _time(evidence: Evidence) -> list[Finding]:
    slack, whole = evidence.value("slack_ms"), evidence.value("answer_ms")
    if slack is None or whole is None or evidence.words.get("mode") == "batch":
        return []
    limit = slack + whole
    words = f"{readable(whole)} ms on the whole way, the limit is {readable(limit)} ms."
    if slack < 0:
        usual = whole + (evidence.value("latency_p50") or 0) - (evidence.value("latency_p99") or 0)
        return [
            Finding(
                key="too_slow" if usual > limit else "slow_tail",
                level="stop" if usual > limit else "watch",
                title="An answer takes longer than the limit"
                if usual > limit
                else "One answer in a hundred takes longer than the limit",
                detail=words,
                because="slack_ms",
                do="Serve the simpler rung, make answers beforehand, or look up less.",
                question="lookup_ms",
            )
        ]
    tight = slack < TIGHT * limit
    return [
        Finding(
            key="tight" if tight else "in_time",
            level="watch" if tight else "good",
            title="Little of the time is left" if tight else "Answers are there in time",
            detail=words,
            because="slack_ms",
            do="Leave room for the day on which everything is slow." if tight else "",
        )
    ]


def _load(choices: Choices, evidence: Evidence) -> list[Finding]:
    workers, busy = evidence.value("workers"), evidence.value("busy")
    if workers is None or busy is None:
        return [
            Finding(
                key="no_volume",
                level="watch",
                title="Nobody knows how many decisions there are",
                detail=evidence.words.get("load", ""),
                do="Say in Framing how many decisions there are a year.",
            )
        ]
    if evidence.words.get("mode") == "batch":
        return _runs(busy)
    if choices.spare_workers == 0:
        return [
            Finding(
                key="no_spare",
                level="watch",
                title="No worker stands by",
                detail=f"{workers:.0f} carry the peak; each restart is an outage.",
                because="workers",
                do="Let one more stand by, or accept the outage table in writing.",
                question="spare_workers",
            )
        ]
    return [
        Finding(
            key="capacity",
            level="good",
            title=f"{workers:.0f} workers carry the peak",
            detail=f"{choices.spare_workers} of them standing by; a working one is "
            f"{busy:.1%} busy.",
            because="workers",
        )
    ]


def _runs(busy: float) -> list[Finding]:
    if busy < 1:
        return [
            Finding(
                key="run_ends",
                level="good",
                title="A run ends long before the next"
                if busy < 0.5
                else "A run ends before the next",
                because="busy",
            )
        ]
    return [
        Finding(
            key="run_too_long",
            level="stop",
            title="One worker cannot end a run before the next begins",
            because="busy",
            do="Run less often, on more workers, or with the simpler rung.",
            question="every_minutes",
        )
    ]


def _cost(choices: Choices, evidence: Evidence) -> list[Finding]:
    found, year = [], evidence.value("service_per_year")
    if year is None:
        return []
    left = evidence.measure("saving_left")
    if left is not None and left.value is not None and left.value <= 0:
        found.append(
            Finding(
                key="service_eats_saving",
                level="stop",
                title="Running it costs more than it saves",
                detail="Saving per 1,000 decisions, less the service: "
                f"{readable(left.value)} (95 % interval {readable(left.low)} to "
                f"{readable(left.high)}).",
                because="saving_left",
                do="Serve something simpler, or leave it.",
            )
        )
    if choices.people_per_year == 0:
        found.append(
            Finding(
                key="people_free",
                level="watch",
                title="On-call and care are counted as free",
                detail="They cost more than machines in most services.",
                do="Say what they cost a year, even roughly.",
                question="people_per_year",
            )
        )
    return [*found, *_framed(year, evidence)]


def _framed(year: float, evidence: Evidence) -> list[Finding]:
    framed = evidence.value("service_in_framing") or 0.0
    if abs(year - framed) <= APART * max(year, framed):
        return []
    return [
        Finding(
            key="framing_apart",
            level="watch",
            title="Framing counts another cost of running it",
            detail=f"{readable(framed)} a year there, {readable(year)} here.",
            because="service_per_year",
            do="Take the number into Framing: what it saves a year is less by it.",
        )
    ]


def _owner(choices: Choices) -> list[Finding]:
    if choices.owner.strip():
        return []
    return [
        Finding(
            key="no_owner",
            level="watch",
            title="The service has no owner",
            detail="Who is called at three in the morning?",
            do="Name a person and a deputy.",
            question="owner",
        )
    ]
