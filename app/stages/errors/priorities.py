"""What comes first: the cause with the largest possible gain, and what is done about it."""

from __future__ import annotations

from app.lab.taxonomy import ENOUGH_DRAWS
from app.record.evidence import Evidence
from app.record.finding import Finding
from app.record.measure import Measure
from app.record.number import readable
from app.stages.errors.choices import ACTIONS, CAUSES, Choices
from app.stages.errors.tally import SUGGESTED, action_of

ENOUGH_NOTES = 10


def findings(choices: Choices, evidence: Evidence) -> list[Finding]:
    """Judge what was read: enough of it, which cause comes first, and whether an action follows."""
    table = evidence.table("queue")
    if table is None or not table.rows:
        return []
    coded, drawn = evidence.value("notes_coded") or 0, evidence.value("draws_coded") or 0
    if coded < ENOUGH_NOTES:
        return [_unread(int(coded), len(table.rows))]
    gains = _gains(evidence)
    if not gains:
        return [_no_shares(evidence, int(drawn))]
    return [_first(choices, gains), *_undecided(choices, gains)]


def _gains(evidence: Evidence) -> list[tuple[str, Measure]]:
    found = [
        (key, measure)
        for key in CAUSES
        if key and (measure := evidence.measure(f"gain_{key}")) is not None
    ]
    return sorted(found, key=lambda pair: -(pair[1].value or 0.0))


def _unread(coded: int, total: int) -> Finding:
    return Finding(
        key="few_notes",
        level="watch",
        title=f"{coded} of {total} rows in the queue have a cause so far",
        detail="Ten rows read by a person usually change the plan.",
        because="notes_coded",
        do="Read the rows drawn at random first: only their shares speak for all errors.",
        question="notes",
    )


def _no_shares(evidence: Evidence, drawn: int) -> Finding:
    there = evidence.measure("draws_coded")
    of = f" of {there.n}" if there is not None and there.n else ""
    return Finding(
        key="few_draws",
        level="watch",
        title="Not enough data to say which cause costs most",
        detail=f"{drawn}{of} random draws have a cause; {ENOUGH_DRAWS} are needed.",
        because="draws_coded",
        do="Read the rows that were drawn at random.",
        question="notes",
    )


def _first(choices: Choices, gains: list[tuple[str, Measure]]) -> Finding:
    key, gain = gains[0]
    action = action_of(choices, key)
    words = f"At most {readable(gain.value)} per 1,000 decisions"
    if gain.low is not None and gain.high is not None:
        words += f" (95 % interval {readable(gain.low)} to {readable(gain.high)}, n = {gain.n})"
    else:
        words += f" (n = {gain.n})"
    return Finding(
        key="first_cause",
        level="good" if action else "watch",
        title=f"First: {CAUSES[key][0].lower()}{CAUSES[key][1:]}",
        detail=f"{words}.{_rival(gains)}",
        because=f"gain_{key}",
        do=action or f"Decide what to do about it; often: {_often(key)}.",
        question="actions",
    )


def _rival(gains: list[tuple[str, Measure]]) -> str:
    """Say whether the second cause may as well be the first."""
    if len(gains) < 2:
        return ""
    (_, first), (second, other) = gains[:2]
    if first.low is None or other.high is None or other.high < first.low:
        return ""
    return f" It cannot be told apart yet from “{CAUSES[second].lower()}”: read more random rows."


def _often(cause: str) -> str:
    words = ACTIONS[SUGGESTED[cause]]
    return f"{words[0].lower()}{words[1:]}"


def _undecided(choices: Choices, gains: list[tuple[str, Measure]]) -> list[Finding]:
    open_ = [CAUSES[key].lower() for key, _ in gains[1:] if not action_of(choices, key)]
    if not open_:
        return []
    return [
        Finding(
            key="causes_undecided",
            level="watch",
            title=f"{len(open_)} more causes have no action yet"
            if len(open_) > 1
            else "One more cause has no action yet",
            detail="; ".join(open_),
            do="Choose one for each; “accept it, and say so” is an action too.",
            question="actions",
        )
    ]
