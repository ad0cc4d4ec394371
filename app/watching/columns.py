"""Which columns are watched, and whether both logs have them alike."""

from __future__ import annotations

import argparse
import difflib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from app.store.logs import Log
from app.watching.refusal import WatchError

if TYPE_CHECKING:
    import pandas

LEAST_COUNTED = 100
KINDS = {"number": "numbers", "text": "texts", "time": "times", "other": "nested values"}
MOST_COLUMNS = 2000


@dataclass(frozen=True)
class Columns:
    """Columns by their part.

    Parameters
    ----------
    watched : tuple of str
        The prediction is among them.
    time, prediction, label : str
        Empty where there is none.
    labelled : bool
        Whether the current log has the label.
    notes : tuple of str
        What was left out or assumed.
    """

    watched: tuple[str, ...]
    time: str
    prediction: str
    label: str
    labelled: bool
    notes: tuple[str, ...]

    def less(self, counted: list[str]) -> Columns:
        """Return the columns without those that count rows."""
        left = [name for name in counted if name in self.watched and name != self.prediction]
        if not left or len(left) == len(self.watched):
            return self
        note = f"Not watched, as they only count rows: {_listed(left)}."
        watched = tuple(name for name in self.watched if name not in left)
        return replace(self, watched=watched, notes=(*self.notes, note))

    def read(self, label: bool) -> tuple[str, ...]:
        """Return the columns to read, with the label where it is there."""
        more = (self.time, self.label if label else "")
        return tuple(dict.fromkeys((*self.watched, *(name for name in more if name))))


def columns_of(arguments: argparse.Namespace, reference: Log, current: Log) -> Columns:
    """Return the columns of both logs by their part.

    Raises
    ------
    WatchError
        If one is not there, or is of another kind.
    """
    notes: list[str] = []
    for flag, name in (("--prediction", arguments.prediction), ("--label", arguments.label)):
        _known(flag, name, "--reference", reference)
    _known("--prediction", arguments.prediction, "--current", current)
    for name in arguments.without:
        _known("--without", name, "--reference", reference)
    time = _time(arguments, reference, current, notes)
    left = {time, arguments.label, *arguments.without}
    watched = [n for n in reference.kinds if n not in left]
    nested = [n for n in watched if reference.kinds[n] in ("other", "time")]
    if nested:
        notes.append(f"Not watched, as they hold times or nested values: {_listed(nested)}.")
    watched = [n for n in watched if n not in nested]
    new = [n for n in current.kinds if n not in reference.kinds]
    if new:
        notes.append(f"Only the current log has {_listed(new)}; not watched.")
    _check_watched(watched, current)
    labelled = bool(arguments.label) and arguments.label in current.kinds
    return Columns(
        tuple(watched),
        time,
        arguments.prediction or "",
        arguments.label or "",
        labelled,
        tuple(notes),
    )


def counters(sample: pandas.DataFrame) -> list[str]:
    """Return the columns that merely count rows: whole numbers that rise from row to row."""
    found = []
    for name in sample.columns:
        series = sample[name]
        if series.dtype.kind not in "iuf" or len(series) < LEAST_COUNTED:
            continue
        values = series.to_numpy(dtype=float)
        if np.isfinite(values).all() and (np.diff(values) > 0).all() and not (values % 1).any():
            found.append(str(name))
    return found


def _check_watched(watched: list[str], current: Log) -> None:
    gone = [n for n in watched if n not in current.kinds]
    if gone:
        raise WatchError(
            f"--current {current.source} lacks {_listed(gone)}, which the reference has; bring "
            "the column back, or leave it out with --without"
        )
    if not watched:
        raise WatchError("no column is left to watch; give logs with a column of numbers or texts")
    if len(watched) > MOST_COLUMNS:
        raise WatchError(
            f"the reference has {len(watched):,} columns to watch; at most {MOST_COLUMNS:,}"
        )


def check_kinds(watched: tuple[str, ...], reference: Log, current: Log, empty: set[str]) -> None:
    """Refuse a column that holds numbers in one log and texts in the other.

    Parameters
    ----------
    watched : tuple of str
    reference, current : Log
    empty : set of str
        Columns without a single value in one of the logs, of which no kind is known.

    Raises
    ------
    WatchError
    """
    for name in watched:
        before, now = reference.kinds[name], current.kinds[name]
        if before != now and name not in empty:
            raise WatchError(
                f"column {name} holds {KINDS[before]} in --reference and {KINDS[now]} in "
                "--current; mend the log, or leave the column out with --without"
            )


def _time(arguments: argparse.Namespace, reference: Log, current: Log, notes: list[str]) -> str:
    if arguments.time:
        for flag, log in (("--reference", reference), ("--current", current)):
            _known("--time", arguments.time, flag, log)
            if log.kinds[arguments.time] not in ("time", "text"):
                raise WatchError(
                    f"--time {arguments.time} holds {KINDS[log.kinds[arguments.time]]} in {flag}; "
                    "give a column of dates or times"
                )
        return str(arguments.time)
    both = [
        name
        for name, kind in reference.kinds.items()
        if kind == "time" and current.kinds.get(name) == "time" and name not in arguments.without
    ]
    if len(both) == 1:
        notes.append(f"Days are told by {both[0]}, the only column of times.")
        return both[0]
    notes.append("Without --time all rows count as one day, and rows as independent draws.")
    return ""


def _known(flag: str, name: str | None, where: str, log: Log) -> None:
    if name is None or name in log.kinds:
        return
    near = difflib.get_close_matches(name, list(log.kinds), n=1)
    hint = f"; did you mean {near[0]}?" if near else "."
    raise WatchError(
        f"{flag} {name}: {where} {log.source} has no such column{hint} "
        f"Columns: {', '.join(list(log.kinds)[:40])}"
    )


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - 8} more" if len(names) > 8 else ""
    return ", ".join(names[:8]) + more
