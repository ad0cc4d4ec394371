"""Slices on the screen: those that were proven, those you name, and who decides in them."""

from __future__ import annotations

import json
from typing import Any

import streamlit as st

from app.document import text
from app.record.evidence import Evidence
from app.stages.errors import STAGE
from app.stages.errors.choices import FALLBACKS, MOST_COHORTS, CohortNote
from app.stages.road import BY_KEY
from app.ui import cohort_form, desk, draw, memory, results
from app.ui.desk import Desk

LONGEST_WHERE = 400


def show(now: Desk, found: Evidence) -> None:
    """Draw what the search proved, the slices you named, and the form for one more."""
    _proven(now, found)
    _mine(now, found)
    cohort_form.show(now)


def named(now: Desk) -> tuple[CohortNote, ...]:
    """Return the slices the user named."""
    return tuple(STAGE.chosen(now.project).cohorts)


def _proven(now: Desk, found: Evidence) -> None:
    st.subheader("What the search found", anchor=False)
    if says := found.words.get("slices"):
        st.markdown(draw.plain(says))
    table = found.table("slices")
    records = [r for r in table.records() if r["confirmed"]] if table else []
    known = {one["words"]: one for one in _slices(found)}
    for place, record in enumerate(records):
        one = known.get(str(record["words"]), {})
        _one_proven(now, found, place, record, one)
    if power := found.words.get("slice_power"):
        with st.expander("What this search can and cannot find"):
            st.markdown(draw.plain(power))


def _slices(found: Evidence) -> list[dict[str, Any]]:
    return list(json.loads(found.words.get("slice_conditions", "[]")))


def _one_proven(
    now: Desk, found: Evidence, place: int, record: dict[str, Any], one: dict[str, Any]
) -> None:
    words = str(record["words"])
    brief, where = str(one.get("brief", words)), str(one.get("where", ""))
    watched = any(note.where == where for note in named(now))
    with st.container(border=True, gap="xsmall"):
        st.markdown(f":red-badge[Proven] **{draw.plain(brief)}**")
        st.caption(_says(now, found, record))
        with st.container(horizontal=True, gap="small"):
            st.button(
                "Watched" if watched else "Watch this slice",
                icon=":material/visibility:",
                key=f"slice:watch:{place}",
                disabled=watched or not 0 < len(where) <= LONGEST_WHERE,
                help=_why_watch(where),
                on_click=_watch,
                args=(now.id, brief, where),
            )
            _refuse_button(now, f"slice:refuse:{place}", f"where {brief}")


def _why_watch(where: str) -> str:
    if not where:
        return "Its values hold every kind of quote: it cannot be written as conditions."
    if len(where) > LONGEST_WHERE:
        return (
            f"Its conditions have {len(where):,} characters; at most {LONGEST_WHERE} are taken. "
            "Name a simpler one below."
        )
    return "Names the slice: Monitoring watches it, and you may say who decides there."


def _says(now: Desk, found: Evidence, record: dict[str, Any]) -> str:
    """Say in one line what a slice costs beyond the rest; below the rest turned into less."""
    money = _in_money(found)
    sign = 1 if record["excess"] >= 0 else -1
    ends = [None if record[end] is None else sign * record[end] for end in ("low", "high")]
    interval = ""
    if ends[0] is not None and ends[1] is not None:
        low, high = (text.number(end) for end in sorted(ends))  # type: ignore[type-var]
        interval = f" (95 % interval {low} to {high})"
    p = "" if record["p"] is None else f", p = {record['p']:.2g} after correction"
    per = f"{'more' if sign > 0 else 'less'} {'per 1,000' if money else 'loss a row'}"
    return draw.plain(
        f"{_shown(now, sign * record['excess'], money)} {per} than elsewhere{interval}, "
        f"n = {record['n']:,}, {record['share']:.1%} of the rows{p}."
    )


def _in_money(found: Evidence) -> bool:
    """Say whether slices were measured in money, not in loss."""
    table = found.table("slices")
    return table is None or any(c.key == "excess" and c.kind == "currency" for c in table.columns)


def _shown(now: Desk, cell: Any, money: bool = True) -> str:
    value = None if cell is None else float(cell)
    return text.number(value, "currency" if money else "", results.currency_of(now))


def _mine(now: Desk, found: Evidence) -> None:
    st.subheader("Slices you named", anchor=False)
    notes = named(now)
    if not notes:
        st.markdown(
            "None yet. Watch a proven slice, or name one that matters to your business below."
        )
    for place, note in enumerate(notes):
        with st.container(border=True, gap="xsmall"):
            _card(now, found, place, note)
    if notes:
        st.caption(
            f"{len(notes)} of at most {MOST_COHORTS}. Monitoring watches their volume, missing "
            "values, mean prediction and cost."
        )


def _card(now: Desk, found: Evidence, place: int, note: CohortNote) -> None:
    record = _record(found, note)
    st.markdown(f"**{draw.plain(note.name)}**")
    st.code(note.where, language=None, wrap_lines=True)
    if record is None:
        st.caption("Not measured yet: press Measure to see what it costs there.")
    elif record["n"] is None:
        st.error(draw.plain(str(record["note"])))
    else:
        _measured(now, found, record)
    _fallback(now, found, place, note, record)
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Edit",
            icon=":material/edit:",
            key=f"cohort:edit:{place}",
            on_click=cohort_form.edit,
            args=(now.id, note.name, note.where),
        )
        st.button(
            "Remove",
            icon=":material/delete:",
            key=f"cohort:remove:{place}",
            help="Undo in the sidebar brings it back.",
            on_click=_remove,
            args=(now.id, note.name),
        )
        _refuse_button(now, f"cohort:refuse:{place}", f"in the slice “{note.name}” ({note.where})")


def _record(found: Evidence, note: CohortNote) -> dict[str, Any] | None:
    """Return what was measured of a slice; nothing when its conditions have changed since."""
    table = found.table("cohorts")
    rows = table.records() if table else []
    return next(
        (r for r in rows if r["name"] == note.name.strip() and r["where"] == note.where), None
    )


def _measured(now: Desk, found: Evidence, record: dict[str, Any]) -> None:
    if record["excess"] is None:
        st.caption(f"{record['n']:,} rows ({record['share']:.1%}): too few to say what they cost.")
        return
    sure = (
        ":orange-badge[Differs from the rest]" if record["proven"] else ":gray-badge[Not certain]"
    )
    st.markdown(f"{sure} {_says(now, found, record)}")
    if record["note"]:
        st.caption(draw.plain(str(record["note"])))


def _fallback(
    now: Desk, found: Evidence, place: int, note: CohortNote, record: dict[str, Any] | None
) -> None:
    known = record is None or bool(record["known"])
    name = f"cohort:fallback:{now.id}:{place}"
    memory.follow(name, note.fallback)
    st.selectbox(
        "Who decides there?",
        list(FALLBACKS),
        key=name,
        format_func=FALLBACKS.__getitem__,
        disabled=not known and not note.fallback,
        help="Cost per 1,000 decisions in this slice, measured on rows that no fold had seen.",
        on_change=_decide,
        args=(now.id, note.name, name),
    )
    if record is not None and record["n"]:
        st.caption(draw.plain(_costs(now, found, note, record)))


def _costs(now: Desk, found: Evidence, note: CohortNote, record: dict[str, Any]) -> str:
    """Return in words what the slice costs per 1,000 decisions, whoever decides there."""
    table = found.table("rule_or_model")
    rows = [r for r in table.records() if r["name"] == note.name.strip()] if table else []
    parts = []
    if rows:
        parts.append(f"the model {_shown(now, rows[0]['model'])}")
    elif _in_money(found):
        parts.append(f"as it is now {_shown(now, record['loss'])}")
    for row in rows:
        better = {"rule": "cheaper for certain", "model": "dearer for certain"}
        sure = better.get(str(row["better"]), "the difference is not certain")
        parts.append(f"{row['against']} {_shown(now, row['rule'])} ({sure})")
    if now.project.task == "multiclass":
        review = BY_KEY["framing"].chosen(now.project).cost_review
        parts.append(f"a person {_shown(now, 1000 * review)} (what a look costs in Framing)")
    else:
        parts.append("a person: not measured")
    return f"Cost per 1,000 there: {', '.join(parts)}."


def _refuse_button(now: Desk, key: str, words: str) -> None:
    sentence = refusal(words)
    there = sentence in _anti_goals(now)
    st.button(
        "In what it should not do" if there else "Add to what it should not do",
        icon=":material/block:",
        key=key,
        disabled=there,
        help=f"Adds to Framing: “{sentence}”",
        on_click=_refuse,
        args=(now.id, sentence),
    )


def refusal(words: str) -> str:
    """Return the sentence that goes into what the model should not do."""
    return f"It does not decide by itself {words}."


def _anti_goals(now: Desk) -> str:
    return str(BY_KEY["framing"].chosen(now.project).anti_goals)


def _refuse(project_id: str, sentence: str) -> None:
    now = _still(project_id)
    if now is None or sentence in _anti_goals(now):
        return
    before = _anti_goals(now).rstrip()
    words = f"{before}\n{sentence}" if before else sentence
    changed = now.project.answered("framing", {"anti_goals": words})
    desk.save(now, changed, "Added to what it should not do")


def _watch(project_id: str, words: str, where: str) -> None:
    now = _still(project_id)
    if now is None:
        return
    notes = named(now)
    if len(notes) >= MOST_COHORTS:
        memory.remember(desk.NOTICE, f"There are {MOST_COHORTS} slices already; remove one first.")
        return
    name = cohort_form.free_name(words, notes)
    cohort_form.save(now, (*notes, CohortNote(name=name, where=where)), f"Watches {name}")


def _remove(project_id: str, name: str) -> None:
    now = _still(project_id)
    if now is not None:
        kept = tuple(note for note in named(now) if note.name != name)
        cohort_form.save(now, kept, f"Removed the slice {name}")


def _decide(project_id: str, name: str, widget: str) -> None:
    now = _still(project_id)
    chosen = memory.recall(widget)
    if now is None or chosen not in FALLBACKS:
        return
    notes = tuple(
        note.model_copy(update={"fallback": chosen}) if note.name == name else note
        for note in named(now)
    )
    cohort_form.save(now, notes, f"Who decides in {name}")


def _still(project_id: str) -> Desk | None:
    now = desk.current()
    return now if now is not None and now.id == project_id else None
