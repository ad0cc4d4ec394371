"""A part of the evidence, before all of it is put together."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.record.chart import Chart
from app.record.measure import Measure
from app.record.table import Table


@dataclass(frozen=True)
class Part:
    """Numbers, tables, pictures and words about one question."""

    measures: tuple[Measure, ...] = ()
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
    words: dict[str, str] = field(default_factory=dict)
