"""A question put to the user: asked once, it makes its widget, its check and its document row."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from pydantic import Field
from pydantic.fields import FieldInfo

Kind = Literal[
    "text",
    "long_text",
    "number",
    "integer",
    "flag",
    "choice",
    "choices",
    "column",
    "columns",
    "date",
    "rule",
    "custom",
]

TEXT_LIMIT = 50_000


@dataclass(frozen=True)
class Question:
    """One question of a stage.

    Parameters
    ----------
    key : str
        Field name of the answer.
    label, because : str
        What is asked, and why it matters.
    kind : Kind
        What sort of answer it takes.
    default : object
        The answer until the user gives one.
    unit : str
        Unit of a number, empty when it has none.
    minimum, maximum : float or None
        Allowed range of a number, ends included.
    options : dict of str to str
        Allowed values and their labels, for ``choice`` and ``choices``.
    measured : bool
        Whether a measurement depends on the answer, so that changing it makes evidence stale.
    tasks : tuple of str
        Tasks for which the question makes sense; empty for all.
    when : dict of str to tuple
        Other answers (key to allowed values) that must hold for the question to be asked.
    example : str
        A good answer, shown as a hint.
    group : str
        Heading under which the question is asked.
    """

    key: str
    label: str
    because: str
    kind: Kind
    default: Any
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    measured: bool = True
    tasks: tuple[str, ...] = ()
    when: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    example: str = ""
    group: str = ""

    def applies(self, answers: Mapping[str, Any], task: str | None) -> bool:
        """Say whether the question is asked at all.

        Parameters
        ----------
        answers : mapping
            Current answers of the same stage by question key.
        task : str or None
            Task of the project; None while it is unknown.

        Returns
        -------
        bool
            True when the task fits and every condition in ``when`` holds.
        """
        if self.tasks and task is not None and task not in self.tasks:
            return False
        return all(answers.get(key) in allowed for key, allowed in self.when.items())


def ask(
    label: str,
    *,
    because: str,
    default: Any,
    kind: Kind | None = None,
    unit: str = "",
    ge: float | None = None,
    le: float | None = None,
    options: Mapping[str, str] | None = None,
    measured: bool | None = None,
    tasks: Sequence[str] = (),
    when: Mapping[str, tuple[Any, ...]] | None = None,
    example: str = "",
    group: str = "",
) -> Any:
    """Declare a question as a field of an `Answers` class.

    Parameters
    ----------
    label, because : str
        What is asked, and why it matters.
    default : object
        The answer until the user gives one.
    kind : Kind, optional
        Sort of answer; read off the field's type when left out.
    measured : bool, optional
        Whether measurements depend on the answer; by default everything but free text does.

    Returns
    -------
    pydantic field
        To be assigned to an annotated class attribute.
    """
    extra: dict[str, Any] = {
        "kind": kind,
        "unit": unit,
        "options": dict(options or {}),
        "measured": measured,
        "tasks": tuple(tasks),
        "when": dict(when or {}),
        "example": example,
        "group": group,
    }
    return Field(
        default=default, title=label, description=because, ge=ge, le=le, json_schema_extra=extra
    )


def question_of(key: str, info: FieldInfo) -> Question:
    """Read a question back from the field that `ask` declared.

    Parameters
    ----------
    key : str
        Name of the field.
    info : pydantic.fields.FieldInfo
        The field as pydantic keeps it.

    Returns
    -------
    Question
    """
    extra: dict[str, Any] = typing.cast("dict[str, Any]", info.json_schema_extra or {})
    kind = extra.get("kind") or _kind_of(info.annotation)
    measured = extra.get("measured")
    return Question(
        key=key,
        label=info.title or key,
        because=info.description or "",
        kind=kind,
        default=info.default,
        unit=extra.get("unit", ""),
        minimum=_bound(info, "ge"),
        maximum=_bound(info, "le"),
        options=extra.get("options", {}),
        measured=kind not in ("text", "long_text") if measured is None else measured,
        tasks=extra.get("tasks", ()),
        when=extra.get("when", {}),
        example=extra.get("example", ""),
        group=extra.get("group", ""),
    )


def _bound(info: FieldInfo, name: str) -> float | None:
    for part in info.metadata:
        if hasattr(part, name):
            return float(getattr(part, name))
    return None


def _kind_of(annotation: Any) -> Kind:
    if isinstance(annotation, types.UnionType) or typing.get_origin(annotation) is typing.Union:
        inner = [a for a in typing.get_args(annotation) if a is not type(None)]
        annotation = inner[0]
    if typing.get_origin(annotation) is Literal:
        return "choice"
    kinds: dict[Any, Kind] = {
        bool: "flag",
        int: "integer",
        float: "number",
        str: "text",
        date: "date",
    }
    return kinds.get(annotation, "custom")
