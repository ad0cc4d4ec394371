"""Data & labels: what the rows can tell, honestly."""

from app.stages.data import STAGE
from app.ui import form, results, shell

now = shell.head(STAGE.key)
if shell.view(now, STAGE.key) == "Questions":
    form.choose(now, STAGE)
elif (found := results.evidence(now, STAGE)) is not None:
    results.headline(now, found, ("rows_used", "base_rate", "target_median", "duplicate_share"))
    results.judge(now, STAGE)
    results.charts(now, found)
    results.tables(now, found)
    results.taken(found)
