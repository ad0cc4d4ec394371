"""What if the row were different: every column can be edited, and the prediction follows at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError
from concurrent.futures import TimeoutError as TooSlow
from datetime import datetime
from math import floor, log10
from typing import Any

import streamlit as st

from app.jobs import executor
from app.jobs.trouble import JobTrouble
from app.record.chart import Chart
from app.record.evidence import Evidence
from app.ui import chart, draw, memory
from app.ui.desk import Desk

PATIENCE_S = 6
LIMIT_S = 60
POLL_S = 1.0
FIRST = 6
LARGEST_WHOLE = 2**53 - 1
EARLIEST, LATEST = datetime(1700, 1, 1), datetime(2262, 1, 1)
PLAIN_NAME = re.compile(r"[A-Za-z0-9]+(?:[_ ][A-Za-z0-9]+)*")
BUSY = "The workers are busy, or still load the model. The row can be edited in a moment."
WARMED = "what_if:warmed"


def warm(now: Desk, found: Evidence) -> None:
    """Let every worker load the model once, while the user still reads the first row."""
    from app.what_if import warm as warm_up

    if memory.recall(WARMED) == found.digest:
        return
    memory.remember(WARMED, found.digest)
    for _ in range(executor().workers):
        executor().submit_with(
            warm_up, (_place(now, found),), owner=f"warm:{now.id}", time_limit_s=LIMIT_S
        )


@st.fragment
def show(now: Desk, found: Evidence, row: int) -> None:
    """Draw how a row got its prediction, and let every value of it be changed."""
    opened = _opened(now, found, row)
    picture, values = st.columns([3, 2], gap="large")
    if "error" in opened:
        with picture:
            _stored(now, found, row)
        with values:
            st.caption(draw.plain(opened["error"]))
            if "job" in opened:
                _await(str(opened["job"]))
        return
    fields = [Editor(now.id, row, field) for field in opened["fields"]]
    with values:
        _first(fields[:FIRST])
    _others(fields[FIRST:])
    with values:
        _back(fields)
    with picture:
        _answer(now, found, row, {f.column: f.plain for f in fields if f.changed})


class Editor:
    """One column of the row in hand: its name in the session, its value, its widget."""

    def __init__(self, project_id: str, row: int, field: Mapping[str, Any]) -> None:
        self.field = field
        self.column = str(field["column"])
        self.kind = str(field["kind"])
        self.first = self._as_shown(field["value"])
        self.name = f"what_if:{project_id}:{row}:{self.column}"
        if self.name not in memory.names():
            memory.remember(self.name, self.first)

    def _as_shown(self, value: Any) -> Any:
        """Return a value as its widget holds it."""
        if value is None:
            return None
        if self.kind == "date":
            return datetime.fromisoformat(str(value)).replace(tzinfo=None, second=0, microsecond=0)
        if self.kind == "flag":
            return "yes" if value else "no"
        return value

    @property
    def value(self) -> Any:
        """What the widget holds."""
        return memory.recall(self.name)

    @property
    def changed(self) -> bool:
        """Whether that is not what the row holds."""
        return bool(self.value != self.first)

    @property
    def plain(self) -> Any:
        """The value as it travels to the worker."""
        if self.value is None or self.kind not in ("date", "flag"):
            return self.value
        return self.value.isoformat() if self.kind == "date" else self.value == "yes"

    def reset(self) -> None:
        """Put the row's own value back."""
        memory.remember(self.name, self.first)

    def draw(self) -> None:
        """Draw the widget, and below it what was seen, and its own value once it was changed."""
        with st.container(gap="xxsmall"):
            DRAWN[self.kind](self)
            st.markdown(self.words)

    @property
    def label(self) -> str:
        """Name of the column; a plain name as it is, for it is read out, too."""
        return self.column if PLAIN_NAME.fullmatch(self.column) else draw.plain(self.column)

    @property
    def words(self) -> str:
        """What was seen of the column, and its own value once it was changed."""
        low, high, levels = (self.field[name] for name in ("low", "high", "all_levels"))
        seen = f"{levels:,} values seen" if self.kind == "text" else ""
        if low is not None and high is not None:
            seen = f"{_short(low)} to {_short(high)}"
        seen = f":small[:gray[{draw.plain(seen)}]]" if seen else ""
        if not self.changed:
            return seen
        was = "missing" if self.first is None else _short(self.first)
        return f":orange-badge[was {draw.plain(was)}] {seen}"


def _short(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return str(value)[:10] if isinstance(value, datetime) else str(value)[:24]


def _draw_number(editor: Editor) -> None:
    low, high = editor.field["low"], editor.field["high"]
    whole = editor.kind == "whole" and all(
        v is None or abs(v) <= LARGEST_WHOLE for v in (low, high, editor.value)
    )
    wide = float(high - low) if low is not None and high is not None and high > low else 1.0
    step = 1 if whole else 10.0 ** floor(log10(wide / 20))
    kind = int if whole else float
    # Set only when it must be: what is set from here overwrites what is being typed.
    if editor.value is not None and not isinstance(editor.value, kind):
        memory.remember(editor.name, kind(editor.value))
    st.number_input(
        editor.label,
        value=None,
        step=step,
        format="%d" if whole else "%.6g",
        key=editor.name,
        placeholder="missing",
    )


def _draw_text(editor: Editor) -> None:
    known = list(editor.field["levels"])
    extra = [v for v in (editor.first, editor.value) if v is not None and v not in known]
    st.selectbox(
        editor.label,
        [*dict.fromkeys(extra), *known],
        index=None,
        key=editor.name,
        placeholder="missing",
        accept_new_options=True,
    )


def _draw_flag(editor: Editor) -> None:
    st.selectbox(editor.label, ["yes", "no"], index=None, key=editor.name, placeholder="missing")


def _draw_date(editor: Editor) -> None:
    st.datetime_input(
        editor.label,
        value=None,
        min_value=EARLIEST,
        max_value=LATEST,
        step=60,
        format="YYYY-MM-DD",
        key=editor.name,
    )


DRAWN: Mapping[str, Callable[[Editor], None]] = {
    "number": _draw_number,
    "whole": _draw_number,
    "text": _draw_text,
    "flag": _draw_flag,
    "date": _draw_date,
}


def _first(fields: list[Editor]) -> None:
    st.markdown(
        "**What if the row were different?**",
        help="The final model is asked again with your values. It says what the model would "
        "answer, not what would happen in the world.",
    )
    _grid(fields, 2)


def _others(fields: list[Editor]) -> None:
    """Draw the columns that push less, folded away."""
    if not fields:
        return
    changed = sum(field.changed for field in fields)
    words = f"The other {len(fields)} columns"
    with st.expander(f"{words} ({changed} changed)" if changed else words):
        _grid(fields, 4)


def _back(fields: list[Editor]) -> None:
    changed = sum(field.changed for field in fields)
    st.button(
        f"Reset {changed} changed" if changed else "Reset",
        icon=":material/restart_alt:",
        key="what_if:reset",
        disabled=not changed,
        on_click=_reset,
        args=(fields,),
    )


def _reset(fields: list[Editor]) -> None:
    for field in fields:
        field.reset()


def _grid(fields: list[Editor], across: int) -> None:
    for start in range(0, len(fields), across):
        columns = st.columns(across, vertical_alignment="bottom")
        for column, field in zip(columns, fields[start : start + across], strict=False):
            with column:
                field.draw()


def _answer(now: Desk, found: Evidence, row: int, changes: Mapping[str, Any]) -> None:
    if not changes:
        _stored(now, found, row)
        return
    from app.what_if import edit_row

    told = _ask(now, edit_row, (_place(now, found), row, dict(changes)))
    if "error" in told:
        st.warning(draw.plain(told["error"]))
        if "job" in told:
            _await(str(told["job"]))
        _stored(now, found, row)
        return
    st.markdown(
        f"Final model: {draw.plain(told['before'])} :material/arrow_forward: "
        f"**{draw.plain(told['after'])}**"
    )
    for note in told["notes"]:
        st.markdown(f":orange-badge[not seen before] {draw.plain(note)}")
    picture = Chart.model_validate(told["chart"])
    chart.show(picture, key=f"chart:{now.id}:errors:row")


def _stored(now: Desk, found: Evidence, row: int) -> None:
    picture = found.chart(f"row_{row}")
    if picture is not None:
        chart.show(picture, key=f"chart:{now.id}:errors:row")


def _place(now: Desk, found: Evidence) -> Any:
    from app.what_if import Place

    kept = now.project.evidence
    chosen = kept["baselines"].words.get("chosen", "") if "baselines" in kept else ""
    return Place(
        found.digest,
        kept["baselines"].digest if "baselines" in kept else "",
        kept["data"].digest if "data" in kept else "",
        found.words.get("rung", "") == chosen,
    )


def _opened(now: Desk, found: Evidence, row: int) -> Mapping[str, Any]:
    from app.what_if import open_row

    name = f"what_if:opened:{now.id}"
    known = memory.recall(name)
    asked = [found.digest, row]
    if known and known["asked"] == asked:
        kept: Mapping[str, Any] = known["found"]
        return kept
    told = _ask(now, open_row, (_place(now, found), row))
    if "error" not in told:
        memory.remember(name, {"asked": asked, "found": told})
    return told


@st.fragment(run_every=POLL_S)
def _await(job_id: str) -> None:
    """Draw the page anew once a worker has loaded what it takes."""
    job = executor().find(job_id)
    if job is None or job.done():
        st.rerun(scope="app")


def _ask(now: Desk, question: Any, words: tuple[Any, ...]) -> Mapping[str, Any]:
    job = executor().submit_with(question, words, owner=f"what_if:{now.id}", time_limit_s=LIMIT_S)
    try:
        told: Mapping[str, Any] = job.result(timeout=PATIENCE_S)
        return told
    except TooSlow:
        # It goes on: loading a model takes seconds once, and none the next time.
        return {"error": BUSY, "job": job.id}
    except (JobTrouble, CancelledError) as trouble:
        return {"error": str(trouble) or BUSY}
