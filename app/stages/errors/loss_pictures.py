"""Pictures of the columns that errors are built from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from app.lab.at_once import at_once
from app.lab.column_means import LEAST_BLOCKS
from app.lab.estimate import Estimate
from app.lab.loss_attribution import LossAttribution, LossPart
from app.record.chart import Axis, Chart, Guide, Role, Series
from app.record.number import readable
from app.stages.errors.explained import MOST_COHORTS, Explained, significant

TOP = 8
SHOWN = 6


def shares_picture(told: Explained, parts: tuple[LossPart, ...], harm: float, push: float) -> Chart:
    """Draw each column's share in predictions beside its share in what makes losses larger."""
    pushes = {r.column: r.size.value / push if push else 0.0 for r in told.ranks}
    harms = {p.column: p.harm.value / harm if harm else 0.0 for p in parts}
    top = sorted(pushes, key=lambda c: -max(pushes[c], harms.get(c, 0.0)))[:TOP]
    top = [c for c in top if max(pushes[c], harms.get(c, 0.0)) > 0]
    return Chart(
        key="loss_columns",
        title="Which columns are errors built from?",
        says=_shares_says(pushes, harms, told.n),
        x=Axis(label="Share of all columns", kind="share"),
        y=Axis(label="", kind="category", order=tuple(top)),
        series=(
            _share("In predictions", top, pushes, "main"),
            _share("In what makes losses larger", top, harms, "stop"),
        ),
        horizontal=True,
    )


def _share(name: str, columns: list[str], shares: dict[str, float], role: Role) -> Series:
    return Series(
        name=name,
        mark="point",
        x=[significant(shares.get(c, 0.0)) for c in columns],
        y=columns,
        text=[f"{c}: {shares.get(c, 0.0):.0%}" for c in columns],
        role=role,
    )


def _shares_says(pushes: dict[str, float], harms: dict[str, float], n: int) -> str:
    if len([c for c in pushes if pushes[c] > 0]) == 1:
        return f"It looks at one column only. n = {n:,} rows that a fresh fit had not seen."
    if not any(harms.values()):
        return f"No column makes a loss larger on these {n:,} rows."
    first = max(harms, key=lambda c: harms[c])
    over = max(harms, key=lambda c: harms[c] - pushes.get(c, 0.0))
    words = f"Errors are built mostly from {first} ({harms[first]:.0%})"
    if over != first and harms[over] - pushes.get(over, 0.0) > 0.02:
        words += (
            f"; {over} has a larger share in errors ({harms[over]:.0%}) than in predictions "
            f"({pushes.get(over, 0.0):.0%})"
        )
    return f"{words}. n = {n:,} rows that a fresh fit had not seen."


def _at_once(parts: Iterable[LossPart], compared: int, blocks: int) -> list[LossPart]:
    """Widen the intervals of the means until all that are compared hold together."""
    return [replace(p, mean=at_once(p.mean, compared, blocks)) for p in parts]


def net_picture(
    parts: tuple[LossPart, ...], lost: LossAttribution, n: int, blocks: int = LEAST_BLOCKS
) -> Chart:
    """Draw what each column adds to the mean loss; blocks not counted are taken to be the fewest."""
    used = [p for p in parts if p.harm.value > 0 or p.mean.value != 0]
    used = _at_once(used, max(1, len(used)), blocks)
    top = sorted(used, key=lambda p: -abs(p.mean.value))[:TOP]
    shown = sorted(top, key=lambda p: -p.mean.value)
    groups: tuple[tuple[str, list[LossPart], Role], ...] = (
        ("Larger for certain", [p for p in shown if _above(p)], "stop"),
        ("Cannot be told", [p for p in shown if not _above(p) and not _below(p)], "muted"),
        ("Smaller for certain", [p for p in shown if _below(p)], "good"),
    )
    return Chart(
        key="loss_net",
        title="Does a column make the loss larger or smaller?",
        says=_net_says(used, lost, n),
        x=Axis(label="Added to the mean loss", unit=lost.unit),
        y=Axis(label="", kind="category", order=tuple(p.column for p in shown)),
        series=tuple(
            Series(
                name=name,
                mark="point",
                x=[significant(p.mean.value) for p in some],
                y=[p.column for p in some],
                low=[p.mean.low for p in some],
                high=[p.mean.high for p in some],
                role=role,
            )
            for name, some, role in groups
            if some
        ),
        guides=(Guide(axis="x", at=0.0),),
        horizontal=True,
    )


def _above(part: LossPart) -> bool:
    return part.mean.low is not None and part.mean.low > 0


def _below(part: LossPart) -> bool:
    return part.mean.high is not None and part.mean.high < 0


def _net_says(parts: list[LossPart], lost: LossAttribution, n: int) -> str:
    worse = [p for p in parts if _above(p)]
    level = f"95 % over {len(parts)} columns at once" if len(parts) > 1 else "95 %"
    if parts and all(p.mean.low is None for p in parts):
        return f"Too few days, groups or lists to tell for certain (n = {n:,} rows)."
    if not worse:
        return f"No column makes the mean loss larger for certain (n = {n:,} rows, {level})."
    first = max(worse, key=lambda p: p.mean.value)
    more = f", and {len(worse) - 1} more like it" if len(worse) > 1 else ""
    return (
        f"With what {first.column} adds, the mean loss is {readable(first.mean.value)} {lost.unit} "
        f"larger ({readable(first.mean.low)} to {readable(first.mean.high)}){more}. Compare with a "
        f"fit without it. n = {n:,}, {level}."
    )


def cohort_picture(
    name: str,
    inside: tuple[LossPart, ...],
    outside: tuple[LossPart, ...],
    lost: LossAttribution,
    n: int,
    number: int,
    blocks: tuple[int, int] = (LEAST_BLOCKS, LEAST_BLOCKS),
) -> Chart:
    """Draw what columns add to the loss inside a cohort and outside, each of so many blocks."""
    compared = len(inside) * MOST_COHORTS
    here = _at_once(inside, compared, blocks[0])
    there = {p.column: p for p in _at_once(outside, compared, blocks[1])}
    gap = {p.column: p.mean.value - there[p.column].mean.value for p in here}
    shown = sorted(here, key=lambda p: -abs(gap[p.column]))[:SHOWN]
    shown = [p for p in sorted(shown, key=lambda p: -gap[p.column]) if gap[p.column] != 0]
    return Chart(
        key=f"loss_cohort_{number}",
        title=f"What are errors built from where {name}?",
        says=_cohort_says(name, here, there, lost, n),
        x=Axis(label="Added to the mean loss", unit=lost.unit),
        y=Axis(label="", kind="category", order=tuple(p.column for p in shown)),
        series=(
            _net("Inside", shown, "stop"),
            _net("Elsewhere", [there[p.column] for p in shown], "muted"),
        ),
        guides=(Guide(axis="x", at=0.0),),
        horizontal=True,
    )


def _cohort_says(
    name: str, here: list[LossPart], there: dict[str, LossPart], lost: LossAttribution, n: int
) -> str:
    """Say which column adds more inside for certain: where the two intervals lie apart.

    Both sides share days or groups. Intervals that lie apart prove a difference however the sides go
    together, so nothing has to be known about that.
    """
    gaps = {p.column: _apart(p.mean, there[p.column].mean) for p in here}
    told = {column: ends for column, ends in gaps.items() if ends is not None}
    if not told:
        return f"Too few rows, days, groups or lists to tell where {name} (n = {n:,} inside)."
    level = f"95 % over {len(here)} columns and up to {MOST_COHORTS} slices at once"
    first = max(told, key=lambda column: told[column][0])
    low, high = told[first]
    if low <= 0:
        return (
            f"Where {name}, no column adds more to the loss than elsewhere for certain "
            f"(n = {n:,} inside, {level})."
        )
    return (
        f"Where {name}, {first} adds {readable(low)} to {readable(high)} {lost.unit} more to the "
        f"mean loss than elsewhere (n = {n:,} inside, {level})."
    )


def _apart(inside: Estimate, outside: Estimate) -> tuple[float, float] | None:
    ends = (inside.low, inside.high, outside.low, outside.high)
    if ends[0] is None or ends[1] is None or ends[2] is None or ends[3] is None:
        return None
    return ends[0] - ends[3], ends[1] - ends[2]


def _net(name: str, parts: list[LossPart], role: Role) -> Series:
    return Series(
        name=name,
        mark="point",
        x=[significant(p.mean.value) for p in parts],
        y=[p.column for p in parts],
        low=[p.mean.low for p in parts],
        high=[p.mean.high for p in parts],
        role=role,
    )
