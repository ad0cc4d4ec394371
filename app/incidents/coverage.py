"""Which rows that were sent never reached the service."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.incidents.columns import GROUPS_AT_MOST, equal_to, numbers, ranked

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
    """Return the groups that a view by slice offers: values of categories, ends of numbers."""
    sent = struck.world.sent
    found = []
    for column in ranked(sent, {}, numeric=False):
        if sent[column].nunique() <= GROUPS_AT_MOST:
            found += [equal_to(sent, column, v) for v in sent[column].value_counts().index]
    for column in ranked(sent, {}, numeric=True):
        values = numbers(sent, column)
        low, high = np.nanquantile(values, [0.25, 0.75])
        found += [values <= low, values >= high]
    after = sent_after(struck)
    enough = [min((rows & after).sum(), (~rows & after).sum()) for rows in found]
    return [rows for rows, n in zip(found, enough, strict=True) if n >= LEAST_ROWS]
