"""A stretch of production with nothing wrong: the world, the answers, and who can answer."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
import pandas as pd

from app.lab.champion import Champion
from app.lab.stream import Days
from app.lab.world import Answers, World


@dataclass(frozen=True)
class Level:
    """One level of the fallback ladder: a model, a rule, a constant, or a person.

    Parameters
    ----------
    key, title : str
    champion : Champion or None
        None for a person.
    """

    key: str
    title: str
    champion: Champion | None


@dataclass(frozen=True)
class Stretch:
    """Quiet days: rows, answers, and the ladder as it decides about these rows.

    Parameters
    ----------
    world : World
    answers : Answers
        Of the full model; the few requests it failed on are answered a level below.
    levels : tuple of Level
        The full model first. Lists and stakes are those of the rows of ``world``.
    cost : ndarray of float, shape (n,)
        What each request costs, in currency: its decision and its serving.
    person_wrong, person_fee : float
        How often a person errs, and what one look costs.
    """

    world: World
    answers: Answers
    levels: tuple[Level, ...]
    cost: np.ndarray
    person_wrong: float
    person_fee: float

    @property
    def model(self) -> Champion:
        """The full model."""
        champion = self.levels[0].champion
        assert champion is not None
        return champion


def on_rows(
    champion: Champion,
    at: np.ndarray,
    lists: np.ndarray | None,
) -> Champion:
    """Return a rung whose lists and stakes are those of the requests of a stretch."""
    return replace(
        champion,
        out_of_fold=np.empty(0),
        queries=lists,
        stakes=None if champion.stakes is None else champion.stakes[at],
    )


def first_of(model: Champion, prediction: np.ndarray) -> np.ndarray:
    """Return where a rung acts: 1.0 or 0.0, NaN where no threshold decides or nothing is known."""
    if not model.has_threshold:
        return np.full(len(prediction), np.nan)
    known = known_of(prediction)
    return np.where(known, model.acts(prediction).astype(float), np.nan)


def known_of(prediction: np.ndarray) -> np.ndarray:
    """Return which requests have an answer."""
    finite = np.isfinite(prediction)
    return np.asarray(finite if finite.ndim == 1 else finite.all(axis=1))


def answered_by(
    stretch_levels: tuple[Level, ...], rows: pd.DataFrame, answers: Answers, who: np.ndarray
) -> Answers:
    """Let the levels below answer some requests: each by the first that has an answer.

    Parameters
    ----------
    stretch_levels : tuple of Level
    rows : DataFrame, n rows
    answers : Answers
    who : ndarray of int, shape (n,)
        From which level on an answer is sought; -1 leaves a request as it is.

    Returns
    -------
    Answers
    """
    prediction, acted = answers.prediction.copy(), answers.acted.copy()
    rung = answers.rung.copy()
    left = who >= 0
    rung[left] = -1
    for number, level in enumerate(stretch_levels):
        mine = np.flatnonzero(left & (who <= number))
        if not len(mine):
            continue
        if level.champion is None:
            prediction[mine], acted[mine], rung[mine] = np.nan, np.nan, number
            left[mine] = False
            continue
        told = level.champion.fitted.predict(rows, mine)
        known = known_of(told)
        done = mine[known]
        prediction[done], rung[done] = told[known], number
        acted[done] = first_of(level.champion, told[known])
        left[done] = False
    prediction[left], acted[left] = np.nan, np.nan
    return answers.but(prediction=prediction, acted=acted, rung=rung)


def first_rows(stretch: Stretch, kept: int, days: int) -> Stretch:
    """Return the first rows of a stretch, which are those of its first days."""
    world, answers = stretch.world, stretch.answers
    rows = world.rows.iloc[:kept].reset_index(drop=True)
    cut = Days(
        world.days.of_row[:kept],
        world.days.names[:days],
        world.days.weekday[:days],
        world.days.step,
    )
    parts = {
        name: getattr(world, name)[:kept]
        for name in ("y", "label", "label_days", "arrived", "origin", "minute", "erased")
    }
    feeds = {name: ages[:days] for name, ages in world.feed_age_hours.items()}
    told = {field.name: getattr(answers, field.name)[:kept] for field in fields(answers)}
    return replace(
        stretch,
        world=world.but(
            rows=rows,
            sent=rows,
            days=cut,
            feed_age_hours=feeds,
            lists=None if world.lists is None else world.lists[:kept],
            **parts,
        ),
        answers=answers.but(**told),
        levels=tuple(_first_of_level(level, kept) for level in stretch.levels),
        cost=stretch.cost[:kept],
    )


def _first_of_level(level: Level, kept: int) -> Level:
    champion = level.champion
    if champion is None:
        return level
    cut = replace(
        champion,
        queries=None if champion.queries is None else champion.queries[:kept],
        stakes=None if champion.stakes is None else champion.stakes[:kept],
    )
    return replace(level, champion=cut)
