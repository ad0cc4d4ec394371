"""The short text by which a drill is shared: it names the seed and the difficulty, not the cause."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

PREFIX: Final = "GW"
MOST_SEED: Final = 99_999
PATTERN: Final = re.compile(r"GW-([a-z0-9]{1,12})-(easy|medium|hard)-(\d{1,5})", re.IGNORECASE)
DIFFICULTIES: Final = ("easy", "medium", "hard")


class CodeError(ValueError):
    """A code that cannot be read, with what one looks like."""


class Code(NamedTuple):
    """What a code says."""

    data: str
    difficulty: str
    seed: int

    @property
    def text(self) -> str:
        """The code as it is shared."""
        return f"{PREFIX}-{self.data}-{self.difficulty}-{self.seed}"


def code_of(title: str, difficulty: str, seed: int) -> Code:
    """Return the code of a drill on a table with a title."""
    words = re.findall(r"[a-z0-9]+", title.lower())
    return Code((words[0] if words else "data")[:12], difficulty, seed)


def read_code(text: str) -> Code:
    """Read a code as it was passed on.

    Raises
    ------
    CodeError
        If it is none.
    """
    found = PATTERN.fullmatch(text.strip().replace(" ", ""))
    if found is None:
        raise CodeError(
            f"{text.strip()[:40]!r} is no code of a drill; one looks like GW-flight-hard-1234: the "
            "data, easy, medium or hard, and a number up to 99999"
        )
    data, difficulty, seed = found.groups()
    return Code(data.lower(), difficulty.lower(), int(seed))
