"""Days, or weeks or months where days are too small to tell anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from app.lab.stream import STEPS
from app.lab.watching import Profile
from app.watching.reading import NO_TIME

LEAST_ROWS = 50


@dataclass(frozen=True)
class Chunked:
    """Both logs in steps of one length.

    Parameters
    ----------
    reference, current : Profile
    step : {"day", "week", "month"}
    untimed : int
        Rows without a time, which count in no step.
    """

    reference: Profile
    current: Profile
    step: str
    untimed: int

    @property
    def length(self) -> float:
        """Calendar days in a step."""
        return STEPS[self.step]


def chunked(reference: Profile, current: Profile) -> Chunked:
    """Return the profiles in the shortest step with enough rows."""
    timed = [_timed(profile) for profile in (reference, current)]
    untimed = int(reference.rows.sum() + current.rows.sum() - sum(p.rows.sum() for p in timed))
    step = "month"
    for shorter in ("day", "week"):
        if all(np.median(_in_steps(p, shorter).rows) >= LEAST_ROWS for p in timed):
            step = shorter
            break
    if timed[0].names == ("all",):
        step = "day"
    return Chunked(_in_steps(timed[0], step), _in_steps(timed[1], step), step, untimed)


def _timed(profile: Profile) -> Profile:
    places = np.array([name != NO_TIME for name in profile.names])
    return profile.pick(places)


def _in_steps(profile: Profile, step: str) -> Profile:
    return profile.renamed([start_of(name, step) for name in profile.names])


def start_of(day: str, step: str) -> str:
    """Return the first day of the step that holds a day."""
    if step == "day" or day in ("all", NO_TIME):
        return day
    found = date.fromisoformat(day)
    if step == "week":
        return str(found - timedelta(days=found.weekday()))
    return str(found.replace(day=1))
