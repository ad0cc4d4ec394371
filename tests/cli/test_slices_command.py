"""``slices``: from any file with targets and predictions to proven slices, as text or JSON."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from app.__main__ import HEADLESS
from app.cli import main, parser

OPS = {"==", "in", "<", "<=", ">", ">=", "between"}


def _table(n: int = 4000, planted: bool = True) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(
        {
            "row_id": np.arange(n),
            "origin": rng.choice(["EWR", "JFK", "LGA"], n),
            "wind speed": rng.gamma(4, 4, n).round(1),
            "hour": rng.integers(5, 23, n),
            "age": np.where(rng.random(n) < 0.1, np.nan, rng.normal(40, 10, n)),
        }
    )
    bad = ((frame["origin"] == "EWR") & (frame["wind speed"] > 20)).to_numpy() & planted
    wrong = rng.random(n) < 0.1 + 0.3 * bad
    y = rng.integers(0, 2, n)
    label = np.where(wrong, 1 - y, y)
    frame["y"], frame["label"] = y, label
    frame["chance"] = 0.15 + 0.7 * label + rng.uniform(-0.1, 0.1, n)
    frame["minutes"] = rng.normal(30, 9, n)
    frame["said"] = frame["minutes"] + rng.normal(0, 2 + 2 * bad, n)
    frame["word"] = np.where(y == 1, "late", "on time")
    frame["said word"] = np.where(label == 1, "late", "on time")
    return frame


def _run(path: Path, target: str, prediction: str, *more: str) -> int:
    others = {"y", "label", "chance", "minutes", "said", "word", "said word"}
    left = [word for name in sorted(others) for word in ("--without", name)]
    given = ["--data", str(path), "--target", target, "--prediction", prediction]
    return main(["slices", *given, *left, *more])


def _json(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a planted slice."""
    found = tmp_path_factory.mktemp("slices") / "flights.csv"
    _table().to_csv(found, index=False)
    return found


@pytest.mark.parametrize(
    ("target", "prediction", "loss"),
    [
        ("y", "label", "error"),
        ("word", "said word", "error"),
        ("y", "chance", "brier"),
        ("word", "chance", "brier"),
        ("minutes", "said", "absolute_error"),
    ],
)
def test_labels_probabilities_and_numbers(
    path: Path, capsys: pytest.CaptureFixture[str], target: str, prediction: str, loss: str
) -> None:
    """The planted slice is first, whatever kind of prediction it was planted in."""
    more = ("--json",) if target != "word" else ("--json", "--positive", "late")
    assert _run(path, target, prediction, *more) == 0
    found = _json(capsys)
    assert found["loss"] == loss
    assert found["rows"] == 4000
    first = found["slices"][0]
    assert {c["column"] for c in first["conditions"]} == {"origin", "wind speed"}
    assert set(first) >= {"conditions", "n", "effect", "interval", "p_value", "confirmed"}
    assert all(c["op"] in OPS for s in found["slices"] for c in s["conditions"])
    assert first["confirmed"] is True
    assert first["interval"][0] < first["effect"] < first["interval"][1]
    assert 0 < first["p_value"] < 0.03
    assert found["searched"] > 1000


def test_the_same_seed_prints_the_same(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Chance comes from the seed only."""
    out = []
    for seed in ("3", "3"):
        assert _run(path, "y", "label", "--seed", seed, "--json") == 0
        out.append(capsys.readouterr().out)
    assert out[0] == out[1]


def test_people_read_sentences(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without --json: the loss, the slice with effect, interval and n, and how many were searched."""
    assert _run(path, "y", "label", "--loss", "squared_error") == 0
    out = capsys.readouterr().out
    assert "1. origin is EWR and wind speed > " in out
    assert "unseen rows" in out
    assert "combinations of conditions" in out


def test_finding_nothing_is_no_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 0 and a plain sentence, also for a model that is always right."""
    frame = _table(1000, planted=False)
    frame["right"] = frame["y"]
    path = tmp_path / "t.parquet"
    frame.to_parquet(path)
    assert _run(path, "y", "label", "--json", "--without", "right") == 0
    found = _json(capsys)
    assert found["slices"] == []
    assert found["says"].startswith("No slice of 1,000 rows holds up")
    assert _run(path, "y", "right", "--json") == 0
    assert "same loss" in _json(capsys)["says"]


def test_missing_values_are_told_as_null(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A slice of missing values is == null in JSON; rows without a target are left out."""
    frame = _table(3000, planted=False)
    bad = frame["age"].isna() & (np.random.default_rng(0).random(3000) < 0.6)
    frame["label"] = np.where(bad, 1 - frame["y"], frame["y"])
    frame["y"] = frame["y"].astype(float).where(np.arange(3000) > 9)
    path = tmp_path / "t.csv"
    frame.to_csv(path, index=False)
    assert _run(path, "y", "label", "--json") == 0
    found = _json(capsys)
    assert found["slices"][0]["conditions"] == [{"column": "age", "op": "==", "value": None}]
    assert (found["rows"], found["left_out"]) == (2990, 10)


def test_blocks_stay_together(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With --group or --time, the interval is by block and the group column is not searched."""
    assert _run(path, "y", "label", "--group", "hour", "--json") == 0
    found = _json(capsys)
    assert all(c["column"] != "hour" for s in found["slices"] for c in s["conditions"])


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--target", "y", "--prediction", "labl"], "did you mean label"),
        (["--target", "y", "--prediction", "y"], "give two columns"),
        (["--target", "y", "--prediction", "origin"], "never equals a value"),
        (["--target", "word", "--prediction", "minutes"], "never equals a value"),
        (["--target", "origin", "--prediction", "label", "--loss", "absolute_error"], "no numbers"),
        (["--target", "y", "--prediction", "minutes", "--loss", "brier"], "between 0 and 1"),
        (["--target", "y", "--prediction", "label", "--seed", "-1"], "--seed -1"),
        (["--target", "y", "--prediction", "label", "--conditions", "4"], "--conditions 4"),
        (["--target", "y", "--prediction", "label", "--without", "x"], "--without x"),
        (["--target", "y", "--prediction", "chance", "--positive", "7"], "does not occur"),
        (["--target", "y"], "--prediction"),
    ],
)
def test_wrong_use_is_one_line(
    path: Path, capsys: pytest.CaptureFixture[str], words: list[str], says: str
) -> None:
    """Exit code 2 and one line that helps."""
    assert main(["slices", "--data", str(path), *words]) == 2
    told = capsys.readouterr()
    assert says in told.err
    assert len(told.err.splitlines()) == 1
    assert told.out == ""


def test_hostile_files_are_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No file, an empty one, and noise called Parquet are refused, never a traceback."""
    empty, noise = tmp_path / "e.csv", tmp_path / "n.parquet"
    empty.write_bytes(b"")
    noise.write_bytes(b"PAR1" + bytes(range(256)))
    for path in (tmp_path / "none.csv", empty, noise, tmp_path):
        assert main(["slices", "--data", str(path), "--target", "a", "--prediction", "b"]) == 2
        assert len(capsys.readouterr().err.splitlines()) == 1


def test_the_launcher_knows_every_command() -> None:
    """What the parser can do is reachable by ``python3 -m app``."""
    actions = [a for a in parser()._actions if isinstance(a, argparse._SubParsersAction)]
    # check is the launcher's own, and of a project the parser's.
    assert set(actions[0].choices) - {"check"} == set(HEADLESS) - {"--version"}
