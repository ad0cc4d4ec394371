"""The design document, at any moment."""

from app.ui import paper

paper.show()
