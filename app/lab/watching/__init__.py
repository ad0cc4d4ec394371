"""Watching a stream: profiles that add up, distances, and tests that page.

What needs models is imported from its module (`quality`, `class_quality`, `expected_loss`,
`domain`), so that counting stays light.
"""

from app.lab.watching.daily import DayTests, daily_tests
from app.lab.watching.distances import distances_by_chunk
from app.lab.watching.harm import Harm, harmful_change
from app.lab.watching.pages import Change, Pages, compare_days, page_by_day, page_by_evidence
from app.lab.watching.profile import ColumnCounts, Profile
from app.lab.watching.shape import ColumnShape, Shapes, learn_shapes
from app.lab.watching.signal import Signal

__all__ = [
    "Change",
    "ColumnCounts",
    "ColumnShape",
    "DayTests",
    "Harm",
    "Pages",
    "Profile",
    "Shapes",
    "Signal",
    "compare_days",
    "daily_tests",
    "distances_by_chunk",
    "harmful_change",
    "learn_shapes",
    "page_by_day",
    "page_by_evidence",
]
