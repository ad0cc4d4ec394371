"""Which packages the repository needs, each at the version of the measurement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, requires, version

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

NEEDED = (
    "numpy",
    "pandas",
    "pyarrow",
    "scipy",
    "scikit-learn",
    "duckdb",
    "pydantic",
    "fastapi",
    "uvicorn",
    "httptools",
    "uvloop",
    "prometheus-client",
)
# Only for the hand-over to MLflow's registry; the service never needs it.
MLFLOW = ("mlflow-skinny",)
DEVELOPMENT = ("pytest", "httpx2", "pandera", "ruff")
# Versions that were tested, for packages that this machine has no need of itself.
TESTED: Mapping[str, str] = {
    "httptools": "0.9.0",
    "uvloop": "0.23.0",
    "prometheus-client": "0.26.0",
    "httpx2": "2.16.2",
    "pandera": "0.35.0",
    "skops": "0.16.0",
    "pytest": "9.2.0",
    "ruff": "0.17.6",
    "mlflow-skinny": "3.17.2",
    "xgboost": "3.1.2",
    "catboost": "1.2.8",
}
NOT_ON_WINDOWS = ("uvloop",)


def pins(names: Iterable[str], measured: Mapping[str, str]) -> tuple[str, ...]:
    """Return the packages with all that they need, pinned, in the order of their names."""
    found: dict[str, str] = {}
    waiting: list[str] = [canonicalize_name(name) for name in names]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        at = measured.get(name) or _installed(name) or TESTED.get(name)
        if at is None:
            continue
        found[name] = at
        waiting += _needs(name)
    return tuple(_line(name, at) for name, at in sorted(found.items()))


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _needs(name: str) -> list[str]:
    try:
        wanted = [Requirement(text) for text in requires(name) or ()]
    except PackageNotFoundError:
        return []
    return [
        canonicalize_name(one.name)
        for one in wanted
        if one.marker is None or one.marker.evaluate({"extra": ""})
    ]


def _line(name: str, at: str) -> str:
    return f"{name}=={at}" + ("; sys_platform != 'win32'" if name in NOT_ON_WINDOWS else "")
