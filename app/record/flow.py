"""How one thing comes from another, as data: drawn on the screen and in the document by others."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from app.record.record import Record

Standing = Literal["", "good", "watch", "stop", "muted"]


class Node(Record):
    """One thing in the flow.

    Parameters
    ----------
    key, title : str
    lines : tuple of str
        What it is, in a few short lines: digests, sizes, dates.
    depth : int
        0 for the trunk; a node one deeper branches off the last one above it that is less deep.
    standing : {"", "good", "watch", "stop", "muted"}
        Color of its state.
    state : str
        Its state in words, such as ``"fresh"``.
    """

    key: str
    title: str
    lines: tuple[str, ...] = ()
    depth: int = 0
    standing: Standing = ""
    state: str = ""


class Flow(Record):
    """Things from top to bottom, each made from those it hangs on.

    Parameters
    ----------
    key, title : str
    says : str
        What the reader sees in it, in one sentence; also the alternative text.
    nodes : tuple of Node
        The first at depth 0, none more than one deeper than the one before it.
    """

    key: str
    title: str
    says: str
    nodes: tuple[Node, ...]

    @model_validator(mode="after")
    def _nothing_hangs_in_the_air(self) -> Flow:
        before = -1
        for node in self.nodes:
            if not 0 <= node.depth <= before + 1:
                raise ValueError(
                    f"flow {self.key}: node {node.key} has depth {node.depth}; after {before} "
                    f"0 to {before + 1} is allowed"
                )
            before = node.depth
        return self

    def parent(self, place: int) -> int | None:
        """Return the place of the node that another hangs on.

        Parameters
        ----------
        place : int

        Returns
        -------
        int or None
            Of a node of the trunk the one above it in the trunk; None for the first.
        """
        depth = self.nodes[place].depth
        wanted = depth if depth == 0 else depth - 1
        above = range(place - 1, -1, -1)
        return next((at for at in above if self.nodes[at].depth == wanted), None)
