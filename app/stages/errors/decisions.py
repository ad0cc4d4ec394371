"""What the decisions came to: right and wrong at the threshold, and whether numbers mean what they say."""

from __future__ import annotations

import numpy as np

from app.lab.calibration import Bin, calibration_error, confusion
from app.lab.champion import Champion, decided
from app.lab.cost import BinaryCosts, ListCosts, ReviewCosts
from app.lab.disaggregation import disaggregate, group_calibration
from app.lab.outcomes import Outcomes, outcomes_of
from app.record.chart import Axis, Chart, Guide, Role, Series
from app.record.measure import Measure
from app.record.number import readable
from app.stages.bench import Bench
from app.stages.errors.choices import Choices
from app.stages.errors.scene import Scene
from app.stages.part import Part

BINS = 10
COLUMNS = 40
CHANCE = 400
TOLD = {
    "precision": "Alarms that were right (precision)",
    "recall": "Cases that were caught (recall)",
    "false_alarm_rate": "Quiet cases with an alarm",
}
TOLD_OF_CLASSES = {
    "selection_rate": ("coverage", "Answered without a person"),
    "precision": ("answered_accuracy", "Right among them"),
}


def decisions(scene: Scene, choices: Choices, bench: Bench) -> Part:
    """Count right and wrong decisions and check the calibration."""
    outcomes = outcomes_of(scene.problem, scene.champion, scene.seen)
    bins = group_calibration(outcomes, np.ones(outcomes.size, dtype=bool), BINS)
    form = scene.problem.form
    return Part(
        measures=(*_distance(form, bins, bench), *_rates(scene.champion, outcomes)),
        charts=(
            *calibration_chart(form, bins),
            *confusion_chart(scene.champion, scene.y, scene.prediction),
            *score_chart(scene.champion, outcomes),
        ),
    )


def _distance(form: str, bins: tuple[Bin, ...], bench: Bench) -> list[Measure]:
    if not bins:
        return []
    note = f"Over {len(bins)} bins of similar prediction."
    if form != "regression":
        note += (
            " By chance alone a perfect model would show about "
            f"{readable(100 * _by_chance(bins, bench.rng('calibration')), 2)} %."
        )
    return [
        Measure(
            key="calibration_error",
            label="Mean distance of prediction and outcome",
            value=calibration_error(bins),
            unit="share" if form != "regression" else "",
            n=sum(b.observed.n for b in bins),
            note=note,
        )
    ]


def _by_chance(bins: tuple[Bin, ...], rng: np.random.Generator) -> float:
    """Return the distance that a perfect model would show on as many rows."""
    n = np.array([b.observed.n for b in bins])
    p = np.clip([b.predicted for b in bins], 0, 1)
    drawn = rng.binomial(n, p, size=(CHANCE, len(n))) / n
    return float((np.abs(drawn - p) @ n / n.sum()).mean())


def _rates(champion: Champion, outcomes: Outcomes) -> list[Measure]:
    """Return the rates of the decisions, each with an interval that is robust to blocks."""
    if isinstance(champion.costs, ListCosts):
        return []
    told = disaggregate(outcomes, {"all": np.ones(outcomes.size, dtype=bool)}).groups[0].values
    if isinstance(champion.costs, ReviewCosts):
        return [
            Measure.of(key, label, told[metric], "share")
            for metric, (key, label) in TOLD_OF_CLASSES.items()
        ]
    if isinstance(champion.costs, BinaryCosts):
        return [Measure.of(key, label, told[key], "share") for key, label in TOLD.items()]
    return [Measure.of("bias", "Mean of prediction minus actual", told["bias"])]


def calibration_chart(form: str, bins: tuple[Bin, ...]) -> list[Chart]:
    """Draw what happened against what was predicted."""
    if not bins:
        return []
    share = form != "regression"
    kind = "share" if share else "number"
    off = sum(_outside(b) for b in bins)
    says = (
        "On the dotted line, a prediction comes true as often as it says."
        if share
        else "On the dotted line, predictions are right on average."
    )
    return [
        Chart(
            key="calibration",
            title="Do the numbers mean what they say?",
            says=f"{says} {off} of {len(bins)} bins lie off it with their whole interval.",
            x=Axis(label="Predicted", kind=kind),
            y=Axis(label="What happened", kind=kind),
            series=(
                Series(
                    name="Rows of similar prediction",
                    mark="point",
                    x=[b.predicted for b in bins],
                    y=[b.observed.value for b in bins],
                    low=[b.observed.low for b in bins],
                    high=[b.observed.high for b in bins],
                    text=[f"{b.observed.n:,} rows" for b in bins],
                ),
            ),
            diagonal=True,
        )
    ]


def _outside(one: Bin) -> bool:
    low, high = one.observed.low, one.observed.high
    return low is not None and high is not None and not low <= one.predicted <= high


def confusion_chart(champion: Champion, y: np.ndarray, prediction: np.ndarray) -> list[Chart]:
    """Draw right and wrong decisions at the chosen threshold."""
    if not champion.has_threshold:
        return []
    alone = isinstance(champion.costs, ReviewCosts)
    found = confusion(decided(y, prediction).happened, champion.acts(prediction))
    names = ["Acted, it happened", "Acted for nothing", "Missed", "Rightly left alone"]
    if alone:
        names = ["Answered rightly", "Answered wrongly", "To a person, was right"]
        names.append("To a person, was wrong")
    counts = [found.hits, found.false_alarms, found.misses, found.correct_rejections]
    total = max(1, sum(counts))
    roles: tuple[Role, ...] = ("good", "watch", "stop", "muted")
    if alone:
        roles = ("good", "stop", "watch", "muted")
    return [
        Chart(
            key="confusion",
            title="What does the threshold do?",
            says=f"{found.hits + found.false_alarms:,} of {total:,} rows answered without a "
            f"person, {found.false_alarms:,} of them wrongly."
            if alone
            else f"{found.hits + found.false_alarms:,} alarms on {total:,} rows; "
            f"{found.misses:,} cases missed.",
            x=Axis(label="Rows", kind="number"),
            y=Axis(label="", kind="category"),
            series=tuple(
                Series(
                    name="",
                    mark="bar",
                    x=[float(count)],
                    y=[name],
                    text=[f"{count:,} rows ({count / total:.1%})"],
                    role=role,
                )
                for name, count, role in zip(names, counts, roles, strict=True)
            ),
            horizontal=True,
        )
    ]


def score_chart(champion: Champion, outcomes: Outcomes) -> list[Chart]:
    """Draw how predictions lie by what happened, with the threshold across."""
    score, happened = outcomes.score, outcomes.happened == 1
    if not champion.has_threshold or not happened.any() or happened.all() or np.ptp(score) == 0:
        return []
    alone = isinstance(champion.costs, ReviewCosts)
    names = ("Was right", "Was wrong") if alone else ("It happened", "It did not happen")
    roles: tuple[Role, Role] = ("good", "stop") if alone else ("second", "main")
    low, high = (0.0, 1.0) if score.min() >= 0 and score.max() <= 1 else np.quantile(score, [0, 1])
    edges = np.linspace(float(low), float(high), COLUMNS + 1)
    series = []
    for name, rows, role in zip(names, (happened, ~happened), roles, strict=True):
        counts = np.histogram(score[rows], edges)[0] / rows.sum()
        series.append(
            Series(
                name=f"{name} (n = {int(rows.sum()):,})",
                mark="step",
                x=edges,
                y=np.r_[counts, counts[-1]],
                role=role,
            )
        )
    at = champion.threshold
    word = "answers alone" if alone else "acts"
    return [
        Chart(
            key="scores",
            title="How well are they kept apart?",
            says=f"Right of the line it {word}. Where the two lie over one another, no threshold can "
            "tell them apart."
            if np.isfinite(at)
            else f"At these costs it never {word}, so no threshold is drawn.",
            x=Axis(
                label="Probability of the likeliest class" if alone else "Prediction",
                kind="share" if (low, high) == (0.0, 1.0) else "number",
            ),
            y=Axis(label="Share of the rows of each kind", kind="share"),
            series=tuple(series),
            guides=(Guide(axis="x", at=at, label=f"{word} from {at:.2g}", role="stop"),)
            if np.isfinite(at)
            else (),
        )
    ]
