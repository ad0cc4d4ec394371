"""Names that code and machines can bear, made of whatever a person called the project."""

from __future__ import annotations

import keyword
import re
import sys
import unicodedata

LONGEST = 40
TAKEN = frozenset(
    ("service", "batch", "monitoring", "tests", "docs", "data", "models", "train", "var", "core")
    + ("numpy", "pandas", "scipy", "sklearn", "duckdb", "pydantic", "fastapi", "uvicorn", "mlflow")
    + ("pyarrow", "lightgbm", "xgboost", "catboost", "skops", "pandera", "starlette", "pytest")
)


def package_name(title: str) -> str:
    """Return a name for a Python package that hides no other module."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:LONGEST].strip("_")
    if not words or words[0].isdigit():
        words = f"model_{words}".strip("_")
    taken = keyword.iskeyword(words) or words in TAKEN or words in sys.stdlib_module_names
    return f"{words}_model" if taken else words


def slug(package: str) -> str:
    """Return the same name as images, registries and projects bear it."""
    return package.replace("_", "-")
