"""Rules about alarms: who is called, and against what they compare."""

from __future__ import annotations

from app.record.number import readable
from app.review.rule import Hit, Place, Rule
from app.review.view import View


def _nobody_called(view: View) -> tuple[Hit, ...]:
    lacking = {
        "owner": "nobody is paged",
        "first_move": "no first step is written down",
        "runbook": "they lead to no runbook",
    }
    hits = [
        Hit(f"Alarms are raised, and {words}.", Place("monitoring", key))
        for key, words in lacking.items()
        if not view.said(f"monitoring.{key}")
    ]
    chosen = view.choices("monitoring")
    if chosen.watch_share >= chosen.page_share:
        words = "Whatever is worth watching pages: there is one severity only."
        hits.append(Hit(words, Place("monitoring", "page_share")))
    return tuple(hits)


def _other_normal(view: View) -> tuple[Hit, ...]:
    rollout, limit = view.choices("rollout"), view.choices("framing").latency_ms
    hits = []
    if rollout.guard_latency_ms > limit:
        words = (
            f"It is stopped from {readable(rollout.guard_latency_ms)} ms on, {readable(limit)} are"
        )
        hits.append(Hit(f"{words} allowed.", Place("rollout", "guard_latency_ms")))
    usual = view.value("serving.answer_ms")
    if usual is not None and 0 < rollout.guard_latency_ms < usual:
        words = f"It is stopped from {readable(rollout.guard_latency_ms)} ms on, usual are "
        hits.append(Hit(f"{words}{readable(usual)}.", Place("rollout", "guard_latency_ms")))
    for path in ("rollout.false_rollbacks", "monitoring.noisy", "monitoring.over_budget"):
        found = view.finding(path)
        if found is not None:
            place = Place(path.partition(".")[0], found.question or "")
            hits.append(Hit(f"{found.title}. {found.detail}", place))
    return tuple(hits)


def _training_reference(view: View) -> tuple[Hit, ...]:
    if view.choices("monitoring").window_days > 0:
        return ()
    return (Hit("Each day is compared with the training time."),)


RULES = (
    Rule(
        key="L37",
        title="An alarm without anybody",
        section="S27",
        severity="major",
        dimension="monitoring",
        question="It pages at three in the morning. Whose telephone, and what do they do first?",
        why="An alert without an owner and a first step is noise.",
        fix="Name a person and a deputy, the first step, the runbook, and from which harm on it pages.",
        place=Place("monitoring", "owner"),
        found=_nobody_called,
        needs=("monitoring",),
    ),
    Rule(
        key="L38",
        title="Alarms know another normal",
        section="S27",
        severity="major",
        dimension="monitoring",
        question="On a day on which nothing is wrong, would this limit be kept?",
        why="Limits that validation does not know either cry wolf or sleep.",
        fix="Take the limits from what the folds and the quiet days showed.",
        place=Place("rollout", "guard_latency_ms"),
        found=_other_normal,
        needs=("monitoring",),
    ),
    Rule(
        key="L39",
        title="Drift against the training time",
        section="S27",
        severity="minor",
        dimension="monitoring",
        question="In which month of the year was the training time, and in which are you?",
        why="Against training, every season looks like drift.",
        fix="Compare with the weeks before, or say why the training time is what should be.",
        place=Place("monitoring", "window_days"),
        found=_training_reference,
        not_yet="A reason for the training time as reference has no field yet.",
    ),
)
