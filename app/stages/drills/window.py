"""A part of the live days, so that a drill need not answer a whole year again for every move."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np

from app.lab.stream import Days
from app.lab.world import Answers, World
from app.stages.production import Level, Scene, Stretch


def cut_scene(scene: Scene, first: int, last: int) -> Scene:
    """Return the scene with the live days from one to another only, both included.

    Lists stay whole where they come within a day.
    """
    days = scene.live.world.days
    kept = np.flatnonzero((days.of_row >= first) & (days.of_row <= last))
    if len(kept) == len(days.of_row):
        return scene
    return replace(scene, live=_stretch(scene.live, kept, first, last), at=scene.at[kept])


def _stretch(live: Stretch, kept: np.ndarray, first: int, last: int) -> Stretch:
    return replace(
        live,
        world=_world(live.world, kept, first, last),
        answers=_answers(live.answers, kept),
        levels=tuple(_level(level, kept) for level in live.levels),
        cost=live.cost[kept],
    )


def _level(level: Level, kept: np.ndarray) -> Level:
    champion = level.champion
    if champion is None:
        return level
    mine = replace(
        champion,
        queries=None if champion.queries is None else champion.queries[kept],
        stakes=None if champion.stakes is None else champion.stakes[kept],
    )
    return replace(level, champion=mine)


def _world(world: World, kept: np.ndarray, first: int, last: int) -> World:
    days = world.days
    whole = slice(first, last + 1)
    rows = world.rows.iloc[kept].reset_index(drop=True)
    sent = rows if world.sent is world.rows else world.sent.iloc[kept].reset_index(drop=True)
    return replace(
        world,
        rows=rows,
        sent=sent,
        y=world.y[kept],
        label=world.label[kept],
        label_days=world.label_days[kept],
        arrived=world.arrived[kept],
        origin=np.arange(len(kept)),
        days=Days(days.of_row[kept] - first, days.names[whole], days.weekday[whole], days.step),
        minute=world.minute[kept],
        erased=world.erased[kept],
        feed_age_hours={name: ages[whole] for name, ages in world.feed_age_hours.items()},
        lists=None if world.lists is None else world.lists[kept],
    )


def _answers(answers: Answers, kept: np.ndarray) -> Answers:
    return replace(answers, **{f.name: getattr(answers, f.name)[kept] for f in fields(answers)})
