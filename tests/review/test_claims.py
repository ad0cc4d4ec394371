"""Numbers in texts against the record: what differs is named, what is rounded or wished is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.record.number import readable
from app.record.project import Project
from app.review.claims import contradictions
from app.review.rule import Hit
from app.review.view import View
from tests.review.good import measuring


def _said(project: Project, words: str, place: str = "baselines.reason") -> tuple[Hit, ...]:
    stage, _, key = place.partition(".")
    return contradictions(View(project.answered(stage, {key: words})))


@pytest.mark.parametrize(
    "words",
    [
        "The model saves 90 USD per 1,000 decisions.",
        "It saves about 89.70 USD per 1,000, on the test.",
        "If it saves 500 USD per 1,000 we go on.",
        "It should reach a ROC AUC of 0.99.",
        "A random split would flatter it.",
        "We do not use a random split.",
        "Fitted in 20 minutes on 4 cores, and read 12 rows.",
        "It learned from 900 rows.",
    ],
)
def test_true_rounded_or_wished_is_no_contradiction(good: dict[str, Project], words: str) -> None:
    """What the record says, rounded as people do, and what people want, is left alone."""
    project = measuring(good["binary"], "baselines.saving_per_1000", value=89.7)
    assert _said(project, words) == ()


@pytest.mark.parametrize(
    ("words", "severity"),
    [
        ("The model saves 640 USD per 1,000 decisions.", None),
        # Within the interval it is another number all the same: likely of an older run.
        ("The model saves 140 USD per 1,000 decisions.", "major"),
        ("Precision is 3 %.", None),
        ("On the test it has a ROC AUC of 0.31.", None),
        ("Its average precision was 99.7 %.", None),
        ("The rows were split at random.", None),
        ("Models were ranked by ROC AUC.", None),
        ("A miss costs 75 USD.", None),
        ("It learned from 45,000 rows.", None),
        # Nothing in a yes-or-no project measures it.
        ("The mean reciprocal rank is 0.44.", "major"),
    ],
)
def test_what_differs_is_named_with_both_numbers(
    good: dict[str, Project], words: str, severity: str | None
) -> None:
    """The hit quotes the text, leads to it, and says what the project knows."""
    (hit,) = _said(good["binary"], words)
    assert hit.severity == severity
    assert str(hit.place) == "baselines.reason"
    assert any(part in hit.says for part in ("project", "decides", "split by"))


def test_a_number_older_than_its_evidence_is_named(good: dict[str, Project]) -> None:
    """True yesterday, stale today: an answer changed since it was measured."""
    project = good["binary"].answered("framing", {"cost_miss": 61.0})
    (hit,) = _said(project, "The model saves 90 USD per 1,000 decisions.")
    assert "stale" in hit.says


def test_targets_are_no_claims(good: dict[str, Project]) -> None:
    """Goals, points to stop and anti-goals hold wishes."""
    for place in ("framing.goals", "framing.kill", "rollout.stop_if"):
        assert _said(good["binary"], "Saving: 640 USD per 1,000.", place) == ()


@given(value=st.floats(min_value=20.0, max_value=1e7), digits=st.integers(min_value=2, max_value=5))
def test_any_rounding_to_two_digits_or_more_agrees(
    good: dict[str, Project], value: float, digits: int
) -> None:
    """As the document would write a number, the reviewer takes it."""
    project = measuring(
        good["regression"], "baselines.saving_per_1000", value=value, low=value, high=value
    )
    found = project.evidence["baselines"]
    alone = found.model_copy(update={"measures": (found.measure("saving_per_1000"),)})
    project = project.model_copy(update={"evidence": {"baselines": alone}})
    words = f"It saves {float(f'{value:.{digits}g}'):,.10g} USD per 1,000."
    assert _said(project, words) == ()
    assert _said(project, f"It saves {readable(value)} USD per 1,000.") == ()
    assert _said(project, f"It saves {value * 3:,.0f} USD per 1,000.") != ()
