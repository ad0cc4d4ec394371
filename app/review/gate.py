"""The gate: how far the project is, whether it may go on, and on which conditions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from app.review import catalogue
from app.review.rule import Place, Rule, Severity
from app.review.sections import SECTIONS
from app.review.view import View
from app.stages.road import BY_KEY

Verdict = Literal["go", "conditional", "stop"]
VERDICTS: Mapping[Verdict, str] = {"go": "Go", "conditional": "Conditional", "stop": "Stop"}
# What must be measured before a project may take a step.
STEPS: Mapping[str, tuple[str, ...]] = {
    "concept": (),
    "design": ("framing", "data"),
    "prototype": ("baselines", "errors"),
    "pilot": ("serving", "rollout"),
    "production": ("reproducibility", "monitoring"),
    "maintenance": (),
}
TITLES = {
    "concept": "Concept",
    "design": "Design",
    "prototype": "Prototype",
    "pilot": "Pilot",
    "production": "Production",
    "maintenance": "Maintenance",
}
# Which named way of going on a finding points to, the strongest first.
VARIANTS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "pivot": (("L24", "L52"), "Pivot: ship the way without the model, and look for another use."),
    "recycle": (
        ("L02", "L03", "L13", "L14", "L15", "L16", "L18", "L19"),
        "Recycle: back to framing and data; what was measured does not hold.",
    ),
    "narrow": (("L27", "L44", "L42"), "Narrow: leave the weak slices to the rule or to people."),
    "extend_pilot": (("L23", "L41"), "Extend the pilot: the test cannot tell yet."),
    "repair": (("L33", "L36", "L35", "L37"), "Repair first: nobody could take it back in time."),
}
OWNER = {"framing": "", "data": "", "baselines": "", "errors": ""}


@dataclass(frozen=True)
class Condition:
    """What must be shown before the next step, by whom."""

    rule: str
    words: str
    owner: str
    evidence: str
    place: Place


@dataclass(frozen=True)
class Gate:
    """Where the project stands, and whether it may take the next step."""

    step: str
    following: str
    verdict: Verdict
    because: str
    variants: tuple[str, ...]
    conditions: tuple[Condition, ...]

    @property
    def words(self) -> str:
        """The verdict as a reader sees it."""
        return VERDICTS[self.verdict]


def step_of(view: View) -> str:
    """Return the last step that is reached: measured, and from production on approved and registered."""
    reached = "concept"
    for step in ("design", "prototype", "pilot"):
        if not view.measured(*STEPS[step]):
            return reached
        reached = step
    chosen = view.choices("reproducibility")
    live = chosen.approval == "approved" and chosen.registered is not None
    if not live or not view.measured(*STEPS["production"]):
        return reached
    # In the long run it is kept alive by people who practised.
    return "maintenance" if view.drills else "production"


def gate_of(view: View, fired: Mapping[str, Severity], waiting: Sequence[Rule]) -> Gate:
    """Return whether the project may take its next step, from what fired and what is open."""
    step = step_of(view)
    names = list(STEPS)
    following = names[min(names.index(step) + 1, len(names) - 1)]
    vetoes = [key for key, severity in fired.items() if severity == "veto"]
    majors = [key for key, severity in fired.items() if severity == "major"]
    lacking = [stage for stage in _stages_until(following) if not view.measured(stage)]
    due = [rule for rule in waiting if set(rule.needs) & set(lacking)]
    verdict: Verdict = "stop" if vetoes else "conditional" if majors or lacking else "go"
    keys = [*vetoes, *majors]
    return Gate(
        step=step,
        following=following,
        verdict=verdict,
        because=_because(vetoes, majors, lacking, due),
        variants=tuple(words for rules, words in VARIANTS.values() if set(rules) & set(keys)),
        conditions=tuple(_condition(view, key) for key in keys),
    )


def _stages_until(step: str) -> list[str]:
    names = list(STEPS)
    return [stage for name in names[: names.index(step) + 1] for stage in STEPS[name]]


def _because(
    vetoes: Sequence[str], majors: Sequence[str], lacking: Sequence[str], due: Sequence[Rule]
) -> str:
    parts = []
    if vetoes:
        parts.append(f"{_count(len(vetoes), 'veto', 'vetoes')} ({', '.join(vetoes)})")
    if majors:
        parts.append(_count(len(majors), "major finding", "major findings"))
    if lacking:
        names = ", ".join(BY_KEY[stage].title for stage in lacking)
        rules = _count(len(due), "rule is", "rules are")
        parts.append(f"not measured: {names}, so {rules} open, and unknown is not yes")
    if not parts:
        return "No veto, no major finding, and nothing that is due is unknown."
    words = "; ".join(parts) + "."
    return words + (" A good average does not lift a veto." if vetoes else "")


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _condition(view: View, key: str) -> Condition:
    rule = catalogue.BY_KEY[key]
    stage = rule.place.stage
    owner = (
        view.said(f"{stage}.owner") if stage not in OWNER else view.said("reproducibility.owner")
    )
    where = f"{BY_KEY[stage].title}, {SECTIONS[rule.section].lower()} ({rule.section})"
    return Condition(key, rule.title, owner or "nobody named yet", where, rule.place)
