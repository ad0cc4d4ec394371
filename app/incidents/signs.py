"""Signs that a check reads: what differs from the archive, and what differs in the service."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.incidents.columns import is_numeric
from app.incidents.units import another_unit
from app.incidents.verdict import known, loss_of, mean_after, score_of

if TYPE_CHECKING:
    import pandas as pd

    from app.incidents.incident import Seen

# A share of rows below this is no sign.
NOTICEABLE = 0.02
WRONG = 0.003
LONG_HOURS = 8.0
# In standard deviations: mean answers this near are the same.
ALIKE = 0.25
# The same days, the same rows: the mean answer of an unchanged stream does not even move this far.
DRIFTED = 0.02


def differs(one: pd.Series, other: pd.Series) -> np.ndarray:
    """Return where two columns differ; missing equals missing."""
    if is_numeric(one) and is_numeric(other):
        a, b = one.to_numpy(float, na_value=np.nan), other.to_numpy(float, na_value=np.nan)
        return np.asarray(~np.isclose(a, b, rtol=1e-9, atol=0.0, equal_nan=True))
    a, b = one.astype(object).to_numpy(), other.astype(object).to_numpy()
    both_missing = one.isna().to_numpy() & other.isna().to_numpy()
    return np.asarray((a != b) & ~both_missing, dtype=bool)


def archived(quiet: Seen, struck: Seen, column: str) -> pd.Series:
    """Return a column as the sources' own archive has it, row by row of the struck stretch."""
    before, origin = quiet.world.sent[column], struck.world.origin
    if np.array_equal(origin, np.arange(len(before))):
        return before
    return before.iloc[origin].set_axis(struck.world.sent.index)


def moved_at_source(quiet: Seen, struck: Seen) -> dict[str, np.ndarray]:
    """Return the columns that differ from the archive since the onset, each with its rows."""
    before = {str(c): archived(quiet, struck, c) for c in quiet.world.sent.columns}
    return _moved(struck, before, struck.world.sent)


def moved_in_service(struck: Seen) -> dict[str, np.ndarray]:
    """Return the columns that the service saw otherwise than they were sent, with the rows."""
    sent = struck.world.sent
    return _moved(struck, {str(c): sent[c] for c in sent.columns}, struck.world.rows)


def _moved(struck: Seen, before: dict[str, pd.Series], rows: pd.DataFrame) -> dict[str, np.ndarray]:
    found = {}
    for column, old in before.items():
        if old is rows[column] or old.equals(rows[column]):
            continue
        differ = struck.after & differs(rows[column], old)
        if enough(struck, differ):
            found[column] = differ
    return found


def in_another_unit(after: pd.Series, before: pd.Series, rows: np.ndarray) -> bool:
    """Say whether a number differs by one rule of conversion in all of these rows."""
    if not (is_numeric(after) and is_numeric(before)):
        return False
    new, old = (c.to_numpy(float, na_value=np.nan)[rows] for c in (after, before))
    return another_unit(new, old)


def unlike_recomputed(struck: Seen) -> np.ndarray:
    """Return the answered rows since the onset whose answer is not what the model says."""
    sent_out, again = struck.answers.prediction, struck.answers.recomputed
    far = ~np.isclose(sent_out, again, rtol=1e-6, atol=1e-9)
    far = far.any(axis=1) if far.ndim == 2 else far
    found: np.ndarray = (
        struck.after & (struck.answers.rung == 0) & known(sent_out) & known(again) & far
    )
    return found


def parity_broken(struck: Seen) -> bool:
    """Say whether a noticeable share of answers is not what the model says."""
    return enough(struck, unlike_recomputed(struck))


def unanswered(struck: Seen) -> np.ndarray:
    """Return the rows since the onset that nobody answered."""
    found: np.ndarray = struck.after & (struck.answers.rung < 0)
    return found


def wrong_labels(struck: Seen) -> np.ndarray:
    """Return the rows since the onset whose label is not what a person finds who labels again."""
    world = struck.world
    found: np.ndarray = struck.after & np.isfinite(world.label)
    return np.asarray(found & ~np.isclose(world.label, world.y, rtol=1e-9))


def labels_wrong(struck: Seen) -> bool:
    """Say whether an audit finds a noticeable share of wrong labels."""
    # Labels cannot be off by chance: a person found them so. Few are enough where few are high.
    return bool(wrong_labels(struck).sum() >= max(2, WRONG * struck.after.sum()))


def quality_fell(quiet: Seen, struck: Seen) -> bool:
    """Say whether answers are further from their labels than usual since the onset."""
    return bool(mean_after(struck, loss_of(struck)) > 1.1 * mean_after(quiet, loss_of(quiet)))


def mix_changed(quiet: Seen, struck: Seen) -> bool:
    """Say whether other kinds of rows were sent than usually are on the same days."""
    return any(
        _mix_moved(quiet.world.sent[column][quiet.after], struck.world.sent[column][struck.after])
        for column in quiet.world.sent.columns
    )


def _mix_moved(usual: pd.Series, now: pd.Series) -> bool:
    if now is usual or usual.dtype.kind == "M" or not (len(usual) and len(now)):
        return False
    if is_numeric(usual):
        spread = float(usual.astype(float).std()) or 1.0
        return bool(abs(now.astype(float).mean() - usual.astype(float).mean()) > DRIFTED * spread)
    before, after = (c.astype(object).value_counts(normalize=True) for c in (usual, now))
    return bool(after.sub(before, fill_value=0.0).abs().max() > DRIFTED)


def answers_drifted(quiet: Seen, struck: Seen) -> bool:
    """Say whether the answers as a whole lie elsewhere than on the same days usually."""
    usual, now = (score_of(seen.answers.prediction) for seen in (quiet, struck))
    spread = float(np.nanstd(usual)) or 1.0
    return bool(abs(mean_after(struck, now) - mean_after(quiet, usual)) > DRIFTED * spread)


def middle_of(quiet: Seen) -> float:
    """Return the label above which an outcome counts as high."""
    return float(np.nanmedian(quiet.world.label))


def by_outcome(seen: Seen, middle: float) -> tuple[float, float, float]:
    """Return the share of high outcomes, and the mean answer of high and of low ones."""
    score, high = _towards(seen, middle), seen.world.label > middle
    low = seen.world.label <= middle
    share = mean_after(seen, high.astype(float), high | low)
    return share, mean_after(seen, score, high), mean_after(seen, score, low)


def alike_by_outcome(quiet: Seen, struck: Seen) -> bool:
    """Say whether rows that turn out alike are answered as such rows always were."""
    middle = middle_of(quiet)
    usual, now = by_outcome(quiet, middle)[1:], by_outcome(struck, middle)[1:]
    spread = float(np.nanstd(_towards(quiet, middle))) or 1.0
    return all(abs(a - b) < ALIKE * spread for a, b in zip(usual, now, strict=True))


def _towards(seen: Seen, middle: float) -> np.ndarray:
    """Return the answers; for several classes how much of them is on high ones."""
    prediction = seen.answers.prediction
    if seen.form != "multiclass":
        return prediction
    return np.asarray(prediction[:, np.arange(prediction.shape[1]) > middle].sum(axis=1))


def silent_more(quiet: Seen, struck: Seen) -> bool:
    """Say whether the model itself answers fewer requests than usual."""
    now, usual = (mean_after(s, (s.answers.rung != 0).astype(float)) for s in (struck, quiet))
    return bool(now > usual + NOTICEABLE)


def waits_long(quiet: Seen, struck: Seen) -> bool:
    """Say whether cases wait many hours longer for a person than usual."""
    return _wait(struck) > 2 * _wait(quiet) + LONG_HOURS


def _wait(seen: Seen) -> float:
    waits = seen.answers.waits_hours
    return float(np.nan_to_num(mean_after(seen, waits, waits > 0)))


def answers_moved(quiet: Seen, struck: Seen) -> float:
    """Return how far answers moved since the onset, in standard deviations of the usual ones."""
    usual = score_of(quiet.answers.prediction)
    now = score_of(struck.answers.prediction)
    far = np.abs(now - usual[struck.world.origin])
    spread = float(np.nanstd(usual)) or 1.0
    return mean_after(struck, far) / spread


def enough(struck: Seen, rows: np.ndarray) -> bool:
    """Say whether rows are a noticeable share of those since the onset."""
    total = int(struck.after.sum())
    return total > 0 and bool(rows.sum() >= max(2, NOTICEABLE * total))
