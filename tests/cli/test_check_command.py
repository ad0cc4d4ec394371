"""``check``: of a project the reviewer, without one the check of a developer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app import __main__ as launcher
from app.cli import main
from app.record.project import DataColumn, DataRef, Project
from app.record.project_file import dump
from app.review.answers import Attached, attached

DATA = DataRef(
    source="upload",
    key="x",
    title="late.csv",
    content_hash="x",
    rows=10,
    columns=(DataColumn(name="late", kind="number"), DataColumn(name="place", kind="text")),
)
ANSWERS = {
    "framing": {
        "decision": "Warn the desk of a late train at a place, or not.",
        "actions": "Warn · wait",
        "cost_false_alarm": 1.0,
        "cost_miss": 9.0,
    },
    "data": {"target": "late", "task": "binary", "known": ["place"]},
}


def _file(tmp_path: Path, project: Project) -> str:
    path = tmp_path / "project.json"
    path.write_text(dump(project), encoding="utf-8")
    return str(path)


@pytest.fixture
def sound(tmp_path: Path) -> str:
    """A project file with nothing measured and no veto."""
    return _file(tmp_path, Project(name="Trains", data=DATA, answers=ANSWERS))


@pytest.fixture
def vetoed(tmp_path: Path) -> str:
    """A project file without a decision."""
    answers = {**ANSWERS, "framing": {**ANSWERS["framing"], "decision": ""}}
    return _file(tmp_path, Project(name="Trains", data=DATA, answers=answers))


def test_a_veto_is_exit_code_one(
    sound: str, vetoed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """JSON holds verdict, vetoes, findings with question and fix, and readiness."""
    assert main(["check", vetoed, "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["verdict"] == "stop"
    assert found["vetoes"] == ["L01"]
    assert any(one["rule"] == "L01" and one["section"] == "S3" for one in found["findings"])
    for one in found["findings"]:
        assert all(one[key] for key in ("rule", "section", "severity", "question", "fix"))
    assert len(found["readiness"]["items"]) == 95
    assert found["readiness"]["cheapest"]["id"].startswith(found["readiness"]["lowest"][0])
    assert main(["check", vetoed, "--profile", "model_card"]) == 0
    assert main(["check", str(Path(vetoed)), "--fixes"]) == 1
    assert "fix:" in capsys.readouterr().out


def test_without_a_veto_it_is_zero(sound: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Not measured is conditional, and no reason to fail a build."""
    assert main(["check", sound, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["verdict"] == "conditional"


@pytest.mark.parametrize(
    "words",
    [[], ["nowhere.json"], ["--profile", "novel", "x.json"], ["--json"]],
)
def test_wrong_use_is_two_and_one_line(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """What is wrong is said in one line."""
    assert main(["check", *words]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_what_people_attached_is_checked_like_any_answer(
    sound: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The review's own answers are no stage: measuring takes them, and refuses what cannot be read."""
    from app.cli import Refusal, _checked

    project = Project(name="Trains", data=DATA, answers=ANSWERS)
    project = attached(project, "R4.6", Attached(how="automated", text="CI, run 42"))
    _checked(project)
    odd = project.answered("review", {"attached": {"R4.6": {"how": "perhaps"}}})
    with pytest.raises(Refusal, match=r"review\.attached"):
        _checked(odd)
    assert main(["check", _file(tmp_path, odd)]) == 0
    capsys.readouterr()


@pytest.mark.parametrize(
    ("words", "reviews"),
    [
        ([], False),
        (["--fast"], False),
        (["-q", "-x"], False),
        (["project.json"], True),
        (["--json", "project.json"], True),
        (["--profile=runbook", "project.json"], True),
        (["--help"], True),
    ],
)
def test_a_project_makes_it_the_reviewer(words: list[str], reviews: bool) -> None:
    """The launcher sends each use where it belongs, and installs no test tools for a review."""
    assert launcher._reviews("check", words) is reviews
    assert not launcher._reviews("test", words)


def test_help_tells_both() -> None:
    """One name, two uses: help says which is which."""
    lines = [line for line in launcher.HELP.splitlines() if "-m app check" in line]
    assert len(lines) == 2
    assert "veto" in "".join(lines)
    assert "tests" in "".join(lines)
