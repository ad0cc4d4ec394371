"""Measured again: the rung that goes on, fitted from scratch on the same rows, then with other seeds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.lab.champion import known_rows
from app.lab.ladder import RungResult, climb
from app.lab.metrics import Metric
from app.lab.problem import Problem
from app.lab.recalibration import Calibrated, Sigmoid, fit_map
from app.lab.replication import Likeness, Spread, digest_of_answers, likeness, seed_spread
from app.lab.rungs import RUNGS, fit_rung, training_on
from app.lab.splits import Fold
from app.record.chart import Axis, Chart, Guide, Series
from app.record.measure import Measure
from app.record.number import readable
from app.record.table import Column, Table
from app.stages.bench import Bench
from app.stages.drawing import folds_of, metric_of, sampled
from app.stages.fitting import fitting_options
from app.stages.part import Part
from app.stages.reproducibility.scene import Scene

MOST_COMPARED = 20_000


@dataclass(frozen=True)
class Ground:
    """On what the rung is fitted again: the rows, folds and metric of the ladder, drawn anew."""

    scene: Scene
    problem: Problem
    parts: tuple[Fold, ...]
    metric: Metric
    options: dict[str, object]

    def climbed(self, seed: int, bench: Bench) -> RungResult:
        """Fit the rung on every fold with a seed."""
        scene, problem = self.scene, self.problem
        return climb(
            [scene.key],
            scene.frame,
            problem.y,
            problem.form,
            self.parts,
            self.metric,
            seed,
            self.options,
            bench.clock,
            lambda fraction, words: None,
            problem.classes,
            problem.queries,
            problem.relevant_from,
        )[scene.key]


@dataclass(frozen=True)
class Answers:
    """What one fit answered: rows that no fold had seen, and training rows by the whole fit."""

    unseen: np.ndarray
    whole: np.ndarray
    scores: np.ndarray


def again(scene: Scene, refits: int, bench: Bench) -> Part:
    """Fit the rung that goes on from scratch, compare every bit, then try other seeds."""
    problem, _ = sampled(scene.problem, scene.baselines.most_rows, bench.rng("sample"))
    ground = Ground(
        scene,
        problem,
        folds_of(scene.baselines, problem, bench),
        metric_of(scene.baselines, problem, scene.champion.costs),
        fitting_options(scene.baselines, problem, scene.champion.costs),
    )
    bench.progress(0.1, f"{RUNGS[scene.key].title}: fitted again")
    fresh = _fresh(ground, bench)
    seeds = {bench.seed: fresh.scores}
    for number in range(refits):
        bench.progress(0.3 + 0.4 * number / refits, f"Another seed, {number + 1} of {refits}")
        seed = (bench.seed + number + 1) % 2**31
        seeds[seed] = ground.climbed(seed, bench).scores
    return _part(ground, _recorded(ground), fresh, seeds)


def _rows(ground: Ground) -> np.ndarray:
    """Return training rows on which the whole fits are compared; the test stays closed."""
    train = ground.scene.problem.split.train
    return train[:: max(1, len(train) // MOST_COMPARED)]


def _recorded(ground: Ground) -> Answers:
    champion, scene = ground.scene.champion, ground.scene
    folds = scene.ladder.chart("folds")
    title = RUNGS[scene.key].title
    told = next((s.y for s in folds.series if s.name == title), ()) if folds else ()
    scores = np.array([np.nan if not isinstance(v, int | float) else v for v in told], dtype=float)
    whole = champion.fitted.predict(scene.frame, _rows(ground))
    return Answers(champion.out_of_fold, whole, scores)


def _fresh(ground: Ground, bench: Bench) -> Answers:
    scene, problem = ground.scene, ground.problem
    found = ground.climbed(bench.seed, bench)
    if found.failure:
        raise ValueError(f"{RUNGS[scene.key].title} could not be fitted again: {found.failure}")
    training = training_on(
        problem, scene.frame, scene.problem.split.train, bench.seed, ground.options
    )
    whole = fit_rung(RUNGS[scene.key], training).predict(scene.frame, _rows(ground))
    unseen, kept = found.predictions, scene.champion.fitted.predictor
    if isinstance(kept, Calibrated):
        known = known_rows(unseen)
        method = "sigmoid" if isinstance(kept.mapped, Sigmoid) else "isotonic"
        mapped = fit_map(method, problem.y[known], unseen[known])
        unseen = unseen.copy()
        unseen[known] = mapped.apply(unseen[known])
        whole = mapped.apply(whole)
    return Answers(unseen, whole, found.scores)


def _part(ground: Ground, recorded: Answers, fresh: Answers, seeds: dict[int, np.ndarray]) -> Part:
    answered = known_rows(recorded.unseen) | known_rows(fresh.unseen)
    unseen = likeness(recorded.unseen[answered], fresh.unseen[answered])
    whole = likeness(recorded.whole, fresh.whole)
    score = next(
        m
        for m in ground.scene.ladder.measures
        if m.key == f"{ground.scene.key}_cv_{ground.metric.key}"
    )
    means = {seed: float(np.nanmean(scores)) for seed, scores in seeds.items()}
    spread = seed_spread(list(means.values()), score.low, score.high)
    mean = float(np.nanmean(fresh.scores))
    return Part(
        measures=(
            *_measures(score, mean, unseen, whole),
            *(_seed_measures(ground.metric, spread) if len(means) > 1 else ()),
        ),
        tables=(
            _table(recorded, fresh, unseen, whole, score, mean),
            _seed_table(ground.metric, means, seeds),
        ),
        charts=(_chart(ground.metric, score, means),),
        words={
            "again": _words(unseen, whole),
            "answers_digest": digest_of_answers(fresh.unseen),
            "recorded_digest": digest_of_answers(recorded.unseen),
            "seeds": _seed_words(spread) if len(means) > 1 else "",
        },
    )


def _measures(
    score: Measure, mean: float, unseen: Likeness, whole: Likeness
) -> tuple[Measure, ...]:
    away = None if score.value is None else abs(mean - score.value)
    return (
        Measure(
            key="score_again",
            label=f"{score.label}, measured again",
            value=mean,
            low=score.low,
            high=score.high,
            n=score.n,
            method="interval as recorded, over the folds",
        ),
        Measure(
            key="score_difference",
            label="Distance to the recorded score",
            value=away,
            n=score.n,
            note="The recorded score is kept to the last bit, so 0 means the same score.",
        ),
        Measure(
            key="answers_differing",
            label="Answers that differ in any bit",
            value=unseen.differing + whole.differing,
            unit="rows",
            n=unseen.n + whole.n,
            note="Answers of the folds to rows they had not seen, and of the whole fit to training "
            "rows. The test rows stay closed.",
        ),
        Measure(
            key="largest_difference",
            label="Largest difference of an answer",
            value=max(unseen.largest, whole.largest),
            n=unseen.n + whole.n,
        ),
    )


def _seed_measures(metric: Metric, spread: Spread) -> tuple[Measure, ...]:
    return (
        Measure(
            key="seed_spread",
            label=f"{metric.title}: best and worst seed lie apart by",
            value=spread.width,
            n=spread.n,
            method=f"range over {spread.n} seeds on the same folds, not an interval",
        ),
        Measure(
            key="seed_share",
            label="That is, of the width of the score's interval",
            value=spread.share,
            unit="share",
            n=spread.n,
        ),
    )


def _table(
    recorded: Answers,
    fresh: Answers,
    unseen: Likeness,
    whole: Likeness,
    score: Measure,
    mean: float,
) -> Table:
    rows: list[tuple[str, str, str, bool]] = [
        (
            f"Answers to {unseen.n:,} rows, by folds that had not seen them (digest)",
            digest_of_answers(recorded.unseen),
            digest_of_answers(fresh.unseen),
            unseen.same,
        ),
        (
            f"Answers of the whole fit to {whole.n:,} training rows (digest)",
            digest_of_answers(recorded.whole),
            digest_of_answers(fresh.whole),
            whole.same,
        ),
        ("Mean score over the folds", _exact(score.value), _exact(mean), score.value == mean),
    ]
    for number, (old, new) in enumerate(zip(recorded.scores, fresh.scores, strict=False), start=1):
        same = bool(old == new) or bool(np.isnan(old) and np.isnan(new))
        rows.append((f"Score of fold {number}", _exact(old), _exact(new), same))
    return Table(
        key="again",
        title="Recorded, and measured again",
        columns=(
            Column(key="what", label="What", kind="text"),
            Column(key="recorded", label="Recorded", kind="text"),
            Column(key="again", label="Again", kind="text"),
            Column(key="same", label="The same bits", kind="flag"),
        ),
        rows=tuple(rows),
        note="Rows, folds and seed were drawn anew from the recorded choices. Scores are written "
        "out to the last digit.",
    )


def _exact(value: float | None) -> str:
    return "–" if value is None or np.isnan(value) else repr(float(value))


def _seed_table(metric: Metric, means: dict[int, float], seeds: dict[int, np.ndarray]) -> Table:
    return Table(
        key="seeds",
        title="The same fit with other seeds",
        columns=(
            Column(key="seed", label="Seed", kind="integer"),
            Column(key="score", label=f"{metric.title}: mean over the folds"),
            Column(key="worst", label="Lowest fold"),
            Column(key="best", label="Highest fold"),
            Column(key="recorded", label="Recorded seed", kind="flag"),
        ),
        rows=tuple(
            (seed, means[seed], np.nanmin(scores), np.nanmax(scores), place == 0)
            for place, (seed, scores) in enumerate(seeds.items())
        ),
    )


def _chart(metric: Metric, score: Measure, means: dict[int, float]) -> Chart:
    names = [f"Seed {seed}" for seed in means]
    guides: tuple[Guide, ...] = ()
    if score.low is not None and score.high is not None:
        guides = (Guide(axis="x", at=score.low, to=score.high, label="interval over the folds"),)
    values = list(means.values())
    lone = len(values) == 1
    return Chart(
        key="seeds",
        title="Does the seed matter?",
        says="Only the recorded seed was tried."
        if lone
        else "Each dot is the same fit with another seed; the shaded part is the interval of the "
        "recorded score over the folds.",
        x=Axis(label=f"{metric.title}, mean over the folds"),
        y=Axis(label="", kind="category", order=tuple(names)),
        series=(
            Series(name="Recorded seed", mark="point", x=values[:1], y=names[:1], role="main"),
            *(
                ()
                if lone
                else (
                    Series(
                        name="Other seeds",
                        mark="point",
                        x=values[1:],
                        y=names[1:],
                        role="second",
                    ),
                )
            ),
        ),
        guides=guides,
        horizontal=True,
    )


def _words(unseen: Likeness, whole: Likeness) -> str:
    if unseen.same and whole.same:
        return (
            f"Fitted again from scratch, all {unseen.n + whole.n:,} answers compared are the same to "
            "the last bit."
        )
    return (
        f"Fitted again from scratch, {unseen.differing + whole.differing:,} of "
        f"{unseen.n + whole.n:,} answers differ, by at most "
        f"{readable(max(unseen.largest, whole.largest))}."
    )


def _seed_words(spread: Spread) -> str:
    if spread.width == 0:
        return (
            f"None of {spread.n - 1} other seeds changes the score: nothing in this fit is drawn."
        )
    share = (
        ""
        if spread.share is None
        else f", {readable(100 * spread.share)} % of the width of its interval over the folds"
    )
    return f"Over {spread.n} seeds the score moves by {readable(spread.width)}{share}."
