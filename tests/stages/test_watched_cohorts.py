"""Named slices under watch: heard when they break, quiet when all is well, whatever their number."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.lab.alerts import calibrate
from app.lab.condition import Condition, parse_conditions
from app.lab.detection import raise_alerts
from app.lab.impact import Stakes
from app.lab.monitors.cohorts import COHORT, COHORT_COST, fit_widths, signal_of
from app.lab.monitors.reference import learn_reference
from app.lab.monitors.rolling import means
from app.lab.monitors.signals import Signals
from app.lab.monitors.view import View
from app.lab.monitors.watch import watch
from app.record.project import Project
from app.stages.cohort import as_typed, read_cohorts
from app.stages.errors.choices import CohortNote
from app.stages.road import findings_of
from app.workshop import measure_stage
from tests.conftest import PROJECTS
from tests.lab.quiet_view import quiet_view

NAMED = [
    {"name": "North", "where": 'place == "north"'},
    {"name": "Later", "where": "leak > 0"},
    {"name": "Gone", "where": "nope == 3"},
    {"name": "Rare", "where": "signal > 2.5"},
]


WEIGHTS = {"a": 0.2, "b": 0.7, "kind": 0.1}
STAKES = Stakes(120, 0.5, 0.2, 0.4, 1.0, 0.3, WEIGHTS, {"slice 0": 0.1, "slice 1": 0.2})
OF_SLICES = (COHORT, COHORT_COST)


def _signals(view: View, base: View) -> Signals:
    return watch(view, learn_reference(base, WEIGHTS, None), fit_widths(base))


def _apart(view: View) -> View:
    """Two slices of a tenth and a fifth without a row in common."""
    place = np.arange(view.world.n) % 10
    return replace(view, cohorts={"slice 0": place == 0, "slice 1": place > 7})


def test_the_budget_of_false_pages_holds_however_many_slices() -> None:
    """On new quiet days twelve slices page no more often than was allowed, over several seeds."""
    pages = []
    for seed in range(4):
        base = quiet_view(seed, 120, cohorts=12)
        normal = calibrate(_signals(base, base), 1.0, OF_SLICES)
        live = _signals(quiet_view(seed + 50, 60, cohorts=12), base)
        alerts = raise_alerts(live, normal, STAKES)
        assert {a.monitor for a in alerts} <= set(OF_SLICES)
        pages.append(len({(a.monitor, a.first) for a in alerts}) / 2)
    assert np.mean(pages) <= 1.5


def test_more_slices_make_a_wider_limit() -> None:
    """Twenty slices look for a false alarm in twenty places: the limit knows."""
    wider = []
    for seed in range(4):
        many = quiet_view(seed, 120, cohorts=20)
        few = replace(many, cohorts={"slice 0": many.cohorts["slice 0"]})
        wide, narrow = (calibrate(_signals(view, view), 1.0).limits for view in (many, few))
        wider.append([wide[key] / narrow[key] for key in OF_SLICES])
    assert (np.mean(wider, axis=0) > 1.1).all()
    assert not set(OF_SLICES) & set(_signals(quiet_view(1, 30), quiet_view(1, 30)).values)


@pytest.mark.parametrize("kind", ["volume", "missing", "prediction", "cost"])
def test_a_slice_that_breaks_is_heard(kind: str) -> None:
    """What moves inside one slice of a tenth fires that slice's signal, and no other slice's."""
    base = _apart(quiet_view(3, 120))
    live = _apart(quiet_view(4, 60, delay=9.0))
    hit = live.cohorts["slice 0"] & (live.world.days.of_row >= 30)
    normal = calibrate(_signals(base, base), 1.0, OF_SLICES)
    rows, score, cost = live.world.rows.copy(), live.score.copy(), live.cost.copy()
    cohorts = dict(live.cohorts)
    if kind == "volume":
        cohorts["slice 0"] = cohorts["slice 0"] & (live.world.days.of_row < 30)
    if kind == "missing":
        rows.loc[hit, "b"] = np.nan
    if kind == "prediction":
        score[hit] = 0.99
    if kind == "cost":
        cost[hit] = cost[hit] + 3.0
    struck = replace(live, world=live.world.but(rows=rows), score=score, cost=cost, cohorts=cohorts)
    alerts = raise_alerts(_signals(struck, base), normal, STAKES)
    late = [a for a in alerts if a.last >= 30]
    mine = [a for a in late if a.signal == signal_of("slice 0", kind)]
    assert mine
    # What a cost is, is known nine days later.
    assert (39 if kind == "cost" else 30) <= mine[0].first <= (46 if kind == "cost" else 36)
    assert not [a for a in late if a.signal.startswith("slice 1")]


def test_a_still_signal_does_not_deafen_the_others() -> None:
    """One day of many holes in a slice without any leaves the limit of its monitor usable."""
    base = quiet_view(5, 120, cohorts=3)
    rows = base.world.rows.assign(a=0.0)
    rows.loc[base.world.days.of_row == 40, "a"] = np.nan
    holed = replace(base, world=base.world.but(rows=rows))
    assert calibrate(_signals(holed, base), 1.0).limits[COHORT] < 20


def test_one_empty_cell_is_no_incident() -> None:
    """Where nothing was ever missing a single hole stays quiet, an empty column does not."""
    base = quiet_view(6, 120, cohorts=1)
    whole = replace(base, world=base.world.but(rows=base.world.rows.fillna({"a": 0.0})))
    normal = calibrate(_signals(whole, whole), 1.0, OF_SLICES)
    day = whole.world.days.of_row
    inside = np.flatnonzero(whole.cohorts["slice 0"] & (day == 90))
    for holes, heard in ((inside[:1], False), (np.flatnonzero(day >= 90), True)):
        rows = whole.world.rows.copy()
        rows.loc[holes, "b"] = np.nan
        struck = replace(whole, world=whole.world.but(rows=rows))
        alerts = raise_alerts(_signals(struck, whole), normal, STAKES)
        assert any(a.signal == signal_of("slice 0", "missing") for a in alerts) == heard


def test_small_slices_are_looked_at_over_longer_stretches_or_not_at_all() -> None:
    """The window widens until there are rows to look at; four weeks are the end."""
    base = quiet_view(7, 120)
    n = base.world.n
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
    found = means(values, of_row, 30, width, least)
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
