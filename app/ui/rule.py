"""A live look at what the user's rule would do, before anything is measured."""

from __future__ import annotations

from concurrent.futures import TimeoutError as TooSlow
from typing import Any

import streamlit as st

from app.jobs import executor
from app.stages.baselines import STAGE
from app.stages.data import STAGE as DATA
from app.ui import desk, draw, memory
from app.ui.desk import Desk

PATIENCE_S = 10


def preview(now: Desk) -> None:
    """Try the rule on a sample of the training rows and show what it does."""
    expression = STAGE.chosen(now.project).rule
    with st.container(border=True):
        st.subheader("What your rule does", anchor=False)
        _complete(now, expression)
        if not expression.strip():
            st.markdown("No rule yet. Write how it is decided today, or start from a hint.")
            st.caption(
                "The hint is mined from the training rows: a place to start, not how it is decided."
            )
            if st.button("Suggest a starting rule", key="rule:suggest"):
                _suggest(now)
            return
        tried = _tried(now, expression)
        if "error" in tried:
            st.error(draw.plain(tried["error"]), title="This rule cannot run")
            return
        left, middle, right = st.columns(3)
        left.metric("Rows tried", f"{tried['rows']:,}")
        middle.metric(tried["says"], tried["value"])
        right.metric("No answer (missing)", f"{tried['missing']:.1%}")


def _complete(now: Desk, expression: str) -> None:
    """Offer every column that a rule may read, found by typing a part of its name."""
    from app.lab.rule import quoted

    names = _columns(now)
    if not names:
        st.caption("Say first, under Data & labels, which columns are known at the decision.")
        return
    meanings = {
        c.name: " ".join(p for p in (c.meaning, c.unit) if p) for c in now.project.data.columns
    }
    picked = f"rule:column:{now.id}"

    def insert() -> None:
        name = memory.forget(picked)
        if name:
            text = f"{expression.rstrip()} {quoted(name)}".strip()
            desk.save(now, now.project.answered("baselines", {"rule": text}), "Inserted a column")

    st.selectbox(
        "Insert a column",
        names,
        index=None,
        key=picked,
        placeholder=f"Type a part of a name ({len(names)} columns known at the decision)",
        format_func=lambda name: f"{name} · {meanings[name]}" if meanings.get(name) else name,
        on_change=insert,
    )


def _columns(now: Desk) -> list[str]:
    data = DATA.chosen(now.project)
    names = [name for name in data.known if name != data.target]
    if data.task == "forecasting" and data.target:
        from app.lab.history import past_names

        ahead = data.horizon_days + data.label_delay_days
        names += past_names(data.target, ahead, data.season_days)
    return names


def _tried(now: Desk, expression: str) -> dict[str, Any]:
    from app.workshop import try_rule

    name = f"rule:tried:{now.id}"
    known = memory.recall(name)
    asked = [expression, now.project.answers.get("data", {})]
    if known and known["asked"] == asked:
        found: dict[str, Any] = known["found"]
        return found
    found = _ask(try_rule, now.project.to_json(), expression)
    memory.remember(name, {"asked": asked, "found": found})
    return found


def _ask(question: Any, *words: Any) -> dict[str, Any]:
    job = executor().submit_with(question, words, owner="preview", time_limit_s=PATIENCE_S)
    try:
        with st.spinner("Trying the rule on your rows"):
            found: dict[str, Any] = job.result(timeout=PATIENCE_S)
            return found
    except TooSlow:
        job.cancel()
        return {"error": f"It took longer than {PATIENCE_S} s, or all workers are busy."}
    except Exception as error:
        # What is typed runs in a worker: however it fails there, it is told beside the rule.
        return {"error": str(error)}


def _suggest(now: Desk) -> None:
    from app.workshop import suggest_rule

    found = _ask(suggest_rule, now.project.to_json())
    if "error" in found:
        st.error(draw.plain(found["error"]))
        return
    changed = now.project.answered("baselines", {"rule": found["rule"]})
    desk.save(now, changed, "Suggested a rule")
    st.rerun()
