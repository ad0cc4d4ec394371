"""The slices a person named: what each costs against the rest, and whether that is proven."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from app.lab.intervals import holm
from app.lab.slices import InSlice, Slice, SliceSearch, measure_in
from app.record.chart import Axis, Chart, Series
from app.record.table import Column, Table
from app.stages.cohort import NamedCohort, Note, brief, everything, read_cohorts
from app.stages.errors.scene import Scene
from app.stages.errors.yardstick import Yardstick
from app.stages.part import Part

SURE = 0.05
FEW = "Too few rows to say."
ALL = "It is all of the rows: there is no rest to compare with."
FROM_SEARCH = "Found by the search: measured on the half that was not searched."
NOT_PROVEN = "The search did not prove it, and naming it does not either."


def read_notes(notes: Iterable[Note], scene: Scene) -> tuple[NamedCohort, ...]:
    """Read the slices a person named against all the rows that can be used."""
    notes = tuple(notes)
    if not notes:
        return ()
    return read_cohorts(notes, everything(scene.problem, scene.table), scene.problem.inputs)


def named_in(
    scene: Scene, named: tuple[NamedCohort, ...], proven: tuple[Slice, ...]
) -> dict[str, np.ndarray]:
    """Return the rows of the user's slices, then of the proven ones, by name."""
    readable = [cohort for cohort in named if cohort.cohort is not None]
    found: dict[str, np.ndarray] = {}
    if readable:
        frame = everything(scene.problem, scene.table).iloc[scene.seen].reset_index(drop=True)
        found = {cohort.name: cohort.mask(frame) for cohort in readable}
    for one in proven:
        mask = one.mask(scene.rows)
        if not any(np.array_equal(mask, other) for other in found.values()):
            found[_free(brief(one.conditions), found)] = mask
    return found


def _free(name: str, taken: Iterable[str]) -> str:
    taken = set(taken)
    while name in taken:
        name += " (found)"
    return name


def cohort_part(
    scene: Scene, named: tuple[NamedCohort, ...], found: SliceSearch, measured: Yardstick
) -> Part:
    """Measure every slice a person named."""
    if not named:
        return Part()
    told: list[tuple[NamedCohort, np.ndarray, InSlice | None]] = []
    for cohort in named:
        mask = scene.cohorts.get(cohort.name, np.zeros(len(scene.y), dtype=bool))
        fair = found.fair_rows(mask, scene.rows)
        readable = cohort.cohort is not None
        told.append((cohort, fair, _measured(mask, fair, scene, measured) if readable else None))
    p = corrected([None if one is None else one.p_value for *_, one in told])
    rows = tuple(
        _row(cohort, one, sure, scene, measured, _searched(cohort, fair, found, scene))
        for (cohort, fair, one), sure in zip(told, p, strict=True)
    )
    table = _table(rows, measured)
    return Part(tables=(table,), charts=tuple(_chart(table, measured)))


def _measured(mask: np.ndarray, fair: np.ndarray, scene: Scene, measured: Yardstick) -> InSlice:
    return measure_in(mask[fair], measured.values[fair], scene.blocks[fair])


def _searched(
    cohort: NamedCohort, fair: np.ndarray, found: SliceSearch, scene: Scene
) -> Slice | None:
    """Return the slice of the search that is most like a named one; None when none is like it."""
    if fair.all():
        return None
    mask = scene.cohorts[cohort.name]
    return max(found.slices, key=lambda one: _jaccard(mask, one.mask(scene.rows)))


def _jaccard(a: np.ndarray, b: np.ndarray) -> float:
    return float((a & b).sum() / max(1, (a | b).sum()))


def corrected(p_values: Iterable[float | None]) -> list[float | None]:
    """Correct the p values that there are by Holm, and leave out what could not be tested."""
    given = list(p_values)
    known = [p for p in given if p is not None and np.isfinite(p)]
    fixed = iter(holm(known).tolist() if known else [])
    return [next(fixed) if p is not None and np.isfinite(p) else None for p in given]


def _row(
    cohort: NamedCohort,
    one: InSlice | None,
    p: float | None,
    scene: Scene,
    measured: Yardstick,
    alike: Slice | None,
) -> tuple[object, ...]:
    if one is None:
        return (cohort.name, cohort.where, *(None,) * 8, False, False, cohort.says)
    if p is not None and alike is not None:
        # Naming what the search came up with does not undo how many slices it tried.
        p = max(p, alike.p_value)
    proven = p is not None and p < SURE and (alike is None or alike.confirmed)
    shown, mask = measured.shown, scene.cohorts[cohort.name]
    few = "" if one.excess.low is not None else ALL if mask.all() else FEW
    notes = [cohort.says, *_history(alike), few]
    return (
        cohort.name,
        cohort.where,
        int(mask.sum()),
        float(mask.mean()),
        shown(one.loss),
        shown(one.rest),
        shown(one.excess.value),
        shown(one.excess.low),
        shown(one.excess.high),
        p,
        proven,
        cohort.known,
        " ".join(note for note in notes if note),
    )


def _history(alike: Slice | None) -> list[str]:
    if alike is None:
        return []
    return [FROM_SEARCH] if alike.confirmed else [FROM_SEARCH, NOT_PROVEN]


def _table(rows: tuple[tuple[object, ...], ...], measured: Yardstick) -> Table:
    noun, per = measured.noun.capitalize(), measured.per
    return Table(
        key="cohorts",
        title="Slices you named",
        columns=(
            Column(key="name", label="Slice", kind="text"),
            Column(key="where", label="Where", kind="text"),
            Column(key="n", label="n", kind="integer"),
            Column(key="share", label="Share of rows", kind="share"),
            measured.column("loss", f"{noun}{per} there"),
            measured.column("rest", "elsewhere"),
            measured.column("excess", "Extra"),
            measured.column("low", "from"),
            measured.column("high", "to"),
            Column(key="p", label="p (Holm)"),
            Column(key="proven", label="Differs?", kind="flag"),
            Column(
                key="known",
                label="Known in time?",
                kind="flag",
                help="Whether it can be told at the decision who belongs to the slice.",
            ),
            Column(key="note", label="Note", kind="text"),
        ),
        rows=rows,
        note="Each against all other rows, on rows that no fold had seen; p values are two-sided "
        "and corrected for the number of slices you named; of a slice that the search came up with, "
        "also for all that the search tested.",
    )


def _chart(table: Table, measured: Yardstick) -> list[Chart]:
    rows = [r for r in table.records() if r["excess"] is not None]
    if not rows:
        return []
    proven = sum(bool(r["proven"]) for r in rows)
    per = " per 1,000" if measured.per else " a row"
    return [
        Chart(
            key="cohorts",
            title="What do your slices cost?",
            says=f"{proven} of {len(rows)} slices you named differ from the rest for certain; "
            "right of zero costs more.",
            x=Axis(label=f"Extra {measured.noun}{per}", unit=measured.unit),
            y=Axis(label="", kind="category"),
            series=(
                Series(
                    name="Extra",
                    mark="point",
                    x=[r["excess"] for r in rows],
                    y=[f"{r['name']} (n = {int(str(r['n'])):,})" for r in rows],
                    low=[r["low"] for r in rows],
                    high=[r["high"] for r in rows],
                    role="second",
                ),
            ),
            horizontal=True,
        )
    ]
