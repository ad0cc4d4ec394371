"""Who may ask a live model: programs on this machine, and pages of this app; no other web page.

There is no password, as there is none for the pages. So a page from elsewhere, opened in the same
browser, must not be able to ask: neither by a form, nor by a name that was pointed here.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import Request

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class Denied(Exception):
    """A request that is not let in: the status, and why in words."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


@dataclass(frozen=True)
class Door:
    """What is let in.

    Parameters
    ----------
    hosts : frozenset of str or None
        Names under which this server may be asked; None where it listens to a network, for then
        it may have any name.
    origins : frozenset of str
        Other sites that were allowed by the settings of the server.
    """

    hosts: frozenset[str] | None = LOOPBACK
    origins: frozenset[str] = frozenset()

    def check(self, request: Request) -> None:
        """Refuse a request that another web page sent.

        Raises
        ------
        Denied
            With 403 for another site, with 415 for a body that is not announced as JSON.
        """
        host = request.headers.get("host", "")
        if self.hosts is not None and _name(f"//{host}") not in self.hosts:
            raise Denied(403, f"this server is not {host[:80]!r}; ask it as localhost")
        if not self._same(request, host):
            raise Denied(403, "another web page may not ask here; call it from a program")
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if request.method == "POST" and kind != "application/json":
            raise Denied(415, "send JSON with the header Content-Type: application/json")

    def _same(self, request: Request, host: str) -> bool:
        origin = request.headers.get("origin")
        if origin is None:
            return request.headers.get("sec-fetch-site", "none") in ("none", "same-origin")
        return origin in self.origins or _place(origin) == host.lower()


def _place(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return None


def _name(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").rstrip(".")
    except ValueError:
        return ""
