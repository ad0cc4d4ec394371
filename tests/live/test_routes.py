"""The routes of live models: the measured bits, clear refusals, and what happens when things change."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from app.exporting.export import files_of
from app.lab.contract import frame_of
from app.lab.portable import read_version
from app.lab.portable.ladder import Rung
from app.live import hub as hubs
from app.record.project import Project
from app.workshop import shelf
from tests.live.conftest import Live


@pytest.mark.parametrize("kind", ["binary", "regression"])
def test_the_same_bits(kind: str, live: Live, request: pytest.FixtureRequest) -> None:
    """The page's model, the live route and the exported answerer give the same number, bit for bit."""
    project: Project = request.getfixturevalue(f"{kind}_project")
    place, rows = live.add(project), live.rows(project)[:40]
    champion = shelf().get_pickle(f"{project.evidence['baselines'].digest}-champion")
    files = files_of(project, False)
    folder = "models/versions/0001/"
    exported = read_version(
        {name.removeprefix(folder): data for name, data in files.items() if folder in name}
    )
    measured = champion.fitted.predict(frame_of(exported.contract, rows))
    by_export = exported.answerers["model"](rows)
    status, batch = live.batch(place, rows)
    assert status == 200
    for number, row in enumerate(rows):
        status, found = live.predict(place, row)
        assert (status, found["answered_by"], found["stale"]) == (200, "model", False)
        wanted = float(measured[number]).hex()
        assert found["prediction"].hex() == wanted == float(by_export[number]).hex()
        assert batch["answers"][number]["prediction"].hex() == wanted
        if kind == "binary":
            acts = measured[number] >= champion.threshold
            assert found["decision"] == ("act" if acts else "wait")
    assert found["version"].startswith(project.evidence["baselines"].digest[:12])


def test_a_large_batch_and_what_is_larger(live: Live, binary_project: Project) -> None:
    """10,000 rows are answered, one more is refused; so are ten megabytes, with a clear 413."""
    place, rows = live.add(binary_project), live.rows(binary_project)
    many = (rows * (1 + 10_000 // len(rows)))[:10_000]
    status, found = live.batch(place, many)
    assert (status, len(found["answers"])) == (200, 10_000)
    status, found = live.batch(place, [{}] * 10_001)
    assert status == 413
    assert "10,001 rows" in found["error"]
    status, found = live.predict(place, b" " * 10_000_000)
    assert status == 413
    assert "bytes" in found["error"]


def test_bad_rows(live: Live, binary_project: Project) -> None:
    """Each refusal names field, value and what is allowed; an unknown category is answered, flagged."""
    place, row = live.add(binary_project), live.rows(binary_project)[0]
    for change, words in (
        ({"signal": "12"}, ("signal", "'12'", "a number, not in quotes")),
        ({"colour": 1}, ("colour", "no such column")),
        ({"place": 3}, ("place", "text in quotes")),
        ({"filler": 1.5}, ("filler", "whole number")),
        ({"signal": None}, ("signal", "must not be missing")),
        ({"place": "x" * 501}, ("place", "500")),
    ):
        status, found = live.predict(place, {**row, **change})
        assert status == 422, change
        assert all(word in json.dumps(found) for word in words), found
    gone = {name: value for name, value in row.items() if name != "place"}
    status, found = live.predict(place, gone)
    assert status == 422
    assert "place: the column is missing" in found["error"]
    status, found = live.batch(place, [row, row, {}])
    assert (status, found["problems"][0]["row"]) == (422, 2)
    status, found = live.predict(place, {**row, "place": "moon", "signal": 99.0})
    assert status == 200
    assert {flag.partition(":")[0] for flag in found["flags"]} == {"place", "signal"}


def test_what_is_no_row(live: Live, binary_project: Project) -> None:
    """What is no row gets a clear 4xx, one row or many."""
    place = live.add(binary_project)
    bodies = (b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"[" * 100_000, b'{"a": NaN}')
    for body in (*bodies, b"9" * 5000):
        for way in ("predict", "predict/batch"):
            status, found = live.call("POST", f"/api/projects/{place}/{way}", body)
            assert 400 <= status < 500, body[:20]
            assert found["error"], body[:20]


def test_who_may_not_ask(live: Live, binary_project: Project) -> None:
    """Other web pages are refused: by origin, by a name pointed here, by a form; this app is not."""
    place, row = live.add(binary_project), live.rows(binary_project)[0]
    own = f"127.0.0.1:{live.address.port}"
    assert live.predict(place, row, Origin=f"http://{own}")[0] == 200
    assert live.predict(place, row, Origin="https://elsewhere.example")[0] == 403
    assert live.predict(place, row, Origin="null")[0] == 403
    assert live.predict(place, row, Origin="http://[")[0] == 403
    assert live.predict(place, row, Host="elsewhere.example")[0] == 403
    assert live.predict(place, row, **{"Sec-Fetch-Site": "cross-site"})[0] == 403
    for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
        status, found = live.predict(place, row, **{"Content-Type": kind})
        assert status == 415
        assert "application/json" in found["error"]
    assert live.call("GET", f"/api/projects/{place}/docs", headers={"Host": "a.example"})[0] == 403


def test_projects_that_cannot_be_asked(live: Live, binary_project: Project) -> None:
    """No project: 404. Not measured: 409 with what to do. Deleted: 404 again. Back: answered."""
    status, found = live.predict("nobody", {})
    assert status == 404
    bare = binary_project.model_copy(update={"evidence": {}, "looks": ()})
    status, found = live.predict(live.add(bare), {})
    assert status == 409
    assert "measure Data & labels and Baselines" in found["error"]
    place, row = live.add(binary_project), live.rows(binary_project)[0]
    assert live.predict(place, row)[0] == 200
    live.store.delete(place)
    live.again()
    assert live.predict(place, row)[0] == 404
    live.store.restore(place)
    assert live.predict(place, row)[0] == 200


def test_stale_and_measured_again(
    live: Live, binary_project: Project, regression_project: Project
) -> None:
    """A stale model answers as measured and says so; another measurement answers from then on."""
    place, row = live.add(binary_project), live.rows(binary_project)[0]
    _, before = live.predict(place, row)
    changed = binary_project.answered("baselines", {"folds": 4})
    saved = live.store.save(place, changed.to_json(), expected=1)
    live.again()
    _, after = live.predict(place, row)
    assert after["stale"] is True
    assert (after["prediction"], after["version"]) == (before["prediction"], before["version"])
    live.add(regression_project)
    live.store.save(place, regression_project.to_json(), expected=saved.revision)
    live.again()
    for _ in range(100):
        _, found = live.predict(place, live.rows(regression_project)[0])
        if found.get("version") != before["version"]:
            break
        time.sleep(0.05)
    assert found["version"].startswith(regression_project.evidence["baselines"].digest[:12])
    assert found["stale"] is False


def test_a_stale_project_that_never_served(live: Live, binary_project: Project) -> None:
    """Changed before it was ever asked, it still answers as measured, by model or constant."""
    shelf()._path(
        "things", f"{binary_project.evidence['baselines'].digest}-live", ".pickle"
    ).unlink(missing_ok=True)
    changed = binary_project.answered("baselines", {"folds": 4})
    place = live.add(changed)
    row = live.rows(changed)[0]
    status, found = live.predict(place, row)
    assert (status, found["stale"], found["answered_by"]) == (200, True, "model")
    assert set(live.call("GET", f"/api/projects/{place}/readyz")[1]["rungs"]) == {
        "model",
        "constant",
    }
    shelf()._path("things", f"{changed.evidence['baselines'].digest}-live", ".pickle").unlink()


def test_the_rungs_below(live: Live, binary_project: Project) -> None:
    """A model that raises, gives no number or hangs is stood in for, and comes back by itself."""
    place, row = live.add(binary_project), live.rows(binary_project)[0]
    _, whole = live.predict(place, row)
    model = live.hub._held[place].model
    assert model is not None
    before, model.timeout_s = model.ladder, 0.1
    second = before.rungs[1].key

    def fails(rows: Sequence[Any]) -> np.ndarray:
        raise RuntimeError("out of order")

    def hangs(rows: Sequence[Any]) -> np.ndarray:
        time.sleep(0.3)
        return np.zeros(len(rows))

    for answer in (fails, lambda rows: np.full(len(rows), np.nan), None, hangs, hangs):
        rungs = (Rung("model", answer, "gone"), *before.rungs[1:])  # type: ignore[arg-type]
        model.ladder = replace(before, rungs=rungs)
        status, found = live.predict(place, row)
        assert (status, found["answered_by"]) == (200, second)
    model.ladder = before
    time.sleep(0.4)
    assert live.predict(place, row)[1]["prediction"] == whole["prediction"]
    model.ladder = replace(before, rungs=(Rung("model", None, "gone"),))
    status, found = live.predict(place, row)
    assert status == 503
    assert "a person decides" in found["error"]


def test_few_models_are_kept(
    live: Live, binary_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The model that was asked least lately is let go, and is back when it is asked."""
    monkeypatch.setattr(hubs, "MOST_LIVE", 2)
    row = live.rows(binary_project)[0] if live.add(binary_project) else {}
    places = [live.add(binary_project) for _ in range(3)]
    for place in (*places, places[0]):
        assert live.predict(place, row)[0] == 200
    assert list(live.hub._held) == [places[2], places[0]]


def test_what_it_says_of_itself(live: Live, binary_project: Project) -> None:
    """OpenAPI names every column and answer; the page shows them and needs nothing from elsewhere."""
    place, row = live.add(binary_project), live.rows(binary_project)[0]
    at = f"/api/projects/{place}"
    live.predict(place, row)
    status, found = live.call("GET", f"{at}/openapi.json")
    assert (status, found["openapi"], found["servers"]) == (200, "3.1.0", [{"url": at}])
    post = found["paths"]["/predict"]["post"]
    schema = post["requestBody"]["content"]["application/json"]["schema"]
    assert set(schema["properties"]) == set(row)
    assert {"200", "400", "404", "409", "413", "415", "422", "503"} <= set(post["responses"])
    status, page = live.call("GET", f"{at}/docs")
    assert status == 200
    assert all(f"<code>{name}</code>" in page for name in row)
    assert "curl http://127.0.0.1" in page
    assert "src=" not in page
    assert "//" not in page.replace(f"http://127.0.0.1:{live.address.port}", "")
    status, ready = live.call("GET", f"{at}/readyz")
    assert (status, ready["status"]) == (200, "ready")
    assert live.call("GET", f"{at}/predict")[0] == 405
