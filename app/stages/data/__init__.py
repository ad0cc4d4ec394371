"""Data and labels: what the rows can and cannot tell."""

from app.record.stage import Stage, late
from app.stages.data.choices import Choices
from app.stages.data.judgment import judge

STAGE = Stage(
    key="data",
    title="Data & labels",
    question="Can these rows answer the question, honestly?",
    choices=Choices,
    measure=late("app.stages.data.measurement:measure"),
    judge=judge,
    icon="table_view",
)
