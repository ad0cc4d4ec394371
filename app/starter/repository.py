"""The repository as files: the same project gives the same bytes."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from app import TEMPLATES
from app.starter import toml
from app.starter.sources import sources

FOLDER = TEMPLATES / "starter"
RENDERED = ".j2"
# The oldest time a ZIP file can hold: the same files give the same archive.
LONG_AGO = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Material:
    """What a repository is made of.

    Parameters
    ----------
    package : str
        From `package_name`.
    words : mapping
        What the templates say; texts of people are escaped by them with ``say`` and ``tell``.
    settings : mapping
        Goes to config.toml.
    version : mapping of str to bytes
        The model, from `version_files`.
    contract, expected : mapping
        Plain data.
    measured_at : str
        When the model was chosen, as ISO text.
    files : mapping of str to bytes
        Data and documents, by path.
    """

    package: str
    words: Mapping[str, Any]
    settings: Mapping[str, Any]
    version: Mapping[str, bytes]
    contract: Mapping[str, Any]
    expected: Mapping[str, Any]
    measured_at: str
    files: Mapping[str, bytes] = field(default_factory=dict)


def repository(
    material: Material, say: Callable[[object], str], tell: Callable[[object], str]
) -> dict[str, bytes]:
    """Return every file of the repository by its path, in order."""
    alias = str(material.settings["registry"]["alias"])
    made = {
        "config.toml": _settings(material.settings),
        "contract.json": _json(material.contract),
        "expected.json": _json(material.expected),
        "models/aliases.json": _json(_aliases(alias, material.measured_at)),
        **{f"models/versions/0001/{name}": data for name, data in material.version.items()},
        **sources(material.package),
        **_templates(material, say, tell),
        **material.files,
    }
    return {path: made[path] for path in sorted(made)}


def _settings(settings: Mapping[str, Any]) -> bytes:
    head = (
        "# What this repository is set to. Every setting has a name and a default in settings.py;\n"
        "# paths, log and alias can also be set by the environment (see docs/runbook.md).\n\n"
    )
    return (head + toml.written(settings)).encode()


def _json(data: Any) -> bytes:
    return (json.dumps(data, indent=1, ensure_ascii=False) + "\n").encode("utf-8", "replace")


def _aliases(alias: str, at: str) -> dict[str, Any]:
    entry = {"alias": alias, "from": None, "to": 1, "at": at, "why": "as measured"}
    return {"aliases": {alias: 1}, "history": [entry]}


def _templates(
    material: Material, say: Callable[[object], str], tell: Callable[[object], str]
) -> dict[str, bytes]:
    environment = _environment()
    environment.filters.update(say=say, tell=tell)
    found = {}
    for path in sorted(p for p in FOLDER.rglob("*") if p.is_file()):
        place = path.relative_to(FOLDER).as_posix()
        target = f"{material.package}/{place[8:]}" if place.startswith("package/") else place
        if place.endswith(RENDERED):
            text = environment.get_template(place).render(
                package=material.package, **material.words
            )
            found[target.removesuffix(RENDERED)] = (text.strip("\n") + "\n").encode()
        elif "__pycache__" not in place:
            found[target] = path.read_bytes()
    return found


@lru_cache(maxsize=1)
def _environment() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def archive(files: Mapping[str, bytes], folder: str) -> bytes:
    """Return the files as one ZIP archive with a folder of its own."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as zipped:
        for path, data in files.items():
            entry = zipfile.ZipInfo(f"{folder}/{path}", LONG_AGO)
            entry.external_attr = 0o100644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            zipped.writestr(entry, data)
    return buffer.getvalue()
