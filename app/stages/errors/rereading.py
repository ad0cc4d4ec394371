"""Reading a row again as if it were different: its fields, its new prediction, its new waterfall."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from app.lab.champion import Champion
from app.lab.problem import Problem
from app.lab.row_edit import EditError, Field, Value, edited, unseen, value_of
from app.lab.shapley import Attribution, explain
from app.record.chart import Chart
from app.record.number import readable
from app.stages.errors.kit import Kit
from app.stages.errors.waterfall import base_of, waterfall
from app.stages.errors.wording import answer


@dataclass(frozen=True)
class Reader:
    """A kit with its model, ready to answer for any row of the queue."""

    kit: Kit
    champion: Champion
    problem: Problem
    fields: Mapping[str, Field]
    unchanged: dict[int, np.ndarray] = field(default_factory=dict)

    def row(self, number: int) -> pd.DataFrame | None:
        """Return one row of the queue, None when it is not in the kit."""
        if number not in self.kit.numbers:
            return None
        at = self.kit.numbers.index(number)
        return self.kit.rows.iloc[[at]].reset_index(drop=True)

    def predict(self, row: pd.DataFrame) -> np.ndarray:
        """Return the answer of the final model to one row, shape (1,) or (1, k)."""
        return np.asarray(self.champion.fitted.predict(row), dtype=float)

    def before(self, number: int, row: pd.DataFrame) -> np.ndarray:
        """Return the answer to a row as it is, asked for once: a rule takes a while to ask."""
        if number not in self.unchanged:
            self.unchanged[number] = self.predict(row)
        return self.unchanged[number]

    def explain(self, row: pd.DataFrame) -> Attribution:
        """Return how that answer is put together."""
        columns = tuple(str(c) for c in self.kit.rows.columns)
        return explain(self.champion.fitted, row, self.kit.background, columns)


def reader_of(kit: Kit, champion: Champion, problem: Problem) -> Reader:
    """Put kit and model together, without what is known of all the other rows."""
    light = replace(champion, out_of_fold=np.empty(0), queries=None, stakes=None)
    return Reader(kit, light, problem, {known.column: known for known in kit.fields})


def opened(reader: Reader, number: int) -> dict[str, Any] | None:
    """Return what each column of a row holds and may hold, those that push most first."""
    row = reader.row(number)
    if row is None:
        return None
    about = reader.explain(row)
    order = np.argsort(-np.abs(about.values[0]), kind="stable")
    fields = [reader.fields[about.columns[i]] for i in order]
    return {
        "fields": [
            {**asdict(known), "value": value_of(known, row[known.column].iloc[0])}
            for known in fields
        ]
    }


def reread(reader: Reader, number: int, changes: Mapping[str, Value]) -> dict[str, Any] | None:
    """Return the prediction before and after a change, with the new waterfall as plain data."""
    before = reader.row(number)
    if before is None:
        return None
    try:
        after = edited(before, reader.fields, changes)
    except EditError as error:
        return {"error": str(error)}
    old, new = reader.before(number, before), reader.predict(after)
    unknown = (unseen(reader.fields[column], value) for column, value in changes.items())
    return {
        "before": _words(reader, number, old),
        "after": _words(reader, number, new),
        "notes": [words for words in unknown if words],
        "chart": _picture(reader, number, after, new).to_json(),
    }


def _words(reader: Reader, number: int, prediction: np.ndarray) -> str:
    words = answer(reader.problem, reader.champion, prediction)
    if number not in reader.kit.rivals:
        return words
    rivals = reader.kit.rivals[number]
    place = 1 + int((rivals > prediction[0]).sum())
    return f"{words}, place {place} of {len(rivals) + 1}"


def _picture(reader: Reader, number: int, row: pd.DataFrame, prediction: np.ndarray) -> Chart:
    about = reader.explain(row)
    said = answer(reader.problem, reader.champion, prediction)
    return waterfall(
        f"row_{number}",
        f"Row {number:,} as you changed it",
        f"The final model now says {said}. The bars start from {readable(base_of(about, 0))}. It is how "
        "the model sums up the row, not what the change would do in the world.",
        about,
        0,
        {str(c): v for c, v in row.iloc[0].items()},
    )
