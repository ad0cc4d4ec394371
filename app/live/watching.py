"""What the prediction log of a live model says, beside the rows the model was tested on."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from app.lab.contract import Contract
from app.lab.portable.version import PREDICTION, read_reference
from app.lab.served_rows import ServedLook, look
from app.live.kit import Kit
from app.store.predictions import open_predictions

if TYPE_CHECKING:
    import pandas

# So many of the newest rows are looked at.
WINDOW = 5_000


@dataclass(frozen=True)
class Watched:
    """A look at the newest rows of a log.

    Parameters
    ----------
    look : ServedLook
        At the rows that this version answered.
    logged : int
        Rows that are kept in all.
    versions : dict of str to int
        Rows of the window by version.
    """

    look: ServedLook
    logged: int
    versions: dict[str, int]


def watched(project_id: str, kit: Kit) -> Watched | None:
    """Return what the log of a project says, None when nothing was logged."""
    newest = open_predictions().newest(project_id)
    return _watched(project_id, newest, _Known(kit)) if newest else None


class _Known:
    """A kit that is compared by its key."""

    def __init__(self, kit: Kit) -> None:
        self.kit = kit

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Known) and other.kit.key == self.kit.key

    def __hash__(self) -> int:
        return hash(self.kit.key)


@lru_cache(maxsize=8)
def _watched(project_id: str, newest: int, known: _Known) -> Watched:
    """Look once at a log that has not grown."""
    del newest
    log = open_predictions().read(project_id, WINDOW)
    contract = Contract.from_json(json.loads(known.kit.files["contract.json"]))
    reference = read_reference(json.loads(known.kit.files["reference.json"]))
    versions = dict(Counter(str(name) for name in log["version"]))
    mine = log[log["version"] == known.kit.version].reset_index(drop=True)
    numbers = np.array([_number(answer) for answer in mine["answer"]], dtype=float)
    found = look(contract, reference, list(mine["row"]), numbers, mine, PREDICTION)
    return Watched(found, open_predictions().count(project_id), versions)


def _number(answer: dict[str, Any]) -> float:
    shares = answer.get("probabilities")
    return float(max(shares.values())) if shares else float(answer["prediction"])


def rows_of_log(project_id: str) -> pandas.DataFrame:
    """Return the log as a table: time, version, who answered, the row's values, answer, latency."""
    import pandas as pd

    log = open_predictions().read(project_id)
    values = pd.DataFrame(list(log["row"]), index=log.index)
    told = log[["at", "id", "version", "answered_by", "prediction", "decision", "ms", "asked"]]
    return pd.concat([told, values.add_prefix("row.")], axis=1)
