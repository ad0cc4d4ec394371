"""A long-text field that saves while it is typed, not only when it is left."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from app.ui import memory

HTML = """
<label></label>
<p class="because"></p>
<textarea rows="3" spellcheck="true"></textarea>
<span role="status" aria-live="polite"></span>
"""

CSS = """
:host { display: block; }
label { display: block; font: 400 0.875rem/1.5 var(--st-font); color: var(--st-text-color); }
.because {
  margin: 0 0 0.3rem; font: 400 0.8rem/1.4 var(--st-font); color: var(--st-text-color);
  opacity: 0.72;
}
textarea {
  box-sizing: border-box; width: 100%; min-height: 4.6rem; resize: vertical;
  padding: 0.55rem 0.7rem; font: 400 0.95rem/1.5 var(--st-font); color: var(--st-text-color);
  background: var(--st-secondary-background-color);
  border: 1px solid var(--st-border-color); border-radius: var(--st-base-radius);
}
textarea:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 0; }
textarea::placeholder { color: var(--st-text-color); opacity: 0.6; }
span {
  display: block; min-height: 1.1rem; font: 400 0.75rem/1.4 var(--st-font);
  color: var(--st-text-color); opacity: 0.72; text-align: right;
}
"""

# Typed text wins over text from the server until the server has echoed it: a slow save must
# never put older words under the cursor.
JS = """
const timers = new WeakMap();
export default function (component) {
  const { data, parentElement, setStateValue } = component;
  const area = parentElement.querySelector("textarea");
  const label = parentElement.querySelector("label");
  const status = parentElement.querySelector("span");
  const id = "gw-" + data.name;
  area.id = id; label.htmlFor = id; area.name = data.name;
  label.textContent = data.label;
  parentElement.querySelector(".because").textContent = data.because;
  area.placeholder = data.example ? "For example: " + data.example : "";
  area.maxLength = data.limit;
  const pending = area.dataset.pending;
  if (pending === undefined || pending === data.text) {
    delete area.dataset.pending;
    if (area.value !== data.text) area.value = data.text;
    status.textContent = data.text ? "Saved" : "";
  }
  const send = () => {
    clearTimeout(timers.get(area));
    timers.delete(area);
    setStateValue("text", area.value);
  };
  area.oninput = () => {
    area.dataset.pending = area.value;
    status.textContent = "Saving\\u2026";
    clearTimeout(timers.get(area));
    timers.set(area, setTimeout(send, 600));
  };
  area.onblur = () => { if (timers.has(area)) send(); };
  return () => { if (timers.has(area)) send(); };
}
"""

_EDITOR = st.components.v2.component("groundwork_editor", html=HTML, css=CSS, js=JS)


def long_text(
    name: str,
    *,
    label: str,
    because: str,
    example: str,
    value: str,
    limit: int,
    save: Callable[[str], None],
) -> None:
    """Draw a text field whose words are saved 0.6 s after the last key."""
    # Two underscores in a row part the names of a component, and ids of projects may hold them.
    place = name.replace("__", "_.")

    @st.fragment
    def field() -> None:
        shown = memory.recall(f"{name}:text", value)
        _EDITOR(
            key=place,
            data={
                "name": name.replace(":", "-"),
                "label": label,
                "because": because,
                "example": example,
                "text": shown,
                "limit": limit,
            },
            on_text_change=changed,
        )

    def changed() -> None:
        typed = getattr(memory.recall(place), "text", None)
        if isinstance(typed, str):
            memory.remember(f"{name}:text", typed)
            save(typed)

    memory.remember(f"{name}:text", value)
    field()
