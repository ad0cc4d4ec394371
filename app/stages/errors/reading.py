"""The rows most worth reading, each with why, how its prediction is put together, and its like."""

from __future__ import annotations

import numpy as np

from app.lab.intervals import bootstrap_mean
from app.lab.shapley import Attribution, explain
from app.record.chart import Chart
from app.record.measure import Measure
from app.record.number import readable
from app.record.table import Cell, Column, Table
from app.stages.bench import Bench
from app.stages.errors.choices import Choices
from app.stages.errors.kit import NAME, kit_of
from app.stages.errors.likeness import neighbours
from app.stages.errors.queue import Line, line_of
from app.stages.errors.reasons import in_words
from app.stages.errors.scene import Scene
from app.stages.errors.waterfall import base_of, waterfall
from app.stages.errors.wording import answer, outcome, shown_value
from app.stages.part import Part

SHOWN_COLUMNS = 5
SHOWN_ABOVE = 3


def reading(scene: Scene, choices: Choices, bench: Bench) -> Part:
    """Line up the rows to read."""
    line = line_of(scene, bench)
    measures = (_error_cost(scene, line, bench),)
    if not line.queued:
        nothing = "There is nothing to read: no answer was wrong, none was close."
        return Part(measures=measures, words={"label_noise": line.says, "queue": nothing})
    rows = scene.rows.iloc[line.at].reset_index(drop=True)
    about = explain(scene.champion.fitted, rows, scene.background, scene.problem.inputs)
    sizes = np.abs(about.values).mean(axis=0)
    importance = {c: float(v) for c, v in zip(about.columns, sizes, strict=True)}
    bench.keep("errors", NAME, kit_of(scene, line.at))
    return Part(
        measures=measures,
        tables=(
            queue_table(scene, line, importance),
            *neighbours(scene, line, importance, bench),
        ),
        charts=tuple(_waterfalls(scene, line, about)),
        words={"label_noise": line.says, "queue": _says(line)},
    )


def _error_cost(scene: Scene, line: Line, bench: Bench) -> Measure:
    found = bootstrap_mean(
        line.avoidable * 1000,
        rng=bench.rng("error cost"),
        blocks=scene.blocks,
        name=scene.problem.block_name,
    )
    return Measure.of(
        "error_cost",
        "Cost of all errors per 1,000 decisions, out of fold",
        found,
        "currency",
        note="What answers without any error would save: no remedy can gain more.",
    )


def _says(line: Line) -> str:
    hits = sum(item.draws for item in line.queued)
    drawn = sum(item.draws > 0 for item in line.queued)
    words = f"{len(line.queued)} rows to read."
    if hits:
        more = "" if hits == drawn else f" ({hits} draws: costly rows come up more than once)"
        words += (
            f" {drawn} of them were drawn at random among all errors{more}, with a chance in "
            "proportion to what each cost: only their shares speak for all errors."
        )
    return words


def queue_table(scene: Scene, line: Line, importance: dict[str, float]) -> Table:
    """Write the queue down: each row with why it is read and the columns that matter most."""
    ranked = sorted(importance, key=lambda c: -importance[c])
    shown = [c for c in ranked if importance[c] > 0][:SHOWN_COLUMNS]
    lists = line.lists is not None
    return Table(
        key="queue",
        title="The rows most worth reading",
        columns=(
            Column(key="row", label="Row", kind="integer"),
            Column(key="why", label="Why it is read", kind="text"),
            *((Column(key="when", label="When", kind="text"),) if _timed(scene) else ()),
            Column(key="was", label="Was", kind="text"),
            Column(key="predicted", label="Predicted", kind="text"),
            Column(
                key="cost",
                label="Cost of the error",
                kind="currency",
                help="Beyond the best decision.",
            ),
            Column(
                key="draws",
                label="Random draws",
                kind="integer",
                help="How often the random draw hit it; 0: it is here for other reasons only.",
            ),
            *((Column(key="above", label="Above the answer", kind="text"),) if lists else ()),
            *(Column(key=f"c_{c}", label=c, kind="text") for c in shown),
        ),
        rows=tuple(_queue_row(scene, line, place, shown) for place in range(len(line.queued))),
        note="Row numbers count the rows of your table from 0.",
    )


def _queue_row(scene: Scene, line: Line, place: int, shown: list[str]) -> tuple[Cell, ...]:
    item = line.queued[place]
    at = item.at
    return (
        int(scene.numbers[at]),
        in_words(item.reasons),
        *((_when(scene, at),) if _timed(scene) else ()),
        _was(scene, line, at),
        answer(scene.problem, scene.champion, scene.prediction[at : at + 1]),
        _cost(scene, line, at),
        item.draws,
        *((_above(scene, line, at),) if line.lists is not None else ()),
        *(shown_value(scene.rows[c].iloc[at]) for c in shown),
    )


def _timed(scene: Scene) -> bool:
    return scene.problem.times is not None


def _when(scene: Scene, at: int) -> str:
    assert scene.problem.times is not None
    words = str(np.datetime_as_string(scene.problem.times[scene.seen[at]], unit="m"))
    return words.replace("T", " ").removesuffix(" 00:00")


def _list_of(scene: Scene, at: int) -> np.ndarray:
    assert scene.queries is not None
    return np.flatnonzero(scene.queries == scene.queries[at])


def _cost(scene: Scene, line: Line, at: int) -> float:
    if line.lists is None:
        return float(line.avoidable[at])
    # The cost of a list is spread over its rows so that the mean is right; here it is told whole.
    items = _list_of(scene, at)
    assert scene.queries is not None
    rows_a_list = len(scene.y) / len(np.unique(scene.queries))
    return float(line.avoidable[items].sum() / rows_a_list)


def _was(scene: Scene, line: Line, at: int) -> str:
    words = outcome(scene.problem, scene.y[at])
    if line.lists is None:
        return words
    answer_at = _answer_of(scene, line, at)
    if answer_at < 0:
        return f"{words}; no good item in the list"
    if answer_at == at:
        return f"{words}, the best answer"
    place = int(line.lists.place[answer_at]) + 1
    return f"{words}; the answer (row {int(scene.numbers[answer_at]):,}) at place {place}"


def _answer_of(scene: Scene, line: Line, at: int) -> int:
    assert line.lists is not None
    return int(line.lists.answer[np.flatnonzero(line.lists.first == at)[0]])


def _above(scene: Scene, line: Line, at: int) -> str:
    """Return what was ranked above the best-placed answer, in words."""
    assert line.lists is not None
    answer_at = _answer_of(scene, line, at)
    items = _list_of(scene, at)
    places = line.lists.place[items]
    end = line.lists.place[answer_at] if answer_at >= 0 else len(items)
    above = items[np.argsort(places, kind="stable")][:end]
    words = "; ".join(
        f"{line.lists.place[i] + 1}. row {int(scene.numbers[i]):,} "
        f"({outcome(scene.problem, scene.y[i])})"
        for i in above[:SHOWN_ABOVE]
    )
    more = len(above) - SHOWN_ABOVE
    return f"{words}; {more} more" if more > 0 else words


def _waterfalls(scene: Scene, line: Line, about: Attribution) -> list[Chart]:
    return [_waterfall(scene, line, about, place) for place in range(len(line.queued))]


def _waterfall(scene: Scene, line: Line, about: Attribution, place: int) -> Chart:
    at = line.queued[place].at
    number = int(scene.numbers[at])
    said = answer(scene.problem, scene.champion, scene.prediction[at : at + 1])
    return waterfall(
        f"row_{number}",
        f"How row {number:,} got its prediction",
        f"Out of fold it was predicted {said}; outcome: {_was(scene, line, at)}. The bars show "
        f"the final model, from {readable(base_of(about, place))} on.",
        about,
        place,
        {str(c): v for c, v in scene.rows.iloc[at].items()},
    )
