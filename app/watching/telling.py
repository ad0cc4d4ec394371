"""What was found: as JSON, as lines, and as a report with pictures."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from app.document.svg import draw
from app.lab.estimate import Estimate
from app.lab.watching import distances_by_chunk
from app.lab.watching.distances import Statistic
from app.record.chart import Chart
from app.watching.pictures import pictures
from app.watching.quality import Quality
from app.watching.refusal import WatchError
from app.watching.watch import Found

MOST_LINES = 20
STATISTICS: tuple[Statistic, ...] = (
    "psi",
    "jensen_shannon",
    "hellinger",
    "total_variation",
    "l_infinity",
    "kolmogorov_smirnov",
    "normed_wasserstein",
)


def as_json(found: Found) -> str:
    """Return the whole look as one object."""
    told = {
        "pages": found.pages_now,
        "says": _headline(found),
        "alerts": [alert.to_json() for alert in found.alerts],
        "reference": _side(found, 0),
        "current": _side(found, 1),
        "columns": len(found.columns.watched),
        "time": found.columns.time or None,
        "step": found.chunked.step,
        "signals": len(found.tests.signals),
        "first": found.pages.days[found.pages.first_day]
        if found.pages.first_day is not None
        else None,
        "promise": found.pages.promise,
        "together": _estimate(found.together),
        "quality": _quality(found.quality),
        "distances": _distances(found),
        "notes": list(found.notes),
    }
    return json.dumps(_finite(told), indent=2, ensure_ascii=False)


def _side(found: Found, side: int) -> dict[str, Any]:
    names = (found.chunked.reference, found.chunked.current)[side].names
    return {
        "source": found.sources[side],
        "rows": found.rows[side],
        "steps": len(names),
        "from": names[0] if names else None,
        "to": names[-1] if names else None,
    }


def _distances(found: Found) -> list[dict[str, Any]]:
    """How far each column is over all current rows, by the distances the field knows."""
    now = found.chunked.current.total()
    by_name = {
        statistic: distances_by_chunk(found.chunked.reference, now, statistic)
        for statistic in STATISTICS
    }
    return [
        {
            "column": name,
            **{
                statistic: float(told[name][0]) if name in told else None
                for statistic, told in by_name.items()
            },
        }
        for name in found.columns.watched
    ]


def _estimate(one: Estimate | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {
        "value": one.value,
        "low": one.low,
        "high": one.high,
        "n": one.n,
        "level": one.level,
        "method": one.method,
    }


def _quality(quality: Quality | None) -> dict[str, Any] | None:
    if quality is None:
        return None
    harm = quality.harm
    labels = None
    if harm is not None:
        labels = {
            "reference": harm.reference,
            "now": harm.now,
            "excess": _estimate(harm.excess),
            "tolerance": harm.tolerance,
            "verdict": harm.verdict,
            "labelled_rows": quality.labels,
        }
    return {
        "loss": quality.loss,
        "note": quality.note,
        "by_labels": labels,
        "estimated": [
            {
                "metric": one.metric,
                **(_estimate(one.found) or {}),
                "reference": one.reference,
                "worse": one.worse,
            }
            for one in quality.estimated
        ],
        "assumes": "Estimates assume that labels given the inputs are as on the reference; only "
        "labels show when that changes."
        if quality.estimated
        else "",
    }


def _finite(value: Any) -> Any:
    """JSON knows no infinity and no NaN."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(part) for part in value]
    return value


def _headline(found: Found) -> str:
    rows = (
        f"{found.rows[1]:,} current rows, {found.rows[0]:,} reference rows, "
        f"{len(found.columns.watched)} columns, {len(found.tests.signals)} signals."
    )
    if not found.alerts:
        return f"All quiet: {rows}"
    names = dict.fromkeys(a.column for a in found.alerts if a.column)
    most = ", ".join(list(names)[:3]) or "all rows"
    count = len(found.alerts)
    return f"{count} alert{'s' * (count > 1)}, above all {most}: {rows}"


def lines(found: Found) -> str:
    """Return the look in lines for a person."""
    return "\n".join(_lines(found))


def _lines(found: Found) -> Iterator[str]:
    yield _headline(found)
    for alert in found.alerts[:MOST_LINES]:
        yield f"  [{alert.severity}] {_when(found, alert.first, alert.last)}{alert.words}"
    if len(found.alerts) > MOST_LINES:
        yield f"  and {len(found.alerts) - MOST_LINES} more; --json lists all"
    yield from _quality_lines(found.quality)
    yield found.pages.promise
    yield from found.notes


def _when(found: Found, first: str, last: str) -> str:
    if not found.columns.time:
        return ""
    return f"{first}: " if first == last else f"{first} to {last}: "


def _quality_lines(quality: Quality | None) -> Iterator[str]:
    if quality is None:
        return
    if quality.harm is not None:
        harm = quality.harm
        yield (
            f"By {quality.labels:,} labels: {quality.loss} {harm.now:.3g}, on the reference "
            f"{harm.reference:.3g}: {harm.verdict}."
        )
    for one in quality.estimated:
        ends = ""
        if one.found.low is not None and one.found.high is not None:
            ends = f" ({one.found.low:.3g} to {one.found.high:.3g})"
        worse = ", worse" if one.worse else ""
        yield (
            f"Estimated without labels: {one.metric} {one.found.value:.3g}{ends}, on the reference "
            f"{one.reference:.3g}{worse}."
        )
    harmful = quality.harm is not None and quality.harm.verdict == "harmful"
    if harmful and quality.estimated and not any(one.worse for one in quality.estimated):
        yield (
            "Labels show harm that confidence does not see: labels given the inputs have changed "
            "(concept shift)."
        )
    if quality.estimated:
        yield "Estimates assume that labels given the inputs are as on the reference."


def write_report(found: Found, path: Path) -> None:
    """Write the report as HTML or Markdown, by its name.

    Raises
    ------
    WatchError
        If it cannot be written.
    """
    from app.store.files import write_atomically

    charts = pictures(found)
    html = path.suffix.lower() == ".html"
    text = _page(found, charts) if html else _markdown(found, charts)
    try:
        write_atomically(path, text)
    except OSError as error:
        raise WatchError(f"--out {path} cannot be written: {error.strerror}") from None


HEADS = ("Severity", "Column", "Signal", "From", "To", "Value", "Usual", "Limit", "Impact")


def _cells(found: Found) -> list[tuple[str, ...]]:
    return [
        (
            a.severity,
            a.column or "all",
            a.signal,
            a.first,
            a.last,
            f"{a.value:.3g}",
            f"{a.usual:.3g}",
            f"{a.threshold:.3g}",
            f"{a.impact:.3g}",
        )
        for a in found.alerts
    ]


def _page(found: Found, charts: tuple[Chart, ...]) -> str:
    from app import ROOT

    css = (ROOT / "templates" / "document.css").read_text(encoding="utf-8")
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    figures = "".join(
        f"<figure><figcaption><strong>{escape(c.title)}</strong> {escape(c.says)}</figcaption>"
        f"{draw(c)}</figure>"
        for c in charts
    )
    heads = "".join(f'<th scope="col">{head}</th>' for head in HEADS)
    rows = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in _cells(found)
    )
    table = f'<div class="wide"><table><thead><tr>{heads}</tr></thead>{rows}</table></div>'
    said = [*_quality_lines(found.quality), found.pages.promise, *found.notes]
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Watch report</title>\n<style>{css}</style>\n</head>\n<body>\n<main>"
        f"<h1>Watch report</h1><p>{escape(_headline(found))}</p>{figures}"
        f"{table if found.alerts else ''}"
        f"{''.join(f'<p>{escape(line)}</p>' for line in said)}</main>\n</body>\n</html>\n"
    )


def _markdown(found: Found, charts: tuple[Chart, ...]) -> str:
    from app.document.text import markdown

    parts = ["# Watch report", markdown(_headline(found))]
    for chart in charts:
        data = base64.b64encode(draw(chart).encode()).decode()
        says = markdown(f"{chart.title}. {chart.says}")
        parts.append(f"![{says}](data:image/svg+xml;base64,{data})")
    if found.alerts:
        rows = [HEADS, ("---",) * len(HEADS)]
        rows += [tuple(markdown(cell) for cell in row) for row in _cells(found)]
        parts.append("\n".join(f"| {' | '.join(row)} |" for row in rows))
    said = [*_quality_lines(found.quality), found.pages.promise, *found.notes]
    parts += [markdown(line) for line in said]
    return "\n\n".join(parts) + "\n"
