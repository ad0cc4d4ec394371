"""A log read once, batch by batch: counted by day, with a sample of its rows kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from app.lab.watching import Profile, Shapes
from app.lab.watching.tally import Tally
from app.store.logs import Log
from app.watching.refusal import WatchError

SAMPLE = 50_000
MOST_PARTS = 64
NO_TIME = ""
DAY_US = 86_400_000_000


@dataclass(frozen=True)
class Reading:
    """What is kept of a log.

    Parameters
    ----------
    rows : int
    sample : DataFrame
        Rows drawn at random, all of a small log.
    day : ndarray of str, shape (sample rows,)
        Day of each, empty without a time.
    profile : Profile or None
        Counts by day, where shapes were given.
    empty : frozenset of str
        Columns without a single value.
    """

    rows: int
    sample: pd.DataFrame
    day: np.ndarray
    profile: Profile | None
    empty: frozenset[str]


def read(
    log: Log,
    columns: tuple[str, ...],
    time: str,
    rng: np.random.Generator,
    shapes: Shapes | None = None,
) -> Reading:
    """Read a log once.

    Raises
    ------
    WatchError
        If it has no rows, or its times cannot be read.
    """
    rows = log.rows()
    if not rows:
        raise WatchError(f"{log.source} has no rows; give a log with rows")
    share = SAMPLE / rows
    tally = Tally(shapes) if shapes is not None else None
    kept: list[pa.Table] = []
    days: list[np.ndarray] = []
    values = dict.fromkeys(columns, 0)
    for batch in log.batches(columns):
        n = len(batch[columns[0]])
        of_row, names = _days(batch[time], log, time) if time else _one_day(n)
        if tally is not None:
            tally.add(batch, of_row, names)
        for name in columns:
            values[name] += n - batch[name].null_count
        picked = np.arange(n) if share >= 1 else np.flatnonzero(rng.random(n) < share)
        kept.append(_rows(batch, columns, picked))
        if len(kept) >= MOST_PARTS:
            # Many small tables take far more memory than their rows.
            kept = [pa.concat_tables(kept, promote_options="permissive").combine_chunks()]
        days.append(np.array(names, dtype=object)[of_row[picked]])
    frame = _frame(kept)
    # Models are loaded next; what batches took is given back first.
    pa.default_memory_pool().release_unused()
    return Reading(
        rows,
        frame,
        np.concatenate(days),
        tally.profile() if tally is not None else None,
        frozenset(name for name, count in values.items() if not count),
    )


def _rows(batch: Mapping[str, Any], columns: tuple[str, ...], picked: np.ndarray) -> pa.Table:
    places = pa.array(picked)
    return pa.table([batch[name].take(places) for name in columns], names=list(columns))


def _frame(kept: list[pa.Table]) -> pd.DataFrame:
    table = pa.concat_tables(kept, promote_options="permissive")
    frame: pd.DataFrame = table.to_pandas(
        strings_to_categorical=True, split_blocks=True, self_destruct=True
    )
    return frame


def counted(reading: Reading, shapes: Shapes) -> Profile:
    """Return the profile of a log that is small enough to be its own sample."""
    tally = Tally(shapes)
    places, names = pd.factorize(reading.day)
    batch = {str(name): reading.sample[name] for name in reading.sample.columns}
    tally.add(batch, places, tuple(str(name) for name in names))
    return tally.profile()


def _one_day(n: int) -> tuple[np.ndarray, tuple[str, ...]]:
    return np.zeros(n, dtype=np.int64), ("all",)


def _days(times: Any, log: Log, name: str) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return the day of each row and the days of the batch; rows without a time have none."""
    if not pa.types.is_timestamp(times.type):
        times = _parsed(times, log, name)
    whole = pc.cast(times, pa.timestamp("us"), safe=False)
    stamps = pc.fill_null(pc.cast(whole, pa.int64()), np.iinfo(np.int64).min)
    missing = stamps.to_numpy(zero_copy_only=False) == np.iinfo(np.int64).min
    day = np.floor_divide(stamps.to_numpy(zero_copy_only=False), DAY_US)
    day[missing] = day[~missing].min() if (~missing).any() else 0
    first = int(day.min())
    present = np.flatnonzero(np.bincount(day - first)) if np.ptp(day) < 100_000 else None
    if present is None:
        raise WatchError(f"--time {name} spans more than 270 years in {log.source}; mend the times")
    table = np.zeros(int(present[-1]) + 1, dtype=np.int64)
    table[present] = np.arange(len(present))
    of_row = table[day - first]
    names = [str(np.datetime64(first + int(p), "D")) for p in present]
    if missing.any():
        of_row[missing] = len(names)
        names.append(NO_TIME)
    return of_row, tuple(names)


def _parsed(times: Any, log: Log, name: str) -> Any:
    series = times.to_pandas()
    parsed = pd.to_datetime(series, errors="coerce", format="ISO8601", utc=True)
    unread = series.notna() & parsed.isna()
    if unread.any():
        shown = str(series[unread].iloc[0])[:40]
        raise WatchError(
            f"--time {name} holds {shown!r} in {log.source}; write times as 2026-01-31 or "
            "2026-01-31 14:05"
        )
    return pa.array(parsed.dt.tz_localize(None).astype("datetime64[us]"))
