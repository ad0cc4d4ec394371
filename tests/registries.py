"""An empty registry as a file: MLflow makes its tables once, every test gets a copy."""

from __future__ import annotations

import shutil
import tempfile
from functools import lru_cache
from pathlib import Path

from mlflow import MlflowClient

from app.store import runs


@lru_cache(maxsize=1)
def _made() -> Path:
    path = Path(tempfile.mkdtemp(prefix="groundwork-registry-")) / "registry.db"
    with runs.quiet():
        MlflowClient(tracking_uri=f"sqlite:///{path}").search_experiments()
    return path


def empty_registry(folder: Path) -> str:
    """Return the address of an empty registry in a folder."""
    path = folder / "registry.db"
    shutil.copyfile(_made(), path)
    return f"sqlite:///{path}"
