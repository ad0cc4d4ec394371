"""Readiness: 95 rows, nobody ticks what a machine checks, the lowest section counts."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from app.record.answers import AnswerError
from app.record.project import Project
from app.review.answers import Attached, Comment, Review, attached, commented, review_of
from app.review.item import KINDS, LEVELS, SECTION_TITLES
from app.review.readiness import ITEMS, Readiness, past, takes
from app.review.reviewer import review
from app.stages.road import BY_KEY
from tests.review.good import stamped

COUNTS = {"R1": 10, "R2": 15, "R3": 14, "R4": 12, "R5": 12, "R6": 16, "R7": 10, "R8": 6}
DONE = Attached(how="automated", text="Runs every night, see the log.", on=date(2026, 1, 10))
WRITTEN = Attached(how="documented", text="Agreed on 10 January.", on=date(2026, 1, 10))


def _ready(project: Project) -> Readiness:
    return review(project).readiness


def _all_by_hand(project: Project, what: Attached) -> Project:
    for item in ITEMS:
        if item.check is None:
            project = attached(project, item.key, what)
    return project


def test_the_rows_are_those_of_the_reference() -> None:
    """95 rows in eight sections, each with level, kind, effort and a place."""
    assert len({item.key for item in ITEMS}) == len(ITEMS) == 95
    assert Counter(item.section for item in ITEMS) == COUNTS
    assert set(SECTION_TITLES) == set(COUNTS)
    for item in ITEMS:
        assert item.key == f"{item.section}.{item.key.split('.')[1]}"
        assert item.level in LEVELS
        assert item.kind in KINDS
        assert 1 <= item.effort <= 5
        assert (item.check is None) == (item.kind == "att"), item.key
        if item.place.question:
            BY_KEY[item.place.stage].choices.question(item.place.question)


def test_nobody_ticks_what_a_machine_checks(good: dict[str, Project]) -> None:
    """A tick on every machine row, put straight into the file, changes no score."""
    bare = good["binary"].model_copy(update={"evidence": {}, "looks": ()})
    for project in (good["binary"], bare):
        ticked = project
        for item in ITEMS:
            if item.check is not None:
                ticked = attached(ticked, item.key, DONE)
                assert "machine" in takes(item, DONE)
        before = [row.outcome for row in _ready(project).rows if row.item.check]
        after = [row.outcome for row in _ready(ticked).rows if row.item.check]
        assert before == after


def test_what_a_machine_measured_nobody_sets_aside(good: dict[str, Project]) -> None:
    """A reason sets a machine's row aside only while the machine cannot see it."""
    aside = Attached(how="not_applicable", text="We have no second run to compare with.")
    project = attached(good["binary"], "R4.2", aside)
    assert {r.item.key: r for r in _ready(project).rows}["R4.2"].applies
    unseen = project.model_copy(update={"evidence": {}})
    assert not {r.item.key: r for r in _ready(unseen).rows}["R4.2"].applies


def test_a_person_shows_by_text_or_link_only(good: dict[str, Project]) -> None:
    """Written down is half, repeated by a machine is one, a tick alone or a bare reason is nothing."""
    item = next(item for item in ITEMS if item.key == "R4.6")
    scores = {}
    for name, what in {
        "documented": WRITTEN,
        "automated": DONE,
        "link": Attached(how="automated", link="https://ci.example/42"),
        "tick": Attached(how="automated"),
        "no_reason": Attached(how="not_applicable", link="https://ci.example/42"),
    }.items():
        row = {r.item.key: r for r in _ready(attached(good["binary"], "R4.6", what)).rows}["R4.6"]
        scores[name] = row.outcome.score
        assert bool(takes(item, what)) == (name in ("tick", "no_reason"))
    assert scores == {
        "documented": 0.5,
        "automated": 1.0,
        "link": 1.0,
        "tick": 0.0,
        "no_reason": 0.0,
    }


def test_a_link_is_an_address_not_a_script() -> None:
    """What a browser would run is refused, with what is allowed."""
    with pytest.raises(AnswerError, match="https://"):
        Review.check({"attached": {"R4.6": {"how": "automated", "link": "javascript:alert(1)"}}})


def test_the_lowest_section_counts_and_one_row_lifts_it(good: dict[str, Project]) -> None:
    """The cheapest row lies in a lowest section; doing it lifts that section."""
    project = good["binary"]
    ready = _ready(project)
    scores = [section.score for section in ready.sections if section.score is not None]
    assert ready.minimum == min(scores)
    row = ready.cheapest
    assert row is not None
    assert row.item.section in {section.key for section in ready.lowest}
    open_ = [r for r in ready.lowest[0].rows if r.applies and r.outcome.score < 1]
    assert row.item.effort == min(r.item.effort for r in open_)
    assert row.item.check is None
    lifted = _ready(attached(project, row.item.key, DONE))
    before, after = ready.lowest[0].score, lifted.sections[-1].score
    assert before is not None
    assert after is not None
    assert after > before


def test_a_level_needs_every_row_of_it_and_below(good: dict[str, Project]) -> None:
    """One row short, and the badge is gone."""
    project = good["binary"]
    assert _ready(project).level is None
    version = project.evidence["reproducibility"].words["version"]
    approved = {
        "approval": "approved",
        "approved_version": version,
        "approver": "Dana Ortiz",
        "approved_on": "2126-01-20",
    }
    full = _all_by_hand(stamped(project.answered("reproducibility", approved)), WRITTEN)
    lacking = [r.item.key for r in _ready(full).rows if r.item.level == "C" and not r.passes]
    assert lacking == []
    assert _ready(full).level is not None
    assert _ready(attached(full, "R1.7", None)).level is None


def test_history_grows_with_what_is_stored(good: dict[str, Project]) -> None:
    """The lowest section by day, from the days of measurements and attachments alone."""
    later = Attached(how="automated", text="Every night.", on=date(2126, 3, 1))
    project = _all_by_hand(good["binary"], later)
    days = past(project)
    assert days[-1][0] == date(2126, 3, 1)
    minima = [_ready(then).minimum for _, then in days]
    assert minima[-1] == _ready(project).minimum > minima[0]


def test_comments_are_kept_and_settled(good: dict[str, Project]) -> None:
    """A comment lives in the project, open until somebody answers it; odd ones do not stop the rest."""
    one = Comment(section="S6", text="Who pays for a miss?", by="Ada", on=date(2026, 1, 3))
    project = commented(good["binary"], (one,))
    (kept,) = review_of(Project.model_validate(project.to_json())).comments
    assert kept == one
    assert kept.open
    settled = one.model_copy(update={"resolution": "The depot does.", "resolved_by": "Kim"})
    assert not review_of(commented(project, (settled,))).comments[0].open
    odd = project.answered("review", {"attached": {"R4.6": {"how": "perhaps"}}})
    assert review_of(odd).comments == (one,)
    assert review(odd).readiness.rows == review(project).readiness.rows


def test_only_what_was_walked_to_its_end_counts_as_exercised(good: dict[str, Project]) -> None:
    """A drill that was only begun, or whose cause was looked up, shows nothing; nor does one unread."""
    begun = {"id": "a", "code": "GW-x-easy-1", "world": "w"}
    told = {"incident": "x", "title": "t", "cause": "c", "remedy": "r", "symptom": "s"}
    seen = {"check": "dashboards", "check_words": "w", "harmless": False}
    walked = {**begun, "outcome": {**told, **seen, "score": {"marks": []}}}
    studied = {**begun, "outcome": {**told, **seen, "score": {"marks": [], "revealed": True}}}

    def told_of(drill: dict[str, object], **more: object) -> tuple[str, ...]:
        project = good["binary"].answered("drills", {"drills": [drill], **more})
        rows = {row.item.key: row for row in _ready(project).rows}
        return tuple(rows[key].outcome.says for key in ("R7.3", "R7.6"))

    for drill in (begun, studied):
        assert all("No drill was walked" in words for words in told_of(drill))
    assert "Drills completed: 1" in told_of(walked)[0]
    assert "0 of 1" in told_of(walked)[1]
    assert "1 of 1" in told_of(walked, post_mortems={"a": {}})[1]
