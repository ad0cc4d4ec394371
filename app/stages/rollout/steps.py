"""The steps of a canary, as a person types them; light to load."""

from __future__ import annotations

import re
from itertools import pairwise

MOST_STEPS = 8


def read_steps(text: str) -> tuple[float, ...]:
    """Return the shares of the canary in (0, 1), rising.

    Raises
    ------
    ValueError
        If they are no percentages that rise from above 0 to below 100.
    """
    words = [word for word in re.split(r"[,;→%\s]+", text) if word]
    try:
        steps = tuple(float(word) / 100 for word in words)
    except ValueError:
        steps = ()
    rising = all(a < b for a, b in pairwise(steps))
    if not steps or len(steps) > MOST_STEPS or not rising or not 0 < steps[0] <= steps[-1] < 1:
        raise ValueError(
            f"canary: give 1 to {MOST_STEPS} rising percentages above 0 and below 100, such as "
            "1, 5, 25"
        )
    return steps


def percent(share: float) -> str:
    """Return a share as a short percentage."""
    return f"{100 * share:.3g} %"
