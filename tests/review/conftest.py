"""Good projects of four kinds, from evidence that other tests measure as well."""

from __future__ import annotations

import pytest

from app.record.project import Project
from tests.review.good import filled

GOOD = ("binary", "multiclass", "regression", "ranking")


@pytest.fixture(scope="session")
def good(request: pytest.FixtureRequest) -> dict[str, Project]:
    """A project without a flaw of each kind."""
    return {task: filled(request.getfixturevalue(f"{task}_project")) for task in GOOD}
