"""The bench a measurement works at: the table, chance, clock, progress and kept artifacts."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, cast

if TYPE_CHECKING:
    import numpy
    import pandas


class Shelf(Protocol):
    """Where big things are kept under a key."""

    def get(self, key: str) -> Any:
        """Return what is kept under a key, None when there is nothing."""

    def put(self, key: str, thing: Any) -> None:
        """Keep a thing under a key."""


@dataclass
class Bench:
    """Everything a measurement may reach for besides its choices.

    Parameters
    ----------
    load_table : callable
        Returns the project's table; called once.
    seed : int
        Seed of all chance.
    clock : callable
        Seconds, for timings only.
    progress : callable
        Takes a fraction in [0, 1] and a few words.
    shelf : Shelf
        Keeps models and predictions between stages.
    digests : callable
        Returns the input digest of a stage.
    remake : callable
        Measures a needed stage again when what it kept has gone from the shelf.
    choices : callable
        Returns the choices of a stage that the measured one needs.
    """

    load_table: Callable[[], pandas.DataFrame]
    seed: int
    clock: Callable[[], float]
    progress: Callable[[float, str], None]
    shelf: Shelf
    digests: Callable[[str], str]
    remake: Callable[[str], None]
    choices: Callable[[str], Any]
    _table: Any = field(default=None, init=False)

    @property
    def table(self) -> pandas.DataFrame:
        """The project's table; never to be changed in place."""
        if self._table is None:
            self._table = self.load_table()
        return cast("pandas.DataFrame", self._table)

    def rng(self, name: str) -> numpy.random.Generator:
        """Return a generator of its own for a named purpose, the same for the same seed."""
        import numpy

        return numpy.random.default_rng([self.seed, zlib.crc32(name.encode())])

    def keep(self, stage: str, name: str, thing: Any) -> None:
        """Keep a big thing for later stages."""
        self.shelf.put(f"{self.digests(stage)}-{name}", thing)

    def fetch(self, stage: str, name: str) -> Any:
        """Return what a stage kept, measuring that stage again when it has gone."""
        key = f"{self.digests(stage)}-{name}"
        found = self.shelf.get(key)
        if found is None:
            self.remake(stage)
            found = self.shelf.get(key)
        if found is None:
            raise LookupError(f"stage {stage} keeps nothing called {name}")
        return found
