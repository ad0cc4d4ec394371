"""Fitted rungs in safe formats answer to the last bit as they did when fitted."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest

from app.lab.contract import Contract, contract_of, rows_of
from app.lab.encoding import compact
from app.lab.portable import (
    Answerer,
    UnportableModel,
    from_portable,
    portable,
    read_version,
    version_files,
)
from app.lab.portable.estimators import UntrustedModel, read_estimator
from app.lab.problem import Problem
from app.lab.recalibration import Calibrated, fit_map
from app.lab.rungs import RUNGS, Fitted, Training, fit_rung
from app.stages.baselines.measurement import rung_keys
from app.stages.data.preparation import prepare
from app.stages.road import BY_KEY
from app.store import samples
from app.workshop import case_project

LEARNED_FROM = 2500
ASKED = 150
CASES = tuple(case.key for case in samples.cases())


def _options(problem: Problem, rule: str) -> dict[str, Any]:
    made = () if problem.derived is None else tuple(problem.derived.columns)
    return {"rule": rule, "level": problem.level, "past": problem.past, "past_columns": made}


def rungs_of(key: str) -> Iterator[tuple[Fitted, Contract, pd.DataFrame]]:
    """Every rung of a case, fitted on some of its rows, with rows it has not seen."""
    project, table = case_project(key), samples.table(key)
    data, ladder = (BY_KEY[stage].chosen(project) for stage in ("data", "baselines"))
    problem = prepare(data, table, np.random.default_rng(0))
    frame = problem.frame(compact(table[list(problem.columns)]))
    train = problem.split.train[:LEARNED_FROM]
    training = Training(
        frame,
        problem.y[train],
        problem.form,
        0,
        _options(problem, ladder.rule),
        problem.classes,
        problem.queries_of(train),
        train,
    )
    contract = contract_of(problem.frame(table, train), data.target, problem.task)
    asked = problem.frame(table, problem.split.test[:ASKED])
    for rung in rung_keys(ladder, problem.task):
        yield fit_rung(RUNGS[rung], training), contract, asked


@pytest.mark.parametrize("case", CASES)
def test_parity_on_every_case(case: str) -> None:
    """The notebook's way, the safe format, and one row alone give the same bits, for every rung."""
    for fitted, contract, asked in rungs_of(case):
        wanted = fitted.predict(asked)
        again = from_portable(portable(fitted))
        assert again.predict(asked).tobytes() == wanted.tobytes(), fitted.key
        # Training rows of a part may miss nothing where later ones do: what holds is the rest.
        rows = json.loads(json.dumps(rows_of(contract, asked)))
        whole = [i for i, row in enumerate(rows) if _complete(contract, row)]
        answer = Answerer(again, contract, [rows[i] for i in whole[:20]])
        assert answer.is_short, fitted.key
        table = answer.table([rows[i] for i in whole])
        alone = np.concatenate([answer([rows[i]]) for i in whole[:40]])
        assert table.tobytes() == wanted[whole].tobytes(), fitted.key
        assert alone.tobytes() == wanted[whole[:40]].tobytes(), fitted.key


def _complete(contract: Contract, row: dict[str, Any]) -> bool:
    return all(row[c.name] is not None for c in contract.columns if c.kind == "whole")


def test_same_model_same_bytes() -> None:
    """Writing a model twice, and writing what was read, gives the same files."""
    for fitted, _, _ in rungs_of("bike_rentals"):
        files = portable(fitted)
        assert files == portable(fitted)
        assert files == portable(from_portable(files))


def test_no_file_is_a_pickle() -> None:
    """What leaves the machine cannot run code when it is read."""
    for fitted, _, _ in rungs_of("bike_rentals"):
        for name, data in portable(fitted).items():
            assert name.endswith((".json", ".txt"))
            with pytest.raises((pickle.UnpicklingError, ValueError, KeyError, EOFError)):
                pickle.loads(data)


@pytest.mark.parametrize("method", ["sigmoid", "isotonic"])
def test_calibrated(method: str) -> None:
    """A map of the probabilities goes along, bit for bit."""
    fitted, contract, asked = next(f for f in rungs_of("wildlife_strikes") if f[0].key == "linear")
    told = fitted.predict(asked)
    mapped = fit_map(method, (told + np.linspace(-0.1, 0.1, len(told)) > 0.3).astype(float), told)
    calibrated = Fitted(
        "linear", "binary", Calibrated(fitted.predictor, mapped), fitted.inputs, "mapped"
    )
    wanted = calibrated.predict(asked)
    again = from_portable(portable(calibrated))
    rows = rows_of(contract, asked)
    answer = Answerer(again, contract, rows[:10])
    assert answer.is_short
    assert again.predict(asked).tobytes() == wanted.tobytes()
    assert np.concatenate([answer([row]) for row in rows]).tobytes() == wanted.tobytes()


def own(name: str) -> tuple[Fitted, pd.DataFrame]:
    """An estimator of the user's own."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.normal(size=300), "b": rng.normal(size=300)})
    y = (frame["a"] + frame["b"] > 0).to_numpy(dtype=float)
    options = {"estimator": name, "estimator_params": '{"n_estimators": 5}'}
    return fit_rung(RUNGS["own_estimator"], Training(frame, y, "binary", 0, options)), frame


def test_own_estimator() -> None:
    """The user's own estimator goes by skops, with the list of what it holds."""
    fitted, frame = own("RandomForestClassifier")
    files = portable(fitted)
    assert sorted(files) == ["estimator.skops", "model.json"]
    assert from_portable(files).predict(frame).tobytes() == fitted.predict(frame).tobytes()


def test_a_list_that_trusts_too_much() -> None:
    """A model file that wants anything but scikit-learn, NumPy and SciPy trusted is not read."""
    files = portable(own("RandomForestClassifier")[0])
    with pytest.raises(UntrustedModel, match=r"os\.system"):
        read_estimator(files["estimator.skops"], ["os.system"])


def test_what_has_no_safe_format() -> None:
    """A kind nobody knows is refused by name, written or read."""

    class Odd:
        def predict(self, frame: pd.DataFrame) -> np.ndarray:
            return np.zeros(len(frame))

    with pytest.raises(UnportableModel, match="Odd"):
        portable(Fitted("odd", "binary", Odd(), (), ""))
    plain = b'{"format": 1, "predictor": {"kind": "Odd"}}'
    with pytest.raises(UnportableModel, match="Odd"):
        from_portable({"model.json": plain})
    for damaged in ({}, {"model.json": b"{"}, {"model.json": b'{"format": 9}'}):
        with pytest.raises(UnportableModel):
            from_portable(damaged)


def _version() -> tuple[dict[str, bytes], pd.DataFrame]:
    found = {f.key: (f, c, a) for f, c, a in rungs_of("hotel_rates") if f.key != "lightgbm"}
    fitted, contract, asked = found["linear"]
    rungs = {"model": fitted, "constant": found["constant"][0]}
    files = version_files(rungs, contract, asked, fitted.predict(asked), {"mae": 1.0}, {})
    return files, asked


def test_a_version_proves_itself() -> None:
    """Golden rows of a version are answered as they were by the fitted model."""
    files, _ = _version()
    version = read_version(files)
    golden = version.golden
    told = version.answerers["model"](golden["rows"])
    assert told.tobytes() == np.array(golden["answers"]).tobytes()
    assert version.trouble == {}


def test_a_changed_file_is_found() -> None:
    """A rung whose file was changed is left out and named; the others stand."""
    files, _ = _version()
    changed = {**files, "model/model.json": files["model/model.json"].replace(b"0.1", b"0.2", 1)}
    version = read_version({**changed, "model/model.json": changed["model/model.json"] + b" "})
    assert list(version.answerers) == ["constant"]
    assert "model.json" in version.trouble["model"]
    with pytest.raises(UnportableModel, match=r"contract\.json"):
        read_version({**files, "contract.json": b"{}"})
