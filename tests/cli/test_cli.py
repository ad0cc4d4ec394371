"""Headless: the same road for scripts, with stable names and exit codes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app import ROOT
from app.cli import main
from app.stages.road import STAGES
from tests.conftest import small_table


def _json(capsys: pytest.CaptureFixture[str]) -> object:
    return json.loads(capsys.readouterr().out)


def test_cases_are_a_list_of_objects(capsys: pytest.CaptureFixture[str]) -> None:
    """Key, title and task, for people and for scripts."""
    assert main(["cases", "--json"]) == 0
    found = _json(capsys)
    assert {"key", "title", "task"} <= set(found[0])
    assert {"flight_disruption", "hotel_rates", "rodent_species"} <= {c["key"] for c in found}
    assert main(["cases"]) == 0
    assert "hotel_rates" in capsys.readouterr().out


def test_the_whole_road(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """new, measure, show, write: from a file of one's own to a document."""
    table, project = tmp_path / "t.csv", tmp_path / "p.json"
    small_table(600).to_csv(table, index=False)
    made = ["new", "Mine", "--data", str(table), "--target", "target", "--time", "when"]
    made += [
        "--leave-out",
        "leak",
        "--answer",
        "framing.bar=2",
        "--answer",
        "baselines.rule=signal > 1",
    ]
    assert main([*made, "--answer", "baselines.folds=3", "-o", str(project)]) == 0
    assert main(["measure", str(project), "--stage", "baselines"]) == 0
    body = json.loads(project.read_text())
    assert set(body["evidence"]) == {"framing", "data", "baselines"}
    assert body["answers"]["baselines"]["rule"] == "signal > 1"
    before = body["evidence"]["data"]
    assert main(["measure", str(project)]) == 0
    body = json.loads(project.read_text())
    assert set(body["evidence"]) == {stage.key for stage in STAGES}
    assert body["evidence"]["data"] == before
    capsys.readouterr()
    assert main(["show", str(project), "--stage", "baselines", "--json"]) == 0
    shown = _json(capsys)
    assert shown["state"] == "measured"
    assert "verdict" in shown["evidence"]["words"]
    assert main(["show", str(project), "--json"]) == 0
    assert set(_json(capsys)["stages"]) == set(body["evidence"])
    assert main(["show", str(project)]) == 0
    assert "Baselines" in capsys.readouterr().out
    for to in ("md", "html"):
        out = tmp_path / f"d.{to}"
        assert (
            main(
                ["write", str(project), "--document", "design_document", "--to", to, "-o", str(out)]
            )
            == 0
        )
        assert "Mine" in out.read_text()


def test_a_stop_is_exit_code_one_where_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With --fail-on-stop a leak left in fails a pipeline; without, it does not."""
    table, project = tmp_path / "t.csv", tmp_path / "p.json"
    small_table(600).to_csv(table, index=False)
    main(
        [
            "new",
            "x",
            "--data",
            str(table),
            "--target",
            "target",
            "--time",
            "when",
            "-o",
            str(project),
        ]
    )
    assert main(["measure", str(project), "--stage", "data"]) == 0
    assert main(["measure", str(project), "--stage", "data", "--fail-on-stop"]) == 1
    assert "leak looks like a leak" in capsys.readouterr().err
    assert main(["show", str(project), "--stage", "data", "--fail-on-stop"]) == 1


def test_a_hostile_name_is_only_a_name(tmp_path: Path) -> None:
    """The name is in the project, never in a path."""
    project = tmp_path / "p.json"
    assert main(["new", "../../x<script>", "--case", "hotel_rates", "-o", str(project)]) == 0
    assert json.loads(project.read_text())["name"] == "../../x<script>"
    assert [p.name for p in tmp_path.iterdir()] == ["p.json"]


def _file(folder: Path, name: str, content: bytes) -> str:
    path = folder / name
    path.write_bytes(content)
    return str(path)


WRONG = [
    (["new", "x", "-o", "{out}"], "either --case KEY or --data FILE"),
    (["new", "x", "--case", "titanic", "-o", "{out}"], "flight_disruption, hotel_rates"),
    (["new", "", "--case", "hotel_rates", "-o", "{out}"], "project name is empty"),
    (["new", "x", "--case", "hotel_rates"], "required: -o"),
    (["new", "x", "--data", "{good}", "-o", "{out}"], "needs --target"),
    (["new", "x", "--data", "{good}", "--target", "targe", "-o", "{out}"], "did you mean target?"),
    (["new", "x", "--data", "{good}", "--target", "one", "-o", "{out}"], "One value only"),
    (
        ["new", "x", "--data", "{good}", "--target", "target", "--time", "wen", "-o", "{out}"],
        "there is no such column",
    ),
    (["new", "x", "--data", "{missing}", "--target", "a", "-o", "{out}"], "No such file"),
    (["new", "x", "--data", "{empty}", "--target", "a", "-o", "{out}"], "is empty"),
    (["new", "x", "--data", "{junk}", "--target", "a", "-o", "{out}"], "binary data"),
    (["new", "x", "--case", "hotel_rates", "--seed", "-1", "-o", "{out}"], "out of range"),
    (
        ["new", "x", "--case", "hotel_rates", "--answer", "baselines.folds=99", "-o", "{out}"],
        "from 2 to 10",
    ),
    (
        ["new", "x", "--case", "hotel_rates", "--answer", "nope", "-o", "{out}"],
        "STAGE.QUESTION=VALUE",
    ),
    (["new", "x", "--case", "hotel_rates", "-o", "{missing}/no/p.json"], "cannot write"),
    (["measure", "{missing}"], "cannot read"),
    (["measure", "{broken}"], "not valid JSON at line 1"),
    (["measure", "{future}"], "newer than this Groundwork"),
    (["measure", "{junk}"], "not UTF-8"),
    (["show", "{broken}", "--json"], "not valid JSON"),
    (["write", "{broken}", "-o", "{out}"], "not valid JSON"),
    (["dance"], "invalid choice: 'dance'"),
    ([], "required"),
]


@pytest.mark.parametrize(("argv", "words"), WRONG, ids=[w for _, w in WRONG])
def test_wrong_use_is_one_line_and_exit_code_two(
    argv: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No traceback: what is wrong, and what is allowed."""
    rows = "a,one,target\n" + "".join(f"{i},1,{i % 2}\n" for i in range(60))
    places = {
        "out": str(tmp_path / "out.json"),
        "missing": str(tmp_path / "missing"),
        "good": _file(tmp_path, "good.csv", rows.encode()),
        "empty": _file(tmp_path, "empty.csv", b""),
        "junk": _file(tmp_path, "junk.csv", bytes(range(256)) * 9),
        "broken": _file(tmp_path, "broken.json", b'{"format": 1, '),
        "future": _file(tmp_path, "future.json", b'{"format": 7}'),
    }
    assert main([word.format(**places) for word in argv]) == 2
    err = capsys.readouterr().err
    assert words in err
    assert err.count("\n") == 1
    assert "Traceback" not in err
    assert not Path(places["out"]).exists()


def test_wrong_stage_and_document_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The known ones are listed."""
    project = tmp_path / "p.json"
    main(["new", "x", "--case", "hotel_rates", "-o", str(project)])
    assert main(["measure", str(project), "--stage", "cooking"]) == 2
    assert "framing, data, baselines" in capsys.readouterr().err
    assert main(["write", str(project), "--document", "poem", "-o", str(tmp_path / "x")]) == 2
    assert "design_document" in capsys.readouterr().err


# Tests started in the background inherit a deaf ear for Ctrl-C; a person's shell has none.
LISTENING = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from app.cli import main
sys.exit(main(sys.argv[1:]))
"""


def test_ctrl_c_leaves_a_valid_file(tmp_path: Path) -> None:
    """Interrupted in the middle, the file holds what was measured and goes on from there."""
    project = tmp_path / "p.json"
    main(["new", "x", "--case", "flight_disruption", "-o", str(project)])
    child = subprocess.Popen(
        [sys.executable, "-c", LISTENING, "measure", str(project)],
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "GROUNDWORK_NO_VENV": "1", "PYTHONPATH": str(ROOT)},
    )
    assert child.stderr is not None
    for line in child.stderr:
        if "Baselines" in line:
            break
    time.sleep(0.2)
    child.send_signal(signal.SIGINT)
    rest = child.stderr.read()
    child.stderr.close()
    assert child.wait(20) == 130
    assert "Traceback" not in rest
    body = json.loads(project.read_text())
    assert set(body["evidence"]) == {"framing", "data"}
    assert main(["show", str(project), "--json"]) == 0


def test_a_project_without_its_table_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """On another machine: the file is asked for, a wrong file refused, the right one taken."""
    rows = "a,b,target\n" + "".join(f"{i},{i % 7},{i % 2}\n" for i in range(300))
    table, project = _file(tmp_path, "t.csv", rows.encode()), tmp_path / "p.json"
    main(["new", "x", "--data", table, "--target", "target", "-o", str(project)])
    body = json.loads(project.read_text())
    body["data"]["content_hash"] = "ab" * 32
    project.write_text(json.dumps(body))
    assert main(["measure", str(project), "--stage", "data"]) == 2
    assert "is not on this machine" in capsys.readouterr().err
    assert main(["measure", str(project), "--stage", "data", "--data", table]) == 2
    assert "holds other rows" in capsys.readouterr().err
