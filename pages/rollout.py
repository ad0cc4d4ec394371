"""Rollout: shadow, canary, A/B test, the way back, and retraining."""

from app.stages.rollout import STAGE
from app.ui import form, results, rollout, shell

now = shell.head(STAGE.key)
if shell.view(now, STAGE.key) == "Questions":
    form.choose(now, STAGE)
elif (found := results.evidence(now, STAGE)) is not None:
    rollout.show(now, STAGE, found)
