"""Slices that cost more: found on one half of the rows, proven on the other."""

from __future__ import annotations

import json
from dataclasses import replace
from statistics import NormalDist

import numpy as np

from app.lab.slices import Slice, SliceSearch, search_slices
from app.record.chart import Axis, Chart, Series
from app.record.measure import Measure
from app.record.table import Column, Table
from app.stages.bench import Bench
from app.stages.cohort import as_typed, brief
from app.stages.errors.choices import Choices
from app.stages.errors.cohorts import cohort_part, named_in, read_notes
from app.stages.errors.per_slice import per_slice
from app.stages.errors.scene import Scene
from app.stages.errors.yardstick import Yardstick, yardstick_of
from app.stages.part import Part, together

TOP = 10
# Both halves are searched for twelve; of that many tests the strictest is the one to pass.
MOST_TESTED = 24
SURE = 0.03
POWER = 0.8


def slicing(scene: Scene, choices: Choices, bench: Bench) -> tuple[Scene, Part]:
    """Search for slices that cost more, prove them, measure the user's own, and compare in each."""
    measured = yardstick_of(scene)
    rng = bench.rng("slices")
    found = search_slices(scene.rows, measured.values, rng, scene.blocks, choices.conditions)
    named = read_notes(choices.cohorts, scene)
    scene = replace(scene, cohorts=named_in(scene, named, found.confirmed))
    parts = (
        _found(found, measured, scene),
        cohort_part(scene, named, found, measured),
        per_slice(scene, found, bench.rng("slice thresholds")),
    )
    return scene, together(parts)


def _found(found: SliceSearch, measured: Yardstick, scene: Scene) -> Part:
    says = " ".join(words for words in (measured.says, found.says) if words)
    return Part(
        measures=tuple(_worst_slice(found, measured)),
        tables=(_table(found, measured),),
        charts=tuple(slice_chart(found.slices, measured)),
        words={
            "slices": says,
            "slice_power": power_sentence(measured, scene.blocks),
            "slice_conditions": _conditions(found.slices),
        },
    )


def _worst_slice(found: SliceSearch, measured: Yardstick) -> list[Measure]:
    if not found.confirmed:
        return []
    worst = found.confirmed[0]
    return [
        Measure.of(
            "worst_slice_excess",
            f"Extra {measured.noun}{measured.per} where {brief(worst.conditions)}",
            measured.scaled(worst.excess),
            "currency" if measured.kind == "currency" else "",
        )
    ]


def _table(found: SliceSearch, measured: Yardstick) -> Table:
    noun, per = measured.noun.capitalize(), measured.per
    return Table(
        key="slices",
        title="Slices that cost more",
        columns=(
            Column(key="words", label="Where", kind="text"),
            Column(key="n", label="n (unseen half)", kind="integer"),
            Column(key="share", label="Share of rows", kind="share"),
            measured.column("loss", f"{noun}{per} there"),
            measured.column("rest", "elsewhere"),
            measured.column("excess", "Extra"),
            measured.column("low", "from"),
            measured.column("high", "to"),
            Column(key="p", label="p (Holm)"),
            Column(key="confirmed", label="Proven?", kind="flag"),
            Column(
                key="total",
                label=f"Extra{per} of all decisions" if per else "Extra a row over all rows",
                kind=measured.kind,
                help="Share of the rows times the extra there: what it adds to the average.",
            ),
        ),
        rows=tuple(_row(s, measured) for s in found.slices),
        note=f"Out of {found.searched:,} slices that were scored. Found on one half of the days "
        "(or groups, or rows); effect, interval and p value come from the other half only. A slice "
        "that the search came up with but that is not proven is no finding.",
    )


def _row(s: Slice, measured: Yardstick) -> tuple[object, ...]:
    shown = measured.shown
    return (
        s.words,
        s.n,
        s.share,
        shown(s.loss),
        shown(s.rest),
        shown(s.excess.value),
        shown(s.excess.low),
        shown(s.excess.high),
        s.p_value,
        s.confirmed,
        shown(s.share * s.excess.value),
    )


def _conditions(slices: tuple[Slice, ...]) -> str:
    """Return every slice for a machine: its conditions, and how a person would type them."""
    return json.dumps(
        [
            {
                "words": s.words,
                "brief": brief(s.conditions),
                "where": as_typed(s.conditions),
                "conditions": [c.to_json() for c in s.conditions],
                "confirmed": bool(s.confirmed),
            }
            for s in slices
        ],
        ensure_ascii=False,
    )


def power_sentence(measured: Yardstick, blocks: np.ndarray) -> str:
    """Say how large an effect must be to be proven at this n; empty where all rows are alike."""
    half, mean = len(measured.values) // 2, float(measured.values.mean())
    spread = float(measured.values.std())
    if half < 60 or spread == 0 or mean <= 0:
        return ""
    sure = NormalDist().inv_cdf(1 - SURE / MOST_TESTED) + NormalDist().inv_cdf(POWER)
    parts = [
        f"{share:.0%} of the rows if they cost at least "
        f"{1 + sure * spread / np.sqrt(share * half) / mean:.1f} times the average"
        for share in (0.02, 0.05, 0.2)
    ]
    alike = " Rows of one block are alike, which makes it less." if _blocked(blocks) else ""
    return (
        f"What {len(measured.values):,} rows can prove, four times in five: {parts[0]}, {parts[1]}, "
        f"{parts[2]}.{alike} Smaller slices with smaller effects are almost never found: no slice "
        "proven does not mean no slice."
    )


def _blocked(blocks: np.ndarray) -> bool:
    return len(np.unique(blocks)) < len(blocks)


def slice_chart(slices: tuple[Slice, ...], measured: Yardstick) -> list[Chart]:
    """Draw the extra cost of the worst slices."""
    if not slices:
        return []
    shown = slices[:TOP]
    proven = sum(s.confirmed for s in slices)
    series = []
    for confirmed, name, role in ((True, "Proven", "stop"), (False, "Not proven", "muted")):
        part = [s for s in shown if s.confirmed == confirmed]
        if part:
            series.append(
                Series(
                    name=name,
                    mark="point",
                    x=[measured.shown(s.excess.value) for s in part],
                    y=[_named(s) for s in part],
                    low=[measured.shown(s.excess.low) for s in part],
                    high=[measured.shown(s.excess.high) for s in part],
                    role=role,
                )
            )
    per = " per 1,000" if measured.per else " a row"
    return [
        Chart(
            key="slices",
            title="Where does it cost most?",
            says=f"Proven on rows that did not find them: {proven} of {len(slices)}.",
            x=Axis(label=f"Extra {measured.noun}{per}", unit=measured.unit),
            y=Axis(label="", kind="category", order=tuple(_named(s) for s in shown)),
            series=tuple(series),
            horizontal=True,
        )
    ]


def _named(s: Slice) -> str:
    return f"{brief(s.conditions)} (n = {s.n:,})"
