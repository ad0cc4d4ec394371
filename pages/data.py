"""Data & labels: what the rows can tell, honestly."""

from app.stages.data import STAGE
from app.ui import form, results, shell, story

now = shell.head(STAGE.key)
story.show(now)
if shell.view(now, STAGE.key) == "Questions":
    form.choose(now, STAGE)
elif (found := results.evidence(now, STAGE)) is not None:
    results.headline(
        now,
        found,
        ("rows_used", "base_rate", "target_median", "duplicate_share", "classes", "largest_class")
        + ("unseen_classes", "lists", "list_size", "lists_with_good"),
    )
    results.judge(now, STAGE)
    results.charts(now, found)
    results.tables(now, found)
    results.taken(found)
