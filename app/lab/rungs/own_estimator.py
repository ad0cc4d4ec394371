"""A rung of the user's own: an estimator of scikit-learn by name, its parameters checked."""

from __future__ import annotations

import difflib
import inspect
import json
import warnings
from functools import lru_cache
from typing import Any

import numpy as np

from app.lab.rungs.rung import EncodedModel, Fitted, RungKind, Training

LONGEST = 4000
MOST_ITERATIONS = 5000
# Wrappers around other estimators, and those for another kind of target.
NOT_ALONE = ("Multi", "CrossDecomposition", "CCA", "PLS", "Isotonic", "Dummy", "Radius")


class EstimatorError(ValueError):
    """An estimator that cannot be used, with what is wrong and what is allowed."""


def own_estimator(name: str, params: str, form: str, seed: int) -> Any:
    """Return an estimator of scikit-learn with checked parameters, not fitted.

    Parameters
    ----------
    name : str
        Class name, such as RandomForestClassifier.
    params : str
        JSON object of parameters with plain values, empty for the defaults.
    form : {"binary", "multiclass", "regression"}
    seed : int

    Returns
    -------
    estimator

    Raises
    ------
    EstimatorError
        Naming what is not known or not allowed.
    """
    known = estimators(form)
    if name not in known:
        near = difflib.get_close_matches(name, list(known), n=2)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise EstimatorError(
            f"{name!r} is no {'regressor' if form == 'regression' else 'classifier'} of "
            f"scikit-learn that can stand alone{hint}. Allowed are names such as "
            f"{', '.join(list(known)[:4])}"
        )
    kind = known[name]
    found = {**_defaults(kind, seed), **_params(kind, params)}
    model = kind(**found)
    try:
        model._validate_params()
    except ValueError as error:
        raise EstimatorError(f"{name}: {str(error).splitlines()[0]}") from None
    return model


@lru_cache(maxsize=4)
def estimators(form: str) -> dict[str, Any]:
    """Return the estimators that can stand on the ladder alone, by name.

    Parameters
    ----------
    form : {"binary", "multiclass", "regression"}

    Returns
    -------
    dict of str to class
    """
    from sklearn.utils import all_estimators

    kind = "regressor" if form == "regression" else "classifier"
    found = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, made in all_estimators(type_filter=kind):
            needed = [
                p
                for p in inspect.signature(made.__init__).parameters.values()
                if p.default is p.empty and p.name != "self" and p.kind is p.POSITIONAL_OR_KEYWORD
            ]
            gives = form == "regression" or hasattr(made, "predict_proba")
            if not needed and gives and not any(word in name for word in NOT_ALONE):
                found[name] = made
    return found


def _defaults(kind: Any, seed: int) -> dict[str, Any]:
    names = inspect.signature(kind.__init__).parameters
    wanted = {"random_state": seed, "n_jobs": 1, "probability": True}
    return {name: value for name, value in wanted.items() if name in names}


def _params(kind: Any, text: str) -> dict[str, Any]:
    if not text.strip():
        return {}
    if len(text) > LONGEST:
        raise EstimatorError(f"the parameters have {len(text):,} characters; at most {LONGEST:,}")
    try:
        given = json.loads(text)
    except json.JSONDecodeError as error:
        raise EstimatorError(
            f"the parameters are no JSON: {error.msg} at character {error.pos + 1}; write them as "
            '{"max_depth": 6}'
        ) from None
    if not isinstance(given, dict):
        raise EstimatorError('the parameters must be one JSON object, such as {"max_depth": 6}')
    allowed = [
        n for n in inspect.signature(kind.__init__).parameters if n not in ("self", "n_jobs")
    ]
    for name, value in given.items():
        if name not in allowed:
            near = difflib.get_close_matches(name, allowed, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise EstimatorError(
                f"{kind.__name__} has no parameter {name!r}{hint}. It takes: {', '.join(allowed)}"
            )
        if not (value is None or isinstance(value, bool | int | float | str)):
            raise EstimatorError(
                f"the parameter {name!r} is {json.dumps(value)[:60]}; only numbers, texts, true, "
                "false and null are taken"
            )
        if name in ("n_estimators", "max_iter") and isinstance(value, int | float):
            _check_iterations(name, value)
    return given


def _check_iterations(name: str, value: float) -> None:
    if value > MOST_ITERATIONS:
        raise EstimatorError(f"{name} is {value:,}; at most {MOST_ITERATIONS:,} are taken here")


def fit(training: Training) -> Fitted:
    """Fit the user's estimator, behind a median for missing values where it cannot take them.

    Parameters
    ----------
    training : Training
        With ``options["estimator"]`` and ``options["estimator_params"]``.

    Returns
    -------
    Fitted

    Raises
    ------
    EstimatorError
        If the name or a parameter is not known, or it cannot be fitted.
    """
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    name = str(training.options.get("estimator", ""))
    params = str(training.options.get("estimator_params", ""))
    model = own_estimator(name, params, training.form, training.seed)
    y = training.y if training.form == "regression" else training.codes
    pipeline: Any = make_pipeline(
        SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler(), model
    )
    try:
        with warnings.catch_warnings():
            # Whether it converged is the user's own business; its score will tell.
            warnings.simplefilter("ignore")
            pipeline.fit(np.clip(training.matrix, -1e30, 1e30), y)
    except (ValueError, TypeError, ArithmeticError, MemoryError) as error:
        raise EstimatorError(f"{name} cannot be fitted: {str(error).splitlines()[0]}") from None
    inputs = tuple(dict.fromkeys(training.encoder.sources))
    fitted = EncodedModel(training.encoder, pipeline, training.form, len(training.classes))
    words = f"{name} of scikit-learn, {params.strip() or 'at its defaults'}."
    return Fitted("own_estimator", training.form, fitted, inputs, words)


KIND = RungKind(
    "own_estimator",
    "Your own estimator",
    "You asked for it: it has to earn its place like the others.",
    fit,
    readable="with SHAP only",
    holes="filled with the median",
)
