"""Framing: the decision and the cost of being wrong."""

from app.record.stage import Stage, late
from app.stages.framing.choices import Choices
from app.stages.framing.judgment import judge

STAGE = Stage(
    key="framing",
    title="Framing",
    question="Which decision is made, and what does a mistake cost?",
    choices=Choices,
    measure=late("app.stages.framing.measurement:measure"),
    judge=judge,
    reads=("data.task",),
    uses_table=False,
    icon="flag",
)
