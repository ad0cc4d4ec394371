"""Which classes are found, and which are taken for one another."""

from __future__ import annotations

import numpy as np

from app.lab.problem import Problem
from app.lab.proportion import wilson
from app.record.chart import Axis, Chart, Colors, Series
from app.record.table import Column, Table
from app.stages.errors.scene import Scene
from app.stages.part import Part

MOST_PAIRS = 12
# More classes than these would be unreadable; the rare ones are drawn together.
MOST_DRAWN = 12
OTHERS = "all others"


def part(scene: Scene) -> Part:
    """Say of several classes how well each is found."""
    told = (scene.problem, scene.y, scene.prediction)
    return Part(tables=tables(*told), charts=(*charts(*told), *confusion_chart(*told)))


def tables(problem: Problem, y: np.ndarray, prediction: np.ndarray) -> tuple[Table, ...]:
    """Write down how well each class is found, and the pairs that are mixed up most."""
    if problem.form != "multiclass":
        return ()
    actual, found = y.astype(int), prediction.argmax(axis=1)
    rows = []
    for number, name in enumerate(problem.classes):
        n, said = int((actual == number).sum()), int((found == number).sum())
        if not n and not said:
            continue
        hits = int(((actual == number) & (found == number)).sum())
        recall, precision = wilson(hits, n), wilson(hits, said)
        rows.append((name, n, recall.value, recall.low, recall.high, said, precision.value))
    per_class = Table(
        key="classes",
        title="How well is each class found?",
        columns=(
            Column(key="name", label="Class", kind="text"),
            Column(key="n", label="Rows", kind="integer"),
            Column(key="recall", label="Found (recall)", kind="share"),
            Column(key="low", label="from", kind="share"),
            Column(key="high", label="to", kind="share"),
            Column(key="said", label="Rows called so", kind="integer"),
            Column(key="precision", label="Rightly (precision)", kind="share"),
        ),
        rows=tuple(rows),
    )
    return (per_class, _mixed(problem, actual, found))


def confusion_chart(problem: Problem, y: np.ndarray, prediction: np.ndarray) -> list[Chart]:
    """Draw what each class was called, as shares of the rows of the class."""
    if problem.form != "multiclass" or not len(y):
        return []
    names, counts = _drawn(problem, y.astype(int), prediction.argmax(axis=1))
    sizes = counts.sum(axis=1)
    shares = counts / np.maximum(sizes, 1)[:, None]
    wrong = int(counts.sum() - np.trace(counts))
    rows = [f"{name} (n = {int(n):,})" for name, n in zip(names, sizes, strict=True)]
    cells = [(i, j) for i in range(len(names)) for j in range(len(names)) if sizes[i]]
    return [
        Chart(
            key="class_confusion",
            title="What is each class called?",
            says=f"One line a class, adding up to 100 %; right calls lie on the diagonal. {wrong:,} of "
            f"{len(y):,} rows are called wrongly"
            + (f"; rare classes are drawn as “{OTHERS}”." if OTHERS in names else "."),
            x=Axis(label="Called", kind="category", order=tuple(names)),
            y=Axis(
                label="Was",
                kind="category",
                order=tuple(row for row, n in zip(rows, sizes, strict=True) if n),
            ),
            series=(
                Series(
                    name="Rows",
                    mark="heat",
                    x=[names[j] for _, j in cells],
                    y=[rows[i] for i, _ in cells],
                    shade=[float(shares[i, j]) if counts[i, j] else None for i, j in cells],
                    text=[_cell(shares[i, j], counts[i, j]) for i, j in cells],
                ),
            ),
            colors=Colors(label="Share of the class", low="0 %", high="100 %"),
        )
    ]


def _cell(share: float, count: int) -> str:
    if not count:
        return ""
    return "<1%" if share < 0.005 else f"{share:.0%}"


def _drawn(problem: Problem, actual: np.ndarray, found: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Return the counts of the most frequent classes, the others together."""
    k = len(problem.classes)
    counts = np.bincount(actual * k + found, minlength=k * k).reshape(k, k)
    both = counts.sum(axis=0) + counts.sum(axis=1)
    order = np.argsort(-counts.sum(axis=1), kind="stable")
    order = order[both[order] > 0]
    kept, rest = order, order[:0]
    if len(order) > MOST_DRAWN + 1:
        kept, rest = order[:MOST_DRAWN], order[MOST_DRAWN:]
    names = [problem.classes[i] for i in kept]
    parts = [np.array([i]) for i in kept]
    if len(rest):
        names, parts = [*names, OTHERS], [*parts, rest]
    square = np.array([[counts[np.ix_(a, b)].sum() for b in parts] for a in parts])
    return names, square


def _mixed(problem: Problem, actual: np.ndarray, found: np.ndarray) -> Table:
    k = len(problem.classes)
    counts = np.bincount(actual * k + found, minlength=k * k).reshape(k, k)
    sizes = np.maximum(counts.sum(axis=1), 1)
    np.fill_diagonal(counts, 0)
    order = np.argsort(-counts, axis=None, kind="stable")[:MOST_PAIRS]
    pairs = [(int(at // k), int(at % k)) for at in order if counts.flat[at] > 0]
    return Table(
        key="mixed_up",
        title="Taken for one another",
        columns=(
            Column(key="was", label="Was", kind="text"),
            Column(key="said", label="Called", kind="text"),
            Column(key="n", label="Rows", kind="integer"),
            Column(key="share", label="Share of the class", kind="share"),
        ),
        rows=tuple(
            (problem.classes[a], problem.classes[b], int(counts[a, b]), counts[a, b] / sizes[a])
            for a, b in pairs
        ),
    )


def charts(problem: Problem, y: np.ndarray, prediction: np.ndarray) -> tuple[Chart, ...]:
    """Draw how well each class is found, the rarest last."""
    made = tables(problem, y, prediction)
    if not made:
        return ()
    rows = sorted((r for r in made[0].records() if r["n"]), key=lambda r: -float(r["n"] or 0))
    worst = min(rows, key=lambda r: float(r["recall"] or 0))
    return (
        Chart(
            key="classes",
            title="How well is each class found?",
            says=f"{worst['name']} is found least: {float(worst['recall'] or 0):.0%} of "
            f"{int(worst['n'] or 0):,} rows. The most frequent class stands on top.",
            x=Axis(label="Found (recall)", kind="share"),
            y=Axis(label="", kind="category"),
            series=(
                Series(
                    name="Recall",
                    mark="point",
                    x=[r["recall"] for r in rows],
                    y=[f"{r['name']} ({int(r['n'] or 0):,})" for r in rows],
                    low=[r["low"] for r in rows],
                    high=[r["high"] for r in rows],
                ),
            ),
            horizontal=True,
        ),
    )
