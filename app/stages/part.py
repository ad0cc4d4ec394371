"""A part of the evidence, before all of it is put together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from app.record.chart import Chart
from app.record.evidence import Evidence
from app.record.measure import Measure
from app.record.table import Table


@dataclass(frozen=True)
class Part:
    """Numbers, tables, pictures and words about one question."""

    measures: tuple[Measure, ...] = ()
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
    words: dict[str, str] = field(default_factory=dict)


def joined(stage: str, parts: Iterable[Part]) -> Evidence:
    """Put parts together into the evidence of a stage, in their order."""
    parts = tuple(parts)
    return Evidence(
        stage=stage,
        measures=tuple(m for part in parts for m in part.measures),
        tables=tuple(t for part in parts for t in part.tables),
        charts=tuple(c for part in parts for c in part.charts),
        words={key: words for part in parts for key, words in part.words.items()},
    )
