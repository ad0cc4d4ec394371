"""Slices that cost more: found on one half of the rows, proven on the other."""

from __future__ import annotations

from app.lab.estimate import Estimate
from app.lab.slices import Slice, find_slices
from app.record.chart import Axis, Chart, Series
from app.record.measure import Measure
from app.record.table import Column, Table
from app.stages.bench import Bench
from app.stages.errors.choices import Choices
from app.stages.errors.scene import Scene
from app.stages.part import Part

TOP = 10


def slicing(scene: Scene, choices: Choices, bench: Bench) -> tuple[Scene, Part]:
    """Search for slices that cost more, prove them, and hand the scene on with its cohorts."""
    slices = find_slices(
        scene.rows, scene.cost, bench.rng("slices"), scene.blocks, choices.conditions
    )
    return scene, Part(
        measures=tuple(_worst_slice(slices)),
        tables=(_slice_table(slices),),
        charts=tuple(slice_chart(slices, scene.currency)),
    )


def _worst_slice(slices: tuple[Slice, ...]) -> list[Measure]:
    proven = [s for s in slices if s.confirmed]
    if not proven:
        return []
    worst = proven[0]
    excess = worst.excess
    scaled = Estimate(
        excess.value * 1000,
        None if excess.low is None else excess.low * 1000,
        None if excess.high is None else excess.high * 1000,
        excess.n,
        excess.level,
        excess.method,
    )
    return [
        Measure.of(
            "worst_slice_excess",
            f"Extra cost per 1,000 where {worst.words}",
            scaled,
            "currency",
        )
    ]


def _slice_table(slices: tuple[Slice, ...]) -> Table:
    return Table(
        key="slices",
        title="Slices that cost more",
        columns=(
            Column(key="words", label="Where", kind="text"),
            Column(key="n", label="n (unseen half)", kind="integer"),
            Column(key="share", label="Share of rows", kind="share"),
            Column(key="loss", label="Cost per 1,000 there", kind="currency"),
            Column(key="rest", label="elsewhere", kind="currency"),
            Column(key="excess", label="Extra", kind="currency"),
            Column(key="low", label="from", kind="currency"),
            Column(key="high", label="to", kind="currency"),
            Column(key="p", label="p (Holm)"),
            Column(key="confirmed", label="Proven?", kind="flag"),
        ),
        rows=tuple(
            (
                s.words,
                s.n,
                s.share,
                1000 * s.loss,
                1000 * s.rest,
                1000 * s.excess.value,
                None if s.excess.low is None else 1000 * s.excess.low,
                None if s.excess.high is None else 1000 * s.excess.high,
                s.p_value,
                s.confirmed,
            )
            for s in slices
        ),
        note="Found on one half of the days (or groups, or rows); effect, interval and p value "
        "come from the other half only. Slices of a few percent with a small effect are missed.",
    )


def slice_chart(slices: tuple[Slice, ...], currency: str) -> list[Chart]:
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
                    x=[1000 * s.excess.value for s in part],
                    y=[f"{s.words} (n = {s.n})" for s in part],
                    low=[_scaled(s.excess.low) for s in part],
                    high=[_scaled(s.excess.high) for s in part],
                    role=role,
                )
            )
    return [
        Chart(
            key="slices",
            title="Where does it cost most?",
            says=f"{proven} of {len(slices)} slices hold up on the half that was not searched.",
            x=Axis(label="Extra cost per 1,000 decisions", unit=currency),
            y=Axis(
                label="",
                kind="category",
                order=tuple(f"{s.words} (n = {s.n})" for s in shown),
            ),
            series=tuple(series),
            horizontal=True,
        )
    ]


def _scaled(value: float | None) -> float | None:
    return None if value is None else 1000 * value
