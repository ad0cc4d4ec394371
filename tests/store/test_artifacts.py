"""Big things: kept under their digest, signed, and never a way out of the folder."""

from __future__ import annotations

import pickle
from pathlib import Path

import pandas as pd
import pytest

from app.store.artifacts import Artifacts
from app.store.files import write_atomically

KEY = "0123456789abcdef-champion"


def test_things_and_tables_come_back(home: Path) -> None:
    """What is put is what is got; what was never put is None."""
    shelf = Artifacts(home / "a")
    shelf.put_pickle(KEY, {"x": 1})
    assert shelf.get_pickle(KEY) == {"x": 1}
    assert shelf.get_pickle("f" * 16) is None
    frame = pd.DataFrame({"a": [1, 2], "c": pd.Categorical(["x", "y"])})
    pd.testing.assert_frame_equal(shelf.get_table(shelf.put_table(frame)), frame)
    assert shelf.get_table("f" * 64) is None


class Bomb:
    """Leaves a mark when it is unpickled."""

    def __reduce__(self) -> tuple:
        return (Path.touch, (Path("pwned"),))


def test_a_foreign_pickle_is_not_opened(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that this machine did not sign is as good as absent."""
    monkeypatch.chdir(home)
    shelf = Artifacts(home / "a")
    shelf.put_pickle(KEY, 1)
    path = home / "a" / "things" / f"{KEY}.pickle"
    path.write_bytes(b"\0" * 32 + pickle.dumps(Bomb()))
    assert shelf.get_pickle(KEY) is None
    assert not (home / "pwned").exists()


@pytest.mark.parametrize("key", ["../../etc/passwd", "x", "", "0123456789abcdef/../x", "0" * 65])
def test_keys_cannot_leave_the_folder(home: Path, key: str) -> None:
    """Only digests are keys."""
    with pytest.raises(ValueError, match="no key"):
        Artifacts(home / "a").get_pickle(key)


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    """Either the old content or the new one, never half, and no litter."""
    path = tmp_path / "f.json"
    write_atomically(path, "old")
    with pytest.raises(UnicodeEncodeError):
        write_atomically(path, "\ud800")
    assert path.read_text() == "old"
    write_atomically(path, "new")
    assert [p.name for p in tmp_path.iterdir()] == ["f.json"]
    assert path.read_text() == "new"
