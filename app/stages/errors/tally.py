"""The user's notes on causes, counted: cheap, and fresh at every look."""

from __future__ import annotations

from app.lab.estimate import Estimate
from app.lab.taxonomy import ENOUGH_DRAWS, Cause, Coded, count_causes
from app.record.chart import Axis, Chart, Series
from app.record.evidence import Evidence
from app.record.measure import Measure
from app.record.table import Column, Table
from app.stages.errors.choices import ACTIONS, CAUSES, Choices
from app.stages.errors.reasons import REASONS, keys_of

SUGGESTED = {
    "label_wrong": "fix_label",
    "input_wrong": "fix_input",
    "signal_missing": "new_feature",
    "rare_case": "more_data",
    "model_weak": "new_feature",
    "ambiguous": "route_to_human",
}


def tally(choices: Choices, evidence: Evidence) -> Evidence:
    """Add the taxonomy of causes to what was measured."""
    coded = coded_rows(choices, evidence)
    measures = (*evidence.measures, *_read(coded, evidence))
    if not coded:
        return evidence.model_copy(update={"measures": measures})
    causes = count_causes(coded, CAUSES, evidence.value("error_cost"))
    return evidence.model_copy(
        update={
            "measures": (*measures, *_gains(causes)),
            "tables": (*evidence.tables, taxonomy(choices, causes), by_reason(causes)),
            "charts": (*evidence.charts, *charts(causes)),
        }
    )


def coded_rows(choices: Choices, evidence: Evidence) -> tuple[Coded, ...]:
    """Return the rows of today's queue that have a cause; notes on other rows are kept, not counted."""
    table = evidence.table("queue")
    if table is None:
        return ()
    given = {note.row: note.cause for note in choices.notes if note.cause in CAUSES and note.cause}
    return tuple(
        Coded(given[int(record["row"])], keys_of(str(record["why"])), int(record["draws"] or 0))
        for record in table.records()
        if isinstance(record["row"], int) and record["row"] in given
    )


def _read(coded: tuple[Coded, ...], evidence: Evidence) -> tuple[Measure, ...]:
    table = evidence.table("queue")
    rows = table.rows if table else ()
    draws = sum(int(d or 0) for d in table.column("draws")) if table else 0
    read = Estimate(len(coded), None, None, len(rows))
    drawn = Estimate(sum(row.draws for row in coded), None, None, draws)
    return (
        Measure.of("notes_coded", "Rows of the queue you gave a cause", read, "rows"),
        Measure.of("draws_coded", "Random draws among them", drawn, "draws"),
    )


def _gains(causes: tuple[Cause, ...]) -> tuple[Measure, ...]:
    return tuple(
        Measure.of(
            f"gain_{cause.key}",
            f"At most, without “{CAUSES[cause.key].lower()}”, per 1,000 decisions",
            cause.gain,
            "currency",
        )
        for cause in causes
        if cause.gain is not None
    )


def action_of(choices: Choices, cause: str) -> str:
    """Return what the user decided to do about a cause, in words; empty when undecided."""
    return ACTIONS.get(choices.actions.get(cause, ""), "")


def taxonomy(choices: Choices, causes: tuple[Cause, ...]) -> Table:
    """Write the causes down with their upper bound of the gain and what follows."""
    return Table(
        key="taxonomy",
        title="Why it fails, and what each cause costs at most",
        columns=(
            Column(key="cause", label="Cause", kind="text"),
            Column(key="n", label="Rows", kind="integer"),
            Column(key="share", label="Share of the cost of errors", kind="share"),
            Column(key="share_low", label="from", kind="share"),
            Column(key="share_high", label="to", kind="share"),
            Column(key="gain", label="Gain at most, per 1,000 decisions", kind="currency"),
            Column(key="low", label="from", kind="currency"),
            Column(key="high", label="to", kind="currency"),
            Column(key="draws", label="n (random draws)", kind="integer"),
            Column(key="action", label="What you do about it", kind="text"),
        ),
        rows=tuple(
            (
                CAUSES[cause.key],
                cause.n,
                *_ends(cause.share),
                *_ends(cause.gain),
                cause.share.n if cause.share else None,
                action_of(choices, cause.key) or "undecided",
            )
            for cause in causes
        ),
        note="Shares and gains rest on the rows drawn at random; with fewer than "
        f"{ENOUGH_DRAWS} random draws coded there is not enough data for them. A remedy gains less "
        "than this: it never removes the whole cause.",
    )


def _ends(found: Estimate | None) -> tuple[float | None, float | None, float | None]:
    return (None, None, None) if found is None else (found.value, found.low, found.high)


def by_reason(causes: tuple[Cause, ...]) -> Table:
    """Write down how often each cause was given by why the rows were read."""
    there = [key for key in REASONS if any(key in cause.by_reason for cause in causes)]
    return Table(
        key="causes_by_reason",
        title="Causes by why the row was read",
        columns=(
            Column(key="cause", label="Cause", kind="text"),
            *(Column(key=key, label=REASONS[key].capitalize(), kind="integer") for key in there),
        ),
        rows=tuple(
            (CAUSES[cause.key], *(cause.by_reason.get(key, 0) for key in there)) for cause in causes
        ),
        note="A row that is read for two reasons counts under both.",
    )


def charts(causes: tuple[Cause, ...]) -> tuple[Chart, ...]:
    """Draw the causes by count, and by what removing each gains at most."""
    total = sum(cause.n for cause in causes)
    by_count = sorted(causes, key=lambda c: -c.n)
    often = by_count[0]
    counted = Chart(
        key="taxonomy",
        title="Why does it fail?",
        says=f"Most often: {CAUSES[often.key].lower()} ({often.n} of {total} rows you coded).",
        x=Axis(label="Rows of the queue", kind="number"),
        y=Axis(label="", kind="category"),
        series=(
            Series(
                name="Rows",
                mark="bar",
                x=[float(c.n) for c in by_count],
                y=[CAUSES[c.key] for c in by_count],
                role="third",
            ),
        ),
        horizontal=True,
    )
    gains = [(CAUSES[c.key], c.gain) for c in causes if c.gain is not None]
    return (counted, _gain_chart(gains)) if gains else (counted,)


def _gain_chart(gains: list[tuple[str, Estimate]]) -> Chart:
    first, bound = gains[0]
    return Chart(
        key="gain",
        title="What would each cause gain at most?",
        says=f"“{first}” holds the largest share of what errors cost, by {bound.n} random draws. "
        "Whiskers: 95 % intervals.",
        x=Axis(label="Gain at most, per 1,000 decisions", kind="number"),
        y=Axis(label="", kind="category"),
        series=(
            Series(
                name="Gain at most",
                mark="bar",
                x=[gain.value for _, gain in gains],
                y=[name for name, _ in gains],
                low=[gain.low for _, gain in gains],
                high=[gain.high for _, gain in gains],
            ),
        ),
        horizontal=True,
    )
