"""Tracked runs: every rung that was fitted, in MLflow where it is installed.

The only module that knows MLflow. Without it, or when its server does not answer, measuring goes
on and nothing is tracked.
"""

from __future__ import annotations

import json
import logging
import os
import warnings
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from app.store.files import home

if TYPE_CHECKING:
    from collections.abc import Iterator

LOG = logging.getLogger(__name__)
SWITCH = "GROUNDWORK_TRACKING"
URI = "MLFLOW_TRACKING_URI"
KEY = "groundwork.key"
LONGEST = 5000
# A run never waits long for a server, and tells nobody anything.
DEFAULTS = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "5",
}


@dataclass(frozen=True)
class Run:
    """One rung as it was fitted.

    Parameters
    ----------
    key : str
        Names the same fit on the same rows for ever: it is tracked once.
    name : str
    params, tags : mapping of str to str
    metrics : mapping of str to float
    steps : mapping of str to sequence of float
        Metrics with one value a fold.
    files : mapping of str to bytes
        Artifacts by file name.
    failure : str
        Why it could not be fitted, empty when it could.
    """

    key: str
    name: str
    params: Mapping[str, str]
    tags: Mapping[str, str]
    metrics: Mapping[str, float]
    steps: Mapping[str, Sequence[float]] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    failure: str = ""


def on() -> bool:
    """Say whether runs are tracked at all."""
    wanted = os.environ.get(SWITCH, "on").lower() not in ("off", "0", "no", "false")
    return wanted and find_spec("mlflow") is not None


def uri() -> str:
    """Return where runs are tracked: the user's own server, else a file in the home folder."""
    return os.environ.get(URI) or f"sqlite:///{home() / 'mlflow.db'}"


def track(experiment: str, runs: Sequence[Run]) -> int:
    """Track runs that were not tracked before, and return how many they were."""
    if not on() or not runs:
        return 0
    try:
        with quiet():
            return _track(experiment, runs)
    except Exception as error:
        # Clients of tracking servers raise errors of many libraries; the measurement stands.
        LOG.warning("runs were not tracked at %s: %s", uri(), str(error).splitlines()[0][:300])
        return 0


def tracked(experiment: str) -> list[dict[str, Any]]:
    """Return the tracked runs of an experiment, newest first."""
    if not on():
        return []
    with quiet():
        client = tracker()
        found = client.get_experiment_by_name(experiment)
        if found is None:
            return []
        return [
            {
                "name": run.info.run_name,
                "status": run.info.status,
                "params": dict(run.data.params),
                "metrics": dict(run.data.metrics),
                "tags": {k: v for k, v in run.data.tags.items() if not k.startswith("mlflow.")},
            }
            for run in client.search_runs([found.experiment_id], max_results=1000)
        ]


def _track(experiment: str, runs: Sequence[Run]) -> int:
    client = tracker()
    place = experiment_of(client, experiment)
    known = {
        run.data.tags.get(KEY)
        for run in client.search_runs([place], max_results=10_000)
        if run.info.status != "RUNNING"
    }
    new = [run for run in runs if run.key not in known]
    for run in new:
        _write(client, place, run)
    return len(new)


def tracker() -> Any:
    """Return the client of the tracking store and registry."""
    from mlflow.tracking import MlflowClient

    return MlflowClient(uri())


def experiment_of(client: Any, name: str) -> str:
    """Return the id of an experiment, made on first use."""
    found = client.get_experiment_by_name(name)
    if found is not None:
        return str(found.experiment_id)
    # A server keeps its own files; beside a plain database they would fall where one stands.
    local = uri().startswith(("sqlite:", "postgresql", "mysql"))
    folder = (home() / "mlflow").as_uri() if local else None
    return str(client.create_experiment(name, artifact_location=folder))


def _write(client: Any, place: str, run: Run) -> None:
    import time

    from mlflow.entities import Metric, Param, RunTag

    tags = {**run.tags, KEY: run.key, **({"failure": run.failure} if run.failure else {})}
    made = client.create_run(place, run_name=run.name)
    number, now = made.info.run_id, int(time.time() * 1000)
    metrics = [Metric(name, value, now, 0) for name, value in run.metrics.items()]
    for name, values in run.steps.items():
        metrics += [Metric(name, value, now, step) for step, value in enumerate(values)]
    client.log_batch(
        number,
        metrics=metrics,
        params=[Param(name, value[:LONGEST]) for name, value in run.params.items()],
        tags=[RunTag(name, value[:LONGEST]) for name, value in tags.items()],
    )
    with TemporaryDirectory() as folder:
        for name, data in run.files.items():
            path = Path(folder) / name
            path.write_bytes(data)
            client.log_artifact(number, str(path))
    client.set_terminated(number, "FAILED" if run.failure else "FINISHED")


@contextmanager
def quiet() -> Iterator[None]:
    """Keep the library from waiting long, from telling anyone, and from filling the log."""
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)
    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def as_file(thing: Any) -> bytes:
    """Return a thing as the bytes of a readable JSON file."""
    return json.dumps(thing, indent=2, ensure_ascii=False, default=str).encode()
