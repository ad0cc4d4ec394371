"""Plain data as TOML; every text is written so that it can be nothing else."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import date
from typing import Any


def written(data: Mapping[str, Any]) -> str:
    """Return tables of plain values; what is None is left out."""
    plain = {k: v for k, v in data.items() if not isinstance(v, Mapping)}
    lines = [f"{_key(k)} = {_value(v)}" for k, v in plain.items() if v is not None]
    return "\n".join([*lines, *_tables(data, ())]).strip() + "\n"


def _tables(data: Mapping[str, Any], path: tuple[str, ...]) -> list[str]:
    lines: list[str] = []
    for key, table in data.items():
        if not isinstance(table, Mapping):
            continue
        inner = (*path, key)
        lines += ["", f"[{'.'.join(_key(part) for part in inner)}]"]
        lines += [
            f"{_key(k)} = {_value(v)}"
            for k, v in table.items()
            if v is not None and not isinstance(v, Mapping)
        ]
        lines += _tables(table, inner)
    return lines


def _key(key: str) -> str:
    plain = key.replace("_", "").replace("-", "")
    return key if key and plain.isascii() and plain.isalnum() else _text(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return f"[{', '.join(_value(part) for part in value)}]"
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else ("inf" if value > 0 else "-inf")
    return repr(value)


def _text(text: str) -> str:
    # Lone halves of a letter cannot be written down at all.
    sound = text.encode("utf-8", "replace").decode()
    return json.dumps(sound, ensure_ascii=False).replace("\x7f", "\\u007f")
