"""The feeds of a world that are known by name."""

from __future__ import annotations

# Fed by the people who ask for their data to be deleted, not by a source of inputs.
DELETIONS = "deletion requests"
