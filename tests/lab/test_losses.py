"""Each kind of target and prediction gives the loss that fits."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from app.lab.losses import losses_of


@pytest.mark.parametrize(
    ("target", "prediction", "key", "values"),
    [
        ([0, 1, 1], [0, 0, 1], "error", [0, 1, 0]),
        ([0, 1, 1], [0.0, 0.0, 1.0], "error", [0, 1, 0]),
        ([True, False, True], [1, 1, 0], "error", [0, 1, 1]),
        (["a", "b", "c"], ["a", "c", "c"], "error", [0, 1, 0]),
        ([0, 1, 2], [0, 2, 2], "error", [0, 1, 0]),
        ([0, 1, 1], [0.2, 0.5, 1.0], "brier", [0.04, 0.25, 0]),
        (["no", "yes", None], [0.2, 0.5, 0.1], "brier", [0.04, 0.25, np.nan]),
        ([1.5, 2.5, 9.0], [1.0, 3.0, 9.0], "absolute_error", [0.5, 0.5, 0]),
        ([1.5, np.nan, np.inf], [1.0, 3.0, 9.0], "absolute_error", [0.5, np.nan, np.nan]),
    ],
)
def test_the_loss_fits_the_columns(
    target: list[object], prediction: list[object], key: str, values: list[float]
) -> None:
    """Labels are right or wrong, probabilities have a Brier loss, numbers a distance."""
    found = losses_of(pd.Series(target, name="t"), pd.Series(prediction, name="p"))
    assert found.key == key
    assert found.values == pytest.approx(values, nan_ok=True)


def test_a_sure_and_wrong_probability_costs_much_but_not_infinitely() -> None:
    """Log loss of exactly 0 and 1 is finite."""
    found = losses_of(pd.Series([0, 1, 1]), pd.Series([1.0, 1.0, 0.5]), "log_loss")
    assert found.values == pytest.approx([np.log(1e6), 0, np.log(2)])
    squared = losses_of(pd.Series([1.0, 2.0]), pd.Series([1.0, 5.0]), "squared_error")
    assert squared.values == pytest.approx([0, 9])


def test_what_does_not_go_together_is_refused() -> None:
    """A loss of another kind, no common label, no known row."""
    with pytest.raises(ValueError, match="no row has both"):
        losses_of(pd.Series([1.0, np.nan]), pd.Series([np.nan, 1.0]))
    with pytest.raises(ValueError, match="there is no loss 'auc'"):
        losses_of(pd.Series([1, 0]), pd.Series([1, 0]), "auc")
    with pytest.raises(ValueError, match="between 0 and 1"):
        losses_of(pd.Series([1, 0]), pd.Series([1.0, 7.0]), "log_loss")
