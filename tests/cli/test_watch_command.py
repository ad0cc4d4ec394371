"""``watch``: any prediction log beside its reference, as text, JSON, report and exit code."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from app.cli import main
from app.lab.watching import Change, Pages, harmful_change
from app.store.logs import kind_of_type
from app.watching.alert import alerts_of
from app.watching.quality import Quality

KEYS = {"column", "signal", "value", "threshold", "severity", "impact"}


def _log(days: int, first: str, seed: int, change: str = "") -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    n = days * 120
    at = np.datetime64(first) + np.sort(rng.integers(0, days * 86_400, n)).astype("timedelta64[s]")
    x, z = rng.normal(size=n), rng.gamma(2, 1, n)
    word = rng.choice(["red", "green", "blue"], n)
    turned = -1.0 if change == "concept" else 1.0
    y = (rng.random(n) < 1 / (1 + np.exp(-turned * 2 * x))).astype(int)
    if change == "shift":
        z = z + 3
    return pd.DataFrame(
        {
            "id": np.arange(n) + 10_000 * seed,
            "at": at,
            "x": x,
            "z": np.where(rng.random(n) < 0.03, np.nan, z),
            "word": word,
            "score": 1 / (1 + np.exp(-2 * x)),
            "y": y,
        }
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A reference of three weeks, and current logs of one week of each kind."""
    found = tmp_path_factory.mktemp("logs")
    _log(21, "2025-01-06", 1).to_parquet(found / "reference.parquet")
    for change in ("quiet", "shift", "concept"):
        _log(7, "2025-01-27", 2, change).to_parquet(found / f"{change}.parquet")
    return found


def _watch(reference: Path | str, current: Path | str, *more: str) -> int:
    return main(["watch", "--reference", str(reference), "--current", str(current), *more])


def _json(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_a_quiet_log_exits_0(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing pages; what is known of quality and what is promised are told all the same."""
    more = ("--prediction", "score", "--label", "y", "--json")
    assert _watch(folder / "reference.parquet", folder / "quiet.parquet", *more) == 0
    found = _json(capsys)
    assert (found["pages"], found["alerts"]) == (False, [])
    assert found["reference"]["rows"] == 2520
    assert (found["time"], found["step"], found["current"]["steps"]) == ("at", "day", 7)
    assert any("count rows: id" in note for note in found["notes"])
    assert found["quality"]["by_labels"]["verdict"] != "harmful"
    assert {e["metric"] for e in found["quality"]["estimated"]} >= {"roc_auc", "f1"}


def test_a_shift_exits_3_and_is_named(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """From a CSV too; weights rank; labels and estimates are told; reports are written."""
    current, weights = tmp_path / "shift.csv", tmp_path / "weights.json"
    frame = pd.read_parquet(folder / "shift.parquet")
    frame.to_csv(current, index=False)
    weights.write_text(json.dumps({"z": 2.0, "x": 1.0}))
    html, md = tmp_path / "r.html", tmp_path / "r.md"
    more = ("--json", "--out", str(html), "--weights", str(weights))
    assert _watch(folder / "reference.parquet", current, *more) == 3
    found = _json(capsys)
    assert found["pages"] is True
    assert all(set(alert) >= KEYS for alert in found["alerts"])
    first = found["alerts"][0]
    assert (first["column"], first["signal"], first["severity"]) == ("z", "distribution", "high")
    assert first["value"] > first["threshold"]
    far = {one["column"]: one for one in found["distances"]}
    assert far["z"]["psi"] > 0.25 > far["x"]["psi"]
    assert far["word"]["normed_wasserstein"] is None
    assert first["impact"] == pytest.approx(2 * first["size"])
    assert "<svg" in html.read_text()
    assert "default-src 'none'" in html.read_text()
    labels = ("--prediction", "score", "--label", "y", "--out", str(md))
    assert _watch(folder / "reference.parquet", current, *labels) == 3
    out = capsys.readouterr().out
    assert "2025-01-27 to 2025-02-02: The distribution of z" in out
    assert "By 840 labels" in out
    assert "| Severity | Column |" in md.read_text()


def test_severity_follows_impact() -> None:
    """What labels show to be harmless is low, what weighs little too; the change stays listed."""
    change = Change("x", "distribution", 0, 2, 9.0, 1.0, 2.0, 1e-9, 0.4, 0.4)
    pages = Pages(("d1", "d2", "d3"), (change,), np.ones(3, dtype=bool), np.ones(3), 1.0, "")
    rng = np.random.default_rng(0)
    day = np.repeat(np.arange(3), 900)
    told = {}
    for name, rise in (("harmless", 0.0), ("harmful", 0.3)):
        harm = harmful_change(rng.random(9000), rise + rng.random(2700), day, 3, tolerance=0.05)
        assert harm.verdict == name
        quality = Quality("loss", harm, 2700, (), "")
        told[name] = alerts_of(pages, {"x": 1.0, "z": 1.0}, quality, "y")
    assert [(a.signal, a.severity) for a in told["harmless"]] == [("distribution", "low")]
    assert [a.severity for a in told["harmful"]] == ["high", "high"]
    assert told["harmful"][0].signal == "loss"
    light = alerts_of(pages, {"x": 0.01, "z": 1.0}, None, "")
    assert light[0].severity == "low"


def test_concept_shift_is_seen_by_labels_only(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No input pages, confidence sees nothing, labels do, and the lesson is told."""
    reference, current = folder / "reference.parquet", folder / "concept.parquet"
    assert _watch(reference, current, "--without", "y") == 0
    capsys.readouterr()
    more = ("--prediction", "score", "--label", "y")
    assert _watch(reference, current, *more, "--json") == 3
    found = _json(capsys)
    assert [alert["signal"] for alert in found["alerts"]] == ["loss"]
    assert found["quality"]["by_labels"]["verdict"] == "harmful"
    assert not any(e["worse"] for e in found["quality"]["estimated"])
    assert _watch(reference, current, *more) == 3
    assert "concept shift" in capsys.readouterr().out


def test_folders_and_databases_are_read_alike(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder of odd names in parts, and a table of SQLite, give the same alerts as one file."""
    frame = pd.read_parquet(folder / "shift.parquet")
    parts = tmp_path / "part s[1]*?'\" ; DROP TABLE--"
    parts.mkdir()
    for i in range(3):
        frame.iloc[i * 280 : (i + 1) * 280].to_parquet(parts / f"a=[{i}]'*.parquet")
    (parts / "_SUCCESS").write_text("")
    database = tmp_path / "log.db"
    connection = sqlite3.connect(database)
    frame.to_sql('pre"dictions', connection, index=False)
    connection.close()
    told = []
    for current in (folder / "shift.parquet", parts, f'sqlite:///{database}#pre"dictions'):
        assert _watch(folder / "reference.parquet", current, "--json") == 3
        told.append(_json(capsys)["alerts"])
    assert told[0] == told[1]
    keys = [{(a["column"], a["signal"], round(a["value"], 9)) for a in alerts} for alerts in told]
    assert keys[0] == keys[2]


def test_without_times_both_logs_are_one_batch(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A null flood in a CSV column that has no value left is seen, not refused."""
    rng = np.random.default_rng(0)
    reference = pd.DataFrame({"a": rng.normal(size=3000), "b": rng.choice(["u", "v"], 3000)})
    current = reference.iloc[:1500].assign(a=np.nan)
    reference.to_csv(tmp_path / "r.csv", index=False)
    current.to_csv(tmp_path / "c.csv", index=False)
    assert _watch(tmp_path / "r.csv", tmp_path / "r.csv", "--json") == 0
    assert _json(capsys)["time"] is None
    assert _watch(tmp_path / "r.csv", tmp_path / "c.csv", "--json") == 3
    alerts = _json(capsys)["alerts"]
    assert ("a", "missing") in {(a["column"], a["signal"]) for a in alerts}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--prediction", "scor"], "did you mean score"),
        (["--label", "y"], "--label needs --prediction"),
        (["--prediction", "y", "--label", "y"], "give two columns"),
        (["--prediction", "word", "--label", "y"], "never equals"),
        (["--time", "x"], "holds numbers"),
        (["--time", "word"], "write times as"),
        (["--without", "nothing"], "--without nothing"),
        (["--pages-per-month", "0"], "--pages-per-month 0"),
        (["--seed", "-1"], "--seed -1"),
        (["--out", "report.pdf"], ".html or .md"),
        (["--weights", "nowhere.json"], "cannot be read"),
    ],
)
def test_wrong_use_is_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], words: list[str], says: str
) -> None:
    """Exit code 2 and one line that helps."""
    assert _watch(folder / "reference.parquet", folder / "quiet.parquet", *words) == 2
    told = capsys.readouterr()
    assert says in told.err
    assert len(told.err.splitlines()) == 1
    assert told.out == ""


def test_hostile_logs_are_one_line(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing, empty, noise, another schema, other types: exit code 2 and one sentence each."""
    frame = pd.read_parquet(folder / "quiet.parquet")

    def made(name: str, content: bytes | pd.DataFrame) -> Path:
        path = tmp_path / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            content.to_parquet(path)
        return path

    (tmp_path / "empty folder").mkdir()
    (tmp_path / "mixed").mkdir()
    made("mixed/a.parquet", frame)
    made("mixed/b.csv", b"a,b\n1,2\n")
    sqlite3.connect(tmp_path / "void.db").close()
    made("void.db", b"SQLite format 3\0")
    hostile: list[tuple[Path | str, str]] = [
        (tmp_path / "none.csv", "no such file"),
        (made("e.csv", b""), "is empty"),
        (made("n.parquet", b"PAR1" + bytes(range(256))), "cannot be read"),
        (made("noise.csv", bytes(range(256)) * 9), "cannot be read"),
        (made("h.csv", b"id,at,x,z,word,score,y\n"), "has no rows"),
        (made("gone.parquet", frame.drop(columns=["z", "word"])), "lacks z, word"),
        (made("text.parquet", frame.assign(x="far")), "texts in --current"),
        (made("plain.txt", b"hello"), "neither Parquet nor CSV"),
        (tmp_path / "empty folder", "holds no Parquet or CSV"),
        (tmp_path / "mixed", "keep one kind"),
        (f"sqlite:///{tmp_path}/none.db#t", "no such file"),
        (f"sqlite:///{tmp_path}/void.db#t", "void.db"),
        (f"sqlite:///{tmp_path}/void.db", "after a #"),
        ("s3://bucket/key", "s3:// is not read"),
        ("postgresql://user:secret@127.0.0.1:9/db#t", "***"),
    ]
    for current, says in hostile:
        assert _watch(folder / "reference.parquet", current, "--without", "id") == 2, current
        told = capsys.readouterr()
        assert says in told.err, told.err
        assert len(told.err.splitlines()) == 1
        assert "secret" not in told.err


def test_weights_come_from_a_project_or_say_why_not(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A project without importances, a list, odd values and strangers are refused in words."""
    for text, says in (
        ('{"x": -1}', "at least 0"),
        ("[1]", "column"),
        ('{"other": 1}', "names no watched column"),
        ('{"evidence": 3}', "--weights"),
    ):
        path = tmp_path / "w.json"
        path.write_text(text)
        more = ("--weights", str(path))
        assert _watch(folder / "reference.parquet", folder / "quiet.parquet", *more) == 2
        assert says in capsys.readouterr().err


def test_types_are_told_apart() -> None:
    """Declared types of DuckDB, SQLite and PostgreSQL fall into four kinds."""
    for declared, kind in (
        ("BIGINT", "number"),
        ("DECIMAL(18,3)", "number"),
        ("BOOLEAN", "number"),
        ("double precision", "number"),
        ("VARCHAR", "text"),
        ("ENUM('a', 'INT')", "text"),
        ("TIMESTAMP WITH TIME ZONE", "time"),
        ("DATE", "time"),
        ("INTEGER[]", "other"),
        ("STRUCT(a INTEGER)", "other"),
        ("BLOB", "other"),
    ):
        assert kind_of_type(declared) == kind, declared
