"""The command ``slices``: where a model does worst, from a file with targets and predictions."""

from __future__ import annotations

import argparse
import difflib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from app.lab.condition import Condition
    from app.lab.losses import Losses
    from app.lab.slices import Slice, SliceSearch

LOSSES = ("error", "brier", "log_loss", "absolute_error", "squared_error")


class SlicingError(ValueError):
    """Slices that cannot be searched: what is wrong and what to do."""


def add_parser(commands: Any, command: Callable[[argparse.Namespace], int]) -> None:
    """Declare the command and its options."""
    found = commands.add_parser(
        "slices", help="find the rows a model does worst on, and prove it on unseen rows"
    )
    found.add_argument("--data", metavar="FILE", type=Path, required=True, help="CSV or Parquet")
    found.add_argument("--target", metavar="COL", required=True, help="what came true")
    found.add_argument(
        "--prediction", metavar="COL", required=True, help="a label, a probability or a number"
    )
    found.add_argument("--without", metavar="COL", action="append", default=[], help="not searched")
    blocks = found.add_mutually_exclusive_group()
    blocks.add_argument("--group", metavar="COL", help="rows of one value stay together")
    blocks.add_argument("--time", metavar="COL", help="rows of one day stay together")
    found.add_argument("--loss", choices=LOSSES, help="instead of the one that fits the columns")
    found.add_argument("--positive", metavar="VALUE", default="", help="what a probability is of")
    found.add_argument(
        "--conditions", metavar="N", type=int, default=3, help="at most, 1 to 3 (default 3)"
    )
    found.add_argument("--seed", metavar="N", type=int, default=0, help="draws the halves")
    found.add_argument("--json", action="store_true", help="as one object")
    found.set_defaults(command=command)


def report(arguments: argparse.Namespace) -> str:
    """Return the slices that hold up, best first, as text or JSON."""
    _check_numbers(arguments)
    frame = _table(arguments.data)
    _check_columns(arguments, [str(name) for name in frame.columns])
    losses = _losses(frame, arguments)
    known = losses.values == losses.values
    rows = frame[known].reset_index(drop=True)
    found = _search(rows, losses.values[known], arguments)
    left_out = int((~known).sum())
    if arguments.json:
        told = _as_json(found, losses, len(rows), left_out)
        return json.dumps(told, indent=2, ensure_ascii=False)
    return "\n".join(_lines(found, losses, len(rows), left_out))


def _check_numbers(arguments: argparse.Namespace) -> None:
    if not 0 <= arguments.seed < 2**31:
        raise SlicingError(f"--seed {arguments.seed} is out of range; give 0 to {2**31 - 1}")
    if arguments.conditions not in (1, 2, 3):
        raise SlicingError(f"--conditions {arguments.conditions}: give 1, 2 or 3")


def _table(path: Path) -> pd.DataFrame:
    from app.store.intake import IntakeError, read_table

    try:
        return read_table(path, path.name).frame
    except IntakeError as error:
        raise SlicingError(str(error)) from None
    except OSError as error:
        raise SlicingError(f"--data {path} cannot be read: {error.strerror}") from None


def _check_columns(arguments: argparse.Namespace, names: list[str]) -> None:
    given = [("--target", arguments.target), ("--prediction", arguments.prediction)]
    given += [("--without", name) for name in arguments.without]
    given += [("--group", arguments.group), ("--time", arguments.time)]
    for flag, name in given:
        if name is not None and name not in names:
            near = difflib.get_close_matches(name, names, n=1)
            hint = f"; did you mean {near[0]}?" if near else "."
            raise SlicingError(
                f"{flag} {name}: there is no such column{hint} Columns: {', '.join(names[:40])}"
            )
    if arguments.target == arguments.prediction:
        raise SlicingError(
            f"--target and --prediction are both {arguments.target}; give two columns"
        )


def _losses(frame: pd.DataFrame, arguments: argparse.Namespace) -> Losses:
    from app.lab.losses import losses_of

    try:
        return losses_of(
            frame[arguments.target],
            frame[arguments.prediction],
            arguments.loss or "",
            arguments.positive,
        )
    except ValueError as error:
        raise SlicingError(str(error)) from None


def _search(rows: pd.DataFrame, loss: np.ndarray, arguments: argparse.Namespace) -> SliceSearch:
    import numpy as np

    from app.lab.slices import search_slices

    left = {arguments.target, arguments.prediction, arguments.group, *arguments.without}
    searched = rows[[name for name in rows.columns if name not in left]]
    rng = np.random.default_rng(arguments.seed)
    try:
        return search_slices(searched, loss, rng, _blocks(rows, arguments), arguments.conditions)
    except ValueError as error:
        raise SlicingError(str(error)) from None


def _blocks(rows: pd.DataFrame, arguments: argparse.Namespace) -> np.ndarray | None:
    import pandas as pd

    if not (name := arguments.group or arguments.time):
        return None
    series = rows[name]
    if arguments.time and pd.api.types.is_datetime64_any_dtype(series):
        series = series.dt.floor("D")
    codes: np.ndarray = pd.factorize(series)[0]
    return codes


def _as_json(found: SliceSearch, losses: Losses, rows: int, left_out: int) -> dict[str, Any]:
    return {
        "slices": [_slice(one) for one in found.confirmed],
        "says": found.says,
        "searched": found.searched,
        "loss": losses.key,
        "loss_words": losses.words,
        "note": losses.note,
        "rows": rows,
        "left_out": left_out,
    }


def _slice(one: Slice) -> dict[str, Any]:
    return {
        "conditions": [_condition(condition) for condition in one.conditions],
        "words": one.words,
        "n": one.n,
        "share": one.share,
        "loss": one.loss,
        "rest": one.rest,
        "effect": one.excess.value,
        "interval": [one.excess.low, one.excess.high],
        "p_value": one.p_value,
        "confirmed": one.confirmed,
    }


def _condition(condition: Condition) -> dict[str, Any]:
    """A condition as JSON; a missing value is ``==`` with null."""
    found = condition.to_json()
    return {**found, "op": "=="} if condition.op == "is_missing" else found


def _lines(found: SliceSearch, losses: Losses, rows: int, left_out: int) -> Iterator[str]:
    yield f"Loss: {losses.words}. {losses.note}".rstrip()
    if left_out:
        yield f"{left_out:,} rows without a target or a prediction are left out."
    yield found.says
    for place, one in enumerate(found.confirmed, start=1):
        yield f"{place:>3}. {one.words}"
        yield (
            f"     {one.excess.value:+.3g} ({one.excess.low:+.3g} to {one.excess.high:+.3g}), "
            f"{one.loss:.3g} against {one.rest:.3g} elsewhere; n = {one.n:,} unseen rows, "
            f"{one.share:.1%} of {rows:,} rows, p = {one.p_value:.2g} (Holm)"
        )
