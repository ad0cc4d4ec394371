"""Baselines: the ladder, and whether it is worth it."""

from app.stages.baselines import STAGE
from app.ui import draw, form, ladder, results, rule, shell

now = shell.head(STAGE.key)
if shell.view(now, STAGE.key) == "Questions":
    form.choose(now, STAGE)
    rule.preview(now)
elif (found := results.evidence(now, STAGE)) is not None:
    draw.words(found, "verdict")
    if "sampled" in found.words:
        draw.words(found, "sampled")
    results.headline(
        now,
        found,
        ("saving_per_1000", "saving_per_year", "chosen_test_score", "threshold", "coverage")
        + ("answered_accuracy", "chosen_latency_ms"),
    )
    results.judge(now, STAGE)
    ladder.why(found)
    results.charts(now, found)
    results.tables(now, found)
    results.taken(found)
