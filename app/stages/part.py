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


def together(parts: Iterable[Part]) -> Part:
    """Return several parts as one, in their order."""
    parts = tuple(parts)
    return Part(
        tuple(m for part in parts for m in part.measures),
        tuple(t for part in parts for t in part.tables),
        tuple(c for part in parts for c in part.charts),
        {key: words for part in parts for key, words in part.words.items()},
    )


def joined(stage: str, parts: Iterable[Part]) -> Evidence:
    """Put parts together into the evidence of a stage, in their order."""
    whole = together(parts)
    return Evidence(
        stage=stage,
        measures=whole.measures,
        tables=whole.tables,
        charts=whole.charts,
        words=whole.words,
    )
