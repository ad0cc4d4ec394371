"""Error analysis: where the model fails, and what it looks at."""

from app.record.stage import Stage, late
from app.stages.errors.choices import Choices
from app.stages.errors.judgment import judge
from app.stages.errors.tally import tally

STAGE = Stage(
    key="errors",
    title="Error analysis",
    question="Where does it fail, is that real, and what comes first?",
    choices=Choices,
    measure=late("app.stages.errors.measurement:measure"),
    judge=judge,
    tally=tally,
    needs=("baselines",),
    version=3,
    icon="troubleshoot",
)
