"""Home: what this is, and the three ways in."""

from app.ui import home

home.show()
