"""From a stranger's file to a clean table: checked before it is parsed, explained when refused."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.store.artifacts import content_hash

if TYPE_CHECKING:
    import pandas

MISSING = ("", "NA", "N/A", "NaN", "nan", "null", "NULL")
DELIMITERS = ",;\t|"
PARQUET_MAGIC = b"PAR1"
LONGEST_FIELD = 100_000
FEW_LEVELS = 1000
DATE_SHARE = 0.95
CLASSES = 2
MOST_CLASSES = 50
HEADER_SAMPLE = 200_000


class IntakeError(ValueError):
    """A file that cannot be taken in: what, which value, what is allowed, what to do."""


@dataclass(frozen=True)
class Limits:
    """How much is taken in."""

    bytes: int = 200_000_000
    rows: int = 2_000_000
    columns: int = 500
    unpacked_bytes: int = 4_000_000_000


@dataclass(frozen=True)
class Intake:
    """A table that was taken in, with what was noticed on the way."""

    frame: pandas.DataFrame
    notes: tuple[str, ...]
    content_hash: str


@dataclass
class _Notes:
    lines: list[str] = field(default_factory=list)

    def add(self, line: str) -> None:
        self.lines.append(line)


LIMITS = Limits()


def read_table(source: bytes | Path, filename: str, limits: Limits = LIMITS) -> Intake:
    """Read a CSV or Parquet file into a clean table.

    Raises
    ------
    IntakeError
        With one line that names what is wrong and what to do.
    """
    data = _bytes(source, filename, limits)
    notes = _Notes()
    if data[:4] == PARQUET_MAGIC or filename.lower().endswith((".parquet", ".pq")):
        frame = _parquet(data, filename, limits)
    else:
        frame = _csv(data, filename, limits, notes)
    _check_shape(frame, filename, limits)
    frame = _clean(frame, notes)
    return Intake(frame, tuple(notes.lines), content_hash(frame))


def _bytes(source: bytes | Path, filename: str, limits: Limits) -> bytes:
    size = len(source) if isinstance(source, bytes) else source.stat().st_size
    if size == 0:
        raise IntakeError(f"{filename} is empty (0 bytes); bring a CSV or Parquet file with rows")
    if size > limits.bytes:
        raise IntakeError(
            f"{filename} has {size / 1e6:,.0f} MB; at most {limits.bytes / 1e6:,.0f} MB are taken. "
            "Bring a sample of the rows, or Parquet instead of CSV"
        )
    return source if isinstance(source, bytes) else source.read_bytes()


def _parquet(data: bytes, filename: str, limits: Limits) -> pandas.DataFrame:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if data[:4] != PARQUET_MAGIC or data[-4:] != PARQUET_MAGIC:
        raise IntakeError(
            f"{filename} is called Parquet but is none (it does not start and end with PAR1); "
            "save it again as Parquet, or rename it to .csv if it is CSV"
        )
    try:
        file = pq.ParquetFile(io.BytesIO(data))
        about = file.metadata
        _check_declared(about, filename, limits)
        _check_types(file.schema_arrow, filename)
        frame: pandas.DataFrame = file.read().to_pandas(split_blocks=True)
    except (pa.ArrowException, OSError, ValueError) as error:
        if isinstance(error, IntakeError):
            raise
        raise IntakeError(
            f"{filename} is a damaged Parquet file ({str(error).splitlines()[0][:120]}); save it "
            "again"
        ) from None
    return frame.reset_index(drop=frame.index.name is None and frame.index.nlevels == 1)


def _check_declared(about: Any, filename: str, limits: Limits) -> None:
    _check_counts(about.num_rows, about.num_columns, filename, limits)
    unpacked = sum(about.row_group(i).total_byte_size for i in range(about.num_row_groups))
    if unpacked > limits.unpacked_bytes:
        raise IntakeError(
            f"{filename} unpacks to {unpacked / 1e9:,.1f} GB; at most "
            f"{limits.unpacked_bytes / 1e9:,.0f} GB are taken"
        )


def _check_counts(rows: int, columns: int, filename: str, limits: Limits) -> None:
    if columns > limits.columns:
        raise IntakeError(
            f"{filename} has {columns:,} columns; at most {limits.columns:,} are taken. Keep the "
            "target, the time and what is known at the decision"
        )
    if rows > limits.rows:
        raise IntakeError(
            f"{filename} has {rows:,} rows; at most {limits.rows:,} are taken. Bring a sample"
        )


def _check_types(schema: Any, filename: str) -> None:
    import pyarrow.types as kinds

    for part in schema:
        if kinds.is_nested(part.type) and not kinds.is_dictionary(part.type):
            raise IntakeError(
                f"{filename}: column {part.name!r} holds {part.type}; only plain columns are "
                "taken. Flatten it first"
            )


def _csv(data: bytes, filename: str, limits: Limits, notes: _Notes) -> pandas.DataFrame:
    import pandas as pd

    text = _decoded(data, filename)
    names, delimiter = _header(text, filename, limits)
    try:
        frame = pd.read_csv(
            io.StringIO(text),
            sep=delimiter,
            header=0,
            names=names,
            na_values=list(MISSING),
            keep_default_na=False,
            nrows=limits.rows + 1,
            index_col=False,
            on_bad_lines="error",
            low_memory=False,
        )
    except (pd.errors.ParserError, ValueError, csv.Error) as error:
        raise IntakeError(f"{filename} {_ragged(str(error))}") from None
    if delimiter != ",":
        shown = "tab" if delimiter == "\t" else delimiter
        notes.add(f"Columns are separated by {shown!r}.")
    return _decimal_commas(frame, notes) if delimiter != "," else frame


def _decoded(data: bytes, filename: str) -> str:
    if data[:2] in (b"\x1f\x8b", b"PK"):
        raise IntakeError(f"{filename} is compressed; unpack it and bring the CSV inside")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    elif b"\0" in data[:100_000]:
        raise IntakeError(
            f"{filename} holds binary data, no text; bring a CSV (UTF-8) or Parquet file"
        )
    else:
        encoding = "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise IntakeError(
            f"{filename} is not UTF-8: byte 0x{data[error.start]:02x} at position "
            f"{error.start:,}. Save it as “CSV UTF-8” and bring it again"
        ) from None
    if not text.strip():
        raise IntakeError(f"{filename} holds only white space; bring a file with rows")
    return text


def _header(text: str, filename: str, limits: Limits) -> tuple[list[str], str]:
    start = text[:HEADER_SAMPLE].lstrip("\r\n")
    first = start.splitlines()[0]
    delimiter = max(DELIMITERS, key=lambda mark: (first.count(mark), -DELIMITERS.index(mark)))
    csv.field_size_limit(max(LONGEST_FIELD, csv.field_size_limit()))
    try:
        names = [name.strip() for name in next(csv.reader(io.StringIO(start), delimiter=delimiter))]
    except (csv.Error, StopIteration) as error:
        raise IntakeError(f"{filename}: the first line cannot be read ({error})") from None
    _check_counts(0, len(names), filename, limits)
    if len(names) < 2:
        raise IntakeError(
            f"{filename} has one column only ({names[0][:40]!r}); a target and at least one more "
            "are needed. Separate columns by comma, semicolon, tab or |"
        )
    numeric = sum(_is_number(name) for name in names)
    if numeric >= max(2, 0.5 * len(names)) or all(not name for name in names):
        raise IntakeError(
            f"{filename} has no header: the first line is {', '.join(names[:4])}… Put the names "
            "of the columns into the first line"
        )
    _check_names(names, filename)
    return names, delimiter


def _check_names(names: list[str], filename: str) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise IntakeError(
            f"{filename} has several columns named {', '.join(repr(n) for n in twice[:5])}; give "
            "each column a name of its own"
        )
    if "" in names:
        raise IntakeError(
            f"{filename}: column {names.index('') + 1} has no name; name it or take it out"
        )
    long = next((name for name in names if len(name) > 200), None)
    if long:
        raise IntakeError(
            f"{filename}: the column name {long[:40]!r}… has {len(long)} characters; at most 200"
        )


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _ragged(message: str) -> str:
    if "Expected" in message and "saw" in message:
        words = message.split("Expected ")[1]
        count, rest = words.split(" fields in line ")
        line, saw = rest.split(", saw ")
        return (
            f"breaks off at line {line}: it has {saw.strip()} fields, expected {count}. Is there "
            "a separator inside a text that is not in quotes?"
        )
    return f"cannot be read as CSV: {message.splitlines()[0][:160]}"


def _decimal_commas(frame: pandas.DataFrame, notes: _Notes) -> pandas.DataFrame:
    import pandas as pd

    found = {}
    for name in frame.columns:
        series = frame[name]
        if series.dtype.kind in "biufM" or series.isna().all():
            continue
        known = series.dropna().astype(str)
        if known.str.fullmatch(r"-?\d{1,3}(\.\d{3})*(,\d+)?|-?\d+,\d+").all():
            plain = known.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
            found[name] = pd.to_numeric(plain).reindex(series.index)
    if found:
        notes.add(f"Decimal commas were read as numbers in {_listed(list(found))}.")
    return frame.assign(**found)


def _check_shape(frame: pandas.DataFrame, filename: str, limits: Limits) -> None:
    frame.columns = [str(name) for name in frame.columns]
    _check_names(list(frame.columns), filename)
    _check_counts(len(frame), len(frame.columns), filename, limits)
    if len(frame.columns) < 2:
        raise IntakeError(
            f"{filename} has one column only ({frame.columns[0]!r}); a target and at least one "
            "more are needed"
        )
    if len(frame) == 0:
        raise IntakeError(f"{filename} has a header but no rows; bring a file with rows")


def _clean(frame: pandas.DataFrame, notes: _Notes) -> pandas.DataFrame:
    import pandas as pd

    found: dict[str, Any] = {}
    dates, mixed, infinite, empty, nones = [], [], [], [], []
    for name in frame.columns:
        series = frame[name]
        if series.isna().all():
            empty.append(name)
            series = series.astype("float64")
        elif isinstance(series.dtype, pd.CategoricalDtype):
            series = series.astype(object).astype("category")
        elif series.dtype.kind == "f":
            if (series.abs() == float("inf")).any():
                infinite.append(name)
        elif pd.api.types.is_datetime64_any_dtype(series):
            if getattr(series.dt, "tz", None) is not None:
                series = series.dt.tz_convert("UTC").dt.tz_localize(None)
            series = series.astype("datetime64[us]")
        elif series.dtype.kind not in "biu":
            if (series.dropna().astype(str) == "None").any():
                nones.append(name)
            parsed = _as_dates(series)
            if parsed is not None:
                dates.append(name)
                series = parsed
            else:
                if series.dropna().map(type).nunique() > 1:
                    mixed.append(name)
                series = _as_text(series)
        found[name] = series
    _tell(notes, dates, mixed, infinite, empty, nones)
    return pd.DataFrame(found)


def _tell(
    notes: _Notes,
    dates: list[str],
    mixed: list[str],
    infinite: list[str],
    empty: list[str],
    nones: list[str],
) -> None:
    if dates:
        notes.add(f"Dates written as text were read as dates in {_listed(dates)}.")
    if mixed:
        notes.add(f"Numbers and texts are mixed in {_listed(mixed)}; kept as text.")
    if infinite:
        notes.add(f"Infinite values count as missing in {_listed(infinite)}.")
    if empty:
        notes.add(f"No value at all in {_listed(empty)}; models will not see it.")
    if nones:
        notes.add(f"The word None stays a value of its own in {_listed(nones)}.")


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(str(name) for name in names[:5]) + more


def _as_dates(series: pandas.Series[Any]) -> pandas.Series[Any] | None:
    import pandas as pd

    known = series.dropna().astype(str)
    head = known.head(200)
    if not head.str.contains(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}", regex=True).all():
        return None
    first = _day_first(known)
    try:
        parsed = pd.to_datetime(known, errors="coerce", format="mixed", dayfirst=first, utc=True)
    except (ValueError, OverflowError):
        return None
    if parsed.notna().mean() < DATE_SHARE:
        return None
    return parsed.dt.tz_localize(None).astype("datetime64[us]").reindex(series.index)


def _day_first(known: pandas.Series[Any]) -> bool:
    """Decide 03/04/2026 by the other rows: a first part above twelve can only be a day."""
    import pandas as pd

    parts = known.str.extract(r"^(\d{1,2})[-/.](\d{1,2})[-/.]\d{2,4}").dropna()
    if not len(parts):
        return False
    first, second = (pd.to_numeric(parts[i]) for i in (0, 1))
    return bool((first > 12).any() or not (second > 12).any())


def _as_text(series: pandas.Series[Any]) -> pandas.Series[Any]:
    text = series.map(str, na_action="ignore").astype(object)
    return text.astype("category") if text.nunique() <= FEW_LEVELS else text


def infer_task(series: pandas.Series[Any]) -> tuple[str | None, str]:
    """Say what kind of prediction a column asks for, and why; None when it cannot be a target."""
    import pandas as pd

    missing = float(series.isna().mean())
    note = (
        f" {missing:.0%} of the rows have no target; they are left out." if missing >= 0.01 else ""
    )
    distinct = int(series.nunique())
    if distinct <= 1:
        only = f"One value only ({series.dropna().iloc[0]})" if distinct else "No value at all"
        return None, f"{only}, so there is nothing to predict."
    if distinct == CLASSES:
        values = " and ".join(str(v) for v in sorted(series.dropna().unique(), key=str))
        return "binary", f"Two values, {values}: yes or no.{note}"
    if pd.api.types.is_datetime64_any_dtype(series):
        return None, "A date cannot be predicted; predict the days until it instead."
    if pd.api.types.is_numeric_dtype(series):
        return "regression", f"{distinct:,} different numbers: how much.{note}"
    if distinct <= MOST_CLASSES:
        return "multiclass", f"{distinct:,} different texts: which of several.{note}"
    return None, (
        f"{distinct:,} different texts; a target is yes or no, one of at most {MOST_CLASSES} "
        "classes, or a number. Join rare texts, or make a column that is 1 for the case you care "
        "about and 0 for the rest."
    )
