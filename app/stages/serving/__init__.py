"""Serving: how answers are given, how fast, at what cost, and what happens when they are not."""

from app.record.stage import Stage, late
from app.stages.serving.choices import Choices
from app.stages.serving.judgment import judge

STAGE = Stage(
    key="serving",
    title="Serving",
    question="How does an answer reach the decision, and what happens when it does not?",
    choices=Choices,
    measure=late("app.stages.serving.measurement:measure"),
    judge=judge,
    needs=("baselines",),
    reads=("errors.cohorts",),
    icon="dns",
)
