"""Both logs read, compared, and told."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from app.lab.estimate import Estimate
from app.lab.watching import (
    DayTests,
    Pages,
    compare_days,
    daily_tests,
    learn_shapes,
)
from app.lab.watching.pages import MONTH
from app.store.logs import LogError, open_log
from app.watching.alert import Alert, alerts_of, together_alert
from app.watching.chunks import Chunked, chunked, start_of
from app.watching.columns import Columns, check_kinds, columns_of, counters
from app.watching.command import check
from app.watching.quality import Quality, quality_of
from app.watching.reading import SAMPLE, Reading, counted, read
from app.watching.refusal import WatchError
from app.watching.weights import read_weights

LEAST_TOGETHER = 200
# What labels may spend of the false pages where there are any.
LABELS = 0.3
# So much of a reference with days is set against its rest, to see how far quiet days differ.
QUIET_PART = 0.7


@dataclass(frozen=True)
class Found:
    """All that a look at two logs found."""

    sources: tuple[str, str]
    rows: tuple[int, int]
    columns: Columns
    chunked: Chunked
    tests: DayTests
    pages: Pages
    alerts: tuple[Alert, ...]
    together: Estimate | None
    quality: Quality | None
    notes: tuple[str, ...]

    @property
    def pages_now(self) -> bool:
        """Whether somebody is called."""
        return bool(self.alerts)


def report(arguments: argparse.Namespace) -> tuple[str, bool]:
    """Return what to print, and whether it pages; write the report if one is asked for.

    Raises
    ------
    WatchError
        If the options or the logs cannot be used.
    """
    from app.watching.telling import as_json, lines, write_report

    check(arguments)
    try:
        found = look(arguments)
    except LogError as error:
        raise WatchError(str(error)) from None
    if arguments.out:
        write_report(found, arguments.out)
    return (as_json(found) if arguments.json else lines(found)), found.pages_now


def look(arguments: argparse.Namespace) -> Found:
    """Read both logs and compare them."""
    logs = open_log(arguments.reference), open_log(arguments.current)
    columns = columns_of(arguments, *logs)
    rng = np.random.default_rng(arguments.seed)
    before = read(logs[0], columns.read(bool(columns.label)), columns.time, rng)
    columns = columns.less(counters(before.sample))
    weights = read_weights(arguments.weights, columns.watched)
    places = pd.factorize(before.day)[0] if columns.time else None
    shapes = learn_shapes(before.sample[list(columns.watched)], places)
    if before.rows <= SAMPLE:
        profile = counted(before, shapes)
    else:
        counts = read(logs[0], columns.read(False), columns.time, rng, shapes)
        assert counts.profile is not None
        profile = counts.profile
    now = read(logs[1], columns.read(columns.labelled), columns.time, rng, shapes)
    assert now.profile is not None
    check_kinds(columns.watched, *logs, {*before.empty, *now.empty})
    both = chunked(profile, now.profile)
    tests = daily_tests(both.reference, both.current, seasons=both.step == "day")
    pages = compare_days(tests, _share(columns) * arguments.pages_per_month, both.length, weights)
    quality = _quality(arguments, before, now, both, columns, rng)
    together, quiet = _together(before, now, columns, rng)
    alerts = alerts_of(pages, weights, quality, columns.label)
    # What single columns show already is not told twice.
    if together is not None and not any(alert.signal == "distribution" for alert in alerts):
        alerts += together_alert(together, quiet, pages.days)
    pages = replace(pages, promise=_promise(arguments.pages_per_month, columns))
    return Found(
        (logs[0].source, logs[1].source),
        (before.rows, now.rows),
        columns,
        both,
        tests,
        pages,
        tuple(alerts),
        together,
        quality,
        (*columns.notes, *_notes(before, now, both)),
    )


def _share(columns: Columns) -> float:
    """Return which part of the false pages the columns may spend; labels have the rest."""
    return 1 - LABELS if columns.label else 1.0


def _promise(pages_per_month: float, columns: Columns) -> str:
    where = "over columns and labels" if columns.label else "over all columns"
    return (
        f"At most {pages_per_month:g} false pages in 30 days are expected {where}, if quiet days "
        "differ no more than the days of the reference. A joint look at all columns counts apart."
    )


def _quality(
    arguments: argparse.Namespace,
    before: Reading,
    now: Reading,
    both: Chunked,
    columns: Columns,
    rng: np.random.Generator,
) -> Quality | None:
    places = tuple(
        _places(reading.day, profile.names, both.step)
        for reading, profile in ((before, both.reference), (now, both.current))
    )
    steps = max(2.0, MONTH / (LABELS * arguments.pages_per_month) / both.length)
    return quality_of(
        before,
        now,
        (places[0], places[1]),
        len(both.current.names),
        columns,
        arguments.positive,
        steps,
        rng,
    )


def _places(day: np.ndarray, names: tuple[str, ...], step: str) -> np.ndarray:
    codes, distinct = pd.factorize(day)
    place = {name: i for i, name in enumerate(names)}
    table = np.array([place.get(start_of(str(name), step), -1) for name in distinct], dtype=int)
    return np.asarray(table[codes])


def _together(
    before: Reading, now: Reading, columns: Columns, rng: np.random.Generator
) -> tuple[Estimate | None, Estimate | None]:
    """How well a model tells current from reference rows, and early from late reference rows."""
    from app.lab.watching.domain import domain_auc

    watched = list(columns.watched)
    frames = before.sample[watched], now.sample[watched]
    if len(watched) < 2 or min(map(len, frames)) < LEAST_TOGETHER:
        return None, None
    found = domain_auc(*frames, rng)
    days = np.unique(before.day)
    if not columns.time or len(days) < 2:
        return found, None
    late = before.day >= days[min(int(len(days) * QUIET_PART), len(days) - 1)]
    if min(late.sum(), (~late).sum()) < LEAST_TOGETHER:
        return found, None
    return found, domain_auc(frames[0][~late], frames[0][late], rng)


def _notes(before: Reading, now: Reading, both: Chunked) -> list[str]:
    found = []
    if both.untimed:
        found.append(f"{both.untimed:,} rows without a time count in no {both.step}.")
    if both.step != "day":
        found.append(f"Days have few rows, so {both.step}s are compared.")
    if len(both.reference.names) < 8 and both.reference.names != ("all",):
        found.append(
            f"The reference has {len(both.reference.names)} {both.step}s; with 8 or more it would "
            "show how much quiet ones differ."
        )
    big = [name for name, side in (("reference", before), ("current", now)) if side.rows > SAMPLE]
    if big:
        found.append(
            f"Quality and the look at all columns together rest on about {SAMPLE:,} rows drawn "
            f"from the {' and the '.join(big)} log; all else on every row."
        )
    return found
