"""One live model: its ladder, what rows it takes, and the threads that ask it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np

from app.lab.contract.request import request_model
from app.lab.portable import Answerer, read_version
from app.lab.portable.ladder import (
    Decision,
    Given,
    Ladder,
    NoAnswer,
    Rung,
    allowing,
    merged,
    needs_of,
)
from app.live.kit import Kit

Row = Mapping[str, Any]
# Pages and models share one process: less than this says more about the pages than about the model.
LEAST_TIMEOUT_MS = 500.0
BELOW_S = 5.0


class LiveModel:
    """A kit that runs.

    No rung may be asked by two callers at a time. So one thread asks the model, and another one the
    rungs below it: they answer while the model is stuck.
    """

    def __init__(self, kit: Kit) -> None:
        self.kit = kit
        self.ladder = _ladder(kit)
        self.row = request_model(self.ladder.contract)
        self.decision = Decision(**kit.decision)
        self.timeout_s = max(kit.timeout_ms, LEAST_TIMEOUT_MS) / 1000
        self._model = ThreadPoolExecutor(1, "live-model")
        self._below = ThreadPoolExecutor(1, "live-below")
        self._stuck: Future[Any] | None = None

    async def answer(self, rows: Sequence[Row]) -> Given:
        """Ask the model, and those below it for what it cannot answer."""
        top, fine = self.ladder.rungs[0], self.ladder.complete(rows)
        whole = [row for row, good in zip(rows, fine, strict=True) if good]
        values, trouble = await self._by_model(whole) if whole else (None, "")
        if values is not None and all(fine):
            return Given(values, (top.key,) * len(rows))
        if values is None and whole:
            return await self._instead(rows, trouble)
        rest = [row for row, good in zip(rows, fine, strict=True) if not good]
        below = await self._instead(rest, f"{top.key}: {top.lacks(rest[0])} is missing")
        return merged(fine, values, top.key, below)

    async def _by_model(self, rows: Sequence[Row]) -> tuple[np.ndarray | None, str]:
        """Return the model's answers, or None and why it gives none."""
        top = self.ladder.rungs[0]
        if top.answerer is None:
            return None, f"{top.key}: missing: {top.trouble}"
        if self._stuck is not None and not self._stuck.done():
            return None, f"{top.key}: busy: its last answer is still not there"
        running = self._model.submit(top.answer, rows)
        try:
            async with asyncio.timeout(self.timeout_s * (1 + len(rows) / 100)):
                return await asyncio.wrap_future(running), ""
        except TimeoutError:
            # One that has begun cannot be called back; until it is through, others answer.
            if not running.cancel():
                self._stuck = running
            return None, f"{top.key}: timeout: it took more than {1000 * self.timeout_s:g} ms"
        # Whatever goes wrong in a model must not take the answer away.
        except Exception as error:
            return None, f"{top.key}: error: {error}"

    async def _instead(self, rows: Sequence[Row], trouble: str) -> Given:
        running = self._below.submit(self.ladder.answer, rows, 1, (trouble,))
        try:
            async with asyncio.timeout(BELOW_S):
                return await asyncio.wrap_future(running)
        except TimeoutError:
            running.cancel()
            raise NoAnswer(f"{trouble}; the rungs below take too long") from None


def _ladder(kit: Kit) -> Ladder:
    """Read the rungs; one that is damaged says so and those below answer."""
    version = read_version(kit.files)
    proof = version.golden.get("rows", ())
    answerers = {
        **version.answerers,
        **{key: Answerer(one, version.contract, proof) for key, one in kit.fitted.items()},
    }
    rungs = tuple(
        Rung(
            key,
            answerers.get(key),
            "" if key in answerers else version.trouble.get(key, "it is not part of this version"),
            needs_of(answerers.get(key), version.contract, kit.allow_missing),
        )
        for key in kit.order
    )
    contract = allowing(version.contract, kit.allow_missing)
    return Ladder(kit.version, contract, rungs, replace(version, answerers=answerers))
