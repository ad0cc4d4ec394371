"""Rules about serving: the way, the time, what it promises, and who is there."""

from __future__ import annotations

import re

from app.record.number import readable
from app.review.rule import Hit, Place, Rule
from app.review.view import View
from app.review.wording import sentences

NO_HURRY_MS = 60_000.0
MONTH_MINUTES = 30 * 24 * 60
AVAILABLE = re.compile(r"\b(9\d(?:\.\d+)?)\s?%", re.IGNORECASE)
PROMISE = re.compile(r"\b(?:availab\w+|uptime|SLA|SLO|of the time)\b", re.IGNORECASE)
OFFICE = re.compile(
    r"\b(?:office|business|working|weekday) hours\b|\bweekdays only\b|\b9[- –]?(?:to|–|-)[- ]?(?:5|17)\b",
    re.IGNORECASE,
)
LONG_DAY = 10.0
STEPS = ("network_ms", "lookup_ms", "decide_ms", "log_ms")
PEOPLE = (
    ("serving", "owner"),
    ("monitoring", "owner"),
    ("monitoring", "first_move"),
    ("rollout", "owner"),
    ("rollout", "way_back"),
    ("reproducibility", "owner"),
)


def mode_of(view: View) -> str:
    """Return how answers are given: as chosen, else as measured, else empty."""
    chosen = view.choices("serving").mode
    return str(chosen) if chosen != "auto" else view.word("serving.mode")


def _other_way(view: View) -> tuple[Hit, ...]:
    serving, mode = view.choices("serving"), mode_of(view)
    latency = view.choices("framing").latency_ms
    if mode == "batch" and serving.arrival == "request":
        words = f"Someone waits at most {readable(latency)} ms, and answers are made "
        return (Hit(f"{words}every {readable(serving.every_minutes)} minutes."),)
    online = mode in ("online", "streaming")
    if online and serving.arrival == "known_before" and latency >= NO_HURRY_MS:
        return (Hit("Cases are known beforehand and nobody is in a hurry, yet a service is up."),)
    off = view.finding("serving.other_way")
    if off is not None and off.do:
        return (
            Hit(f"{off.title}, and no reason is written down.", Place("serving", "mode_reason")),
        )
    return ()


def _over_budget(view: View) -> tuple[Hit, ...]:
    serving, limit = view.choices("serving"), view.choices("framing").latency_ms
    if mode_of(view) == "batch":
        return ()
    steps = sum(getattr(serving, step) for step in STEPS)
    model = view.value("serving.latency_p50") or view.value("baselines.chosen_latency_ms") or 0.0
    if steps + model <= limit:
        return ()
    return (
        Hit(
            f"The steps take {readable(steps)} ms and the model {readable(model)} ms; "
            f"{readable(limit)} ms are allowed."
        ),
    )


def _not_servable(view: View) -> tuple[Hit, ...]:
    reason = view.word("reproducibility.no_safe_format")
    if not reason or "parity" in view.everything:
        return ()
    return (Hit(reason),)


def _promised(view: View) -> tuple[Hit, ...]:
    back = view.choices("rollout").back_minutes
    hits = []
    for text in view.texts:
        for sentence in sentences(text.words):
            found = AVAILABLE.search(sentence)
            if found is None or not PROMISE.search(sentence):
                continue
            share = float(found[1]) / 100
            allowed = (1 - share) * MONTH_MINUTES
            if allowed < back:
                words = (
                    f"{found[1]} % allow {readable(allowed)} minutes a month; one way back takes "
                )
                hits.append(Hit(f"{words}{readable(back)}.", text.place))
            elif view.choices("serving").spare_workers == 0 and share > 0.99:
                words = f"{found[1]} % are promised, and no worker stands by."
                hits.append(Hit(words, text.place))
    return tuple(hits)


def _office_hours(view: View) -> tuple[Hit, ...]:
    hours = view.choices("serving").hours_per_day
    if hours <= LONG_DAY:
        return ()
    return tuple(
        Hit(
            f"Decisions are made in {readable(hours)} hours of a day: “{said[:80]}”",
            Place(stage, key),
        )
        for stage, key in PEOPLE
        if OFFICE.search(said := view.said(f"{stage}.{key}"))
    )


RULES = (
    Rule(
        key="L29",
        title="Served another way than it is needed",
        section="S24",
        severity="major",
        dimension="serving",
        question="Who waits for the answer, and for how long would they?",
        why="An online service without a hurry is an on-call rota for nothing; a batch is too late for "
        "whoever waits.",
        fix="Let the arrival of cases and the allowed latency decide, or write down why not.",
        place=Place("serving", "mode"),
        found=_other_way,
    ),
    Rule(
        key="L30",
        title="The steps take longer than is allowed",
        section="S24",
        severity="veto",
        dimension="serving",
        question="Where do the milliseconds go between the question and the answer?",
        why="A budget that its own steps exceed is missed every time, not at the peak.",
        fix="Look up less, answer beforehand, serve the simpler rung, or ask for a longer limit.",
        place=Place("serving", "lookup_ms"),
        found=_over_budget,
    ),
    Rule(
        key="L31",
        title="What was trained may not run where it serves",
        section="S24",
        severity="major",
        dimension="serving",
        question="How do you know that the service computes what the training computed?",
        why="Another library, version or format gives other answers, silently.",
        fix="Take a rung with a safe format, or describe the parity test that compares both.",
        place=Place("serving", "mode_reason"),
        found=_not_servable,
        needs=("reproducibility",),
    ),
    Rule(
        key="L51",
        title="A promise the parts cannot keep",
        section="S7",
        severity="major",
        dimension="serving",
        question="How many minutes a month may it be down, and how many does one mishap take?",
        why="A service is no more available than its way back and its feeds allow.",
        fix="Promise less, go back faster, or let another worker stand by.",
        place=Place("rollout", "back_minutes"),
        found=_promised,
        not_yet="Service levels have no field yet: read from the texts.",
    ),
    Rule(
        key="L54",
        title="Nobody there when it breaks",
        section="S29",
        severity="major",
        dimension="serving",
        question="It breaks on Saturday at six. What happens until Monday?",
        why="An outage lasts until somebody is there who may end it.",
        fix="Name who is called out of hours, or let the fallback carry the night.",
        place=Place("serving", "owner"),
        found=_office_hours,
        not_yet="Hours of support have no field yet: read from owners and first moves.",
    ),
)
