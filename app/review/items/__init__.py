"""The 95 rows of readiness, one module a group of sections."""
