"""Named slices under watch: heard when they break, quiet when all is well, whatever their number."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.lab.alerts import calibrate, raise_alerts
from app.lab.cohort_watch import COHORT, COHORT_COST, fit_widths, signal_of, watch_cohorts
from app.lab.condition import Condition, parse_conditions
from app.lab.drift import fit_bins
from app.lab.stream import Days, Signals, Stream, rolling_mean, watch
from app.record.project import Project
from app.stages.cohort import as_typed, read_cohorts
from app.stages.errors.choices import CohortNote
from app.stages.road import findings_of
from app.workshop import measure_stage
from tests.conftest import PROJECTS

NAMED = [
    {"name": "North", "where": 'place == "north"'},
    {"name": "Later", "where": "leak > 0"},
    {"name": "Gone", "where": "nope == 3"},
    {"name": "Rare", "where": "signal > 2.5"},
]


def _stream(seed: int, cohorts: int, n_days: int = 120, per_day: int = 120) -> Stream:
    rng = np.random.default_rng(seed)
    day = np.repeat(np.arange(n_days), per_day)
    n = len(day)
    frame = pd.DataFrame({"a": rng.normal(size=n), "b": rng.normal(size=n)})
    frame.loc[rng.random(n) < 0.02, "b"] = np.nan
    p = 1 / (1 + np.exp(-frame["a"].to_numpy()))
    y = (rng.random(n) < p).astype(float)
    cost = np.where(p > 0.5, 1.0 - y, 4.0 * y)
    days = Days(day, tuple(f"2025-{i}" for i in range(n_days)), np.arange(n_days) % 7)
    # Slices of 3 to 40 % of the rows, overlapping.
    masks = {f"slice {k}": rng.random(n) < 0.03 + 0.37 * k / 20 for k in range(cohorts)}
    return Stream(frame, p, (p > 0.5).astype(float), np.abs(y - p), cost, y, days, masks)


def _signals(stream: Stream, base: Stream, delay: float = 3.0) -> Signals:
    scores = fit_bins(pd.DataFrame({"score": base.prediction}))
    signals = watch(stream, fit_bins(base.frame), scores, delay, None)
    return watch_cohorts(signals, stream, fit_widths(base))


def _apart(stream: Stream) -> dict[str, np.ndarray]:
    """Two slices of a tenth and a fifth without a row in common."""
    place = np.arange(len(stream.y)) % 10
    return {"slice 0": place == 0, "slice 1": place > 7}


def test_the_budget_of_false_pages_holds_however_many_slices() -> None:
    """On new quiet days twelve slices page no more often than was allowed, over several seeds."""
    pages, of_slices = [], []
    for seed in range(6):
        base = _stream(seed, 12)
        normal = calibrate(_signals(base, base), pages_per_month=1.0)
        alerts = raise_alerts(_signals(_stream(seed + 50, 12, n_days=60), base), normal)
        pages.append(len({(a.group, a.first) for a in alerts}) / 2)
        mine = {(a.group, a.first) for a in alerts if a.group in (COHORT, COHORT_COST)}
        of_slices.append(len(mine) / 2)
    assert np.mean(pages) <= 2.0
    assert np.mean(of_slices) <= 1.0


def test_more_slices_make_a_wider_limit() -> None:
    """Twenty slices look for a false alarm in twenty places: the limit knows."""
    many = _stream(1, 20)
    few = replace(many, cohorts={"slice 0": many.cohorts["slice 0"]})
    wide = calibrate(_signals(many, many), 1.0).limits
    narrow = calibrate(_signals(few, few), 1.0).limits
    assert wide[COHORT] > narrow[COHORT]
    assert wide[COHORT_COST] > narrow[COHORT_COST]


def test_without_slices_nothing_changes() -> None:
    """The four groups keep their limits to the last digit."""
    base = _stream(1, 0)
    signals = _signals(base, base)
    assert set(signals.values) == {"input", "prediction", "quality", "business"}
    assert watch_cohorts(signals, base, fit_widths(base)) is signals


@pytest.mark.parametrize("kind", ["volume", "missing", "prediction", "cost"])
def test_a_slice_that_breaks_is_heard(kind: str) -> None:
    """What moves inside one slice of a tenth fires that slice's signal, and no other slice's."""
    base, live = (replace(s, cohorts=_apart(s)) for s in (_stream(3, 0), _stream(4, 0, n_days=60)))
    hit = live.cohorts["slice 0"] & (live.days.of_row >= 30)
    normal = calibrate(_signals(base, base), 1.0)
    frame, prediction, cost = live.frame.copy(), live.prediction.copy(), live.cost.copy()
    cohorts = dict(live.cohorts)
    if kind == "volume":
        cohorts["slice 0"] = cohorts["slice 0"] & (live.days.of_row < 30)
    if kind == "missing":
        frame.loc[hit, "b"] = np.nan
    if kind == "prediction":
        prediction[hit] = 0.99
    if kind == "cost":
        cost[hit] = cost[hit] + 3.0
    struck = replace(live, frame=frame, prediction=prediction, cost=cost, cohorts=cohorts)
    alerts = raise_alerts(_signals(struck, base, delay=9.0), normal)
    late = [a for a in alerts if a.last >= 30]
    mine = [a for a in late if a.signal == signal_of("slice 0", kind)]
    assert mine
    assert 30 <= mine[0].first <= 36
    assert mine[0].known == mine[0].first + (9 if kind == "cost" else 0)
    assert not [a for a in late if a.signal.startswith("slice 1")]


def test_a_still_signal_does_not_deafen_the_others() -> None:
    """One day of many holes in a slice without any leaves the limit of its group usable."""
    base = _stream(5, 3)
    frame = base.frame.copy()
    frame["b"] = 0.0
    frame.loc[base.days.of_row == 40, "b"] = np.nan
    normal = calibrate(_signals(replace(base, frame=frame), base), 1.0)
    assert normal.limits[COHORT] < 20


def test_one_empty_cell_is_no_incident() -> None:
    """Where nothing was ever missing a single hole stays quiet, an empty column does not."""
    base = _stream(6, 1)
    whole = replace(base, frame=base.frame.fillna(0.0))
    normal = calibrate(_signals(whole, whole), 1.0)
    inside = np.flatnonzero(whole.cohorts["slice 0"] & (whole.days.of_row == 90))
    for rows, heard in ((inside[:1], False), (np.flatnonzero(whole.days.of_row >= 90), True)):
        frame = whole.frame.copy()
        frame.loc[rows, "b"] = np.nan
        alerts = raise_alerts(_signals(replace(whole, frame=frame), whole), normal)
        assert any(a.signal == signal_of("slice 0", "missing") for a in alerts) == heard


def test_small_slices_are_looked_at_over_longer_stretches_or_not_at_all() -> None:
    """The window widens until there are rows to look at; four weeks are the end."""
    base = _stream(7, 0)
    n = len(base.y)
    cohorts = {
        name: np.arange(n) % every == 0
        for name, every in {"large": 4, "small": 100, "tiny": 5000}.items()
    }
    found = {w.name: w.width for w in fit_widths(replace(base, cohorts=cohorts))}
    assert found["large"] == 7
    assert found["small"] in (14, 28)
    assert found["tiny"] == 0


@given(st.integers(1, 9), st.integers(1, 6))
@settings(max_examples=30, deadline=None)
def test_a_rolling_mean_is_the_mean_of_its_rows(width: int, least: int) -> None:
    """Checked against the plain sum over the rows of the window."""
    rng = np.random.default_rng(width)
    of_row = np.sort(rng.integers(0, 30, 90))
    values = rng.normal(size=90)
    found = rolling_mean(values, of_row, 30, width, least)
    for day in range(30):
        rows = (of_row > day - width) & (of_row <= day)
        if day < width - 1 or rows.sum() < least:
            assert np.isnan(found[day])
        else:
            assert found[day] == pytest.approx(values[rows].mean())


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=8)


@given(
    TEXTS.filter(lambda t: "`" not in t),
    st.one_of(
        TEXTS.filter(lambda t: '"' not in t),
        st.integers(-(10**9), 10**9),
        st.floats(-1e9, 1e9, allow_nan=False),
        st.booleans(),
    ),
)
@settings(max_examples=80, deadline=None)
def test_what_is_written_is_read_back(column: str, value: str | float | bool) -> None:
    """A slice saved as a person would type it selects the very same rows."""
    frame = pd.DataFrame({column: [value, value], "other": [1, 2]})
    conditions = (Condition(column, "==", value), Condition("other", "between", (1, 2)))
    if column == "other":
        conditions = conditions[1:]
    assert parse_conditions(as_typed(conditions), frame) == conditions


def test_every_kind_of_condition_is_written() -> None:
    """Numbers, ranges, lists and holes, each read back as it was."""
    frame = pd.DataFrame({"hour": [1.5, 2.0], "place of": ["a", "b c"]})
    for conditions in (
        (Condition("hour", "<=", 3.25),),
        (Condition("hour", ">", -2), Condition("hour", "<", 9)),
        (Condition("hour", "between", (1, 2.5)),),
        (Condition("place of", "in", ("a", "b c")),),
        (Condition("place of", "is_missing"),),
    ):
        assert parse_conditions(as_typed(conditions), frame) == conditions


def test_bad_slices_are_said_one_by_one() -> None:
    """An unknown column, a taken name, one too many: each has its sentence, the rest is read."""
    frame = pd.DataFrame({"a": [1.0, 2.0], "y": [0, 1]})
    notes = [
        CohortNote(name="good", where="a > 1"),
        CohortNote(name="typo", where="aa > 1"),
        CohortNote(name="Good", where="a < 1"),
        CohortNote(name="late", where="y == 1"),
        *(CohortNote(name=f"n{i}", where="a > 1") for i in range(18)),
    ]
    found = read_cohorts(notes, frame, ("a",))
    assert found[0].known
    assert found[0].mask(frame).tolist() == [False, True]
    assert "no column 'aa'" in found[1].says
    assert "Another slice has this name" in found[2].says
    assert found[3].later == ("y",)
    assert not found[3].known
    assert "At most 20" in found[21].says


@pytest.mark.parametrize("fixture", PROJECTS)
def test_every_kind_of_project_watches_its_slices(
    fixture: str, request: pytest.FixtureRequest
) -> None:
    """Known slices are watched; what is not known in time, not there or too rare is said."""
    project: Project = request.getfixturevalue(fixture).answered("errors", {"cohorts": NAMED})
    found = measure_stage(project, "monitoring", lambda fraction, words: None)
    evidence = found.evidence["monitoring"]
    rows = {str(r["name"]): r for r in evidence.table("cohort_watch").records()}
    assert [name for name, row in rows.items() if row["watched"]] == ["North"]
    assert "leak is not known at the decision" in str(rows["Later"]["note"])
    assert "no column 'nope'" in str(rows["Gone"]["note"])
    assert "Too few rows" in str(rows["Rare"]["note"])
    assert evidence.value("cohorts_watched") == 1
    assert evidence.measure("cohorts_watched").n == 4
    assert evidence.chart("cohort_1").title == "Slice: North"
    keys = {finding.key for finding in findings_of(found, "monitoring")}
    assert "cohorts_not_watched" in keys
    assert keys & {"cohort_alerts", "cohorts_quiet"}


def test_monitoring_reads_the_slices_and_nothing_else_of_the_errors(
    binary_project: Project,
) -> None:
    """What is not named among the answers it reads is not within its reach."""
    from app.workshop import _chosen

    read = _chosen(binary_project, "monitoring", "errors")
    assert read.cohorts == ()
    assert not hasattr(read, "rung")
    with pytest.raises(LookupError, match="without naming it"):
        _chosen(binary_project, "framing", "errors")
