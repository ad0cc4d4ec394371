"""Serving: how answers are given, and what happens when they are not."""

from app.stages.serving import STAGE
from app.ui import draw, form, live, results, serving, shell

now = shell.head(STAGE.key)
if shell.view(now, STAGE.key) == "Questions":
    form.choose(now, STAGE)
    serving.dependencies(now)
    serving.agreements(now)
else:
    if (found := results.evidence(now, STAGE)) is not None:
        draw.words(found, "way")
        results.headline(
            now,
            found,
            ("latency_p99", "throughput", "slack_ms", "workers")
            + ("service_per_1000", "saving_left", "hour_extra", "worst_loss"),
        )
        serving.take_cost(now, found)
        results.judge(now, STAGE)
        results.charts(now, found)
        serving.says(found)
        results.tables(now, found)
        results.taken(found)
    live.show(now)
