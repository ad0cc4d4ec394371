"""Would it be noticed, and is there a plan?"""

from __future__ import annotations

from app.record.evidence import Evidence
from app.record.finding import Finding, Level
from app.record.table import Cell
from app.stages.monitoring.choices import Choices

LEAST_DAYS = 20


def judge(choices: Choices, evidence: Evidence) -> tuple[Finding, ...]:
    """Judge what is noticed, how noisy the alarms are, and who acts."""
    return (
        *_caught(evidence),
        *_noise(choices, evidence),
        *_slices(evidence),
        *_moves(choices, evidence),
        *_people(choices),
    )


def _caught(evidence: Evidence) -> list[Finding]:
    table = evidence.table("catch_matrix")
    rows = [r for r in table.records() if r["key"] != "harmless_shift"] if table else []
    step = evidence.words.get("step", "day")
    missed = [r for r in rows if not r["caught"]]
    found = []
    if missed:
        names = ", ".join(str(r["incident"]).lower() for r in missed)
        found.append(
            Finding(
                key="missed",
                level="watch",
                title=f"{len(missed)} of {len(rows)} incidents go unnoticed",
                detail=f"Not noticed within 60 {step}s: {names}.",
                because="incidents_caught",
                do="Find a signal that would show them, or accept the risk in writing.",
            )
        )
    elif rows:
        found.append(
            Finding(
                key="all_caught",
                level="good",
                title="Every injected incident is noticed",
                because="incidents_caught",
            )
        )
    only_labels = [
        r for r in rows if r["caught"] and r["input"] is None and r["prediction"] is None
    ]
    if only_labels:
        names = ", ".join(str(r["incident"]).lower() for r in only_labels)
        found.append(
            Finding(
                key="only_labels",
                level="watch",
                title="Some incidents show only in the labels",
                detail=f"{names.capitalize()}: no input or prediction signal sees them, so nobody "
                "knows before the labels are in.",
                because="median_days_late",
                do="Shorten the label delay, or label a small sample every day.",
            )
        )
    return found


def _noise(choices: Choices, evidence: Evidence) -> list[Finding]:
    found = []
    step = evidence.words.get("step", "day")
    few = [
        str(m.label).rsplit(" ", 1)[-1]
        for m in evidence.measures
        if m.key.startswith("quiet_days_") and (m.value or 0) < LEAST_DAYS
    ]
    if few:
        found.append(
            Finding(
                key="few_quiet_days",
                level="watch",
                title=f"Not enough quiet {step}s to set every limit",
                detail=f"Fewer than {LEAST_DAYS} {step}s for: {', '.join(few)}. These never page.",
                do="Bring a longer past before the test.",
            )
        )
    live, quiet = evidence.value("pages_live"), choices.pages_per_month
    if live is not None and live > 3 * quiet:
        found.append(
            Finding(
                key="noisy",
                level="watch",
                title=f"The stream itself pages {live:.1f} times in 30 days",
                detail=f"The budget is {quiet:g}. Nothing was injected: seasons and the world move "
                "the inputs. A page that nobody needs trains people to ignore pages.",
                because="pages_live",
                do="Compare with the weeks before instead of the training time, or rank alarms by "
                "harm.",
                question="window_days",
            )
        )
    return found


def _slices(evidence: Evidence) -> list[Finding]:
    table = evidence.table("cohort_watch")
    rows = table.records() if table else []
    on = [r for r in rows if r["watched"]]
    loud = [r for r in on if r["first"]]
    off = [r for r in rows if not r["watched"]]
    found = []
    if loud:
        names = "; ".join(f"{r['name']} ({_what(r)})" for r in loud[:5])
        found.append(
            Finding(
                key="cohort_alerts",
                level="watch",
                title=f"{len(loud)} of {len(on)} slices under watch raised an alert",
                detail=f"On the stream as it was, nothing injected: {names}.",
                because="cohorts_alarmed",
                do="Look at the slice first: the average of all rows may hide it.",
            )
        )
    elif on:
        found.append(
            Finding(
                key="cohorts_quiet",
                level="good",
                title=f"All {len(on)} slices under watch stayed quiet"
                if len(on) > 1
                else "The slice under watch stayed quiet",
                because="cohorts_alarmed",
            )
        )
    if off:
        names = " ".join(f"{r['name']}: {r['note']}" for r in off[:5])
        found.append(
            Finding(
                key="cohorts_not_watched",
                level="watch",
                title=f"{len(off)} of {len(rows)} slices cannot be watched",
                detail=names,
                because="cohorts_watched",
                do="Describe the slice by columns that are known at the decision, or make it wider.",
            )
        )
    return found


def _what(row: dict[str, Cell]) -> str:
    words = {
        "volume": "share of all rows",
        "missing": "missing values",
        "prediction": "mean prediction",
        "cost": "cost",
    }
    return ", ".join(name for kind, name in words.items() if row[kind])


def _moves(choices: Choices, evidence: Evidence) -> list[Finding]:
    table = evidence.table("catch_matrix")
    right = {str(r["key"]): str(r["action"]) for r in table.records()} if table else {}
    planned = {key: move for key, move in choices.plan.items() if key in right}
    if not planned:
        return [
            Finding(
                key="no_plan",
                level="watch",
                title="Nobody has said what to do in an incident",
                do="Choose a move for each incident below.",
                question="plan",
            )
        ]
    wrong = [key for key, move in planned.items() if move != right[key]]
    level: Level = "watch" if wrong else "good"
    return [
        Finding(
            key="plan",
            level=level,
            title=f"{len(planned) - len(wrong)} of {len(planned)} planned moves fit the incident",
            detail="" if not wrong else "Think again: " + ", ".join(wrong).replace("_", " "),
            question="plan",
        )
    ]


def _people(choices: Choices) -> list[Finding]:
    if choices.owner.strip():
        return []
    return [
        Finding(
            key="no_owner",
            level="watch",
            title="Nobody is paged",
            detail="An alert without an owner is noise.",
            do="Name a person and a deputy.",
            question="owner",
        )
    ]
