"""The writer: template folder and project in, Markdown or one HTML file out."""

from __future__ import annotations

import base64
import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from html import escape

import nh3
from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markdown_it import MarkdownIt
from mdit_py_plugins.anchors import anchors_plugin

from app import TEMPLATES
from app.document import flow, svg, text
from app.document.context import Context, context_of
from app.record.chart import Chart
from app.record.digest import digest
from app.record.flow import Flow
from app.record.measure import Measure
from app.record.number import readable
from app.record.project import Project
from app.record.table import Table

FORMATS = ("md", "html")
LONG_TABLE = 12
BLANKS = re.compile(r"\n{3,}")
TAGS = {
    "h1",
    "h2",
    "h3",
    "h4",
    "p",
    "ul",
    "ol",
    "li",
    "em",
    "strong",
    "code",
    "pre",
    "blockquote",
} | {"table", "thead", "tbody", "tr", "th", "td", "a", "br", "hr"}


class UnknownDocument(LookupError):
    """There is no such document or format."""


@dataclass(frozen=True)
class About:
    """What a template folder makes."""

    key: str
    title: str
    sentence: str


@lru_cache(maxsize=1)
def documents() -> dict[str, About]:
    """Return the documents that can be written, by key."""
    found = {}
    for path in sorted(TEMPLATES.glob("*/document.toml")):
        about = tomllib.loads(path.read_text(encoding="utf-8"))
        found[path.parent.name] = About(path.parent.name, about["title"], about["sentence"])
    return found


def write(
    project: Project,
    document: str = "design_document",
    to: str = "md",
    project_id: str = "",
    base_url: str = "http://localhost:8501",
    drill: str = "",
) -> str:
    """Return a document as Markdown or as one HTML file that opens offline.

    A post-mortem tells the drill that ``drill`` names (id or code), else the last completed one.
    """
    if document not in documents():
        known = ", ".join(documents())
        raise UnknownDocument(f"there is no document {document!r}; known ones are {known}")
    if to not in FORMATS:
        raise UnknownDocument(f"there is no format {to!r}; known ones are {', '.join(FORMATS)}")
    link = f"{base_url}/{{page}}?project={project_id}" if project_id else ""
    context = context_of(project, link, drill=drill)
    pictures: list[Chart | Flow] = []
    inline = to == "md"
    body = _render(document, context, pictures, inline)
    if inline:
        return body
    return _page(body, pictures, context, documents()[document])


def _mark(context: Context) -> str:
    """Return a word that stands for a picture and that no text in the project can hold."""
    return f"picture{digest(context.project.to_json())}n"


def _render(document: str, context: Context, pictures: list[Chart | Flow], inline: bool) -> str:
    mark = _mark(context)

    def picture(chart: Chart | Flow) -> str:
        if inline:
            data = base64.b64encode(_drawn(chart).encode()).decode()
            says = text.markdown(f"{chart.title} {chart.says}")
            return f"![{says}](data:image/svg+xml;base64,{data})"
        pictures.append(chart)
        return f"{mark}{len(pictures) - 1}x"

    environment = _environment(document)
    found = environment.get_template("document.md.j2").render(
        it=context,
        picture=picture,
        table=lambda found, most=LONG_TABLE: _table(found, context.currency, most),
        value=lambda m, stale=False: _value(m, context.currency, stale),
    )
    return BLANKS.sub("\n\n", found).strip() + "\n"


@lru_cache(maxsize=8)
def _environment(document: str) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(TEMPLATES / document),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(say=text.markdown, tell=text.paragraphs, readable=readable)
    return environment


def _value(measure: Measure, currency: str, stale: bool) -> str:
    shown = text.markdown(text.measure(measure, currency))
    return f"{shown} **(stale)**" if stale else shown


def _table(table: Table, currency: str, most: int) -> str:
    heads = [text.markdown(text.heading(c, currency)) for c in table.columns]
    marks = [":--" if c.kind == "text" else "--:" for c in table.columns]
    lines = [f"| {' | '.join(heads)} |", f"| {' | '.join(marks)} |"]
    for row in table.rows[:most]:
        cells = [
            text.markdown(text.cell(cell, column, currency)) or " "
            for cell, column in zip(row, table.columns, strict=True)
        ]
        lines.append(f"| {' | '.join(cells)} |")
    left = len(table.rows) - most
    notes = [f"{left} more rows are in the project file."] if left > 0 else []
    if table.note:
        notes.append(text.markdown(table.note))
    timed = [c.label for c in table.columns if c.timing]
    if timed:
        notes.append("Clock times, which differ from run to run: " + ", ".join(timed) + ".")
    return "\n".join(lines) + ("\n\n*" + " ".join(notes) + "*" if notes else "")


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    return parser.use(anchors_plugin, min_level=2, max_level=3)


def _page(body: str, pictures: list[Chart | Flow], context: Context, about: About) -> str:
    parser = _markdown()
    html = nh3.clean(
        parser.render(body),
        tags=TAGS,
        attributes={
            "a": {"href", "title"},
            "h2": {"id"},
            "h3": {"id"},
            "td": {"style"},
            "th": {"style"},
        },
        url_schemes={"http", "https", "mailto"},
    )
    contents = _contents(html)
    html = html.replace("<th ", '<th scope="col" ').replace("<th>", '<th scope="col">')
    html = html.replace("<table>", '<div class="wide"><table>').replace(
        "</table>", "</table></div>"
    )
    found = re.compile(rf"<p>\s*{_mark(context)}(\d+)x\s*</p>")
    html = found.sub(lambda hit: _figure(pictures[int(hit[1])], int(hit[1])), html)
    css = (TEMPLATES / "document.css").read_text(encoding="utf-8")
    title = escape(f"{context.name} · {about.title}")
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{css}</style>\n</head>\n<body>\n"
        f'<nav aria-label="Contents"><p>Contents</p><ol>{contents}</ol></nav>\n'
        f"<main>{html}</main>\n</body>\n</html>\n"
    )


def _contents(html: str) -> str:
    heads = re.findall(r'<h2 id="([^"]*)">(.*?)</h2>', html)
    return "".join(
        f'<li><a href="#{key}">{re.sub("<[^>]+>", "", words)}</a></li>' for key, words in heads
    )


def _figure(chart: Chart | Flow, number: int) -> str:
    # Two charts may bear one key in different stages: names of parts must differ on a page.
    drawn = _drawn(chart.model_copy(update={"key": f"p{number}-{chart.key}"}))
    return (
        f"<figure><figcaption><strong>{escape(chart.title)}</strong> {escape(chart.says)}"
        f"</figcaption>{drawn}</figure>"
    )


def _drawn(picture: Chart | Flow) -> str:
    return flow.draw(picture) if isinstance(picture, Flow) else svg.draw(picture)
