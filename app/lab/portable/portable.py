"""A fitted rung that can leave this machine: plain data, read without running anything."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from app.lab.portable.codec import Files, UnportableModel, read, written
from app.lab.rungs.rung import Fitted

FORMAT = 1
MAIN = "model.json"


def portable(fitted: Fitted) -> Files:
    """Return a fitted rung as files, the same bytes for the same model.

    Parameters
    ----------
    fitted : Fitted

    Returns
    -------
    dict of str to bytes
        ``model.json``, and a file of its own for a booster or the user's estimator.

    Raises
    ------
    UnportableModel
        If there is no safe format for it.
    """
    files: Files = {}
    plain = {
        "format": FORMAT,
        "key": fitted.key,
        "form": fitted.form,
        "inputs": list(fitted.inputs),
        "description": fitted.description,
        "predictor": written(fitted.predictor, files),
    }
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
    return {MAIN: text.encode(), **files}


def from_portable(files: Mapping[str, bytes]) -> Fitted:
    """Return the fitted rung that was written.

    Parameters
    ----------
    files : mapping of str to bytes

    Returns
    -------
    Fitted
        It answers to the last bit as the one that was written.

    Raises
    ------
    UnportableModel
        If the files are not those of a model this version knows.
    """
    if MAIN not in files:
        raise UnportableModel(f"there is no {MAIN}; the model is not complete")
    try:
        plain: dict[str, Any] = json.loads(files[MAIN])
    except json.JSONDecodeError as error:
        raise UnportableModel(f"{MAIN} is no JSON: {error}") from None
    if plain.get("format") != FORMAT:
        raise UnportableModel(f"the model has format {plain.get('format')!r}; read is {FORMAT}")
    try:
        predictor = read(plain["predictor"], files)
        inputs = tuple(plain["inputs"])
        return Fitted(plain["key"], plain["form"], predictor, inputs, plain["description"])
    except (KeyError, TypeError) as error:
        raise UnportableModel(f"the model is not complete: {error!r}") from None
