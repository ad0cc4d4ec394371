"""Can these rows be trusted?"""

from __future__ import annotations

from app.record.evidence import Evidence
from app.record.finding import Finding, Level
from app.stages.data.choices import SPLITS, Choices

DUPLICATES_STOP = 0.05
TARGET_MISSING_STOP = 0.2
TARGET_MISSING_WATCH = 0.01
RARE = 0.01
FEW_POSITIVES = 100
UNSEEN_WATCH = 0.01
LEAST_OPTIMISM = 0.01


def judge(choices: Choices, evidence: Evidence) -> tuple[Finding, ...]:
    """Judge label, leaks, split and duplicates."""
    return (
        *_leaks(evidence),
        *_split(evidence),
        *_label(choices, evidence),
        *_balance(evidence),
        *_unseen(evidence),
        *_twin_columns(evidence),
    )


def _leaks(evidence: Evidence) -> list[Finding]:
    table = evidence.table("leak_alarms")
    alarms = table.records() if table else []
    found = []
    for alarm in alarms:
        column = str(alarm["column"])
        used = bool(alarm["used"])
        level: Level = "good"
        if used:
            level = "stop" if alarm["severity"] == "stop" else "watch"
        found.append(
            Finding(
                key=f"leak_{column}",
                level=level,
                title=f"{column} looks like a leak"
                if used
                else f"{column} looks like a leak and is left out",
                detail=str(alarm["reason"]),
                because=None,
                do="Was it known when the decision was made? If not, take it out of the known "
                "columns."
                if used
                else "",
                question="known",
            )
        )
    if not any(alarm["used"] for alarm in alarms):
        found.append(
            Finding(
                key="no_leaks",
                level="good",
                title="No known column tells the target suspiciously well alone",
                detail="Each column and its missing values were tried alone on later rows.",
            )
        )
    return found


def _split(evidence: Evidence) -> list[Finding]:
    kind = evidence.words.get("split", "")
    found = [*_copies(kind, evidence)]
    if kind == "random" and evidence.words.get("has_time"):
        found.append(
            Finding(
                key="random_split_with_time",
                level="watch",
                title="There is a time, but the split ignores it",
                detail="In production the model only ever knows the past.",
                do=f"Choose “{SPLITS['time']}”.",
                question="split",
            )
        )
    found += _optimism(evidence)
    found += _overlap(evidence)
    if not any(f.level == "stop" for f in found):
        found.append(
            Finding(
                key="split",
                level="good",
                title=f"The test rows are set apart {evidence.words.get('split_words', '')}",
                detail=evidence.words.get("split_sizes", ""),
            )
        )
    return found


def _copies(kind: str, evidence: Evidence) -> list[Finding]:
    found = []
    duplicates = evidence.value("duplicate_share") or 0.0
    twins = evidence.value("twin_share") or 0.0
    if kind == "random" and duplicates >= 0.01:
        found.append(
            Finding(
                key="random_split_duplicates",
                level="stop" if duplicates >= DUPLICATES_STOP else "watch",
                title="A random split tests on rows it has already seen",
                detail=f"{duplicates:.1%} of the rows are exact copies of another row, and "
                f"{twins:.1%} of the test rows have a copy among the training rows.",
                because="duplicate_share",
                do="Split by time, or by a group that keeps copies together.",
                question="split",
            )
        )
    elif duplicates >= 0.01:
        found.append(
            Finding(
                key="duplicates",
                level="watch",
                title=f"{duplicates:.1%} of the rows are exact copies of another row",
                detail=f"This split keeps all but {twins:.1%} of the test rows apart from their "
                "copies; a random split would not.",
                because="duplicate_share",
                do="Find out what a copy is: one booking of many rooms, or a join gone wrong?",
            )
        )
    return found


def _overlap(evidence: Evidence) -> list[Finding]:
    found = []
    overlap = evidence.value("group_overlap")
    if overlap is not None and overlap > 0.05:
        found.append(
            Finding(
                key="group_overlap",
                level="watch",
                title=f"{overlap:.0%} of the test rows belong to a group seen in training",
                detail="Fine if the same ones come back in production; if new ones come, the "
                "test is too kind.",
                because="group_overlap",
                question="split",
            )
        )
    return found


def _optimism(evidence: Evidence) -> list[Finding]:
    gap = evidence.measure("split_optimism")
    if gap is None or gap.value is None or gap.low is None or gap.low <= 0:
        return []
    lucky = evidence.value("random_split_score") or 0.0
    if gap.value < LEAST_OPTIMISM * abs(lucky):
        return []
    return [
        Finding(
            key="split_optimism",
            level="stop" if evidence.words.get("split") == "random" else "good",
            title="A random split would flatter the model",
            detail=evidence.words.get("optimism", ""),
            because="split_optimism",
            do="Report the score of the split that mirrors production.",
            question="split",
        )
    ]


def _label(choices: Choices, evidence: Evidence) -> list[Finding]:
    found = []
    missing = evidence.value("target_missing") or 0.0
    if missing >= TARGET_MISSING_WATCH:
        found.append(
            Finding(
                key="target_missing",
                level="stop" if missing >= TARGET_MISSING_STOP else "watch",
                title=f"{missing:.0%} of the rows have no target",
                detail="They are left out. If they are missing for a reason that has to do with "
                "the outcome, everything measured here is about the wrong rows.",
                because="target_missing",
                do="Find out why the label is missing before you trust the rest.",
                question="target",
            )
        )
    if not choices.label.strip():
        found.append(
            Finding(
                key="no_label_definition",
                level="watch",
                title="The label is not defined in words",
                do="Write down what counts, who says so and when.",
                question="label",
            )
        )
    return found


def _balance(evidence: Evidence) -> list[Finding]:
    rate = evidence.measure("base_rate")
    if rate is None or rate.value is None:
        return []
    found = []
    positives = evidence.value("train_positives") or 0.0
    if positives < FEW_POSITIVES:
        found.append(
            Finding(
                key="few_positives",
                level="stop" if positives < 20 else "watch",
                title=f"Only {positives:.0f} positive rows to learn from",
                detail="Intervals will be wide and slices too small to say anything.",
                because="train_positives",
                do="Collect more, or widen the definition of the target.",
            )
        )
    if rate.value < RARE:
        found.append(
            Finding(
                key="rare",
                level="watch",
                title=f"The target is rare: {rate.value:.2%} of the rows",
                detail="Accuracy means nothing here; use average precision and costs.",
                because="base_rate",
            )
        )
    return found


def _unseen(evidence: Evidence) -> list[Finding]:
    unseen = evidence.measure("unseen_classes")
    if unseen is None or unseen.value is None or unseen.value < UNSEEN_WATCH:
        return []
    return [
        Finding(
            key="unseen_classes",
            level="watch",
            title=f"{unseen.value:.1%} of the later rows are of a class that training never saw",
            detail="A model must name one of the classes it knows. Whether it is unsure then, and "
            "hands the row to a person, is what saves the day.",
            because="unseen_classes",
            do="Watch how much it answers alone (Monitoring), and send what it is unsure of to a "
            "person.",
        )
    ]


def _twin_columns(evidence: Evidence) -> list[Finding]:
    table = evidence.table("twin_columns")
    rows = [r for r in table.records() if r["used"]] if table else []
    if not rows:
        return []
    pairs = "; ".join(f"{r['first']} and {r['second']}" for r in rows[:3])
    return [
        Finding(
            key="twin_columns",
            level="watch",
            title="Some columns say the same thing twice",
            detail=f"In the training rows {pairs} determine one another. A tree may take either "
            "one, and only one of them may still hold in the months after.",
            do="Keep the one that will mean the same next year.",
            question="known",
        )
    ]
