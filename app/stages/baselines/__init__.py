"""Baselines: the ladder that any model must climb."""

from app.record.stage import Stage, late
from app.stages.baselines.choices import Choices
from app.stages.baselines.judgment import judge

STAGE = Stage(
    key="baselines",
    title="Baselines",
    question="What must any model beat, and is it worth it?",
    choices=Choices,
    measure=late("app.stages.baselines.measurement:measure"),
    judge=judge,
    needs=("framing", "data"),
    version=2,
    opens_test=True,
    icon="stairs",
)
