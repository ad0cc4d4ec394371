"""Big things under their digest: tables as Parquet, models and predictions as signed pickles.

Pickles are only ever written and read by this machine: each carries a signature with a key that
never leaves the home folder, so that a file put there by someone else is not opened.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import pickle
import re
import secrets
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.store.files import home, write_atomically

if TYPE_CHECKING:
    import pandas

KEY = re.compile(r"[0-9a-f]{16,64}(-[a-z0-9_]+)*")
MOST_BYTES = 2_000_000_000
SIGNATURE_BYTES = 32


def content_hash(frame: pandas.DataFrame) -> str:
    """Return the fingerprint of a table's names, kinds and values.

    It does not depend on the file the table came in, its compression or the index.
    """
    import pandas as pd

    found = hashlib.sha256()
    found.update(f"{len(frame)}".encode())
    for name in frame.columns:
        series = frame[name]
        text = isinstance(series.dtype, pd.CategoricalDtype) or series.dtype.kind not in "biufM"
        plain = series.astype(object).where(series.notna(), None) if text else series
        kind = "text" if text else series.dtype.kind
        found.update(f"\0{name}\0{kind}\0".encode())
        if series.dtype.kind == "f":
            plain = series.astype("float64")
        elif series.dtype.kind == "M":
            plain = series.astype("datetime64[us]")
        hashed = pd.util.hash_pandas_object(plain, index=False, categorize=True)
        found.update(hashed.to_numpy(dtype="<u8").tobytes())
    return found.hexdigest()


class Artifacts:
    """A folder of tables and pickles."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for part in ("tables", "things"):
            (folder / part).mkdir(parents=True, exist_ok=True, mode=0o700)

    def put_table(self, frame: pandas.DataFrame) -> str:
        """Keep a table and return its content hash."""
        found = content_hash(frame)
        path = self._path("tables", found, ".parquet")
        if not path.exists():
            write_atomically(path, frame.to_parquet(compression="zstd", index=False))
        return found

    def get_table(self, key: str) -> pandas.DataFrame | None:
        """Return a table by its content hash, None when it is not here."""
        import pandas as pd

        path = self._path("tables", key, ".parquet")
        return pd.read_parquet(path) if path.exists() else None

    def put_pickle(self, key: str, thing: Any) -> None:
        """Keep a thing under a key, dropping the longest unused ones beyond the limit."""
        data = pickle.dumps(thing, protocol=5)
        write_atomically(self._path("things", key, ".pickle"), _sign(data) + data)
        self._make_room()

    def get_pickle(self, key: str) -> Any:
        """Return a kept thing, None when it is gone, damaged or not signed by this machine."""
        path = self._path("things", key, ".pickle")
        try:
            raw = path.read_bytes()
        except FileNotFoundError:
            return None
        signature, data = raw[:SIGNATURE_BYTES], raw[SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, _sign(data)):
            return None
        os.utime(path)
        try:
            return pickle.loads(data)
        except (pickle.UnpicklingError, AttributeError, ImportError, EOFError):
            # Kept by an older version whose classes have moved: it is measured again.
            return None

    def _path(self, part: str, key: str, ending: str) -> Path:
        if not KEY.fullmatch(key):
            raise ValueError(f"{key!r} is no key; expected 16 to 64 hexadecimal digits and a name")
        return self.folder / part / (key + ending)

    def _make_room(self) -> None:
        files = [(path, path.stat()) for path in (self.folder / "things").glob("*.pickle")]
        total = sum(stat.st_size for _, stat in files)
        for path, stat in sorted(files, key=lambda item: item[1].st_mtime):
            if total <= MOST_BYTES:
                return
            path.unlink(missing_ok=True)
            total -= stat.st_size


def _sign(data: bytes) -> bytes:
    return hmac.new(_secret(str(home())), data, hashlib.sha256).digest()


@lru_cache(maxsize=4)
def _secret(folder: str) -> bytes:
    path = Path(folder) / "secret"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        found = path.read_bytes()
        if len(found) == SIGNATURE_BYTES:
            return found
        # Another process is between making and filling it, or died there: fill it ourselves.
        write_atomically(path, secrets.token_bytes(SIGNATURE_BYTES))
        return path.read_bytes()
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(SIGNATURE_BYTES))
    return path.read_bytes()
