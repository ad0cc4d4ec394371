"""Three-way merge by field: two tabs change one project and both changes survive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

GONE = object()


@dataclass(frozen=True)
class Clash:
    """A field that both changed differently; ``theirs`` is kept until someone settles it."""

    path: tuple[str, ...]
    mine: Any
    theirs: Any


@dataclass(frozen=True)
class Merged:
    """The merged data and what could not be merged."""

    body: dict[str, Any]
    clashes: tuple[Clash, ...]


def merge_fields(base: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any]) -> Merged:
    """Merge two changes of the same dict; lists and plain values are taken whole."""
    clashes: list[Clash] = []
    return Merged(_merge(base, mine, theirs, (), clashes), tuple(clashes))


def _merge(
    base: dict[str, Any],
    mine: dict[str, Any],
    theirs: dict[str, Any],
    path: tuple[str, ...],
    clashes: list[Clash],
) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for key in [*theirs, *(k for k in mine if k not in theirs)]:
        before, here, there = (side.get(key, GONE) for side in (base, mine, theirs))
        found = _pick(before, here, there, (*path, key), clashes)
        if found is not GONE:
            merged[key] = found
    return merged


def _pick(before: Any, here: Any, there: Any, path: tuple[str, ...], clashes: list[Clash]) -> Any:
    if here == there or here == before:
        return there
    if there == before:
        return here
    if isinstance(here, dict) and isinstance(there, dict):
        return _merge(before if isinstance(before, dict) else {}, here, there, path, clashes)
    # Evidence is measured, not written: whatever is newest in the store stands.
    if path[0] not in ("evidence", "looks"):
        clashes.append(Clash(path, _shown(here), _shown(there)))
    return there


def _shown(value: Any) -> Any:
    return None if value is GONE else value
