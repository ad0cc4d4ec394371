"""The command ``watch``: is the prediction log still like the reference, and does it matter?"""

from app.watching.command import add_parser
from app.watching.refusal import WatchError
from app.watching.watch import report

__all__ = ["WatchError", "add_parser", "report"]
