"""Rows R4 and R5: reproducible training and delivery; serving, rollout, resilience."""

from __future__ import annotations

from app.review.item import HALF, Fired, Item, Outcome, aside, clear, shown
from app.review.items.design import REVIEW
from app.review.rule import Place
from app.review.view import View


def _same_again(view: View, fired: Fired) -> Outcome:
    differing = view.value("reproducibility.answers_differing") or 0.0
    if differing == 0:
        return Outcome(1.0, "Fitted again, every answer is the same.")
    found = view.finding("reproducibility.again")
    near = found is not None and found.level == "watch"
    return Outcome(HALF if near else 0.0, f"{differing:,.0f} answers differ.")


def _gate(view: View, fired: Fired) -> Outcome:
    gate = bool(view.choices("rollout").gate)
    return Outcome(
        float(gate), "A new model must beat the old one." if gate else "There is no gate."
    )


def _registry(view: View, fired: Fired) -> Outcome:
    chosen = view.choices("reproducibility")
    there = chosen.registered is not None
    approved = chosen.approval == "approved" and "L46" not in fired
    return Outcome((there + approved) / 2, "In the registry, and approved for this version.")


def _mode(view: View, fired: Fired) -> Outcome:
    reason = bool(view.said("serving.mode_reason"))
    return Outcome(
        1.0 if reason else HALF, "A way" + (" and its reason." if reason else ", no reason.")
    )


def _in_time(view: View, fired: Fired) -> Outcome:
    slow = view.finding("serving.too_slow") or view.finding("serving.slow_tail")
    if slow is not None:
        return Outcome(HALF, slow.title + ".")
    return Outcome(1.0, "Latency, throughput and cost are measured and within the limits.")


def _tried(view: View, fired: Fired) -> Outcome:
    chosen = view.choices("serving")
    notes = [chosen.note(step) for step in chosen.steps]
    tried = sum(note is not None and bool(note.rehearsed.strip()) for note in notes)
    if not notes:
        return Outcome(0.0, "Nothing stands below the model.")
    words = f"{tried} of {len(notes)} steps were rehearsed; all are measured on held-out rows."
    return Outcome(1.0 if tried == len(notes) else HALF, words)


def _parity(view: View, fired: Fired) -> Outcome:
    safe = not view.word("reproducibility.no_safe_format")
    words = "Written in a safe format and answered again alike." if safe else "Only as a pickle."
    return Outcome(1.0 if safe else HALF, words)


def _rehearsed(view: View, fired: Fired) -> Outcome:
    written = bool(view.said("rollout.way_back"))
    timed = view.given("rollout.back_minutes")
    words = "Canary with planted harm rehearsed; the way back is written and timed."
    return Outcome((written + timed) / 2, words)


def _feeds(view: View, fired: Fired) -> Outcome:
    silent = [one.name for one in view.choices("serving").dependencies if not one.late.strip()]
    words = (
        f"No plan for: {', '.join(silent)}."
        if silent
        else "Each feed was taken away, each has a plan."
    )
    return Outcome(HALF if silent else 1.0, words)


def _queue(view: View, fired: Fired) -> Outcome:
    framing, serving = view.choices("framing"), view.choices("serving")
    limited = framing.capacity_per_day > 0 if view.task == "binary" else serving.person_per_hour > 0
    if view.task not in ("binary", "multiclass") or not limited:
        return aside("No queue with a limit is named.")
    return clear("L42", needs=("baselines", "errors"))(view, fired)


def _off(view: View, fired: Fired) -> Outcome:
    by = view.choices("rollout").back_by
    below = bool({"rule", "person", "constant"} & set(view.choices("serving").steps))
    if by == "meeting" or not below:
        return Outcome(0.0, "A meeting decides, or nothing stands below the model.")
    return Outcome(
        1.0, "One person, or a switch, puts today’s way back; rehearsed on held-out days."
    )


R4 = (
    Item(
        "R4.1",
        "One command trains from the configuration, environment locked",
        "C",
        "att",
        3,
        REVIEW,
    ),
    Item(
        "R4.2",
        "A second run gives the same within tolerance",
        "B",
        "auto",
        2,
        Place("reproducibility"),
        shown("reproducibility.again", also=_same_again),
    ),
    Item("R4.3", "Logic lies in a package, not in a notebook", "C", "att", 3, REVIEW),
    Item("R4.4", "Unit tests, of features and of one assumption about data", "C", "att", 3, REVIEW),
    Item("R4.5", "Test of the whole pipeline, with a small quick variant", "B", "att", 4, REVIEW),
    Item("R4.6", "Tests and lint run at every change", "C", "att", 2, REVIEW),
    Item(
        "R4.7",
        "A gate keeps a worse artefact out",
        "B",
        "sim",
        2,
        Place("rollout", "gate"),
        shown("rollout.policies", rules=("L40",), also=_gate),
    ),
    Item(
        "R4.8",
        "Row in the registry: versions, data, evaluation, approval, way back",
        "C",
        "auto",
        3,
        Place("reproducibility", "approval"),
        clear(needs=("reproducibility",), also=_registry),
    ),
    Item(
        "R4.9",
        "One example can be followed from input to answer",
        "B",
        "auto",
        2,
        Place("errors"),
        shown("errors.queue"),
    ),
    Item("R4.10", "Container or image pinned, no “latest”", "B", "att", 3, REVIEW),
    Item("R4.11", "Orchestrated or scheduled where it runs in batches", "B", "att", 3, REVIEW),
    Item("R4.12", "Infrastructure as code, or deployment written down", "A", "att", 4, REVIEW),
)
R5 = (
    Item(
        "R5.1",
        "Way of serving, and why",
        "C",
        "auto",
        1,
        Place("serving", "mode_reason"),
        shown("serving.mode", rules=("L29",), also=_mode),
    ),
    Item(
        "R5.2",
        "Inputs checked, output and version described",
        "C",
        "auto",
        2,
        Place("reproducibility", "contract"),
        shown("reproducibility.contract", "reproducibility.version"),
    ),
    Item(
        "R5.3",
        "Latency, throughput and cost hold in a load test",
        "B",
        "sim",
        2,
        Place("serving"),
        shown("serving.latency_p99", "serving.throughput", rules=("L30",), also=_in_time),
    ),
    Item(
        "R5.4",
        "Fallback ladder, each step triggered once",
        "C",
        "sim",
        3,
        Place("serving", "fallbacks"),
        shown("serving.fallbacks", rules=("L33",), also=_tried),
    ),
    Item(
        "R5.5",
        "Training and serving answer alike",
        "B",
        "sim",
        2,
        Place("reproducibility"),
        shown("reproducibility.again", "reproducibility.version", rules=("L31",), also=_parity),
    ),
    Item(
        "R5.6",
        "Shadow or canary before full traffic",
        "B",
        "sim",
        2,
        Place("rollout", "canary"),
        shown("rollout.canary", "rollout.shadow"),
    ),
    Item(
        "R5.7",
        "Way back in one step, rehearsed and timed",
        "C",
        "sim",
        2,
        Place("rollout", "way_back"),
        shown("rollout.rehearsal", rules=("L36",), also=_rehearsed),
    ),
    Item(
        "R5.8",
        "Degrades gracefully when something it needs is gone",
        "B",
        "sim",
        2,
        Place("serving", "dependencies"),
        shown("serving.dependencies", also=_feeds),
    ),
    Item("R5.9", "Health checks; capacity planned", "B", "att", 3, REVIEW),
    Item("R5.10", "Rights, secrets, logs without personal data", "B", "att", 3, REVIEW),
    Item(
        "R5.11",
        "Review queue fits the people there are",
        "B",
        "auto",
        1,
        Place("framing", "capacity_per_day"),
        _queue,
    ),
    Item(
        "R5.12",
        "Off-switch for automatic decisions",
        "A",
        "sim",
        2,
        Place("rollout", "back_by"),
        shown("rollout.rehearsal", also=_off),
    ),
)
ITEMS = (*R4, *R5)
