"""From a request to an answer: what is done when the model is ready."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request

from app.lab.contract.reading import Refused, body_of, many, one, parsed
from app.lab.portable.answerer import FEW
from app.lab.portable.entry import NAME, Entry, entries_of
from app.lab.portable.ladder import NoAnswer
from app.live.model import LiveModel

MOST_ROWS = 10_000
MOST_BYTES = 8_000_000
# A body up to this size is read without a thread.
SMALL_BYTES = 20_000


@dataclass(frozen=True)
class Answered:
    """What goes back, and what is logged."""

    status: int
    body: dict[str, Any]
    name: str
    entries: list[Entry]


async def answered(model: LiveModel, request: Request, several: bool, started: float) -> Answered:
    """Answer one row, or many: all of them or none."""
    given = request.headers.get("x-request-id", "")
    name = given if NAME.fullmatch(given) else uuid.uuid4().hex
    try:
        entries = await _entries(model, request, several, name, started)
    except Refused as refused:
        body = {"error": refused.words, "problems": refused.problems, "id": name}
        return Answered(refused.status, body, name, [])
    except NoAnswer as error:
        words = f"no rung can answer; a person decides ({error})"
        return Answered(503, {"error": words, "id": name}, name, [])
    told = [entry.told for entry in entries]
    found = {"answers": told} if several else told[0]
    return Answered(200, {**found, "version": model.kit.version, "id": name}, name, entries)


async def _entries(
    model: LiveModel, request: Request, several: bool, name: str, started: float
) -> list[Entry]:
    body = await body_of(request.stream(), MOST_BYTES)
    rows = await _apart(len(body) > SMALL_BYTES, _rows, model, body, several)
    told = await model.answer(rows)
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    ms = 1000 * (time.perf_counter() - started)
    words = (model.decision, model.ladder, rows, told, name, at, ms)
    found: list[Entry] = await _apart(len(rows) > FEW, entries_of, *words)
    return found


async def _apart(wanted: bool, question: Callable[..., Any], *words: Any) -> Any:
    """Ask in a thread what takes long enough to keep the pages waiting."""
    return await asyncio.to_thread(question, *words) if wanted else question(*words)


def _rows(model: LiveModel, body: bytes, several: bool) -> list[dict[str, Any]]:
    given = parsed(body)
    return many(model.row, given, MOST_ROWS) if several else [one(model.row, given)]
