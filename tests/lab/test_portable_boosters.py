"""XGBoost and CatBoost in safe formats, where these packages are installed."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from app.lab.contract import contract_of, rows_of
from app.lab.portable import Answerer, from_portable, portable, read_version, version_files
from app.lab.rungs import RUNGS, Training, fit_rung
from tests.conftest import small_table

INPUTS = ["signal", "place", "holes", "filler"]
FORMS = ("binary", "multiclass", "regression")


def _training(form: str) -> tuple[Training, pd.DataFrame, tuple[str, ...]]:
    table = small_table(task=form)
    classes: tuple[str, ...] = ()
    y = table["target"].to_numpy()
    if form == "multiclass":
        found, y = np.unique(y.astype(str), return_inverse=True)
        classes = tuple(found)
    known = Training(table[INPUTS][:600], y[:600].astype(float), form, 0, {}, classes)
    return known, table[INPUTS][600:].reset_index(drop=True), classes


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("package", ["xgboost", "catboost"])
def test_a_booster_leaves_the_machine_and_answers_the_same(package: str, form: str) -> None:
    """Written, read, and asked one by one, it gives the bits of the model as fitted; no pickle."""
    pytest.importorskip(package)
    training, asked, classes = _training(form)
    fitted = fit_rung(RUNGS[package], training)
    wanted = fitted.predict(asked)
    files = portable(fitted)
    assert not any(data.startswith(b"\x80") for data in files.values())
    again = from_portable(files)
    assert again.predict(asked).tobytes() == wanted.tobytes()
    assert from_portable(portable(again)).predict(asked).tobytes() == wanted.tobytes()
    contract = contract_of(training.frame, "target", form, classes)
    rows = json.loads(json.dumps(rows_of(contract, asked)))
    answer = Answerer(again, contract, rows[:20])
    alone = np.concatenate([answer([row]) for row in rows[:40]])
    assert alone.tobytes() == wanted[:40].tobytes()


@pytest.mark.parametrize("package", ["xgboost", "catboost"])
def test_a_version_with_a_booster_proves_itself(package: str) -> None:
    """Kept as a version with its fingerprints it is read whole; a changed file is found."""
    pytest.importorskip(package)
    training, asked, _ = _training("binary")
    fitted = fit_rung(RUNGS[package], training)
    rungs = {"model": fitted, "constant": fit_rung(RUNGS["constant"], training)}
    contract = contract_of(training.frame, "target", "binary")
    files = version_files(rungs, contract, asked, fitted.predict(asked), {}, {})
    version = read_version(files)
    assert version.trouble == {}
    told = version.answerers["model"](version.golden["rows"])
    assert told.tobytes() == np.array(version.golden["answers"]).tobytes()
    name = next(n for n in files if n.startswith("model/") and not n.endswith("model.json"))
    damaged = read_version({**files, name: files[name][:-9]})
    assert list(damaged.answerers) == ["constant"]
