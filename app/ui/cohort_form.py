"""Naming a slice: typed conditions, checked and counted before they are saved."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import TimeoutError as TooSlow
from typing import Any

import streamlit as st

from app.jobs import executor
from app.stages.data import STAGE as DATA
from app.stages.errors import STAGE
from app.stages.errors.choices import MOST_COHORTS, CohortNote
from app.ui import desk, draw, examples, memory
from app.ui.desk import Desk

PATIENCE_S = 15
LONGEST_NAME = 80
HOW = (
    "Conditions on one to three columns, joined by and: column == value, column in (a, b), "
    "6 <= hour < 9, column between 1 and 5, column is missing. Put texts in quotes, and column "
    "names with spaces in `backticks`."
)


def show(now: Desk) -> None:
    """Draw the form for one more slice, or for the one that is edited."""
    draft = _draft(now.id)
    editing = str(draft.get("editing", ""))
    with st.container(border=True):
        title = f"Edit {draw.plain(editing)}" if editing else "Name a slice of your own"
        st.subheader(title, anchor=False)
        where = _where(now, draft)
        _complete(now)
        tried = _tried(now, where) if where.strip() else {}
        _preview(tried)
        _name_and_save(now, draft, where, tried)


def edit(project_id: str, name: str, where: str) -> None:
    """Put a slice into the form."""
    memory.remember(_key(project_id), {"name": name, "where": where, "editing": name})


def _key(project_id: str) -> str:
    return f"cohort:draft:{project_id}"


def _draft(project_id: str) -> dict[str, str]:
    return dict(memory.recall(_key(project_id), {}))


def _keep(project_id: str, field: str, widget: str) -> None:
    draft = _draft(project_id)
    draft[field] = str(memory.recall(widget) or "")
    draft.pop("problem", None)
    memory.remember(_key(project_id), draft)


def _where(now: Desk, draft: dict[str, str]) -> str:
    widget = f"cohort:where:{now.id}"
    memory.follow(widget, draft.get("where", ""))
    st.text_input(
        "Rows where",
        key=widget,
        placeholder=examples.conditions(now.project),
        max_chars=400,
        help=HOW,
        on_change=_keep,
        args=(now.id, "where", widget),
    )
    return str(draft.get("where", ""))


def _complete(now: Desk) -> None:
    """Offer every column, found by typing a part of its name."""
    known = _known(now)
    others = [c for c in now.project.data.names() if c not in known]
    meanings = {c.name: c.meaning for c in now.project.data.columns}
    picked = f"cohort:column:{now.id}"

    late = "not known at the decision"
    labels = {
        column: " · ".join(w for w in (column, meanings.get(column), "" if at else late) if w)
        for names, at in ((known, True), (others, False))
        for column in names
    }

    st.selectbox(
        "Insert a column",
        [*known, *others],
        index=None,
        key=picked,
        placeholder=f"Type a part of a name ({len(known) + len(others)} columns)",
        format_func=lambda column: labels.get(column, column),
        on_change=_insert,
        args=(now.id, picked),
    )


def _known(now: Desk) -> list[str]:
    data = DATA.chosen(now.project)
    names = [name for name in data.known if name != data.target]
    if data.task == "forecasting" and data.target:
        from app.lab.history import past_names

        ahead = data.horizon_days + data.label_delay_days
        names += past_names(data.target, ahead, data.season_days)
    return names


def _insert(project_id: str, picked: str) -> None:
    from app.stages.cohort import quoted_column

    column = memory.forget(picked)
    if not column:
        return
    draft = _draft(project_id)
    before = str(draft.get("where", "")).rstrip()
    joint = " and " if before and not before.endswith(("and", "&", "(", "<", "<=", "=")) else " "
    draft["where"] = f"{before}{joint}{quoted_column(column)}".strip()
    memory.remember(_key(project_id), draft)


def _tried(now: Desk, where: str) -> dict[str, Any]:
    from app.workshop import try_cohort

    name = f"cohort:tried:{now.id}"
    known = memory.recall(name)
    asked = [where, now.project.data.content_hash, now.project.answers.get("data", {})]
    if known and known["asked"] == asked:
        return dict(known["found"])
    found = _ask(try_cohort, now.project.to_json(), where)
    memory.remember(name, {"asked": asked, "found": found})
    return found


def _ask(question: Any, *words: Any) -> dict[str, Any]:
    job = executor().submit_with(question, words, owner="preview", time_limit_s=PATIENCE_S)
    try:
        with st.spinner("Counting the rows of the slice"):
            return dict(job.result(timeout=PATIENCE_S))
    except TooSlow:
        job.cancel()
        return {"slow": f"Counting took longer than {PATIENCE_S} s; it can be saved all the same."}
    except Exception as error:
        # What is typed is read in a worker: however it fails there, it is told beside the field.
        return {"error": str(error) or type(error).__name__}


def _preview(tried: dict[str, Any]) -> None:
    if "error" in tried:
        st.error(draw.plain(str(tried["error"])), title="These conditions cannot be read")
    elif "slow" in tried:
        st.warning(tried["slow"])
    elif tried:
        share = tried["n"] / max(1, tried["rows"])
        st.markdown(
            f":green[:material/check:] **{tried['n']:,}** of {tried['rows']:,} training rows "
            f"({share:.1%}): {draw.plain(str(tried['words']))}"
        )
        if tried["n"] < 30:
            st.caption("Fewer than 30 rows: too few to say much about them.")
        if tried["later"]:
            names = " and ".join(tried["later"])
            st.caption(
                draw.plain(
                    f"{names}: not known at the decision. The slice can be looked at, but not "
                    "watched, and nobody can decide otherwise there."
                )
            )


def _name_and_save(now: Desk, draft: dict[str, str], where: str, tried: dict[str, Any]) -> None:
    widget = f"cohort:name:{now.id}"
    memory.follow(widget, draft.get("name", ""))
    st.text_input(
        "Call it",
        key=widget,
        max_chars=LONGEST_NAME,
        placeholder="A short name; left empty, the conditions are the name",
        on_change=_keep,
        args=(now.id, "name", widget),
    )
    if problem := draft.get("problem"):
        st.error(draw.plain(problem))
    ready = bool(where.strip()) and "error" not in tried
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Save the slice" if draft.get("editing") else "Add the slice",
            type="primary",
            icon=":material/add:",
            key="cohort:add",
            disabled=not ready,
            on_click=_add,
            args=(now.id, str(tried.get("words", where))),
        )
        if draft.get("editing"):
            st.button("Stop editing", key="cohort:stop", on_click=_clear, args=(now.id,))


def _clear(project_id: str) -> None:
    memory.forget(_key(project_id))


def _add(project_id: str, words: str) -> None:
    now = desk.current()
    if now is None or now.id != project_id:
        return
    draft, notes = _draft(project_id), tuple(STAGE.chosen(now.project).cohorts)
    editing = draft.get("editing", "")
    others = tuple(note for note in notes if note.name != editing)
    typed = draft.get("name", "").strip()
    problem = _problem(typed, others)
    if problem:
        memory.remember(_key(project_id), {**draft, "problem": problem})
        return
    name = typed or free_name(words, others)
    old = next((note for note in notes if editing and note.name == editing), None)
    new = CohortNote(name=name, where=draft["where"].strip(), fallback=old.fallback if old else "")
    kept = tuple(new if note is old else note for note in notes)
    save(now, kept if old else (*notes, new), f"{'Changed' if old else 'Added'} the slice {name}")
    _clear(project_id)


def _problem(name: str, others: tuple[CohortNote, ...]) -> str:
    if len(others) >= MOST_COHORTS:
        return f"There are {MOST_COHORTS} slices already; remove one first."
    if name.casefold() in {note.name.strip().casefold() for note in others}:
        return f"Name: “{name}” is taken by another slice; give it a name of its own."
    return ""


def free_name(words: str, taken: Iterable[CohortNote]) -> str:
    """Return a name that no other slice has, made of its conditions."""
    names = {note.name.strip().casefold() for note in taken}
    name = words.strip()[:LONGEST_NAME]
    number = 2
    while name.casefold() in names:
        tail = f" ({number})"
        name = words.strip()[: LONGEST_NAME - len(tail)] + tail
        number += 1
    return name


def save(now: Desk, notes: tuple[CohortNote, ...], summary: str) -> None:
    """Save the slices of a project."""
    body = [note.to_json() for note in notes]
    desk.save(now, now.project.answered("errors", {"cohorts": body}), summary[:120])
