"""Measured again in a clean process: what is equal, what is not, and which code says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.cli import main
from app.jobs import afresh
from app.record.agreement import agree, compared
from app.record.evidence import Evidence
from app.record.measure import Measure
from app.record.project_file import dump, read
from app.workshop import measure_stage
from tests.conftest import small_project, small_table


def _silent(fraction: float, words: str) -> None:
    """Progress nobody listens to."""


@pytest.fixture(scope="module")
def recorded() -> str:
    """A small project as a file, measured up to the ladder."""
    project = small_project(small_table(250)).answered(
        "baselines", {"folds": 2, "rungs": ["user_rule", "linear"]}
    )
    for stage in ("framing", "data", "baselines"):
        project = measure_stage(project, stage, _silent)
    return dump(project)


def test_a_clean_process_measures_the_same(
    recorded: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Fresh process, fresh home, the user's own table: every fact of every stage is equal."""
    path = tmp_path / "p.json"
    path.write_text(recorded, encoding="utf-8")
    assert main(["again", str(path), "--json"]) == 0
    told = json.loads(capfd.readouterr().out)
    assert told["same"]
    assert list(told["stages"]) == ["framing", "data", "baselines"]
    for stage in told["stages"].values():
        assert set(stage["counts"]) <= {"equal", "clock"}
        assert stage["packages"] == {}
        assert {fact["state"] for fact in stage["facts"]} <= {"equal", "clock"}
    assert path.read_text(encoding="utf-8") == recorded


def test_a_number_that_was_typed_is_found(
    recorded: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A recorded number that no measurement gives ends with code 1 and is named."""
    project = read(recorded)
    evidence = project.evidence["framing"]
    first = evidence.measures[0].model_copy(update={"value": 0.987654, "low": None, "high": None})
    changed = evidence.model_copy(update={"measures": (first, *evidence.measures[1:])})
    path = tmp_path / "p.json"
    path.write_text(dump(project.measured(changed)), encoding="utf-8")
    assert main(["again", str(path), "--stage", "framing"]) == 1
    told = capfd.readouterr().out
    assert f"measure {first.key}: differs: 0.987654 recorded" in told
    assert "Not compared: Data & labels, Baselines." in told


def test_what_cannot_be_compared_is_refused(
    recorded: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing fresh, no such stage, rows that are elsewhere: one line and code 2."""
    bare = read(recorded).model_copy(update={"evidence": {}})
    path = tmp_path / "p.json"
    path.write_text(dump(bare), encoding="utf-8")
    assert main(["again", str(path)]) == 2
    assert "measure first" in capsys.readouterr().err
    assert main(["again", str(path), "--stage", "nowhere"]) == 2
    assert "there is no stage 'nowhere'" in capsys.readouterr().err
    assert main(["again", str(tmp_path / "none.json")]) == 2


def test_a_process_that_stops_says_why(tmp_path: Path) -> None:
    """Its last line is the reason; what it told before is handed on."""
    lines: list[str] = []
    with pytest.raises(afresh.AfreshError, match=r"cannot read .*none\.json"):
        afresh.command(["measure", str(tmp_path / "none.json")], tmp_path, lines.append)
    assert len(lines) == 1


def _evidence(*measures: Measure, words: str = "a") -> Evidence:
    return Evidence(stage="framing", measures=measures, words={"says": words})


def _measure(value: float | None, **more: object) -> Measure:
    return Measure(**{"key": "m", "label": "M", "value": value, **more})


@pytest.mark.parametrize(
    ("old", "new", "state"),
    [
        (_measure(1.0), _measure(1.0), "equal"),
        (_measure(1.0, low=0.5, high=2.0), _measure(1.5, low=0.9, high=2.1), "within"),
        (_measure(1.0, low=0.5, high=2.0), _measure(2.5, low=2.0, high=3.0), "differs"),
        (_measure(1.0), _measure(1.0 + 2**-52), "differs"),
        (_measure(1.0, low=0.5, high=2.0), _measure(None), "differs"),
        (_measure(1.0, timing=True), _measure(7.0, timing=True), "clock"),
    ],
)
def test_every_number_has_a_state(old: Measure, new: Measure, state: str) -> None:
    """Equal to the last bit, within its interval, or not; clock times are no evidence."""
    found = compared(_evidence(old), _evidence(new))
    assert found[0].state == state
    assert agree(found) == (state != "differs")


def test_what_comes_and_goes_is_told() -> None:
    """A measure that is gone or new is apart."""
    one, other = _measure(1.0), Measure(key="other", label="O", value=1.0)
    found = compared(_evidence(one), _evidence(other))
    assert [fact.state for fact in found[:2]] == ["gone", "new"]
    assert not agree(found)


def test_words_may_only_change_with_a_number() -> None:
    """A sentence that reads otherwise though no number moved is apart; with one it may."""
    same = _measure(1.0, low=0.5, high=2.0)
    assert not agree(compared(_evidence(same), _evidence(same, words="b")))
    moved = _measure(1.1, low=0.5, high=2.0)
    assert agree(compared(_evidence(same), _evidence(moved, words="b")))
