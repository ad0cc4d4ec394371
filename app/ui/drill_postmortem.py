"""After the debrief: what was learned, in writing, and what it changes in the project."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import streamlit as st

from app import lessons
from app.document import writer
from app.stages.drills import STAGE
from app.stages.drills.account import begun
from app.stages.drills.drill import Drill
from app.stages.drills.postmortem import (
    ACTION_KINDS,
    FACTORS,
    MOST_ACTIONS,
    MOST_WHYS,
    TEXTS,
    Action,
    PostMortem,
    Why,
    completeness,
    lacking,
)
from app.ui import desk, draw, memory
from app.ui.desk import Desk

KINDS: Mapping[str, str] = {str(key): words for key, words in ACTION_KINDS.items()}


def show(now: Desk, drill: Drill) -> None:
    """Draw the post-mortem of a finished drill, and its lessons."""
    if drill.outcome is None:
        return
    st.subheader("What it changes", anchor=False)
    st.caption("Each lesson is one change of your project. Undo takes it back.")
    _lessons(now, drill)
    written = STAGE.chosen(now.project).post_mortems.get(drill.id)
    post = begun(drill) if written is None else written
    st.subheader("Post-mortem", anchor=False)
    st.progress(completeness(post), text=f"{completeness(post):.0%} complete")
    st.caption("Impact and timeline come from the drill. What only a person knows is written here.")
    with st.expander("Write it", expanded=written is None):
        _form(now, drill, post)
    missing = lacking(post)
    if missing:
        with st.expander(f"Still missing ({len(missing)})"):
            for words in missing:
                st.markdown(f"- {draw.plain(words)}")
    _downloads(now, drill)


def _lessons(now: Desk, drill: Drill) -> None:
    for lesson in lessons.lessons_of(now.project, drill, today()):
        with st.container(border=True):
            left, right = st.columns([5, 1], vertical_alignment="center")
            with left:
                st.markdown(
                    f":blue-badge[{lessons.KINDS[lesson.kind]}] **{draw.plain(lesson.title)}**"
                )
                if not lesson.done:
                    st.caption(f"Now: {draw.plain(lesson.before)}")
                    st.caption(f"Then: {draw.plain(lesson.after)}")
                elif not lesson.answers:
                    st.caption(f"{draw.plain(lesson.before)}. {draw.plain(lesson.after)}")
            with right:
                st.button(
                    "Done" if lesson.done else "Accept",
                    key=f"lesson:{drill.id}:{lesson.key}",
                    icon=":material/check:" if lesson.done else ":material/add:",
                    disabled=lesson.done,
                    width="stretch",
                    on_click=_accept,
                    args=(now.id, drill.id, lesson.key),
                )


def today() -> date:
    """Return the date, in UTC as everything that is stored."""
    return datetime.now(UTC).date()


def _accept(project_id: str, drill_id: str, key: str) -> None:
    now, drill = _held(project_id, drill_id)
    if now is None or drill is None:
        return
    found = {lesson.key: lesson for lesson in lessons.lessons_of(now.project, drill, today())}
    lesson = found.get(key)
    if lesson is not None and not lesson.done:
        desk.save(now, lessons.learned(now.project, lesson), f"Lesson: {lesson.title}"[:200])


def _held(project_id: str, drill_id: str) -> tuple[Desk | None, Drill | None]:
    now = desk.current()
    if now is None or now.id != project_id:
        return None, None
    drills = STAGE.chosen(now.project).drills
    return now, next((d for d in drills if d.id == drill_id), None)


def _form(now: Desk, drill: Drill, post: PostMortem) -> None:
    """Draw every field; each is saved when it is left, as all answers are."""
    for key, (label, good, bad) in TEXTS.items():
        _text(now, drill, key, label, str(getattr(post, key)), f"Good: {good} — Weak: {bad}")
    st.markdown("**Five whys, each with what shows it**")
    for place in range(MOST_WHYS):
        why = post.whys[place] if place < len(post.whys) else Why()
        left, right = st.columns(2)
        with left:
            words = "Why did it show?" if place == 0 else "And why was that?"
            _text(now, drill, f"why:{place}", f"{place + 1}. {words}", why.text, WHY)
        with right:
            _text(now, drill, f"check:{place}", "Shown by", why.check, SHOWN)
    _factors(now, drill, post)
    st.markdown("**Actions**")
    for place in range(min(len(post.actions) + 1, MOST_ACTIONS)):
        _action(now, drill, place, post.actions[place] if place < len(post.actions) else Action())


WHY = (
    "Good: The export of 8 March writes cents, and nothing compares its range. — Weak: Human error."
)
SHOWN = "Good: Release note of 8 March; median amount 41 before, 4,100 after. — Weak: Obvious."


def _text(now: Desk, drill: Drill, field: str, label: str, value: str, example: str) -> None:
    name = f"post:{now.id}:{drill.id}:{field}"
    memory.follow(name, value)
    st.text_area(
        label,
        key=name,
        height=80,
        max_chars=4000,
        help=draw.plain(example),
        on_change=_keep,
        args=(now.id, drill.id, field, name),
    )


def _factors(now: Desk, drill: Drill, post: PostMortem) -> None:
    name = f"post:{now.id}:{drill.id}:factors"
    memory.follow(name, [key for key in post.factors if key in FACTORS])
    st.pills(
        "What contributed?",
        list(FACTORS),
        selection_mode="multi",
        key=name,
        format_func=FACTORS.__getitem__,
        on_change=_keep,
        args=(now.id, drill.id, "factors", name),
    )


def _action(now: Desk, drill: Drill, place: int, action: Action) -> None:
    columns = st.columns([2, 4, 2, 2, 2])
    fields = (
        ("kind", "Kind", action.kind),
        ("text", "What" if place else "What (a new line opens below)", action.text),
        ("owner", "Owner", action.owner),
        ("due", "Due", action.due),
        ("closes", "Closes", action.closes),
    )
    for column, (field, label, value) in zip(columns, fields, strict=True):
        name = f"post:{now.id}:{drill.id}:action:{place}:{field}"
        keep: dict[str, Any] = {
            "key": name,
            "on_change": _keep,
            "args": (now.id, drill.id, f"action:{place}:{field}", name),
        }
        memory.follow(name, value)
        with column:
            if field == "kind":
                st.selectbox(label, list(KINDS), format_func=KINDS.__getitem__, **keep)
            elif field == "due":
                st.date_input(label, format="YYYY-MM-DD", **keep)
            else:
                st.text_input(label, max_chars=300 if field != "owner" else 120, **keep)


def _keep(project_id: str, drill_id: str, field: str, name: str) -> None:
    """Put one field into the post-mortem and save it."""
    now, drill = _held(project_id, drill_id)
    if now is None or drill is None:
        return
    kept = dict(STAGE.chosen(now.project).post_mortems)
    post = kept.get(drill.id) or begun(drill)
    kept[drill.id] = changed(post, field, memory.recall(name))
    body = {key: one.to_json() for key, one in kept.items()}
    answered = now.project.answered(STAGE.key, {"post_mortems": body})
    desk.save(now, answered, f"Post-mortem of {drill.code}", name)


def changed(post: PostMortem, field: str, value: Any) -> PostMortem:
    """Return a post-mortem with one field of its form changed."""
    what, _, rest = field.partition(":")
    if what in ("why", "check"):
        whys = [*post.whys, *(Why() for _ in range(MOST_WHYS - len(post.whys)))]
        place = int(rest)
        part = {"text" if what == "why" else "check": str(value or "")}
        whys[place] = whys[place].model_copy(update=part)
        return post.model_copy(update={"whys": tuple(whys)})
    if what == "action":
        number, _, key = rest.partition(":")
        actions = list(post.actions)
        if int(number) >= len(actions):
            actions.append(Action())
        at = min(int(number), len(actions) - 1)
        new = value if key == "due" else str(value or "")
        actions[at] = actions[at].model_copy(update={key: new})
        some = [a for a in actions if a != Action(kind=a.kind)]
        return post.model_copy(update={"actions": tuple(some)})
    if what == "factors":
        return post.model_copy(update={"factors": tuple(value or ())})
    return post.model_copy(update={what: str(value or "")})


def _downloads(now: Desk, drill: Drill) -> None:
    left, right = st.columns(2)
    for column, to, words in ((left, "html", "one HTML file"), (right, "md", "Markdown")):
        with column:
            st.download_button(
                f"Post-mortem, {words}",
                writer.write(now.project, "post_mortem", to, drill=drill.id),
                f"post_mortem_{drill.code}.{to}",
                "text/html" if to == "html" else "text/markdown",
                key=f"post:{drill.id}:{to}",
                icon=":material/download:",
                on_click="ignore",
                width="stretch",
            )
