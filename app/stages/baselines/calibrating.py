"""Do probabilities mean what they say, and does a map of them pay?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from app.lab.calibration import Bin, calibration_error, reliability
from app.lab.champion import Champion, known_rows
from app.lab.intervals import bootstrap_mean
from app.lab.metrics import loss_of
from app.lab.recalibration import EDGE, Calibrated, choose_map, fit_map
from app.record.chart import Axis, Chart, Series
from app.record.measure import Measure
from app.record.number import readable
from app.stages.baselines.money import threshold_of
from app.stages.bench import Bench
from app.stages.part import Part

if TYPE_CHECKING:
    from app.stages.baselines.measurement import Climbed

NAMES = {"sigmoid": "a sigmoid map", "isotonic": "an isotonic map"}


def calibrated(
    champion: Champion, found: Climbed, allowed: bool, bench: Bench
) -> tuple[Champion, Part]:
    """Put the chosen rung behind a map of its probabilities where that pays, and prove it."""
    problem = found.problem
    known = known_rows(champion.out_of_fold)
    # What is not learned needs no map: the rates of a rule are already what was seen.
    if problem.form != "binary" or not known.any() or np.ptp(champion.out_of_fold[known]) == 0:
        return champion, Part()
    y, told = problem.y[known], champion.out_of_fold[known]
    parts = _parts(found)[known]
    choice = choose_map(y, told, parts, forward=problem.split.kind == "time")
    after, words = champion, "The probabilities are best left as they are."
    if choice.method and allowed:
        mapped = fit_map(choice.method, y, told)
        out_of_fold = champion.out_of_fold.copy()
        out_of_fold[known] = mapped.apply(told)
        threshold = threshold_of(
            out_of_fold,
            problem.y,
            champion.costs,
            found.capacity,
            champion.stakes,
            found.threshold_by,
        )
        fitted = replace(champion.fitted, predictor=Calibrated(champion.fitted.predictor, mapped))
        after = replace(champion, fitted=fitted, out_of_fold=out_of_fold, threshold=threshold)
        words = f"The probabilities go through {NAMES[choice.method]}, fitted on out-of-fold rows."
    test = found.predictions[found.chosen]
    mapped_test = test
    if isinstance(after.fitted.predictor, Calibrated):
        mapped_test = after.fitted.predictor.mapped.apply(test)
    return after, _proof(found, test, mapped_test, after is not champion, words, bench)


def _parts(found: Climbed) -> np.ndarray:
    """Return the fold that validated each row."""
    parts = np.full(len(found.problem.y), -1)
    for number, fold in enumerate(found.folds):
        parts[fold.validation] = number
    return parts


def _proof(
    found: Climbed,
    before: np.ndarray,
    after: np.ndarray,
    applied: bool,
    words: str,
    bench: Bench,
) -> Part:
    problem, rows = found.problem, found.problem.split.test
    y = problem.y[rows]
    bins = {
        name: reliability("binary", y, told)
        for name, told in (("As fitted", before), ("Mapped", after))
    }
    if not applied:
        bins.pop("Mapped")
    errors = {name: calibration_error(part) for name, part in bins.items()}
    measures = [
        Measure(
            key=f"calibration_error_{name.split()[-1].lower()}",
            label=f"Distance of probability and outcome on the test: {name.lower()}",
            value=value,
            unit="share",
            n=len(y),
        )
        for name, value in errors.items()
    ]
    if applied:
        saved = loss_of("binary", y, np.clip(before, EDGE, 1 - EDGE)) - loss_of(
            "binary", y, np.clip(after, EDGE, 1 - EDGE)
        )
        gain = bootstrap_mean(
            saved, rng=bench.rng("map"), blocks=problem.blocks[rows], name=problem.block_name
        )
        measures.append(
            Measure.of("calibration_gain", "Log loss that the map saves on the test", gain)
        )
        proven = gain.low is not None and gain.low > 0
        words += (
            f" On the test it saves {readable(gain.value)} of log loss a row"
            f" ({readable(gain.low)} to {readable(gain.high)})."
        )
        words += "" if proven else " That is not proven there."
    return Part(tuple(measures), (), (_chart(bins, words),), {"calibration": words})


def _chart(bins: dict[str, tuple[Bin, ...]], words: str) -> Chart:
    return Chart(
        key="test_calibration",
        title="Do probabilities hold on the test?",
        says=words,
        x=Axis(label="Predicted", kind="share"),
        y=Axis(label="What happened", kind="share"),
        series=tuple(
            Series(
                name=name,
                mark="point",
                x=[b.predicted for b in part],
                y=[b.observed.value for b in part],
                low=[b.observed.low for b in part],
                high=[b.observed.high for b in part],
                role="main" if name == list(bins)[-1] else "muted",
            )
            for name, part in bins.items()
        ),
        diagonal=True,
    )
