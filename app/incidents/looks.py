"""Where one can look in an incident, and what a look takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Look:
    """Somewhere to look."""

    title: str
    words: str
    minutes: int


LOOKS: Mapping[str, Look] = {
    "dashboards": Look(
        "Dashboards", "Signals by day: volume, age of feeds, drift, decisions, waits, cost.", 3
    ),
    "log_query": Look("Query the prediction log", "SQL over what came in and what went out.", 10),
    "release_diff": Look(
        "Releases and versions", "What was released when, and which version answers.", 8
    ),
    "sample_rows": Look("Read some rows", "Twenty rows from before and after, side by side.", 6),
    "shap_window": Look(
        "SHAP on a window", "Which inputs the answers rested on, before and after.", 12
    ),
    "slice_view": Look("By slice", "Quality on matured labels, group by group.", 10),
    "ask_colleague": Look("Ask a colleague", "What they heard, and what they planned.", 15),
    "parity_check": Look(
        "Parity check", "The same rows answered again, apart from the service.", 15
    ),
    "label_audit": Look(
        "Label audit", "A person labels a sample of rows again, without seeing the label.", 90
    ),
    "config_diff": Look("Settings against the record", "What is set, and what should be.", 6),
    "trace_requests": Look(
        "Trace requests", "Single requests by copy, version, time taken and charge.", 12
    ),
    "lineage": Look("Lineage", "Where rows came from, and where their copies went.", 45),
}
