"""Slices in which a model does worst: found on one half of the rows, proven on the other."""

from app.lab.slices.finder import find_slices, search_slices
from app.lab.slices.found import Slice, SliceSearch
from app.lab.slices.inside import Comparison, InSlice, compare_in, measure_in

__all__ = [
    "Comparison",
    "InSlice",
    "Slice",
    "SliceSearch",
    "compare_in",
    "find_slices",
    "measure_in",
    "search_slices",
]
