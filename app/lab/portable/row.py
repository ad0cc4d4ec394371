"""One row, answered without a table: the way a service takes.

Building a table for one row takes longer than most models do. The short way gives the same bits
as the long one; `Answerer` proves that on known rows before it uses it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np

from app.lab.contract import Contract
from app.lab.contract.column import Column
from app.lab.encoding import LARGEST, Encoder
from app.lab.expression import RuleError
from app.lab.portable.rule_row import RuleRow, text_of
from app.lab.portable.trees import Trees
from app.lab.recalibration import Calibrated
from app.lab.rungs.constant import Constant
from app.lab.rungs.group_means import GroupMeans
from app.lab.rungs.linear import Design, Line, LinearModel
from app.lab.rungs.one_rule import OneColumn
from app.lab.rungs.past_value import PastValue
from app.lab.rungs.rung import EncodedModel, Relative
from app.lab.rungs.user_rule import RuleRates, RuleShares, RuleValues

Row = Mapping[str, Any]
OneRow = Callable[[Row], np.ndarray]
NAN = float("nan")


def one_row(predictor: Any, contract: Contract) -> OneRow | None:
    """Return the short way to answer one row, None where there is none.

    Parameters
    ----------
    predictor : Predictor
    contract : Contract
        Of the columns the predictor reads.

    Returns
    -------
    callable or None
        Takes plain values by column that the contract has nothing against, dates as datetimes;
        gives an array of shape (1,) or (1, k).
    """
    cast = _casts(contract)
    if cast is None:
        return None
    if isinstance(predictor, RuleRates | RuleValues | RuleShares):
        inner: OneRow | None = _rule(predictor, contract)
    else:
        inner = _short(predictor)
    if inner is None:
        return None
    found = inner

    def answer(row: Row) -> np.ndarray:
        return found({name: change(row[name]) for name, change in cast})

    return answer


def _casts(contract: Contract) -> tuple[tuple[str, Callable[[Any], Any]], ...] | None:
    """Return what makes a plain value the one that the table would hold."""
    if any(c.kind == "date" and "," in c.dtype for c in contract.columns):
        # Hours in a time zone of its own are left to the table.
        return None
    return tuple((c.name, _cast(c)) for c in contract.columns)


def _cast(column: Column) -> Callable[[Any], Any]:
    if column.dtype == "float32":
        return lambda value: None if value is None else float(np.float32(value))
    if column.kind == "date":
        return _date
    return lambda value: value


def _date(value: Any) -> datetime | None:
    if value is None:
        return None
    found = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    if found.tzinfo is None:
        return found
    return found.replace(tzinfo=None) - (found.utcoffset() or found - found)


def _short(predictor: Any) -> OneRow | None:
    kind = type(predictor)
    return SHORT[kind](predictor) if kind in SHORT else None


def _constant(it: Constant) -> OneRow:
    value = np.array([it.value], dtype=float)
    return lambda row: value


def _by_matrix(it: OneColumn | GroupMeans) -> OneRow:
    encode = coder(it.encoder)
    return lambda row: it.predict_matrix(np.array([encode(row)]))


def _linear(it: LinearModel) -> OneRow:
    encode, entries, model = coder(it.design.encoder), _entries(it.design), it.model
    weights = np.atleast_2d(model.coef_).T.copy()

    def sums(row: Row) -> np.ndarray:
        found = np.zeros(weights.shape[1])
        # In the order of the design's columns, as the sparse product adds them up.
        for column, value in entries(encode(row)):
            found += value * weights[column]
        return found

    if isinstance(model, Line):
        return lambda row: sums(row) + model.intercept_
    if it.form == "binary":
        return lambda row: model.linked((sums(row) + model.intercept_)[None, :])[:, 1]
    places = model.classes_.astype(int)

    def shares(row: Row) -> np.ndarray:
        found = np.zeros((1, it.size))
        found[:, places] = model.linked((sums(row) + model.intercept_)[None, :])
        return found

    return shares


def _entries(design: Design) -> Callable[[Sequence[float]], list[tuple[int, float]]]:
    """Return what `Design.sparse` does, for one encoded row."""
    centers, scales = design.centers.tolist(), design.scales.tolist()
    holes = {hole: len(design.numeric) + j for j, hole in enumerate(design.holes)}
    first = len(design.numeric) + len(design.holes)
    hot: dict[int, dict[float, int]] = {}
    for place, (i, code) in enumerate(design.hot):
        hot.setdefault(i, {})[code] = first + place

    def entries(row: Sequence[float]) -> list[tuple[int, float]]:
        found, empty = [], []
        for j, i in enumerate(design.numeric):
            value = row[i]
            if value == value:  # noqa: PLR0124 - false for NaN only
                scaled = (value - centers[j]) / scales[j]
                found.append((j, min(max(scaled, -8.0), 8.0)))
            elif j in holes:
                empty.append((holes[j], 1.0))
        known = ((places.get(row[i])) for i, places in hot.items())
        return found + empty + [(at, 1.0) for at in known if at is not None]

    return entries


def _rule(it: RuleRates | RuleValues | RuleShares, contract: Contract) -> OneRow | None:
    try:
        rule = RuleRow(it.expression, contract)
    except RuleError:
        return None
    if isinstance(it, RuleShares):
        shares = it
        return lambda row: shares.answers.get(text_of(rule.answer(row)) or "", shares.missing)[None]
    if isinstance(it, RuleValues):
        missing = it.missing
        return lambda row: np.nan_to_num(np.array([rule.number(row)]), nan=missing)
    rates = it
    return lambda row: np.array([_rate(rates, rule.number(row))])


def _rate(it: RuleRates, found: float) -> float:
    if found != found:  # noqa: PLR0124 - true for NaN only
        return it.missing
    if it.curve is not None:
        return float(it.curve.predict(np.array([found]))[0])
    return it.answers.get(found, it.missing)


def _past_value(it: PastValue) -> OneRow:
    def answer(row: Row) -> np.ndarray:
        value = row[it.column]
        known = value is not None and abs(value) < float("inf")
        return np.array([float(value) if known else it.missing])

    return answer


def _calibrated(it: Calibrated) -> OneRow | None:
    inner = _short(it.inner)
    if inner is None:
        return None
    found = inner
    return lambda row: it.mapped.apply(found(row))


def _relative(it: Relative) -> OneRow | None:
    inner = _short(it.inner)
    if inner is None:
        return None
    found = inner

    def answer(row: Row) -> np.ndarray:
        value = row[it.level]
        level = float(value) if value is not None and value > 0 else it.middle
        ratios = {
            name: NAN if row[name] is None else row[name] / level
            for name in it.past
            if name != it.level and name in row
        }
        return np.asarray(found({**row, **ratios}) * level)

    return answer


def _encoded(it: EncodedModel) -> OneRow:
    encode, model, form = coder(it.encoder), it.model, it.form
    if not isinstance(model, Trees) or model.single:
        return lambda row: it.predict_matrix(np.array([encode(row)]))
    if form == "regression":
        return lambda row: model.one(encode(row))
    if form == "binary":
        return lambda row: model.one(encode(row))[:, 1]
    places = model.classes_.astype(int)

    def shares(row: Row) -> np.ndarray:
        found = np.zeros((1, it.size))
        found[:, places] = model.one(encode(row))
        return found

    return shares


def coder(encoder: Encoder) -> Callable[[Row], list[float]]:
    """Return what `Encoder.transform` does, for one row of plain values.

    Parameters
    ----------
    encoder : Encoder

    Returns
    -------
    callable
        Takes values by column, gives a list of floats.
    """
    steps = [_step(encoder, source) for source in dict.fromkeys(encoder.sources)]

    def encode(row: Row) -> list[float]:
        found: list[float] = []
        for source, step in steps:
            found += step(row[source])
        return found

    return encode


def _step(encoder: Encoder, source: str) -> tuple[str, Callable[[Any], Sequence[float]]]:
    if source in encoder.parts:
        parts = tuple(encoder.parts[source])
        return source, lambda value: _date_parts(value, parts)
    if source in encoder.levels:
        places = {level: [float(i)] for i, level in enumerate(encoder.levels[source])}
        return source, lambda value: [NAN] if value is None else places.get(str(value), [-1.0])
    return source, _number


def _number(value: Any) -> Sequence[float]:
    if value is None:
        return [NAN]
    number = float(value)
    return [number if abs(number) < LARGEST else NAN]


def _date_parts(value: datetime | None, parts: Sequence[str]) -> Sequence[float]:
    if value is None:
        return [NAN] * len(parts)
    known = {"weekday": value.weekday(), "hour": value.hour, "month": value.month}
    return [float(known[part]) for part in parts]


SHORT: Mapping[type, Callable[[Any], OneRow | None]] = {
    Constant: _constant,
    PastValue: _past_value,
    Calibrated: _calibrated,
    Relative: _relative,
    EncodedModel: _encoded,
    OneColumn: _by_matrix,
    GroupMeans: _by_matrix,
    LinearModel: _linear,
}
