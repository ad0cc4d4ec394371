"""Can it be shown, is it looked at honestly, and can it be taken back?"""

from __future__ import annotations

from app.record.evidence import Evidence
from app.record.finding import Finding
from app.record.number import readable
from app.stages.rollout.choices import Choices
from app.stages.rollout.renewal_judgment import renewal_findings
from app.stages.rollout.words import lasting, money

LEAST_UNITS = 40
ALIKE = 0.995
ALARMS = 0.1
CAUGHT = 0.8


def judge(choices: Choices, evidence: Evidence) -> tuple[Finding, ...]:
    """Judge the plan, the looking, the canary, the way back and the retraining."""
    if "nothing" in evidence.words:
        return (
            Finding(
                key="nothing",
                level="watch",
                title="There is nothing to compare",
                detail=evidence.words["nothing"],
                do="Put a rule and a model on the ladder (Baselines).",
            ),
        )
    return (
        *_worth(evidence),
        *_length(choices, evidence),
        *_unit(choices, evidence),
        *_looking(choices, evidence),
        *_shadow(choices, evidence),
        *_segments(evidence),
        *_canary(choices, evidence),
        *_back(choices, evidence),
        *renewal_findings(choices, evidence),
    )


def _worth(evidence: Evidence) -> list[Finding]:
    if evidence.words.get("recommended"):
        return []
    return [
        Finding(
            key="no_model",
            level="watch",
            title="The ladder recommends no model",
            detail=f"Planned is a test of {evidence.words.get('model', 'the best model')} against "
            f"“{evidence.words.get('today', 'today’s way').lower()}”, which goes on as things stand.",
            because="expected_saving",
            do="Keep today’s way, or run the test only if you expect production to differ.",
        )
    ]


def _promise(evidence: Evidence) -> list[Finding]:
    promised = evidence.measure("expected_saving")
    if promised is None or promised.value is None or promised.value > 0:
        return []
    return [
        Finding(
            key="no_promise",
            level="watch",
            title="The folds promise no saving",
            detail=f"{money(evidence, promised.value)} per 1,000 on rows that no fold had seen "
            f"({readable(promised.low)} to {readable(promised.high)}).",
            because="expected_saving",
            do="Ask what is different on the test (Baselines) before anybody decides by it.",
        )
    ]


def _length(choices: Choices, evidence: Evidence) -> list[Finding]:
    found = _promise(evidence)
    needed, shown = evidence.measure("days_needed"), evidence.value("detectable")
    promised = evidence.measure("expected_saving")
    if needed is not None and (needed.value is None or needed.value > choices.most_days):
        found.append(
            Finding(
                key="too_long",
                level="watch",
                title=f"The test would take {lasting(needed.value)}",
                detail=f"{choices.most_days} days are allowed. Until then it shows "
                f"{money(evidence, shown)} per 1,000 or more.",
                because="days_needed",
                do="Compare in shadow, case by case, if acting does not change what happens; or ask "
                "for a larger saving, more decisions, or a smaller unit.",
                question="most_days",
            )
        )
    elif needed is not None:
        found.append(
            Finding(
                key="in_time",
                level="good",
                title=f"The saving asked for shows in {lasting(needed.value)}",
                because="days_needed",
            )
        )
    beyond = (
        shown is not None
        and promised is not None
        and promised.value is not None
        and 0 < promised.value < shown
    )
    if beyond and promised is not None:
        found.append(
            Finding(
                key="cannot_show",
                level="watch",
                title="The test cannot show what the folds promise",
                detail=f"They promise {money(evidence, promised.value)} per 1,000; the planned test shows "
                f"{money(evidence, shown)} or more, and most likely ends with nothing shown.",
                because="detectable",
                do="Do not read “no difference found” as “no difference”.",
                question="effect",
            )
        )
    return found


def _unit(choices: Choices, evidence: Evidence) -> list[Finding]:
    words = evidence.words
    found = []
    if words.get("unit_trouble"):
        found.append(
            Finding(
                key="other_unit",
                level="watch",
                title=f"Drawn by {words.get('unit', 'row')} instead",
                detail=f"The unit you asked for cannot be drawn: {words['unit_trouble']}.",
                question="unit",
            )
        )
    units = evidence.value("effective_units")
    if units is not None and units < LEAST_UNITS:
        found.append(
            Finding(
                key="few_units",
                level="watch",
                title=f"Only {readable(units, 2)} units are drawn into the arms",
                detail="With so few, or so unequal ones, chance puts the large ones on one side, and "
                "errors are larger than promised.",
                because="effective_units",
                do="Draw smaller units, or run longer.",
                question="unit",
            )
        )
    if words.get("group") and words.get("unit") in ("row", "list"):
        late = words.get("group_late")
        found.append(
            Finding(
                key="interference",
                level="watch",
                title=f"The same {words['group']} meets both ways",
                detail="Decisions are drawn one by one. If what is done for one changes the next of "
                "the same group, the arms mix and the difference is too small."
                + (" It is known only after the decision, so it cannot be drawn." if late else ""),
                because="icc",
                do="Say why one decision does not touch the next, or draw by day."
                if late
                else "Draw whole groups, or say why one decision does not touch the next.",
                question="unit",
            )
        )
    return found


def _looking(choices: Choices, evidence: Evidence) -> list[Finding]:
    peek, mine = evidence.measure("peek_error"), evidence.measure("chosen_error")
    if peek is None or mine is None or mine.low is None or mine.value is None:
        return []
    if choices.stopping == "peek":
        return [
            Finding(
                key="peeking",
                level="stop",
                title=f"Looking every day fools you in {100 * mine.value:.0f} of 100 tests",
                detail=f"{100 * choices.alpha:.3g} are promised. With equal arms, a test made for "
                "one look was called different that often when stopped at the first good day.",
                because="chosen_error",
                do="Look at planned times, or every day with an interval made for it.",
                question="stopping",
            )
        ]
    if mine.low > choices.alpha:
        return [
            Finding(
                key="error_beyond",
                level="watch",
                title="The test is fooled more often than promised",
                detail=f"{100 * mine.value:.1f} % of the tests with equal arms, "
                f"{100 * choices.alpha:.3g} % are promised: costs are too skewed, or units too few.",
                because="chosen_error",
                do="Ask for a smaller error, or run longer before the first look.",
                question="alpha",
            )
        ]
    if (peek.value or 0.0) <= choices.alpha:
        # Where not even peeking is fooled the played test says nothing about looking.
        return []
    return [
        Finding(
            key="honest_looks",
            level="good",
            title="Your way of looking keeps its promise",
            detail=f"Fooled in {100 * mine.value:.1f} % of the played tests; looking every day at "
            f"the usual test would be in {100 * (peek.value or 0):.0f} %.",
            because="chosen_error",
        )
    ]


def _shadow(choices: Choices, evidence: Evidence) -> list[Finding]:
    agree = evidence.value("agreement")
    found = []
    if agree is not None and agree > ALIKE:
        found.append(
            Finding(
                key="same_answers",
                level="watch",
                title=f"Both ways agree in {100 * agree:.1f} % of the cases",
                detail="Where they agree nothing is gained: a test of all decisions drowns the few "
                "that differ.",
                because="agreement",
                do="Test only the cases in which they differ.",
            )
        )
    if choices.read_disagreements == 0:
        found.append(
            Finding(
                key="nobody_reads",
                level="watch",
                title="Nobody reads where the two ways differ",
                detail="Numbers say how many; only reading says what kind.",
                question="read_disagreements",
            )
        )
    return found


def _segments(evidence: Evidence) -> list[Finding]:
    names = evidence.words.get("segments_few")
    if not names:
        return []
    return [
        Finding(
            key="segments_few",
            level="watch",
            title="Some slices get no answer in the planned time",
            detail=f"{names}: a good average can hide that one of them pays for it.",
            because="detectable",
            do="Run longer for them, or watch them in Monitoring without a promise.",
        )
    ]


def _canary(choices: Choices, evidence: Evidence) -> list[Finding]:
    table = evidence.table("canary")
    rows = table.records() if table else []
    blind = [r for r in rows if r["needed"] is None or float(r["needed"]) > choices.canary_days]
    found = []
    if rows and len(blind) == len(rows):
        found.append(
            Finding(
                key="blind_canary",
                level="watch",
                title="No step of the canary would surely notice your harm",
                detail=evidence.words.get("canary", ""),
                because="canary_detectable",
                do="Make the last step longer or larger, and rely on what is known at once: the "
                "share of actions, latency, missing answers.",
                question="canary_days",
            )
        )
    return found


def _back(choices: Choices, evidence: Evidence) -> list[Finding]:
    found = []
    caught, false = evidence.measure("harm_caught"), evidence.measure("false_rollback")
    cost = evidence.value("rollback_cost")
    if caught is not None and caught.value is not None:
        # Taking everything back proves nothing: a good canary must go through.
        calm = false is None or false.value is None or false.value <= ALARMS
        good = caught.value >= CAUGHT
        found.append(
            Finding(
                key="rehearsed",
                level="good" if good and calm else "watch",
                title=f"The worst planted harm is taken back in {100 * caught.value:.0f} of 100 "
                "canaries",
                detail=f"{caught.label.partition(': ')[2].capitalize()}; it would have cost "
                f"{money(evidence, cost)} until then.",
                because="harm_caught",
                do=("" if calm else "First make sure that a good canary goes through.")
                if good
                else "Make the canary longer, or the guardrails tighter.",
                question=None if good else "canary_days",
            )
        )
    if false is not None and false.low is not None and false.low > ALARMS:
        found.append(
            Finding(
                key="false_rollbacks",
                level="watch",
                title=f"A good canary is taken back in {100 * (false.value or 0):.0f} of 100 cases",
                detail="The held-out time differs from the folds, or the limits are too tight.",
                because="false_rollback",
                do="Widen the limits, or accept that good models are delayed.",
                question="guard_actions",
            )
        )
    missing = {
        "owner": ("no_owner", "Nobody owns the rollback", "Name a person and a deputy."),
        "way_back": ("no_way_back", "Nobody has written how to go back", "Write the steps down."),
    }
    for key, (name, title, do) in missing.items():
        if not str(getattr(choices, key)).strip():
            because = Choices.question(key).because
            found.append(
                Finding(key=name, level="watch", title=title, detail=because, do=do, question=key)
            )
    if choices.back_by == "meeting":
        found.append(
            Finding(
                key="back_by_meeting",
                level="watch",
                title="A meeting decides about going back",
                detail="It costs most while everybody is being invited.",
                do="Let the person on call go back first and explain later.",
                question="back_by",
            )
        )
    return found
