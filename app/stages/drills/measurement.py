"""What every reflex costs in every practised incident, and what each way to act is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from app.incidents import INCIDENTS
from app.incidents.moves import MOVES
from app.record.chart import Axis, Chart, Colors, Series
from app.record.evidence import Evidence
from app.record.measure import Measure
from app.record.project import Project
from app.record.table import Column, Table
from app.stages.bench import Bench
from app.stages.drills.choices import Choices
from app.stages.drills.ground import IDLE, Ground
from app.stages.drills.opening import Opening
from app.stages.drills.oracle import best_of
from app.stages.drills.policies import POLICIES
from app.stages.drills.pricing import Pricer, flow_of
from app.stages.drills.scenario import around, can_strike, ground_of
from app.stages.drills.score import score
from app.stages.production import simulate
from app.stages.production.seen import Watch

DAY = 1440.0
# Labels of a few days are in when one retrains or sets a threshold anew.
NOTICED_DAYS = 3
MOST_PRACTISED = 8


@dataclass(frozen=True)
class Practised:
    """One incident, measured under every move."""

    key: str
    ground: Ground
    scores: Mapping[str, float]


def measure(choices: Choices, project: Project, bench: Bench) -> Evidence:
    """Let each practised incident strike, answer it by every reflex, and count."""
    watch: Watch = bench.fetch("monitoring", "watch")
    scene = watch.scene
    per_year = float(bench.choices("framing").decisions_per_year)
    small, onset = around(scene, bench.rng("onset"))
    wanted = [k for k in choices.practice if k in INCIDENTS][:MOST_PRACTISED]
    keys = can_strike(small, tuple(wanted))
    pricer = Pricer(small, onset, flow_of(small, per_year))
    found = []
    for place, key in enumerate(keys):
        bench.progress(0.1 + 0.85 * place / len(keys), f"Striking: {INCIDENTS[key].title}")
        ground = _ground(choices, pricer, key, bench)
        found.append(Practised(key, ground, _scores(ground, bench)))
    skipped = [INCIDENTS[k].title for k in wanted if k not in keys]
    days = small.live.world.days
    return Evidence(
        stage="drills",
        measures=_measures(found),
        tables=(_answers(found),),
        charts=tuple(
            c for c in (_matrix(found, scene.currency), _policies(found)) if c is not None
        ),
        words={
            "stream": f"{small.live.world.n:,} held-out rows over {days.count} {days.step}s; each "
            f"incident strikes on {days.names[onset]}.",
            **(
                {"skipped": "Cannot strike this stream: " + ", ".join(skipped) + "."}
                if skipped
                else {}
            ),
            **_words(found),
        },
    )


def _ground(choices: Choices, pricer: Pricer, key: str, bench: Bench) -> Ground:
    incident, scene, onset = INCIDENTS[key], pricer.scene, pricer.onset
    struck = simulate(scene, incident, onset, choices.severity, bench.rng(f"drill {key}"))
    day = min(onset + NOTICED_DAYS, scene.live.world.days.count - 1)
    opening = Opening(day, 540, "alert", incident.symptom)
    return ground_of(pricer, struck, incident, opening, key)


def _scores(ground: Ground, bench: Bench) -> dict[str, float]:
    best = best_of(ground)
    return {
        key: score(ground, act(ground, bench.rng(f"{ground.incident} {key}")), best).total
        for key, (_, act) in POLICIES.items()
    }


def extra_a_day(ground: Ground, move: str) -> tuple[float, float, float]:
    """Return what a day under a move costs beyond a healthy day, with its interval."""
    rate = ground.reply(move).struck
    return rate.value * DAY, rate.low * DAY, rate.high * DAY


def dearest(found: Sequence[Practised]) -> tuple[str, str, float]:
    """Return the reflex that makes an incident dearest beyond doing nothing: incident, move, extra."""
    worst = ("", "", 0.0)
    for one in found:
        base = extra_a_day(one.ground, IDLE)[0]
        for move in MOVES:
            extra = extra_a_day(one.ground, move)[0] - base
            if extra > worst[2]:
                worst = (one.key, move, extra)
    return worst


def _measures(found: Sequence[Practised]) -> tuple[Measure, ...]:
    rates = [extra_a_day(one.ground, IDLE) for one in found]
    worst = max(range(len(found)), key=lambda i: rates[i][0], default=None)
    dear = dearest(found)
    saved = [_saved(one.ground) for one in found if not one.ground.harmless]
    measures = [
        Measure(
            key="practised",
            label="Incidents practised",
            value=float(len(found)),
            unit="incidents",
        ),
        Measure(
            key="dearest_incident",
            label="Dearest incident, a day unhandled",
            value=None if worst is None else rates[worst][0],
            low=None if worst is None else rates[worst][1],
            high=None if worst is None else rates[worst][2],
            unit="currency",
            n=None if worst is None else found[worst].ground.n,
            method="t interval over the days since the onset",
            note="" if worst is None else INCIDENTS[found[worst].key].title,
        ),
        Measure(
            key="dearest_reflex",
            label="Dearest wrong reflex, a day beyond doing nothing",
            value=dear[2],
            unit="currency",
            n=len(found),
            note=f"{MOVES[dear[1]].title} in: {INCIDENTS[dear[0]].title}"
            if dear[0]
            else "None is dear.",
        ),
        Measure(
            key="oracle_saves",
            label="Harm that the best moves avoid (median incident)",
            value=float(np.median(saved)) if saved else None,
            low=float(min(saved)) if saved else None,
            high=float(max(saved)) if saved else None,
            level=1.0,
            unit="share",
            n=len(saved),
            method="range over the incidents",
        ),
        *(_policy_measure(found, key, title) for key, (title, _) in POLICIES.items()),
    ]
    return tuple(measures)


def _saved(ground: Ground) -> float:
    nothing = ground.base.over(ground.horizon).value
    return (nothing - best_of(ground).harm) / nothing if nothing > 0 else 0.0


def _policy_measure(found: Sequence[Practised], key: str, title: str) -> Measure:
    value, low, high = _mean([one.scores[key] for one in found])
    return Measure(
        key=f"score_{key}",
        label=f"Drill score: {title.lower()}",
        value=value,
        low=low,
        high=high,
        unit="share",
        n=len(found),
        method="t interval over the incidents",
    )


def _mean(values: Sequence[float]) -> tuple[float | None, float | None, float | None]:
    if not values:
        return None, None, None
    mean = float(np.mean(values))
    if len(values) < 2:
        return mean, None, None
    half = float(
        stats.t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values))
    )
    return mean, max(0.0, mean - half), min(1.0, mean + half)


def _shown(found: Sequence[Practised]) -> tuple[str, ...]:
    """Return the moves that change anything in any of the incidents."""
    return tuple(
        move
        for move in MOVES
        if move == IDLE
        or any(
            one.ground.reply(move).effect != "nothing"
            or one.ground.reply(move).struck != one.ground.base
            for one in found
        )
    )


def _matrix(found: Sequence[Practised], currency: str) -> Chart | None:
    """Draw what each reflex costs a day in each incident."""
    if not found:
        return None
    moves = _shown(found)
    cells = [(one, move, extra_a_day(one.ground, move)[0]) for one in found for move in moves]
    most = max((v for _, _, v in cells), default=0.0)
    most = most if most > 0 else 1.0
    titles = tuple(INCIDENTS[one.key].title for one in found)
    return Chart(
        key="reflexes",
        title="What each reflex costs on your own stream",
        says="Money a day beyond a healthy day while the move is in force and the cause stands, or "
        "is gone by the move (●). The cheapest in a row is the move to make. Where automation "
        "stops, people decide as serving says: with their errors and fees.",
        x=Axis(label="Move", kind="category", order=tuple(MOVES[m].title for m in moves)),
        y=Axis(label="Incident", kind="category", order=titles),
        series=(
            Series(
                name="Money a day",
                mark="heat",
                x=tuple(MOVES[m].title for _, m, _ in cells),
                y=tuple(INCIDENTS[one.key].title for one, _, _ in cells),
                # The root spreads what is small beside the dearest.
                shade=tuple(float(np.sqrt(max(v, 0.0) / most)) for _, _, v in cells),
                text=tuple(
                    _short(v) + (" ●" if one.ground.reply(m).effect == "ends" else "")
                    for one, m, v in cells
                ),
            ),
        ),
        colors=Colors(label=f"{currency} a day", low="nothing, or saves", high="the dearest"),
    )


def _short(value: float) -> str:
    """Return an amount in at most five characters."""
    size = abs(value)
    if size < 0.005:
        return "0"
    for limit, unit in ((1e9, "bn"), (1e6, "m"), (1e3, "k")):
        if size >= limit:
            return (
                f"{value / limit:.2g}{unit}" if size < 10 * limit else f"{value / limit:.0f}{unit}"
            )
    return f"{value:.2g}" if size < 10 else f"{value:.0f}"


def _policies(found: Sequence[Practised]) -> Chart | None:
    if not found:
        return None
    rows = sorted(
        (
            (title, *_mean([one.scores[key] for one in found]))
            for key, (title, _) in POLICIES.items()
        ),
        key=lambda row: -(row[1] or 0.0),
    )
    return Chart(
        key="policies",
        title="What a way to act is worth",
        says=f"Mean score of the nine measures over {len(found)} practised incidents, 95 % "
        "intervals. Who looks is told the cause by the look that tells it apart.",
        x=Axis(label="Drill score", kind="share"),
        y=Axis(label="Way to act", kind="category", order=tuple(row[0] for row in rows)),
        series=(
            Series(
                name="Score",
                mark="bar",
                x=tuple(row[1] for row in rows),
                y=tuple(row[0] for row in rows),
                low=tuple(row[2] for row in rows),
                high=tuple(row[3] for row in rows),
            ),
        ),
        horizontal=True,
    )


def _answers(found: Sequence[Practised]) -> Table:
    return Table(
        key="answers",
        title="The right move in each practised incident",
        columns=(
            Column(key="key", label="Key", kind="text"),
            Column(key="incident", label="Incident", kind="text"),
            Column(key="unhandled", label="A day unhandled", kind="currency"),
            Column(key="low", label="Low", kind="currency"),
            Column(key="high", label="High", kind="currency"),
            Column(key="best", label="The oracle's moves", kind="text"),
            Column(key="left", label="Harm left by them", kind="currency", help="Over five days."),
            Column(key="wrong", label="Dearest reflex", kind="text"),
            Column(key="wrong_extra", label="Beyond doing nothing, a day", kind="currency"),
        ),
        rows=tuple(_row(one) for one in found),
        note="Intervals: t over the days since the onset, days taken as independent.",
    )


def _row(one: Practised) -> tuple[object, ...]:
    ground, best = one.ground, best_of(one.ground)
    base = extra_a_day(ground, IDLE)
    worst = dearest((one,))
    return (
        one.key,
        INCIDENTS[one.key].title,
        *base,
        ", then ".join(MOVES[m].title for m in best.plan) or MOVES[IDLE].title,
        best.harm,
        MOVES[worst[1]].title if worst[1] else "",
        worst[2],
    )


def _words(found: Sequence[Practised]) -> dict[str, str]:
    dear = dearest(found)
    if not dear[0]:
        return {}
    return {
        "dearest": f"{MOVES[dear[1]].title} in “{INCIDENTS[dear[0]].title}”",
    }
