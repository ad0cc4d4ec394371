"""What the live model answered, on the Monitoring page."""

from __future__ import annotations

from functools import partial
from itertools import accumulate
from typing import TYPE_CHECKING

import streamlit as st

from app.live.hub import hub
from app.live.kit import Kit, kit_of, unmeasured
from app.record.chart import Axis, Chart, Guide, Role, Series
from app.record.measure import Measure
from app.store.predictions import KEPT, open_predictions
from app.ui import chart, draw, results, shell
from app.ui.desk import Desk

if TYPE_CHECKING:
    from app.lab.served_rows import ServedLook
    from app.live.watching import Watched

DRIFTED = 0.2
MOST_COLUMNS = 12
UNUSUAL = 0.01


def show(now: Desk) -> None:
    """Draw what the log of the live model says, or how to fill it."""
    if unmeasured(now.project):
        return
    st.subheader("What the live model answered", anchor=False)
    if not open_predictions().newest(now.id):
        st.caption("Nothing was asked of it yet. Try a row or make load, then look again.")
        st.page_link(
            shell.page_of("serving"), label="Serving: the live model", icon=":material/bolt:"
        )
        return
    kit = _kit(now)
    if kit is None:
        st.caption("The model was measured again and has not answered yet. Ask it on Serving.")
        return
    _drawn(now, kit)


def _kit(now: Desk) -> Kit | None:
    held = hub().peek(now.id)
    if held is not None and held.model is not None and held.current:
        return held.model.kit
    return kit_of(now.project)


@st.fragment
def _drawn(now: Desk, kit: Kit) -> None:
    from app.live.watching import watched

    found = watched(now.id, kit)
    if found is None:
        return
    look = found.look
    _window(found, kit)
    if not look.n:
        return
    draw.numbers(_numbers(found), results.currency_of(now))
    if not look.enough:
        st.caption(f"{look.n:,} rows are not enough to speak of drift: that takes 200.")
    pictures = [p for p in (_drift(look), _unusual(look), _latency(look), _by(look)) if p]
    for start in range(0, len(pictures), 2):
        for place, picture in zip(
            st.columns(2, gap="large"), pictures[start : start + 2], strict=False
        ):
            with place:
                chart.show(picture, key=f"live:{now.id}:{picture.key}")
    _download(now)


def _window(found: Watched, kit: Kit) -> None:
    n = sum(found.versions.values())
    words = f"The newest {n:,} of {found.logged:,} logged rows; the newest {KEPT:,} are kept."
    others = n - found.versions.get(kit.version, 0)
    if others:
        words += f" {others:,} were answered by other versions and are left out."
    left, right = st.columns([4, 1], vertical_alignment="center")
    left.caption(words)
    # A fragment is drawn anew by any of its buttons.
    right.button("Look again", icon=":material/refresh:", key="live:look", width="stretch")


def _numbers(found: Watched) -> list[Measure]:
    look = found.look
    worst = next(iter(look.drift.items()), None)
    measures = [
        Measure.of("live_fallback", "Answered by a fallback", look.fallback, "share"),
        Measure.of("live_flagged", "Rows outside of training", look.flagged, "share"),
    ]
    if worst is not None:
        name, value = worst
        measures.append(
            Measure(
                key="live_drift",
                label=f"Most drift: {_named(name)}",
                value=max(0.0, value),
                n=look.n,
                note="Population stability index against the held-out rows, without the part that "
                f"chance adds. Above {DRIFTED} is called drift.",
            )
        )
    return measures


def _named(name: str) -> str:
    return "the prediction" if name == "(prediction)" else name


def _drift(look: ServedLook) -> Chart | None:
    if not look.drift:
        return None
    shown = list(look.drift.items())[:MOST_COLUMNS]
    above = [name for name, value in look.drift.items() if value > DRIFTED]
    says = (
        f"{len(above)} of {len(look.drift)} drifted, {_named(above[0])} most."
        if above
        else f"None of {len(look.drift)} drifted: what is asked looks like the held-out rows."
    )
    return Chart(
        key="live_drift",
        title="Drift of inputs and prediction",
        says=says,
        x=Axis(label="Population stability index"),
        y=Axis(label=""),
        horizontal=True,
        series=(
            Series(
                name="",
                mark="point",
                x=tuple(max(0.0, value) for _, value in shown),
                y=tuple(_named(name) for name, _ in shown),
            ),
        ),
        guides=(Guide(axis="x", at=DRIFTED, label="drift", role="watch"),),
    )


def _unusual(look: ServedLook) -> Chart | None:
    shown = [
        (name, one) for name, one in look.unusual.items() if one.most >= UNUSUAL
    ][:MOST_COLUMNS]  # fmt: skip
    if not shown:
        return None
    kinds: tuple[tuple[str, Role], ...] = (
        ("missing", "watch"),
        ("unseen", "second"),
        ("outside", "third"),
    )
    return Chart(
        key="live_unusual",
        title="Rows outside of what training held",
        says=f"Most unusual: {shown[0][0]}. Such rows are answered and flagged.",
        x=Axis(label="Share of rows", kind="share"),
        y=Axis(label=""),
        horizontal=True,
        series=tuple(
            Series(
                name=kind,
                mark="bar",
                x=tuple(float(getattr(one, kind)) for _, one in shown),
                y=tuple(name for name, _ in shown),
                role=role,
            )
            for kind, role in kinds
        ),
    )


def _latency(look: ServedLook) -> Chart | None:
    if len(look.spans) < 2:
        return None
    # By place and not by time: load comes in bursts, and most of the time nobody asks.
    places = tuple(float(at) for at in accumulate(span.n for span in look.spans))
    at = tuple(f"{span.at:%Y-%m-%d %H:%M:%S}" for span in look.spans)
    last = look.spans[-1]
    return Chart(
        key="live_latency",
        title="Latency over time",
        says=f"Last ({at[-1]} UTC): p50 {last.p50:.3g} ms, p95 {last.p95:.3g} ms of {last.n:,} "
        "requests for one row. Each point stands for about as many.",
        x=Axis(label="Requests, oldest first"),
        y=Axis(label="Latency", unit="ms", kind="log"),
        series=(
            Series(name="p50", mark="line", x=places, y=tuple(s.p50 for s in look.spans), text=at),
            Series(
                name="p95",
                mark="line",
                x=places,
                y=tuple(s.p95 for s in look.spans),
                text=at,
                role="second",
            ),
        ),
        timing=True,
    )


def _by(look: ServedLook) -> Chart | None:
    if len(look.by) < 2:
        return None
    return Chart(
        key="live_by",
        title="Who answered",
        says=f"{look.fallback.value:.1%} of the answers were not the model's.",
        x=Axis(label="Answers"),
        y=Axis(label=""),
        horizontal=True,
        series=(
            Series(
                name="",
                mark="bar",
                x=tuple(float(n) for n in look.by.values()),
                y=tuple(look.by),
            ),
        ),
    )


def _download(now: Desk) -> None:
    st.download_button(
        "Download the log",
        data=partial(_csv, now.id),
        file_name="predictions.csv",
        mime="text/csv",
        icon=":material/download:",
        key="live:download",
        on_click="ignore",
        help="Time, version, who answered, the row, the answer, and how long it took.",
    )


def _csv(project_id: str) -> str:
    from app.live.watching import rows_of_log

    return rows_of_log(project_id).to_csv(index=False)
