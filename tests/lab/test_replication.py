"""The same fit once more: bits, digests, seeds, and the name of a version."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from app.lab.champion import Champion
from app.lab.cost import BinaryCosts
from app.lab.fingerprint import fingerprint_of
from app.lab.replication import digest_of_answers, likeness, seed_spread
from app.lab.rungs import RUNGS, Training, fit_rung
from tests.conftest import small_table

ANSWERS = arrays.arrays(
    np.float64, st.integers(1, 20), elements=st.floats(-1e9, 1e9) | st.just(np.nan)
)


@given(ANSWERS)
def test_an_answer_is_like_itself(answers: np.ndarray) -> None:
    """No bit differs from itself, missing answers included, and the digest is the same."""
    found = likeness(answers, answers.copy())
    assert found.same
    assert found.largest == 0
    assert digest_of_answers(answers) == digest_of_answers(answers.copy())


@given(ANSWERS, st.integers(0, 19))
def test_one_bit_is_seen(answers: np.ndarray, place: int) -> None:
    """The next number a float can hold is another answer, in one row and in the digest."""
    other = answers.copy()
    place %= len(other)
    other[place] = 0.5 if np.isnan(other[place]) else np.nextafter(other[place], np.inf)
    found = likeness(answers, other)
    assert (found.n, found.differing) == (len(answers), 1)
    assert digest_of_answers(answers) != digest_of_answers(other)


def test_several_classes_count_as_one_row() -> None:
    """A row of probabilities differs once, however many of its numbers do."""
    one = np.full((4, 3), 1 / 3)
    other = one.copy()
    other[2] = [0.2, 0.3, 0.5]
    found = likeness(one, other)
    assert (found.differing, found.n) == (1, 4)
    assert found.largest == pytest.approx(0.5 - 1 / 3)


def test_a_missing_answer_differs_from_one() -> None:
    """An answer where there was none differs, and by no number."""
    found = likeness(np.array([np.nan, 1.0]), np.array([2.0, 1.0]))
    assert found.differing == 1
    assert np.isnan(found.largest)


def test_other_shapes_are_refused() -> None:
    """Answers to other rows cannot be compared."""
    with pytest.raises(ValueError, match="cannot be compared"):
        likeness(np.zeros(2), np.zeros(3))


def test_the_digest_is_sha_256_of_shape_and_bytes() -> None:
    """Anyone can compute it with the standard library alone."""
    answers = np.array([0.25, 0.5])
    wanted = hashlib.sha256(b"(2,)" + answers.astype("<f8").tobytes()).hexdigest()[:32]
    assert digest_of_answers(answers) == wanted


def test_seeds_are_measured_against_the_interval() -> None:
    """The range over seeds as a share of the width; none without a width; no score is refused."""
    found = seed_spread([0.5, 0.6, np.nan, 0.55], 0.3, 0.7)
    assert (found.low, found.high, found.n) == (0.5, 0.6, 3)
    assert found.width == pytest.approx(0.1)
    assert found.share == pytest.approx(0.25)
    assert seed_spread([0.5], None, None).share is None
    assert seed_spread([0.5, 0.6], 0.5, 0.5).share is None
    with pytest.raises(ValueError, match="no score"):
        seed_spread([np.nan], 0, 1)


def _champion(key: str, threshold: float = 0.4, seed: int = 0) -> Champion:
    table = small_table(300)
    training = Training(
        table[["signal", "place", "holes", "filler"]],
        table["target"].to_numpy(dtype=float),
        "binary",
        seed,
        {"rule": "signal > 1"},
    )
    return Champion(
        fit_rung(RUNGS[key], training), np.full(300, np.nan), threshold, BinaryCosts(1, 5, 0)
    )


@pytest.mark.parametrize("key", ["constant", "user_rule", "linear", "boosting", "lightgbm"])
def test_the_same_fit_is_the_same_version(key: str) -> None:
    """Fitted twice from the same rows it bears one name; another threshold is another version."""
    one, two = fingerprint_of(_champion(key)), fingerprint_of(_champion(key))
    assert one == two
    assert "model.json" in one.files
    assert len(one.digest) == 12
    assert fingerprint_of(_champion(key, 0.5)).digest != one.digest


def test_other_models_are_other_versions() -> None:
    """No two rungs share a name."""
    digests = {fingerprint_of(_champion(key)).digest for key in ("constant", "linear", "boosting")}
    assert len(digests) == 3


def test_without_a_safe_format_the_reason_is_told() -> None:
    """A predictor nobody can write without pickle still has a version, and says why."""

    champion = _champion("constant")
    odd = Champion(
        type(champion.fitted)("odd", "binary", Odd(), (), "Odd"), np.zeros(1), 0.5, champion.costs
    )
    found = fingerprint_of(odd)
    assert found.files == ()
    assert found.reason


class Odd:
    """A predictor of a kind that has no safe format."""

    def predict(self, frame: object) -> np.ndarray:
        """Say a half."""
        return np.array([0.5])
