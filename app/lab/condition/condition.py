"""One condition on one column."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

import numpy as np
import pandas as pd

from app.lab.condition.kinds import (
    ConditionError,
    Kind,
    Scalar,
    column_of,
    dates,
    kind_of,
    numbers,
    texts,
    timestamp,
)

Op = Literal["==", "in", "<", "<=", ">", ">=", "between", "is_missing"]
Value = Scalar | tuple[Scalar, ...] | None

OPS: tuple[str, ...] = get_args(Op)
ORDER: dict[str, Callable[[Any, Any], Any]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
SIGNS = {"<=": "≤", ">=": "≥"}
LONGEST = 1000
MOST_VALUES = 1000
WORDS = 4


@dataclass(frozen=True)
class Condition:
    """A condition on one column, in the user's words and types.

    Parameters
    ----------
    column : str
    op : str
        One of ``==``, ``in``, ``<``, ``<=``, ``>``, ``>=``, ``between``, ``is_missing``.
    value : str, bool, int, float, tuple of these, or None
        A tuple for ``in`` (any of them) and ``between`` (low and high, both count); None for
        ``is_missing``. Dates are ISO texts.

    Raises
    ------
    ConditionError
        If operator and value do not go together.
    """

    column: str
    op: Op
    value: Value = None

    def __post_init__(self) -> None:
        if not isinstance(self.column, str) or not 1 <= len(self.column) <= LONGEST:
            raise ConditionError("a condition needs the name of a column")
        if self.op not in OPS:
            raise ConditionError(
                f"{self.column}: {str(self.op)[:20]!r} is no operator; use one of {', '.join(OPS)}"
            )
        object.__setattr__(self, "value", _checked(self.column, self.op, self.value))

    @property
    def words(self) -> str:
        """The condition as a person reads it."""
        if self.op == "is_missing":
            return f"{self.column} is missing"
        if self.op == "in":
            values = cast("tuple[Scalar, ...]", self.value)
            listed = ", ".join(shown(value) for value in values[: WORDS * 3])
            more = f" or {len(values) - WORDS * 3} more" if len(values) > WORDS * 3 else ""
            return f"{self.column} is one of {listed}{more}"
        if self.op == "between":
            low, high = cast("tuple[Scalar, Scalar]", self.value)
            return f"{self.column} is from {shown(low)} to {shown(high)}"
        sign = "is" if self.op == "==" else SIGNS.get(self.op, self.op)
        return f"{self.column} {sign} {shown(cast('Scalar', self.value))}"

    def check(self, frame: pd.DataFrame) -> None:
        """Check the condition against the columns of a frame.

        Parameters
        ----------
        frame : DataFrame

        Raises
        ------
        ConditionError
            If the column is unknown, or holds what cannot be compared with the value.
        """
        kind = kind_of(column_of(frame, self.column))
        if self.op == "is_missing":
            return
        if kind == "other":
            raise ConditionError(
                f"{self.column} holds neither numbers, texts nor dates; only is_missing works there"
            )
        if self.op not in ("==", "in") and kind in ("text", "boolean"):
            holds = "texts" if kind == "text" else "yes and no"
            raise ConditionError(f"{self.column} holds {holds}; use == or in, not {self.op}")
        for value in _values(self.value):
            _check_type(self.column, kind, value)

    def mask(self, frame: pd.DataFrame) -> np.ndarray:
        """Return for which rows the condition holds.

        Parameters
        ----------
        frame : DataFrame, n rows

        Returns
        -------
        ndarray of bool, shape (n,)
            False where the value is missing, unless the condition is ``is_missing``.

        Raises
        ------
        ConditionError
            As in `check`.
        """
        self.check(frame)
        series = column_of(frame, self.column)
        if self.op == "is_missing":
            return series.isna().to_numpy(dtype=bool)
        kind = kind_of(series)
        if kind == "date":
            return self._ordered(dates(series).to_numpy("datetime64[ns]"), _instant)
        if kind == "number" and _exact(series, _values(self.value)):
            return self._ordered(series.to_numpy(), lambda value: value)
        if kind == "number":
            return self._ordered(numbers(series), lambda value: value)
        return _among(series, kind, _values(self.value))

    def _ordered(self, values: np.ndarray, read: Callable[[Any], Any]) -> np.ndarray:
        wanted = [read(value) for value in _values(self.value)]
        with np.errstate(invalid="ignore"):
            if self.op == "between":
                found = (values >= wanted[0]) & (values <= wanted[1])
            elif self.op in ORDER:
                found = ORDER[self.op](values, wanted[0])
            else:
                found = np.isin(values, np.array(wanted))
        return np.asarray(found, dtype=bool)

    def to_json(self) -> dict[str, Any]:
        """Return the condition as plain JSON."""
        value = list(self.value) if isinstance(self.value, tuple) else self.value
        return {"column": self.column, "op": self.op, "value": value}

    @classmethod
    def from_json(cls, raw: Any) -> Condition:
        """Read a condition from plain JSON.

        Parameters
        ----------
        raw : mapping
            With ``column``, ``op`` and ``value``. ``==`` with null is ``is_missing``.

        Returns
        -------
        Condition

        Raises
        ------
        ConditionError
            If it is anything else.
        """
        if not isinstance(raw, Mapping) or not {"column", "op"} <= set(raw):
            raise ConditionError("a condition is an object with column, op and value")
        if extra := set(raw) - {"column", "op", "value"}:
            raise ConditionError(f"a condition has no {sorted(map(str, extra))[0][:40]!r}")
        column, op, value = raw["column"], raw["op"], raw.get("value")
        if op == "==" and value is None:
            op = "is_missing"
        return cls(column, op, tuple(value) if isinstance(value, list) else value)


def shown(value: Scalar) -> str:
    """Return a value in few characters.

    Parameters
    ----------
    value : str, bool, int or float

    Returns
    -------
    str
        Numbers with at most six digits, midnight without its zeros.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:.6g}"
    text = str(value).removesuffix(" 00:00:00").removesuffix("T00:00:00")
    return text if len(text) <= 60 else text[:59] + "…"


def _values(value: Value) -> tuple[Scalar, ...]:
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


def _checked(column: str, op: str, value: Any) -> Value:
    if op == "is_missing":
        if value is not None:
            raise ConditionError(f"{column}: is_missing takes no value")
        return None
    if op not in ("in", "between"):
        return _scalar(column, value)
    if not isinstance(value, (tuple, list)) or not 1 <= len(value) <= MOST_VALUES:
        raise ConditionError(f"{column}: {op} takes a list of 1 to {MOST_VALUES:,} values")
    values = tuple(_scalar(column, part) for part in value)
    if op == "between":
        _check_ends(column, values)
    return values


def _check_ends(column: str, values: tuple[Scalar, ...]) -> None:
    if len(values) != 2:
        raise ConditionError(f"{column}: between takes two values, low and high")
    low, high = values
    if isinstance(low, str) and isinstance(high, str):
        wrong = timestamp(low) > timestamp(high)
    elif isinstance(low, str) or isinstance(high, str):
        raise ConditionError(f"{column}: between takes two numbers or two dates, not one of each")
    else:
        wrong = low > high
    if wrong:
        raise ConditionError(
            f"{column}: between {shown(low)} and {shown(high)} holds nothing; the lower value "
            "comes first"
        )


def _scalar(column: str, value: Any) -> Scalar:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, str):
        if len(value) > LONGEST:
            raise ConditionError(
                f"{column}: the text {value[:20]!r}… has {len(value):,} characters; at most "
                f"{LONGEST:,}"
            )
        return value
    if isinstance(value, (bool, int)):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, float):
        raise ConditionError(f"{column}: the value is {value}; give a finite number")
    raise ConditionError(
        f"{column}: the value is {type(value).__name__}; give a text, a number, true or false"
    )


def _check_type(column: str, kind: Kind, value: Scalar) -> None:
    if kind == "number" and (isinstance(value, (str, bool))):
        raise ConditionError(f"{column} holds numbers; {shown(value)!r} is none")
    if kind == "boolean" and value not in (True, False):
        raise ConditionError(f"{column} holds yes and no; give true or false, not {shown(value)!r}")
    if kind == "text" and not isinstance(value, str):
        raise ConditionError(f"{column} holds texts; put {shown(value)} into quotes")
    if kind == "date":
        try:
            timestamp(value)
        except ConditionError as error:
            raise ConditionError(f"{column} holds dates; {error}") from None


def _instant(value: Any) -> np.datetime64:
    return timestamp(value).to_datetime64()


def _exact(series: pd.Series, values: tuple[Scalar, ...]) -> bool:
    """Whether whole numbers can be compared as such: floats lose digits above 2**53."""
    whole = isinstance(series.dtype, np.dtype) and series.dtype.kind in "iu"
    return whole and all(isinstance(v, int) and abs(v) < 2**63 for v in values)


def _among(series: pd.Series, kind: Kind, values: tuple[Scalar, ...]) -> np.ndarray:
    if kind == "boolean":
        wanted: list[Any] = [bool(value) for value in values]
        return series.astype(object).isin(wanted).to_numpy(dtype=bool)
    if isinstance(series.dtype, pd.CategoricalDtype):
        names = texts(series.dtype.categories.to_series())
        codes = np.flatnonzero(names.isin(values).to_numpy(dtype=bool))
        return np.isin(series.cat.codes.to_numpy(), codes)
    return texts(series).isin(values).to_numpy(dtype=bool)
