"""The project file: one JSON text, checked and migrated when it is read."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from app.record.project import FORMAT, Project

SIZE_LIMIT = 50_000_000
DEPTH_LIMIT = 40

Migration = Callable[[dict[str, Any]], dict[str, Any]]

# Format to the step that lifts a file of that format to the next one.
MIGRATIONS: Mapping[int, Migration] = {}


class ProjectFileError(ValueError):
    """A project file that cannot be read, with where and why."""


def dump(project: Project) -> str:
    """Return the project as the text of a project file.

    Parameters
    ----------
    project : Project

    Returns
    -------
    str
        JSON with two spaces of indent and a line end.
    """
    return json.dumps(project.to_json(), indent=2, ensure_ascii=False) + "\n"


def read(text: str, migrations: Mapping[int, Migration] = MIGRATIONS) -> Project:
    """Read the text of a project file.

    Parameters
    ----------
    text : str
        At most 50 MB of JSON, nested at most 40 deep.
    migrations : mapping
        Steps from older formats.

    Returns
    -------
    Project

    Raises
    ------
    ProjectFileError
        If it is too large, not JSON, of a newer format, or a field does not fit; the message
        names the place.
    """
    body = _migrated(_parsed(text), migrations)
    try:
        return Project.model_validate(body)
    except ValidationError as error:
        raise ProjectFileError(_first_problem(error)) from None


def _parsed(text: str) -> dict[str, Any]:
    if len(text) > SIZE_LIMIT:
        raise ProjectFileError(
            f"the project file has {len(text):,} characters; at most {SIZE_LIMIT:,} are allowed"
        )
    try:
        body = json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise ProjectFileError(
            f"the project file is not valid JSON at line {error.lineno}, column {error.colno}: "
            f"{error.msg}. Download it again or mend that place."
        ) from None
    except RecursionError:
        raise ProjectFileError(_too_deep()) from None
    if not isinstance(body, dict):
        raise ProjectFileError(
            f"the project file holds a {type(body).__name__}; a project is a JSON object "
            'that starts with {"format": …'
        )
    if _depth(body) > DEPTH_LIMIT:
        raise ProjectFileError(_too_deep())
    return body


def _too_deep() -> str:
    return f"the project file is nested deeper than {DEPTH_LIMIT} levels; that is no project"


def _refuse_constant(name: str) -> float:
    raise ProjectFileError(f"the project file holds {name}, which is not a JSON number")


def _depth(body: Any) -> int:
    level, deepest = [body], 0
    while level and deepest <= DEPTH_LIMIT:
        deepest += 1
        following: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                following.extend(item.values())
            elif isinstance(item, list):
                following.extend(item)
        level = following
    return deepest


def _migrated(body: dict[str, Any], migrations: Mapping[int, Migration]) -> dict[str, Any]:
    found = body.get("format")
    if isinstance(found, bool) or not isinstance(found, int):
        raise ProjectFileError(
            f"the project file has format {found!r}; expected the number {FORMAT}. "
            "Is it a Groundwork project?"
        )
    if found > FORMAT:
        raise ProjectFileError(
            f"the project file has format {found}, newer than this Groundwork reads ({FORMAT}). "
            "Update Groundwork, then open it again."
        )
    while found < FORMAT:
        if found not in migrations:
            raise ProjectFileError(
                f"the project file has format {found}; formats from "
                f"{min(migrations, default=FORMAT)} to {FORMAT} can be read"
            )
        body = {**migrations[found](body), "format": found + 1}
        found += 1
    return body


def _first_problem(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"]) or "the top"
    value = repr(first.get("input"))
    shown = value if len(value) <= 60 else value[:57] + "…"
    more = error.error_count() - 1
    rest = f" ({more} more)" if more else ""
    return f"the project file does not fit at {place}: {first['msg']}, got {shown}{rest}"
