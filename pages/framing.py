"""Framing: the decision and what mistakes cost."""

from app.stages.framing import STAGE
from app.ui import form, results, shell

now = shell.head(STAGE.key)
if shell.view(now, STAGE.key) == "Questions":
    form.choose(now, STAGE)
elif (found := results.evidence(now, STAGE)) is not None:
    results.headline(
        now, found, ("break_even_probability", "false_alarms_per_hit", "cost_quantile")
    )
    results.judge(now, STAGE)
    results.charts(now, found)
    results.taken(found)
