"""Rollout: from nobody to everybody, in steps that can be taken back."""

from app.record.stage import Stage, late
from app.stages.rollout.choices import Choices
from app.stages.rollout.judgment import judge

STAGE = Stage(
    key="rollout",
    title="Rollout",
    question="How do you find out whether it helps, and how do you get back?",
    choices=Choices,
    measure=late("app.stages.rollout.measurement:measure"),
    judge=judge,
    needs=("baselines",),
    reads=("errors.cohorts",),
    opens_test=True,
    icon="rocket_launch",
)
