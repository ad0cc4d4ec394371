"""What release notes announce, against what the log shows in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.incidents.incident import Seen


def announced_not_served(struck: Seen) -> bool:
    """Say whether a model version was announced that nobody is answered by."""
    announced = max((line.version for line in struck.lines), default=0)
    served = struck.answers.version[struck.after]
    return bool(announced > 0 and len(served) and served.max() < announced)


def new_version(quiet: Seen, struck: Seen) -> bool:
    """Say whether a newer model version answers than usual."""
    now, usual = struck.answers.version[struck.after], quiet.answers.version
    return bool(len(now) and now.max() > usual.max())
