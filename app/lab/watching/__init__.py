"""Watching a stream: profiles that add up, distances, tests that page, quality without labels."""

from app.lab.watching.class_quality import ClassEstimator, fit_class_quality
from app.lab.watching.daily import DayTests, daily_tests
from app.lab.watching.distances import distances_by_chunk
from app.lab.watching.domain import density_ratio, domain_auc, reconstruction_error
from app.lab.watching.expected_loss import LossEstimator, fit_loss
from app.lab.watching.harm import Harm, harmful_change
from app.lab.watching.label_metric import Costs
from app.lab.watching.pages import Change, Pages, compare_days, page_by_day, page_by_evidence
from app.lab.watching.profile import ColumnCounts, Profile
from app.lab.watching.quality import QualityEstimator, fit_quality
from app.lab.watching.shape import ColumnShape, Shapes, learn_shapes
from app.lab.watching.signal import Signal

__all__ = [
    "Change",
    "ClassEstimator",
    "ColumnCounts",
    "ColumnShape",
    "Costs",
    "DayTests",
    "Harm",
    "LossEstimator",
    "Pages",
    "Profile",
    "QualityEstimator",
    "Shapes",
    "Signal",
    "compare_days",
    "daily_tests",
    "density_ratio",
    "distances_by_chunk",
    "domain_auc",
    "fit_class_quality",
    "fit_loss",
    "fit_quality",
    "harmful_change",
    "learn_shapes",
    "page_by_day",
    "page_by_evidence",
    "reconstruction_error",
]
