"""Ways to act in an incident without thinking, and with: what each reflex is worth."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from app.stages.drills.event import (
    DECLARE_MINUTES,
    MESSAGE_MINUTES,
    ORDER_MINUTES,
    SNAPSHOT_MINUTES,
    Event,
)
from app.stages.drills.ground import IDLE, Ground
from app.stages.drills.oracle import DONE, TOLD, Script, oracle
from app.stages.drills.state import FOREVER, replay

if TYPE_CHECKING:
    import numpy

Policy = Callable[[Ground, "numpy.random.Generator"], tuple[Event, ...]]
CHECK_MINUTES: Final = 8.0
# In which order one looks who does not know yet: the cheapest first.
LOOK_ORDER: Final = (
    "dashboards",
    "release_diff",
    "config_diff",
    "slice_view",
    "sample_rows",
    "log_query",
    "parity_check",
    "trace_requests",
    "lineage",
    "ask_colleague",
    "label_audit",
    "shap_window",
)


def do_nothing(ground: Ground, rng: numpy.random.Generator) -> tuple[Event, ...]:
    """Let it run."""
    script = Script()
    script.wait_until(ground.horizon)
    return tuple(script.events)


def always(move: str) -> Policy:
    """Return the reflex that answers whatever happens with the same move."""

    def reflex(ground: Ground, rng: numpy.random.Generator) -> tuple[Event, ...]:
        script = Script()
        script.add("declare", DECLARE_MINUTES, key="sev2")
        script.add("act", ORDER_MINUTES, key=move)
        script.add("message", MESSAGE_MINUTES, text=TOLD)
        works = next(iter(replay(ground, script.events).taken)).works
        script.wait_until(min(works, ground.horizon - 1))
        script.add("close", 0)
        return tuple(script.events)

    reflex.__doc__ = f"Answer whatever happens with {move}."
    return reflex


def at_random(ground: Ground, rng: numpy.random.Generator) -> tuple[Event, ...]:
    """Do three things by chance."""
    script = Script()
    moves = [reply.move for reply in ground.replies if reply.move != IDLE]
    for move in rng.permutation(moves)[:3]:
        script.add("look", CHECK_MINUTES, key=str(rng.choice(LOOK_ORDER)))
        script.add("hypotheses", 0, shares={str(rng.choice(ground.causes)): 0.5})
        script.add("act", ORDER_MINUTES, key=str(move))
    script.add("close", 0)
    return tuple(script.events)


def look_then_act(ground: Ground, rng: numpy.random.Generator) -> tuple[Event, ...]:
    """Keep evidence, look one by one until a look tells the cause, then do what fits it."""
    script = Script()
    script.add("snapshot", SNAPSHOT_MINUTES)
    script.add("message", MESSAGE_MINUTES, text=TOLD)
    for look in LOOK_ORDER:
        script.add("look", CHECK_MINUTES, key=look)
        if look == ground.check:
            break
    script.add("hypotheses", 0, shares={ground.incident: 0.8})
    script.add("declare", DECLARE_MINUTES, key="none" if ground.harmless else "sev2")
    for move in () if ground.harmless else _fitting(ground):
        script.add("act", ORDER_MINUTES, key=move)
    script.add("message", MESSAGE_MINUTES, text=TOLD)
    ended = replay(ground, script.events).ended
    if ended < FOREVER and ended <= ground.horizon:
        script.wait_until(ended)
        script.add("look", CHECK_MINUTES, key=ground.check)
    script.add("message", MESSAGE_MINUTES, text=DONE)
    script.add("close", 0)
    return tuple(script.events)


def _fitting(ground: Ground) -> tuple[str, ...]:
    """Return the moves that fit the cause, by the book and not by what they cost here."""
    contains = [reply.move for reply in ground.replies if reply.effect == "contains"]
    return (*contains[:1], *ground.enders[:1])


def know_all(ground: Ground, rng: numpy.random.Generator) -> tuple[Event, ...]:
    """Know the cause, and do what costs least."""
    return oracle(ground)


POLICIES: Final[Mapping[str, tuple[str, Policy]]] = {
    "do_nothing": ("Do nothing", do_nothing),
    "always_retrain": ("Always retrain", always("retrain")),
    "always_roll_back": ("Always roll back", always("roll_back")),
    "always_fall_back": ("Always fall back", always("fall_back")),
    "at_random": ("At random", at_random),
    "look_then_act": ("Look until the right look tells, then act", look_then_act),
    "oracle": ("Oracle: knows the cause", know_all),
}
