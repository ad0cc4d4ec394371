"""Where this server can be asked from the machine it runs on; known once it has started."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Address:
    """An address on this machine.

    Parameters
    ----------
    host : str
    port : int
    secure : bool
        Whether it speaks TLS, with a certificate of its own that is not checked here.
    base : str
        What stands before every path.
    """

    host: str
    port: int
    secure: bool = False
    base: str = ""

    @property
    def origin(self) -> str:
        """The address without a path."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.secure else 'http'}://{host}:{self.port}"

    def path(self, project_id: str) -> str:
        """Return where a project is served."""
        return f"{self.base}/api/projects/{project_id}"


@dataclass
class Served:
    """The address, while live models are served by this process."""

    address: Address | None = None


SERVED = Served()
