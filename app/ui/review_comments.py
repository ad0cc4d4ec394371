"""What a human reviewer says on a section, and how it was settled."""

from __future__ import annotations

from datetime import date

import streamlit as st

from app.review.answers import Comment, commented, review_of
from app.review.sections import SECTIONS
from app.ui import desk, draw, memory
from app.ui.desk import Desk


def show(now: Desk) -> None:
    """Draw the comments, open ones first, and a form for one more."""
    _add(now)
    comments = review_of(now.project).comments
    if not comments:
        st.info("Nobody has said anything yet.", icon=":material/forum:")
    numbered = sorted(enumerate(comments), key=lambda pair: not pair[1].open)
    for place, comment in numbered:
        with st.container(border=True, gap="xsmall"):
            _comment(now, place, comment)


def _add(now: Desk) -> None:
    place = f"review:{now.id}:comment"
    with st.form(f"{place}:form", clear_on_submit=True):
        left, right = st.columns([2, 1])
        left.selectbox(
            "Section",
            list(SECTIONS),
            key=f"{place}:section",
            format_func=lambda key: f"{key} {SECTIONS[key]}",
        )
        right.text_input("Your name", key=f"{place}:by", max_chars=120)
        st.text_area(
            "Comment",
            key=f"{place}:text",
            max_chars=4000,
            placeholder="What would you have to know to say yes?",
        )
        st.form_submit_button(
            "Add", icon=":material/add_comment:", on_click=_added, args=(now.id, place)
        )


def _added(project_id: str, place: str) -> None:
    now, words = desk.current(), str(memory.recall(f"{place}:text") or "").strip()
    if now is None or now.id != project_id or not words:
        return
    one = Comment(
        section=str(memory.recall(f"{place}:section")),
        text=words,
        by=str(memory.recall(f"{place}:by") or "").strip(),
        on=date.today(),
    )
    comments = (*review_of(now.project).comments, one)
    desk.save(now, commented(now.project, comments), f"Comment on {one.section}")


def _comment(now: Desk, place: int, comment: Comment) -> None:
    badge = ":orange-badge[open]" if comment.open else ":green-badge[settled]"
    title = SECTIONS.get(comment.section, "")
    who = " · ".join(str(part) for part in (comment.by, comment.on) if part)
    st.markdown(f"{badge} **{comment.section} {title}** :gray[{draw.plain(who)}]")
    st.markdown(draw.plain(comment.text))
    name = f"review:{now.id}:settle:{place}"
    if not comment.open:
        who = " · ".join(str(part) for part in (comment.resolved_by, comment.resolved_on) if part)
        st.markdown(f":material/check: {draw.plain(comment.resolution)} :gray[{draw.plain(who)}]")
        st.button(
            "Open again", key=f"{name}:open", on_click=_settle, args=(now.id, place, name, False)
        )
        return
    with st.form(f"{name}:form", border=False):
        left, right = st.columns([2, 1])
        left.text_input("How is it settled?", key=f"{name}:text", max_chars=4000)
        right.text_input("By whom", key=f"{name}:by", max_chars=120)
        st.form_submit_button(
            "Settle", icon=":material/check:", on_click=_settle, args=(now.id, place, name, True)
        )


def _settle(project_id: str, place: int, name: str, done: bool) -> None:
    now = desk.current()
    if now is None or now.id != project_id:
        return
    words = str(memory.recall(f"{name}:text") or "").strip() if done else ""
    if done and not words:
        return
    by = str(memory.recall(f"{name}:by") or "").strip() if done else ""
    on = date.today() if done else None
    comments = list(review_of(now.project).comments)
    change = {"resolution": words, "resolved_by": by, "resolved_on": on}
    comments[place] = comments[place].model_copy(update=change)
    section = comments[place].section
    desk.save(now, commented(now.project, tuple(comments)), f"Comment on {section} settled")
