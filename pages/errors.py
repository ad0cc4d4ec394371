"""Error analysis: where it fails and what it looks at."""

from app.stages.errors import STAGE
from app.ui import cohort_form, errors, form, results, shell

now = shell.head(STAGE.key)
if shell.view(now, STAGE.key) == "Questions":
    form.choose(now, STAGE)
    cohort_form.show(now)
elif (found := results.evidence(now, STAGE)) is not None:
    errors.show(now, STAGE, found)
