"""Drills: a pure function of their events, an oracle that nobody beats, looks that keep the secret."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.incidents import INCIDENTS
from app.incidents.looks import LOOKS
from app.incidents.moves import MOVES
from app.lab.log_query import QueryError, query_log
from app.record.project import Project
from app.stages.drills import STAGE
from app.stages.drills.archive import view_of
from app.stages.drills.choices import Choices
from app.stages.drills.code import CodeError, read_code
from app.stages.drills.debrief import outcome_of
from app.stages.drills.drill import Drill
from app.stages.drills.event import Event, trouble_of
from app.stages.drills.ground import Ground, Rate, Reply
from app.stages.drills.looks.asked import shown
from app.stages.drills.looks.words import examples
from app.stages.drills.messages import quality_of, signs_of
from app.stages.drills.oracle import best_of, oracle
from app.stages.drills.policies import POLICIES
from app.stages.drills.scenario import Staged, stage_drill
from app.stages.drills.score import brier, score
from app.stages.drills.state import State, at_minute, replay
from app.stages.production.seen import Watch
from app.stages.road import evidence_of, findings_of
from tests.conftest import PROJECTS


def _rate(value: float) -> Rate:
    return Rate(value=value, low=value - 0.5, high=value + 0.5)


def ground(harmless: bool = False, ends: str = "fix_data", contains: str = "fall_back") -> Ground:
    """A ground made by hand: 3 a minute unhandled, 1 contained, 5 after a wrong retraining."""
    replies = []
    for key, move in MOVES.items():
        effect: Any = "ends" if key == ends else "contains" if key == contains else "nothing"
        effect = "worse" if effect == "nothing" and key == "retrain" else effect
        struck = {"ends": 0.0, "contains": 1.0, "worse": 5.0, "nothing": 3.0}[effect]
        if harmless:
            effect, struck = "nothing", 0.0 if key == "leave_alone" else 0.5
        after = 0.8 if key in ("fall_back", "quarantine", "retrain") else 0.0
        replies.append(
            Reply(
                move=key,
                effect=effect,
                minutes=move.minutes,
                reversible=move.reversible,
                struck=_rate(struck),
                after=_rate(after),
            )
        )
    return Ground(
        code="GW-hand-easy-1",
        incident="unit_change",
        harmless=harmless,
        horizon=7200,
        base=_rate(0.0 if harmless else 3.0),
        replies=tuple(replies),
        check="log_query",
        causes=tuple(INCIDENTS),
    )


@pytest.fixture(scope="module")
def watch(binary_project: Project) -> Watch:
    """The stream of the small yes-or-no project, and its monitors."""
    from app.workshop import bench_of

    found: Watch = bench_of(binary_project, "drills", lambda f, w: None).fetch(
        "monitoring", "watch"
    )
    return found


@pytest.fixture(scope="module")
def staged(watch: Watch) -> tuple[Staged, ...]:
    """Drills of all difficulties and several seeds."""
    codes = [
        f"GW-small-{level}-{seed}" for level in ("easy", "medium", "hard") for seed in (1, 2, 3)
    ]
    return tuple(stage_drill(watch, read_code(code), 0.0) for code in codes)


def _totals(found: Ground, seed: int) -> dict[str, float]:
    best = best_of(found)
    return {
        key: score(found, act(found, np.random.default_rng(seed)), best).total
        for key, (_, act) in POLICIES.items()
    }


def test_the_oracle_is_the_best_on_every_ground(staged: tuple[Staged, ...]) -> None:
    """By hand or drawn, three seeds of chance: nobody beats who knows; reflexes score badly."""
    hand = [ground(), ground(ends="retrain"), ground(ends="roll_back", contains=""), ground(True)]
    every = [_totals(g, seed) for g in (*hand, *(s.ground for s in staged)) for seed in (0, 1, 2)]
    assert len({s.ground.incident for s in staged}) >= 5
    for totals in every:
        assert totals["oracle"] == max(totals.values())
        assert totals["oracle"] > 0.99
        assert totals["do_nothing"] < 0.1
    mean = {key: float(np.mean([totals[key] for totals in every])) for key in POLICIES}
    assert mean["always_retrain"] < 0.45
    assert mean["always_retrain"] < mean["look_then_act"] - 0.2
    assert mean["look_then_act"] > max(mean["always_roll_back"], mean["always_fall_back"])


def test_the_reflex_scores_badly_where_it_does_harm() -> None:
    """Retraining on broken data: harm above doing nothing, an irreversible wrong move."""
    found = score(
        ground(),
        POLICIES["always_retrain"][1](ground(), np.random.default_rng(0)),
        best_of(ground()),
    )
    assert found.harm > found.harm_nothing
    assert found.mark("irreversible").score < 0.5
    assert found.mark("harm").score == 0.0


KINDS = st.sampled_from(
    ["look", "act", "lift", "hypotheses", "message", "declare", "snapshot", "wait"]
)


@st.composite
def walks(draw: st.DrawFn) -> tuple[Event, ...]:
    """Any events, on the clock one after the other."""
    minute, found = 0.0, []
    for kind in draw(st.lists(KINDS, max_size=12)):
        minutes = float(draw(st.integers(0, 600)))
        key = {"look": "log_query", "declare": "sev1"}.get(kind, draw(st.sampled_from(list(MOVES))))
        shares = {"unit_change": 0.4} if kind == "hypotheses" else {}
        found.append(
            Event(minute=minute, kind=kind, key=key, text="x", shares=shares, minutes=minutes)  # type: ignore[arg-type]
        )
        minute += minutes
    return tuple(found)


@settings(max_examples=60)
@given(walks(), st.integers(0, 7200))
def test_a_drill_is_a_function_of_its_events(events: tuple[Event, ...], minute: int) -> None:
    """Through JSON and back, cut at any minute and gone on with: state and score are the same."""
    found = ground()
    drill = Drill(id="a", code="GW-hand-easy-1", world="0" * 32, events=events)
    again = Drill.model_validate_json(drill.model_dump_json())
    assert replay(found, again.events) == replay(found, events)
    assert score(found, again.events, best_of(found)) == score(found, events, best_of(found))
    cut = [i for i, e in enumerate(events) if e.ends <= minute]
    before = events[: len(cut)]
    assert replay(found, (*before, *events[len(cut) :])) == replay(found, events)
    then = at_minute(found, events, float(minute))
    assert then.minute <= max(float(minute), replay(found, before).minute)
    spans = replay(found, events).spans(found.horizon)
    assert spans[0].start == 0
    assert spans[-1].end == found.horizon
    assert all(a.end == b.start for a, b in pairwise(spans))


def test_harm_follows_the_handling_in_force() -> None:
    """Three a minute until the fallback works, one until the fix, the fallback's price until it is lifted."""
    events = (
        Event(minute=0, kind="act", key="fall_back", minutes=2),
        Event(minute=2, kind="act", key="fix_data", minutes=2),
        Event(minute=4, kind="wait", minutes=296),
        Event(minute=300, kind="lift", key="fall_back", minutes=2),
    )
    state = replay(ground(), events)
    assert state.ended == 4 + 240
    assert state.harm(7200).value == pytest.approx(3 * 7 + 1 * (244 - 7) + 0.8 * (302 - 244))
    undone = replay(ground(), (Event(minute=0, kind="act", key="retrain", minutes=2), events[3]))
    assert undone.rate(3000).value == 5.0
    assert replay(ground(), (events[0],)).harm(7200).value < State(ground()).harm(7200).value


def test_hints_cost_and_a_revealed_cause_is_only_studied() -> None:
    """A tenth a hint; whoever looks the cause up has not completed the drill."""
    found, events = ground(), oracle(ground())
    best = best_of(found)
    hinted = score(found, (Event(minute=0, kind="hint"), *events), best)
    assert hinted.total == pytest.approx(0.9 * score(found, events, best).total)
    shown_up = (Event(minute=0, kind="reveal"), Event(minute=0, kind="close"))
    drill = Drill(id="a", code="x", world="y", events=shown_up, outcome=outcome_of(found, shown_up))
    assert drill.status == "studied"


def test_brier_and_messages_by_known_answers() -> None:
    """Certain and right is 0, certain and wrong 2; a good message shows its three signs."""
    found = ground()
    assert brier(found, {"unit_change": 1.0}) == 0.0
    assert brier(found, {"null_flood": 1.0}) == 2.0
    n = len(found.causes)
    assert brier(found, {}) == pytest.approx((1 - 1 / n) ** 2 + (n - 1) / n**2)
    assert quality_of("340 flights affected; we are falling back. Next update at 10:30.") == 1.0
    assert signs_of("All is fine, do not worry about it") == ()
    assert "100 %" in trouble_of({"a": 0.7, "b": 0.7})


@pytest.mark.parametrize("text", ["", "GW", "GW-x-easy-", "GW-x-brutal-1", "GW-x-easy-1234567"])
def test_a_code_that_is_none_is_refused_with_an_example(text: str) -> None:
    """Codes read in any case; anything else says what one looks like."""
    assert read_code(" gw-Flight-HARD-42 ").text == "GW-flight-hard-42"
    with pytest.raises(CodeError, match="GW-flight-hard-1234"):
        read_code(text)


def test_the_same_code_is_the_same_drill(watch: Watch, staged: tuple[Staged, ...]) -> None:
    """Drawn again, ground and lines are equal; another seed is another drill."""
    again = stage_drill(watch, read_code(staged[0].ground.code), 0.0)
    assert again.ground == staged[0].ground
    assert again.archive.lines == staged[0].archive.lines
    assert len({s.ground.model_dump_json() for s in staged}) == len(staged)


def test_looks_show_only_what_is_known_by_then(staged: tuple[Staged, ...]) -> None:
    """No row, label or line from later; every look answers on every drill, at the start and after a fix."""
    for place, one in enumerate(staged):
        found = one.ground
        acts = [
            Event(minute=0, kind="act", key=k, minutes=2) for k in ("fall_back", *found.enders[:1])
        ]
        waited = Event(minute=4, kind="wait", minutes=4000)
        for events in ((), (*acts, waited)):
            state = replay(found, events)
            view = view_of(one.archive, state)
            late = one.archive.place(state.minute)
            assert (view.log["at"] <= late).all()
            assert all(line.day + line.minute / 1440 <= late for line in view.lines)
            for look in LOOKS if place < 3 else ("dashboards", found.check):
                text = examples(tuple(view.seen.columns))[1] if look == "log_query" else ""
                part = shown(view, look, text)
                assert part.charts or part.tables or part.words
                assert found.incident not in str(part)


def test_labels_and_what_they_price_are_unknown_until_they_are_in(
    staged: tuple[Staged, ...],
) -> None:
    """With labels that take two days, no later answer shows a label or a cost; earlier ones do."""
    one = staged[0]
    world = one.archive.struck.world
    late = world.but(label_days=np.full(world.n, 2.0 * world.days.length))
    struck = replace(one.archive.struck, world=late)
    archive = replace(one.archive, struck=struck, label_delay=1.0)
    view = view_of(archive, State(one.ground))
    unripe = view.log["at"] + 2.0 > archive.place(0.0)
    assert 0 < unripe.sum() < len(unripe)
    assert view.log.loc[unripe, ["label", "cost"]].isna().all(axis=None)
    assert view.log.loc[~unripe & view.log["arrived"], "label"].notna().any()


def test_a_source_that_is_mended_is_young_again(staged: tuple[Staged, ...]) -> None:
    """Ages on the dashboards are the struck ones until the cause is gone, then the usual ones."""
    for one in staged:
        if not one.ground.enders:
            continue
        events = (
            Event(minute=0, kind="act", key=one.ground.enders[0], minutes=2),
            Event(minute=2, kind="wait", minutes=5000),
        )
        state = replay(one.ground, events)
        quiet, struck = one.archive.scene.live.world, one.archive.struck.world
        first = int(one.archive.place(min(state.ended, state.minute))) + 1
        for name, ages in view_of(one.archive, state).ages.items():
            before = struck.feed_age_hours[name][: one.archive.start_day]
            assert np.array_equal(ages[: one.archive.start_day], before)
            if state.ended < state.minute and one.ground.enders[0] != "retrain":
                usual = quiet.feed_age_hours.get(name, struck.feed_age_hours[name])
                assert np.array_equal(ages[first:], usual[first:])


@pytest.mark.parametrize(
    "broken",
    [
        {"events": [{"minute": -1, "kind": "wait"}]},
        {"events": [{"minute": float("nan"), "kind": "wait"}]},
        {"events": [{"minute": 0, "kind": "wait", "minutes": 1e308}]},
        {"id": "twice"},
    ],
)
def test_drills_written_by_hand_are_refused_where_no_clock_can_run(
    broken: dict[str, object],
) -> None:
    """Minutes that are no minutes, and two drills of one name, are set aside with a reason."""
    whole = {"id": "twice", "code": "GW-x-easy-1", "world": "w"}
    choices, problems = Choices.read({"drills": [whole, {**whole, "id": "b", **broken}]})
    assert choices.drills == ()
    assert [problem.field for problem in problems][:1] == ["drills"]
    assert len(Choices.read({"drills": [whole]})[0].drills) == 1


def test_after_the_fix_the_answers_are_the_usual_ones(staged: tuple[Staged, ...]) -> None:
    """Rows that come once the cause is gone are answered as on quiet days."""
    one = next(
        s for s in staged if s.ground.enders and s.ground.enders[0] in ("fix_data", "roll_back")
    )
    events = (
        Event(minute=0, kind="act", key=one.ground.enders[0], minutes=2),
        Event(minute=2, kind="wait", minutes=4000),
    )
    state = replay(one.ground, events)
    view = view_of(one.archive, state)
    since = view.log["at"].to_numpy() > one.archive.place(state.ended)
    assert since.any()
    live = one.archive.scene.live
    rows = view.log.loc[since, "origin"].to_numpy()
    assert np.allclose(view.log.loc[since, "prediction"], live.answers.prediction[rows])


LOG = pd.DataFrame({"day": [1, 1, 2], "prediction": [0.1, 0.2, np.nan], "place": ["a", None, "b"]})
HOSTILE = (
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT getenv('HOME')",
    "SELECT * FROM duckdb_settings()",
    "WITH duckdb_settings AS (SELECT 1) SELECT * FROM duckdb_settings",
    "SELECT 1; DROP TABLE predictions",
    "COPY predictions TO 'x.csv'",
    "SET threads = 4",
    "SELECT repeat('x', 1000000000)",
    "SELECT list(day) FROM predictions",
    "WITH RECURSIVE a AS (SELECT 1 i UNION ALL SELECT i + 1 FROM a) SELECT count(*) FROM a",
    "SELECT * FROM other",
    "",
)


@pytest.mark.parametrize("sql", HOSTILE)
def test_the_log_query_is_locked_down(sql: str) -> None:
    """Files, settings, other tables, growth and endless queries are refused in plain words."""
    with pytest.raises(QueryError):
        query_log(sql, {"predictions": LOG})


def test_the_log_query_answers_real_questions_and_stops_in_time() -> None:
    """Groups, windows and joins run; what takes too long is stopped; many rows are cut."""
    tables = {"predictions": LOG, "sent": LOG}
    found = query_log(
        "SELECT day, count(*) AS n FROM predictions GROUP BY day ORDER BY day;", tables
    )
    assert found["n"].tolist() == [2, 1]
    joined = (
        "SELECT p.day, lag(p.day) OVER (ORDER BY p.day) FROM predictions p JOIN sent s USING (day)"
    )
    assert len(query_log(joined, tables)) == 5
    crossed = (
        "SELECT p.day FROM predictions p" + ", sent s" + "".join(f", sent s{i}" for i in range(5))
    )
    assert len(query_log(crossed, tables)) == 200
    wide = pd.DataFrame({"i": np.arange(20_000)})
    with pytest.raises(QueryError, match="took more than"):
        query_log(
            "SELECT sum(a.i * b.i) FROM log a, log b WHERE a.i <> b.i", {"log": wide}, limit_s=0.3
        )


@pytest.mark.parametrize("fixture", PROJECTS)
def test_every_reflex_is_priced_on_every_kind_of_problem(
    fixture: str, request: pytest.FixtureRequest
) -> None:
    """Matrix, right moves and ways to act; the oracle leads; findings name what was measured."""
    project: Project = request.getfixturevalue(fixture)
    evidence = project.evidence["drills"]
    table = evidence.table("answers")
    assert table is not None
    assert len(table.rows) >= 4
    matrix = evidence.chart("reflexes")
    assert matrix is not None
    assert matrix.heat
    totals = {key: evidence.value(f"score_{key}") or 0.0 for key in POLICIES}
    assert totals["oracle"] == max(totals.values())
    assert totals["do_nothing"] == min(totals.values())
    assert {f.key for f in findings_of(project, "drills")} >= {"no_drill", "no_habit"}
    assert len(evidence.model_dump_json()) < 100_000


def test_a_finished_drill_stands_in_evidence_and_findings(binary_project: Project) -> None:
    """Score with code and date, without measuring anything again."""
    events = oracle(ground())
    drill = Drill(
        id="a",
        code="GW-hand-easy-1",
        world="0" * 32,
        finished_at="2026-01-02T03:04:05",
        events=events,
        outcome=outcome_of(ground(), events),
    )
    walked = binary_project.answered(STAGE.key, {"drills": [drill.to_json()]})
    evidence = evidence_of(walked, "drills")
    assert evidence is not None
    assert evidence.value("last_drill") == pytest.approx(1.0)
    assert evidence.table("walked").records()[0]["finished"] == "2026-01-02"  # type: ignore[union-attr]
    assert {f.key for f in findings_of(walked, "drills")} >= {"walked"}
    assert "no_drill" not in {f.key for f in findings_of(walked, "drills")}
    lanes = {moment.kind for moment in drill.outcome.timeline} if drill.outcome else set()
    assert {"look", "act", "works", "ended", "message", "declare", "snapshot", "close"} <= lanes
