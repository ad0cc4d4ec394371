"""Prediction logs, read batch by batch: files, folders of files, and tables of a database."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import pyarrow as pa

if TYPE_CHECKING:
    import duckdb
    import sqlalchemy

Kind = Literal["number", "text", "time", "other"]
Batch = Mapping[str, Any]
BATCH_ROWS = 49_152
MEMORY_MB = 96
PARQUET = (".parquet", ".pq", ".parq")
CSV = (".csv", ".tsv", ".csv.gz", ".tsv.gz", ".csv.zst")
NUMBERS = ("INT", "FLOAT", "DOUBLE", "REAL", "DECIMAL", "NUMERIC", "BOOL")
TIMES = ("DATE", "TIMESTAMP", "DATETIME")
TEXTS = ("VARCHAR", "TEXT", "CHAR", "ENUM", "STRING", "UUID", "CLOB", "UNICODE")
# Types that hold other values: no number, no text.
NESTED = ("[", "STRUCT", "MAP(", "LIST", "ARRAY", "JSON", "UNION", "BLOB", "BYTEA", "BINARY")


class LogError(ValueError):
    """A log that cannot be read: what is wrong and what to do, in one sentence."""


class Log(Protocol):
    """Rows that can be read again and again, a batch at a time."""

    @property
    def source(self) -> str:
        """Where it was found, without a password."""

    @property
    def kinds(self) -> Mapping[str, Kind]:
        """What each column holds."""

    def rows(self) -> int:
        """Return the number of rows."""

    def batches(self, columns: tuple[str, ...]) -> Iterator[Batch]:
        """Yield Arrow arrays of the columns; times as timestamps, all else as stored."""


def open_log(words: str) -> Log:
    """Open what a person named: a file, a folder, or DATABASE-URL#table.

    Raises
    ------
    LogError
        If there is nothing there, or nothing that can be read.
    """
    if re.match(r"^(sqlite|postgres(ql)?)(\+\w+)?://", words):
        return _open_table(words)
    if "://" in words:
        scheme = words.split("://", maxsplit=1)[0]
        raise LogError(
            f"{scheme}:// is not read; give a file, a folder, sqlite:///FILE#TABLE or "
            "postgresql://…#TABLE"
        )
    return _open_files(Path(words))


@dataclass(frozen=True)
class Files:
    """Parquet or CSV files of one table, streamed by DuckDB."""

    source: str
    scan: str
    kinds: Mapping[str, Kind]

    def rows(self) -> int:
        """Return the number of rows."""
        import duckdb

        try:
            with _connection() as connection:
                return int(connection.execute(f"SELECT count(*) FROM {self.scan}").fetchall()[0][0])
        except duckdb.Error as error:
            raise LogError(f"{self.source}: {_plain(error)}") from None

    def batches(self, columns: tuple[str, ...]) -> Iterator[Batch]:
        """Yield Arrow arrays of the columns."""
        import duckdb

        chosen = ", ".join(self._read_as(name) for name in columns)
        try:
            with _connection() as connection:
                found = connection.sql(f"SELECT {chosen} FROM {self.scan}")
                for batch in found.to_arrow_reader(BATCH_ROWS):
                    yield {name: batch.column(i) for i, name in enumerate(columns)}
        except (duckdb.Error, pa.ArrowException, OSError) as error:
            raise LogError(f"{self.source}: {_plain(error)}") from None

    def _read_as(self, name: str) -> str:
        quoted = _quoted(name)
        # Times of any precision and zone become one.
        return f"CAST({quoted} AS TIMESTAMP)" if self.kinds[name] == "time" else quoted


def _connection() -> duckdb.DuckDBPyConnection:
    import duckdb

    settings: dict[str, Any] = {
        "memory_limit": f"{MEMORY_MB}MB",
        "threads": "2",
        "temp_directory": "",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allow_community_extensions": "false",
    }
    connection = duckdb.connect(":memory:", config=settings)
    # The bar would be written into the answer.
    connection.execute("SET enable_progress_bar=false")
    connection.execute("SET lock_configuration=true")
    return connection


def _open_files(path: Path) -> Files:
    if not path.exists():
        raise LogError(f"{path}: there is no such file or folder")
    found = _files_in(path) if path.is_dir() else [path]
    parquet = [p for p in found if p.name.lower().endswith(PARQUET)]
    if parquet and len(parquet) < len(found):
        raise LogError(f"{path} holds Parquet and CSV files; keep one kind in the folder")
    if not parquet and not found[0].name.lower().endswith(CSV):
        if found[0].read_bytes()[:4] != b"PAR1":
            raise LogError(f"{path} is neither Parquet nor CSV by its name; give .parquet or .csv")
        parquet = found
    for file in found:
        if file.stat().st_size == 0:
            raise LogError(f"{file} is empty (0 bytes); take it away or write it again")
    marks = ", ".join(_literal(_escaped(str(file.resolve()))) for file in found)
    scan = (
        f"read_parquet([{marks}], union_by_name=true)"
        if parquet
        else f"read_csv([{marks}], union_by_name=true, header=true, sample_size=100000, "
        "nullstr=['', 'NA', 'N/A', 'NaN', 'nan', 'null', 'NULL'])"
    )
    return Files(str(path), scan, _kinds_of_files(str(path), scan))


def _files_in(folder: Path) -> list[Path]:
    found = sorted(
        p
        for p in folder.rglob("*")
        if p.is_file()
        and p.name.lower().endswith((*PARQUET, *CSV))
        and not any(part.startswith((".", "_")) for part in p.relative_to(folder).parts)
    )
    if not found:
        raise LogError(f"the folder {folder} holds no Parquet or CSV file")
    return found


def _escaped(path: str) -> str:
    """Signs that would stand for other files stand for themselves."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in path)


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _kinds_of_files(source: str, scan: str) -> dict[str, Kind]:
    import duckdb

    try:
        with _connection() as connection:
            found = connection.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()
    except (duckdb.Error, UnicodeDecodeError) as error:
        raise LogError(f"{source}: {_plain(error)}") from None
    return {str(row[0]): kind_of_type(str(row[1])) for row in found}


def kind_of_type(declared: str) -> Kind:
    """Return what a column of a declared type holds."""
    name = declared.upper()
    if any(mark in name for mark in NESTED):
        return "other"
    if name.startswith(TEXTS):
        return "text"
    if name.startswith(TIMES):
        return "time"
    return "number" if any(mark in name for mark in NUMBERS) else "other"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _plain(error: Exception) -> str:
    """Return the first sentence of an error, without the advice for programmers."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    first = lines[0] if lines else type(error).__name__
    found = re.sub(r"^(\([\w.]+\) |[A-Z][A-Za-z ]*Error: )", "", first)
    return f"cannot be read ({found[:200].rstrip('.')})"


@dataclass(frozen=True)
class DatabaseTable:
    """A table of a database, read without a change to it."""

    source: str
    engine: sqlalchemy.Engine
    table: Any
    kinds: Mapping[str, Kind]

    def rows(self) -> int:
        """Return the number of rows."""
        from sqlalchemy import exc, func, select

        try:
            with self.engine.connect() as connection:
                query = select(func.count()).select_from(self.table)
                return int(connection.execute(query).scalar_one())
        except exc.SQLAlchemyError as error:
            raise LogError(f"{self.source}: {_plain(error)}") from None

    def batches(self, columns: tuple[str, ...]) -> Iterator[Batch]:
        """Yield Arrow arrays of the columns."""
        from sqlalchemy import exc, select

        query = select(*(self.table.c[name] for name in columns))
        try:
            with self.engine.connect().execution_options(yield_per=BATCH_ROWS) as connection:
                for part in connection.execute(query).partitions():
                    values = zip(*part, strict=True)
                    yield {
                        name: _array(list(found), self.kinds[name])
                        for name, found in zip(columns, values, strict=True)
                    }
        except (exc.SQLAlchemyError, pa.ArrowException) as error:
            raise LogError(f"{self.source}: {_plain(error)}") from None


def _array(values: list[Any], kind: Kind) -> Any:
    """Return an Arrow array; SQLite may hold a text in a column of numbers."""
    if kind == "text":
        return pa.array([None if v is None else str(v) for v in values], pa.string())
    if kind == "time":
        return pa.array(values).cast(pa.timestamp("us"), safe=False)
    try:
        return pa.array([None if v is None else float(v) for v in values], pa.float64())
    except (TypeError, ValueError):
        return pa.array([None if v is None else str(v) for v in values], pa.string())


def _open_table(words: str) -> DatabaseTable:
    from sqlalchemy import create_engine, exc, pool
    from sqlalchemy.engine import make_url

    from app.store.database import url_of

    address, mark, name = words.partition("#")
    if not mark or not name:
        raise LogError("a database needs the table after a #, as in sqlite:///file.db#predictions")
    try:
        url = make_url(url_of(address))
    except exc.ArgumentError:
        raise LogError("this is no address of a database; write sqlite:///FILE#TABLE") from None
    source = f"{url.render_as_string(hide_password=True)}#{name}"
    if url.get_backend_name() == "sqlite":
        url = _read_only(url, source)
    try:
        # Nothing stays open when the log is read.
        engine = create_engine(url, poolclass=pool.NullPool)
        if url.get_backend_name() == "postgresql":
            engine = engine.execution_options(postgresql_readonly=True)
        return _reflected(engine, name, source)
    except (exc.SQLAlchemyError, ImportError) as error:
        raise LogError(f"{source}: {_plain(error)}") from None


def _read_only(url: Any, source: str) -> Any:
    path = Path(url.database or "")
    if not path.is_file():
        raise LogError(f"{source}: there is no such file")
    from urllib.parse import quote

    query = {"mode": "ro", "uri": "true"}
    return url.set(database=f"file:{quote(str(path.resolve()))}", query=query)


def _reflected(engine: sqlalchemy.Engine, name: str, source: str) -> DatabaseTable:
    from sqlalchemy import MetaData, inspect
    from sqlalchemy import Table as SqlTable

    found = inspect(engine)
    schema, table = None, name
    if not found.has_table(name) and "." in name:
        schema, table = name.split(".", 1)
    if not found.has_table(table, schema=schema):
        known = ", ".join(sorted(found.get_table_names())[:10]) or "none"
        raise LogError(f"{source}: there is no such table; the tables are {known}")
    reflected = SqlTable(table, MetaData(), schema=schema, autoload_with=engine)
    kinds = {str(c.name): kind_of_type(str(c.type)) for c in reflected.columns}
    return DatabaseTable(source, engine, reflected, kinds)
