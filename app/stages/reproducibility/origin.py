"""Where the model comes from: the rows by their digest, the split, and the version that results."""

from __future__ import annotations

import hashlib

import numpy as np

from app.lab.fingerprint import Fingerprint, fingerprint_of
from app.record.measure import Measure
from app.record.table import Column, Table
from app.stages.part import Part
from app.stages.reproducibility.scene import Scene

PARTS = {
    "train": "Learned from",
    "test": "Tested on, once",
    "later": "Kept for monitoring",
    "dropped": "Left out in the gap of the label delay",
}


def origin(scene: Scene) -> Part:
    """Write down data, split and version with their digests."""
    version = fingerprint_of(scene.champion)
    split = split_digest(scene)
    return Part(
        measures=(
            Measure(
                key="model_size",
                label="Size of the version",
                value=version.size_bytes / 1000,
                unit="kB",
            ),
        ),
        tables=(_split(scene),),
        words={
            "version": version.digest,
            "version_files": ", ".join(version.files),
            "no_safe_format": version.reason,
            "split_digest": split,
            "rung": scene.ladder.words["chosen_title"],
            "verdict_kind": scene.ladder.words.get("verdict_kind", ""),
            "version_words": _words(version),
        },
    )


def split_digest(scene: Scene) -> str:
    """Return a fingerprint of which rows of the table stand in which part."""
    found = hashlib.sha256()
    for name in PARTS:
        rows = scene.problem.rows[np.sort(getattr(scene.problem.split, name))]
        found.update(f"\0{name}\0{len(rows)}\0".encode())
        found.update(np.ascontiguousarray(rows, dtype="<i8").tobytes())
    return found.hexdigest()[:32]


def _split(scene: Scene) -> Table:
    rows = []
    for name, title in PARTS.items():
        places = getattr(scene.problem.split, name)
        if not len(places):
            continue
        start, end = "", ""
        if scene.problem.times is not None:
            times = scene.problem.times[places]
            start, end = (f"{stamp!s:.10}" for stamp in (times.min(), times.max()))
        rows.append((title, len(places), start, end))
    return Table(
        key="split",
        title="The split",
        columns=(
            Column(key="part", label="Part", kind="text"),
            Column(key="rows", label="Rows", kind="integer"),
            Column(key="start", label="From", kind="text"),
            Column(key="end", label="To", kind="text"),
        ),
        rows=tuple(rows),
        note=f"Digest of which row stands where: {split_digest(scene)}",
    )


def _words(version: Fingerprint) -> str:
    if version.reason:
        return f"Version {version.digest}; it has no format without pickle: {version.reason}"
    return f"Version {version.digest}, written without pickle as {', '.join(version.files)}."
