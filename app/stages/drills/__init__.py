"""Incident drills: a blind incident on the user's own model, a clock, and the price of every move."""

from app.record.stage import Stage, late
from app.stages.drills.choices import Choices
from app.stages.drills.judgment import judge
from app.stages.drills.tally import tally

STAGE = Stage(
    key="drills",
    title="Incident drills",
    question="When it breaks at night, do you find the cause before the reflex costs you?",
    choices=Choices,
    measure=late("app.stages.drills.measurement:measure"),
    judge=judge,
    needs=("baselines", "monitoring"),
    opens_test=True,
    tally=tally,
    icon="local_fire_department",
)
