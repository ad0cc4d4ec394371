"""Bodies and answers of a service as OpenAPI shows them, made from the data contract."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

ANSWER: dict[str, Any] = {
    "type": "object",
    "properties": {
        "prediction": {"description": "A number, or the name of the likeliest class"},
        "probabilities": {"type": "object", "description": "By class, where there are several"},
        "decision": {"type": "string", "description": "What is decided on it"},
        "flags": {"type": "array", "items": {"type": "string"}},
        "answered_by": {"type": "string", "description": "Rung of the fallback ladder"},
        "version": {"type": "string", "description": "Version of the model"},
        "id": {"type": "string", "description": "Under which it is logged"},
    },
}


def bodies(row: type[BaseModel] | None, several: bool) -> dict[str, Any]:
    """Return the schema of a request.

    Parameters
    ----------
    row : type of BaseModel or None
        From `request_model`; None where no contract could be read.
    several : bool
        Whether many rows come at once.

    Returns
    -------
    dict
        ``requestBody`` of an OpenAPI operation.
    """
    schema: dict[str, Any] = {"type": "object"} if row is None else row.model_json_schema()
    if several:
        rows = {"type": "array", "items": schema}
        schema = {"type": "object", "properties": {"rows": rows}, "required": ["rows"]}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def answers() -> dict[int | str, dict[str, Any]]:
    """Return the answers a route may give.

    Returns
    -------
    dict of int to dict
        ``responses`` of an OpenAPI operation.
    """
    return {
        200: {"description": "Answered", "content": {"application/json": {"schema": ANSWER}}},
        400: {"description": "The body is no JSON"},
        413: {"description": "Too many rows, or too large a body"},
        422: {"description": "A row breaks the data contract; every problem is named"},
        503: {"description": "No rung can answer: a person decides"},
    }
