"""Which rows are read, and why: the queue of every kind of problem."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from app.lab.champion import known_rows
from app.lab.cost import ListCosts
from app.lab.label_noise import suspect_labels
from app.lab.reading_queue import Queued, line_up, worth_telling
from app.lab.reading_signs import (
    ListSigns,
    avoidable_cost,
    disagreement,
    list_signs,
    near_boundary,
    sure_and_wrong,
    went_wrong,
)
from app.stages.bench import Bench
from app.stages.errors.scene import Scene

ROWS = 60
DRAWS = 24
# A reason whose best is shared by more rows than this names nobody.
ALIKE = 30


@dataclass(frozen=True)
class Line:
    """The rows to read, in order.

    Parameters
    ----------
    queued : tuple of Queued
        Positions are those of the scene's rows.
    avoidable : ndarray of float, shape (n,)
        What each decision cost beyond the best one.
    right : ndarray of bool, shape (n,)
        Rows that the rung got right.
    says : str
        What is known of wrong labels.
    lists : ListSigns or None
        For ranking.
    """

    queued: tuple[Queued, ...]
    avoidable: np.ndarray
    right: np.ndarray
    says: str
    lists: ListSigns | None = None

    @property
    def at(self) -> np.ndarray:
        """Positions of the rows in the scene."""
        return np.array([item.at for item in self.queued], dtype=np.int64)


@dataclass
class _Signs:
    found: dict[str, np.ndarray] = field(default_factory=dict)

    def add(self, reason: str, sign: np.ndarray) -> None:
        """Take a sign in unless it tells no row from the rest."""
        if worth_telling(sign, ALIKE):
            self.found[reason] = sign


def line_of(scene: Scene, bench: Bench) -> Line:
    """Line up the rows most worth reading."""
    avoidable = avoidable_cost(scene.champion, scene.y, scene.prediction, scene.seen)
    if scene.queries is not None:
        return _lists(scene, avoidable, bench)
    wrong = went_wrong(scene.champion, scene.y, scene.prediction)
    noise = suspect_labels(scene.problem.form, scene.y, scene.prediction)
    signs = _Signs()
    sure = sure_and_wrong(scene.champion, scene.y, scene.prediction)
    signs.add("far_off" if scene.problem.form == "regression" else "sure_wrong", sure)
    signs.add("boundary", near_boundary(scene.champion, scene.y, scene.prediction))
    others = [
        (scene.rungs[key], scene.answered(key)[0])
        for key in scene.rungs
        if key not in (scene.key, "constant")
    ]
    apart = disagreement(scene.champion, scene.prediction, others)
    # Equal shares are told apart by what the row cost: the costly ones come first.
    signs.add("disagreement", np.where(wrong, apart, np.nan) + _share(avoidable))
    signs.add("label", np.where(noise.suspect, -noise.quality, np.nan))
    signs.add("costliest", np.where(avoidable > 0, avoidable, np.nan))
    weight = avoidable if avoidable.sum() > 0 else wrong.astype(float)
    queued = line_up(signs.found, weight, bench.rng("queue"), ROWS, DRAWS)
    return Line(queued, avoidable, ~wrong, noise.says)


def _share(weight: np.ndarray) -> np.ndarray:
    """Return weights small enough to settle ties only, with a hair of difference between rows."""
    top = float(weight.max()) if len(weight) else 0.0
    ties = np.arange(len(weight)) / max(len(weight), 1)
    return np.asarray(1e-3 * (weight / top if top > 0 else 0.0 * weight) + 1e-6 * ties)


def _lists(scene: Scene, avoidable: np.ndarray, bench: Bench) -> Line:
    queries, costs = scene.queries, scene.champion.costs
    assert queries is not None
    assert isinstance(costs, ListCosts)
    found = list_signs(scene.y, scene.prediction, queries, costs.top, costs.relevant_from)
    lost = np.bincount(np.unique(queries, return_inverse=True)[1], weights=avoidable)
    able = ~found.served & (found.answer >= 0)
    if not able.any():
        # Every list is served: the next worst is an answer that does not stand on top.
        able = found.gap > 0
    signs = _Signs()
    signs.add("worst_list", np.where(able, -found.quality, np.nan))
    signs.add("sure_wrong", np.where(able, found.gap, np.nan))
    signs.add("boundary", np.where(able, -found.gap, np.nan))
    signs.add("disagreement", _served_elsewhere(scene, able) + _share(lost))
    noise = suspect_labels("ranking", scene.y, scene.prediction)
    weight = lost if lost.sum() > 0 else np.where(able, 1 - found.quality, 0.0)
    queued = line_up(signs.found, weight, bench.rng("queue"), ROWS, DRAWS)
    right = np.zeros(len(scene.y), dtype=bool)
    first = scene.y[found.first] >= costs.relevant_from
    right[found.first[first]] = True
    placed = tuple(Queued(int(found.first[q.at]), q.reasons, q.draws) for q in queued)
    return Line(placed, avoidable, right, noise.says, found)


def _served_elsewhere(scene: Scene, able: np.ndarray) -> np.ndarray:
    """Return the share of other rungs that serve a list which this one does not."""
    queries, costs = scene.queries, scene.champion.costs
    assert queries is not None
    assert isinstance(costs, ListCosts)
    served = []
    for key in scene.rungs:
        answers = scene.answered(key)[0]
        if key not in (scene.key, "constant") and known_rows(answers).all():
            served.append(
                list_signs(scene.y, answers, queries, costs.top, costs.relevant_from).served
            )
    if not served:
        return np.full(len(able), np.nan)
    share = np.mean(served, axis=0)
    return np.where(able & (share > 0), share, np.nan)
