"""Monitoring: the days after, replayed with incidents."""

from app.stages.monitoring import STAGE
from app.ui import drill, form, results, shell

now = shell.head(STAGE.key)
if shell.view(now, STAGE.key) == "Questions":
    form.choose(now, STAGE)
    drill.plan(now)
elif (found := results.evidence(now, STAGE)) is not None:
    results.headline(
        now, found, ("incidents_caught", "median_days_late", "pages_quiet", "money_before_alarm")
    )
    results.judge(now, STAGE)
    results.charts(now, found)
    drill.plan(now)
    results.tables(now, found)
    results.taken(found)
