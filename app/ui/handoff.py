"""The hand-over on the screen: what stands in the way, and the button into the registry."""

from __future__ import annotations

from concurrent.futures import TimeoutError as TooSlow
from typing import Any

import streamlit as st

from app import handoff
from app.jobs import executor
from app.record.evidence import Evidence
from app.stages.reproducibility import STAGE
from app.stages.reproducibility.choices import APPROVALS, Registered
from app.store import registry, runs
from app.ui import desk, draw, memory
from app.ui.desk import Desk

KEY = STAGE.key
PATIENCE_S = 90
SAID = "handoff:said"
COLORS = {"draft": "gray", "in_review": "orange", "approved": "green", "rejected": "red"}


def show(now: Desk, found: Evidence) -> None:
    """Draw the version, its approval, what stands in the way, and the registry."""
    choices = STAGE.chosen(now.project)
    version = found.words.get("version", "")
    with st.container(border=True):
        st.subheader("Hand-over to the registry", anchor=False)
        st.markdown(
            f":{COLORS[choices.approval]}-badge[{APPROVALS[choices.approval].split(':')[0]}] "
            f"Version `{version}` as **{draw.plain(handoff.model_name(now.project))}**, alias "
            f"**{draw.plain(choices.alias)}**"
        )
        _registered(choices.registered, version)
        obstacles = handoff.obstacles(now.project)
        for words in obstacles:
            st.markdown(f":material/block: {draw.plain(words)}")
        _buttons(now, choices, version, bool(obstacles))
        if said := memory.recall(f"{SAID}:{now.id}"):
            st.info(draw.plain(said))


def _registered(record: Registered | None, version: str) -> None:
    if record is None:
        return
    mine = "" if record.digest == version else " It is **another version** than the one measured."
    st.markdown(
        f":material/inventory_2: In the registry as version {draw.plain(record.version)}, "
        f"`{record.uri}`, since {record.at[:10]}.{mine}"
    )


def _buttons(now: Desk, choices: Any, version: str, blocked: bool) -> None:
    absent = registry.available()
    with st.container(horizontal=True, gap="small"):
        st.button(
            "The approval holds for this version",
            icon=":material/verified:",
            key="handoff:this",
            disabled=choices.approved_version.strip() == version,
            help=f"Writes {version} into the question which version was approved.",
            on_click=_approve,
            args=(now.id, version),
        )
        st.button(
            "Register in MLflow",
            icon=":material/inventory_2:",
            key="handoff:register",
            type="primary",
            disabled=blocked or bool(absent),
            help="Writes the model, what stands in for it, the contract and golden rows, without pickle, "
            "and moves the alias.",
            on_click=_register,
            args=(now.id,),
        )
        if choices.registered is not None:
            st.button(
                "Move the alias back",
                icon=":material/undo:",
                key="handoff:back",
                disabled=bool(absent),
                help="The alias names the version before again; services that load by alias follow.",
                on_click=_back,
                args=(now.id, choices.registered.name, choices.registered.alias),
            )
    if absent:
        st.caption(draw.plain(absent))
    else:
        st.caption(draw.plain(f"Registry: {_place()}"))


def _place() -> str:
    """Return where the registry lies, without a password that may stand in its address."""
    place = runs.uri()
    return place.split("@")[-1] if "@" in place else place


def _approve(project_id: str, version: str) -> None:
    now = _still(project_id)
    if now is not None:
        changed = now.project.answered(KEY, {"approved_version": version})
        desk.save(now, changed, f"Approval holds for {version}")


def _register(project_id: str) -> None:
    _keep(project_id, handoff.hand_over_stored, (desk.store().url, project_id), "Registered")


def _back(project_id: str, name: str, alias: str) -> None:
    _keep(project_id, handoff.take_back, (name, alias), "Moved the alias back")


def _keep(project_id: str, question: Any, words: tuple[str, ...], done: str) -> None:
    """Ask the registry in a worker, and keep its answer in the project."""
    job = executor().submit_with(
        question, words, owner=f"handoff:{project_id}", time_limit_s=PATIENCE_S
    )
    try:
        record = job.result(timeout=PATIENCE_S)
    except TooSlow:
        job.cancel()
        memory.remember(f"{SAID}:{project_id}", "The registry did not answer in time; try again.")
        return
    except Exception as error:
        # A worker met a registry of any make: whatever it said is told, and the project stands.
        memory.remember(f"{SAID}:{project_id}", str(error) or type(error).__name__)
        return
    now = _still(project_id)
    if now is not None:
        summary = f"{done}: {record['name']} version {record['version']}"
        desk.save(now, now.project.answered(KEY, {"registered": record}), summary)
        memory.remember(f"{SAID}:{project_id}", f"{summary}, alias {record['alias']}.")


def _still(project_id: str) -> Desk | None:
    now = desk.current()
    return now if now is not None and now.id == project_id else None
