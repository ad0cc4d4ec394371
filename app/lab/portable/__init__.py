"""Fitted rungs in safe formats, and their answers to plain rows, to the last bit."""

from app.lab.portable.answerer import Answerer
from app.lab.portable.codec import UnportableModel
from app.lab.portable.portable import from_portable, portable

__all__ = ["Answerer", "UnportableModel", "from_portable", "portable"]
