"""The launcher: from a bare Python to a running app, with the standard library alone."""
