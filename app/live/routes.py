"""The routes of live models: one row, many rows, ready, OpenAPI, and a page about them."""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from app.live.door import Denied, Door
from app.live.hub import Hub, NoProject, NotReady
from app.live.kit import NotServed

PLACE = "/api/projects/{project}"
Answer = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True)
class Routes:
    """The routes over some live models.

    Parameters
    ----------
    hub : Hub
    door : callable
        Gives the `Door`; asked at each request, for the server knows its address late.
    base : str
        What stands before every path.
    """

    hub: Hub
    door: Callable[[], Door]
    base: str = ""

    def all(self) -> list[Route]:
        """Return them for the server."""
        place = f"{self.base}{PLACE}"
        ways: tuple[tuple[str, Answer, str], ...] = (
            ("/predict", self._one, "POST"),
            ("/predict/batch", self._many, "POST"),
            ("/readyz", self._ready, "GET"),
            ("/openapi.json", self._openapi, "GET"),
            ("/docs", self._docs, "GET"),
        )
        return [
            Route(f"{place}{end}", self._guarded(way), methods=[method])
            for end, way, method in ways
        ]

    def _guarded(self, way: Answer) -> Answer:
        """Return a way whose refusals are answers in plain words."""

        async def answer(request: Request) -> Response:
            try:
                self.door().check(request)
                return await way(request)
            except Denied as error:
                return json_of(error.status, {"error": str(error)})
            except NoProject as error:
                return json_of(404, {"error": str(error)})
            except NotServed as error:
                return json_of(409, {"error": str(error)})
            except NotReady as error:
                return json_of(503, {"error": str(error)}, {"retry-after": "2"})
            except ClientDisconnect:
                return Response(status_code=400)

        return answer

    async def _one(self, request: Request) -> Response:
        """Answer one row."""
        return await self._answered(request, False)

    async def _many(self, request: Request) -> Response:
        """Answer many rows: all of them or none."""
        return await self._answered(request, True)

    async def _answered(self, request: Request, several: bool) -> Response:
        started, project = time.perf_counter(), request.path_params["project"]
        model, stale = await self.hub.model(project)
        # Models have been loaded by now, and with them the libraries this needs.
        from app.live.answering import answered

        found = await answered(model, request, several, started)
        if found.entries:
            self.hub.log.put(project, found.entries)
            found.body["stale"] = stale
        return json_of(found.status, found.body, {"x-request-id": found.name})

    async def _ready(self, request: Request) -> Response:
        """Say whether it answers, by which version and which rungs; makes it ready if it is not."""
        held = await self.hub.held(request.path_params["project"])
        if held.model is None:
            trouble = str(held.trouble) if held.trouble and not held.busy else ""
            found = {"status": "making it ready" if not trouble else "not ready"}
            return json_of(503, {**found, "trouble": trouble}, {"retry-after": "2"})
        model = held.model
        return json_of(
            200,
            {
                "status": "ready" if model.ladder.whole else "ready, by fallback",
                "version": model.kit.version,
                "stale": held.stale or not held.current,
                "rungs": {r.key: "ready" if r.answerer else r.trouble for r in model.ladder.rungs},
                "log_lost_rows": self.hub.log.lost[request.path_params["project"]],
            },
        )

    async def _openapi(self, request: Request) -> Response:
        """Describe the routes of one project by its data contract."""
        model, _ = await self.hub.model(request.path_params["project"])
        from app.live.description import description

        return json_of(200, description(model, self._at(request)))

    async def _docs(self, request: Request) -> Response:
        """Show the fields, an example and a way to try it; nothing is loaded from elsewhere."""
        model, stale = await self.hub.model(request.path_params["project"])
        from app.live.page import page

        found = page(model, stale, self._at(request), str(request.base_url).rstrip("/"))
        return HTMLResponse(found, headers={"content-security-policy": SAFE})

    def _at(self, request: Request) -> str:
        return f"{self.base}{PLACE.format(project=request.path_params['project'])}"


SAFE = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "connect-src 'self'; frame-ancestors 'self'"
)


def json_of(
    status: int, found: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> Response:
    """Return an answer as JSON."""
    body = json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(body, status, headers, "application/json")
