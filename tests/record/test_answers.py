"""Questions make their own checks; every problem of a form is told at once."""

from __future__ import annotations

import pytest

from app.record.answers import AnswerError
from app.stages.baselines.choices import Choices as Baselines
from app.stages.framing.choices import Choices as Framing
from app.stages.road import STAGES


def test_all_problems_come_at_once() -> None:
    """Three wrong answers give three problems, each with field, value and what is allowed."""
    with pytest.raises(AnswerError) as caught:
        Baselines.check({"folds": 99, "metric_binary": "luck", "nonsense": 1})
    told = {problem.field: str(problem) for problem in caught.value.problems}
    assert set(told) == {"folds", "metric_binary", "nonsense"}
    assert "from 2 to 10" in told["folds"]
    assert "99" in told["folds"]
    assert "average_precision" in told["metric_binary"]
    assert "no such question" in told["nonsense"]


def test_reading_leniently_keeps_what_is_good() -> None:
    """A wrong answer falls back to its default; the others stay."""
    found, problems = Baselines.read({"folds": "many", "rule": "a > 1"})
    assert found.folds == 5
    assert found.rule == "a > 1"
    assert [p.field for p in problems] == ["folds"]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1, "x", None, [1]])
def test_no_strange_number_gets_in(value: object) -> None:
    """Infinite, negative and non-numbers are refused."""
    with pytest.raises(AnswerError):
        Framing.check({"cost_miss": value})


def test_texts_have_a_limit() -> None:
    """A text of a million characters is refused with both lengths."""
    with pytest.raises(AnswerError, match="1,000,000 characters; at most 50,000"):
        Framing.check({"decision": "x" * 1_000_000})


@pytest.mark.parametrize("stage", STAGES, ids=lambda s: s.key)
def test_every_question_is_asked_well(stage: object) -> None:
    """A question has a label, a reason, a group, and options whose values its type takes."""
    for question in stage.choices.questions():  # type: ignore[attr-defined]
        assert question.label, question.key
        assert question.because.endswith((".", "?")), question.key
        assert question.group, question.key
        if question.kind == "choice":
            for option in question.options:
                stage.choices.check({question.key: option})  # type: ignore[attr-defined]
        if question.kind in ("number", "integer"):
            assert question.minimum is not None, question.key
            assert question.maximum is not None, question.key


def test_free_text_is_not_measured() -> None:
    """Rewording a sentence makes nothing stale; a cost does."""
    keys = Framing().measured()
    assert "decision" not in keys
    assert "cost_miss" in keys
