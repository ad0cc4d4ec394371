"""Labels under suspicion: planted ones are found, and what cannot be told is said."""

from __future__ import annotations

import numpy as np
import pytest

from app.lab.label_noise import suspect_labels, usual_miss


def _flipped(rows: int = 4000, share: float = 0.05) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Outcomes with a planted share of flipped labels, with the chances before the flips."""
    rng = np.random.default_rng(3)
    chance = 1 / (1 + np.exp(-3 * rng.normal(size=rows)))
    truth = (rng.random(rows) < chance).astype(float)
    planted = np.zeros(rows, dtype=bool)
    planted[rng.choice(rows, int(share * rows), replace=False)] = True
    return np.where(planted, 1 - truth, truth), chance, planted


def test_planted_flips_lead_the_suspects() -> None:
    """Of 5 % flipped labels, those with the lowest quality are mostly flipped: many times 5 %."""
    y, chance, planted = _flipped()
    found = suspect_labels("binary", y, chance)
    worst = np.argsort(found.quality)[:100]
    assert planted[worst].mean() > 0.55
    assert found.suspect[worst].all()
    assert "suspects" in found.says


def test_the_quality_is_the_probability_of_the_given_label() -> None:
    """Sorting by it is sorting by how unlikely folds found the label that was recorded."""
    y, chance, _ = _flipped(500)
    quality = suspect_labels("binary", y, chance).quality
    np.testing.assert_allclose(quality, np.where(y == 1, chance, 1 - chance), atol=1e-9)


def test_a_class_that_never_occurs_does_no_harm() -> None:
    """Three classes are known, two occur: the swapped rows still lead the suspects."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 300).astype(float)
    chances = np.full((300, 3), 0.02)
    chances[np.arange(300), y.astype(int)] = rng.uniform(0.8, 0.96, 300)
    chances /= chances.sum(axis=1, keepdims=True)
    y[:20] = 1 - y[:20]
    found = suspect_labels("multiclass", y, chances)
    assert set(np.argsort(found.quality)[:20]) == set(range(20))
    assert found.suspect[:20].mean() > 0.8
    assert not found.suspect[20:].any()


def test_a_number_far_from_its_answer_is_suspected() -> None:
    """Ten numbers with a digit too many are exactly the suspects, in any unit."""
    rng = np.random.default_rng(1)
    prediction = rng.uniform(100, 200, 1000)
    y = prediction + rng.uniform(-10, 10, 1000)
    y[:10] *= 10
    for unit in (1.0, 1e-6, 1e6):
        found = suspect_labels("regression", unit * y, unit * prediction)
        assert set(np.flatnonzero(found.suspect)) == set(range(10))
        assert set(np.argsort(found.quality)[:10]) == set(range(10))


def test_the_usual_miss_follows_the_size() -> None:
    """Where answers are large and misses too, the same miss counts less."""
    prediction = np.repeat([1.0, 1000.0], 500)
    y = prediction + np.tile([1.0, -1.0], 500) * np.repeat([0.2, 100.0], 500)
    usual = usual_miss(y, prediction)
    assert usual[0] < 10
    assert usual[-1] == pytest.approx(100.0)


@pytest.mark.parametrize(
    ("form", "y", "prediction", "words"),
    [
        ("ranking", np.zeros(100), np.zeros(100), "Of lists it cannot be told"),
        ("binary", np.array([0.0, 1.0]), np.array([0.2, 0.9]), "With 2 rows"),
        ("binary", np.zeros(100), np.linspace(0, 1, 100), "the same one"),
        ("binary", np.tile([0.0, 1.0], 50), np.full(100, 0.5), "no probabilities"),
        ("binary", np.tile([0.0, 1.0], 50), np.repeat([0.0, 1.0], 50), "no probabilities"),
    ],
)
def test_what_cannot_be_told_is_said(
    form: str, y: np.ndarray, prediction: np.ndarray, words: str
) -> None:
    """Lists, few rows, one class, a rung that only says yes or no: a sentence, no suspect."""
    found = suspect_labels(form, y, prediction)
    assert words in found.says
    assert not found.suspect.any()
    assert np.isnan(found.quality).all()


def test_answers_of_exactly_zero_and_one_are_taken() -> None:
    """Probabilities at both ends break nothing; the one that is wrong for certain is suspected."""
    y = np.tile([0.0, 1.0], 100)
    prediction = np.where(y == 1, np.linspace(0.6, 1.0, 200), np.linspace(0.0, 0.4, 200))
    prediction[0], prediction[199] = 1.0, 1.0
    found = suspect_labels("binary", y, prediction)
    assert int(found.quality.argmin()) == 0
