"""The groups that rows fall into: values of a category, or the ends of a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.incidents.columns import equal_to, numbers, ranked

if TYPE_CHECKING:
    from app.incidents.incident import Context
    from app.lab.world import World

GROUPS_AT_MOST = 12
LEAST_SHARE = 0.04
MOST_SHARE = 0.45


def groups_of(world: World, column: str) -> dict[str, np.ndarray]:
    """Return the groups of a column by name, each with its rows; none where there are too many.

    Values of a category; of a number those below its lower and above its upper quarter. Counted
    on the later half of the days: what is long gone is no group to look after.
    """
    rows, late = world.rows, recent(world)
    if rows[column].dtype.kind in "iuf":
        values = numbers(rows, column)
        if not np.isfinite(values[late]).any():
            return {}
        low, high = np.nanquantile(values[late], [0.25, 0.75])
        return {
            f"{column} up to {low:.3g}": values <= low,
            f"{column} from {high:.3g}": values >= high,
        }
    if rows[column].nunique() > GROUPS_AT_MOST:
        return {}
    named = {f"{column} = {v}": equal_to(rows, column, v) for v in rows[column].dropna().unique()}
    return {name: mine for name, mine in named.items() if mine.any()}


def recent(world: World) -> np.ndarray:
    """Return the rows of the later half of the days."""
    found: np.ndarray = world.days.of_row >= world.days.count // 2
    return found if found.any() else ~found


def costliest_group(world: World, context: Context) -> tuple[str, np.ndarray]:
    """Return the group that the quiet answers did worst on, by name, with its rows.

    Of the most important category with few values, or else of the most important number; of the
    groups with 4 to 45 % of the rows, or the smallest if there is none.
    """
    columns = ranked(world.rows, context.importance, numeric=False)
    columns += ranked(world.rows, context.importance, numeric=True)
    late, loss = recent(world), context.quiet_loss(world)
    for column in columns:
        groups = groups_of(world, column)
        if groups:
            fit = _of_a_size(groups, late)
            name = max(fit, key=lambda g: (_mean(loss, fit[g] & late), g))
            return name, fit[name]
    column = columns[0]
    top = world.rows[column].value_counts().index[0]
    return f"{column} = {top}", equal_to(world.rows, column, top)


def _mean(loss: np.ndarray, rows: np.ndarray) -> float:
    return float(loss[rows].mean()) if rows.any() else -np.inf


def _of_a_size(groups: dict[str, np.ndarray], late: np.ndarray) -> dict[str, np.ndarray]:
    shares = {name: float(rows[late].mean()) for name, rows in groups.items()}
    fit = {n: groups[n] for n, share in shares.items() if LEAST_SHARE <= share <= MOST_SHARE}
    if fit:
        return fit
    some = [name for name, share in shares.items() if share > 0]
    least = min(some or list(shares), key=lambda name: shares[name])
    return {least: groups[least]}
