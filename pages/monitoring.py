"""Monitoring: the days after, replayed with incidents."""

from app.stages.monitoring import STAGE
from app.ui import drill, events, form, live_watch, monitoring, results, shell

now = shell.head(STAGE.key)
if shell.view(now, STAGE.key) == "Questions":
    form.choose(now, STAGE)
    events.tell(now)
    drill.plan(now)
else:
    if (found := results.evidence(now, STAGE)) is not None:
        monitoring.show(now, STAGE, found)
    live_watch.show(now)
