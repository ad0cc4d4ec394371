"""The fallback ladder: the model, then what stands in for it, each answer naming who gave it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from app.lab.contract import Contract, Remark, refusals, remarks
from app.lab.portable.answerer import Answerer
from app.lab.portable.version import Version

Row = Mapping[str, Any]


class NoAnswer(RuntimeError):
    """No rung of the ladder could answer: a person decides."""


@dataclass(frozen=True)
class Decision:
    """When it acts, or answers without a person.

    Parameters
    ----------
    kind : {"none", "act", "review"}
    when_above, when_below : str
        Words of the two decisions.
    thresholds : mapping of str to float
        From which probability on, by rung: each has its own.
    """

    kind: str = "none"
    when_above: str = "act"
    when_below: str = "wait"
    thresholds: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Given:
    """Answers to some rows, and who gave each of them.

    Parameters
    ----------
    values : ndarray of float, shape (n,) or (n, k)
    by : tuple of str, length n
    trouble : tuple of str
        Why rungs above did not answer.
    """

    values: np.ndarray
    by: tuple[str, ...]
    trouble: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rung:
    """One rung of the ladder; without an answerer it says why.

    Parameters
    ----------
    key : str
    answerer : Answerer or None
    trouble : str
    needs : frozenset of str
        Columns that other rows may lack, but not those this rung answers.
    quick : bool
        Whether single rows are answered so quickly that a thread gains nothing.
    """

    key: str
    answerer: Answerer | None
    trouble: str = ""
    needs: frozenset[str] = frozenset()
    quick: bool = False

    def lacks(self, row: Row) -> str:
        """Return a column that the row has no value for and this rung cannot do without.

        Parameters
        ----------
        row : mapping of str to value

        Returns
        -------
        str
            Empty when nothing is missing.
        """
        return next((name for name in self.needs if row[name] is None), "")

    def answer(self, rows: Sequence[Row]) -> np.ndarray:
        """Return a finite answer to every row.

        Parameters
        ----------
        rows : sequence of mapping, length n

        Returns
        -------
        ndarray of float, shape (n,) or (n, k)

        Raises
        ------
        NoAnswer
            If there is no finite number for every row.
        """
        if self.answerer is None:
            raise NoAnswer(self.trouble or "it is not there")
        found = self.answerer(rows)
        if len(found) != len(rows) or not np.isfinite(found).all():
            raise NoAnswer("it gave no finite number")
        return found


@dataclass(frozen=True)
class Ladder:
    """The rungs of one version, and what its rows must look like.

    Parameters
    ----------
    version : int or str
    contract : Contract
    rungs : tuple of Rung
        In the order in which they are asked.
    found : Version
    """

    version: int | str
    contract: Contract
    rungs: tuple[Rung, ...]
    found: Version

    @property
    def whole(self) -> bool:
        """Whether the model itself can answer."""
        return bool(self.rungs) and self.rungs[0].answerer is not None

    def complete(self, rows: Sequence[Row], skip: int = 0) -> list[bool]:
        """Return for which rows the rung at this place has all the columns it needs.

        Parameters
        ----------
        rows : sequence of mapping, length n
        skip : int
            Place of the rung.

        Returns
        -------
        list of bool, length n
        """
        rung = self.rungs[skip]
        return [not rung.lacks(row) for row in rows] if rung.needs else [True] * len(rows)

    def answer(self, rows: Sequence[Row], skip: int = 0, trouble: tuple[str, ...] = ()) -> Given:
        """Ask the rungs from the top until every row is answered.

        Parameters
        ----------
        rows : sequence of mapping, length n
        skip : int
            How many rungs to leave out.
        trouble : tuple of str
            Why those were left out.

        Returns
        -------
        Given

        Raises
        ------
        NoAnswer
            If no rung can answer.
        """
        if skip >= len(self.rungs):
            raise NoAnswer("; ".join(trouble) or "there is no rung")
        rung, fine = self.rungs[skip], self.complete(rows, skip)
        whole = [row for row, good in zip(rows, fine, strict=True) if good]
        try:
            values = rung.answer(whole) if whole else None
        # Whatever goes wrong in a model must not take the answer away.
        except Exception as error:
            return self.answer(rows, skip + 1, (*trouble, f"{rung.key}: {error}"))
        if all(fine) and values is not None:
            return Given(values, (rung.key,) * len(rows), trouble)
        rest = [row for row, good in zip(rows, fine, strict=True) if not good]
        words = f"{rung.key}: {rung.lacks(rest[0])} is missing"
        below = self.answer(rest, skip + 1, (*trouble, words))
        return merged(fine, values, rung.key, below)

    def refusals(self, row: Row) -> tuple[Remark, ...]:
        """Return why a row cannot be answered.

        Parameters
        ----------
        row : mapping of str to value

        Returns
        -------
        tuple of Remark
        """
        return refusals(self.contract, row)

    def remarks(self, row: Row) -> tuple[Remark, ...]:
        """Return what is unusual about a row that can be answered.

        Parameters
        ----------
        row : mapping of str to value

        Returns
        -------
        tuple of Remark
        """
        return remarks(self.contract, row)


def merged(fine: Sequence[bool], values: np.ndarray | None, key: str, below: Given) -> Given:
    """Put the answers of a rung and of those below it back in the order of the rows.

    Parameters
    ----------
    fine : sequence of bool, length n
        Which rows the rung answered.
    values : ndarray of float or None
        Its answers.
    key : str
        Of the rung.
    below : Given
        Answers to the other rows.

    Returns
    -------
    Given
        To all n rows.
    """
    mask = np.array(fine, dtype=bool)
    found = np.empty((len(mask), *below.values.shape[1:]))
    if values is not None:
        found[mask] = values
    found[~mask] = below.values
    others = iter(below.by)
    by = tuple(key if good else next(others) for good in fine)
    return Given(found, by, below.trouble)


def needs_of(
    answerer: Answerer | None, contract: Contract, allow_missing: Collection[str]
) -> frozenset[str]:
    """Return the columns a rung cannot do without, though rows may come without them.

    Parameters
    ----------
    answerer : Answerer or None
    contract : Contract
        As training showed it.
    allow_missing : collection of str
        Columns that may be missing though training never missed them.

    Returns
    -------
    frozenset of str
    """
    reads = set(answerer.contract.names) if answerer else set()
    strict = {c.name for c in contract.columns if not c.missing}
    return frozenset(reads & strict & set(allow_missing))


def allowing(contract: Contract, allow_missing: Collection[str]) -> Contract:
    """Return the contract with some columns that may be missing.

    Parameters
    ----------
    contract : Contract
    allow_missing : collection of str

    Returns
    -------
    Contract
    """
    columns = tuple(
        replace(c, missing=True) if c.name in allow_missing else c for c in contract.columns
    )
    return replace(contract, columns=columns)


def worded(decision: Decision, contract: Contract, value: np.ndarray, by: str) -> dict[str, Any]:
    """Return one answer in plain data: the prediction, and what is decided on it.

    Parameters
    ----------
    decision : Decision
    contract : Contract
    value : ndarray of float, shape () or (k,)
    by : str
        Rung that gave it: the decision is by its threshold.

    Returns
    -------
    dict
    """
    if value.ndim == 0:
        number = float(value)
        found: dict[str, Any] = {"prediction": number}
        sure = number
    else:
        shares = value.tolist()
        top = int(np.argmax(value))
        sure = shares[top]
        names = contract.classes
        found = {
            "prediction": names[top],
            "probabilities": dict(zip(names, shares, strict=True)),
        }
    if decision.kind != "none":
        acts = sure >= decision.thresholds[by]
        found["decision"] = decision.when_above if acts else decision.when_below
    return found
