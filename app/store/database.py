"""The database: SQLite in the home folder, or PostgreSQL by ``DATABASE_URL``, with one schema."""

from __future__ import annotations

import os
from typing import Any

from sqlalchemy import (
    Column,
    Engine,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    create_engine,
    event,
    insert,
    inspect,
    select,
    text,
    update,
)

from app.store.files import home

SCHEMA = 1
LOCK = 7_312_001

metadata = MetaData()

schema = Table("groundwork_schema", metadata, Column("version", Integer, nullable=False))

projects = Table(
    "projects",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("head", Integer, nullable=False),
    Column("at", Integer, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("updated_at", Float, nullable=False),
    Column("deleted_at", Float),
)

# ``revision`` counts every move of the head, undo included; ``at`` is the state it shows.
states = Table(
    "states",
    metadata,
    Column("project", ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("parent", Integer),
    Column("following", Integer),
    Column("body", LargeBinary, nullable=False),
    Column("summary", String(300), nullable=False),
    Column("coalesce_key", String(300)),
    Column("saved_at", Float, nullable=False),
)

Index("states_by_age", states.c.project, states.c.number)


def url_of(url: str | None = None) -> str:
    """Return the address of the database, with the driver that is installed."""
    found = url or os.environ.get("DATABASE_URL") or f"sqlite:///{home() / 'groundwork.db'}"
    for prefix in ("postgres://", "postgresql://"):
        if found.startswith(prefix):
            return "postgresql+psycopg://" + found.removeprefix(prefix)
    return found


def open_database(url: str) -> Engine:
    """Open the database and bring its schema up to date, safely beside other processes."""
    engine = engine_of(url)
    try:
        _migrate(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def engine_of(url: str) -> Engine:
    """Return the way to a database, whatever tables it holds."""
    if url.startswith("sqlite"):
        engine = create_engine(url, connect_args={"timeout": 30})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
        return engine
    return create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 10})


def _prepare_sqlite(connection: Any, record: Any) -> None:
    # The driver must not begin by itself: a reader would be upgraded to a writer too late.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _migrate(engine: Engine) -> None:
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        found = _version(connection)
        if found > SCHEMA:
            raise RuntimeError(
                f"the database has schema {found}, newer than this Groundwork knows ({SCHEMA}). "
                "Update Groundwork."
            )
        if found == 0:
            metadata.create_all(connection)
            connection.execute(insert(schema).values(version=SCHEMA))
        for step in range(max(found, 1), SCHEMA):
            MIGRATIONS[step](connection)
            connection.execute(update(schema).values(version=step + 1))
        connection.commit()


MIGRATIONS: dict[int, Any] = {}


def _version(connection: Any) -> int:
    if not inspect(connection).has_table(schema.name):
        return 0
    found = connection.execute(select(schema.c.version)).scalar()
    return int(found or 0)
