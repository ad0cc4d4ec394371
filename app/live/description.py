"""The routes of one live model as OpenAPI, made from its data contract."""

from __future__ import annotations

from typing import Any

from app.lab.contract.openapi import ANSWER, answers, bodies
from app.live.model import LiveModel

MORE = {
    "stale": {"type": "boolean", "description": "The project has changed since it was measured"}
}
STATES = {404: "There is no such project", 409: "It is not measured yet", 415: "It is not JSON"}


def description(model: LiveModel, place: str) -> dict[str, Any]:
    """Return the OpenAPI document of a live model that is served at a place."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"Live model {model.kit.version}",
            "version": model.kit.version,
            "description": "The same request model as the exported service. Without a password, "
            "for this machine.",
        },
        "servers": [{"url": place}],
        "paths": {
            "/predict": {"post": _operation(model, False)},
            "/predict/batch": {"post": _operation(model, True)},
            "/readyz": {"get": {"summary": "Whether it answers", "responses": _told("State")}},
        },
    }


def _operation(model: LiveModel, several: bool) -> dict[str, Any]:
    one = {**ANSWER, "properties": {**ANSWER["properties"], **MORE}}
    told = {"type": "object", "properties": {"answers": {"type": "array", "items": ANSWER}, **MORE}}
    found: dict[str, Any] = {
        **{str(status): {"description": words} for status, words in STATES.items()},
        **{str(status): answer for status, answer in answers().items()},
    }
    found["200"] = {
        "description": "Answered",
        "content": {"application/json": {"schema": told if several else one}},
    }
    return {
        "summary": "Answer many rows: all of them or none" if several else "Answer one row",
        **bodies(model.row, several),
        "responses": dict(sorted(found.items())),
    }


def _told(words: str) -> dict[str, Any]:
    return {"200": {"description": words}, "503": {"description": "Being made ready"}}
