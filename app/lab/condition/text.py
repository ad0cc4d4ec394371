"""Conditions as people type them, read without ever running them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NoReturn

import numpy as np
import pandas as pd

from app.lab.condition.cohort import check_count
from app.lab.condition.condition import Condition, Op
from app.lab.condition.kinds import (
    ConditionError,
    Scalar,
    close_match,
    column_of,
    kind_of,
    numbers,
    texts,
)

LONGEST = 500
FEW_VALUES = 1000
TOKEN = re.compile(
    r"""\s*(?:
    (?P<number>[+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.:-]))
    |(?P<bare>[^\W]\w*(?:[.:\-/]\w+)*)
    |(?P<text>"[^"]*"|'[^']*'|“[^”]*”)
    |(?P<name>`[^`]+`)
    |(?P<sign><=|>=|==|!=|<>|&&|\|\||[<>=≤≥≠&|~()\[\]{},])
    )""",
    re.VERBOSE,
)
SAME_SIGN = {"≤": "<=", "≥": ">=", "=": "==", "<>": "!=", "≠": "!="}
TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "=="}
ANDS = ("and", "&", "&&")
OTHERS = ("or", "|", "||", "not", "~", "!=")
MISSING = ("missing", "null", "none", "nan", "na", "empty")
CLOSING = {"(": ")", "[": "]", "{": "}"}
YES, NO = ("true", "yes", "1", "y", "t"), ("false", "no", "0", "n", "f")


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str

    @property
    def word(self) -> str:
        return self.text.lower() if self.kind in ("bare", "sign") else ""


def parse_conditions(text: str, frame: pd.DataFrame) -> tuple[Condition, ...]:
    """Read conditions that a person typed.

    Parameters
    ----------
    text : str
        At most 500 characters, such as ``origin == "EWR" and 6 <= hour < 9``,
        ``carrier in (UA, DL)``, ```wind speed` > 20``, ``age is missing``. Nothing but ``and`` joins.
    frame : DataFrame
        Whose columns it is about.

    Returns
    -------
    tuple of Condition
        On one to three columns.

    Raises
    ------
    ConditionError
        With one sentence on what is wrong and what to do.
    """
    if not isinstance(text, str) or not text.strip():
        raise ConditionError(f"there is no condition yet; {_example(frame)}")
    if len(text) > LONGEST:
        raise ConditionError(
            f"the conditions have {len(text):,} characters; at most {LONGEST} are taken"
        )
    found = _Reader(_tokens(text, frame), frame).conditions()
    check_count(found)
    for condition in found:
        condition.check(frame)
    return found


def _example(frame: pd.DataFrame) -> str:
    """Return how conditions are written, with the columns that are there."""
    parts: dict[str, str] = {}
    for place, name in enumerate(map(str, frame.columns)):
        series = frame.iloc[:, place].dropna()
        kind = kind_of(series)
        if kind in parts or not name.isidentifier() or not len(series):
            continue
        if kind == "text":
            parts[kind] = f'{name} == "{texts(series).iloc[0]}"'
        elif kind == "number":
            parts[kind] = f"{name} > {np.median(numbers(series)):.4g}"
    return "write it like  " + (" and ".join(parts.values()) or "column == value")


def _tokens(text: str, frame: pd.DataFrame) -> list[_Token]:
    found, place = [], 0
    text = text.rstrip()
    while place < len(text):
        match = TOKEN.match(text, place)
        if match is None or match.lastgroup is None:
            rest = text[place:].strip()
            what = "a quote is not closed" if rest[0] in "\"'`“" else f"{rest[0]!r} has no meaning"
            raise ConditionError(f"{what} at character {place + 1}; {_example(frame)}")
        part = match.group(match.lastgroup)
        quoted = match.lastgroup in ("text", "name")
        found.append(_Token(match.lastgroup, part[1:-1] if quoted else SAME_SIGN.get(part, part)))
        place = match.end()
    return found


class _Reader:
    def __init__(self, tokens: list[_Token], frame: pd.DataFrame) -> None:
        self._tokens = tokens
        self._frame = frame
        self._place = 0
        self._names = [str(name) for name in frame.columns]

    def conditions(self) -> tuple[Condition, ...]:
        """Read all there is."""
        found = self._part()
        while self._place < len(self._tokens):
            token = self._take()
            if token.word not in ANDS:
                self._refuse(token)
            found += self._part()
        return tuple(found)

    def _peek(self, ahead: int = 0) -> _Token:
        place = self._place + ahead
        return self._tokens[place] if place < len(self._tokens) else _Token("end", "")

    def _take(self) -> _Token:
        token = self._peek()
        if token.kind == "end":
            raise ConditionError(f"the conditions break off; {_example(self._frame)}")
        self._place += 1
        return token

    def _refuse(self, token: _Token) -> NoReturn:
        if token.word in OTHERS:
            raise ConditionError(
                f"{token.text!r} is not known here; conditions are joined by and. To leave values "
                "out, list those you want with in"
            )
        raise ConditionError(f"{token.text[:40]!r} is not expected there; {_example(self._frame)}")

    def _part(self) -> list[Condition]:
        if self._peek().word != "(":
            return self._condition()
        self._take()
        found = self._part()
        while self._peek().word in ANDS:
            self._take()
            found += self._part()
        if (token := self._take()).word != ")":
            self._refuse(token)
        return found

    def _condition(self) -> list[Condition]:
        first = self._take()
        if first.word in OTHERS or first.kind == "sign":
            self._refuse(first)
        if self._is_value(first):
            return self._chain(first)
        column = self._column(first)
        sign = self._take()
        if sign.word == "in":
            return [self._listed(column)]
        if sign.word == "between":
            return self._between(column)
        if sign.word == "is":
            return [self._is(column)]
        if sign.word not in TURNED:
            self._refuse(sign)
        return [_condition(self._frame, column, sign.word, self._take())]

    def _is_value(self, token: _Token) -> bool:
        """A chain such as 6 <= hour starts with a value; a column may be called 6, too."""
        turned = self._peek().word in TURNED
        named = token.text in self._names
        other = self._peek(1).text in self._names
        return turned and token.kind != "name" and not named and other

    def _column(self, token: _Token) -> str:
        if token.text in self._names:
            return token.text
        alike = [name for name in self._names if name.lower() == token.text.lower()]
        if len(alike) == 1:
            return alike[0]
        column_of(self._frame, token.text)
        return token.text

    def _chain(self, low: _Token) -> list[Condition]:
        sign = self._take().word
        column = self._column(self._take())
        if self._peek().word not in TURNED:
            return [_condition(self._frame, column, TURNED[sign], low)]
        other = self._take().word
        if "==" in (sign, other) or sign[0] != other[0]:
            raise ConditionError(f"{column}: both signs must point one way, as in 6 <= hour < 9")
        return _range(self._frame, column, (TURNED[sign], low), (other, self._take()))

    def _between(self, column: str) -> list[Condition]:
        low = self._take()
        if (token := self._take()).word != "and":
            self._refuse(token)
        return _range(self._frame, column, (">=", low), ("<=", self._take()))

    def _is(self, column: str) -> Condition:
        token = self._take()
        if token.word in MISSING:
            return Condition(column, "is_missing")
        if token.word == "one" and self._peek().word == "of":
            self._take()
            return self._listed(column)
        if token.word == "in":
            return self._listed(column)
        return _condition(self._frame, column, "==", token)

    def _listed(self, column: str) -> Condition:
        opening = self._take()
        if opening.word not in CLOSING:
            raise ConditionError(f"{column}: put the values of in into brackets: (UA, DL)")
        values = [_value(self._frame, column, self._take())]
        while (token := self._take()).word == ",":
            values.append(_value(self._frame, column, self._take()))
        if token.word != CLOSING[opening.word]:
            self._refuse(token)
        return Condition(column, "in", tuple(values))


def _condition(frame: pd.DataFrame, column: str, op: str, token: _Token) -> Condition:
    if op == "==" and token.word in MISSING and kind_of(column_of(frame, column)) != "text":
        return Condition(column, "is_missing")
    value = _value(frame, column, token)
    found: Op = op  # type: ignore[assignment]
    return Condition(column, found, value)


def _range(
    frame: pd.DataFrame, column: str, first: tuple[str, _Token], second: tuple[str, _Token]
) -> list[Condition]:
    low, high = sorted((first, second), key=lambda end: end[0][0] == "<")
    ends = [_value(frame, column, low[1]), _value(frame, column, high[1])]
    if low[0] == ">=" and high[0] == "<=":
        return [Condition(column, "between", (ends[0], ends[1]))]
    whole = _whole(column_of(frame, column))
    if whole and all(isinstance(end, int) and not isinstance(end, bool) for end in ends):
        inner = (int(ends[0]) + (low[0] == ">"), int(ends[1]) - (high[0] == "<"))
        return [Condition(column, "between", inner)]
    return [_condition(frame, column, *low), _condition(frame, column, *high)]


def _whole(series: pd.Series) -> bool:
    """Whether a column holds whole numbers only: then 6 <= hour < 9 is 6 to 8."""
    if kind_of(series) != "number":
        return False
    values = numbers(series)
    values = values[np.isfinite(values)]
    return bool((values == np.floor(values)).all())


def _value(frame: pd.DataFrame, column: str, token: _Token) -> Scalar:
    if token.kind not in ("number", "bare", "text", "name"):
        raise ConditionError(
            f"{column}: a value is expected, not {token.text!r}; {_example(frame)}"
        )
    series = column_of(frame, column)
    kind = kind_of(series)
    if kind == "number":
        return _number(column, token)
    if kind == "boolean":
        return _yes_or_no(column, token)
    if kind == "text":
        _check_level(column, series, token.text)
    return token.text


def _number(column: str, token: _Token) -> float | int:
    try:
        return int(token.text)
    except ValueError:
        pass
    try:
        value = float(token.text)
    except ValueError:
        raise ConditionError(f"{column} holds numbers; {token.text[:40]!r} is none") from None
    return value


def _yes_or_no(column: str, token: _Token) -> bool:
    word = token.text.lower()
    if word not in (*YES, *NO):
        raise ConditionError(f"{column} holds yes and no; give true or false, not {word[:40]!r}")
    return word in YES


def _check_level(column: str, series: pd.Series, text: str) -> None:
    """A value that never occurs is most often a typing error."""
    levels = texts(series).dropna().unique()
    if len(levels) > FEW_VALUES or text in set(levels):
        return
    names = [str(level) for level in levels]
    hint = close_match(text, names) or f" It has {', '.join(names[:8])}{', …' * (len(names) > 8)}."
    raise ConditionError(f"{column} never is {text[:40]!r}.{hint}")
