"""The account of a finished drill: its impact in numbers, how it was noticed, and the timeline."""

from __future__ import annotations

from dataclasses import dataclass

from app.incidents.looks import LOOKS
from app.incidents.moves import MOVES
from app.record.chart import Chart
from app.record.evidence import Evidence
from app.record.measure import Measure
from app.record.table import Column, Table
from app.stages.drills.debrief import charts_of
from app.stages.drills.drill import Drill, Moment, Outcome
from app.stages.drills.postmortem import PostMortem, Why, completeness, lacking

DAY_MINUTES = 1440.0
MOST_MOMENTS = 200


@dataclass(frozen=True)
class Account:
    """All that a post-mortem is written from: what was measured, and what a person added.

    Parameters
    ----------
    drill : Drill
    outcome : Outcome
    post : PostMortem
        With what the drill itself shows where the person has written nothing yet.
    measures : tuple of Measure
    timeline : Table
    charts : tuple of Chart
    detection : str
        How it was noticed, and which of the project's monitors would have seen it when.
    oracle : str
        The moves that would have cost least.
    share : float
        How much of the post-mortem is there.
    lacking : tuple of str
    """

    drill: Drill
    outcome: Outcome
    post: PostMortem
    measures: tuple[Measure, ...]
    timeline: Table
    charts: tuple[Chart, ...]
    detection: str
    oracle: str
    share: float
    lacking: tuple[str, ...]


def account_of(
    drill: Drill, written: PostMortem | None, monitoring: Evidence | None, currency: str
) -> Account | None:
    """Return the account of a drill; None while it runs."""
    outcome = drill.outcome
    if outcome is None:
        return None
    post = PostMortem() if written is None else written
    best = ", then ".join(MOVES[m].title.lower() for m in outcome.best_moves if m in MOVES)
    return Account(
        drill,
        outcome,
        post,
        _measures(outcome, drill.code),
        _timeline(outcome),
        charts_of(drill, currency),
        _detection(outcome, monitoring),
        best or "leave it alone",
        completeness(post),
        lacking(post),
    )


def begun(drill: Drill) -> PostMortem:
    """Return a post-mortem with what the drill itself shows already in its place."""
    outcome = drill.outcome
    if outcome is None:
        return PostMortem()
    look = LOOKS[outcome.check].title if outcome.check in LOOKS else outcome.check
    first = Why(text=f"{outcome.symptom}", check=_seen(outcome))
    second = Why(text=f"{outcome.cause}", check=f"{look}: {outcome.check_words}")
    return PostMortem(whys=(first, second))


def _seen(outcome: Outcome) -> str:
    looks = [m for m in outcome.timeline if m.kind == "look"]
    return f"{looks[0].clock}: {looks[0].title}" if looks else ""


def _measures(outcome: Outcome, code: str) -> tuple[Measure, ...]:
    score = outcome.score
    until = score.ended_minute if score.ended_minute is not None else score.minutes
    decisions = outcome.rows_a_day * (outcome.struck_days + until / DAY_MINUTES)
    return (
        Measure(
            key="decisions",
            label="Decisions made while it lasted",
            value=decisions,
            unit="decisions",
            note=f"Drill {code}",
        ),
        Measure(
            key="harm",
            label="Harm from the start of the drill to its horizon of five days",
            value=score.harm,
            low=score.harm_low,
            high=score.harm_high,
            unit="currency",
            n=outcome.n or None,
            method="Student’s t by day of the struck days",
        ),
        Measure(
            key="before",
            label="Harm before anybody looked",
            value=outcome.before,
            unit="currency",
        ),
        Measure(
            key="rate",
            label="Harm a minute while nothing is done",
            value=outcome.rate,
            low=outcome.rate_low,
            high=outcome.rate_high,
            unit="currency",
            n=outcome.n or None,
            method="Student’s t by day of the struck days",
        ),
        Measure(
            key="oracle",
            label="Harm with the best moves",
            value=score.harm_oracle,
            unit="currency",
        ),
        Measure(
            key="nothing", label="Harm if nobody acts", value=score.harm_nothing, unit="currency"
        ),
        *(
            Measure(key=key, label=label, value=minute, unit="minutes")
            for key, label, minute in (
                ("declared", "Declared after", score.declared_minute),
                ("contained", "Contained after", score.contained_minute),
                ("ended", "Cause gone after", score.ended_minute),
            )
        ),
    )


def _detection(outcome: Outcome, monitoring: Evidence | None) -> str:
    first = f"{outcome.symptom} It had run for {outcome.struck_days:.1f} days when the drill began."
    table = None if monitoring is None else monitoring.table("catch_matrix")
    rows = [] if table is None else table.records()
    row = next((r for r in rows if r["key"] == outcome.incident and r.get("struck")), None)
    if row is None:
        return f"{first} The catch matrix of this project does not hold it."
    step = monitoring.words.get("step", "day") if monitoring is not None else "day"
    if row.get("caught"):
        return (
            f"{first} Of the monitors that are switched on, {row['signal']} sees it after "
            f"{row['days_late']} {step}s at the usual strength."
        )
    if row.get("only"):
        return f"{first} No monitor that is switched on sees it; {row['only']} would."
    return f"{first} No monitor sees it: only a look does."


def _timeline(outcome: Outcome) -> Table:
    return Table(
        key="timeline",
        title="Timeline",
        columns=(
            Column(key="clock", label="When", kind="text"),
            Column(key="what", label="What", kind="text"),
            Column(key="detail", label="Detail", kind="text"),
            Column(key="harm", label="Harm by then", kind="currency"),
        ),
        rows=tuple(_line(moment) for moment in outcome.timeline[:MOST_MOMENTS]),
    )


def _line(moment: Moment) -> tuple[str, str, str, float]:
    return (moment.clock, moment.title, moment.detail, moment.harm)
