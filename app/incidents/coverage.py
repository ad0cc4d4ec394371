"""Which rows that were sent never reached the service."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.incidents.columns import ranked
from app.incidents.groups import groups_of

if TYPE_CHECKING:
    from app.incidents.incident import Seen

LEAST_ROWS = 8


def sent_after(struck: Seen) -> np.ndarray:
    """Return the rows that were sent since the onset, arrived or not."""
    found: np.ndarray = struck.world.days.of_row >= struck.onset_day
    return found


def lost_share(struck: Seen, rows: np.ndarray | None = None) -> float:
    """Return the share of rows sent since the onset that never reached the service."""
    sent = sent_after(struck) if rows is None else sent_after(struck) & rows
    return float((~struck.world.arrived[sent]).mean()) if sent.any() else 0.0


def lopsided(struck: Seen) -> bool:
    """Say whether what is lost is nearly all of one group, and hardly anything of the rest."""
    for rows in groups_in(struck):
        inside, outside = lost_share(struck, rows), lost_share(struck, ~rows)
        least = 4 / np.sqrt((rows & sent_after(struck)).sum())
        if inside > max(0.05, 4 * outside) and (inside > least * np.sqrt(outside) + outside):
            return True
    return False


def groups_in(struck: Seen) -> list[np.ndarray]:
    """Return the groups that a view by slice offers, with enough rows inside and outside."""
    world = struck.world
    # As they were sent: what the service made of the rows is no group of people.
    sent = world.but(rows=world.sent)
    columns = ranked(world.sent, {}, numeric=False) + ranked(world.sent, {}, numeric=True)
    found = [rows for column in columns for rows in groups_of(sent, column).values()]
    after = sent_after(struck)
    enough = [min((rows & after).sum(), (~rows & after).sum()) for rows in found]
    return [rows for rows, n in zip(found, enough, strict=True) if n >= LEAST_ROWS]
