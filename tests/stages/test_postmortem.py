"""Post-mortems and lessons: numbers from the drill, texts from a person, changes that are shown first."""

from __future__ import annotations

from datetime import date

from app.lessons import learned, lessons_of
from app.record.evidence import Evidence
from app.record.project import DataRef, Project
from app.record.table import Column, Table
from app.review.answers import Review
from app.stages.drills.account import account_of, begun
from app.stages.drills.debrief import outcome_of
from app.stages.drills.drill import Drill
from app.stages.drills.event import Event
from app.stages.drills.postmortem import (
    TEXTS,
    Action,
    PostMortem,
    Why,
    completeness,
    lacking,
)
from app.stages.road import BY_KEY
from tests.stages.test_drills import ground

DAY = date(2026, 3, 9)


def drill(*, running: bool = False) -> Drill:
    """A finished drill on the ground made by hand: looked, fell back, mended, closed."""
    events = (
        Event(minute=0, kind="look", key="log_query", text="select 1", minutes=5),
        Event(minute=5, kind="act", key="fall_back"),
        Event(minute=5, kind="act", key="roll_back"),
        Event(minute=5, kind="act", key="fix_data"),
        Event(minute=5, kind="message", text="3 euros a minute; we mend it; next news at ten."),
        Event(minute=5, kind="wait", minutes=600),
        Event(minute=605, kind="close"),
    )
    found = Drill(
        id="abcd", code="GW-hand-easy-1", world="0" * 32, finished_at="2026-03-09", events=events
    )
    if running:
        return found
    return found.model_copy(update={"outcome": outcome_of(ground(), events)})


def bare() -> Project:
    """A project with no answers and nothing measured."""
    data = DataRef(source="upload", key="k", title="t", content_hash="0" * 64, rows=1, columns=())
    return Project(name="p", data=data)


def project() -> Project:
    """A project with no answers and one measured line of a catch matrix."""
    columns = ("key", "incident", "struck", "caught", "days_late", "signal", "only")
    table = Table(
        key="catch_matrix",
        title="What notices what",
        columns=tuple(Column(key=key, label=key, kind="text") for key in columns),
        rows=(("unit_change", "A unit changes", True, False, None, "", "Complaints, Versions"),),
    )
    evidence = Evidence(stage="monitoring", tables=(table,))
    return bare().measured(evidence)


def whole() -> PostMortem:
    """A post-mortem with nothing missing."""
    return PostMortem(
        **dict.fromkeys(TEXTS, "words"),
        whys=tuple(Why(text=f"why {i}", check="a row") for i in range(5)),
        factors=("data",),
        actions=(
            Action(kind="detect", text="a", owner="b", due=DAY),
            Action(kind="prevent", text="a", owner="b", due=DAY),
        ),
    )


def test_what_is_missing_is_named_and_counted() -> None:
    """Empty is nothing, whole is everything; taking any part away lowers the share and is named."""
    assert completeness(PostMortem()) == 0
    assert completeness(whole()) == 1
    assert lacking(whole()) == ()
    parts = [{key: " "} for key in TEXTS]
    parts += [{"whys": whole().whys[:4]}, {"factors": ()}, {"actions": whole().actions[:1]}]
    for part in parts:
        less = whole().model_copy(update=part)
        assert completeness(less) < 1, part
        assert len(lacking(less)) == 1, part
    vague = whole().model_copy(update={"actions": (Action(kind="detect", text="a"),)})
    assert len(lacking(vague)) == 2, "an action without owner and date counts for nothing"


def test_the_numbers_of_an_account_are_those_of_the_drill() -> None:
    """Impact is taken from the drill, with its interval; a running drill has no account."""
    assert account_of(drill(running=True), None, None, "USD") is None
    done = drill()
    found = account_of(done, None, project().evidence["monitoring"], "USD")
    assert found is not None
    assert done.outcome is not None
    score = done.outcome.score
    by_key = {measure.key: measure for measure in found.measures}
    assert by_key["harm"].value == score.harm
    assert (by_key["harm"].low, by_key["harm"].high) == (score.harm_low, score.harm_high)
    assert by_key["nothing"].value == score.harm_nothing >= score.harm >= score.harm_oracle
    assert len(found.timeline.rows) == len(done.outcome.timeline)
    assert "Complaints" in found.detection, "names the monitor that would have seen it"
    assert done.outcome.cause in begun(done).whys[1].text


def test_every_lesson_changes_what_it_shows_and_only_once() -> None:
    """Each gives answers that the stage takes, is done afterwards, and leaves the others alone."""
    start = project()
    found = lessons_of(start, drill(), DAY)
    assert {lesson.kind for lesson in found} == {
        "alert",
        "runbook",
        "fallback",
        "readiness",
        "decision",
    }
    counted = next(lesson for lesson in found if lesson.key == "readiness:R7.3")
    assert counted.done, "what a machine counts is nobody's to accept"
    assert not counted.answers
    for lesson in found:
        if lesson is counted:
            continue
        assert not lesson.done
        changed = learned(start, lesson)
        kind = Review if lesson.stage == "review" else BY_KEY[lesson.stage].choices
        kind.check(changed.answers[lesson.stage])
        after = {one.key: one for one in lessons_of(changed, drill(), DAY)}
        assert after[lesson.key].done, lesson.key
        assert learned(changed, after[lesson.key]).answers == changed.answers, lesson.key
        assert set(changed.answers) == {lesson.stage}
    monitors = (
        BY_KEY["monitoring"]
        .chosen(learned(start, next(one for one in found if one.kind == "alert")))
        .monitors
    )
    assert "complaints" in monitors
    assert lessons_of(start, drill(running=True), DAY) == ()


def test_lessons_add_up() -> None:
    """All of them one after the other stand beside each other in the project."""
    changed = project()
    for lesson in lessons_of(changed, drill(), DAY):
        again = {one.key: one for one in lessons_of(changed, drill(), DAY)}
        changed = learned(changed, again[lesson.key])
    assert all(lesson.done for lesson in lessons_of(changed, drill(), DAY))
    assert BY_KEY["serving"].chosen(changed).note("rule").rehearsed.startswith("2026-03-09")
    assert "unit_change" in BY_KEY["monitoring"].chosen(changed).plan
    assert len(BY_KEY["drills"].chosen(changed).decisions) == 1
