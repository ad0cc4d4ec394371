"""Rules about who stands for it, what is up to date, and why it was decided so."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

from app.review.rule import Hit, Place, Rule
from app.review.view import View
from app.stages.road import BY_KEY

OWNERS = ("serving", "rollout", "reproducibility", "monitoring")
NOBODY = re.compile(
    r"^\W*(?:tb[dc]|to be (?:named|decided|defined|announced)|n/?a|nobody|none|everyone|everybody|all|we|us|"
    r"someone|somebody|unknown|\?+)\W*$",
    re.IGNORECASE,
)
TEAM = re.compile(r"\b(?:team|department|squad|group|unit|division|company)\b", re.IGNORECASE)
PERSON = re.compile(
    r"\b(?:lead|head|manager|chief|director|officer|engineer|on[- ]call|on shift|deputy|dispatcher|[A-Z]\w+ "
    r"[A-Z]\w+)\b"
)
DEPUTY = re.compile(r"\bdeput\w+\b|\bbackup\b|\bback-up\b|\bor\b|\band\b|[;/&+]|,", re.IGNORECASE)
MOST_ALONE = 3
TAKEN = {
    "baselines.chosen": ("baselines.reason", "The rung was chosen by hand"),
    "serving.mode": ("serving.mode_reason", "The way of serving was chosen by hand"),
}


def owners(view: View) -> dict[str, str]:
    """Return who owns what, of all parts that have an owner, blank where nobody is named."""
    found = {f"{stage}.owner": view.said(f"{stage}.owner") for stage in OWNERS}
    serving = view.choices("serving")
    found |= {f"{one.name}": one.owner.strip() for one in serving.dependencies}
    return found


def _owner(view: View) -> tuple[Hit, ...]:
    if not view.measured("serving"):
        return ()
    hits = []
    for stage in OWNERS:
        said = view.said(f"{stage}.owner")
        place, title = Place(stage, "owner"), BY_KEY[stage].title
        if not said or NOBODY.match(said):
            hits.append(Hit(f"{title}: no owner is named.", place))
        elif TEAM.search(said) and not PERSON.search(said):
            hits.append(Hit(f"{title}: “{said}” is a team, not a person.", place))
    alone = Counter(s.casefold() for s in owners(view).values() if s and not DEPUTY.search(s))
    hits += [
        Hit(f"“{name}” owns {count} parts alone.", Place("serving", "owner"))
        for name, count in alone.items()
        if count > MOST_ALONE
    ]
    return tuple(hits)


def _out_of_date(view: View) -> tuple[Hit, ...]:
    hits = [
        Hit(f"{stage.title} was measured before something it rests on changed.", Place(key))
        for key, stage in BY_KEY.items()
        if view.measured(key) and not view.fresh(key)
    ]
    chosen, version = view.choices("reproducibility"), view.word("reproducibility.version")
    if chosen.approval == "approved" and version:
        if chosen.approved_version.strip() != version:
            words = f"Approved is {chosen.approved_version.strip() or 'no version'}, measured {version}."
            hits.append(Hit(words, Place("reproducibility", "approved_version")))
        elif chosen.approved_on and chosen.approved_on < _last_change(view):
            words = f"Approved on {chosen.approved_on}, the ladder was measured later."
            hits.append(Hit(words, Place("reproducibility", "approved_on")))
    return tuple(hits)


def _last_change(view: View) -> date:
    evidence = view.evidence("baselines")
    day = evidence.stamp.measured_at[:10] if evidence else ""
    return date.fromisoformat(day) if day else date.min


def _no_alternative(view: View) -> tuple[Hit, ...]:
    hits = [
        Hit(f"{words}, and no reason is written down.", Place(*reason.split(".")))
        for place, (reason, words) in TAKEN.items()
        if _by_hand(view, place) and not view.said(reason)
    ]
    if view.said("framing.decision") and not view.said("framing.non_ml"):
        hits.append(Hit("No way without machine learning was weighed.", Place("framing", "non_ml")))
    return tuple(hits)


def _by_hand(view: View, place: str) -> bool:
    stage, _, key = place.partition(".")
    return bool(getattr(view.choices(stage), key) != "auto")


RULES = (
    Rule(
        key="L45",
        title="Owned by nobody, a team, or one person alone",
        section="S30",
        severity="major",
        dimension="monitoring",
        question="Who answers for it today, and who while that person is on holiday?",
        why="What a team owns nobody owns; what one person owns ends with their holiday.",
        fix="Name a person and a deputy for service, rollback, model and alarms.",
        place=Place("serving", "owner"),
        found=_owner,
        needs=("serving",),
    ),
    Rule(
        key="L46",
        title="Older than what it rests on",
        section="S0",
        severity="major",
        dimension="training",
        question="What changed since this was last looked at?",
        why="A number from before the change is about another system.",
        fix="Measure again; let the version that would go be approved.",
        place=Place("reproducibility", "approved_version"),
        found=_out_of_date,
        not_yet="Sections carry no date of their own yet: judged by digests and by the approval.",
    ),
    Rule(
        key="L47",
        title="Decided without an alternative",
        section="S34",
        severity="minor",
        dimension="baselines",
        question="What else could you have done, and what would make you do it?",
        why="The next person will reopen what nobody explained.",
        fix="Write down what you weighed, why it lost, and when to look again.",
        place=Place("baselines", "reason"),
        found=_no_alternative,
        not_yet="There is no decision log yet: judged by choices made by hand without a reason.",
    ),
)
