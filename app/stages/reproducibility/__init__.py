"""Reproducibility: can it be made again, from what, and who stands for it?"""

from app.record.stage import Stage, late
from app.stages.reproducibility.choices import Choices
from app.stages.reproducibility.judgment import judge

STAGE = Stage(
    key="reproducibility",
    title="Reproducibility",
    question="Can it be made again from the same rows, and who stands for it?",
    choices=Choices,
    measure=late("app.stages.reproducibility.measurement:measure"),
    judge=judge,
    needs=("baselines",),
    icon="account_tree",
)
