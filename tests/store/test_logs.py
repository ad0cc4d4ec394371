"""A prediction log in a real PostgreSQL is read, and only read."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

import pytest
import sqlalchemy

from app.cli import main
from app.store.database import url_of
from tests.cli.test_watch_command import _log


def test_a_table_of_postgresql_gives_what_the_file_gives(
    postgres: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same rows from a table and from Parquet lead to the same alerts and the same exit code."""
    _log(21, "2025-01-06", 1).to_parquet(tmp_path / "reference.parquet")
    shifted = _log(7, "2025-01-27", 2, "shift")
    shifted.to_parquet(tmp_path / "shift.parquet")
    name = f"log_{secrets.token_hex(4)}"
    engine = sqlalchemy.create_engine(url_of(postgres))
    shifted.to_sql(name, engine, index=False)
    found = []
    for current in (str(tmp_path / "shift.parquet"), f"{postgres}#{name}"):
        words = ["--reference", str(tmp_path / "reference.parquet"), "--current", current, "--json"]
        assert main(["watch", *words]) == 3
        found.append(json.loads(capsys.readouterr().out))
    assert found[0]["alerts"] == found[1]["alerts"]
    with engine.connect() as connection:
        count = connection.execute(sqlalchemy.text(f"SELECT count(*) FROM {name}")).scalar()
    engine.dispose()
    assert count == len(shifted)
