"""The measured code itself: modules of the lab as they are, under the name of the repository."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from app import ROOT

WANTED = (
    "app.lab.at_once",
    "app.lab.contract",
    "app.lab.contract.openapi",
    "app.lab.contract.reading",
    "app.lab.contract.request",
    "app.lab.contract.schema",
    "app.lab.drift",
    "app.lab.fallback",
    "app.lab.history",
    "app.lab.intervals",
    "app.lab.metrics",
    "app.lab.portable",
    "app.lab.portable.entry",
    "app.lab.portable.ladder",
    "app.lab.portable.version",
    "app.lab.recalibration",
    "app.lab.rungs",
    "app.lab.splits",
)
PREPARATION = "app.stages.data.preparation"
IMPORTED = re.compile(r"^(\s*)(from|import) app\.lab\b", re.MULTILINE)
CHOICES = "from app.stages.data.choices import Choices"


@lru_cache(maxsize=4)
def sources(package: str) -> dict[str, bytes]:
    """Return the modules a model needs, by path in the repository."""
    found = {}
    for module in sorted(_closure()):
        path = _file(module)
        place = path.relative_to(ROOT / "app" / "lab").as_posix()
        found[f"{package}/core/{place}"] = _moved(path, package)
    preparation = _moved(_file(PREPARATION), package)
    found[f"{package}/core/preparation.py"] = preparation
    found[f"{package}/core/__init__.py"] = CORE.encode()
    return found


CORE = '''"""The code that was measured, copied as it was: training and serving share every line.

Change it as you like: tests/test_parity.py says whether the numbers are still the same.
"""
'''


def _closure() -> set[str]:
    seen: set[str] = set()
    waiting = [*WANTED, *(name for name in _imports(_file(PREPARATION)))]
    while waiting:
        module = waiting.pop()
        if module not in seen:
            seen.add(module)
            waiting += _imports(_file(module))
            parent = module.rpartition(".")[0]
            waiting += [parent] if parent.startswith("app.lab.") else []
    return seen - {"app.lab"}


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith("app.lab"):
            continue
        if node.module != "app.lab":
            yield str(node.module)
        for name in node.names:
            inner = f"{node.module}.{name.name}"
            if _exists(inner):
                yield inner


def _exists(module: str) -> bool:
    path = ROOT / Path(*module.split("."))
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()


def _file(module: str) -> Path:
    path = ROOT / Path(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def _moved(path: Path, package: str) -> bytes:
    text = path.read_text(encoding="utf-8")
    text = text.replace(CHOICES, f"from {package}.settings import DataChoices as Choices")
    text = IMPORTED.sub(rf"\1\2 {package}.core", text)
    if re.search(r"^\s*(from|import) app\b", text, re.MULTILINE):
        raise RuntimeError(f"{path.name} needs more of the app than a repository can take along")
    return text.encode()
