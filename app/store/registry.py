"""The registry of models: versions under a name, an alias that says which one serves.

It lies where runs are tracked. Without MLflow there is none, and one sentence says so.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from app.store import runs

DIGEST = "groundwork.version"
FILES = "groundwork.files"
PREVIOUS = "groundwork.previous"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,120}")
ALIAS = re.compile(r"(?!v\d+$)(?!latest$)[A-Za-z][A-Za-z0-9_-]{0,60}")


Found = TypeVar("Found")


class RegistryError(RuntimeError):
    """The registry cannot do it: what is wrong, and what to do."""


@dataclass(frozen=True)
class Entry:
    """A version in the registry.

    Parameters
    ----------
    name, version, alias : str
    digest : str
        Of the model, as measured.
    uri : str
        ``models:/name@alias``.
    previous : str
        Version the alias named before; empty for the first.
    """

    name: str
    version: str
    alias: str
    digest: str
    uri: str
    previous: str = ""


def available() -> str:
    """Return why there is no registry, empty when there is one."""
    if runs.on():
        return ""
    if os.environ.get(runs.SWITCH, "on").lower() in ("off", "0", "no", "false"):
        return f"Tracking is switched off by {runs.SWITCH}; take it out to use the registry."
    return "MLflow is not installed; pip install mlflow-skinny brings the registry."


def register(
    experiment: str,
    name: str,
    alias: str,
    digest: str,
    files: Mapping[str, bytes],
    tags: Mapping[str, str],
    about: str,
    run_key: str = "",
) -> Entry:
    """Put a version into the registry, once per digest and files, and let the alias name it.

    Parameters
    ----------
    experiment : str
        Where its run is tracked.
    name, alias : str
    digest : str
    files : mapping of str to bytes
        By name below the version; ``/`` makes folders.
    tags : mapping of str to str
    about : str
        What it is and how to go back, for people.
    run_key : str
        Key of the tracked run it comes from; a run of its own is made when there is none.

    Raises
    ------
    RegistryError
        If there is no registry, it does not answer, or name or alias cannot be.
    """
    _checked(name, alias)
    return _asked(lambda: _register(experiment, name, alias, digest, files, tags, about, run_key))


def roll_back(name: str, alias: str) -> Entry:
    """Let the alias name the version before again.

    Raises
    ------
    RegistryError
        If the alias names nothing, or there was none before.
    """
    _checked(name, alias)
    return _asked(lambda: _roll_back(name, alias))


def current(name: str, alias: str) -> Entry | None:
    """Return the version that an alias names, None when it names none."""
    _checked(name, alias)
    return _asked(lambda: _entry(_named(runs.tracker(), name, alias), alias))


def _checked(name: str, alias: str) -> None:
    if reason := available():
        raise RegistryError(reason)
    if not NAME.fullmatch(name):
        raise RegistryError(
            f"The model name {name!r} cannot be; use letters, digits, spaces, dots, - and _, at "
            "most 120, starting with a letter or digit."
        )
    if not ALIAS.fullmatch(alias):
        raise RegistryError(
            f"The alias {alias!r} cannot be; use letters, digits, - and _, starting with a letter, "
            "not “latest” and not v1, v2, …"
        )


def _asked(question: Callable[[], Found]) -> Found:
    try:
        with runs.quiet():
            return question()
    except RegistryError:
        raise
    except Exception as error:
        # Clients of registries raise errors of many libraries: each becomes one sentence.
        line = (str(error).splitlines() or [type(error).__name__])[0][:300]
        raise RegistryError(f"The registry at {runs.uri()} could not do it: {line}") from None


def _register(
    experiment: str,
    name: str,
    alias: str,
    digest: str,
    files: Mapping[str, bytes],
    tags: Mapping[str, str],
    about: str,
    run_key: str,
) -> Entry:
    client = runs.tracker()
    if not list(client.search_registered_models(f"name = '{name}'")):
        client.create_registered_model(name, tags={"project": experiment})
    before = _named(client, name, alias)
    marks = {DIGEST: digest, FILES: _mark(files)}
    known = (v for v in client.search_model_versions(f"name = '{name}'") if _bears(v, marks))
    found = next(known, None)
    if found is None:
        run = _run(client, experiment, run_key, digest)
        source = _kept(client, run, f"version-{digest}-{marks[FILES]}", files)
        found = client.create_model_version(
            name, source, run_id=run, tags={**tags, **marks}, description=about
        )
    same = before is not None and str(before.version) == str(found.version)
    if before is not None and not same:
        client.set_model_version_tag(name, str(found.version), PREVIOUS, str(before.version))
    client.set_registered_model_alias(name, alias, str(found.version))
    return _entry(client.get_model_version(name, str(found.version)), alias)  # type: ignore[return-value]


def _run(client: Any, experiment: str, key: str, digest: str) -> str:
    """Return the run the version comes from, a new one when it was not tracked."""
    place = runs.experiment_of(client, experiment)
    if key:
        for run in client.search_runs([place], max_results=10_000):
            if run.data.tags.get(runs.KEY) == key:
                return str(run.info.run_id)
    made = client.create_run(place, run_name=f"hand-over {digest}", tags={runs.KEY: digest})
    client.set_terminated(made.info.run_id)
    return str(made.info.run_id)


def _kept(client: Any, run: str, place: str, files: Mapping[str, bytes]) -> str:
    """Keep the files with the run and return where they lie."""
    with TemporaryDirectory() as folder:
        for name, data in files.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        client.log_artifacts(run, folder, artifact_path=place)
    return f"{client.get_run(run).info.artifact_uri}/{place}"


def _mark(files: Mapping[str, bytes]) -> str:
    """Return a fingerprint of files: a model may be handed over again with another ladder below it."""
    found = hashlib.sha256()
    for name in sorted(files):
        found.update(f"\0{name}\0{len(files[name])}\0".encode())
        found.update(files[name])
    return found.hexdigest()[:12]


def _bears(version: Any, marks: Mapping[str, str]) -> bool:
    return all(version.tags.get(key) == value for key, value in marks.items())


def _roll_back(name: str, alias: str) -> Entry:
    client = runs.tracker()
    found = _named(client, name, alias)
    if found is None:
        raise RegistryError(f"The alias {alias} of {name} names no version; register one first.")
    previous = found.tags.get(PREVIOUS, "")
    if not previous:
        raise RegistryError(f"Before version {found.version} the alias {alias} named nothing.")
    client.set_registered_model_alias(name, alias, previous)
    return _entry(client.get_model_version(name, previous), alias)  # type: ignore[return-value]


def _named(client: Any, name: str, alias: str) -> Any:
    from mlflow.exceptions import MlflowException

    try:
        return client.get_model_version_by_alias(name, alias)
    except MlflowException as error:
        if error.error_code in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"):
            return None
        raise


def _digest(version: Any) -> str:
    return str(version.tags.get(DIGEST, ""))


def _entry(version: Any, alias: str) -> Entry | None:
    if version is None:
        return None
    return Entry(
        str(version.name),
        str(version.version),
        alias,
        _digest(version),
        f"models:/{version.name}@{alias}",
        str(version.tags.get(PREVIOUS, "")),
    )
