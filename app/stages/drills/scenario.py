"""The scenario that a code stands for: which incident, when it strikes, and how it comes to notice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.incidents import INCIDENTS
from app.incidents.incident import Incident, Line
from app.stages.drills.archive import Archive
from app.stages.drills.code import DIFFICULTIES, Code
from app.stages.drills.difficulty import LEVELS, Difficulty
from app.stages.drills.ground import Ground, Planted
from app.stages.drills.opening import Opening, opening_of
from app.stages.drills.pricing import Pricer, flow_of
from app.stages.drills.window import cut_scene
from app.stages.production import Scene, Struck, simulate
from app.stages.production.engine import context_of
from app.stages.production.seen import Watch

HORIZON = 5 * 1440.0
BEFORE, AFTER = 28, 14
LEAST_BEFORE = 8


@dataclass(frozen=True)
class Staged:
    """A drill that is ready to be walked."""

    ground: Ground
    archive: Archive


def stage_drill(watch: Watch, code: Code, decisions_per_year: float) -> Staged:
    """Draw the scenario of a code on a stream and measure all that the drill needs."""
    level = LEVELS[code.difficulty]
    rng = np.random.default_rng([code.seed, DIFFICULTIES.index(code.difficulty)])
    small, onset = around(watch.scene, rng)
    incident = drawn_incident(small, level, rng)
    shape = level.onsets[int(rng.integers(len(level.onsets)))]
    struck = simulate(small, incident, onset, level.severity, rng, shape)
    opening = opening_of(watch, small, struck, level, rng)
    lines = _lines(struck, incident, level, rng)
    pricer = Pricer(small, onset, flow_of(small, decisions_per_year))
    ground = ground_of(pricer, struck, incident, opening, code.text)
    planted = tuple(
        Planted(cause=line.suggests, words=line.words, source=line.source)
        for line in lines
        if line.suggests not in ("", incident.key)
    )
    archive = Archive(
        small,
        struck,
        lines,
        opening.day,
        opening.minute,
        level.label_delay,
        incident.group,
        _heard(struck, incident),
    )
    return Staged(ground.model_copy(update={"decoys": planted}), archive)


def around(scene: Scene, rng: np.random.Generator) -> tuple[Scene, int]:
    """Choose a day of onset with days before and after it, and cut the stream around it."""
    count = scene.live.world.days.count
    low = min(LEAST_BEFORE, count // 3)
    high = max(low + 1, count - min(AFTER, count // 2))
    onset = int(rng.integers(low, high))
    first = max(0, onset - BEFORE)
    small = cut_scene(scene, first, min(count - 1, onset + AFTER))
    return small, onset - first


def can_strike(scene: Scene, keys: tuple[str, ...] = tuple(INCIDENTS)) -> tuple[str, ...]:
    """Return the incidents that can strike a stream."""
    context = context_of(scene, 0.5, np.random.default_rng(0))
    return tuple(k for k in keys if not INCIDENTS[k].why_not(scene.live.world, context))


def drawn_incident(scene: Scene, level: Difficulty, rng: np.random.Generator) -> Incident:
    """Draw what is wrong: at times nothing is."""
    keys = can_strike(scene)
    false = rng.random() < level.false_alarms
    wanted = [k for k in keys if INCIDENTS[k].harmless == false] or list(keys)
    return INCIDENTS[str(rng.choice(wanted))]


def _heard(struck: Struck, incident: Incident) -> str:
    """Return what a colleague remembers who is responsible: what people say before what logs say."""
    true = [line for line in struck.lines if line.suggests == incident.key]
    true.sort(key=lambda line: line.source == "log")
    return true[0].words if true else ""


def _lines(
    struck: Struck, incident: Incident, level: Difficulty, rng: np.random.Generator
) -> tuple[Line, ...]:
    """Keep as many true traces and false trails as the level says, and all of daily life."""
    every = struck.lines
    true = [line for line in every if line.suggests == incident.key]
    false = [line for line in every if line.suggests not in ("", incident.key)]
    daily = [line for line in every if not line.suggests]
    # A line that announces a version the log shows anyway is never left out.
    kept = [line for line in true if line.version or rng.random() < level.logs]
    found = [*kept, *false[: level.decoys], *daily]
    return tuple(sorted(found, key=lambda line: (line.day, line.minute)))


def ground_of(
    pricer: Pricer, struck: Struck, incident: Incident, opening: Opening, code: str
) -> Ground:
    """Measure what the score of a drill rests on."""
    world, onset = pricer.scene.live.world, struck.onset_day
    base = pricer.base(struck)
    days = max(0.0, opening.day + opening.minute / 1440 - onset)
    return Ground(
        code=code,
        incident=incident.key,
        harmless=incident.harmless,
        horizon=HORIZON,
        base=base,
        before=base.over(days * 1440),
        replies=pricer.replies(struck, incident, float(opening.day)),
        check=incident.check.look,
        causes=tuple(INCIDENTS),
        opening=opening.words,
        source=opening.source,
        started=world.days.names[min(opening.day, world.days.count - 1)],
        start_minute=opening.minute,
        struck_days=days,
        decisions_a_day=pricer.flow.decisions_a_day,
        n=int((world.days.of_row >= onset).sum()),
    )
