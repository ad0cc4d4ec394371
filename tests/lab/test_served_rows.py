"""What a log of answers shows, on logs whose truth is known."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest

from app.lab.contract import Contract, contract_of, rows_of
from app.lab.drift import Bins, fit_bins
from app.lab.served_rows import ServedLook, look, spans_of

N = 4000


@pytest.fixture(scope="module")
def training() -> pd.DataFrame:
    """Rows with a number and a text."""
    rng = np.random.default_rng(0)
    place = rng.choice(["north", "south", "east"], size=N)
    return pd.DataFrame({"size": rng.normal(size=N), "place": place})


@pytest.fixture(scope="module")
def agreed(training: pd.DataFrame) -> tuple[Contract, Bins]:
    """The contract of these rows, and what later ones are compared with."""
    return contract_of(training), fit_bins(training.assign(answer=training["size"] / 10))


def _looked(agreed: tuple[Contract, Bins], frame: pd.DataFrame, **more: Any) -> ServedLook:
    contract, bins = agreed
    n = len(frame)
    log = pd.DataFrame(
        {
            "at": pd.Timestamp("2026-01-01", tz="UTC") + pd.to_timedelta(np.arange(n), "s"),
            "answered_by": "model",
            "ms": 2.0,
            "asked": 1,
            **more,
        }
    )
    numbers = frame["size"].fillna(0).to_numpy() / 10
    return look(contract, bins, rows_of(contract, frame), numbers, log, "answer")


def test_the_same_rows_do_not_drift(agreed: tuple[Contract, Bins], training: pd.DataFrame) -> None:
    """Rows like those of the reference: no drift in any input nor in the answer, nothing unusual."""
    found = _looked(agreed, training.sample(1000, random_state=1))
    assert found.enough
    assert set(found.drift) == {"size", "place", "answer"}
    assert max(found.drift.values()) < 0.05
    assert not found.unusual
    assert (found.flagged.value, found.fallback.value) == (0.0, 0.0)


def test_what_has_changed_is_named(agreed: tuple[Contract, Bins], training: pd.DataFrame) -> None:
    """A moved number drifts with the answer; new words, gaps and fallbacks have the shares given."""
    frame = training.sample(1000, random_state=2).reset_index(drop=True)
    frame["size"] += 1.5
    frame.loc[:249, "place"] = "moon"
    frame.loc[250:349, "size"] = np.nan
    contract = agreed[0]
    rows_of_log = np.where(np.arange(1000) < 100, "constant", "model")
    found = _looked(agreed, frame, answered_by=rows_of_log)
    assert found.drift["size"] > 0.5
    assert found.drift["answer"] > 0.5
    assert found.unusual["place"].unseen == pytest.approx(0.25)
    assert found.unusual["size"].missing == pytest.approx(0.1)
    assert found.unusual["size"].expected_missing == 0.0
    assert found.fallback.value == pytest.approx(0.1)
    assert found.by == {"model": 900, "constant": 100}
    assert contract.names == ("size", "place")


def test_few_rows_say_so(agreed: tuple[Contract, Bins], training: pd.DataFrame) -> None:
    """Below 200 rows no drift is spoken of; the shares keep their intervals."""
    found = _looked(agreed, training.head(199))
    assert not found.enough
    assert not found.drift
    assert found.fallback.high is not None
    assert _looked(agreed, training.head(0)).n == 0


def test_latency_over_time() -> None:
    """Spans hold about as many requests each, in order, and show when it became slow."""
    at = pd.Timestamp("2026-01-01", tz="UTC") + pd.to_timedelta(np.arange(480), "s")
    ms = np.where(np.arange(480) < 240, 2.0, 8.0)
    spans = spans_of(pd.DataFrame({"at": at, "ms": ms}))
    assert [span.n for span in spans] == [20] * 24
    assert [span.p50 for span in spans] == [2.0] * 12 + [8.0] * 12
    assert all(a.at < b.at for a, b in pairwise(spans))
    assert spans_of(pd.DataFrame({"at": at[:9], "ms": ms[:9]})) == ()
