"""The sections of a design document, and the ten dimensions that a review grades."""

from __future__ import annotations

from collections.abc import Mapping

SECTIONS: Mapping[str, str] = {
    "S0": "Header and control",
    "S1": "One-page summary",
    "S2": "Problem and current process",
    "S3": "Decision and action",
    "S4": "Users, stakeholders, fears",
    "S5": "Goals, anti-goals, scope, non-ML alternative",
    "S6": "Cost of mistakes and risk",
    "S7": "Requirements, constraints, assumptions",
    "S8": "Capacity estimate",
    "S9": "Value model",
    "S10": "ML formulation",
    "S11": "Metric tree",
    "S12": "Data sources",
    "S13": "Labels",
    "S14": "Features",
    "S15": "Validation scheme",
    "S16": "Baseline ladder",
    "S17": "Model and training",
    "S18": "Offline results",
    "S19": "Error analysis",
    "S20": "Fairness, inclusion, ethics",
    "S21": "Human in the loop",
    "S22": "Experiment and rollout plan",
    "S23": "Architecture and data flow",
    "S24": "Serving",
    "S25": "Fallback ladder",
    "S26": "Release, rollback, registry",
    "S27": "Monitoring and alerts",
    "S28": "Retraining and model lifecycle",
    "S29": "Incident readiness",
    "S30": "Ownership",
    "S31": "Security and privacy",
    "S32": "Cost and sustainability",
    "S33": "Risks and uncertainties",
    "S34": "Decisions and alternatives",
    "S35": "Plan",
    "S36": "Documentation and change history",
    "S37": "Language model overlay",
}
DIMENSIONS: Mapping[str, str] = {
    "framing": "Framing and anti-goals",
    "cost": "Cost of mistakes and risk",
    "baselines": "Alternatives and baselines",
    "metrics": "Metrics and measurement",
    "data": "Data, labels and features",
    "validation": "Validation and leakage",
    "errors": "Error analysis",
    "training": "Training and reproducibility",
    "serving": "Serving, fallback and release",
    "monitoring": "Monitoring, incidents and ownership",
}
# Which sections each kind of document holds; a review for one looks at these only.
PROFILES: Mapping[str, tuple[str, ...]] = {
    "design_document": tuple(SECTIONS),
    "one_pager": ("S1", "S5", "S9", "S18", "S25", "S33"),
    "model_card": ("S10", "S12", "S13", "S14", "S15", "S16", "S17", "S18", "S19", "S20"),
    "data_sheet": ("S12", "S13", "S14", "S15"),
    "runbook": ("S24", "S25", "S26", "S27", "S28", "S29", "S30"),
    "readiness_report": tuple(SECTIONS),
    "post_mortem": ("S25", "S26", "S27", "S29", "S30"),
    "annex_iv": (
        *("S2", "S3", "S4", "S6", "S10", "S11", "S12", "S13", "S14", "S15", "S17", "S18", "S20"),
        *("S21", "S27", "S28", "S31", "S33", "S36"),
    ),
    "interview": ("S2", "S3", "S5", "S6", "S10", "S11", "S12", "S16", "S18", "S24", "S25", "S27"),
}
# Which stage must be measured before a dimension is more than named.
RESTS_ON: Mapping[str, tuple[str, ...]] = {
    "framing": ("framing",),
    "cost": ("framing",),
    "baselines": ("baselines",),
    "metrics": ("baselines",),
    "data": ("data",),
    "validation": ("data",),
    "errors": ("errors",),
    "training": ("reproducibility",),
    "serving": ("serving", "rollout"),
    "monitoring": ("monitoring",),
}
