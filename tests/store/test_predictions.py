"""The log of what live models answered; on PostgreSQL it is tested beside the projects."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.lab.contract import Remark
from app.lab.portable.entry import Entry
from app.store.predictions import PredictionTable, log_url


@pytest.fixture
def log(tmp_path: Path) -> Iterator[PredictionTable]:
    """A log in a file."""
    found = PredictionTable(log_url(f"sqlite:///{tmp_path / 'projects.db'}"))
    yield found
    found.engine.dispose()


def entry(number: int, **more: Any) -> Entry:
    """One logged answer."""
    given = {
        "id": f"r{number}",
        "at": f"2026-01-01T00:00:{number % 60:02d}.000+00:00",
        "version": "abc-tree",
        "answered_by": "model",
        "answer": {"prediction": number / 7, "decision": "act"},
        "remarks": (Remark("place", "unseen", "place: never held “moon”"),),
        "trouble": (),
        "row": {"size": 0.1 + 0.2, "place": "moon", "gone": None},
        "ms": 1.5,
        "asked": 1,
    }
    return Entry(**{**given, **more})


def test_what_is_written_comes_back(log: PredictionTable) -> None:
    """Time, version, who answered, every value, prediction, decision and latency, bit for bit."""
    log.write([("p1", entry(1)), ("p1", entry(2)), ("p2", entry(3))])
    found = log.read("p1")
    assert list(found["id"]) == ["r1", "r2"]
    first = found.iloc[0]
    assert first["at"].isoformat() == "2026-01-01T00:00:01+00:00"
    assert (first["version"], first["answered_by"]) == ("abc-tree", "model")
    assert first["prediction"].hex() == (1 / 7).hex()
    assert (first["decision"], first["ms"], first["asked"]) == ("act", 1.5, 1)
    assert first["row"] == {"size": 0.1 + 0.2, "place": "moon", "gone": None}
    assert first["flags"] == ["place: never held “moon”"]
    assert (log.count("p1"), log.count("p2"), log.count("p3")) == (2, 1, 0)
    assert log.read("p3").empty


def test_the_same_request_again(log: PredictionTable) -> None:
    """A request that is sent again replaces what was logged under its name, even in one batch."""
    log.write([("p1", entry(1)), ("p1", entry(1, ms=9.0))])
    log.write([("p1", entry(1, ms=3.0)), ("p2", entry(1))])
    assert list(log.read("p1")["ms"]) == [3.0]
    assert log.count("p2") == 1


def test_only_the_newest_are_kept(log: PredictionTable) -> None:
    """What is beyond the limit goes, the oldest first; other projects lose nothing."""
    log.write([("p2", entry(0))])
    log.write([("p1", entry(number)) for number in range(30)])
    before = log.newest("p1")
    log.purge("p1", kept=10)
    assert list(log.read("p1")["id"]) == [f"r{number}" for number in range(20, 30)]
    assert list(log.read("p1", most=3)["id"]) == ["r27", "r28", "r29"]
    assert (log.newest("p1"), log.count("p2")) == (before, 1)


def test_it_lies_beside_the_projects() -> None:
    """SQLite: a file of its own, so that no save waits for it. PostgreSQL: the same database."""
    assert log_url("sqlite:////a/b.c/projects.db") == "sqlite:////a/b.c/projects-predictions.db"
    assert log_url("postgresql://u:p@h/d") == "postgresql+psycopg://u:p@h/d"
