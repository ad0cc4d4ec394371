"""A page about a live model that needs nothing from elsewhere: fields, an example, a way to try it."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from app.lab.contract.column import Column
from app.live.model import LiveModel

KINDS = {
    "number": "number",
    "whole": "whole number",
    "flag": "true or false",
    "text": "text",
    "date": "date, such as 2024-05-31",
}
SHOWN = 6
STYLE = """
:root{color-scheme:light dark;--ink:#0b0f13;--paper:#fbf8f1;--soft:#fffdf8;--line:#ddd6c6;--tone:#0b6666}
@media(prefers-color-scheme:dark){:root{--ink:#e8e4da;--paper:#14191d;--soft:#1b2227;--line:#36404a;--tone:#6cc5c0}}
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem}h2{font-size:1.15rem;margin-top:2rem}a,.tone{color:var(--tone)}
code,pre,textarea{font:14px/1.45 ui-monospace,monospace}
pre,textarea{background:var(--soft);border:1px solid var(--line);border-radius:.5rem;padding:.8rem;overflow:auto;width:100%;box-sizing:border-box;color:inherit}
pre{white-space:pre-wrap;word-break:break-word}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%}
td,th{text-align:left;border-bottom:1px solid var(--line);padding:.4rem .6rem .4rem 0;vertical-align:top}
button{font:inherit;background:#0b6b6b;color:#fff;border:0;border-radius:.5rem;padding:.5rem 1.1rem;margin-top:.6rem;cursor:pointer}
"""
SCRIPT = """
document.getElementById("ask").onclick = async () => {
  const out = document.getElementById("answer");
  out.textContent = "…";
  try {
    const found = await fetch(PLACE + "/predict", {method: "POST",
      headers: {"content-type": "application/json"}, body: document.getElementById("row").value});
    out.textContent = found.status + "\\n" + JSON.stringify(await found.json(), null, 1);
  } catch (error) { out.textContent = String(error); }
};
"""


def page(model: LiveModel, stale: bool, place: str, server: str) -> str:
    """Return the page as HTML."""
    example = json.dumps(model.kit.rows[0] if model.kit.rows else {}, indent=1, ensure_ascii=False)
    title = f"Live model {model.kit.version}"
    old = "<p><b>Stale:</b> the project has changed since it was measured.</p>" if stale else ""
    rungs = " → ".join(escape(rung.key) for rung in model.ladder.rungs)
    # In a script no text may end it.
    script = f"const PLACE = {json.dumps(place)};{SCRIPT}".replace("</", "<\\/")
    return (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{escape(title)}</title>"
        "<meta name='viewport' content='width=device-width,initial-scale=1'>"
        f"<style>{STYLE}</style></head><body><h1>{escape(title)}</h1>{old}"
        f"<p>Asked in this order until one can answer: {rungs}. Every answer says who gave it. "
        "There is no password: it is for this machine.</p>"
        f"<h2>Ask</h2><pre>{escape(curl(place, server, example))}</pre>"
        f"<p>Many rows: <code>POST {escape(place)}/predict/batch</code> with "
        '<code>{"rows": [{…}, …]}</code>. '
        f"<a href='{escape(place)}/openapi.json'>openapi.json</a> · "
        f"<a href='{escape(place)}/readyz'>readyz</a></p>"
        "<h2><label for='row'>Try it</label></h2>"
        f"<textarea id='row' rows='12' spellcheck='false'>{escape(example)}</textarea>"
        "<button id='ask'>Ask the model</button><pre id='answer' aria-live='polite'>The answer "
        "comes here.</pre><h2>Columns</h2><div class='wide'><table><tr><th>Column</th><th>Kind</th>"
        f"<th>Training rows held</th></tr>{''.join(_row(c) for c in model.ladder.contract.columns)}"
        f"</table></div><script>{script}</script></body></html>"
    )


def curl(place: str, server: str, example: str) -> str:
    """Return a command line that asks for one row."""
    # In a shell, the only way out of single quotes.
    body = json.dumps(json.loads(example), ensure_ascii=False).replace("'", "'\\''")
    return (
        f"curl {server}{place}/predict \\\n  -H 'Content-Type: application/json' \\\n  -d '{body}'"
    )


def _row(column: Column) -> str:
    unit = f" [{column.unit}]" if column.unit else ""
    gap = ", or null" if column.missing else ""
    meaning = f"<br>{escape(column.meaning)}" if column.meaning else ""
    return (
        f"<tr><td><code>{escape(column.name)}</code>{meaning}</td>"
        f"<td>{escape(KINDS[column.kind] + unit + gap)}</td><td>{escape(_held(column))}</td></tr>"
    )


def _held(column: Column) -> str:
    if column.low is not None:
        return f"{_short(column.low)} to {_short(column.high)}"
    if not column.levels:
        return ""
    more = f" and {column.all_levels - SHOWN:,} more" if column.all_levels > SHOWN else ""
    return ", ".join(level[:40] for level in column.levels[:SHOWN]) + more


def _short(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, int | float) else str(value)[:19]
