"""Would it be noticed, and is there a plan?"""

from __future__ import annotations

from app.incidents import INCIDENTS
from app.record.evidence import Evidence
from app.record.finding import Finding, Level
from app.record.table import Cell
from app.stages.monitoring.choices import Choices
from app.stages.monitoring.noise import noise

SHOWN = 5


def judge(choices: Choices, evidence: Evidence) -> tuple[Finding, ...]:
    """Judge what is noticed, how noisy the alarms are, and who acts."""
    return (
        *_caught(evidence),
        *_harmless(evidence),
        *_add(evidence),
        *noise(choices, evidence),
        *_blind(evidence),
        *_slices(evidence),
        *_moves(choices),
        *_people(choices),
    )


def _rows(evidence: Evidence, key: str) -> list[dict[str, Cell]]:
    table = evidence.table(key)
    return table.records() if table else []


def _tried(evidence: Evidence) -> list[dict[str, Cell]]:
    return [r for r in _rows(evidence, "catch_matrix") if r["struck"]]


def _names(rows: list[dict[str, Cell]]) -> str:
    names = [str(row["incident"]).lower() for row in rows]
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def _caught(evidence: Evidence) -> list[Finding]:
    rows = [r for r in _tried(evidence) if not r["harmless"]]
    missed = [r for r in rows if not r["caught"]]
    days, step = evidence.words.get("strike_days", "60"), evidence.words.get("step", "day")
    found = []
    if missed:
        lost = sum(float(r["lost_in_all"] or 0) for r in missed)
        level: Level = "stop" if len(missed) > len(rows) / 2 else "watch"
        found.append(
            Finding(
                key="missed",
                level=level,
                title=f"{len(missed)} of {len(rows)} harmful incidents "
                + ("goes unnoticed" if len(missed) == 1 else "go unnoticed"),
                detail=f"Not noticed within {days} {step}s: {_names(missed)}. Together they cost "
                f"{lost:,.0f} until then.",
                because="incidents_caught",
                do="Switch on a monitor that shows them, or accept the risk in writing.",
                question="monitors",
            )
        )
    elif rows:
        found.append(
            Finding(
                key="all_caught",
                level="good",
                title="Every harmful incident is noticed",
                because="incidents_caught",
            )
        )
    early = ("service", "input", "prediction")
    late = [
        r
        for r in rows
        if r["caught"] and all(r[group] is None or r[group] != r["days_late"] for group in early)
    ]
    if late:
        found.append(
            Finding(
                key="only_labels",
                level="watch",
                title="One incident shows first in labels or costs"
                if len(late) == 1
                else f"{len(late)} incidents show first in labels or costs",
                detail=f"{_names(late).capitalize()}: nothing seen at once shows them as early.",
                because="median_days_late",
                do="Shorten the label delay, or label a small sample every day.",
            )
        )
    return found


def _harmless(evidence: Evidence) -> list[Finding]:
    rows = [r for r in _rows(evidence, "catch_matrix") if r["harmless"]]
    loud = [r for r in rows if r["severity"] in ("watch", "page")]
    calm = [r for r in rows if r["severity"] == "benign"]
    found = []
    if loud:
        found.append(
            Finding(
                key="harmless_loud",
                level="watch",
                title="A change that does no harm raises an alert",
                detail=f"{_names(loud).capitalize()}.",
                because="harmless_kept_quiet",
                do="Look before anybody acts: a wrong cure costs more than a false alarm.",
            )
        )
    if calm:
        found.append(
            Finding(
                key="harmless_said",
                level="good",
                title="A harmless shift is noticed and called harmless",
                detail=f"{_names(calm).capitalize()}.",
                because="harmless_kept_quiet",
            )
        )
    return found


def _add(evidence: Evidence) -> list[Finding]:
    says = evidence.words.get("add")
    if not says:
        return []
    best = str(_rows(evidence, "to_add")[0]["monitor"])
    return [
        Finding(
            key="add",
            level="watch",
            title=f"The cheapest monitor to add is “{best}”",
            detail=says,
            because="saved_by_adding",
            do="Switch it on under “Which monitors are switched on?”.",
            question="monitors",
        )
    ]


def _blind(evidence: Evidence) -> list[Finding]:
    quiet = evidence.value("estimate_error")
    blind = evidence.value("estimate_error_concept")
    if quiet is None or blind is None or blind <= 2 * quiet:
        return []
    return [
        Finding(
            key="estimate_blind",
            level="watch",
            title="Estimated quality does not see the world change",
            detail=f"Its error is {quiet:.3g} on quiet days and {blind:.3g} after a concept shift: "
            f"{blind / quiet:.1f} times as much, with no warning.",
            because="estimate_error_concept",
            do="Use it for days whose labels are not in; never instead of labels.",
        )
    ]


def _slices(evidence: Evidence) -> list[Finding]:
    rows = _rows(evidence, "cohort_watch")
    on = [r for r in rows if r["watched"]]
    loud = [r for r in on if r["first"]]
    off = [r for r in rows if not r["watched"]]
    found = []
    if loud:
        names = "; ".join(f"{r['name']} ({_what(r)})" for r in loud[:SHOWN])
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
        names = " ".join(f"{r['name']}: {r['note']}" for r in off[:SHOWN])
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


def _moves(choices: Choices) -> list[Finding]:
    asked = [key for key in choices.incidents if key in INCIDENTS]
    planned = {key: move for key, move in choices.plan.items() if key in asked}
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
    wrong = [key for key, move in planned.items() if not good_move(key, move)]
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


def good_move(key: str, move: str) -> bool:
    """Say whether a move ends an incident, or keeps its harm away."""
    return INCIDENTS[key].effect(move) in ("ends", "contains")


def _people(choices: Choices) -> list[Finding]:
    found = []
    if not choices.owner.strip():
        found.append(
            Finding(
                key="no_owner",
                level="watch",
                title="Nobody is paged",
                detail="An alert without an owner is noise.",
                do="Name a person and a deputy.",
                question="owner",
            )
        )
    if not choices.runbook.strip():
        found.append(
            Finding(
                key="no_runbook",
                level="watch",
                title="Alerts carry no runbook",
                do="Say where it is; the exported repository brings one in docs/runbook.md.",
                question="runbook",
            )
        )
    return found
