"""Projects and their revisions: every change durable at once, nobody's change lost."""

from __future__ import annotations

import builtins
import json
import secrets
import time
import unicodedata
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select, update

from app.store.database import open_database, projects, states, url_of

LONGEST_NAME = 200
COALESCE_S = 3.0
KEPT_STATES = 200
HEADLINE = (projects.c.id, projects.c.name, projects.c.head, projects.c.updated_at)


class BadName(ValueError):
    """A project name that cannot be used."""


class UnknownProject(LookupError):
    """There is no such project."""


@dataclass(frozen=True)
class Entry:
    """A project as it is stored."""

    id: str
    name: str
    body: dict[str, Any]
    revision: int
    updated_at: float
    deleted_at: float | None


@dataclass(frozen=True)
class Headline:
    """What a list says of a project, without its body."""

    id: str
    name: str
    revision: int
    updated_at: float


@dataclass(frozen=True)
class Saved:
    """The revision a save led to."""

    revision: int


class Conflict(Exception):
    """Someone else changed the project first; ``theirs`` is how it stands now."""

    def __init__(self, theirs: Entry) -> None:
        super().__init__("the project was changed elsewhere first")
        self.theirs = theirs


def checked_name(name: str) -> str:
    """Return a name that can be shown, or say what is wrong with it."""
    trimmed = " ".join(name.split()) if "\0" not in name else name
    if not trimmed:
        raise BadName("the project name is empty; give it 1 to 200 characters")
    if len(trimmed) > LONGEST_NAME:
        raise BadName(
            f"the project name has {len(trimmed)} characters; at most {LONGEST_NAME} are allowed"
        )
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in trimmed):
        raise BadName("the project name holds a control character; type it again")
    return trimmed


class ProjectStore:
    """All projects in one database."""

    def __init__(self, url: str, clock: Callable[[], float] = time.time) -> None:
        self.url = url
        self.clock = clock
        self.engine: Engine = open_database(url)

    def create(self, name: str, body: dict[str, Any]) -> Entry:
        """Put a new project in."""
        name, key, now = checked_name(name), secrets.token_urlsafe(9), self.clock()
        with self.engine.begin() as connection:
            connection.execute(
                insert(projects).values(
                    id=key, name=name, head=1, at=1, created_at=now, updated_at=now
                )
            )
            connection.execute(
                insert(states).values(
                    project=key,
                    number=1,
                    parent=None,
                    body=_packed(body),
                    summary="Created",
                    saved_at=now,
                )
            )
        return Entry(key, name, body, 1, now, None)

    def find(self, project_id: str) -> Entry | None:
        """Return a project, deleted or not, None when there is none."""
        with self.engine.connect() as connection:
            return _entry(connection, project_id)

    def load(self, project_id: str) -> Entry:
        """Return a project that must be there."""
        found = self.find(project_id)
        if found is None:
            raise UnknownProject(f"there is no project {project_id!r}")
        return found

    def list(self, deleted: bool = False) -> list[Headline]:
        """Return the headlines of the projects, last changed first."""
        wanted = projects.c.deleted_at.is_not(None) if deleted else projects.c.deleted_at.is_(None)
        query = select(*HEADLINE).where(wanted)
        ordered = query.order_by(projects.c.updated_at.desc(), projects.c.id)
        with self.engine.connect() as connection:
            return [Headline(*row) for row in connection.execute(ordered)]

    def headline(self, project_id: str) -> Headline | None:
        """Return the headline of a project, None when there is none or it was deleted."""
        query = select(*HEADLINE).where(
            projects.c.id == project_id, projects.c.deleted_at.is_(None)
        )
        with self.engine.connect() as connection:
            row = connection.execute(query).first()
        return None if row is None else Headline(*row)

    def names(self) -> dict[str, str]:
        """Return the names of all projects by id, last changed first."""
        return {found.id: found.name for found in self.list()}

    def revision(self, project_id: str) -> int:
        """Return the head revision of a project, 0 when there is none."""
        query = select(projects.c.head).where(projects.c.id == project_id)
        with self.engine.connect() as connection:
            return int(connection.execute(query).scalar() or 0)

    def save(
        self,
        project_id: str,
        body: dict[str, Any],
        *,
        expected: int,
        summary: str = "",
        coalesce_key: str | None = None,
        amend: bool = False,
    ) -> Saved:
        """Save a change on top of the revision it was made from.

        Changes with one ``coalesce_key`` within three seconds are one step of undo; ``amend``
        adds to the present step, as measurements do, which nobody wants to undo one by one.

        Raises
        ------
        Conflict
            If the head has moved since.
        """
        now = self.clock()
        with self.engine.begin() as connection:
            at = self._advance(connection, project_id, expected, now)
            current = _state(connection, project_id, at)
            joined = amend or (
                coalesce_key is not None
                and current.coalesce_key == coalesce_key
                and now - current.saved_at <= COALESCE_S
                and current.parent is not None
            )
            values = {"body": _packed(body), "summary": summary[:300], "saved_at": now}
            if amend:
                values = {"body": values["body"]}
            if joined:
                connection.execute(
                    update(states)
                    .where(states.c.project == project_id, states.c.number == at)
                    .values(**values, **({} if amend else {"following": None}))
                )
            else:
                number = expected + 1
                connection.execute(
                    insert(states).values(
                        project=project_id,
                        number=number,
                        parent=at,
                        coalesce_key=coalesce_key,
                        **values,
                    )
                )
                self._point(connection, project_id, at, number)
                _prune(connection, project_id, number)
        return Saved(expected + 1)

    def _advance(self, connection: Connection, project_id: str, expected: int, now: float) -> int:
        # The head moves first: on SQLite and PostgreSQL alike this takes the write lock.
        moved = connection.execute(
            update(projects)
            .where(projects.c.id == project_id, projects.c.head == expected)
            .values(head=expected + 1, updated_at=now)
            .returning(projects.c.at)
        ).first()
        if moved is None:
            theirs = _entry(connection, project_id)
            if theirs is None:
                raise UnknownProject(f"there is no project {project_id!r}")
            raise Conflict(theirs)
        return int(moved.at)

    def _point(self, connection: Connection, project_id: str, before: int, at: int) -> None:
        connection.execute(
            update(states)
            .where(states.c.project == project_id, states.c.number == before)
            .values(following=at)
        )
        connection.execute(update(projects).where(projects.c.id == project_id).values(at=at))

    def undo(self, project_id: str, expected: int) -> Saved:
        """Go back one change; without one, nothing happens."""
        return self._move(project_id, expected, "parent")

    def redo(self, project_id: str, expected: int) -> Saved:
        """Go forward one change that was undone."""
        return self._move(project_id, expected, "following")

    def _move(self, project_id: str, expected: int, way: str) -> Saved:
        with self.engine.begin() as connection:
            at = self._advance(connection, project_id, expected, self.clock())
            to = getattr(_state(connection, project_id, at), way)
            if to is not None:
                connection.execute(
                    update(projects).where(projects.c.id == project_id).values(at=to)
                )
        return Saved(expected + 1)

    def steps(self, project_id: str) -> tuple[bool, bool]:
        """Say whether there is something to undo, and to redo."""
        query = (
            select(states.c.parent, states.c.following)
            .join(
                projects, (projects.c.id == states.c.project) & (projects.c.at == states.c.number)
            )
            .where(projects.c.id == project_id)
        )
        with self.engine.connect() as connection:
            row = connection.execute(query).first()
        return (
            (False, False) if row is None else (row.parent is not None, row.following is not None)
        )

    def history(self, project_id: str) -> builtins.list[tuple[int, str, float]]:
        """Return number, summary and time of the changes that led here, newest first."""
        query = select(states.c.number, states.c.parent, states.c.summary, states.c.saved_at).where(
            states.c.project == project_id
        )
        with self.engine.connect() as connection:
            at = connection.execute(
                select(projects.c.at).where(projects.c.id == project_id)
            ).scalar()
            rows = {row.number: row for row in connection.execute(query)}
        found = []
        while at in rows:
            row = rows[at]
            found.append((row.number, row.summary, row.saved_at))
            at = row.parent
        return found

    def rename(self, project_id: str, name: str) -> None:
        """Give a project another name."""
        self._set(project_id, name=checked_name(name))

    def duplicate(self, project_id: str) -> Entry:
        """Put a copy of a project beside it."""
        entry = self.load(project_id)
        return self.create(f"{entry.name[: LONGEST_NAME - 7]} (copy)", entry.body)

    def delete(self, project_id: str) -> None:
        """Take a project out of sight; `restore` brings it back."""
        self._set(project_id, deleted_at=self.clock())

    def restore(self, project_id: str) -> None:
        """Bring a deleted project back."""
        self._set(project_id, deleted_at=None)

    def _set(self, project_id: str, **values: Any) -> None:
        with self.engine.begin() as connection:
            changed = connection.execute(
                update(projects).where(projects.c.id == project_id).values(**values)
            )
            if changed.rowcount == 0:
                raise UnknownProject(f"there is no project {project_id!r}")


def _packed(body: dict[str, Any]) -> bytes:
    return zlib.compress(json.dumps(body, ensure_ascii=False, allow_nan=False).encode(), 3)


def _entry(connection: Connection, project_id: str) -> Entry | None:
    query = (
        select(projects, states.c.body)
        .join(states, (states.c.project == projects.c.id) & (states.c.number == projects.c.at))
        .where(projects.c.id == project_id)
    )
    row = connection.execute(query).first()
    return None if row is None else _read(row)


def _read(row: Any) -> Entry:
    body = json.loads(zlib.decompress(row.body))
    return Entry(row.id, row.name, body, row.head, row.updated_at, row.deleted_at)


def _state(connection: Connection, project_id: str, number: int) -> Any:
    query = select(states).where(states.c.project == project_id, states.c.number == number)
    return connection.execute(query).one()


def _prune(connection: Connection, project_id: str, newest: int) -> None:
    oldest = (
        select(states.c.number)
        .where(states.c.project == project_id)
        .order_by(states.c.number.desc())
        .offset(KEPT_STATES)
        .limit(1)
    )
    last = connection.execute(oldest).scalar()
    if last is None:
        return
    gone = (states.c.project == project_id) & (states.c.number <= last)
    connection.execute(
        update(states)
        .where(states.c.project == project_id, states.c.parent <= last)
        .values(parent=None)
    )
    connection.execute(delete(states).where(gone))


@lru_cache(maxsize=4)
def open_store(url: str | None = None) -> ProjectStore:
    """Return the store of this process, opened once."""
    return ProjectStore(url_of(url))
