"""Short fingerprints of plain data."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def canonical(data: Any) -> bytes:
    """Return one byte string for equal data, whatever the order of its keys.

    Parameters
    ----------
    data : JSON-able
        Dicts, lists, strings, finite numbers, booleans and None.

    Returns
    -------
    bytes
        UTF-8 JSON with sorted keys and no spaces.

    Raises
    ------
    ValueError
        If a number is not finite.
    TypeError
        If something in it is not JSON data.
    """
    text = json.dumps(
        data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode()


def digest(data: Any) -> str:
    """Return the SHA-256 fingerprint of plain data, shortened to 32 hexadecimal digits.

    Parameters
    ----------
    data : JSON-able
        What the fingerprint stands for.

    Returns
    -------
    str
        32 hexadecimal digits (128 bits).

    References
    ----------
    FIPS 180-4, https://doi.org/10.6028/NIST.FIPS.180-4
    """
    return hashlib.sha256(canonical(data)).hexdigest()[:32]
