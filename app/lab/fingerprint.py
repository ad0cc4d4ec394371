"""The name of a fitted model: a digest of what it answers by and how it decides."""

from __future__ import annotations

import hashlib
import pickle
from dataclasses import dataclass

from app.lab.champion import Champion
from app.lab.portable import UnportableModel, portable

LENGTH = 12


@dataclass(frozen=True)
class Fingerprint:
    """What a fitted model is told apart by.

    Parameters
    ----------
    digest : str
        12 hexadecimal digits; the same model and threshold give the same.
    size_bytes : int
        Bytes of its files.
    files : tuple of str
        Names of the files it is written in; empty when there is no safe format.
    reason : str
        Why there is none.
    """

    digest: str
    size_bytes: int
    files: tuple[str, ...]
    reason: str = ""


def fingerprint_of(champion: Champion) -> Fingerprint:
    """Return the fingerprint of a rung that goes on.

    Parameters
    ----------
    champion : Champion

    Returns
    -------
    Fingerprint
        From the bytes of its safe format; where there is none from those of its pickle, which
        another version of a package may write otherwise.
    """
    found, reason = hashlib.sha256(), ""
    try:
        files = portable(champion.fitted)
    except UnportableModel as error:
        files, reason = (
            {"model.pkl": pickle.dumps(champion.fitted.predictor, protocol=5)},
            str(error),
        )
    for name in sorted(files):
        found.update(f"\0{name}\0{len(files[name])}\0".encode())
        found.update(files[name])
    found.update(repr(float(champion.threshold)).encode())
    size = sum(len(data) for data in files.values())
    return Fingerprint(
        found.hexdigest()[:LENGTH], size, () if reason else tuple(sorted(files)), reason
    )
