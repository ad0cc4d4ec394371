"""The options of ``watch``."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.watching.refusal import WatchError

WHERE = "FILE|FOLDER|URL#TABLE"


def add_parser(commands: Any, command: Callable[[argparse.Namespace], int]) -> None:
    """Declare the command and its options."""
    found = commands.add_parser(
        "watch",
        help="compare a prediction log with a reference; exit 3 when it pages",
        description="Compare a prediction log with a reference. Exits 0 when all is quiet, 3 when "
        "it pages, 2 when a log cannot be read.",
    )
    found.add_argument("--reference", metavar=WHERE, required=True, help="rows when all was well")
    found.add_argument("--current", metavar=WHERE, required=True, help="rows to watch")
    found.add_argument("--prediction", metavar="COL", help="what the model said")
    found.add_argument("--label", metavar="COL", help="what came true, where it is known")
    found.add_argument("--positive", metavar="VALUE", default="", help="what a probability is of")
    found.add_argument(
        "--time", metavar="COL", help="when (default: the only column of times, if there is one)"
    )
    found.add_argument("--without", metavar="COL", action="append", default=[], help="not watched")
    found.add_argument(
        "--weights",
        metavar="FILE",
        type=Path,
        help='a project file, or {"column": importance × cost, …}: what a change would matter',
    )
    found.add_argument(
        "--pages-per-month",
        metavar="N",
        type=float,
        default=1.0,
        help="false pages that are acceptable in 30 days (default 1)",
    )
    found.add_argument("--seed", metavar="N", type=int, default=0, help="draws samples of big logs")
    found.add_argument("--out", metavar="FILE", type=Path, help="a report, .html or .md")
    found.add_argument("--json", action="store_true", help="as one object")
    found.set_defaults(command=command)


def check(arguments: argparse.Namespace) -> None:
    """Refuse numbers and names that make no sense, before anything is read.

    Raises
    ------
    WatchError
    """
    pages = arguments.pages_per_month
    if not (math.isfinite(pages) and 0 < pages <= 30):
        raise WatchError(f"--pages-per-month {pages:g} is out of range; give more than 0 to 30")
    if not 0 <= arguments.seed < 2**31:
        raise WatchError(f"--seed {arguments.seed} is out of range; give 0 to {2**31 - 1}")
    if arguments.out and arguments.out.suffix.lower() not in (".html", ".md"):
        raise WatchError(f"--out {arguments.out}: give a name that ends in .html or .md")
    if arguments.label and not arguments.prediction:
        raise WatchError("--label needs --prediction: the column that is compared with it")
    if arguments.label and arguments.label == arguments.prediction:
        raise WatchError(f"--prediction and --label are both {arguments.label}; give two columns")
