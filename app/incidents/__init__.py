"""The catalogue of production incidents: one module, one incident."""

from collections.abc import Mapping

from app.incidents import (
    concept_shift,
    feature_mixup,
    harmless_shift,
    label_bug,
    new_category,
    null_flood,
    prior_shift,
    stale_source,
    unit_change,
    volume_drop,
)
from app.incidents.incident import ACTIONS, Incident, Strike, untouched

MODULES = (
    unit_change,
    null_flood,
    stale_source,
    new_category,
    volume_drop,
    feature_mixup,
    concept_shift,
    prior_shift,
    label_bug,
    harmless_shift,
)

INCIDENTS: Mapping[str, Incident] = {module.INCIDENT.key: module.INCIDENT for module in MODULES}

__all__ = ["ACTIONS", "INCIDENTS", "Incident", "Strike", "untouched"]
