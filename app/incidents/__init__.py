"""The catalogue of production incidents: one module, one incident."""

from collections.abc import Mapping

from app.incidents import (
    adversary,
    biased_harm,
    concept_shift,
    cost_spike,
    deletion_missed,
    dropped_join,
    false_alarm,
    feature_mixup,
    feedback_loop,
    harmless_shift,
    label_bug,
    latency_creep,
    library_skew,
    lost_replicas,
    new_category,
    new_segment,
    non_finite,
    null_flood,
    prior_shift,
    queue_overload,
    serving_unit_bug,
    stale_artefact,
    stale_source,
    threshold_overwritten,
    unit_change,
    volume_drop,
)
from app.incidents.incident import Context, Incident, Line, Seen
from app.incidents.looks import LOOKS
from app.incidents.moves import ACTIONS, MOVES

# The 22 classical ones in their order, each followed by its kin.
MODULES = (
    unit_change,
    serving_unit_bug,
    feature_mixup,
    null_flood,
    new_category,
    stale_source,
    dropped_join,
    volume_drop,
    concept_shift,
    prior_shift,
    harmless_shift,
    new_segment,
    library_skew,
    stale_artefact,
    feedback_loop,
    label_bug,
    latency_creep,
    lost_replicas,
    non_finite,
    threshold_overwritten,
    adversary,
    deletion_missed,
    queue_overload,
    biased_harm,
    cost_spike,
    false_alarm,
)

INCIDENTS: Mapping[str, Incident] = {module.INCIDENT.key: module.INCIDENT for module in MODULES}

__all__ = [
    "ACTIONS",
    "INCIDENTS",
    "LOOKS",
    "MOVES",
    "Context",
    "Incident",
    "Line",
    "Seen",
]
