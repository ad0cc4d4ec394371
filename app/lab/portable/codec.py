"""From a fitted rung to plain data and files, and back: nothing that runs code when it is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from app.lab.encoding import Encoder
from app.lab.portable import boosters, estimators, reading
from app.lab.portable.smooth import Curve, Logistic
from app.lab.portable.trees import Trees
from app.lab.recalibration import Calibrated, Isotonic, Sigmoid
from app.lab.rungs.constant import Constant
from app.lab.rungs.group_means import GroupMeans
from app.lab.rungs.linear import Design, Line, LinearModel
from app.lab.rungs.one_rule import OneColumn
from app.lab.rungs.packages import Raw
from app.lab.rungs.past_value import PastValue
from app.lab.rungs.rung import EncodedModel, Relative
from app.lab.rungs.user_rule import RuleRates, RuleShares, RuleValues

Plain = dict[str, Any]
Files = dict[str, bytes]


class UnportableModel(ValueError):
    """A model that has no safe format here."""


def written(predictor: Any, files: Files) -> Plain:
    """Return a predictor as plain data; what has a format of its own goes to ``files``.

    Parameters
    ----------
    predictor : Predictor
        Of any rung, behind a map or a ratio or not.
    files : dict of str to bytes
        Filled by name.

    Returns
    -------
    dict

    Raises
    ------
    UnportableModel
        If there is no safe format for it.
    """
    name = type(predictor).__name__
    if name not in WRITERS:
        raise UnportableModel(f"a model of the kind {name} has no safe format here")
    return {"kind": name, **WRITERS[name](predictor, files)}


def read(plain: Mapping[str, Any], files: Mapping[str, bytes]) -> Any:
    """Return the predictor that was written.

    Parameters
    ----------
    plain : mapping
    files : mapping of str to bytes

    Returns
    -------
    Predictor

    Raises
    ------
    UnportableModel
        If its kind is not known.
    """
    kind = str(plain.get("kind"))
    if kind not in READERS:
        raise UnportableModel(f"a model of the kind {kind!r} is not known to this version")
    return READERS[kind](plain, files)


def _encoder(plain: Mapping[str, Any]) -> Encoder:
    return Encoder(
        **{name: plain["encoder"][name] for name in ("names", "sources", "levels", "parts")}
    )


def _constant(it: Constant, files: Files) -> Plain:
    return {"value": np.asarray(it.value, dtype=float).tolist()}


def _read_constant(plain: Mapping[str, Any], files: Mapping[str, bytes]) -> Constant:
    value = plain["value"]
    return Constant(np.array(value) if isinstance(value, list) else float(value))


def _group_means(it: GroupMeans, files: Files) -> Plain:
    return {
        "encoder": asdict(it.encoder),
        "places": list(it.places),
        "values": [known.tolist() for known in it.values],
        "means": it.means.tolist(),
    }


def _read_group_means(plain: Mapping[str, Any], files: Mapping[str, bytes]) -> GroupMeans:
    values = tuple(np.array(known, dtype=float) for known in plain["values"])
    return GroupMeans(_encoder(plain), tuple(plain["places"]), values, np.array(plain["means"]))


def _one_column(it: OneColumn, files: Files) -> Plain:
    return {
        "encoder": asdict(it.encoder),
        "place": it.place,
        "edges": it.edges.tolist(),
        "means": it.means.tolist(),
    }


def _read_one_column(plain: Mapping[str, Any], files: Mapping[str, bytes]) -> OneColumn:
    edges = np.array(plain["edges"], dtype=float)
    return OneColumn(_encoder(plain), plain["place"], edges, np.array(plain["means"]))


def _past_value(it: PastValue, files: Files) -> Plain:
    return asdict(it)


def _read_past_value(plain: Mapping[str, Any], files: Mapping[str, bytes]) -> PastValue:
    return PastValue(plain["column"], plain["missing"])


def _rates(it: RuleRates, files: Files) -> Plain:
    curve = it.curve
    if curve is not None and not isinstance(curve, Curve):
        curve = reading.read_isotonic(curve)
    return {
        "expression": it.expression,
        "missing": it.missing,
        "answers": [[answer, rate] for answer, rate in it.answers.items()],
        "curve": None if curve is None else _curve(curve),
    }


def _read_rates(plain: Mapping[str, Any], files: Mapping[str, bytes]) -> RuleRates:
    curve: Any = None if plain["curve"] is None else _read_curve(plain["curve"])
    answers = {float(answer): float(rate) for answer, rate in plain["answers"]}
    return RuleRates(plain["expression"], plain["missing"], answers, curve)


def _values(it: RuleValues, files: Files) -> Plain:
    return asdict(it)


def _read_values(plain: Mapping[str, Any], files: Mapping[str, bytes]) -> RuleValues:
    return RuleValues(plain["expression"], plain["missing"])


def _shares(it: RuleShares, files: Files) -> Plain:
    return {
        "expression": it.expression,
        "missing": it.missing.tolist(),
        "answers": {answer: shares.tolist() for answer, shares in it.answers.items()},
    }


def _read_shares(plain: Mapping[str, Any], files: Mapping[str, bytes]) -> RuleShares:
    answers = {answer: np.array(shares) for answer, shares in plain["answers"].items()}
    return RuleShares(plain["expression"], np.array(plain["missing"]), answers)


def _curve(it: Curve) -> Plain:
    return {"x": it.x.tolist(), "y": it.y.tolist()}


def _read_curve(plain: Mapping[str, Any]) -> Curve:
    return Curve(np.array(plain["x"], dtype=float), np.array(plain["y"], dtype=float))


def _linear(it: LinearModel, files: Files) -> Plain:
    design = it.design
    model = it.model
    if not isinstance(model, Line | Logistic):
        model = reading.read_logistic(model)
    return {
        "encoder": asdict(design.encoder),
        "numeric": [int(i) for i in design.numeric],
        "centers": design.centers.tolist(),
        "scales": design.scales.tolist(),
        "holes": [int(i) for i in design.holes],
        "hot": [[int(i), float(code)] for i, code in design.hot],
        "coef": model.coef_.tolist(),
        "intercept": np.asarray(model.intercept_).tolist(),
        "classes": model.classes_.tolist() if isinstance(model, Logistic) else None,
        "form": it.form,
        "size": it.size,
    }


def _read_linear(plain: Mapping[str, Any], files: Mapping[str, bytes]) -> LinearModel:
    design = Design(
        _encoder(plain),
        plain["numeric"],
        np.array(plain["centers"], dtype=float),
        np.array(plain["scales"], dtype=float),
        plain["holes"],
        [(i, code) for i, code in plain["hot"]],
    )
    coef = np.array(plain["coef"], dtype=float)
    model: Any = Line(coef, plain["intercept"])
    if plain["classes"] is not None:
        model = Logistic(coef, np.array(plain["intercept"]), np.array(plain["classes"]))
    return LinearModel(design, model, plain["form"], plain["size"])


def _encoded(it: EncodedModel, files: Files) -> Plain:
    return {
        "encoder": asdict(it.encoder),
        "form": it.form,
        "size": it.size,
        "model": _model(it.model, files),
    }


def _read_encoded(plain: Mapping[str, Any], files: Mapping[str, bytes]) -> EncodedModel:
    model = _read_model(plain["model"], files, plain["form"] != "regression")
    return EncodedModel(_encoder(plain), model, plain["form"], plain["size"])


def _model(model: Any, files: Files) -> Plain:
    name = type(model).__name__
    if isinstance(model, Trees):
        return {"format": "trees", **asdict(model)}
    if name.startswith("HistGradientBoosting"):
        return {"format": "trees", **asdict(reading.read_gradient(model))}
    if name.startswith("DecisionTree"):
        return {"format": "trees", **asdict(reading.read_tree(model))}
    if isinstance(model, boosters.LightGBM):
        files["lightgbm.txt"] = model.booster.model_to_string(num_iteration=-1).encode()
        return {"format": "lightgbm", "classes": list(model.classes)}
    if isinstance(model, Raw):
        return _booster(model, files)
    if type(model).__module__.startswith("sklearn."):
        files["estimator.skops"], trusted = estimators.estimator_bytes(model)
        return {"format": "skops", "trusted": trusted}
    raise UnportableModel(f"a model of the kind {name} has no safe format here")


def _booster(it: Raw, files: Files) -> Plain:
    package = type(it.model).__module__.partition(".")[0]
    known = [float(c) for c in it.classes_] if hasattr(it.model, "classes_") else []
    if package == "lightgbm":
        files["lightgbm.txt"] = boosters.lightgbm_text(it.model)
    elif package == "xgboost":
        files["xgboost.json"] = boosters.xgboost_json(it.model)
    elif package == "catboost":
        files["catboost.cbm"] = boosters.catboost_binary(it.model)
    else:
        raise UnportableModel(f"a model of the package {package} has no safe format here")
    return {"format": package, "classes": known}


def _read_model(plain: Mapping[str, Any], files: Mapping[str, bytes], classifies: bool) -> Any:
    name = plain["format"]
    if name == "trees":
        given: dict[str, Any] = {
            k: tuple(v) if isinstance(v, list) else v for k, v in plain.items() if k != "format"
        }
        given["value"] = tuple(tuple(v) if isinstance(v, list) else v for v in given["value"])
        return Trees(**given)
    if name == "skops":
        return estimators.read_estimator(files["estimator.skops"], plain["trusted"])
    classes = tuple(plain["classes"])
    if name == "lightgbm":
        return boosters.read_lightgbm(files["lightgbm.txt"], classes)
    if name == "xgboost":
        return Raw(boosters.read_xgboost(files["xgboost.json"], classifies), np.array(classes))
    if name == "catboost":
        return Raw(boosters.read_catboost(files["catboost.cbm"], classifies), np.array(classes))
    raise UnportableModel(f"a model in the format {name!r} is not known to this version")


def _relative(it: Relative, files: Files) -> Plain:
    return {
        "inner": written(it.inner, files),
        "level": it.level,
        "middle": it.middle,
        "past": list(it.past),
    }


def _read_relative(plain: Mapping[str, Any], files: Mapping[str, bytes]) -> Relative:
    inner = read(plain["inner"], files)
    return Relative(inner, plain["level"], plain["middle"], tuple(plain["past"]))


def _calibrated(it: Calibrated, files: Files) -> Plain:
    inner = written(it.inner, files)
    if isinstance(it.mapped, Sigmoid):
        return {"inner": inner, "slope": it.mapped.slope, "start": it.mapped.start}
    curve: Any = it.mapped.curve
    return {
        "inner": inner,
        "curve": _curve(curve if isinstance(curve, Curve) else reading.read_isotonic(curve)),
    }


def _read_calibrated(plain: Mapping[str, Any], files: Mapping[str, bytes]) -> Calibrated:
    inner = read(plain["inner"], files)
    if "slope" in plain:
        return Calibrated(inner, Sigmoid(plain["slope"], plain["start"]))
    curve: Any = _read_curve(plain["curve"])
    return Calibrated(inner, Isotonic(curve))


WRITERS: Mapping[str, Callable[[Any, Files], Plain]] = {
    "Constant": _constant,
    "GroupMeans": _group_means,
    "OneColumn": _one_column,
    "PastValue": _past_value,
    "RuleRates": _rates,
    "RuleValues": _values,
    "RuleShares": _shares,
    "LinearModel": _linear,
    "EncodedModel": _encoded,
    "Relative": _relative,
    "Calibrated": _calibrated,
}
READERS: Mapping[str, Callable[[Mapping[str, Any], Mapping[str, bytes]], Any]] = {
    "Constant": _read_constant,
    "GroupMeans": _read_group_means,
    "OneColumn": _read_one_column,
    "PastValue": _read_past_value,
    "RuleRates": _read_rates,
    "RuleValues": _read_values,
    "RuleShares": _read_shares,
    "LinearModel": _read_linear,
    "EncodedModel": _read_encoded,
    "Relative": _read_relative,
    "Calibrated": _read_calibrated,
}
