"""One look, taken: from the key of the look to what it shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.stages.drills.archive import View
from app.stages.drills.looks import dashboards, explained, people, query, rows, service, slices
from app.stages.part import Part

Shown = Callable[[View, str], Part]

SHOWN: Mapping[str, Shown] = {
    "dashboards": dashboards.show,
    "log_query": query.show,
    "release_diff": service.releases,
    "sample_rows": rows.show,
    "shap_window": explained.show,
    "slice_view": slices.show,
    "ask_colleague": people.show,
    "parity_check": rows.parity,
    "label_audit": rows.audit,
    "config_diff": service.settings,
    "trace_requests": service.traces,
    "lineage": service.lineage,
}


def shown(view: View, look: str, text: str) -> Part:
    """Return what a look shows; what needs words (a query, a column, a person) takes them."""
    return SHOWN[look](view, text)
