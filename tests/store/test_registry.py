"""The registry: a real one on a file, versions once, an alias that moves and moves back."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from app import handoff
from app.lab.portable import read_version
from app.record.project import Project
from app.store import registry, runs
from app.workshop import measure_stage, shelf, table_of
from tests.conftest import small_project, small_table

KEY = "reproducibility"
FILES = {"model.json": b"{}", "linear/more.json": b"[]"}


def _silent(fraction: float, words: str) -> None:
    """Progress nobody listens to."""


@pytest.fixture
def tracking(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tracking file and a registry of their own."""
    monkeypatch.setenv("GROUNDWORK_TRACKING", "on")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{home / 'registry.db'}")
    return home


def _put(digest: str, alias: str = "champion") -> registry.Entry:
    return registry.register("Small", "small", alias, digest, FILES, {"a": "b"}, "About it")


def test_versions_are_registered_once_and_the_alias_moves(tracking: Path) -> None:
    """A second version takes the alias over and knows the one before; the first comes back."""
    assert registry.current("small", "champion") is None
    one = _put("a" * 12)
    assert (one.version, one.previous, one.uri) == ("1", "", "models:/small@champion")
    assert _put("a" * 12).version == "1"
    two = _put("b" * 12)
    assert (two.version, two.previous) == ("2", "1")
    assert registry.current("small", "champion") == two
    back = registry.roll_back("small", "champion")
    assert (back.version, back.digest) == ("1", "a" * 12)
    assert registry.current("small", "champion") == back
    with pytest.raises(registry.RegistryError, match="named nothing"):
        registry.roll_back("small", "champion")
    with pytest.raises(registry.RegistryError, match="names no version"):
        registry.roll_back("small", "other")


def test_what_lies_there_is_what_was_put(tracking: Path) -> None:
    """Whoever asks MLflow for the alias gets the files, folders included, and their tags."""
    import mlflow

    _put("c" * 12)
    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(runs.uri())
    try:
        with runs.quiet():
            folder = Path(mlflow.artifacts.download_artifacts("models:/small@champion"))
    finally:
        mlflow.set_tracking_uri(before)
    found = {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    assert found == FILES
    with runs.quiet():
        version = runs.tracker().get_model_version_by_alias("small", "champion")
    assert version.tags["a"] == "b"
    assert version.description == "About it"


@pytest.mark.parametrize(
    ("name", "alias", "words"),
    [
        ("a/b", "champion", "model name"),
        ("", "champion", "model name"),
        ("small", "v3", "alias"),
        ("small", "latest", "alias"),
        ("small", "two words", "alias"),
    ],
)
def test_names_that_cannot_be_are_refused(
    tracking: Path, name: str, alias: str, words: str
) -> None:
    """Before anything is written, with what is allowed."""
    with pytest.raises(registry.RegistryError, match=words):
        registry.register("Small", name, alias, "d" * 12, FILES, {}, "")


def test_without_a_registry_one_sentence_says_so(
    tracking: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Switched off, not installed, not answering: three sentences, nothing else breaks."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    with pytest.raises(registry.RegistryError, match=r"at http://127\.0\.0\.1:9 could not"):
        _put("e" * 12)
    monkeypatch.setattr(runs, "find_spec", lambda name: None)
    assert "not installed" in registry.available()
    monkeypatch.setenv("GROUNDWORK_TRACKING", "off")
    assert "switched off" in registry.available()
    with pytest.raises(registry.RegistryError, match="switched off"):
        _put("e" * 12)


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
    assert not (tracking / "registry.db").exists()


def test_an_approved_version_lies_in_the_registry_and_answers_the_same(
    made: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Registered with owner, way back, contract and golden rows; read back it gives the same bits."""
    monkeypatch.setenv("GROUNDWORK_TRACKING", "on")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path / 'registry.db'}")
    project = _approved(made).answered(KEY, {"model_name": "small model"})
    record = handoff.hand_over(project)
    assert record.uri == "models:/small model@champion"
    assert record.digest == made.evidence[KEY].words["version"]
    with runs.quiet():
        found = runs.tracker().get_model_version_by_alias("small model", "champion")
    assert found.tags["owner"] == "Ops"
    assert "Move the alias back." in found.description
    assert found.tags["data"] == made.data.content_hash
    version = read_version(handoff.version_of_project(project))
    assert not version.trouble
    answerer = version.answerers[made.evidence["baselines"].words["chosen"]]
    problem = shelf().get_pickle(f"{made.evidence['data'].digest}-problem")
    champion = shelf().get_pickle(f"{made.evidence['baselines'].digest}-champion")
    rows = problem.frame(table_of(made), problem.split.test)
    wanted = champion.fitted.predict(rows)
    assert np.array_equal(answerer.fitted.predict(rows), wanted)


def test_a_name_is_made_from_the_project(made: Project) -> None:
    """Letters, digits and dashes; never empty."""
    assert handoff.model_name(made.renamed("Flüge & Wetter, 2013!")) == "fl-ge-wetter-2013"
    assert handoff.model_name(made.renamed("???")) == "model"
