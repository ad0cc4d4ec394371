"""Answers of one stage: checked, complete with defaults, never half-read."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Self

from pydantic import ConfigDict, ValidationError, model_validator

from app.record.question import TEXT_LIMIT, Question, question_of
from app.record.record import Record


@dataclass(frozen=True)
class Problem:
    """One answer that cannot be taken: which, what it was, what is allowed."""

    field: str
    value: str
    message: str

    def __str__(self) -> str:
        return f"{self.field}: {self.message} (got {self.value})"


class AnswerError(ValueError):
    """All the answers of a form that cannot be taken, at once."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = problems


class Answers(Record):
    """Base of every stage's ``Choices``; each field is declared with `ask`."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=False, allow_inf_nan=False
    )
    stage: ClassVar[str] = ""

    @model_validator(mode="before")
    @classmethod
    def _texts_have_a_limit(cls, data: Any) -> Any:
        if isinstance(data, Mapping):
            for key, value in data.items():
                if isinstance(value, str) and len(value) > TEXT_LIMIT:
                    raise ValueError(
                        f"{key} has {len(value):,} characters; at most {TEXT_LIMIT:,} are allowed"
                    )
        return data

    @classmethod
    def questions(cls) -> tuple[Question, ...]:
        """Return the questions in the order in which they are asked.

        Returns
        -------
        tuple of Question
        """
        return _questions(cls)

    @classmethod
    def question(cls, key: str) -> Question:
        """Return one question by its key.

        Parameters
        ----------
        key : str
            Field name.

        Returns
        -------
        Question

        Raises
        ------
        KeyError
            If there is no such question.
        """
        for question in _questions(cls):
            if question.key == key:
                return question
        raise KeyError(key)

    @classmethod
    def check(cls, raw: Mapping[str, Any]) -> Self:
        """Read answers strictly.

        Parameters
        ----------
        raw : mapping
            Answers by question key; missing ones take their default.

        Returns
        -------
        Answers

        Raises
        ------
        AnswerError
            With every problem at once.
        """
        try:
            return cls.model_validate(dict(raw))
        except ValidationError as error:
            raise AnswerError(_problems(cls, error)) from None

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> tuple[Self, tuple[Problem, ...]]:
        """Read answers leniently: what cannot be taken falls back to its default.

        Parameters
        ----------
        raw : mapping
            Answers by question key.

        Returns
        -------
        answers : Answers
        problems : tuple of Problem
            What was set aside, and why.
        """
        kept = dict(raw)
        problems: list[Problem] = []
        for _ in range(len(kept) + 1):
            try:
                return cls.model_validate(kept), tuple(problems)
            except ValidationError as error:
                found = _problems(cls, error)
                problems.extend(found)
                bad = {problem.field for problem in found} & set(kept)
                for key in bad or list(kept):
                    kept.pop(key, None)
        return cls(), tuple(problems)

    def measured(self) -> dict[str, Any]:
        """Return the answers that measurements depend on, as plain JSON data.

        Returns
        -------
        dict
        """
        full = self.to_json()
        return {q.key: full[q.key] for q in self.questions() if q.measured}


@cache
def _questions(kind: type[Answers]) -> tuple[Question, ...]:
    return tuple(question_of(key, info) for key, info in kind.model_fields.items())


def _problems(kind: type[Answers], error: ValidationError) -> tuple[Problem, ...]:
    problems = []
    for item in error.errors(include_url=False):
        key = str(item["loc"][0]) if item["loc"] else _named_field(kind, item["msg"])
        value = item.get("input")
        problems.append(Problem(key, _shown(value), _allowed(kind, key, item["msg"])))
    return tuple(problems)


def _named_field(kind: type[Answers], message: str) -> str:
    return next((key for key in kind.model_fields if f" {key} " in message), "answers")


def _allowed(kind: type[Answers], key: str, message: str) -> str:
    if key not in kind.model_fields:
        known = ", ".join(kind.model_fields)
        return f"there is no such question; known ones are {known}"
    question = kind.question(key)
    if question.options:
        return "choose one of " + ", ".join(question.options)
    low, high = question.minimum, question.maximum
    if question.kind in ("number", "integer") and low is not None and high is not None:
        noun = "a whole number" if question.kind == "integer" else "a number"
        return f"give {noun} from {low:g} to {high:g} {question.unit}".rstrip()
    return message.removeprefix("Value error, ")


def _shown(value: Any) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"
