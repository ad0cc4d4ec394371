"""Readiness on the screen: the heat map, the cheapest row, every row, and what is attached."""

from __future__ import annotations

from datetime import date

import streamlit as st

from app.record.answers import AnswerError
from app.review import pictures
from app.review.answers import HOW, Attached, Review, attached, review_of
from app.review.item import KINDS, LEVEL_WORDS, Item
from app.review.readiness import BY_KEY, Readiness, Row, Section, takes
from app.ui import chart, desk, draw, memory, review_findings
from app.ui.desk import Desk

ICONS = {
    0.0: ":red[:material/close:]",
    0.5: ":orange[:material/timelapse:]",
    1.0: ":green[:material/check:]",
}
ASIDE = ":gray[:material/remove:]"
ERROR = "review:attach:error"
FIELDS = ("how", "text", "link", "by", "on")


def show(now: Desk, ready: Readiness) -> None:
    """Draw readiness: pictures first, then the cheapest row, then rows and what is attached."""
    chart.show(pictures.heat(ready), key=f"review:{now.id}:heat")
    _cheapest(ready)
    _attach(now, ready)
    for section in ready.sections:
        _section(section)


def _cheapest(ready: Readiness) -> None:
    row = ready.cheapest
    if row is None:
        return
    names = " and ".join(section.title for section in ready.lowest)
    with st.container(border=True, gap="xsmall"):
        st.markdown(
            f":material/keyboard_double_arrow_up: **The cheapest row that lifts the lowest section** "
            f"({draw.plain(names)}, {ready.minimum:.0%})"
        )
        st.markdown(f"**{row.item.key} {draw.plain(row.item.title)}** · {KINDS[row.item.kind]}")
        st.caption(draw.plain(row.outcome.says))
        review_findings.link(row.item.place)


def _section(section: Section) -> None:
    score = "does not apply" if section.score is None else f"{section.score:.0%}"
    with st.expander(f"{section.key} {section.title}: {score}"):
        for row in section.rows:
            st.markdown(_line(row))


def _line(row: Row) -> str:
    icon = ICONS.get(round(row.outcome.score * 2) / 2, ICONS[0.0]) if row.applies else ASIDE
    kind = f":blue-badge[{KINDS[row.item.kind]}]" if row.item.check else ":gray-badge[by a person]"
    return (
        f"{icon} **{row.item.key}** {draw.plain(row.item.title)} :violet-badge[{row.item.level}] {kind}  \n"
        f":gray[{draw.plain(row.outcome.says)}]"
    )


def _attach(now: Desk, ready: Readiness) -> None:
    """Ask what shows that a row is done; a row that a machine checks cannot be ticked."""
    rows = [row for row in ready.rows if row.item.check is None or row.outcome.state == "open"]
    kept = review_of(now.project).attached
    names = [row.item.key for row in rows]
    names += [key for key in kept if key in BY_KEY and key not in names]
    with st.container(border=True):
        st.subheader("Attach evidence", anchor=False)
        cheapest = ready.cheapest.item.key if ready.cheapest else ""
        key = st.selectbox(
            "Which row?",
            names,
            names.index(cheapest) if cheapest in names else 0,
            key=f"review:{now.id}:row",
            format_func=lambda k: f"{k} {BY_KEY[k].title}" + (" ✓" if k in kept else ""),
        )
        if key is not None:
            _form(now, BY_KEY[key], kept.get(key))


def _form(now: Desk, item: Item, before: Attached | None) -> None:
    place = f"review:{now.id}:{item.key}"
    by_hand = item.check is None
    options = list(HOW) if by_hand else ["not_applicable"]
    st.caption(
        f"{LEVEL_WORDS[item.level]} · {KINDS[item.kind]}."
        + (
            ""
            if by_hand
            else " It can be set aside with a reason while nothing is measured, not ticked."
        )
    )
    with st.form(f"{place}:form", border=False):
        how = before.how if before and before.how in options else options[0]
        st.selectbox(
            "How is it done?",
            options,
            options.index(how),
            format_func=HOW.__getitem__,
            key=f"{place}:how",
        )
        st.text_area(
            "What shows it, or why it does not apply",
            before.text if before else "",
            key=f"{place}:text",
            max_chars=2000,
            placeholder="What was done, when, where it can be seen",
        )
        left, middle, right = st.columns([2, 1, 1])
        left.text_input(
            "Link",
            before.link if before else "",
            key=f"{place}:link",
            max_chars=500,
            placeholder="https://… or docs/runbook.md",
        )
        middle.text_input("By whom", before.by if before else "", key=f"{place}:by", max_chars=120)
        right.date_input("On", (before.on if before else None) or date.today(), key=f"{place}:on")
        st.form_submit_button(
            "Attach", icon=":material/attach_file:", on_click=_save, args=(now.id, item.key, place)
        )
    if words := memory.recall(f"{ERROR}:{item.key}"):
        st.error(draw.plain(words))
    if before is not None:
        st.button(
            "Take it away",
            icon=":material/delete:",
            key=f"{place}:remove",
            on_click=_remove,
            args=(now.id, item.key),
        )


def _save(project_id: str, key: str, place: str) -> None:
    now = desk.current()
    if now is None or now.id != project_id:
        return
    raw = {field: memory.recall(f"{place}:{field}") for field in FIELDS}
    on = raw.pop("on")
    given = {**raw, "on": on.isoformat() if on else None}
    try:
        what = Review.check({"attached": {key: given}}).attached[key]
    except AnswerError as error:
        memory.remember(f"{ERROR}:{key}", error.problems[0].message)
        return
    refused = takes(BY_KEY[key], what)
    if refused:
        memory.remember(f"{ERROR}:{key}", refused)
        return
    memory.forget(f"{ERROR}:{key}")
    desk.save(now, attached(now.project, key, what), f"Readiness {key}")


def _remove(project_id: str, key: str) -> None:
    now = desk.current()
    if now is not None and now.id == project_id:
        desk.save(now, attached(now.project, key, None), f"Readiness {key} taken away")
