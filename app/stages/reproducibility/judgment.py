"""Is it the same again, does the contract hold, and may it be handed over?"""

from __future__ import annotations

from app.record.evidence import Evidence
from app.record.finding import Finding, Level
from app.record.number import readable
from app.stages.reproducibility.choices import Choices

SEED_SHARE = 0.5
MUCH_FLAGGED = 0.2


def judge(choices: Choices, evidence: Evidence) -> tuple[Finding, ...]:
    """Judge the second fit, the seeds, the contract and the hand-over."""
    return (
        _again(evidence),
        *_seeds(evidence),
        *_contract(choices, evidence),
        *_version(evidence),
        *hand_over(choices, evidence),
    )


def _again(evidence: Evidence) -> Finding:
    differing = evidence.value("answers_differing") or 0.0
    words = evidence.words.get("again", "")
    if differing == 0:
        return Finding(
            key="again",
            level="good",
            title="Made again, it is the same to the last bit",
            detail=words,
            because="answers_differing",
        )
    score = evidence.measure("score_again")
    inside = (
        score is not None
        and None not in (score.value, score.low, score.high)
        and score.low <= score.value <= score.high  # type: ignore[operator]
    )
    return Finding(
        key="again",
        level="watch" if inside else "stop",
        title="Made again, it answers otherwise"
        + (", within its interval" if inside else ", beyond its interval"),
        detail=words,
        because="answers_differing",
        do="Find what is drawn without a seed, or what has changed since: packages, threads, the "
        "machine. The packages of both are in the appendix of the document.",
    )


def _seeds(evidence: Evidence) -> list[Finding]:
    share, words = evidence.value("seed_share"), evidence.words.get("seeds", "")
    if not words or share is None:
        return []
    matters = share > SEED_SHARE
    calm = "The seed changes nothing" if share == 0 else "The seed matters little"
    return [
        Finding(
            key="seeds",
            level="watch" if matters else "good",
            title="The seed decides much of the score" if matters else calm,
            detail=words,
            because="seed_share",
            do="Compare rungs by the mean over several seeds, or take a steadier one."
            if matters
            else "",
            question="refits" if matters else None,
        )
    ]


def _contract(choices: Choices, evidence: Evidence) -> list[Finding]:
    found = [
        _refused(choices, evidence, part, title)
        for part, title in (("test", "test rows"), ("later", "later rows"))
        if evidence.measure(f"{part}_refused") is not None
    ]
    found += [
        _flagged(evidence, part, title)
        for part, title in (("test", "test rows"), ("later", "later rows"))
        if (evidence.value(f"{part}_flagged") or 0.0) > MUCH_FLAGGED
    ]
    if lost := evidence.words.get("contract_lost"):
        found.append(
            Finding(
                key="contract_lost",
                level="watch",
                title="The contract speaks of columns that are no inputs",
                detail=f"Not known at the decision any more: {lost}.",
                do="Take them out of the contract, or make them known again in Data & labels.",
                question="contract",
            )
        )
    return found


def _refused(choices: Choices, evidence: Evidence, part: str, title: str) -> Finding:
    measure = evidence.measure(f"{part}_refused")
    share = measure.value if measure is not None and measure.value is not None else 0.0
    allowed = choices.most_refused / 100
    level: Level = "good" if share <= allowed else "watch" if share <= 10 * allowed else "stop"
    flagged = evidence.value(f"{part}_flagged") or 0.0
    return Finding(
        key=f"{part}_refused",
        level=level,
        title=f"The {title} keep the contract"
        if level == "good"
        else f"Too many of the {title} break the contract",
        detail=f"{readable(100 * share)} % would be refused (you allow "
        f"{readable(choices.most_refused)} %), {readable(100 * flagged)} % answered with a flag.",
        because=f"{part}_refused",
        do="" if level == "good" else "Mend the column at its source, or allow what is right.",
        question=None if level == "good" else "contract",
    )


def _flagged(evidence: Evidence, part: str, title: str) -> Finding:
    share = evidence.value(f"{part}_flagged") or 0.0
    return Finding(
        key=f"{part}_flagged",
        level="watch",
        title=f"Many {title} lie outside what the training rows held",
        detail=f"{readable(100 * share)} % would be answered with a flag. There the model answers "
        "about rows of a kind it has not learned from.",
        because=f"{part}_flagged",
        do="Look which columns those are. Widen a range only where you know that it is right; "
        "otherwise retrain on newer rows.",
        question="contract",
    )


def _version(evidence: Evidence) -> list[Finding]:
    found = []
    if reason := evidence.words.get("no_safe_format"):
        found.append(
            Finding(
                key="no_safe_format",
                level="watch",
                title="The model can only be handed over as a pickle",
                detail=reason,
                because="model_size",
                do="Whoever opens a pickle runs whatever is in it: take a rung with a safe format.",
            )
        )
    if failed := evidence.value("runs_failed"):
        found.append(
            Finding(
                key="runs_failed",
                level="watch",
                title=f"{failed:.0f} of the runs failed",
                detail="Why stands in the table of runs.",
                because="runs_failed",
                do="Mend it, or take the rung off the ladder.",
            )
        )
    return found


def hand_over(choices: Choices, evidence: Evidence) -> list[Finding]:
    """Judge whether the version may go into the registry, from the answers and this evidence."""
    version = evidence.words.get("version", "")
    if choices.approval == "rejected":
        return [_rejected(choices)]
    gaps = _gaps(choices, evidence, version)
    asked = choices.approval in ("in_review", "approved")
    if not gaps and choices.approval == "approved":
        return [
            Finding(
                key="approved",
                level="good",
                title=f"Version {version} is approved",
                detail=f"By {choices.approver.strip()} on {choices.approved_on}; owner: "
                f"{choices.owner.strip()}.",
            )
        ]
    if not asked:
        missing = "; ".join(gap.title.lower() for gap in gaps if gap.key.startswith("no_"))
        return [
            Finding(
                key="draft",
                level="watch",
                title="Not approved yet",
                detail=f"Still open: {missing}." if missing else "",
                do="Let somebody who did not build it look at the document, then write down who.",
                question="approval",
            ),
            *(gap for gap in gaps if not gap.key.startswith("no_")),
        ]
    return gaps or [_reviewed(version)]


def _reviewed(version: str) -> Finding:
    return Finding(
        key="in_review",
        level="watch",
        title=f"Version {version} is in review",
        detail="Owner and way back are named; nobody has decided yet.",
        do="Write down who approved or rejected it, and for which version.",
        question="approval",
    )


def _rejected(choices: Choices) -> Finding:
    return Finding(
        key="rejected",
        level="stop",
        title="This version was rejected",
        detail=f"By {choices.approver.strip() or 'someone who is not named'}.",
        do="Change what they asked for and measure again; the next version needs its own approval.",
        question="approval",
    )


def _gaps(choices: Choices, evidence: Evidence, version: str) -> list[Finding]:
    """Return what stands between this version and the registry."""
    found = []
    named = {
        "owner": ("Nobody owns the model", "Name who answers when it is wrong at night."),
        "rollback": ("There is no way back", "Write down how to go back, step by step."),
    }
    if choices.approval == "approved":
        named["approver"] = ("Nobody is named who approved it", "Name who looked.")
    for key, (title, do) in named.items():
        if not str(getattr(choices, key)).strip():
            found.append(Finding(key=f"no_{key}", level="stop", title=title, do=do, question=key))
    if choices.approval == "approved" and choices.approved_version.strip() != version:
        found.append(_other(choices.approved_version.strip(), version))
    if evidence.words.get("verdict_kind") == "worse":
        found.append(
            Finding(
                key="worse",
                level="stop",
                title="The ladder says this rung is worse than the way without a model",
                detail="Handing it over would cost money.",
                do="Choose another rung in Baselines, or ship the way without a model.",
            )
        )
    return found


def _other(approved: str, version: str) -> Finding:
    return Finding(
        key="other_version",
        level="stop",
        title="What was approved is not what would go",
        detail=f"Approved: {approved or 'no version named'}. Measured: {version}.",
        do="Let this version be looked at, and write down its own approval.",
        question="approved_version",
    )
