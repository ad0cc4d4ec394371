"""Verbs on frames and arrays: pure mathematics that knows no project and no screen."""
