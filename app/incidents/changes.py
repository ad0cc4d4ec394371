"""Where a change enters: at the source, in the service, in what happens, or in the label."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.incidents.incident import Context

if TYPE_CHECKING:
    import pandas as pd

    from app.lab.world import World

# Times the rarer outcome that a usual change may turn at most.
RARE_TIMES = 4.0


def upstream(world: World, rows: pd.DataFrame) -> World:
    """Return the world with other inputs from the sources; the service passes them on as sent."""
    return world.but(rows=rows, sent=rows)


def happening(world: World, hit: np.ndarray, values: np.ndarray) -> World:
    """Return the world where something else really happens, and is recorded so."""
    y = np.where(hit, values, world.y)
    return recorded(world.but(y=y), hit, values)


def recorded(world: World, hit: np.ndarray, values: np.ndarray) -> World:
    """Return the world where another label is recorded; rows without a label stay so."""
    known = hit & np.isfinite(world.label)
    return world.but(label=np.where(known, values, world.label))


def otherwise(world: World, context: Context) -> np.ndarray:
    """Return an outcome for every row that is not its own: another class, another size."""
    y = world.y
    if context.form == "binary":
        return np.asarray(1.0 - y)
    if context.form == "multiclass":
        classes = max(2, context.classes, int(y.max(initial=0)) + 1)
        return np.asarray((y + context.rng.integers(1, classes, len(y))) % classes)
    if context.form == "ranking":
        return _turned_round(world, context)
    return np.asarray(y + 1.5 * float(np.std(y)))


def _turned_round(world: World, context: Context) -> np.ndarray:
    """Return the grades of each list, the best where the worst was: as many good ones as before."""
    lists = np.zeros(world.n, dtype=int) if world.lists is None else world.lists
    ties = context.rng.random(world.n)
    found = np.empty(world.n)
    found[np.lexsort((ties, world.y, lists))] = world.y[np.lexsort((ties, -world.y, lists))]
    return found


def whole(world: World, hit: np.ndarray) -> np.ndarray:
    """Return the rows hit; of a list all rows or none, as its first one is."""
    if world.lists is None:
        return hit
    _, first, which = np.unique(world.lists, return_index=True, return_inverse=True)
    return np.asarray(hit[first][which])


def room(world: World, context: Context) -> float:
    """Return how far outcomes can turn: a share below 1 where what is predicted is rare.

    A change that turns a third of all rows is no ordinary one where two in a hundred happen.
    """
    if context.form != "binary" or not world.n:
        return 1.0
    happens = float(world.y.mean())
    return min(1.0, RARE_TIMES * min(happens, 1.0 - happens))


def graver(world: World, context: Context) -> np.ndarray:
    """Return the outcome that hurts most for every row: it happens, another class, far more."""
    if context.form == "binary":
        return np.ones(world.n)
    if context.form == "ranking":
        return np.full(world.n, world.y.min(initial=0))
    return otherwise(world, context)
