"""The base of every record: frozen, strict about unknown fields, plain JSON inside out."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """Immutable data that survives a trip through JSON unchanged."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="null")

    def to_json(self) -> dict[str, Any]:
        """Return the record as plain JSON data (dicts, lists, strings, numbers, None).

        Returns
        -------
        dict
            Data that ``json.dumps`` takes without a custom encoder.
        """
        return self.model_dump(mode="json")
