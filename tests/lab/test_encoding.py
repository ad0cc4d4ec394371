"""Encoding is learned from training rows alone, whoever holds the rows and however texts are kept."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression, Ridge

from app.lab.encoding import MOST_LEVELS, Encoder, compact
from app.lab.rungs import RUNGS, Training, fit_rung
from app.lab.rungs.linear import _design, ridge

TEXTS = st.lists(st.one_of(st.none(), st.sampled_from("abcdefgh")), min_size=2, max_size=60)


@given(TEXTS, st.integers(0, 2**32 - 1))
def test_texts_kept_once_are_encoded_as_before(values: list[str | None], seed: int) -> None:
    """Categories over all rows change nothing: levels are those of the training rows alone."""
    frame = pd.DataFrame({"place": pd.Series(values, dtype=object), "x": np.arange(len(values))})
    rows = np.random.default_rng(seed).permutation(len(values))[: max(1, len(values) // 2)]
    plain = Encoder().fit(frame.iloc[rows])
    kept = Encoder().fit(compact(frame), rows)
    assert kept.levels == plain.levels
    assert np.array_equal(kept.transform(compact(frame)), plain.transform(frame), equal_nan=True)
    assert np.array_equal(
        kept.transform(compact(frame), rows), plain.transform(frame.iloc[rows]), equal_nan=True
    )


def test_a_text_that_only_other_rows_hold_is_unknown() -> None:
    """A value seen in validation rows alone gets the code of the unseen."""
    frame = compact(pd.DataFrame({"place": ["a", "b", "a", "moon"]}))
    encoder = Encoder().fit(frame, np.array([0, 1, 2]))
    assert encoder.levels["place"] == ["a", "b"]
    assert encoder.transform(frame)[:, 0].tolist() == [0.0, 1.0, 0.0, -1.0]


def test_the_most_frequent_texts_are_kept_ties_by_first_sight() -> None:
    """Beyond the most levels both ways drop the same texts."""
    rng = np.random.default_rng(0)
    values = pd.Series([f"v{i}" for i in rng.permutation(np.repeat(np.arange(400), 3))])
    plain = Encoder().fit(values.to_frame("v")).levels["v"]
    kept = Encoder().fit(compact(values.to_frame("v"))).levels["v"]
    assert plain == kept
    assert len(kept) == MOST_LEVELS


def test_only_texts_are_kept_once() -> None:
    """Numbers, dates, mixtures and holes stay what they were."""
    frame = pd.DataFrame(
        {
            "text": ["a", None],
            "number": [1.0, 2.0],
            "mixed": pd.Series([1, "a"], dtype=object),
            "when": pd.to_datetime(["2024-01-01", None]),
            "empty": pd.Series([None, None], dtype=object),
        }
    )
    found = compact(frame)
    changed = [name for name in frame.columns if found[name].dtype != frame[name].dtype]
    assert changed == ["text"]


@pytest.mark.parametrize("key", ["one_rule", "group_means", "linear", "shallow_tree", "user_rule"])
def test_rows_by_position_are_the_rows_themselves(key: str) -> None:
    """A rung fitted on some rows of a table is the rung fitted on a copy of those rows."""
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"x": rng.normal(size=400), "g": rng.choice(list("abc"), 400)})
    y = (frame["x"] + (frame["g"] == "a") + rng.normal(size=400) > 0).to_numpy(dtype=float)
    rows = rng.permutation(400)[:250]
    options = {"rule": "x > 0 AND g = 'a'"}
    copied = Training(frame.iloc[rows].reset_index(drop=True), y[rows], "binary", 0, options)
    placed = Training(compact(frame), y[rows], "binary", 0, options, rows=rows)
    one, other = fit_rung(RUNGS[key], copied), fit_rung(RUNGS[key], placed)
    assert np.array_equal(one.predict(frame), other.predict(frame))
    check = np.array([399, 0, 7])
    assert np.array_equal(one.predict(frame)[check], other.predict(compact(frame), check))


def test_many_rows_are_predicted_as_few_are() -> None:
    """Blocks of rows change nothing, in whatever order the rows are asked for."""
    rng = np.random.default_rng(2)
    frame = pd.DataFrame({"x": rng.normal(size=70_000)})
    y = (frame["x"] > 0.3).to_numpy(dtype=float)
    fitted = RUNGS["shallow_tree"].fit(Training(frame, y, "binary"))
    rows = rng.permutation(70_000)
    assert np.array_equal(fitted.predict(frame, rows), fitted.predictor.predict(frame)[rows])


def _holed() -> tuple[Encoder, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"x": rng.normal(size=3000), "g": rng.choice(list("abcde"), 3000)})
    frame.loc[rng.random(3000) < 0.2, "x"] = np.nan
    frame["z"] = 5 * rng.normal(size=3000)
    y = (frame["x"].fillna(1) + (frame["g"] == "b") + rng.normal(size=3000)).to_numpy()
    encoder = Encoder().fit(frame)
    return encoder, encoder.transform(frame), y


def test_the_design_without_zeros_is_the_written_out_one() -> None:
    """Scaled numbers, marks of holes and one column a category, as one would write them down."""
    encoder, matrix, _ = _holed()
    design = _design(encoder, matrix)
    x, z = matrix[:, 0], matrix[:, 2]
    hole = np.isnan(x)
    wanted = [
        np.where(hole, 0, (x - np.nanmedian(x)) / np.nanstd(x)),
        (z - np.median(z)) / z.std(),
        hole,
        *(matrix[:, 1] == code for code in range(5)),
    ]
    assert design.matrix(matrix) == pytest.approx(np.column_stack(wanted))
    assert design.sources() == ["x", "z", "x", "g", "g", "g", "g", "g"]


def test_the_ridge_is_that_of_scikit_learn() -> None:
    """The closed form agrees with an independent solver, the free intercept included."""
    encoder, matrix, y = _holed()
    design = _design(encoder, matrix)
    ours, theirs = ridge(design.sparse(matrix), y, 10.0), Ridge(10.0).fit(design.matrix(matrix), y)
    assert ours.coef_ == pytest.approx(theirs.coef_, abs=1e-9)
    assert ours.intercept_ == pytest.approx(theirs.intercept_)
    same = LogisticRegression(C=0.3, tol=1e-8).fit(design.matrix(matrix), y > 0)
    told = LogisticRegression(C=0.3, tol=1e-8).fit(design.sparse(matrix), y > 0)
    assert told.coef_ == pytest.approx(same.coef_, abs=1e-5)


def test_encoding_copies_neither_the_table_nor_the_matrix() -> None:
    """The peak is the matrix and a few columns, whatever the number of columns."""
    n, p = 20_000, 40
    frame = pd.DataFrame({f"c{i}": np.arange(n, dtype=float) for i in range(p)})
    rows = np.arange(0, n, 2)
    tracemalloc.start()
    matrix = Encoder().fit(frame, rows).transform(frame, rows)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1.3 * matrix.nbytes
