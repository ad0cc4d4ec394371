"""One version of a model: every rung of its fallback ladder, its contract, and what proves it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from app.lab.contract import Contract, refusals, rows_of
from app.lab.drift import Bins, ColumnBins, fit_bins
from app.lab.portable.answerer import Answerer
from app.lab.portable.codec import UnportableModel
from app.lab.portable.portable import from_portable, portable
from app.lab.rungs.rung import Fitted

GOLDEN_ROWS = 60
PREDICTION = "(prediction)"
SUMS = "files.json"


def predicted_number(prediction: np.ndarray) -> np.ndarray:
    """Return one number a row: the prediction, or the probability of the likeliest class.

    Parameters
    ----------
    prediction : ndarray of float, shape (n,) or (n, k)

    Returns
    -------
    ndarray of float, shape (n,)
    """
    return np.asarray(prediction if prediction.ndim == 1 else prediction.max(axis=1))


def version_files(
    rungs: Mapping[str, Fitted],
    contract: Contract,
    inputs: pd.DataFrame,
    prediction: np.ndarray,
    metrics: Mapping[str, float],
    about: Mapping[str, Any],
) -> dict[str, bytes]:
    """Return a version as files, the same bytes for the same models and rows.

    Parameters
    ----------
    rungs : mapping of str to Fitted
        In the order in which they are asked; the first one is the model.
    contract : Contract
    inputs : DataFrame, n rows
        Rows the model did not learn from; what comes later is compared with them.
    prediction : ndarray of float, shape (n,) or (n, k)
        What the model says of them.
    metrics : mapping of str to float
        On these rows.
    about : mapping
        Plain data: where it comes from.

    Returns
    -------
    dict of str to bytes
        With the fingerprint of every file in ``files.json``.

    Raises
    ------
    UnportableModel
        If a rung has no safe format.
    """
    first = next(iter(rungs))
    files = {
        "contract.json": _json(contract.to_json(), 1),
        "golden.json": _json(_golden(rungs[first], contract, inputs), None),
        "reference.json": _json(_reference(inputs, prediction), None),
        "metrics.json": _json(dict(metrics), 1),
        "about.json": _json({**about, "rungs": list(rungs)}, 1),
    }
    for key, fitted in rungs.items():
        files |= {f"{key}/{name}": data for name, data in portable(fitted).items()}
    sums = {name: hashlib.sha256(files[name]).hexdigest() for name in sorted(files)}
    return {**files, SUMS: _json(sums, 1)}


def _json(data: Any, indent: int | None) -> bytes:
    separators = None if indent else (",", ":")
    text = json.dumps(data, indent=indent, ensure_ascii=False, separators=separators)
    return (text + "\n").encode()


def _golden(fitted: Fitted, contract: Contract, inputs: pd.DataFrame) -> dict[str, Any]:
    """Return rows with the answers of the model as fitted, before it was written down."""
    step = max(1, len(inputs) // (2 * GOLDEN_ROWS))
    some = inputs.iloc[::step].reset_index(drop=True)
    rows = rows_of(contract, some)
    fine = [i for i, row in enumerate(rows) if not refusals(contract, row)][:GOLDEN_ROWS]
    answers = fitted.predict(inputs)[::step]
    return {
        "rows": [rows[i] for i in fine],
        "answers": [answers[i].tolist() for i in fine],
    }


def _reference(inputs: pd.DataFrame, prediction: np.ndarray) -> dict[str, Any]:
    frame = inputs.assign(**{PREDICTION: predicted_number(prediction)})
    return {
        name: {
            "edges": None if bins.edges is None else bins.edges.tolist(),
            "levels": list(bins.levels),
            "size": bins.size,
            "counts": bins.reference.tolist(),
        }
        for name, bins in fit_bins(frame).items()
    }


def read_reference(data: Mapping[str, Any]) -> Bins:
    """Return the bins that new rows are compared with.

    Parameters
    ----------
    data : mapping
        As in ``reference.json``.

    Returns
    -------
    dict of str to ColumnBins
    """
    return {
        name: ColumnBins(
            None if part["edges"] is None else np.array(part["edges"], dtype=float),
            tuple(part["levels"]),
            int(part["size"]),
            np.array(part["counts"], dtype=float),
        )
        for name, part in data.items()
    }


@dataclass(frozen=True)
class Version:
    """A version, read and checked.

    Parameters
    ----------
    contract : Contract
    answerers : mapping of str to Answerer
        Rungs that could be read, in the order in which they are asked.
    trouble : mapping of str to str
        Why a rung could not be read.
    golden, reference, metrics, about : mapping
        Plain data.
    """

    contract: Contract
    answerers: Mapping[str, Answerer]
    trouble: Mapping[str, str] = field(default_factory=dict)
    golden: Mapping[str, Any] = field(default_factory=dict)
    reference: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    about: Mapping[str, Any] = field(default_factory=dict)


def read_version(files: Mapping[str, bytes]) -> Version:
    """Read a version; a rung that is damaged is named and left out.

    Parameters
    ----------
    files : mapping of str to bytes

    Returns
    -------
    Version

    Raises
    ------
    UnportableModel
        If the contract is missing or damaged: without it no row can be read.
    """
    sums = json.loads(files.get(SUMS, b"{}"))
    damaged = {name for name, wanted in sums.items() if _sum(files.get(name)) != wanted}
    if "contract.json" not in files or "contract.json" in damaged:
        raise UnportableModel("contract.json is missing or was changed without its fingerprint")
    data = {
        name: json.loads(files[f"{name}.json"]) if f"{name}.json" in files else {}
        for name in ("golden", "reference", "metrics", "about")
        if f"{name}.json" not in damaged
    }
    contract = Contract.from_json(json.loads(files["contract.json"]))
    proof: Sequence[Any] = data.get("golden", {}).get("rows", ())
    answerers, trouble = {}, {}
    for key in data.get("about", {}).get("rungs", _rungs(files)):
        mine = {n.partition("/")[2]: d for n, d in files.items() if n.startswith(f"{key}/")}
        broken = sorted(name for name in damaged if name.startswith(f"{key}/"))
        try:
            if broken:
                raise UnportableModel(f"{broken[0]} is missing or was changed")
            answerers[key] = Answerer(from_portable(mine), contract, proof)
        except (UnportableModel, ImportError, ValueError) as error:
            trouble[key] = str(error)
    return Version(contract, answerers, trouble, **data)


def _sum(data: bytes | None) -> str:
    return "" if data is None else hashlib.sha256(data).hexdigest()


def _rungs(files: Mapping[str, bytes]) -> list[str]:
    return sorted({name.partition("/")[0] for name in files if "/" in name})
