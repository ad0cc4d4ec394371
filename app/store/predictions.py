"""The log of what live models answered, bounded: the newest 20,000 rows of each project.

With SQLite it lies in a file of its own beside the projects: a load test must not keep a save
waiting, and a backup of the projects stays small. With PostgreSQL it lies beside the projects, for
the other servers to see.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import (
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    delete,
    func,
    make_url,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite

from app.store.database import LOCK, engine_of, url_of
from app.store.files import home

if TYPE_CHECKING:
    import pandas

KEPT = 20_000
# Old rows are taken out when so many new ones have come.
PURGED_EVERY = 1_000
SUFFIX = "-predictions"

metadata = MetaData()
# Another shape of the log gets another name: nothing in it needs to be migrated.
predictions = Table(
    "live_predictions",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("project", String(32), nullable=False),
    Column("id", String(80), nullable=False),
    Column("at", String(40), nullable=False),
    Column("version", String(80), nullable=False),
    Column("answered_by", String(40), nullable=False),
    Column("answer", Text, nullable=False),
    Column("flags", Text, nullable=False),
    Column("trouble", Text, nullable=False),
    Column("row", Text, nullable=False),
    Column("ms", Float, nullable=False),
    Column("asked", Integer, nullable=False),
)
Index("live_predictions_by_id", predictions.c.project, predictions.c.id, unique=True)
Index("live_predictions_by_age", predictions.c.project, predictions.c.number)
LOGGED = tuple(column.name for column in predictions.c)[2:]
TEXTS = ("answer", "flags", "trouble", "row")


class Logged(Protocol):
    """What can be logged: an entry of the lab."""

    def values(self) -> tuple[Any, ...]: ...  # noqa: D102


class PredictionTable:
    """The log in one database."""

    def __init__(self, url: str) -> None:
        self.engine = engine_of(url)
        self._since_purge: dict[str, int] = {}
        with self.engine.connect() as connection:
            # Two servers that start at once would both make the table.
            if self.engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
            else:
                connection.exec_driver_sql("ROLLBACK")
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            metadata.create_all(connection)
            connection.commit()

    def write(self, entries: Sequence[tuple[str, Logged]]) -> None:
        """Write answers of projects; the same id again replaces what was logged under it."""
        rows = {}
        for project, entry in entries:
            row = dict(zip(LOGGED, entry.values(), strict=True))
            rows[project, row["id"]] = {**row, "project": project, "version": str(row["version"])}
        dialect: Any = postgresql if self.engine.dialect.name == "postgresql" else sqlite
        insert = dialect.insert(predictions)
        changed = {name: insert.excluded[name] for name in LOGGED if name != "id"}
        with self.engine.begin() as connection:
            connection.execute(
                insert.on_conflict_do_update(index_elements=["project", "id"], set_=changed),
                list(rows.values()),
            )
        for project in {project for project, _ in rows}:
            self._count(project, sum(name == project for name, _ in rows))

    def _count(self, project: str, written: int) -> None:
        self._since_purge[project] = self._since_purge.get(project, PURGED_EVERY) + written
        if self._since_purge[project] >= PURGED_EVERY:
            self.purge(project)
            self._since_purge[project] = 0

    def purge(self, project: str, kept: int = KEPT) -> None:
        """Take out all but the newest rows of a project."""
        mine = predictions.c.project == project
        newest = select(predictions.c.number).where(mine).order_by(predictions.c.number.desc())
        with self.engine.begin() as connection:
            last = connection.execute(newest.offset(kept).limit(1)).scalar()
            if last is not None:
                connection.execute(delete(predictions).where(mine, predictions.c.number <= last))

    def newest(self, project: str) -> int:
        """Return the number of the newest row of a project, 0 when there is none."""
        query = select(func.max(predictions.c.number)).where(predictions.c.project == project)
        with self.engine.connect() as connection:
            return int(connection.execute(query).scalar() or 0)

    def count(self, project: str) -> int:
        """Return how many rows of a project are kept."""
        query = select(func.count()).where(predictions.c.project == project)
        with self.engine.connect() as connection:
            return int(connection.execute(query).scalar() or 0)

    def read(self, project: str, most: int = KEPT) -> pandas.DataFrame:
        """Return the newest rows, oldest first.

        One column each for ``at``, ``version``, ``answered_by``, ``prediction``, ``decision``,
        ``ms`` and ``asked``; ``answer``, ``flags``, ``trouble`` and ``row`` are plain data.
        """
        import pandas as pd

        query = (
            select(*(predictions.c[name] for name in LOGGED))
            .where(predictions.c.project == project)
            .order_by(predictions.c.number.desc())
            .limit(most)
        )
        with self.engine.connect() as connection:
            found = [row._asdict() for row in connection.execute(query)][::-1]
        frame = pd.DataFrame(found, columns=list(LOGGED))
        for name in TEXTS:
            frame[name] = [json.loads(words) for words in frame[name]]
        frame["prediction"] = [answer.get("prediction") for answer in frame["answer"]]
        frame["decision"] = [answer.get("decision") for answer in frame["answer"]]
        frame["at"] = pd.to_datetime(frame["at"], utc=True, format="ISO8601")
        return frame


def log_url(url: str | None = None) -> str:
    """Return the address of the log that belongs to a database of projects."""
    found = make_url(url_of(url))
    if found.get_backend_name() != "sqlite":
        return url_of(url)
    memory = found.database in (None, "", ":memory:")
    beside = home() / "groundwork.db" if memory else Path(str(found.database))
    place = beside.with_name(f"{beside.stem}{SUFFIX}{beside.suffix}")
    return found.set(database=str(place)).render_as_string(hide_password=False)


@lru_cache(maxsize=4)
def _opened(url: str) -> PredictionTable:
    return PredictionTable(url)


def open_predictions(url: str | None = None) -> PredictionTable:
    """Return the log of this process, opened once."""
    return _opened(log_url(url))
