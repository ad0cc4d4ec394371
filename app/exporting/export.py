"""The repository of a project: as files, as a folder, as one archive."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from app.document import text
from app.exporting.found import NEEDED, found_of
from app.exporting.material import material_of
from app.record.project import Project
from app.stages.road import BY_KEY, fresh
from app.starter.names import package_name, slug
from app.starter.repository import archive, repository


class ExportError(ValueError):
    """A project that cannot be exported yet, or a place that cannot take it; one plain sentence."""


def files_of(
    project: Project,
    with_data: bool = True,
    progress: Callable[[float, str], None] = lambda fraction, words: None,
) -> dict[str, bytes]:
    """Return the files of the repository by path; the same project gives the same bytes."""
    stale = [key for key in NEEDED if not fresh(project, key)]
    if stale:
        names = " and ".join(BY_KEY[key].title for key in stale)
        raise ExportError(f"the project is not measured yet: measure {names} first")
    progress(0.1, "Taking the model from the shelf")
    found = found_of(project, progress)
    progress(0.5, "Writing the model down")
    material = material_of(project, found, with_data)
    progress(0.8, "Writing the files")
    return repository(material, text.markdown, text.paragraphs)


def zip_of(project: Project, with_data: bool = True) -> tuple[str, bytes]:
    """Return the name of the repository's folder, and the repository as one ZIP archive."""
    folder = slug(package_name(project.name))
    return folder, archive(files_of(project, with_data), folder)


def refuse_full(folder: Path) -> None:
    """Refuse a place that cannot take a repository, before anything is worked out."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ExportError(f"-o {folder}: it is there and not empty; name a new or empty folder")
    parent = folder.resolve().parent
    if not parent.is_dir():
        raise ExportError(f"-o {folder}: the folder {parent} does not exist; make it first")


def write(files: Mapping[str, bytes], folder: Path) -> None:
    """Write the files into a new or empty folder, all of them or none."""
    refuse_full(folder)
    parent = folder.resolve().parent
    try:
        beside = Path(tempfile.mkdtemp(dir=parent, prefix=f".{folder.name[:40]}."))
    except OSError as error:
        raise ExportError(f"-o {folder}: {error.strerror}") from None
    try:
        for path, data in files.items():
            (beside / path).parent.mkdir(parents=True, exist_ok=True)
            (beside / path).write_bytes(data)
        beside.chmod(0o755)
        if folder.exists():
            folder.rmdir()
        beside.rename(folder)
    except OSError as error:
        shutil.rmtree(beside, ignore_errors=True)
        raise ExportError(f"-o {folder}: {error.strerror}") from None


def zip_of_json(body: dict[str, Any], with_data: bool) -> tuple[str, bytes]:
    """Return the archive of a stored project: what a worker does for the page."""
    return zip_of(Project.model_validate(body), with_data)
