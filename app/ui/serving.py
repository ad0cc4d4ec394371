"""Serving on the screen: dependencies, what is agreed about fallbacks, and its cost for Framing."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app.record.answers import AnswerError
from app.record.evidence import Evidence
from app.stages.serving import STAGE
from app.stages.serving.catalogue import STEPS
from app.stages.serving.choices import MOST_DEPENDENCIES
from app.ui import desk, draw, memory, results
from app.ui.desk import Desk

KEY = STAGE.key
ERROR = "serving:error"
DIGITS = 3
LONG = 200


def says(found: Evidence) -> None:
    """Draw what is said beside the pictures."""
    for key in ("dependencies", "no_reduced", "slices"):
        if words := found.words.get(key):
            st.caption(draw.plain(words))


def take_cost(now: Desk, found: Evidence) -> None:
    """Offer the cost of the service to Framing, where it comes off the yearly saving."""
    year, framed = found.value("service_per_year"), found.value("service_in_framing")
    if year is None:
        return
    rounded = float(f"{year:.{DIGITS}g}")
    same = framed == rounded
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Framing counts with it" if same else "Take this cost into Framing",
            icon=":material/savings:",
            key="serving:take",
            disabled=same,
            help="Sets the yearly cost of running it in Framing to "
            f"{rounded:,.6g} {results.currency_of(now)}; what rests on it goes stale.",
            on_click=_take,
            args=(now.id, rounded),
        )
        st.caption(
            draw.plain(
                f"{rounded:,.6g} {results.currency_of(now)} a year here, {framed or 0:,.6g} there."
            )
        )


def _take(project_id: str, year: float) -> None:
    now = _still(project_id)
    if now is not None:
        project = now.project.answered("framing", {"service_per_year": year})
        desk.save(now, project, "Cost of the service taken into Framing")


def _still(project_id: str) -> Desk | None:
    now = desk.current()
    return now if now is not None and now.id == project_id else None


def _answers(now: Desk, key: str) -> list[dict[str, Any]]:
    return [dict(one) for one in STAGE.chosen(now.project).to_json()[key]]


def _save(now: Desk, key: str, value: list[dict[str, Any]], summary: str) -> None:
    """Save a list of records; what cannot be taken stays on the screen with its reason."""
    try:
        STAGE.choices.check({key: value})
    except AnswerError as error:
        memory.remember(f"{ERROR}:{now.id}:{key}", error.problems[0].message)
        return
    memory.forget(f"{ERROR}:{now.id}:{key}")
    desk.save(now, now.project.answered(KEY, {key: value}), summary)


def _error(now: Desk, key: str) -> None:
    if words := memory.recall(f"{ERROR}:{now.id}:{key}"):
        st.error(draw.plain(words))


def agreements(now: Desk) -> None:
    """Ask for trigger, owner, way back and rehearsal of each step of the fallback ladder."""
    question = STAGE.choices.question("fallbacks")
    st.subheader(question.label, anchor=False)
    st.caption(question.because)
    chosen = STAGE.chosen(now.project)
    for step in chosen.steps:
        if step in STEPS:
            with st.container(border=True):
                st.markdown(f"**{STEPS[step]}**")
                note = chosen.note(step)
                _fields(now, "fallbacks", step, note.to_json() if note else {}, AGREED)
    _error(now, "fallbacks")


AGREED = (
    ("trigger", "Trigger", "What is seen when it is time to switch", 600),
    ("way_back", "Way back", "How one comes back to the full model", 600),
    ("owner", "Owner", "Who decides to switch, and back", 120),
    ("rehearsed", "Last rehearsed", "A day, such as 2026-03-14; empty: never", 120),
)
DEPENDS = (
    ("late", "When it is late or gone", "What is done, after how long", 600),
    ("owner", "Owner", "Who is called", 120),
)


def _fields(
    now: Desk,
    key: str,
    place: str,
    values: dict[str, Any],
    asked: tuple[tuple[str, str, str, int], ...],
) -> None:
    for start in range(0, len(asked), 2):
        columns = st.columns(2, gap="medium")
        for column, (field, label, hint, most) in zip(
            columns, asked[start : start + 2], strict=False
        ):
            name = f"{now.id}:{key}:{place}:{field}"
            memory.follow(name, str(values.get(field, "")))
            with column:
                (st.text_area if most > LONG else st.text_input)(
                    label,
                    key=name,
                    placeholder=hint,
                    max_chars=most,
                    on_change=_write,
                    args=(now.id, key, place, field, name),
                )


def _write(project_id: str, key: str, place: str, field: str, name: str) -> None:
    """Save one field of a step, or of the dependency at a place."""
    now = _still(project_id)
    if now is None:
        return
    records = _answers(now, key)
    value = memory.recall(name)
    if key == "fallbacks":
        one = next((r for r in records if r["step"] == place), None)
        if one is None:
            one = {"step": place}
            records.append(one)
    else:
        one = records[int(place)]
    one[field] = list(value) if isinstance(value, list | tuple) else value
    _save(now, key, records, f"{STAGE.choices.question(key).label} ({field})")


def dependencies(now: Desk) -> None:
    """Ask what must deliver columns, which ones, how fresh, and what happens when it is late."""
    question = STAGE.choices.question("dependencies")
    st.subheader(question.label, anchor=False)
    st.caption(question.because)
    records = _answers(now, "dependencies")
    for place, one in enumerate(records):
        with st.container(border=True):
            _dependency(now, place, one)
    _error(now, "dependencies")
    if len(records) < MOST_DEPENDENCIES:
        _add(now, records)


def _dependency(now: Desk, place: int, one: dict[str, Any]) -> None:
    head, button = st.columns([5, 1], vertical_alignment="center")
    head.markdown(f"**{draw.plain(one['name'])}**")
    button.button(
        "Remove",
        icon=":material/delete:",
        key=f"dependency:remove:{place}",
        on_click=_remove,
        args=(now.id, place),
    )
    left, right = st.columns([3, 1], gap="medium")
    with left:
        _columns(now, place, one)
    with right:
        name = f"{now.id}:dependencies:{place}:fresh_minutes"
        memory.follow(name, float(one["fresh_minutes"]))
        st.number_input(
            "Fresher than [minutes]",
            key=name,
            min_value=0.0,
            max_value=5_256_000.0,
            format="%g",
            help="How old its columns may be at the decision; 0 when nobody has said.",
            on_change=_write,
            args=(now.id, "dependencies", str(place), "fresh_minutes", name),
        )
    name = f"{now.id}:dependencies:{place}:spared"
    memory.follow(name, bool(one["spared"]))
    st.toggle(
        "The reduced model does without it",
        key=name,
        on_change=_write,
        args=(now.id, "dependencies", str(place), "spared", name),
    )
    _fields(now, "dependencies", str(place), one, DEPENDS)


def _columns(now: Desk, place: int, one: dict[str, Any]) -> None:
    options = _known(now)
    name = f"{now.id}:dependencies:{place}:columns"
    memory.follow(name, [column for column in one["columns"] if column in options])
    st.multiselect(
        "Columns it brings",
        options,
        key=name,
        on_change=_write,
        args=(now.id, "dependencies", str(place), "columns", name),
    )


def _known(now: Desk) -> list[str]:
    """Return the columns a model may look at, those made from the past of the target included."""
    known = now.project.answers.get("data", {}).get("known", ())
    made = [c for one in _answers(now, "dependencies") for c in one["columns"] if c not in known]
    return [*known, *dict.fromkeys(made)]


def _add(now: Desk, records: list[dict[str, Any]]) -> None:
    name = f"{now.id}:dependency:new"
    left, right = st.columns([4, 1], vertical_alignment="bottom")
    typed = left.text_input(
        "One more", key=name, max_chars=80, placeholder="Weather feed of the airports"
    )
    taken = {str(one["name"]).casefold() for one in records}
    right.button(
        "Add",
        icon=":material/add:",
        key="dependency:add",
        width="stretch",
        disabled=not typed.strip() or typed.strip().casefold() in taken,
        help="Type a name first; each name stands once.",
        on_click=_added,
        args=(now.id, name),
    )


def _added(project_id: str, name: str) -> None:
    now = _still(project_id)
    typed = str(memory.recall(name) or "").strip()
    if now is None or not typed:
        return
    memory.forget(name)
    records = [*_answers(now, "dependencies"), {"name": typed}]
    _save(now, "dependencies", records, f"Dependency {typed}")


def _remove(project_id: str, place: int) -> None:
    now = _still(project_id)
    if now is None:
        return
    records = _answers(now, "dependencies")
    gone = records.pop(place)
    _save(now, "dependencies", records, f"Dependency {gone['name']} removed")
