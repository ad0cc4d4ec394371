"""Error analysis: where it fails and what it looks at."""

from app.stages.errors import STAGE
from app.ui import form, reading, results, shell

now = shell.head(STAGE.key)
if shell.view(now, STAGE.key) == "Questions":
    form.choose(now, STAGE)
elif (found := results.evidence(now, STAGE)) is not None:
    results.headline(
        now, found, ("mean_loss", "worst_slice_excess", "calibration_error", "notes_coded")
    )
    results.judge(now, STAGE)
    results.charts(now, found)
    reading.worst_rows(now, found)
    results.tables(now, found, but=("worst_rows",))
    results.taken(found)
