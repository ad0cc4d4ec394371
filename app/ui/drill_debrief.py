"""The debrief of a finished drill: what it cost, what was wrong, and what could be seen when."""

from __future__ import annotations

import streamlit as st

from app.incidents.looks import LOOKS
from app.incidents.moves import MOVES
from app.record.number import readable
from app.stages.drills.debrief import charts_of
from app.stages.drills.drill import Drill, Outcome
from app.ui import chart, draw, drill_looks, drill_postmortem, drill_room, memory, results
from app.ui.desk import Desk
from app.ui.drill_room import Room


def show(room: Room) -> None:
    """Draw the debrief, with every look that could have been taken at every minute."""
    kept(room.now, room.drill)
    _evidence(room)


def kept(now: Desk, drill: Drill) -> None:
    """Draw what is kept of a drill, even where its world is gone."""
    outcome = drill.outcome
    if outcome is None:
        return
    _head(now, drill, outcome)
    currency = results.currency_of(now)
    charts = charts_of(drill, currency)
    columns = st.columns(2, gap="large")
    for column, item in zip(columns, charts[:2], strict=False):
        with column:
            chart.show(item, key=f"debrief:{drill.id}:{item.key}")
    for item in charts[2:]:
        chart.show(item, key=f"debrief:{drill.id}:{item.key}")
    left, right = st.columns(2, gap="large")
    with left:
        _cause(outcome)
    with right:
        _trails(outcome)
    with st.expander("The nine measures in words"):
        for mark in outcome.score.marks:
            st.markdown(f"**{draw.plain(mark.title)}** {mark.score:.0%} · {draw.plain(mark.words)}")
    with st.expander(f"Timeline ({len(outcome.timeline)} entries)"):
        for moment in outcome.timeline:
            detail = f" · {draw.plain(moment.detail)}" if moment.detail else ""
            lost = f":gray[{readable(moment.harm)} {draw.plain(currency)}]"
            st.caption(f"{moment.clock} · **{draw.plain(moment.title)}**{detail} {lost}")
    drill_postmortem.show(now, drill)


def _head(now: Desk, drill: Drill, outcome: Outcome) -> None:
    score = outcome.score
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.markdown(f"#### Debrief: {score.total:.0%}")
        st.markdown(f"`{drill.code}` {'studied' if score.revealed else 'completed'}")
        if score.hints:
            st.markdown(f":orange-badge[{score.hints} hints taken]")
        st.button(
            "Lobby",
            key="debrief:lobby",
            icon=":material/arrow_back:",
            on_click=drill_room.go,
            args=(now.id,),
        )
    currency = draw.plain(results.currency_of(now))
    st.markdown(
        f"It was **{draw.plain(outcome.title)}**. It had run for {outcome.struck_days:.1f} days and "
        f"cost {readable(outcome.before)} {currency} before anybody looked."
    )


def _cause(outcome: Outcome) -> None:
    best = ", then ".join(MOVES[m].title.lower() for m in outcome.best_moves if m in MOVES)
    with st.container(border=True):
        st.markdown(f"**What was wrong.** {draw.plain(outcome.cause)}")
        st.markdown(f"**What mends it.** {draw.plain(outcome.remedy)}")
        st.markdown(f"**The oracle's moves.** {draw.plain(best or 'leave it alone')}.")
        look = LOOKS[outcome.check].title if outcome.check in LOOKS else outcome.check
        st.markdown(
            f"**The look that tells it.** {draw.plain(look)}: {draw.plain(outcome.check_words)}"
        )


def _trails(outcome: Outcome) -> None:
    with st.container(border=True):
        st.markdown("**False trails that were planted**")
        if not outcome.trails:
            st.caption("None.")
        for trail in outcome.trails:
            st.markdown(f"“{draw.plain(trail.words)}”")
            st.caption(f"Made one think of: {draw.plain(trail.title)}")


def _evidence(room: Room) -> None:
    """Let the user go through the minutes and take any look as it would have been then."""
    drill = room.drill
    st.subheader("What could be seen when", anchor=False)
    st.caption("Choose a moment and any look: it shows exactly what was known then.")
    places = list(range(len(drill.events) + 1))

    def label(place: int) -> str:
        if not place:
            return f"{room.ground.clock(0)} · the beginning"
        event = drill.events[place - 1]
        from app.stages.drills.debrief import words_of

        return f"{room.ground.clock(event.ends)} · {words_of(event)[0]}"

    left, right = st.columns(2)
    with left:
        place = st.selectbox("Moment", places, key=room.name("moment"), format_func=label)
    with right:
        name = room.name("debrief:look")
        if memory.recall(name) is None:
            memory.remember(name, drill.outcome.check if drill.outcome else "dashboards")
        keys = [key for key in LOOKS if key != "log_query"]
        if memory.recall(name) not in keys:
            memory.remember(name, "dashboards")
        look = st.selectbox("Look", keys, key=name, format_func=lambda key: LOOKS[key].title)
    found = drill_room.looked(room, int(place or 0), str(look), "")
    drill_looks.drawn(room, found, f"debrief:{place}:{look}")
