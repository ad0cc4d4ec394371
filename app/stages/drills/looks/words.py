"""What a look may be asked: queries to begin with, and whom to ask; light to load."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

TABLES: Final[Mapping[str, str]] = {
    "predictions": "one line a request: when, inputs as the service saw them, answer, label if in",
    "sent": "the same requests with the inputs as they were sent to the service",
    "archive": "the same requests with the inputs as the sources' own archive has them",
}


def examples(columns: tuple[str, ...]) -> tuple[str, ...]:
    """Return three queries to begin with, over the columns there are."""
    column = f'"{columns[0]}"' if columns else "prediction"
    return (
        "SELECT day, count(*) AS requests, avg(prediction) AS mean_prediction, avg(acted) AS acted,\n"
        "       avg(latency_ms) AS ms FROM predictions GROUP BY day ORDER BY day",
        f"SELECT p.day, count(*) AS requests, avg(CASE WHEN p.{column} IS DISTINCT FROM a.{column} "
        "THEN 1 ELSE 0 END) AS differs\nFROM predictions p JOIN archive a ON p.request = a.request GROUP BY p.day "
        "ORDER BY p.day",
        "SELECT replica, version, answered_by, count(*) AS requests, avg(latency_ms) AS ms\n"
        "FROM predictions WHERE day >= (SELECT max(day) FROM predictions) - 1\n"
        "GROUP BY replica, version, answered_by ORDER BY requests DESC",
    )


WHO: Final[Mapping[str, str]] = {
    "data": "Owner of the data",
    "platform": "Platform team",
    "product": "Product manager",
}
