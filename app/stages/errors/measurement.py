"""Where the chosen rung fails, on training rows predicted by folds that did not see them."""

from __future__ import annotations

from collections.abc import Callable

from app.lab.intervals import bootstrap_mean
from app.record.evidence import Evidence
from app.record.measure import Measure
from app.record.project import Project
from app.stages.bench import Bench
from app.stages.errors import classes
from app.stages.errors.abstention import abstaining
from app.stages.errors.choices import Choices
from app.stages.errors.decisions import decisions
from app.stages.errors.explaining import explaining
from app.stages.errors.fairness import fairness
from app.stages.errors.lists import lists
from app.stages.errors.loss_columns import loss_columns
from app.stages.errors.reading import reading
from app.stages.errors.residuals import residuals
from app.stages.errors.scene import Scene, scene_of
from app.stages.errors.slicing import slicing
from app.stages.part import Part, joined

Look = Callable[[Scene, Choices, Bench], Part]
# What is looked at, in the order of the page, with how far that brings the measurement.
LOOKS: tuple[tuple[str, float, Look], ...] = (
    ("Counting decisions", 0.25, decisions),
    ("Asking what it should hand to a person", 0.28, abstaining),
    ("Comparing groups of people", 0.3, fairness),
    ("Looking at errors of numbers", 0.33, residuals),
    ("Looking at the order of lists", 0.36, lists),
    ("Explaining predictions", 0.4, explaining),
    ("Asking which columns make the errors", 0.75, loss_columns),
    ("Lining up rows to read", 0.85, reading),
)


def measure(choices: Choices, project: Project, bench: Bench) -> Evidence:
    """Explain the model, find its worst slices and rows, and check its calibration."""
    scene = scene_of(choices, project, bench)
    bench.progress(0.02, "Searching for slices")
    scene, slices = slicing(scene, choices, bench)
    parts = [_in_all(scene, bench), slices, classes.part(scene)]
    for words, at, look in LOOKS:
        bench.progress(at, words)
        parts.append(look(scene, choices, bench))
    return joined("errors", parts)


def _in_all(scene: Scene, bench: Bench) -> Part:
    mean_cost = bootstrap_mean(
        scene.cost * 1000,
        rng=bench.rng("loss"),
        blocks=scene.blocks,
        name=scene.problem.block_name,
    )
    return Part(
        measures=(
            Measure.of("mean_loss", "Cost per 1,000 decisions, out of fold", mean_cost, "currency"),
        ),
        words={
            "rung": scene.key,
            "rows": f"{len(scene.seen):,} training rows, each predicted by a fold that did not see it",
        },
    )
