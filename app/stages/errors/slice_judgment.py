"""What follows from the slices a person named, and from comparing rule and model in each."""

from __future__ import annotations

from app.record.evidence import Evidence
from app.record.finding import Finding
from app.record.number import readable
from app.record.table import Cell
from app.stages.errors.choices import Choices, CohortNote

Row = dict[str, Cell]

FROM_SEARCH = "Found by the search: measured on the half that was not searched."


def findings(choices: Choices, evidence: Evidence) -> list[Finding]:
    """Judge who should decide in each slice, and what is wrong with those that were named."""
    return [
        *_proven(evidence),
        *_rule_is_better(choices, evidence),
        *_fallbacks(choices, evidence),
        *_named(choices, evidence),
    ]


def _rows(evidence: Evidence, key: str) -> list[Row]:
    table = evidence.table(key)
    return table.records() if table else []


def _notes(choices: Choices) -> dict[str, CohortNote]:
    return {note.name.strip(): note for note in choices.cohorts}


def _proven(evidence: Evidence) -> list[Finding]:
    table = evidence.table("slices")
    proven = [r for r in table.records() if r["confirmed"]] if table else []
    if not proven:
        return [
            Finding(
                key="no_slice",
                level="good",
                title="No slice is proven to cost more",
                detail=evidence.words.get("slices", ""),
            )
        ]
    measure = evidence.measure("worst_slice_excess")
    worst, more = proven[0], len(proven) - 1
    where = measure.label.partition(" where ")[2] if measure else str(worst["words"])
    per = " per 1,000 decisions" if measure and measure.unit == "currency" else " a row"
    return [
        Finding(
            key="worst_slice",
            level="watch",
            title=f"It fails more where {where}",
            detail=f"{readable(_number(worst['excess']))} more{per} "
            f"(95 % interval {readable(_number(worst['low']))} to "
            f"{readable(_number(worst['high']))}, n = {worst['n']:,}, "
            f"p = {_number(worst['p']):.2g} after correction)."
            + (f" {more} more slice{'s hold' if more > 1 else ' holds'} up." if more else ""),
            because="worst_slice_excess",
            do="Read rows of this slice: is it harder there, or does the model miss something?",
        )
    ]


def _rule_is_better(choices: Choices, evidence: Evidence) -> list[Finding]:
    notes = _notes(choices)
    better = [r for r in _rows(evidence, "rule_or_model") if r["better"] == "rule"]
    open_ = [
        r for r in better if str(r["name"]) not in notes or notes[str(r["name"])].fallback != "rule"
    ]
    if not better:
        return []
    if not open_:
        return [
            Finding(
                key="rule_decides",
                level="good",
                title="The rule decides where it is better",
                detail="In " + "; ".join(dict.fromkeys(str(r["name"]) for r in better)) + ".",
                question="cohorts",
            )
        ]
    worst = max(open_, key=lambda r: _number(r["saves"]))
    more = len({r["name"] for r in open_}) - 1
    return [
        Finding(
            key="rule_is_better",
            level="watch",
            title=f"Here the rule is better: {worst['name']}",
            detail=f"Against {worst['against']} the model costs {readable(_number(worst['difference']))} "
            f"more per 1,000 decisions there (95 % interval {readable(_number(worst['low']))} to "
            f"{readable(_number(worst['high']))}, n = {worst['n']:,}, "
            f"p = {_number(worst['p']):.2g} after correction)."
            + (f" The same holds in {more} more slices." if more > 0 else ""),
            do="Watch the slice and let the rule decide there, or find out what the rule knows that "
            "the model does not.",
            question="cohorts",
        )
    ]


def _fallbacks(choices: Choices, evidence: Evidence) -> list[Finding]:
    notes = _notes(choices)
    known = {str(r["name"]): bool(r["known"]) for r in _rows(evidence, "cohorts")}
    late = [n for n, note in notes.items() if note.fallback and known.get(n) is False]
    dear = [
        str(r["name"])
        for r in _rows(evidence, "rule_or_model")
        if r["better"] == "model"
        and str(r["name"]) in notes
        and notes[str(r["name"])].fallback == "rule"
    ]
    found = []
    if late:
        found.append(
            Finding(
                key="fallback_too_late",
                level="watch",
                title="Who decides cannot depend on what is not known yet",
                detail=f"{'; '.join(late)}: at the decision nobody can tell who belongs to it.",
                do="Describe the slice by columns known at the decision, or let the model decide.",
                question="cohorts",
            )
        )
    if dear:
        found.append(
            Finding(
                key="fallback_costs_more",
                level="watch",
                title="The rule decides where the model is cheaper",
                detail="For certain in " + "; ".join(dict.fromkeys(dear)) + ".",
                do="Let the model decide there, or write down what else speaks for the rule.",
                question="cohorts",
            )
        )
    return found


def _named(choices: Choices, evidence: Evidence) -> list[Finding]:
    notes = _notes(choices)
    rows = [r for r in _rows(evidence, "cohorts") if str(r["name"]) in notes]
    broken = [r for r in rows if r["n"] is None]
    # What the search proved is told once, by the search.
    mine = [r for r in rows if FROM_SEARCH not in str(r["note"])]
    costly = [r for r in mine if r["proven"] and _number(r["excess"]) > 0]
    found = []
    if broken:
        found.append(
            Finding(
                key="cohort_unreadable",
                level="watch",
                title=f"{len(broken)} of your slices cannot be read",
                detail=" ".join(f"{r['name']}: {r['note']}" for r in broken[:5]),
                do="Write its conditions anew.",
                question="cohorts",
            )
        )
    if costly:
        names = "; ".join(str(r["name"]) for r in costly[:5])
        found.append(
            Finding(
                key="cohort_costs_more",
                level="watch",
                title=f"{len(costly)} of your {len(rows)} slices cost more than the rest",
                detail=f"Certain after correction: {names}.",
                do="Say who decides there, or what would make the model better there.",
                question="cohorts",
            )
        )
    return found


def _number(cell: Cell) -> float:
    return float(cell) if isinstance(cell, int | float) else float("nan")
