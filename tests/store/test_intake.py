"""Strangers' files: taken in whole, or refused in one line that says what to do."""

from __future__ import annotations

import gzip
import io

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.store.artifacts import content_hash
from app.store.intake import IntakeError, Limits, infer_task, read_table


def _parquet(frame: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.to_parquet(buffer)
    return buffer.getvalue()


WIDE = ",".join(f"c{i}" for i in range(10_000)) + "\n" + ",".join("1" for _ in range(10_000))
NESTED = io.BytesIO()
pq.write_table(pa.table({"a": [1], "list": [[1, 2]]}), NESTED)

REFUSED = [
    (b"", "a.csv", "is empty"),
    (b"   \n \n", "a.csv", "only white space"),
    (bytes(range(256)) * 40, "a.csv", "binary data"),
    ("name;größe\nx;1\n".encode("latin-1"), "a.csv", r"not UTF-8: byte 0xf6 at position 7"),
    (b"1,2,3\n4,5,6\n", "a.csv", "no header"),
    (b"a\n1\n2\n", "a.csv", "one column only"),
    (b"a,b,a\n1,2,3\n", "a.csv", "several columns named 'a'"),
    (b"a,,c\n1,2,3\n", "a.csv", "column 2 has no name"),
    (b"a,b\n", "a.csv", "no rows"),
    (b"a,b\n1,2\n1,2,3,4\n", "a.csv", "line 3: it has 4 fields, expected 2"),
    (WIDE.encode(), "a.csv", "10,000 columns; at most 500"),
    (gzip.compress(b"a,b\n1,2\n"), "a.csv.gz", "compressed"),
    (b"PK\x03\x04rest", "a.zip", "compressed"),
    (b"a,b\n1,2\n", "a.parquet", "called Parquet but is none"),
    (b"PAR1" + b"\0" * 50 + b"PAR1", "a.parquet", "damaged Parquet"),
    (NESTED.getvalue(), "a.parquet", "'list' holds list"),
    (_parquet(pd.DataFrame({"only": [1, 2]})), "a.parquet", "one column only"),
    (_parquet(pd.DataFrame({f"c{i}": [1] for i in range(600)})), "a.parquet", "600 columns"),
    (_parquet(pd.DataFrame({"a": [], "b": []})), "a.parquet", "no rows"),
]


@pytest.mark.parametrize(("data", "name", "words"), REFUSED, ids=[w for _, _, w in REFUSED])
def test_bad_files_are_refused_in_one_line(data: bytes, name: str, words: str) -> None:
    """Each kind of bad file has its own message, on one line, that names the file."""
    with pytest.raises(IntakeError, match=words) as caught:
        read_table(data, name)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


def test_limits_are_checked_before_parsing() -> None:
    """Too many bytes or rows are refused with the count and the limit."""
    with pytest.raises(IntakeError, match="at most 0 MB"):
        read_table(b"a,b\n1,2\n", "a.csv", Limits(bytes=5))
    with pytest.raises(IntakeError, match="at most 3 are taken"):
        read_table(b"a,b\n" + b"1,2\n" * 10, "a.csv", Limits(rows=3))
    bomb = _parquet(pd.DataFrame({"a": np.zeros(200_000), "b": np.zeros(200_000)}))
    with pytest.raises(IntakeError, match="unpacks to"):
        read_table(bomb, "a.parquet", Limits(unpacked_bytes=1000))


def test_what_was_noticed_is_told() -> None:
    """Dates as text, infinite values, holes, mixed columns and the word None."""
    text = "day,inf,empty,word,mixed,n\n"
    text += "31/12/2025,inf,,None,1,1\n01/02/2026,1.5,,x,two,2\n15/02/2026,2,,x,3,3\n"
    found = read_table(text.encode(), "a.csv")
    told = " ".join(found.notes)
    for words in (
        "read as dates in day",
        "Infinite values",
        "No value at all in empty",
        "None stays",
    ):
        assert words in told
    assert found.frame["day"].dt.strftime("%Y-%m-%d").tolist() == [
        "2025-12-31",
        "2026-02-01",
        "2026-02-15",
    ]
    assert found.frame["word"].astype(str).tolist() == ["None", "x", "x"]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_separators_are_recognized(mark: str) -> None:
    """Comma, semicolon, tab and bar."""
    found = read_table(f"a{mark}b\n1{mark}x\n2{mark}y\n".encode(), "a.csv")
    assert list(found.frame.columns) == ["a", "b"]
    assert found.frame["a"].tolist() == [1, 2]


def test_decimal_commas_are_numbers() -> None:
    """A European table comes in as numbers, and it is told."""
    found = read_table(b"price;n\n1.234,50;1\n2,25;2\n", "a.csv")
    assert found.frame["price"].tolist() == [1234.5, 2.25]
    assert "Decimal commas" in found.notes[-1]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_with_a_mark_are_read(encoding: str) -> None:
    """UTF-8 with and without mark, and UTF-16."""
    found = read_table("näme,b\nä,1\nö,2\n".encode(encoding), "a.csv")
    assert list(found.frame.columns) == ["näme", "b"]


@given(
    st.lists(
        st.tuples(
            st.integers(-1000, 1000),
            st.floats(-1e6, 1e6),
            st.sampled_from(["x", "y y", "z,z", 'q"q', "–"]),
        ),
        min_size=1,
        max_size=20,
    )
)
@settings(max_examples=40, deadline=None)
def test_csv_round_trip(rows: list[tuple[int, float, str]]) -> None:
    """What pandas writes is read back with the same values."""
    frame = pd.DataFrame(rows, columns=["a", "b", "c"])
    found = read_table(frame.to_csv(index=False).encode(), "a.csv").frame
    assert found["a"].tolist() == frame["a"].tolist()
    assert np.allclose(found["b"], frame["b"])
    assert found["c"].astype(str).tolist() == frame["c"].tolist()


def test_the_content_hash_is_of_values_not_of_files() -> None:
    """CSV and Parquet of one table agree; one changed cell does not; index and order of levels do not count."""
    frame = pd.DataFrame({"a": [1, 2, 3], "b": [1.5, np.nan, 2.0], "c": ["x", None, "y"]})
    one = read_table(frame.to_csv(index=False).encode(), "a.csv").content_hash
    two = read_table(_parquet(frame), "a.parquet").content_hash
    assert one == two
    changed = frame.copy()
    changed.loc[0, "a"] = 9
    assert read_table(_parquet(changed), "a.parquet").content_hash != one
    levels = frame.assign(c=pd.Categorical(frame["c"], categories=["y", "x", "unused"]))
    assert content_hash(levels.set_index(pd.Index([7, 8, 9]))) == content_hash(
        frame.assign(c=pd.Categorical(frame["c"]))
    )


@pytest.mark.parametrize(
    ("values", "task", "words"),
    [
        ([0, 1, 1], "binary", "yes or no"),
        (["no", "yes", None], "binary", "no target; they are left out"),
        ([1.0, 2.0, 3.5], "regression", "how much"),
        ([1, 1, 1], None, "One value only"),
        ([None, None], None, "No value at all"),
        (["a", "b", "c"], "multiclass", "which of several"),
        ([f"name {i}" for i in range(60)], None, "at most 50 classes"),
        (pd.to_datetime(["2025-01-01", "2025-01-02", "2025-01-03"]), None, "A date cannot"),
    ],
)
def test_tasks_are_guessed_with_a_reason(values: object, task: str | None, words: str) -> None:
    """A column says what it could be the target of, or why not."""
    found, reason = infer_task(pd.Series(values))
    assert found == task
    assert words in reason
