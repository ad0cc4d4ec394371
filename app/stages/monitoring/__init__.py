"""Monitoring: the held-out days replayed as production, with incidents."""

from app.record.stage import Stage, late
from app.stages.monitoring.choices import Choices
from app.stages.monitoring.judgment import judge

STAGE = Stage(
    key="monitoring",
    title="Monitoring",
    question="Would you notice when it breaks, and what would you do?",
    choices=Choices,
    measure=late("app.stages.monitoring.measurement:measure"),
    judge=judge,
    needs=("baselines",),
    reads=(
        "errors.cohorts",
        "serving.network_ms",
        "serving.lookup_ms",
        "serving.decide_ms",
        "serving.log_ms",
        "serving.spare_workers",
        "serving.steps",
        "serving.person_wrong",
        "serving.person_fee",
        "serving.dependencies",
    ),
    opens_test=True,
    version=2,
    icon="monitor_heart",
)
