"""Reproducibility: made again, from what, under which contract, and who stands for it."""

from app.stages.reproducibility import STAGE
from app.ui import contract_table, draw, form, reproducibility, results, shell

now = shell.head(STAGE.key)
if shell.view(now, STAGE.key) == "Questions":
    form.choose(now, STAGE)
    contract_table.show(now)
elif (found := results.evidence(now, STAGE)) is not None:
    draw.words(found, "again")
    results.headline(
        now, found, ("answers_differing", "seed_spread", "test_refused", "later_refused")
    )
    results.judge(now, STAGE)
    reproducibility.show(now, found)
    results.charts(now, found)
    results.tables(now, found)
    results.taken(found)
