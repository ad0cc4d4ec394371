"""From the bytes of a request to rows, or a clear refusal: what every service of a model shares."""

from __future__ import annotations

import json
from collections.abc import AsyncIterable, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

MOST_PROBLEMS = 20
SHOWN = 80
# So many times the limit is read away before the connection is cut.
READ_AWAY = 10


class Refused(Exception):
    """A request that is not answered.

    Parameters
    ----------
    status : int
        Of HTTP, 400 to 599.
    words : str
        What is wrong, what is allowed, what to do.
    problems : list of dict, optional
        By column: ``column``, ``problem``, ``given``, and ``row`` where there are many rows.
    """

    def __init__(
        self, status: int, words: str, problems: list[dict[str, Any]] | None = None
    ) -> None:
        super().__init__(words)
        self.status, self.words, self.problems = status, words, problems or []


async def body_of(parts: AsyncIterable[bytes], limit: int) -> bytes:
    """Read a body, keeping no more than the limit, whatever its length claims to be.

    What is beyond is read and thrown away, up to a point: a client that is still sending would not
    see the answer otherwise.

    Parameters
    ----------
    parts : async iterable of bytes
        The body as it comes.
    limit : int
        Bytes.

    Returns
    -------
    bytes

    Raises
    ------
    Refused
        With 413 when it is larger.
    """
    found, size = bytearray(), 0
    async for part in parts:
        size += len(part)
        if size <= limit:
            found += part
        elif size > READ_AWAY * limit:
            break
    if size > limit:
        raise _too_large(limit)
    return bytes(found)


def _too_large(limit: int) -> Refused:
    return Refused(
        413,
        f"the body is larger than {limit:,} bytes; send fewer rows a request, or use a batch job",
    )


def parsed(body: bytes) -> Any:
    """Return the JSON of a body.

    Parameters
    ----------
    body : bytes

    Returns
    -------
    object

    Raises
    ------
    Refused
        With 400 when it is no JSON.
    """
    try:
        return json.loads(body, parse_constant=_no_constant)
    except RecursionError:
        raise Refused(400, "the JSON is nested too deeply") from None
    except (ValueError, UnicodeDecodeError) as error:
        raise Refused(400, f"the body is no JSON: {str(error)[:200]}") from None


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON; send null for a missing value")


def one(model: type[BaseModel], given: Any) -> dict[str, Any]:
    """Return one row that passes the contract.

    Parameters
    ----------
    model : type of BaseModel
        From `request_model`.
    given : object
        JSON data.

    Returns
    -------
    dict

    Raises
    ------
    Refused
        With 422, naming every column that is wrong.
    """
    if not isinstance(given, Mapping):
        raise Refused(422, "send one object with a value for every column")
    try:
        return model.model_validate(given).model_dump(by_alias=True)
    except ValidationError as error:
        problems = problems_of(error)
        raise Refused(422, _summary(problems), problems) from None


def many(model: type[BaseModel], given: Any, most: int) -> list[dict[str, Any]]:
    """Return rows that all pass the contract.

    Parameters
    ----------
    model : type of BaseModel
        From `request_model`.
    given : object
        JSON data: ``{"rows": [...]}``.
    most : int
        Rows that are allowed.

    Returns
    -------
    list of dict

    Raises
    ------
    Refused
        With 413 for too many rows, with 422 for rows that do not pass; the first are named.
    """
    rows = given.get("rows") if isinstance(given, Mapping) else None
    if not isinstance(rows, list) or not rows:
        raise Refused(422, 'send {"rows": [{…}, …]} with at least one row')
    if len(rows) > most:
        raise Refused(413, f"{len(rows):,} rows are more than {most:,}; send them in parts")
    found, problems = [], []
    for place, row in enumerate(rows):
        try:
            found.append(one(model, row))
        except Refused as refused:
            each = refused.problems or [{"column": "", "problem": refused.words}]
            problems += [{"row": place, **problem} for problem in each]
            if len(problems) >= MOST_PROBLEMS:
                break
    if problems:
        problems = problems[:MOST_PROBLEMS]
        raise Refused(422, f"row {problems[0]['row']}: {_summary(problems)}", problems)
    return found


def problems_of(error: ValidationError) -> list[dict[str, Any]]:
    """Return what is wrong, by column, in words.

    Parameters
    ----------
    error : ValidationError

    Returns
    -------
    list of dict, at most 20
    """
    return [
        {
            "column": ".".join(str(part) for part in each["loc"]),
            "problem": _problem(each),
            **({} if each["type"] == "missing" else {"given": repr(each["input"])[:SHOWN]}),
        }
        for each in error.errors(include_url=False)[:MOST_PROBLEMS]
    ]


def _problem(each: Mapping[str, Any]) -> str:
    if each["input"] is None and each["type"] != "extra_forbidden":
        return "must not be missing: no training row misses it"
    return WORDS.get(str(each["type"]), str(each["msg"]).removeprefix("Value error, "))


WORDS = {
    "missing": "the column is missing; send null where its value is not known",
    "extra_forbidden": "the model knows no such column",
    "string_type": "must be a text in quotes",
    "bool_type": "must be true or false",
}


def _summary(problems: list[dict[str, Any]]) -> str:
    first = problems[0]
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return f"{first['column']}: {first['problem']}{more}"
