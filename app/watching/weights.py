"""What a change of each column would matter: from a project, or a plain list of weights."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from app.watching.refusal import WatchError


def read_weights(path: Path | None, columns: tuple[str, ...]) -> dict[str, float]:
    """Return the weight of each watched column; alike, summing to 1, without a file.

    Raises
    ------
    WatchError
        If the file holds no weights of these columns.
    """
    if path is None:
        return dict.fromkeys(columns, 1 / max(len(columns), 1))
    try:
        told = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise WatchError(f"--weights {path} cannot be read: {error.strerror}") from None
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError):
        raise WatchError(f"--weights {path} is not JSON") from None
    if not isinstance(told, dict):
        raise WatchError(f'--weights {path}: write {{"column": weight, …}}, or give a project file')
    found = _of_project(told, path) if "evidence" in told else _plain(told, path)
    known = {name: found.get(name, 0.0) for name in columns}
    if not any(known.values()):
        raise WatchError(
            f"--weights {path} names no watched column with a weight above 0; the columns are "
            f"{', '.join(columns[:20])}"
        )
    return known


def _plain(told: dict[str, Any], path: Path) -> dict[str, float]:
    for name, value in told.items():
        good = isinstance(value, int | float) and not isinstance(value, bool)
        if not (good and math.isfinite(value) and value >= 0):
            raise WatchError(f"--weights {path}: {name} is {value!r}; give a number of at least 0")
    return {str(name): float(value) for name, value in told.items()}


def _of_project(told: dict[str, Any], path: Path) -> dict[str, float]:
    """Mean absolute SHAP values of the chosen rung, as shares, times the cost of a wrong answer."""
    from app.record.project_file import ProjectFileError, read

    try:
        project = read(json.dumps(told))
    except ProjectFileError as error:
        raise WatchError(f"--weights {path}: {error}") from None
    evidence = project.evidence.get("errors")
    table = next((t for t in evidence.tables if t.key == "importance"), None) if evidence else None
    if table is None:
        raise WatchError(
            f"--weights {path}: the project has no importances yet; measure its error analysis "
            "first, with: python -m app measure"
        )
    sizes = {
        str(name): float(size)
        for name, size in zip(table.column("column"), table.column("size"), strict=True)
        if isinstance(size, int | float)
    }
    total = sum(sizes.values()) or 1.0
    cost = _cost(project.answers.get("framing", {}))
    return {name: cost * size / total for name, size in sizes.items()}


def _cost(answers: Any) -> float:
    """Return the greatest cost of one wrong answer, 1 where none was given."""
    costs = [
        float(value)
        for key, value in dict(answers).items()
        if str(key).startswith("cost") and isinstance(value, int | float)
    ]
    return max([abs(c) for c in costs if math.isfinite(c)], default=1.0) or 1.0
