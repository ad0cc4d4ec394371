"""Every rung that was fitted is a tracked run, and nothing depends on it."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest

from app.cli import main
from app.record.project import Project
from app.store import runs
from app.tracking import ladder_runs
from app.workshop import measure_stage
from tests.conftest import small_project, small_table


def _silent(fraction: float, words: str) -> None:
    """Progress nobody listens to."""


@pytest.fixture
def tracking(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Tracking on, into a home of its own."""
    monkeypatch.setenv("GROUNDWORK_TRACKING", "on")
    return home


def _measured(project: Project) -> Project:
    for stage in ("framing", "data", "baselines"):
        project = measure_stage(project, stage, _silent)
    return project


@pytest.fixture(scope="module")
def laddered() -> Project:
    """A project with a rung that fails, measured up to the ladder, not tracked."""
    project = small_project(small_table(400)).answered("baselines", {"rule": "nonsense > 1"})
    return _measured(project)


def test_every_rung_is_a_run_with_its_facts(laddered: Project, tracking: Path) -> None:
    """Params, metrics, digests, code version, environment, files and failure notes are there."""
    evidence = laddered.evidence["baselines"]
    made = ladder_runs(laddered, evidence, {"a": "model"})
    assert runs.track("Small", made) == len(made) == len(evidence.table("ladder").rows)
    found = {run["name"]: run for run in runs.tracked("Small")}
    linear = found["Linear model"]
    assert linear["status"] == "FINISHED"
    assert linear["params"]["metric"] == "average_precision"
    assert linear["metrics"]["cv"] == pytest.approx(
        next(r["cv"] for r in evidence.table("ladder").records() if r["rung"] == "Linear model")
    )
    assert "fold_score" in linear["metrics"]
    tags = linear["tags"]
    assert tags["data_digest"] == laddered.data.content_hash
    assert tags["inputs_digest"] == evidence.digest
    assert {"split_digest", "code_version", "measured_at"} <= set(tags)
    assert "scikit-learn" in json.loads(tags["environment"])
    assert found["Your rule"]["status"] == "FAILED"
    assert "nonsense" in found["Your rule"]["tags"]["failure"]
    files = {path.name for path in (tracking / "mlflow").rglob("*") if path.is_file()}
    assert files == {"rung.json", "environment.json", "model.pkl"}
    model = next((tracking / "mlflow").rglob("model.pkl"))
    assert pickle.loads(model.read_bytes()) == {"a": "model"}


def test_the_same_fit_is_tracked_once(laddered: Project, tracking: Path) -> None:
    """Measuring the same thing again adds no run; another seed does."""
    evidence = laddered.evidence["baselines"]
    made = ladder_runs(laddered, evidence, None)
    assert runs.track("Small", made) == len(made)
    assert runs.track("Small", made) == 0
    other = evidence.model_copy(update={"digest": "f" * 64})
    assert runs.track("Small", ladder_runs(laddered, other, None)) == len(made)


def test_measuring_tracks_and_the_command_line_lists(
    tracking: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is measured headless can be listed, and the list says how to open the user interface."""
    table, project = tracking / "t.csv", tracking / "p.json"
    small_table(300).to_csv(table, index=False)
    made = ["new", "Tracked", "--data", str(table), "--target", "target", "--time", "when"]
    made += ["--leave-out", "leak", "--answer", "baselines.folds=2", "-o", str(project)]
    assert main(made) == 0
    assert main(["measure", str(project), "--stage", "baselines"]) == 0
    capsys.readouterr()
    assert main(["runs", str(project), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {"Constant", "Gradient boosting"} <= {run["name"] for run in found}
    assert main(["runs", str(project)]) == 0
    assert "mlflow ui --backend-store-uri sqlite:///" in capsys.readouterr().out


def test_without_mlflow_measuring_goes_on(
    laddered: Project, tracking: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the package is not installed nothing is tracked and nothing breaks."""
    monkeypatch.setattr(runs, "find_spec", lambda name: None)
    assert not runs.on()
    assert runs.track("Small", ladder_runs(laddered, laddered.evidence["baselines"], None)) == 0
    assert runs.tracked("Small") == []


def test_a_server_that_does_not_answer_is_a_warning(
    laddered: Project,
    tracking: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """MLFLOW_TRACKING_URI is respected; a dead server is told of and costs nothing else."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    assert runs.uri() == "http://127.0.0.1:9"
    assert runs.track("Small", ladder_runs(laddered, laddered.evidence["baselines"], None)) == 0
    assert "were not tracked at http://127.0.0.1:9" in caplog.text


def test_another_place_is_respected(
    laddered: Project, tracking: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Runs go where MLFLOW_TRACKING_URI says, not into the home folder."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tracking / 'elsewhere.db'}")
    made = ladder_runs(laddered, laddered.evidence["baselines"], None)
    assert runs.track("Small", made) == len(made)
    assert (tracking / "elsewhere.db").exists()
    assert not (tracking / "mlflow.db").exists()
