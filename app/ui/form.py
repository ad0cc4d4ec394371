"""Forms: a question becomes its widget, and every change is saved at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from itertools import groupby
from typing import Any

import streamlit as st

from app.record.question import TEXT_LIMIT, Question
from app.record.stage import Stage
from app.ui import desk, editor, examples, memory
from app.ui.desk import Desk

Widget = Callable[[Question, str, Any, Desk, str], None]

WIDE = ("long_text", "columns", "choices", "rule")


def choose(now: Desk, stage: Stage) -> None:
    """Draw all the questions of a stage that apply, under their headings."""
    problems = stage.choices.read(now.project.answers.get(stage.key, {}))[1]
    for problem in problems:
        st.error(f"{problem.message}. It was set aside: {problem.value}", title=problem.field)
    answers = stage.chosen(now.project).model_dump()
    asked = [
        question
        for question in stage.choices.questions()
        if question.kind != "custom" and question.applies(answers, now.project.task)
    ]
    for title, group in groupby(asked, key=lambda question: question.group):
        with st.container(border=True):
            st.subheader(title, anchor=False)
            _group(now, stage.key, tuple(group), answers)


def _group(now: Desk, stage: str, questions: Iterable[Question], answers: dict[str, Any]) -> None:
    for wide, run in groupby(questions, key=lambda q: q.kind in WIDE):
        if wide:
            for question in run:
                _ask(now, stage, question, answers[question.key])
            continue
        pair = list(run)
        for start in range(0, len(pair), 2):
            columns = st.columns(2, gap="medium")
            for column, question in zip(columns, pair[start : start + 2], strict=False):
                with column:
                    _ask(now, stage, question, answers[question.key])


def _ask(now: Desk, stage: str, question: Question, value: Any) -> None:
    name = widget_name(now, stage, question.key)
    WIDGETS[question.kind](question, name, value, now, stage)
    if question.kind != "long_text":
        st.caption(question.because)
    error = memory.recall(f"{name}:error")
    if error:
        st.error(error)


def widget_name(now: Desk, stage: str, key: str) -> str:
    """Return the session key of a question's widget."""
    return f"{now.id}:{stage}:{key}"


def _label(question: Question) -> str:
    return f"{question.label} [{question.unit}]" if question.unit else question.label


def _saver(
    now: Desk, stage: str, question: Question, name: str, tidy: Callable[[Any], Any]
) -> Callable[[], None]:
    def save() -> None:
        desk.answer(now.id, stage, question.key, tidy(memory.recall(name)), name)

    return save


def _text(question: Question, name: str, value: Any, now: Desk, stage: str) -> None:
    memory.follow(name, value)
    st.text_input(
        _label(question),
        key=name,
        placeholder=question.example,
        max_chars=2000,
        on_change=_saver(now, stage, question, name, lambda text: text or ""),
    )


def _long_text(question: Question, name: str, value: Any, now: Desk, stage: str) -> None:
    def save(text: str) -> None:
        desk.answer(now.id, stage, question.key, text, f"{name}:typed")

    editor.long_text(
        name,
        label=question.label,
        because=question.because,
        example=question.example,
        value=value,
        limit=TEXT_LIMIT,
        save=save,
    )


def _rule(question: Question, name: str, value: Any, now: Desk, stage: str) -> None:
    memory.follow(name, value)
    st.text_area(
        question.label,
        key=name,
        height=90,
        placeholder="" if value else examples.rule(now.project) or question.example,
        max_chars=4000,
        help="A DuckDB SQL expression over the columns known at the decision, or SELECT "
        "expression FROM rows WHERE condition. True means act; a number ranks the cases, or is "
        "the prediction itself; of several classes give the name of one.",
        on_change=_saver(now, stage, question, name, lambda text: text or ""),
    )


def _number(question: Question, name: str, value: Any, now: Desk, stage: str) -> None:
    whole = question.kind == "integer"
    cast: Callable[[Any], Any] = int if whole else float
    memory.follow(name, cast(value))
    st.number_input(
        _label(question),
        key=name,
        min_value=None if question.minimum is None else cast(question.minimum),
        max_value=None if question.maximum is None else cast(question.maximum),
        step=1 if whole else None,
        format=None if whole else "%g",
        on_change=_saver(now, stage, question, name, lambda number: number),
    )


def _flag(question: Question, name: str, value: Any, now: Desk, stage: str) -> None:
    memory.follow(name, bool(value))
    st.toggle(question.label, key=name, on_change=_saver(now, stage, question, name, bool))


def _choice(question: Question, name: str, value: Any, now: Desk, stage: str) -> None:
    options = list(question.options)
    memory.follow(name, value if value in options else None)
    st.selectbox(
        question.label,
        options,
        index=None,
        key=name,
        format_func=lambda option: question.options.get(option, option),
        placeholder="Decided from the data",
        on_change=_saver(now, stage, question, name, lambda option: option),
    )


def _choices(question: Question, name: str, value: Any, now: Desk, stage: str) -> None:
    options = list(question.options)
    memory.follow(name, [item for item in value if item in options])
    st.multiselect(
        question.label,
        options,
        key=name,
        format_func=lambda option: question.options.get(option, option),
        on_change=_saver(now, stage, question, name, list),
    )


def _column(question: Question, name: str, value: Any, now: Desk, stage: str) -> None:
    names = list(now.project.data.names())
    memory.follow(name, value if value in names else None)
    st.selectbox(
        question.label,
        names,
        index=None,
        key=name,
        placeholder="None",
        on_change=_saver(now, stage, question, name, lambda column: column or ""),
    )


def _columns(question: Question, name: str, value: Any, now: Desk, stage: str) -> None:
    names = list(now.project.data.names())
    memory.follow(name, [column for column in value if column in names])
    st.multiselect(
        question.label,
        names,
        key=name,
        on_change=_saver(now, stage, question, name, list),
    )


def _date(question: Question, name: str, value: Any, now: Desk, stage: str) -> None:
    memory.follow(name, value)
    st.date_input(
        question.label,
        value=None,
        key=name,
        min_value=date(1900, 1, 1),
        max_value=date(2100, 12, 31),
        format="YYYY-MM-DD",
        on_change=_saver(now, stage, question, name, lambda day: day and day.isoformat()),
    )


WIDGETS: dict[str, Widget] = {
    "text": _text,
    "long_text": _long_text,
    "rule": _rule,
    "number": _number,
    "integer": _number,
    "flag": _flag,
    "choice": _choice,
    "choices": _choices,
    "column": _column,
    "columns": _columns,
    "date": _date,
}
