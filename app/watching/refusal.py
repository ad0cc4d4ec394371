"""Why a log cannot be watched."""

from __future__ import annotations


class WatchError(ValueError):
    """What is wrong and what to do, in one sentence."""
