"""The debrief: what happened at each minute, what it cost, and what the best moves would have cost."""

from __future__ import annotations

from collections.abc import Sequence

from app.incidents import INCIDENTS
from app.incidents.looks import LOOKS
from app.incidents.moves import MOVES
from app.record.chart import Axis, Chart, Guide, Series
from app.stages.drills.drill import Drill, Moment, Outcome, Trail
from app.stages.drills.event import SEVERITIES, Event
from app.stages.drills.ground import Ground
from app.stages.drills.oracle import best_of, oracle
from app.stages.drills.score import score
from app.stages.drills.state import FOREVER, State, replay

LONGEST = 240
SHORT = 300
LANES = {
    "look": "Looks",
    "act": "Moves ordered",
    "works": "Moves at work",
    "lift": "Moves taken back",
    "hypotheses": "Hypotheses",
    "message": "Messages",
    "declare": "Declared",
    "snapshot": "Evidence kept",
    "hint": "Hints",
}


def outcome_of(ground: Ground, events: Sequence[Event]) -> Outcome:
    """Return all that a finished drill is told by."""
    incident, best = INCIDENTS[ground.incident], best_of(ground)
    state = replay(ground, events)
    return Outcome(
        incident=incident.key,
        title=incident.title,
        cause=incident.cause,
        remedy=incident.remedy,
        symptom=incident.symptom,
        check=ground.check,
        check_words=incident.check.words,
        harmless=ground.harmless,
        score=score(ground, events, best),
        timeline=timeline_of(ground, events),
        trails=tuple(
            Trail(cause=p.cause, title=_title(p.cause), words=p.words) for p in ground.decoys
        ),
        rate=ground.base.value,
        rate_low=ground.base.low,
        rate_high=ground.base.high,
        before=ground.before.value,
        struck_days=ground.struck_days,
        rows_a_day=ground.decisions_a_day,
        n=ground.n,
        best_moves=best.plan,
        curves={
            "you": curve_of(state),
            "oracle": curve_of(replay(ground, oracle(ground))),
            "nothing": curve_of(State(ground)),
        },
    )


def _title(cause: str) -> str:
    return INCIDENTS[cause].title if cause in INCIDENTS else cause.replace("_", " ").capitalize()


def curve_of(state: State) -> tuple[tuple[float, float], ...]:
    """Return the harm by minute to the horizon, at the minutes at which its slope changes."""
    found, total = [(0.0, 0.0)], 0.0
    for span in state.spans(state.ground.horizon):
        total += span.harm.value
        found.append((span.end, total))
    return tuple((minute, float(f"{harm:.6g}")) for minute, harm in found)


def timeline_of(ground: Ground, events: Sequence[Event]) -> tuple[Moment, ...]:
    """Return what was done and what took effect, in the order of the minutes."""
    state = replay(ground, events)
    harm = dict(curve_of(state))
    told = [
        (event.minute, event.kind, *words_of(event))
        for event in events
        if event.kind != "wait" and event.minute <= state.minute
    ]
    worked = [
        (t.works, "works", f"{MOVES[t.move].title} is at work", "")
        for t in state.taken
        if t.works <= state.minute and t.move in MOVES
    ]
    ended = [(state.ended, "ended", "The cause is gone", "")] if state.ended < FOREVER else []
    found = sorted((*told, *worked, *ended), key=lambda moment: moment[0])
    return tuple(
        Moment(
            minute=minute,
            clock=ground.clock(minute),
            kind=kind,
            title=title,
            detail=detail[:LONGEST],
            harm=harm.get(minute, _between(state, minute)),
        )
        for minute, kind, title, detail in found
    )


def _between(state: State, minute: float) -> float:
    return float(f"{state.harm(min(minute, state.ground.horizon)).value:.6g}")


def words_of(event: Event) -> tuple[str, str]:
    """Return an event in words: what, and the details."""
    key, text = event.key, " ".join(event.text.split())
    if event.kind == "look":
        return LOOKS[key].title if key in LOOKS else key, text
    if event.kind == "act":
        return f"Ordered: {MOVES[key].title if key in MOVES else key}", ""
    if event.kind == "lift":
        return f"Taken back: {MOVES[key].title if key in MOVES else key}", ""
    if event.kind == "hypotheses":
        held = sorted(event.shares.items(), key=lambda item: -item[1])
        return "Hypotheses", "; ".join(f"{_title(cause)} {share:.0%}" for cause, share in held)
    if event.kind == "declare":
        return "Declared", SEVERITIES.get(key, key)
    plain = {
        "message": "Told the stakeholders",
        "snapshot": "Kept log, settings and a sample",
        "hint": "Took a hint",
        "reveal": "Looked the cause up",
        "close": "Closed",
        "wait": "Waited",
    }
    return plain[event.kind], text


def charts_of(drill: Drill, currency: str) -> tuple[Chart, ...]:
    """Return the pictures of a finished drill: the nine measures, the harm, the timeline."""
    if drill.outcome is None:
        return ()
    return (
        nine(drill.outcome, drill.code),
        harm_chart(drill.outcome, currency),
        lanes(drill.outcome),
    )


def nine(outcome: Outcome, code: str) -> Chart:
    """Return the nine measures as bars."""
    marks = outcome.score.marks
    return Chart(
        key="nine",
        title="Nine measures",
        says=f"Drill {code}: {outcome.score.total:.0%} in all. The oracle has all nine full.",
        x=Axis(label="Score", kind="share"),
        y=Axis(label="Measure", kind="category", order=tuple(m.title for m in marks)),
        series=(
            Series(
                name="You",
                mark="bar",
                x=tuple(m.score for m in marks),
                y=tuple(m.title for m in marks),
                text=tuple(m.words for m in marks),
            ),
        ),
        horizontal=True,
    )


def harm_chart(outcome: Outcome, currency: str) -> Chart:
    """Return the harm by minute: yours, the oracle's, and without any move."""
    names = {"nothing": "nothing done", "you": "you", "oracle": "oracle"}
    roles = {"nothing": "muted", "you": "main", "oracle": "good"}
    closed = outcome.score.minutes / 60
    width = outcome.score.harm_high - outcome.score.harm_low
    return Chart(
        key="harm",
        title="Harm, minute by minute",
        says=f"You {outcome.score.harm:,.0f}, oracle {outcome.score.harm_oracle:,.0f}, nothing done "
        f"{outcome.score.harm_nothing:,.0f} {currency}; yours is uncertain by ±{width / 2:,.0f} (95 %). "
        "After the close it runs on as you left it.",
        x=Axis(label="Hours since the drill began", unit="h"),
        y=Axis(label="Harm", unit=currency),
        series=tuple(
            Series(
                name=names[key],
                mark="line",
                x=tuple(minute / 60 for minute, _ in outcome.curves[key]),
                y=tuple(value for _, value in outcome.curves[key]),
                role=roles[key],
                dashed=key == "nothing",
            )
            for key in ("nothing", "you", "oracle")
            if key in outcome.curves
        ),
        guides=(Guide(axis="x", at=closed, label="closed", role="muted"),),
    )


def lanes(outcome: Outcome) -> Chart:
    """Return what was done when, one lane a kind."""
    moments = [m for m in outcome.timeline if m.kind in LANES]
    unit, size = ("min", 1.0) if outcome.score.minutes < SHORT else ("h", 60.0)
    used = [kind for kind in LANES if any(m.kind == kind for m in moments)]
    return Chart(
        key="lanes",
        title="What you did when",
        says="Every look, order and message on the clock of the drill; "
        "the words stand under the pointer.",
        x=Axis(label="Since the drill began", unit=unit),
        y=Axis(label="What", kind="category", order=tuple(LANES[kind] for kind in used)),
        series=(
            Series(
                name="Events",
                mark="point",
                x=tuple(m.minute / size for m in moments),
                y=tuple(LANES[m.kind] for m in moments),
                text=tuple(f"{m.clock}: {m.title}" for m in moments),
            ),
        ),
        guides=_ended(outcome, size),
        horizontal=True,
    )


def _ended(outcome: Outcome, size: float) -> tuple[Guide, ...]:
    at = outcome.score.ended_minute
    return () if at is None else (Guide(axis="x", at=at / size, label="cause gone", role="good"),)
