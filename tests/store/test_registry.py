"""The registry: a real one on a file, versions once, an alias that moves and moves back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from app.store import registry, runs
from tests.registries import empty_registry

FILES = {"model.json": b"{}", "linear/more.json": b"[]"}


@pytest.fixture
def tracking(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tracking file and a registry of their own."""
    monkeypatch.setenv("GROUNDWORK_TRACKING", "on")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", empty_registry(home))
    return home


def _put(
    digest: str, alias: str = "champion", files: Mapping[str, bytes] = FILES
) -> registry.Entry:
    return registry.register("Small", "small", alias, digest, files, {"a": "b"}, "About it")


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


def test_the_same_model_with_another_ladder_is_another_version(tracking: Path) -> None:
    """What stands in for a model belongs to the version: other files are never passed over."""
    one = _put("a" * 12)
    two = _put("a" * 12, files={**FILES, "rule/model.json": b"{}"})
    assert (one.version, two.version, two.previous) == ("1", "2", "1")
    assert _put("a" * 12).version == "1"


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
