"""The hand-over: what stands in the way, what lies in the registry, and the command that does it."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from app import handoff
from app.cli import main
from app.lab.portable import read_version
from app.record.project import Project
from app.record.project_file import dump, read
from app.store import runs
from app.workshop import measure_stage, shelf, table_of
from tests.conftest import small_project, small_table
from tests.registries import empty_registry

KEY = "reproducibility"


def _silent(fraction: float, words: str) -> None:
    """Progress nobody listens to."""


@pytest.fixture
def tracking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tracking file and a registry of their own."""
    monkeypatch.setenv("GROUNDWORK_TRACKING", "on")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", empty_registry(tmp_path))
    return tmp_path


@pytest.fixture(scope="module")
def made() -> Project:
    """A small project measured up to the hand-over, not tracked."""
    assert os.environ["GROUNDWORK_TRACKING"] == "off"
    project = small_project(small_table(300)).answered("baselines", {"folds": 2})
    for stage in ("framing", "data", "baselines", KEY):
        project = measure_stage(project, stage, _silent)
    return project


def _approved(project: Project) -> Project:
    return project.answered(
        KEY,
        {
            "approval": "approved",
            "approver": "Dana",
            "approved_on": "2026-01-05",
            "owner": "Ops",
            "rollback": "Move the alias back.",
            "approved_version": project.evidence[KEY].words["version"],
        },
    )


def test_nothing_is_handed_over_while_something_stands_in_the_way(
    made: Project, tracking: Path
) -> None:
    """Not measured, stale, a stop, no approval: each is named, and nothing is written."""
    bare = made.model_copy(update={"evidence": {}})
    assert any("not measured" in words for words in handoff.obstacles(bare))
    assert handoff.obstacles(made) == ("It is not approved; write down who approved this version.",)
    stale = _approved(made).answered("framing", {"cost_miss": 9.0})
    assert "Baselines is stale; measure it again." in handoff.obstacles(stale)
    unowned = _approved(made).answered(KEY, {"owner": ""})
    assert any("Nobody owns the model" in words for words in handoff.obstacles(unowned))
    with pytest.raises(handoff.HandOffRefused, match="not approved"):
        handoff.hand_over(made)
    with runs.quiet():
        assert not runs.tracker().search_registered_models()


def _lying_there(name: str, folder: Path) -> dict[str, bytes]:
    """Return the files that lie under the alias."""
    client = runs.tracker()
    with runs.quiet():
        found = client.get_model_version_by_alias(name, "champion")
        place = found.source.rpartition("/")[2]
        path = Path(client.download_artifacts(found.run_id, place, str(folder)))
    return {p.relative_to(path).as_posix(): p.read_bytes() for p in path.rglob("*.*")}


def test_an_approved_version_lies_in_the_registry_and_answers_the_same(
    made: Project, tracking: Path
) -> None:
    """Registered with owner, way back and all its fallbacks; read back each rung gives the same bits."""
    project = _approved(made).answered(KEY, {"model_name": "small model"})
    record = handoff.hand_over(project)
    assert record.uri == "models:/small model@champion"
    assert record.digest == made.evidence[KEY].words["version"]
    with runs.quiet():
        found = runs.tracker().get_model_version_by_alias("small model", "champion")
    assert found.tags["owner"] == "Ops"
    assert "Move the alias back." in found.description
    assert found.tags["data"] == made.data.content_hash
    version = read_version(_lying_there("small model", tracking))
    assert not version.trouble
    assert list(version.answerers) == ["model", "rule", "constant"]
    rungs = shelf().get_pickle(f"{made.evidence['baselines'].digest}-rungs")
    problem = shelf().get_pickle(f"{made.evidence['data'].digest}-problem")
    rows = problem.frame(table_of(made), problem.split.test)
    keys = (made.evidence["baselines"].words["chosen"], "user_rule", "constant")
    for rung, key in zip(version.answerers, keys, strict=True):
        answered = version.answerers[rung].fitted.predict(rows)
        assert np.array_equal(answered, rungs[key].fitted.predict(rows))
        assert float(version.about["thresholds"][rung]) == rungs[key].threshold
        assert version.about["expected_cost_per_1000"][rung] > 0


def test_the_command_registers_and_writes_it_down(
    made: Project, tracking: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Approved by name on the command line, it lies in the registry, and the file says where."""
    file = tracking / "project.json"
    file.write_text(dump(made.answered(KEY, {"owner": "Ops", "rollback": "Move it back."})))
    words = ["register", str(file), "--name", "small", "--alias", "shadow"]
    assert main([*words, "--approve-by", "Dana"]) == 0
    told = capsys.readouterr().out
    version = made.evidence[KEY].words["version"]
    assert told == f"Registered small version 1 ({version}): models:/small@shadow\n"
    kept = read(file.read_text()).answers[KEY]
    assert (kept["approver"], kept["approved_version"]) == ("Dana", version)
    assert kept["registered"]["uri"] == "models:/small@shadow"
    with runs.quiet():
        found = runs.tracker().get_model_version_by_alias("small", "shadow")
    assert found.tags["approver"] == "Dana"


def test_the_command_refuses_in_one_line(
    made: Project,
    tracking: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Not approved, a name or alias that cannot be, no registry: one line, code 2, nothing written."""
    file = tracking / "project.json"
    file.write_text(dump(_approved(made).answered(KEY, {"approval": "draft"})))
    before = file.read_text()
    approved = [str(file), "--approve-by", "Dana"]
    for words, said in (
        ([str(file)], "not approved"),
        ([str(tracking / "none.json")], "cannot read"),
        ([str(file), "--approve-by", " "], "--approve-by is empty"),
        ([*approved, "--name", "a/b"], "model name 'a/b' cannot be"),
        ([*approved, "--alias", "v3"], "alias 'v3' cannot be"),
    ):
        assert main(["register", *words]) == 2
        error = capsys.readouterr().err
        assert said in error
        assert error.count("\n") == 1
    monkeypatch.setenv("GROUNDWORK_TRACKING", "off")
    assert main(["register", *approved]) == 2
    assert "switched off" in capsys.readouterr().err
    assert file.read_text() == before


def test_a_name_is_made_from_the_project(made: Project) -> None:
    """Letters, digits and dashes; never empty."""
    assert handoff.model_name(made.renamed("Flüge & Wetter, 2013!")) == "fl-ge-wetter-2013"
    assert handoff.model_name(made.renamed("???")) == "model"
